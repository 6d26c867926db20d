"""« Consignes lues » (R4): time-stamped, in the report."""

from datetime import datetime

from proctoring.services.due import locked_room
from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.models import Event, Session


def note_instructions_read(
    *, session_id: int, actor: Actor, now: datetime, observed_at: datetime | None = None
) -> None:
    """The instructions were read aloud. Noted already, it changes nothing. Refused with `session_closed`."""
    with locked_room(session_id, now=now) as room:
        room.require_open()
        if instructions_read_at(room.session) is None:
            room.lock.record(EventKind.INSTRUCTIONS_READ, actor=actor, observed_at=observed_at)


def instructions_read_at(session: Session) -> datetime | None:
    """When they were read; None: not noted."""
    read = Event.objects.filter(session_id=session.pk, kind=EventKind.INSTRUCTIONS_READ)
    return read.order_by("sequence").values_list("observed_at", flat=True).first()
