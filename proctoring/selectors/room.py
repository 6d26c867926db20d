"""What the room's page, poll and answers show: the same rows, read in a constant number of queries.

Needs that come from the clock arrive without an event: a version is `<sequence>.<ms of the answer>`, and a row
is also « changed » when its deadline, silence or return fell after those milliseconds (mechanics §2).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import (
    Exists,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from pixsurv.kernel import clock, crypto
from pixsurv.kernel.kept import Kept
from proctoring import rules
from proctoring.enums import RUNNING, AlertStatus, ProposalOutcome
from proctoring.models import Alert, Attempt, ProctorAccess, Proposal
from proctoring.selectors.card import Card, card_of
from proctoring.selectors.counts import Counts, counted, counts_of, totals
from proctoring.selectors.flips import flipped, judged_at
from proctoring.selectors.row import Row, row_of
from proctoring.selectors.silence import Silence, common_silence
from proctoring.selectors.steps import Day, Facts, day_of
from sessions_app.models import Candidate, Session

# What a column holds: a number beyond it is nobody's, and no database is asked about it.
LARGEST_ID = 2**63 - 1
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Version:
    """What a page has: the journal's sequence, and the instant up to which the clock was looked at."""

    sequence: int
    at: datetime

    @classmethod
    def parse(cls, text: str) -> "Version | None":
        sequence, _, milliseconds = text.partition(".")
        if not (text.isascii() and sequence.isdigit() and milliseconds.isdigit() and len(text) <= 30):
            return None
        return cls(int(sequence), clock.from_milliseconds(int(milliseconds)))

    def __str__(self) -> str:
        return f"{self.sequence}.{clock.milliseconds(self.at)}"


class Numbers(NamedTuple):
    """How many of the room are at what, as they are shown."""

    total: int
    arrived: int
    running: int
    expected: int
    present: int
    in_progress: int
    resume_authorised: int
    over: int


class Lane(NamedTuple):
    """« À traiter », with all that it shows."""

    to_do: int
    all_done: bool
    overdue: int
    silence: Silence | None
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Rows to render, the whole lane, the counts."""

    rows: list[Row]
    cards: list[Card]
    counts: Counts
    version: Version
    silence: Silence | None = None
    people: Sequence[Candidate] = ()

    @property
    def numbers(self) -> "Numbers":
        """The counts as they are shown."""
        return Numbers(*(getattr(self.counts, name) for name in Numbers._fields))

    @property
    def lane(self) -> "Lane":
        return Lane(self.to_do, self.all_done, self.overdue, self.silence, tuple(self.cards))

    @property
    def to_do(self) -> int:
        """How many lines the lane has: many rows that fell silent together are one (R23)."""
        return len(self.cards) + (self.silence is not None)

    @property
    def overdue(self) -> int:
        return sum(card.overtime for card in self.cards)

    def day(self, session: Session) -> Day:
        """The step that the room is at (R4)."""
        counts = self.counts
        return day_of(
            Facts(
                session,
                self.version.at,
                expected=counts.expected,
                present=counts.present,
                running=counts.running,
                overdue=self.overdue,
                first_end_at=counts.first_end_at,
                last_end_at=counts.last_end_at,
                given=counts.given_minutes,
            )
        )

    @property
    def all_done(self) -> bool:
        """« Tout le monde a fini — Clôturer »: derived from the clock, never stored."""
        return self.counts.all_done(self.version.at)


def find_access(*, number: int, token: str, seen: Version | None, now: datetime) -> ProctorAccess | None:
    """The one query of a refresh: the access with its session and establishment, annotated with `flipped`.

    None for a token of nobody, of an account that was switched off, and of more than a day ago.
    `flipped`: a need of some row began or ended since `seen` by the clock alone.
    """
    if number > LARGEST_NUMBER:
        return None
    token = crypto.fingerprint(token)
    if seen is None:
        found = _ACCESS.fetch(number=number, token=token, now=now)
    else:
        found = _ACCESS_SINCE.fetch(number=number, token=token, after=seen.at, now=now)
    return found[0] if found else None


def _access(number: int, token: str, now: datetime) -> QuerySet[ProctorAccess]:
    switched_on = Q(account=None) | Q(account__is_active=True)
    return ProctorAccess.objects.select_related("session__establishment").filter(
        switched_on,
        token_fingerprint=token,
        session__number=number,
        created_at__gt=now - rules.ACCESS_FOR,
    )


def _access_since(number: int, token: str, after: datetime, now: datetime) -> QuerySet[ProctorAccess]:
    # Half an hour after an end the lane may propose to close (I3): news, though of no row.
    half_hour = Q(over_at__gt=after - rules.ALL_DONE_AFTER, over_at__lte=now - rules.ALL_DONE_AFTER)
    flips = flipped("", after, now, judged_at=OuterRef("judged_at"))
    attempts = Attempt.objects.filter(flips | half_hour, session_id=OuterRef("session_id"))
    accesses = _access(number, token, now).annotate(judged_at=judged_at("session__", now))
    return accesses.annotate(flipped=Exists(attempts))


_ACCESS = Kept(_access, number=int, token=str, now=datetime)
_ACCESS_SINCE = Kept(_access_since, number=int, token=str, after=datetime, now=datetime)


def whole_board(session: Session, *, now: datetime, order: str = "name") -> Board:
    """Every row. One query, whatever their number; one more while something is proposed."""
    by_workstation = order == "workstation"
    listed = _WHOLE.fetch(session=session.pk)
    rows = [row_of(candidate, session, now) for candidate in listed]
    if by_workstation:
        rows.sort(key=lambda row: row.workstation_key)
    counts = counts_of(listed, now)
    silence = common_silence(rows, session, now)
    return Board(rows, _lane(rows, silence, now), counts, Version(session.sequence, now), silence)


def changed_board(session: Session, seen: Version, *, now: datetime) -> Board:
    """The rows that changed since `seen`, the lane and the counts, in one query (more: see `_lane`, `counted`)."""
    found = _CHANGED.fetch(
        session=session.pk,
        sequence=min(seen.sequence, LARGEST_ID),
        after=seen.at,
        now=now,
        judged=rules.standing(session, now),
    )
    return _partial(found, session, now=now)


def some_rows(session: Session, candidate_ids: list[int], *, now: datetime) -> Board:
    """These rows as they stand now, the lane and the counts: the answer to an act."""
    if len(candidate_ids) == 1 and candidate_ids[0] <= LARGEST_ID:
        found = _ONE.fetch(session=session.pk, candidate=candidate_ids[0], now=now)
    else:
        found = list(_with_needy(session.pk, Q(pk__in=candidate_ids), now))
    return _partial(found, session, now=now)


def access_again(access: ProctorAccess) -> ProctorAccess:
    """As it stands after an act, with its session."""
    return _ACCESS_AGAIN.fetch(access=access.pk)[0]


def candidate_in(session: Session, candidate_id: int) -> Candidate | None:
    """The candidate of that session with his attempt; None for another one's."""
    if candidate_id > LARGEST_ID:
        return None
    found = _CANDIDATE_IN.fetch(session=session.pk, candidate=candidate_id)
    return found[0] if found else None


def namesakes(candidate: Candidate) -> list[Candidate]:
    """The others of the session with the same last name (R9); asked for only where there are some."""
    if not getattr(candidate, "is_homonym", True):
        return []
    return _NAMESAKES.fetch(
        session=candidate.session_id, last_name=candidate.last_name_key, candidate=candidate.pk
    )


_ACCESS_AGAIN = Kept(
    lambda access: ProctorAccess.objects.select_related("session__establishment").filter(pk=access),
    access=int,
)


def _candidate_in(session: int, candidate: int) -> QuerySet[Candidate]:
    # What an act asks next, of whom it is about: his case, his namesakes (R9), whether he waits for an answer.
    open_alert = Alert.objects.filter(attempt__candidate=OuterRef("pk"), status=AlertStatus.OPEN)
    return (
        Candidate.objects.select_related("attempt__last_case")
        .filter(pk=candidate, session_id=session)
        .annotate(is_homonym=_is_homonym(), has_open_alert=Exists(open_alert))
    )


_CANDIDATE_IN = Kept(_candidate_in, session=int, candidate=int)
_NAMESAKES = Kept(
    lambda session, last_name, candidate: (
        Candidate.objects.filter(session_id=session, last_name_key=last_name)
        .exclude(pk=candidate)
        .order_by("sort_key", "pk")
    ),
    session=int,
    last_name=str,
    candidate=int,
)


def watchers(session: Session, *, now: datetime) -> list[ProctorAccess]:
    """Who is watching: seen within two minutes (R2)."""
    return _WATCHERS.fetch(session=session.pk, now=now)


_WATCHERS = Kept(
    lambda session, now: ProctorAccess.objects.filter(
        session_id=session, ended_at=None, last_seen_at__gt=now - rules.WATCHING
    ).order_by("created_at", "pk"),
    session=int,
    now=datetime,
)


def _partial(found: list[Candidate], session: Session, *, now: datetime) -> Board:
    """The wanted rows of what was found; the others are there for the lane, which travels whole."""
    rows = {candidate.pk: row_of(candidate, session, now) for candidate in found}
    travelling = [rows[candidate.pk] for candidate in found if candidate.is_wanted]  # type: ignore[attr-defined]
    silence = common_silence(list(rows.values()), session, now)
    lane = _lane(list(rows.values()), silence, now)
    told = found[0].totals if found else None  # type: ignore[attr-defined]
    return Board(
        travelling, lane, counted(session, now, told), Version(session.sequence, now), silence, found
    )


def _with_needy(session: int, wanted: Q, now: datetime) -> QuerySet[Candidate]:
    """The wanted rows, and those with a need."""
    needy = Q(attempt__state__in=sorted(RUNNING)) & (
        Q(attempt__resume_requested_at__isnull=False)
        | Q(attempt__silent_at__lte=now)
        | Q(attempt__deadline_at__lte=now)
        | Q(open_alert_at__isnull=False)
    )
    candidates = _candidates(session).annotate(
        is_wanted=Exists(Candidate.objects.filter(wanted, pk=OuterRef("pk"), session_id=session)),
        totals=Subquery(totals(session, now)),
    )
    return candidates.filter(Q(is_wanted=True) | needy | Q(attempt__proposals_open__gt=0))


def _is_homonym() -> Exists:
    """Somebody else of the session has the same last name (R9)."""
    same_last_name = Candidate.objects.filter(
        session_id=OuterRef("session_id"), last_name_key=OuterRef("last_name_key")
    )
    return Exists(same_last_name.exclude(pk=OuterRef("pk")))


def _candidates(session: int) -> QuerySet[Candidate]:
    oldest_alert = Alert.objects.filter(attempt__candidate=OuterRef("pk"), status=AlertStatus.OPEN).order_by(
        "raised_at", "pk"
    )
    return (
        Candidate.objects.filter(session_id=session)
        .select_related("attempt__last_case")
        .annotate(
            is_homonym=_is_homonym(),
            open_alert_at=Min(
                "attempt__alerts__raised_at", filter=Q(attempt__alerts__status=AlertStatus.OPEN)
            ),
            open_alert_question=Min(
                "attempt__alerts__question", filter=Q(attempt__alerts__status=AlertStatus.OPEN)
            ),
            open_alert_kinds=Subquery(oldest_alert.values("kinds")[:1]),
        )
        .order_by("sort_key", "pk")
    )


def _changed(
    session: int, sequence: int, after: datetime, now: datetime, judged: datetime
) -> QuerySet[Candidate]:
    flips = flipped("attempt__", after, now, judged_at=judged)
    changed = Q(attempt__last_sequence__gt=sequence) | flips
    return _with_needy(session, changed, now)


def _one(session: int, candidate: int, now: datetime) -> QuerySet[Candidate]:
    return _with_needy(session, Q(pk=candidate), now)


_WHOLE = Kept(_candidates, session=int)
_CHANGED = Kept(_changed, session=int, sequence=int, after=datetime, now=datetime, judged=datetime)
_ONE = Kept(_one, session=int, candidate=int, now=datetime)


def _lane(rows: list[Row], silence: Silence | None, now: datetime) -> list[Card]:
    """Oldest first (R5), what is only proposed after what is needed. Proposals are asked for when a row has any.

    Who fell silent together with many others has a card for his other needs only (R23).
    """
    told = silence.ids if silence is not None else frozenset()
    proposals: defaultdict[int, list[Proposal]] = defaultdict(list)
    if about := [row.id for row in rows if row.proposals_open]:
        found = Proposal.objects.filter(attempt__candidate__in=about, outcome=ProposalOutcome.OPEN)
        for one in found.select_related("attempt").order_by("raised_at", "pk"):
            proposals[one.attempt.candidate_id].append(one)
    found_cards = [card_of(row, now, proposals[row.id], silence_told=row.id in told) for row in rows]
    cards = [card for card in found_cards if card is not None]
    return sorted(cards, key=lambda card: (not card.urgent, card.since, card.row.id))
