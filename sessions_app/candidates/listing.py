"""The list of a session as an admin prepares it, and how far a candidate has gone, told by the journal."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from sessions_app.enums import EventKind
from sessions_app.imports.report import enrolled_in
from sessions_app.models import Candidate, Event, Session

PRESENCE = (EventKind.PRESENCE_CONFIRMED, EventKind.PRESENCE_CANCELLED)


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the page."""

    candidate: Candidate
    namesake: bool
    entered: bool
    present: bool

    @property
    def may_correct(self) -> bool:
        return not self.entered and not self.candidate.session.is_over

    @property
    def may_remove(self) -> bool:
        return self.may_correct and not self.present


def listed_candidates(session: Session) -> list[Listed]:
    """Two queries, whatever the number of candidates."""
    candidates = enrolled_in(session)
    names = Counter(candidate.last_name_key for candidate in candidates)
    entered, present = entered_and_present(session)
    for candidate in candidates:
        candidate.session = session  # known: asking for it again would be a query a row
    return [
        Listed(one, names[one.last_name_key] > 1, one.pk in entered, one.pk in present) for one in candidates
    ]


def entered_and_present(session: Session) -> tuple[set[int], set[int]]:
    """Whose test has started once, and who is ticked in the room: ids of candidates."""
    entered, present = set[int](), set[int]()
    acts = Event.objects.filter(session=session, kind__in=[EventKind.STARTED, *PRESENCE]).order_by("sequence")
    for candidate_id, kind in acts.values_list("candidate_id", "kind"):
        if candidate_id is None:
            continue
        if kind == EventKind.STARTED:
            entered.add(candidate_id)
        elif kind == EventKind.PRESENCE_CONFIRMED:
            present.add(candidate_id)
        else:
            present.discard(candidate_id)
    return entered, present


def has_entered(candidate: Candidate) -> bool:
    """His test has started once: whatever happened since, he was in."""
    return _acts_of(candidate).filter(kind=EventKind.STARTED).exists()


def is_present(candidate: Candidate) -> bool:
    acts = _acts_of(candidate).filter(kind__in=PRESENCE).order_by("-sequence")
    return acts.values_list("kind", flat=True).first() == EventKind.PRESENCE_CONFIRMED


def _acts_of(candidate: Candidate) -> QuerySet[Event]:
    """In the journal of his room, which an index finds. Who changed rooms left nothing in the other that still counts:
    nobody leaves who came in or is ticked (R21)."""
    return Event.objects.filter(session_id=candidate.session_id, candidate_id=candidate.pk)


def of_session(session: Session, candidate_id: int) -> Listed | None:
    """One row, for the page that corrects or removes him."""
    return next((row for row in listed_candidates(session) if row.candidate.pk == candidate_id), None)
