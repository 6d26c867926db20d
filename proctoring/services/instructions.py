"""« Consignes lues » (R4): time-stamped, in the report."""

from datetime import datetime

from proctoring.services.due import locked_room
from sessions_app.actors import Actor
from sessions_app.enums import EventKind


def note_instructions_read(
    *, session_id: int, actor: Actor, now: datetime, observed_at: datetime | None = None
) -> None:
    """The instructions were read aloud. Noted already, it changes nothing. Refused with `session_closed`."""
    with locked_room(session_id, now=now) as room:
        room.require_open()
        if room.session.instructions_read_at is None:
            event = room.lock.record(EventKind.INSTRUCTIONS_READ, actor=actor, observed_at=observed_at)
            room.lock.change(instructions_read_at=event.observed_at)
