"""The rooms of a school’s day for its board (A1): one query says whether anything changed, four show it all."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import BooleanField, Exists, IntegerField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from pixsurv.kernel import clock
from pixsurv.kernel.wall_clock import day_bounds
from proctoring import rules
from proctoring.enums import OVER, RUNNING, AlertStatus, AttemptState, Need
from proctoring.models import Alert, Attempt, ProctorAccess
from proctoring.selectors.cases import CaseRow, open_cases
from proctoring.selectors.flips import flipped, judged_at
from proctoring.selectors.row import NEED_LOOK
from proctoring.selectors.wording import age_words, clock_time
from sessions_app.enums import RoomIncidentKind, SessionKind, SessionState
from sessions_app.models import Establishment, Session
from sessions_app.selectors import enrolled

DIGEST = 16  # hex digits of SHA-256, written as a number


@dataclass(frozen=True, slots=True)
class DayVersion:
    """What a board has: a digest of its rooms, and the instant up to which the clock was looked at."""

    digest: str
    at: datetime

    @classmethod
    def parse(cls, text: str) -> "DayVersion | None":
        digest, _, milliseconds = text.partition(".")
        if not (text.isascii() and digest.isdigit() and milliseconds.isdigit() and len(text) <= 40):
            return None
        return cls(digest, clock.from_milliseconds(int(milliseconds)))

    def __str__(self) -> str:
        return f"{self.digest}.{clock.milliseconds(self.at)}"


@dataclass(frozen=True, slots=True)
class Day:
    """The rooms of a day, read in one query, before anything that is shown of them."""

    date: date
    sessions: list[Session]
    version: DayVersion

    def is_news_for(self, seen: DayVersion | None) -> bool:
        """Something was done, planned or left in a room, or the clock began or ended a need, since `seen`."""
        if seen is None or seen.digest != self.version.digest:
            return True
        return any(session.flipped for session in self.sessions)  # type: ignore[attr-defined]

    def due(self, now: datetime) -> list[int]:
        """Sessions in which something fell due that nobody has written yet (mechanics §3)."""
        return [
            one.pk
            for one in self.sessions
            if not one.is_over and one.next_due_at is not None and one.next_due_at <= now
        ]


@dataclass(frozen=True, slots=True)
class NeedCount:
    """« Signalement : 2 »."""

    words: str
    icon: str
    chalk: str


@dataclass(frozen=True, slots=True)
class RoomCard:
    """A room from outside: no pupil’s name, for it may hang on a wall."""

    session: Session
    starts: str
    total: int
    present: int
    running: int
    over: int
    needs: tuple[NeedCount, ...]
    since: datetime | None
    age: str
    watchers: tuple[str, ...]
    unwatched: str
    launched: str
    common_end: str
    last_end: str

    @property
    def helps(self) -> bool:
        return bool(self.needs)

    @property
    def chalk(self) -> str:
        return self.needs[0].chalk if self.needs else ""

    @property
    def is_empty(self) -> bool:
        """Tests may run and nobody is there."""
        return self.session.launched_at is not None and not self.session.is_over and not self.watchers


@dataclass(frozen=True, slots=True)
class DayBoard:
    """What the board shows: cases on top, then the rooms."""

    day: Day
    cases: list[CaseRow]
    rooms: list[RoomCard]


@dataclass
class _Tally:
    """What is counted of one room."""

    states: Counter[str] = field(default_factory=Counter)
    needs: Counter[Need] = field(default_factory=Counter)
    since: datetime | None = None
    last_end: datetime | None = None


def day_of(establishment: Establishment, now: datetime, seen: DayVersion | None = None) -> Day:
    """The sessions of the local day that were not cancelled. The one query of a refresh.

    Read before what is shown of them, or an act in between would be lost (mechanics §2).
    """
    today = now.astimezone(establishment.zone).date()
    begin, end = day_bounds(today, establishment.zone)
    flips: Exists | Value = Value(False, output_field=BooleanField())
    if seen is not None:
        flips = Exists(
            Attempt.objects.filter(
                flipped("", seen.at, now, judged_at=OuterRef("judged_at")), session_id=OuterRef("pk")
            )
        )
    sessions = list(
        Session.objects.annotate(judged_at=judged_at("", now))
        .filter(establishment=establishment, starts_at__gte=begin, starts_at__lt=end)
        .exclude(state=SessionState.CANCELLED)
        .exclude(kind=SessionKind.REHEARSAL)
        .annotate(flipped=flips, watching=_watching(now), enrolled=enrolled())
        .order_by("starts_at", "room", "number")
    )
    for session in sessions:
        session.establishment = establishment  # known: asking for it again would be a query a room
    return Day(today, sessions, DayVersion(_digest(today, sessions), now))


def day_board(day: Day, now: datetime) -> DayBoard:
    """Rooms that need help first, then by time. Five queries at most, whatever the rooms and their candidates."""
    ids = [session.pk for session in day.sessions]
    tallies = _tallies(day.sessions, now)
    watchers = _watchers(ids, now)
    rooms = [_card(one, tallies[one.pk], watchers[one.pk], now) for one in day.sessions]
    rooms.sort(key=lambda room: (not room.helps, room.session.is_over))  # stable: by time within
    return DayBoard(day, open_cases(day.sessions, now), rooms)


def _watching(now: datetime) -> Coalesce:
    """Changes with whoever comes, goes, or is not seen any more: not all of these write an event."""
    seen = ProctorAccess.objects.filter(
        session_id=OuterRef("pk"), ended_at=None, last_seen_at__gt=now - rules.WATCHING
    ).order_by()
    total = seen.values("session_id").annotate(total=Sum("pk")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def _digest(today: date, sessions: Iterable[Session]) -> str:
    """Of all that the rooms show but their candidates, whose every change moves a sequence or flips by the clock."""
    told = [today.isoformat()]
    for one in sessions:
        shown = (one.sequence, one.state, one.starts_at, one.duration, one.room, one.site, one.kind)
        told.append(repr((one.pk, *shown, one.watching, one.enrolled)))  # type: ignore[attr-defined]
    return str(int(hashlib.sha256("\n".join(told).encode()).hexdigest()[:DIGEST], 16))


def _tallies(sessions: list[Session], now: datetime) -> dict[int, _Tally]:
    found: dict[int, _Tally] = defaultdict(_Tally)
    judged = {session.pk: rules.standing(session, now) for session in sessions}
    # One look at the few that are open for each attempt: joined, the planner may read all that were ever raised.
    waiting = Alert.objects.filter(attempt_id=OuterRef("pk"), status=AlertStatus.OPEN).order_by("raised_at")
    attempts = Attempt.objects.filter(session_id__in=list(judged)).annotate(
        open_alert_at=Subquery(waiting.values("raised_at")[:1])
    )
    for attempt in attempts.defer("question_ids"):
        _count(found[attempt.session_id], attempt, now, judged[attempt.session_id])
    return found


def _count(tally: _Tally, attempt: Attempt, now: datetime, judged_at: datetime) -> None:
    state = rules.state_at(attempt, now)
    tally.states[state] += 1
    if state in RUNNING and attempt.deadline_at is not None:
        tally.last_end = max(tally.last_end or attempt.deadline_at, attempt.deadline_at)
    alert_since = attempt.open_alert_at  # type: ignore[attr-defined]
    for need in rules.needs(attempt, now, alert_since=alert_since, judged_at=judged_at):
        if need.in_lane:
            tally.needs[need.need] += 1
            tally.since = min(tally.since or need.since, need.since)


@dataclass
class _Watch:
    """Who watches a room; where nobody does, when somebody last did, and whether he left."""

    names: list[str] = field(default_factory=list)
    last: datetime | None = None
    left: bool = False

    def words(self, session: Session) -> str:
        """Why nobody stands there; somebody of another day counts for nobody."""
        if self.names:
            return ""
        if self.last is None or session.local(self.last).date() != session.local(session.starts_at).date():
            return f"Personne ne surveille{'' if session.launched_at else ' encore'}"
        gone = "Plus personne ne surveille" if self.left else "Plus de nouvelles du surveillant"
        return f"{gone} depuis {clock_time(session.local(self.last))}"


def _watchers(session_ids: list[int], now: datetime) -> dict[int, _Watch]:
    found: dict[int, _Watch] = defaultdict(_Watch)
    entered = ProctorAccess.objects.filter(session_id__in=session_ids).order_by("created_at", "pk")
    for session_id, name, seen, ended in entered.values_list(
        "session_id", "name", "last_seen_at", "ended_at"
    ):
        watch, last = found[session_id], ended or seen
        if ended is None and seen > now - rules.WATCHING and name not in watch.names:
            watch.names.append(name)
        if watch.last is None or last >= watch.last:
            watch.last, watch.left = last, ended is not None
    return found


def _incident_of(session: Session) -> list[NeedCount]:
    """« Incident dans toute la salle » while it runs (R23): before the needs of single pupils."""
    if not session.incident_runs:
        return []
    kind = RoomIncidentKind(session.incident_kind)
    return [NeedCount(f"Incident dans toute la salle\u00a0: {kind.label.lower()}", "alerte", "rouge")]


def _card(session: Session, tally: _Tally, watch: _Watch, now: datetime) -> RoomCard:
    local = session.local
    end = session.launched_at + timedelta(minutes=session.duration) if session.launched_at else None
    later = end is not None and tally.last_end is not None and tally.last_end > end
    needs = [] if session.is_over else _incident_of(session)
    if not session.is_over:
        needs += [
            NeedCount(f"{need.label}\u00a0: {tally.needs[need]}", icon, chalk)
            for need, (icon, chalk) in NEED_LOOK.items()
            if tally.needs[need]
        ]
    begun = [since for since in (tally.since, session.incident_runs and session.incident_since) if since]
    since = min(begun) if needs else None
    total: int = session.enrolled  # type: ignore[attr-defined]
    waiting = tally.states[AttemptState.EXPECTED]
    arrived = tally.states.total() - waiting
    return RoomCard(
        session=session,
        starts=clock_time(local(session.starts_at)),
        total=total,
        present=arrived,
        running=sum(tally.states[state] for state in RUNNING),
        over=sum(tally.states[state] for state in OVER),
        needs=tuple(needs),
        since=since,
        age=age_words(now - since) if since is not None else "",
        watchers=tuple(watch.names),
        unwatched=watch.words(session),
        launched=clock_time(local(session.launched_at)) if session.launched_at else "",
        common_end=clock_time(local(end)) if end is not None and not session.is_over else "",
        last_end=clock_time(local(tally.last_end))
        if later and tally.last_end and not session.is_over
        else "",
    )
