"""What a calendar says of a session: where, when, how many. No pupil's name, no number, no code, no password (P11)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db.models import QuerySet

from sessions_app.enums import SessionKind, SessionState
from sessions_app.feeds.ical import Happening, calendar
from sessions_app.models import Account, CalendarFeed, Membership, Session
from sessions_app.timetable.board import count_of, end_of_session, with_occupation
from sessions_app.timetable.proctors import watches
from sessions_app.wording import clock_time, in_room, room_title

PAST = timedelta(days=92)  # a term: older sessions are in the archive
SHOWN = (SessionState.PLANNED, SessionState.LAUNCHED, SessionState.CLOSED, SessionState.CANCELLED)


def feed_bytes(feed: CalendarFeed, now: datetime) -> bytes:
    """The calendar behind a link; one query, whatever the number of sessions."""
    if feed.account is not None:
        sessions = watched_by(feed.account, now)
        return calendar(f"Surveillances de {feed.account.name}", [_happening(one) for one in sessions])
    assert feed.establishment is not None
    sessions = _since(now, [feed.establishment.pk])
    return calendar(f"Sessions, {feed.establishment.name}", [_happening(one) for one in sessions])


def watched_by(account: Account, now: datetime) -> list[Session]:
    """Where his name is written among the proctors, in the schools that he belongs to today."""
    schools = Membership.objects.filter(account=account).values_list("establishment_id", flat=True)
    return [one for one in _since(now, schools) if watches(account.name, one.proctor_names)]


def _since(now: datetime, schools: Collection[int] | QuerySet[Membership, int]) -> list[Session]:
    sessions = Session.objects.filter(
        establishment__in=schools, state__in=SHOWN, starts_at__gte=now - PAST
    ).exclude(kind=SessionKind.REHEARSAL)
    return list(with_occupation(sessions.select_related("establishment")).order_by("starts_at", "number"))


def _happening(session: Session) -> Happening:
    cancelled = session.state == SessionState.CANCELLED
    white = " (certification blanche)" if session.kind == SessionKind.WHITE_EXAM else ""
    return Happening(
        uid=uid_of(session),
        starts_at=session.starts_at,
        ends_at=end_of_session(session),
        created_at=session.created_at,
        revised_at=session.revised_at or session.created_at,
        summary=f"{'Annulée\u00a0: ' if cancelled else ''}Surveillance {in_room(session.room)}{white}",
        location=", ".join([room_title(session.room), *_where(session)]),
        description=_description(session),
        cancelled=cancelled,
    )


def uid_of(session: Session) -> UUID:
    """The same for ever, also when the service moves to another address; nobody can guess a session from it."""
    return uuid5(NAMESPACE_OID, f"pixsurv:{session.number}:{session.created_at.isoformat()}")


def _where(session: Session) -> list[str]:
    """The site, and the school unless the site has its name."""
    names = [session.site, session.establishment.name]
    return list(dict.fromkeys(names))


def _description(session: Session) -> str:
    count = count_of(session)
    start, end = session.local(session.starts_at), session.local(end_of_session(session))
    lines = [
        f"{count} candidat{'s' if count > 1 else ''}",
        f"De {clock_time(start)} à {clock_time(end)}, préparation comprise",
        f"Surveillants\u00a0: {session.proctor_names or 'à désigner'}",
    ]
    return "\n".join(lines)
