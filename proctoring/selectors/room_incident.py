"""What the room shows of an incident of the whole room: its banner, and whom its end concerns (R23)."""

from dataclasses import dataclass
from datetime import datetime

from proctoring import rules
from proctoring.enums import AttemptState, Need
from proctoring.models import Attempt
from proctoring.selectors.wording import age_words, clock_time
from sessions_app.enums import EventKind, RoomIncidentKind
from sessions_app.models import Candidate, Event, Session


@dataclass(frozen=True, slots=True)
class RunningIncident:
    """« Incident dans toute la salle : coupure de courant, depuis 10h42 »."""

    key: int
    label: str
    since: datetime
    clock: str
    age: str


@dataclass(frozen=True, slots=True)
class Concerned:
    """A running test, and what is proposed for it; `why` says why nothing is."""

    candidate: Candidate
    gets_minutes: bool
    why: str
    may_resume: bool
    resumes: bool


def running_incident(session: Session, now: datetime) -> RunningIncident | None:
    """The one that runs now, without a query."""
    if not session.incident_runs or session.incident_since is None or session.incident_key is None:
        return None
    label = RoomIncidentKind(session.incident_kind).label
    since = session.incident_since
    return RunningIncident(
        session.incident_key,
        label[0].lower() + label[1:],
        since,
        clock_time(session.local(since)),
        age_words(now - since),
    )


def last_settled(session: Session) -> datetime | None:
    """When the last incident ended that is over for good; the next cannot have begun before. One query.

    The one that the session's columns hold counts only once it is over; one that was begun by mistake never was.
    """
    kinds = (EventKind.ROOM_INCIDENT_STARTED, EventKind.ROOM_INCIDENT_ENDED)
    last: dict[object, Event] = {}
    for event in Event.objects.filter(session_id=session.pk, kind__in=kinds).order_by("sequence"):
        last[(event.facts or {}).get("room_incident")] = event
    ends = [
        one.observed_at
        for one in last.values()
        if one.kind == EventKind.ROOM_INCIDENT_ENDED and not (one.facts or {}).get("undone")
    ]
    return max(ends, default=None)


def concerned(
    running: list[Candidate], session: Session, since: datetime, until: datetime, now: datetime
) -> list[Concerned]:
    """Minutes for whom it cost some; a resume for who is silent, or asks for it."""
    return [_concerned(one, one.attempt, session, since, until, now) for one in running]


def _concerned(
    candidate: Candidate, attempt: Attempt, session: Session, since: datetime, until: datetime, now: datetime
) -> Concerned:
    needs = {one.need for one in rules.needs(attempt, now)}
    in_progress = attempt.state == AttemptState.IN_PROGRESS
    why = _why_not(attempt, session, since, until)
    return Concerned(
        candidate, not why, why, in_progress, in_progress and bool(needs & {Need.RESUME, Need.DISCONNECTED})
    )


def _why_not(attempt: Attempt, session: Session, since: datetime, until: datetime) -> str:
    """Why it cost him nothing, or not all of it; the proctor may think otherwise."""
    if attempt.started_at is not None and attempt.started_at > since:
        clock = clock_time(session.local(attempt.started_at))
        when = "après l’incident" if attempt.started_at >= until else "pendant l’incident"
        return f"a commencé à {clock}, {when}"
    if attempt.deadline_at is not None and attempt.deadline_at <= since:
        return f"son temps était écoulé à {clock_time(session.local(attempt.deadline_at))}"
    return ""
