"""The proctor lets a candidate come back into his test, or not (R11, D4)."""

from collections.abc import Mapping
from datetime import datetime

from pixsurv.kernel.journal import Json
from proctoring.enums import RUNNING, AttemptState
from proctoring.models import Attempt
from proctoring.services.due import locked_room
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind


def authorise_resume(*, session_id: int, candidate_id: int, actor: Actor, now: datetime) -> Attempt:
    """Consumed when the candidate re-enters; can be taken back. Refused: `not_in_progress`."""
    with locked_room(session_id, now=now, at_the_end=True) as room:
        attempt = room.attempt(candidate_id)
        if attempt.state == AttemptState.RESUME_AUTHORISED and not room.session.is_over:
            return attempt
        authorise(room, attempt, actor=actor)
        return attempt


def authorise(room: Room, attempt: Attempt, *, actor: Actor, facts: Mapping[str, Json] | None = None) -> None:
    """Under the lock: whatever let him come back. `facts` says what, when it was not the gesture of his row."""
    room.transition(
        attempt,
        EventKind.RESUME_AUTHORISED,
        actor=actor,
        facts={
            "question": attempt.question,
            "requested": attempt.resume_requested_at is not None,
            **(facts or {}),
        },
        resume_authorised_at=room.now,
        resume_requested_at=None,
    )


def cancel_resume(*, session_id: int, candidate_id: int, actor: Actor, now: datetime) -> Attempt:
    """Take the authorisation back."""
    with locked_room(session_id, now=now, at_the_end=True) as room:
        attempt = room.attempt(candidate_id)
        if attempt.state == AttemptState.IN_PROGRESS and not room.session.is_over:
            return attempt
        room.transition(attempt, EventKind.RESUME_CANCELLED, actor=actor)
        return attempt


def dismiss_request(*, session_id: int, candidate_id: int, actor: Actor, now: datetime) -> Attempt:
    """« Ignorer la demande »: the request goes, nothing else moves."""
    with locked_room(session_id, now=now, at_the_end=True) as room:
        attempt = room.attempt(candidate_id)
        room.require_open()
        if attempt.state not in RUNNING:
            raise refuse("not_in_progress")
        if attempt.resume_requested_at is not None:
            room.write(
                attempt,
                EventKind.RESUME_DISMISSED,
                actor=actor,
                facts={"reason": "ignored"},
                resume_requested_at=None,
            )
        return attempt
