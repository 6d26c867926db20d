"""How many of a room are at what: counted by the database, or from the rows that a page has anyway."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, JSONArray

from pixsurv.kernel.kept import Kept
from proctoring import rules
from proctoring.enums import OVER, RUNNING, AttemptState
from proctoring.models import Attempt
from sessions_app.models import Candidate, Session


@dataclass(frozen=True, slots=True)
class Counts:
    """« 17/20 présents, dont 12 en cours », and the filters. `last_over_at`: when the latest test ended.

    Of the tests that run: the first and the last end. `given_minutes`: those that the room got back in common.
    """

    by_state: Counter[str]
    last_over_at: datetime | None = None
    first_end_at: datetime | None = None
    last_end_at: datetime | None = None
    given_minutes: int = 0

    @property
    def total(self) -> int:
        return self.by_state.total()

    @property
    def expected(self) -> int:
        return self.by_state[AttemptState.EXPECTED]

    @property
    def present(self) -> int:
        return self.by_state[AttemptState.PRESENT]

    @property
    def in_progress(self) -> int:
        return self.by_state[AttemptState.IN_PROGRESS]

    @property
    def resume_authorised(self) -> int:
        return self.by_state[AttemptState.RESUME_AUTHORISED]

    @property
    def running(self) -> int:
        return self.in_progress + self.resume_authorised

    @property
    def over(self) -> int:
        return sum(self.by_state[state] for state in OVER)

    @property
    def arrived(self) -> int:
        return self.total - self.expected

    def all_done(self, now: datetime) -> bool:
        """Nothing runs, and half an hour has passed since the last end (I3)."""
        if self.running or self.last_over_at is None:
            return False
        return now >= self.last_over_at + rules.ALL_DONE_AFTER


def counts_of(listed: Sequence[Candidate], now: datetime) -> Counts:
    """From all the candidates of a session, with their attempts."""
    attempts: list[Attempt] = [one.attempt for one in listed if hasattr(one, "attempt")]
    states = [rules.state_at(one, now) for one in attempts]
    running = [one for one, state in zip(attempts, states, strict=True) if state in RUNNING]
    ends = [one.deadline_at for one in running if one.deadline_at]
    by_state = Counter({AttemptState.EXPECTED.value: len(listed) - len(attempts)})
    by_state.update(state.value for state in states)
    return Counts(
        by_state,
        max((one.over_at for one in attempts if one.over_at), default=None),
        min(ends, default=None),
        max(ends, default=None),
        in_common([(one.given_minutes, one.over_at, 1) for one in attempts if one.started_at], len(listed)),
    )


def counted(session: Session, now: datetime, told: Sequence[Any] | None = None) -> Counts:
    """States of all rows, counted by the database; a candidate to whom nothing happened has no attempt, and is
    expected. `told`: the `totals` that came along with rows. They say all but the minutes given in common, which are
    asked for where there are some.
    """
    if told is not None and not told[-1]:
        many, *in_states, last_over, first, last, _ = told
        states = Counter({AttemptState.EXPECTED.value: many - sum(in_states)})
        states.update({state.value: there for state, there in zip(COUNTED, in_states, strict=True)})
        return Counts(states, _instant(last_over), _instant(first), _instant(last))
    found = _STATES.rows(session=session.pk, now=now)
    by_state: Counter[str] = Counter()
    for state, many, *_ in found:
        by_state[state] += many
    running = [(first, last) for state, _, _, first, last, _ in found if state in RUNNING]
    started = [(given, over, many) for _, many, over, first, _, given in found if first is not None]
    return Counts(
        by_state,
        max((over for _, _, over, *_ in found if over is not None), default=None),
        min((first for first, _ in running if first is not None), default=None),
        max((last for _, last in running if last is not None), default=None),
        in_common(started, by_state.total()),
    )


def in_common(started: Sequence[tuple[int, datetime | None, int]], enrolled: int) -> int:
    """The minutes that move the common end, from those of each test that started, when it was over, how many such.

    The most that half of the tests have, at least. A test that was over before any that has them was over says
    nothing: the room may have got them after it. One that has them is heard when it is over too: the end told to a
    class does not go back because a pupil begins after the others, or is the last. Nor is it one pupil's: two have
    them, unless he is alone on the list. Extra time plays no part: no deadline is looked at.
    """
    for minutes in sorted({given for given, *_ in started if given}, reverse=True):
        having = [(over, many) for given, over, many in started if given >= minutes]
        ends = [over for over, _ in having if over is not None]
        first = min(ends, default=None)
        those = sum(many for _, many in having)
        others = sum(
            many
            for given, over, many in started
            if given < minutes and (over is None or (first is not None and over > first))
        )
        if those >= max(others, min(2, enrolled)):
            return minutes
    return 0


COUNTED = tuple(state for state in AttemptState if state != AttemptState.EXPECTED)


def totals(session: int, now: datetime) -> QuerySet[Candidate, Any]:
    """One value, to be asked along with rows: how many, how many in each of COUNTED, the last end, the first and the
    last end to come, the most minutes given."""
    expired = Q(attempt__state__in=sorted(RUNNING), attempt__started_at__lte=now - rules.LIFE_OF_A_TEST)
    running = Q(attempt__state__in=sorted(RUNNING)) & ~expired

    def in_state(state: AttemptState) -> Q:
        here = Q(attempt__state=state)
        if state == AttemptState.EXPIRED:
            return here | expired
        return here & ~expired if state in RUNNING else here

    of_session = Candidate.objects.filter(session_id=session).order_by().values("session_id")
    return of_session.annotate(
        totals=JSONArray(
            Count("pk"),
            *(Count("pk", filter=in_state(state)) for state in COUNTED),
            Max("attempt__over_at"),
            Min("attempt__deadline_at", filter=running),
            Max("attempt__deadline_at", filter=running),
            Max("attempt__given_minutes"),
        )
    ).values("totals")


def _instant(told: str | None) -> datetime | None:
    """As JSON has it; SQLite without its zone."""
    if told is None:
        return None
    instant = datetime.fromisoformat(told)
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def _states(session: int, now: datetime) -> QuerySet[Candidate, Any]:
    past = Q(attempt__state__in=sorted(RUNNING), attempt__started_at__lte=now - rules.LIFE_OF_A_TEST)
    shown = Case(
        When(past, then=Value(AttemptState.EXPIRED.value)),
        default=Coalesce(F("attempt__state"), Value(AttemptState.EXPECTED.value)),
    )
    of_session = Candidate.objects.filter(session_id=session).order_by()
    named = of_session.annotate(shown=shown, given=F("attempt__given_minutes"), over=F("attempt__over_at"))
    grouped = named.values("shown", "given", "over").annotate(
        many=Count("pk"), first=Min("attempt__deadline_at"), last=Max("attempt__deadline_at")
    )
    return grouped.values_list("shown", "many", "over", "first", "last", "given")


_STATES = Kept(_states, session=int, now=datetime)
