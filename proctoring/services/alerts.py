"""Alerts of candidates (R15): raised, answered, or without object once the test is over."""

from collections.abc import Sequence
from datetime import datetime

from proctoring import rules
from proctoring.enums import OVER, RUNNING, AlertStatus
from proctoring.models import Alert, Attempt, Entry
from proctoring.services.due import locked_room
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind


def raise_alert(
    *, entry: Entry, question: int, kinds: Sequence[str], actor: Actor, now: datetime
) -> tuple[Alert, bool]:
    """The open alert of this candidate on this question, and whether it is new. From the holder only.

    It is raised on the current question (R15): a platform that reported no progress yet has thereby said where it is.
    """
    with locked_room(entry.session_id, now=now) as room:
        attempt = room.attempt(entry.candidate_id)
        require_holder(room, attempt, entry)
        existing = Alert.objects.filter(
            attempt_id=attempt.pk, question=question, status=AlertStatus.OPEN
        ).first()
        if existing is not None:
            return existing, False
        alert = Alert.objects.create(
            attempt=attempt, question=question, kinds=sorted(set(kinds)), raised_at=now
        )
        room.write(
            attempt,
            EventKind.ALERT_RAISED,
            actor=actor,
            facts={"alert": alert.pk, "question": question, "kinds": sorted(set(kinds))},
            question=question,
        )
        return alert, True


def answer_alert(
    *, session_id: int, candidate_id: int, alert_id: int, confirmed: bool, actor: Actor, now: datetime
) -> Alert:
    """« Pas de problème » or « Problème confirmé ». Answering again the same way changes nothing."""
    wanted = AlertStatus.VALIDATED if confirmed else AlertStatus.REFUSED
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        alert = Alert.objects.filter(pk=alert_id, attempt_id=attempt.pk).first()
        if alert is None:
            raise refuse("alert_gone", status=404)
        if alert.status == wanted:
            return alert
        room.require_open()
        if alert.status != AlertStatus.OPEN:
            raise refuse("alert_gone")
        room.settle_alert(alert, wanted)
        kind = EventKind.ALERT_VALIDATED if confirmed else EventKind.ALERT_REFUSED
        room.write(attempt, kind, actor=actor, facts={"alert": alert.pk, "question": alert.question})
        return alert


def require_holder(room: Room, attempt: Attempt, entry: Entry) -> None:
    """Only the holder acts in a test, while it runs (mechanics §4)."""
    require_not_superseded(room, attempt, entry)
    state = rules.state_at(attempt, room.now)
    if state not in RUNNING:
        raise refuse("attempt_over" if state in OVER else "not_in_progress")


def require_not_superseded(room: Room, attempt: Attempt, entry: Entry) -> None:
    """The session is open, and no one else holds the test. A test started by hand is held by no entry at all."""
    if room.session.is_over:
        raise refuse("session_closed", status=410)
    runs = rules.state_at(attempt, room.now) in RUNNING
    if attempt.holder_id != entry.pk and (attempt.holder_id is not None or runs):
        raise refuse("entry_superseded")
