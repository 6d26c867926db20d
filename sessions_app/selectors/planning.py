"""What stands in the way of a session."""

from datetime import datetime

from django.db.models import Max

from pixsurv.kernel.identity import fold
from sessions_app.enums import SessionState
from sessions_app.models import Candidate, Session
from sessions_app.rules import LONGEST_OCCUPATION, occupied_until


def same_room(session: Session) -> list[Session]:
    """Other sessions of the school in that room while this one takes it, the first one first.

    As on « Planning »: with the preparation and the largest extra time of the list (P11).
    """
    extra = Candidate.objects.filter(session=session).aggregate(most=Max("extra_time_percent"))["most"]
    end = _end(session, extra)
    near = (
        Session.objects.filter(
            establishment_id=session.establishment_id,
            starts_at__gt=session.starts_at - LONGEST_OCCUPATION,
            starts_at__lt=end,
        )
        .exclude(pk=session.pk)
        .exclude(state__in=[SessionState.CANCELLED, SessionState.ELIMINATED])
        .annotate(most_extra_time=Max("candidates__extra_time_percent"))
        .order_by("starts_at", "number")
    )
    place = (fold(session.site), fold(session.room))
    return [
        other
        for other in near
        if (fold(other.site), fold(other.room)) == place
        and _end(other, getattr(other, "most_extra_time", None)) > session.starts_at
    ]


def _end(session: Session, most_extra_time: int | None) -> datetime:
    return occupied_until(
        starts_at=session.starts_at, duration=session.duration, extra_percent=most_extra_time or 0
    )
