"""What stands in the way of a session."""

from datetime import timedelta

from pixsurv.kernel.identity import fold
from sessions_app.enums import SessionState
from sessions_app.models import Session

LONGEST = timedelta(minutes=240)


def same_room(session: Session) -> list[Session]:
    """Other sessions of the school in that room while this one lasts, the first one first.

    Only planned durations count: what runs longer is seen in the room.
    """
    end = session.starts_at + timedelta(minutes=session.duration)
    near = (
        Session.objects.filter(
            establishment_id=session.establishment_id,
            starts_at__gt=session.starts_at - LONGEST,
            starts_at__lt=end,
        )
        .exclude(pk=session.pk)
        .exclude(state__in=[SessionState.CANCELLED, SessionState.ELIMINATED])
        .order_by("starts_at", "number")
    )
    place = (fold(session.site), fold(session.room))
    return [
        other
        for other in near
        if (fold(other.site), fold(other.room)) == place
        and other.starts_at + timedelta(minutes=other.duration) > session.starts_at
    ]
