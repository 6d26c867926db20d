"""The proctor ends tests, undoes it within 10 s; an admin reopens (R12, mechanics §5)."""

import uuid
from datetime import datetime

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import RUNNING, AttemptState, CaseKind, Need
from proctoring.models import Attempt
from proctoring.services.alerts import reopen_lapsed
from proctoring.services.cases.settling import grant, overtake
from proctoring.services.due import locked_room
from proctoring.services.room import Room, one_line, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind


def end_test(*, session_id: int, candidate_id: int, actor: Actor, now: datetime) -> Attempt:
    """« Terminer le test »: no more answers from now; the candidate is told 10 s later.

    Refused with `not_in_progress`.
    """
    with locked_room(session_id, now=now, at_the_end=True) as room:
        attempt = room.attempt(candidate_id)
        if attempt.state == AttemptState.ENDED and not room.session.is_over:
            return attempt
        _end(room, attempt, actor=actor, batch="")
        return attempt


def end_overdue(*, session_id: int, candidate_ids: list[int], actor: Actor, now: datetime) -> list[Attempt]:
    """« Terminer les n tests dont le temps est écoulé »: one event a candidate under one batch id.

    Those of `candidate_ids` whose time is over now; one who finished or got minutes meanwhile is left alone.
    Refused with `no_test_waits` when none is left.
    """
    batch = str(uuid.uuid4())
    with locked_room(session_id, now=now) as room:
        room.require_open()
        overdue = [attempt for attempt in room.attempts(candidate_ids) if _is_overdue(attempt, now)]
        if not overdue:
            # The same list again: what was asked already holds.
            ended = [one for one in room.attempts(candidate_ids) if one.state == AttemptState.ENDED]
            if not ended:
                raise refuse("no_test_waits")
            return ended
        for attempt in overdue:
            _end(room, attempt, actor=actor, batch=batch)
        return overdue


def undo_end(*, session_id: int, candidate_id: int, actor: Actor, now: datetime) -> Attempt:
    """Back to the state before, within 10 s and 5 s of grace; later `too_late`."""
    with locked_room(session_id, now=now, at_the_end=True) as room:
        attempt = room.attempt(candidate_id)
        if attempt.end_undone_at is not None and attempt.state in RUNNING:
            room.require_open()
            return attempt
        _undo(room, attempt, actor=actor)
        return attempt


def undo_batch(*, session_id: int, batch: str, actor: Actor, now: datetime) -> list[Attempt]:
    """Undo together what was ended together."""
    with locked_room(session_id, now=now) as room:
        room.require_open()
        attempts = [attempt for attempt in room.attempts() if batch and attempt.end_batch == batch]
        if not attempts:
            raise refuse("too_late")
        for attempt in attempts:
            if attempt.state == AttemptState.ENDED:
                _undo(room, attempt, actor=actor)
        return attempts


def reopen(*, session_id: int, candidate_id: int, reason: str, actor: Actor, now: datetime) -> Attempt:
    """An admin lets the candidate come back, with a reason, before closing.

    Refused with `not_over`, `session_closed`; with `too_old` for a test started 24 h ago: it would expire.
    """
    reason = one_line(reason)
    if not reason:
        raise DomainError("reason_missing", "Dites pourquoi ce test est rouvert.", status=422)
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        if attempt.reopened_at is not None and attempt.state == AttemptState.RESUME_AUTHORISED:
            room.require_open()
            return attempt
        room.require_open()
        _refuse_after_a_day(attempt, now)
        room.transition(
            attempt,
            EventKind.REOPENED,
            actor=actor,
            facts={"reason": reason},
            resume_authorised_at=now,
            reopened_at=now,
            over_at=None,
            over_final_at=None,
            state_before_end="",
            end_batch="",
            # He was told that it is over: his silence since then means nothing.
            left_at=None,
            silent_at=None,
        )
        room.watch(attempt)
        grant(room, attempt, CaseKind.REOPENING, actor=actor)
        return attempt


def _refuse_after_a_day(attempt: Attempt, now: datetime) -> None:
    """A finished test must not become an expired one."""
    over = attempt.state in {AttemptState.ENDED, AttemptState.COMPLETED}
    if over and not rules.may_be_reopened(attempt, now):
        raise refuse("too_old")


def _is_overdue(attempt: Attempt, now: datetime) -> bool:
    found = rules.needs(attempt, now, judged_at=rules.standing(attempt.session, now))
    return any(one.need == Need.OVERTIME for one in found)


def _end(room: Room, attempt: Attempt, *, actor: Actor, batch: str) -> None:
    over_at = rules.over_at(attempt, room.now)
    room.transition(
        attempt,
        EventKind.ENDED,
        actor=actor,
        facts={"question": attempt.question, "batch": batch or None},
        state_before_end=attempt.state,
        over_at=over_at,
        over_final_at=over_at + rules.UNDO,
        resume_requested_at=None,
        left_at=None,
        end_batch=batch,
        end_undone_at=None,
        reopened_at=None,
    )
    room.lapse_alerts(attempt, actor=actor)


def _undo(room: Room, attempt: Attempt, *, actor: Actor) -> None:
    if attempt.state == AttemptState.ENDED and not rules.may_undo_end(attempt, room.now):
        raise refuse("too_late")
    room.transition(
        attempt,
        EventKind.END_UNDONE,
        actor=actor,
        facts={"question": attempt.question},
        state_before_end="",
        over_at=None,
        over_final_at=None,
        end_undone_at=room.now,
        # The platform was frozen meanwhile: its silence of those seconds means nothing.
        last_seen_at=room.now if attempt.last_seen_at is not None else None,
        silent_at=_silent_after(attempt, room.now),
    )
    room.watch(attempt)
    reopen_lapsed(room, attempt, actor=actor)
    overtake(room, attempt, CaseKind.REOPENING, actor=actor)


def _silent_after(attempt: Attempt, now: datetime) -> datetime | None:
    if attempt.silent_at is None or attempt.last_seen_at is None:
        return None
    return now + (attempt.silent_at - attempt.last_seen_at)
