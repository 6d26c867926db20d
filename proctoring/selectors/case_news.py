"""What a room is told of the cases that it sent up: « envoyée », with its undo; then what the direction answered."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from pixsurv.kernel.journal import Json
from proctoring.enums import CaseKind, CaseState
from proctoring.models import ProctorAccess
from proctoring.selectors.announcement import Announcement
from proctoring.selectors.wording import named_in
from sessions_app.enums import EventKind
from sessions_app.models import Event, Session

SENT_SHOWN_FOR = timedelta(seconds=10)
ANSWER_SHOWN_FOR = timedelta(seconds=60)  # nobody waits for it with his eyes on the page
WHAT = {
    CaseKind.LATE: "Retard de",
    CaseKind.REOPENING: "Réouverture du test de",
    CaseKind.NOT_LISTED: "Inscription de",
    CaseKind.TRANSFER: "Transfert de",
}
NEXT = {
    CaseKind.LATE: "Vous pouvez le cocher.",
    CaseKind.REOPENING: "L’élève peut reprendre avec le code d’accès.",
    CaseKind.NOT_LISTED: "Il est sur votre liste.",
    CaseKind.TRANSFER: "Il est sur votre liste.",
}


def case_news_since(now: datetime) -> Q:
    """The events that `case_news` needs."""
    return Q(kind=EventKind.CASE_ANSWERED, received_at__gt=now - ANSWER_SHOWN_FOR)


def case_news(
    events: Iterable[Event], access: ProctorAccess, session: Session, now: datetime
) -> list[Announcement]:
    """From the newest events of the room, newest first; given back oldest first."""
    settled: set[Json] = set()
    told: list[Announcement] = []
    for event in events:
        facts = event.facts or {}
        if event.kind == EventKind.CASE_ANSWERED and event.received_at > now - ANSWER_SHOWN_FOR:
            told.append(_answer(event, facts, now))
        if event.kind in {EventKind.CASE_ANSWERED, EventKind.CASE_WITHDRAWN}:
            settled.add(facts.get("case"))
        ours = facts.get("actor", {}).get("access") == access.pk
        stands = event.kind == EventKind.CASE_RAISED and event.sequence not in settled
        if stands and ours and event.received_at > now - SENT_SHOWN_FOR:
            told.append(_sent(event, facts, now))
    return told[::-1]


def _answer(event: Event, facts: dict[str, Json], now: datetime) -> Announcement:
    kind = CaseKind(str(facts["kind"]))
    accepted = facts.get("answer") == CaseState.ACCEPTED
    actor = facts.get("actor")
    name = actor.get("name", "") if isinstance(actor, dict) else ""
    word = "accepté" if accepted else "refusé"
    feminine = "e" if kind in {CaseKind.REOPENING, CaseKind.NOT_LISTED} else ""
    return Announcement(
        key=f"e{event.sequence}",
        sentence=f"{WHAT[kind]} {named_in(facts)}\u00a0: {word}{feminine} par {name}",
        more=NEXT[kind] if accepted else "",
        undo="",
        undo_more="",
        path="",
        fields=(),
        seconds=_left(event, ANSWER_SHOWN_FOR, now),
    )


def _sent(event: Event, facts: dict[str, Json], now: datetime) -> Announcement:
    return Announcement(
        key=f"e{event.sequence}",
        sentence=f"Demande envoyée à la direction\u00a0: {named_in(facts)}",
        more="La réponse s’affichera ici.",
        undo="Retirer",
        undo_more=f"la demande pour {named_in(facts)}",
        path=f"demandes/{event.sequence}/retirer/",
        fields=(),
        seconds=_left(event, SENT_SHOWN_FOR, now),
    )


def _left(event: Event, shown_for: timedelta, now: datetime) -> int:
    return max(1, round((event.received_at + shown_for - now).total_seconds()))
