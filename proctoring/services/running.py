"""From the start of a test to its end by the candidate: start, resume, leave, complete (mechanics §4)."""

from datetime import datetime
from typing import Any

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring import rules
from proctoring.enums import OVER, RUNNING, AttemptState
from proctoring.models import Attempt, Entry
from proctoring.services.alerts import require_not_superseded
from proctoring.services.due import locked_room
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind, SessionState


def start_or_resume(*, entry: Entry, access_code: str, actor: Actor, now: datetime) -> Attempt:
    """The candidate gives the access code: his test starts, or resumes at his next unanswered question.

    A second start by the holder is a double click: the present attempt, nothing recorded. Another entry is a
    re-entry: refused with `resume_not_authorised` until the proctor authorises it, and the resume request is filed.
    Otherwise refused with `session_closed` (410), `attempt_over`, `presence_not_confirmed`, `not_certifiable` (403),
    `wrong_access_code` (404).
    """
    refusal: DomainError | None = None
    with locked_room(entry.session_id, now=now, at_the_end=True) as room:
        attempt = room.attempt(entry.candidate_id)
        state = rules.state_at(attempt, now)
        if room.session.is_over:
            raise refuse("session_closed", status=410)
        if state in OVER:
            raise refuse("attempt_over")
        holds = attempt.holder_id == entry.pk
        if state == AttemptState.IN_PROGRESS and holds:
            return attempt
        if state == AttemptState.IN_PROGRESS:
            _file_request(room, attempt, actor=actor)
            # Raised only after the block, so that the request is kept.
            refusal = refuse("resume_not_authorised", status=403)
        elif state == AttemptState.EXPECTED:
            raise refuse("presence_not_confirmed", status=403)
        else:
            _require_code(room, access_code)
            if state == AttemptState.PRESENT:
                start(room, attempt, actor=actor, at=now, entry=entry)
            else:
                resume(room, attempt, actor=actor, at=now, entry=entry)
    if refusal is not None:
        raise refusal
    return attempt


def start(
    room: Room, attempt: Attempt, *, actor: Actor, at: datetime, entry: Entry | None, **changes: Any
) -> None:
    """Under the lock: the test starts at `at`; the first one of the session launches it (R10)."""
    if attempt.candidate.certifiable is False:
        raise refuse("not_certifiable", status=403)
    facts: dict[str, Json] = {"extra_time_percent": attempt.candidate.extra_time_percent}
    launches = room.session.launched_at is None
    attempt.started_at = at
    room.transition(
        attempt,
        EventKind.STARTED,
        actor=actor,
        facts={**facts, **changes.pop("facts", {})},
        observed_at=at,
        # The first start turns « À cocher » into « Pas encore arrivé » on every row.
        changes_list=launches,
        started_at=at,
        deadline_at=rules.deadline_of(attempt, room.session, attempt.candidate),
        question=attempt.question or 1,
        **_held_by(entry, room.now),
        **({"present_at_launch": True} if launches else {}),
        **changes,
    )
    if launches:
        _launch(room, at)
    elif room.session.launched_at is not None and at < room.session.launched_at:
        room.lock.change(launched_at=at)  # keyed later, begun before (R22)
    room.watch(attempt)
    _note_holder(room, entry)


def resume(
    room: Room, attempt: Attempt, *, actor: Actor, at: datetime, entry: Entry | None, **changes: Any
) -> None:
    """Under the lock: back in the test. The start does not move (R11)."""
    room.transition(
        attempt,
        EventKind.RESUMED,
        actor=actor,
        facts={"question": attempt.question, **changes.pop("facts", {})},
        observed_at=at,
        resumed_at=at,
        resume_requested_at=None,
        left_at=None,
        **_held_by(entry, room.now),
        **changes,
    )
    _note_holder(room, entry)


def complete(*, entry: Entry, actor: Actor, now: datetime) -> Attempt:
    """« J’ai terminé », from the holder, even while a resume is authorised (mechanics §4).

    Refused with `entry_superseded`, `not_in_progress`, `session_closed` (410); again by the holder changes nothing.
    """
    with locked_room(entry.session_id, now=now, at_the_end=True) as room:
        attempt = room.attempt(entry.candidate_id)
        if attempt.state == AttemptState.COMPLETED and attempt.holder_id == entry.pk:
            return attempt
        require_not_superseded(room, attempt, entry)
        finish(room, attempt, actor=actor, at=now)
        return attempt


def finish(room: Room, attempt: Attempt, *, actor: Actor, at: datetime, **changes: Any) -> None:
    """Under the lock: the candidate is done."""
    room.transition(
        attempt,
        EventKind.COMPLETED,
        actor=actor,
        facts={"question": attempt.question, **changes.pop("facts", {})},
        observed_at=at,
        over_at=rules.over_at(attempt, at),
        resume_requested_at=None,
        left_at=None,
        **changes,
    )
    room.lapse_alerts(attempt, actor=actor)


def leave(*, entry: Entry, actor: Actor, now: datetime) -> None:
    """The platform says that the candidate left the test page. Not a state: a fact, and an earlier silence."""
    with locked_room(entry.session_id, now=now) as room:
        attempt = room.attempt(entry.candidate_id)
        if attempt.holder_id != entry.pk or rules.state_at(attempt, now) not in RUNNING:
            return
        if room.session.is_over or attempt.left_at is not None:
            return
        room.write(attempt, EventKind.LEFT, actor=actor, facts={"question": attempt.question}, left_at=now)


def request_resume(*, entry: Entry, actor: Actor, now: datetime) -> Attempt:
    """Somebody came in again for a running test: a visible request (D4). Asking again records nothing."""
    with locked_room(entry.session_id, now=now) as room:
        attempt = room.attempt(entry.candidate_id)
        if (
            rules.state_at(attempt, now) == AttemptState.IN_PROGRESS
            and attempt.holder_id != entry.pk
            and not room.session.is_over
        ):
            _file_request(room, attempt, actor=actor)
        return attempt


def _file_request(room: Room, attempt: Attempt, *, actor: Actor) -> None:
    if attempt.resume_requested_at is None:
        room.write(
            attempt,
            EventKind.RESUME_REQUESTED,
            actor=actor,
            facts={"question": attempt.question},
            resume_requested_at=room.now,
        )


def _require_code(room: Room, access_code: str) -> None:
    typed = "".join(access_code.split()).upper()
    if not crypto.equal(typed, room.session.access_code):
        raise refuse("wrong_access_code", status=404)


def _launch(room: Room, at: datetime) -> None:
    """Who is present now was in the room at the launch: the late question is not for them."""
    Attempt.objects.filter(session_id=room.session.pk, state=AttemptState.PRESENT).update(
        present_at_launch=True
    )
    room.lock.change(launched_at=at, state=SessionState.LAUNCHED)


def _held_by(entry: Entry | None, now: datetime) -> dict[str, Any]:
    """The columns of a new holder. A test followed by hand has none, and never falls silent."""
    beat = entry.heartbeat if entry is not None else None
    limit = rules.silence_limit(heartbeat=beat, visible=True) if beat is not None else None
    return {
        "holder": entry,
        "last_seen_at": now if entry is not None else None,
        "last_visible": True,
        "silent_at": now + limit if limit is not None else None,
        "reconnected_at": None,
    }


def _note_holder(room: Room, entry: Entry | None) -> None:
    """Remember that it held: a later holder makes it « superseded »."""
    if entry is not None and entry.held_at is None:
        entry.held_at = room.now
        if room.at_the_end:
            room.lock.write_later(entry, {"held_at"})
        else:
            entry.save(update_fields=["held_at"])
