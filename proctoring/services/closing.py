"""Closing: the bare locked service (mechanics §6). Gate, report and seal are built on it."""

from datetime import datetime

from proctoring import rules
from proctoring.enums import AttemptState, CaseKind
from proctoring.models import Attempt
from proctoring.services.cases.settling import overtake_all
from proctoring.services.due import locked_room
from proctoring.services.room import refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, SessionState
from sessions_app.models import Session


def close_session(*, session_id: int, actor: Actor, now: datetime) -> Session:
    """Close for good; closing again changes nothing. Refused while anything runs, or while an end can be undone
    (`tests_running`)."""
    with locked_room(session_id, now=now) as room:
        session = room.session
        if session.state == SessionState.CLOSED:
            return session
        room.require_open()
        for attempt in Attempt.objects.filter(session_id=session.pk, started_at__isnull=False):
            over = attempt.state in {AttemptState.COMPLETED, AttemptState.EXPIRED, AttemptState.ENDED}
            if not over or not rules.is_final(attempt, now):
                raise refuse("tests_running")
        overtake_all(room, actor=actor)
        room.lock.record(EventKind.CLOSED, actor=actor, changes_list=True)
        room.lock.change(state=SessionState.CLOSED, closed_at=now, next_due_at=None)
        return session


def take_launch_back(*, session_id: int, actor: Actor, now: datetime) -> Session:
    """An admin takes an accidental launch back, while one test only has started, within 5 min (mechanics §7).

    The test that started goes on, nobody was late for it; the next start launches the session again. Refused with
    `not_allowed`, `never_launched`, `launch_stands`; taken back already, it changes nothing.
    """
    if actor.kind != ActorKind.ADMIN:
        raise refuse("not_allowed", status=403)
    with locked_room(session_id, now=now) as room:
        session = room.session
        room.require_open()
        if session.launched_at is None:
            if session.events.filter(kind=EventKind.LAUNCH_TAKEN_BACK).exists():
                return session
            raise refuse("never_launched")
        started = Attempt.objects.filter(session_id=session.pk, started_at__isnull=False).count()
        if started > 1 or now > session.launched_at + rules.LAUNCH_TAKEN_BACK_WITHIN:
            raise refuse("launch_stands")
        overtake_all(room, actor=actor, kinds=[CaseKind.LATE])
        launched_at = session.launched_at
        room.lock.record(
            EventKind.LAUNCH_TAKEN_BACK,
            actor=actor,
            facts={"launched_at": launched_at.isoformat()},
            changes_list=True,
        )
        attempts = Attempt.objects.filter(session_id=session.pk)
        attempts.filter(last_case__kind=CaseKind.LATE).update(last_case=None)
        attempts.update(present_at_launch=False, arrival="", late_reason="", late_refused_at=None)
        room.lock.change(state=SessionState.PLANNED, launched_at=None)
        return session
