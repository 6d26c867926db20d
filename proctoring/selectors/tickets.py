"""What the room shows of tickets (R21)."""

from datetime import datetime

from proctoring.models import Ticket, TicketDoor
from sessions_app.models import Candidate, Session


def open_ticket(candidate: Candidate, now: datetime) -> Ticket | None:
    """The ticket that would let him in now."""
    return Ticket.objects.filter(candidate=candidate, used_at=None, expires_at__gt=now).first()


def shut_until(session: Session, now: datetime) -> datetime | None:
    """Until when the tickets of this session are refused, for too many wrong ones were typed."""
    return (
        TicketDoor.objects.filter(session=session, shut_until__gt=now)
        .values_list("shut_until", flat=True)
        .first()
    )
