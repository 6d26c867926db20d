"""The same pupil on another list of the school that day (R21): no more is told than the room and the hour."""

from dataclasses import dataclass

from django.db.models import Q

from pixsurv.kernel.wall_clock import day_bounds
from proctoring.enums import AttemptState
from proctoring.models import Attempt, Entry
from proctoring.selectors.wording import clock_time
from sessions_app.enums import SessionKind, SessionState
from sessions_app.models import Candidate, Session


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A room of the same school and day that has him on its list."""

    candidate_id: int
    number: int
    room: str
    starts: str


def enrolled_elsewhere(session: Session, identity_key: str) -> list[Elsewhere]:
    """In the sessions of that local day that are not over, the first one first. One query.

    Rehearsals all have the same pupils, and are rooms of nobody.
    """
    begin, end = day_bounds(session.local(session.starts_at).date(), session.zone)
    found = (
        Candidate.objects.select_related("session")
        .filter(
            identity_key=identity_key,
            session__establishment_id=session.establishment_id,
            session__starts_at__gte=begin,
            session__starts_at__lt=end,
            session__state__in=[SessionState.PLANNED, SessionState.LAUNCHED],
        )
        .exclude(Q(session_id=session.pk) | Q(session__kind=SessionKind.REHEARSAL))
        .order_by("session__starts_at", "session__number")
    )
    return [
        Elsewhere(
            candidate_id=one.pk,
            number=one.session.number,
            room=one.session.room,
            starts=clock_time(session.local(one.session.starts_at)),
        )
        for one in found
    ]


def may_leave(candidate_id: int) -> bool:
    """Neither came in at a computer nor was ticked there: nothing of him has begun in that room."""
    begun = Attempt.objects.filter(candidate_id=candidate_id).exclude(state=AttemptState.EXPECTED)
    return not (begun.exists() or Entry.objects.filter(candidate_id=candidate_id).exists())
