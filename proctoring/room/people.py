"""Candidates of the room that a request names."""

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import RUNNING, TRANSITIONS, AlertStatus
from proctoring.models import Alert, Attempt
from proctoring.room.visit import Visit
from proctoring.selectors.room import candidate_in
from proctoring.services.room import not_found, refuse
from sessions_app.enums import EventKind
from sessions_app.models import Candidate


def candidate_of(visit: Visit, candidate_id: int) -> Candidate:
    """The candidate with his attempt; 404 for another room's."""
    candidate = candidate_in(visit.session, candidate_id)
    if candidate is None:
        raise not_found()
    candidate.session = visit.session
    return candidate


def attempt_of(candidate: Candidate) -> Attempt:
    """His attempt, unsaved when nothing happened yet."""
    return getattr(candidate, "attempt", None) or Attempt(candidate=candidate, session=candidate.session)


def require(visit: Visit, candidate: Candidate, kind: EventKind) -> None:
    """A question is asked only about what the table allows now; otherwise its refusal, at once (R20)."""
    attempt = attempt_of(candidate)
    if visit.session.is_over:
        raise refuse("session_closed")
    state = rules.state_at(attempt, visit.now)
    if state not in TRANSITIONS[kind].sources:
        raise refuse(TRANSITIONS[kind].refusal(state))


def running_candidates(visit: Visit) -> list[Candidate]:
    """Those whose test runs, in the order of the list."""
    candidates = Candidate.objects.select_related("attempt").filter(
        session_id=visit.session.pk, attempt__state__in=RUNNING
    )
    return [
        candidate
        for candidate in candidates.order_by("sort_key", "pk")
        if rules.state_at(candidate.attempt, visit.now) in RUNNING
    ]


def waiting_for_answer(candidates: list[Candidate]) -> set[int]:
    """Who of them signalled something that nobody answered yet: an end leaves it without an answer."""
    waiting = Alert.objects.filter(attempt__candidate__in=candidates, status=AlertStatus.OPEN)
    return set(waiting.values_list("attempt__candidate_id", flat=True))


def chosen_ids(values: list[str]) -> list[int]:
    """The numbers among the values; an empty choice is refused by who needs one."""
    if not all(value.isascii() and value.isdigit() and len(value) <= 18 for value in values):
        raise DomainError("bad_choice", "Ce choix d’élèves n’est pas valide.", status=422)
    return sorted({int(value) for value in values})
