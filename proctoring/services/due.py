"""What the clock does without a worker (mechanics §3): actor « horloge », dated at the instant it fell due."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from proctoring import rules
from proctoring.enums import RUNNING, AttemptState
from proctoring.models import Attempt
from proctoring.services.room import Room
from sessions_app.actors import CLOCK
from sessions_app.enums import EventKind, SessionKind
from sessions_app.services.journal import locked_session


@contextmanager
def locked_room(session_id: int, *, now: datetime, at_the_end: bool = False) -> Iterator[Room]:
    """Lock the session, write what fell due, then let the service look and act, in one transaction.

    `at_the_end`: see `Room`.
    """
    with locked_session(session_id, now=now) as lock:
        room = Room(lock)
        apply_due(room)
        room.at_the_end = at_the_end
        yield room


def advance_session(session_id: int, *, now: datetime) -> None:
    """Write what fell due in this session. Harmless when nothing did, or when it is closed."""
    with locked_room(session_id, now=now):
        pass


def apply_due(room: Room) -> None:
    """Under the lock: expire tests of 24 h, end tests at their deadline where the school chose so (P9)."""
    due = room.session.next_due_at
    if due is None or due > room.now or room.session.is_over:
        return
    if room.session.kind == SessionKind.REHEARSAL:
        return  # its next step, which is played apart, for the acts lock the room too (decision 0025)
    running = list(
        Attempt.objects.select_related("candidate").filter(session_id=room.session.pk, state__in=RUNNING)
    )
    # In the order in which they fell due, whatever the order of the starts: the journal tells a story.
    running.sort(key=lambda attempt: (rules.falls_due(attempt, room.session), attempt.pk))
    remaining: list[datetime] = []
    for attempt in running:
        attempt.session = room.session
        remaining.extend(_fall_due(room, attempt))
    room.lock.change(next_due_at=min(remaining, default=None))


def _fall_due(room: Room, attempt: Attempt) -> list[datetime]:
    """Apply what is past for one running attempt; return the instants that are still to come."""
    due = rules.falls_due(attempt, room.session)
    if due[0] > room.now:
        return due
    if due[0] == rules.expires_at(attempt):
        _write_expiry(room, attempt, due[0])
    else:
        _write_end(room, attempt, due[0])
    return []


def _write_expiry(room: Room, attempt: Attempt, expiry: datetime) -> None:
    """A test of 24 h: no resume, no answers (R13)."""
    room.write(
        attempt,
        EventKind.EXPIRED,
        actor=CLOCK,
        observed_at=expiry,
        state=AttemptState.EXPIRED,
        over_at=expiry,
        resume_requested_at=None,
        left_at=None,
    )
    room.lapse_alerts(attempt, actor=CLOCK)


def _write_end(room: Room, attempt: Attempt, deadline: datetime) -> None:
    """The end at the deadline: final at once, for nobody made a gesture that could be regretted."""
    room.write(
        attempt,
        EventKind.ENDED,
        actor=CLOCK,
        observed_at=deadline,
        facts={"question": attempt.question, "reason": "deadline"},
        state_before_end=attempt.state,
        state=AttemptState.ENDED,
        over_at=deadline,
        over_final_at=deadline,
        resume_requested_at=None,
        left_at=None,
        end_batch="",
    )
    room.lapse_alerts(attempt, actor=CLOCK)
