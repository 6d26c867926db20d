"""What may be said of a seal to anybody: number, date, and whether the journal still verifies."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from proctoring.report.content import SessionFacts
from proctoring.report.story import as_sealed
from sessions_app.enums import EventKind
from sessions_app.models import Event, Session
from sessions_app.services.verification import Verification, verify_session
from sessions_app.wording import NBSP, clock_time, long_day

REMEMBERED_FOR = 60  # seconds: who holds a seal can't make us compute a chain more often than that


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a seal that is one of this session's."""

    number: int
    date: str
    sealed: str
    what: str
    intact: bool
    events: int
    eliminated: bool


def answer_to(number: int, seal: str) -> Answer | None:
    """None for a seal that is not of a closing or an addendum of this session, whatever the reason.

    Three queries; the chain is computed for a right seal only.
    """
    session = Session.objects.select_related("establishment").filter(number=number).first()
    if session is None or session.closed_at is None:
        return None
    sealing = Event.objects.filter(
        session_id=session.pk, kind__in=[EventKind.CLOSED, EventKind.ADDENDUM], hash=seal
    ).first()
    if sealing is None:
        return None
    found = verified(session)
    closings = Event.objects.filter(session_id=session.pk, kind=EventKind.CLOSED).order_by("sequence")
    facts = as_sealed(SessionFacts.of(session), closings)
    return Answer(
        number=session.number,
        date=long_day(facts.starts_at.astimezone(facts.zone).date()),
        sealed=_when(sealing.received_at.astimezone(facts.zone)),
        what="de la clôture" if sealing.kind == EventKind.CLOSED else "d’un additif",
        intact=found.broken is None,
        events=found.events,
        eliminated=found.by_digest > 0,
    )


def verified(session: Session) -> Verification:
    """The chain computed again, at most once a minute as long as nothing was added to it."""
    key = f"verified:{session.number}:{session.head_hash}"
    found: Verification | None = cache.get(key)
    if found is None:
        found = verify_session(session)
        cache.set(key, found, REMEMBERED_FOR)
    return found


def _when(local: datetime) -> str:
    return f"{long_day(local.date())}{NBSP}à {clock_time(local)}"
