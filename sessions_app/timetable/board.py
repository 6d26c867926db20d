"""The page « Planning »: a handful of queries, whatever the number of sessions and candidates."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Max, QuerySet

from sessions_app.enums import SessionState
from sessions_app.models import Candidate, Establishment, Session
from sessions_app.rules import LONGEST_OCCUPATION
from sessions_app.timetable.clashes import Clash, Conflict, Slot, conflicts, end_of
from sessions_app.timetable.missing import missing
from sessions_app.timetable.period import FRIDAY, Period, View

# Only what is still to be held can be in the way of something.
AHEAD = (SessionState.PLANNED, SessionState.LAUNCHED)
NAMED = 8  # pupils of one conflict


@dataclass(frozen=True, slots=True)
class Place:
    """One session of a conflict."""

    number: int
    room: str
    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Crossing:
    """A conflict as the page names it; `rank` is its place on the page."""

    rank: int
    clash: Clash
    names: list[str]
    more: int
    places: list[Place]


@dataclass(slots=True)
class Entry:
    """One session of a day."""

    session: Session
    ends_at: datetime
    candidates: int
    missing: list[str]
    crossings: list[Crossing] = field(default_factory=list)

    @property
    def is_cancelled(self) -> bool:
        return self.session.state == SessionState.CANCELLED


@dataclass(slots=True)
class BoardDay:
    date: date
    entries: list[Entry] = field(default_factory=list)

    @property
    def held(self) -> int:
        """Cancelled sessions stand on the page, and are not counted."""
        return sum(not entry.is_cancelled for entry in self.entries)

    @property
    def candidates(self) -> int:
        return sum(entry.candidates for entry in self.entries if not entry.is_cancelled)


@dataclass(frozen=True, slots=True)
class Board:
    days: list[BoardDay]
    crossings: list[Crossing]

    @property
    def incomplete(self) -> int:
        return sum(bool(entry.missing) for day in self.days for entry in day.entries)

    @property
    def held(self) -> int:
        return sum(day.held for day in self.days)


def board(establishment: Establishment, period: Period) -> Board:
    """The sessions that start in this period; conflicts with those around it count too. Three queries."""
    begin, end = period.bounds(establishment.zone)
    near = list(sessions_between(establishment, begin - LONGEST_OCCUPATION, end + LONGEST_OCCUPATION))
    for session in near:
        session.establishment = establishment  # known: asking for it again would be a query a row
    slots = {session.pk: slot_of(session) for session in near if session.state in AHEAD}
    shown = {session.pk: session for session in near if begin <= session.starts_at < end}
    found = [
        one
        for one in conflicts(list(slots.values()), _pupils_in_several(slots))
        if any(slot.key in shown for slot in one.slots)
    ]
    crossings = [_crossing(rank, one, establishment) for rank, one in enumerate(found, start=1)]
    days = {day: BoardDay(day) for day in period.days}
    for session in shown.values():
        entry = Entry(
            session, end_of_session(session), count_of(session), missing(session, count_of(session))
        )
        entry.crossings = [
            crossing
            for crossing, one in zip(crossings, found, strict=True)
            if any(slot.key == session.pk for slot in one.slots)
        ]
        days[session.local(session.starts_at).date()].entries.append(entry)
    kept = [day for day in days.values() if day.entries or _is_shown_empty(day.date, period)]
    return Board(kept, crossings)


def sessions_between(establishment: Establishment, begin: datetime, end: datetime) -> QuerySet[Session]:
    """Those that start in [begin, end), with what `count_of` and `end_of_session` need."""
    return with_occupation(
        Session.objects.filter(establishment=establishment, starts_at__gte=begin, starts_at__lt=end)
    ).order_by("starts_at", "room", "number")


def with_occupation(sessions: QuerySet[Session]) -> QuerySet[Session]:
    return sessions.annotate(
        candidate_count=Count("candidates"), most_extra_time=Max("candidates__extra_time_percent")
    )


def count_of(session: Session) -> int:
    count: int = getattr(session, "candidate_count")  # noqa: B009 — an annotation, which mypy can't see
    return count


def end_of_session(session: Session) -> datetime:
    """When the last of its candidates may leave, if it begins on time."""
    return end_of(session.starts_at, session.duration, getattr(session, "most_extra_time", None))


def slot_of(session: Session) -> Slot:
    return Slot(
        key=session.pk,
        number=session.number,
        site=session.site,
        room=session.room,
        starts_at=session.starts_at,
        ends_at=end_of_session(session),
        proctor_names=session.proctor_names,
    )


def _pupils_in_several(slots: dict[int, Slot]) -> dict[str, tuple[str, list[Slot]]]:
    """Asked of the database: most candidates are in one session, and are not fetched."""
    enrolled = Candidate.objects.filter(session__in=slots)
    several = enrolled.order_by().values("identity_key").annotate(times=Count("pk")).filter(times__gt=1)
    rows = enrolled.filter(identity_key__in=several.values("identity_key")).order_by("sort_key", "pk")
    names: dict[str, str] = {}
    taken: defaultdict[str, list[Slot]] = defaultdict(list)
    for key, first, last, session_id in rows.values_list(
        "identity_key", "first_name", "last_name", "session_id"
    ):
        names.setdefault(key, f"{first} {last.upper()}")
        taken[key].append(slots[session_id])
    return {key: (name, taken[key]) for key, name in names.items()}


def _crossing(rank: int, conflict: Conflict, establishment: Establishment) -> Crossing:
    zone = establishment.zone
    places = [
        Place(
            slot.number or 0, slot.room, slot.starts_at.astimezone(zone).date(), slot.starts_at, slot.ends_at
        )
        for slot in conflict.slots
    ]
    more = max(len(conflict.names) - NAMED, 0)
    return Crossing(rank, conflict.clash, conflict.names[:NAMED], more, places)


def _is_shown_empty(day: date, period: Period) -> bool:
    """A day without sessions stands on the page from Monday to Friday, and when it was asked for."""
    return period.view == View.DAY or day.weekday() <= FRIDAY
