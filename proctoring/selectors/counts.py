"""How many of a room are at what: counted by the database, or from the rows that a page has anyway."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from proctoring import rules
from proctoring.enums import OVER, RUNNING, AttemptState
from proctoring.models import Attempt
from proctoring.selectors.kept import Kept
from sessions_app.models import Candidate, Session


@dataclass(frozen=True, slots=True)
class Counts:
    """« 17/20 présents, dont 12 en cours », and the filters. `last_over_at`: when the latest test ended.

    Of the tests that run: the first and the last end, and the minutes that every one of them got back.
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
        min((one.given_minutes for one in running), default=0),
    )


def counted(session: Session, now: datetime) -> Counts:
    """States of all rows, counted by the database; a candidate to whom nothing happened has no attempt, and is
    expected."""
    found = _STATES.rows(session=session.pk, now=now)
    running = [ends for state, _, _, *ends in found if state in RUNNING]
    return Counts(
        Counter({state: many for state, many, *_ in found}),
        max((over for _, _, over, *_ in found if over is not None), default=None),
        min((first for first, _, _ in running if first is not None), default=None),
        max((last for _, last, _ in running if last is not None), default=None),
        min((given for _, _, given in running), default=0),
    )


def _states(session: int, now: datetime) -> QuerySet[Candidate, Any]:
    past = Q(attempt__state__in=sorted(RUNNING), attempt__started_at__lte=now - rules.LIFE_OF_A_TEST)
    shown = Case(
        When(past, then=Value(AttemptState.EXPIRED.value)),
        default=Coalesce(F("attempt__state"), Value(AttemptState.EXPECTED.value)),
    )
    of_session = Candidate.objects.filter(session_id=session).order_by()
    grouped = of_session.annotate(shown=shown).values("shown")
    grouped = grouped.annotate(
        many=Count("pk"),
        over=Max("attempt__over_at"),
        first=Min("attempt__deadline_at"),
        last=Max("attempt__deadline_at"),
        given=Min("attempt__given_minutes"),
    )
    return grouped.values_list("shown", "many", "over", "first", "last", "given")


_STATES = Kept(_states, session=int, now=datetime)
