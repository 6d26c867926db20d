"""« Sortie » and « Retour » of a candidate, one tap each (R24): facts for the report, no state of the test."""

from datetime import datetime

from proctoring import rules
from proctoring.models import Attempt
from proctoring.services.due import locked_room
from proctoring.services.room import refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind


def go_out(
    *,
    session_id: int,
    candidate_id: int,
    actor: Actor,
    now: datetime,
    observed_at: datetime | None = None,
) -> Attempt:
    """He leaves the room for a while; out already, nothing changes. His clock goes on.

    `observed_at` is kept between when he was first seen there and now: nobody leaves a room before he is in it.
    Refused with `session_closed`; with `not_in_room` for who is not present, or has finished.
    """
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        room.require_open()
        if attempt.out_since is not None:
            return attempt
        if rules.state_at(attempt, now) not in rules.MAY_BE_OUT:
            raise refuse("not_in_room")
        seen = min(max(observed_at or now, _first_seen(attempt)), now)
        room.write(attempt, EventKind.WENT_OUT, actor=actor, observed_at=seen, out_since=seen)
        return attempt


def _first_seen(attempt: Attempt) -> datetime:
    """When his presence was first noted; half a day before the session at the earliest."""
    return attempt.first_present_at or rules.earliest(attempt.session)


def come_back(
    *,
    session_id: int,
    candidate_id: int,
    actor: Actor,
    now: datetime,
    observed_at: datetime | None = None,
) -> Attempt:
    """He is back; not out (any more), nothing changes. Refused with `session_closed`.

    Who starts, resumes or completes, or whose test is over, is back without it (`Room.write`).
    """
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        room.require_open()
        if attempt.out_since is None:
            return attempt
        seen = max(min(observed_at or now, now), attempt.out_since)
        told = {"out_since": attempt.out_since.isoformat()}
        room.write(attempt, EventKind.CAME_BACK, actor=actor, observed_at=seen, facts=told, out_since=None)
        return attempt
