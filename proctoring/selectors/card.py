"""The cards of the « À traiter » lane: a row that needs the proctor, or about which something is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from proctoring import rules
from proctoring.categories import CATEGORIES, PROPOSED
from proctoring.enums import Need, ProposalKind
from proctoring.models import Proposal
from proctoring.selectors.gesture import Gesture
from proctoring.selectors.row import NeedBadge, Row
from proctoring.selectors.wording import age_words
from sessions_app.enums import EventKind


@dataclass(frozen=True, slots=True)
class Offer:
    """Something proposed on a card: why, the button that keeps it, and « Ignorer »."""

    id: int
    reason: str
    keep: Gesture
    dismiss: Gesture
    since: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """A row, as a card of the lane: its needs, then what is proposed about it."""

    row: Row
    badges: tuple[NeedBadge, ...]
    offers: tuple[Offer, ...]
    since: datetime
    age: str
    urgent: bool  # a need; what is proposed alone can wait
    asked: datetime | None  # since when somebody waits for the proctor: a silent computer does not
    waits_long: bool

    @property
    def chalk(self) -> str:
        return self.row.chalk if self.urgent else ""

    @property
    def gesture(self) -> Gesture | None:
        """What the row calls for; for a silent one, the way back into his test."""
        if not self.urgent:
            return None
        if self.row.gesture is not None:
            return self.row.gesture
        back = EventKind.RESUME_AUTHORISED in self.row.actions
        return (
            Gesture("Autoriser la reprise", f"du test de {self.row.full_name}", "reprise/") if back else None
        )

    @property
    def overtime(self) -> bool:
        return self.row.overtime


def card_of(
    row: Row, now: datetime, proposals: Sequence[Proposal] = (), *, silence_told: bool = False
) -> Card | None:
    """None when nothing of this row is for the lane. `proposals`: the open ones about him, oldest first.

    `silence_told`: the lane says it already, in one line for many (R23).
    """
    told = Need.DISCONNECTED if silence_told else None
    waiting = [badge for badge in row.needs if badge.in_lane and badge.need != told]
    offers = tuple(_offer(row, one) for one in proposals if _has_object(row, one))
    begun = [badge.since for badge in waiting] or [offer.since for offer in offers]
    if not begun:
        return None
    since = min(begun)
    badges = row.needs if waiting else ()
    asked = min((badge.since for badge in waiting if badge.need != Need.DISCONNECTED), default=None)
    return Card(
        row,
        badges,
        offers,
        since,
        age_words(now - since),
        urgent=bool(waiting),
        asked=asked,
        waits_long=asked is not None and now - asked >= rules.WAITED_LONG,
    )


def _has_object(row: Row, proposal: Proposal) -> bool:
    """Minutes are given to a running test only."""
    return row.open and (proposal.kind != ProposalKind.ALERT_WAITED or row.is_running)


def _offer(row: Row, proposal: Proposal) -> Offer:
    path = f"propositions/{proposal.pk}/"
    kind = ProposalKind(proposal.kind)
    question = f", question {proposal.question}" if proposal.question else ""
    if kind == ProposalKind.ALERT_WAITED:
        keep = Gesture(
            f"Rendre {proposal.minutes}\u00a0min", f"à {row.full_name}", f"{path}noter/", asks=False
        )
        reason = f"A attendu {proposal.minutes}\u00a0min pour son signalement{question}"
    else:
        category = CATEGORIES[PROPOSED[kind]]
        asks = category.asks_description and not proposal.description
        keep = Gesture(
            f"Noter {category.code}{question}", f"pour {row.full_name}", f"{path}noter/", asks=asks
        )
        reason = proposal.description or kind.label
    return Offer(
        proposal.pk,
        reason,
        keep,
        Gesture("Ignorer", f"{keep.words} pour {row.full_name}", f"{path}ignorer/", asks=False),
        proposal.raised_at,
    )
