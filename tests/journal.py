"""Reading a journal in tests: what was done, whether the chain holds, whether anything at all was written."""

from datetime import UTC, datetime
from typing import Any

from proctoring.models import Alert, Attempt, FraudSheet, Incident, Proposal
from sessions_app.models import Candidate, Event, Session
from sessions_app.services.verification import verify_session

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)  # 10h00 in Paris, two weeks before the clocks change

# An independent copy of contract.md, « Attempt states »: event → (from, to); None is « the state before ».
CONTRACT: dict[str, tuple[set[str], str | None]] = {
    "presence_confirmed": ({"expected"}, "present"),
    "presence_cancelled": ({"present"}, "expected"),
    "started": ({"present"}, "in_progress"),
    "resume_authorised": ({"in_progress"}, "resume_authorised"),
    "resume_cancelled": ({"resume_authorised"}, "in_progress"),
    "resumed": ({"resume_authorised"}, "in_progress"),
    "completed": ({"in_progress", "resume_authorised"}, "completed"),
    "ended": ({"in_progress", "resume_authorised"}, "ended"),
    "end_undone": ({"ended"}, None),
    "reopened": ({"ended", "completed"}, "resume_authorised"),
    "expired": ({"in_progress", "resume_authorised"}, "expired"),
}


def kinds(session: Session) -> list[str]:
    """The kinds of its events, in order."""
    return list(Event.objects.filter(session=session).order_by("sequence").values_list("kind", flat=True))


def last_event(session: Session, kind: str = "") -> Event:
    """The last one, or the last of that kind."""
    found = Event.objects.filter(session=session)
    return (found.filter(kind=kind) if kind else found).latest("sequence")


def folded(session: Session) -> dict[int, str]:
    """The state of each candidate told by the journal alone; an act that the table forbids is an error."""
    states: dict[int, str] = {}
    before_end: dict[int, str] = {}
    for event in Event.objects.filter(session=session).order_by("sequence"):
        if event.kind not in CONTRACT:
            continue
        candidate = event.candidate_id
        assert candidate is not None, event.kind
        state = states.get(candidate, "expected")
        sources, target = CONTRACT[event.kind]
        assert state in sources, f"{event.kind} from {state} at {event.sequence}"
        if event.kind == "ended":
            before_end[candidate] = state
        states[candidate] = target if target is not None else before_end.pop(candidate)
    return states


def stored(session: Session) -> dict[int, str]:
    """The state of each candidate in the rows, those of whom the journal says nothing left out."""
    rows = Attempt.objects.filter(session=session).order_by("pk")
    return {row.candidate_id: row.state for row in rows if row.state != "expected"}


def assert_sound(session: Session) -> None:
    """The chain holds, without a gap, and rows = fold(journal)."""
    fresh = Session.objects.select_related("establishment").get(pk=session.pk)
    found = verify_session(fresh)
    assert found.broken is None, found.broken
    assert found.events == fresh.sequence
    told = {candidate: state for candidate, state in folded(session).items() if state != "expected"}
    assert told == stored(session)


def everything(session: Session) -> dict[str, list[dict[str, Any]]]:
    """All that an act in this session could write: equal before and after means that nothing was."""
    return {
        "session": list(Session.objects.filter(pk=session.pk).order_by("pk").values()),
        "events": list(Event.objects.filter(session=session).order_by("pk").values()),
        "attempts": list(Attempt.objects.filter(session=session).order_by("pk").values()),
        "candidates": list(Candidate.objects.filter(session=session).order_by("pk").values()),
        "alerts": list(Alert.objects.filter(attempt__session=session).order_by("pk").values()),
        "incidents": list(Incident.objects.filter(session=session).order_by("pk").values()),
        "sheets": list(FraudSheet.objects.filter(incident__session=session).order_by("pk").values()),
        "proposals": list(Proposal.objects.filter(attempt__session=session).order_by("pk").values()),
    }
