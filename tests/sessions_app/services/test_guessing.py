"""Pools of wrong guesses (mechanics §8)."""

from datetime import UTC, datetime, timedelta

import pytest

from pixsurv.kernel.errors import DomainError, TooMany
from sessions_app.models import Door, GuessPool
from sessions_app.services.guessing import FORGOTTEN_AFTER, UNKNOWN_NAMES, Pool, guarded, unknown_name

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
EVERYBODY = Pool("everybody", Door.ROOM)
COUNTED_AFTER = Pool("browser", Door.IDENTITY, free=8, slowest=30, reserves=False)


def guess(pool: Pool, *, right: bool = False, at: datetime = NOW, code: str = "wrong") -> None:
    with guarded(pool, wrong={"wrong"}, sentence="Attendez {wait}.", now=at):
        if not right:
            raise DomainError(code, "Faux.")


def wait_of(pool: Pool, at: datetime) -> int:
    """Seconds that the pool makes wait; 0 when it is open."""
    try:
        guess(pool, right=True, at=at)
    except TooMany as refusal:
        return refusal.retry_after
    return 0


def fail(pool: Pool, times: int, at: datetime = NOW) -> datetime:
    """So many wrong guesses, each as soon as it is allowed; when the last was made."""
    for _ in range(times):
        at += timedelta(seconds=wait_of(pool, at))
        with pytest.raises(DomainError, match="wrong"):
            guess(pool, at=at)
    return at


@pytest.mark.django_db
@pytest.mark.parametrize("pool", [EVERYBODY, COUNTED_AFTER])
def test_free_failures_cost_nothing_and_the_next_ones_double(pool: Pool) -> None:
    at = fail(pool, pool.free)
    assert (wait_of(pool, at), at) == (0, NOW)

    waits = []
    for _ in range(8):
        at = fail(pool, 1, at)
        waits.append(wait_of(pool, at))

    assert waits == [min(pool.slowest, 2**power) for power in range(8)]


@pytest.mark.django_db
def test_while_a_pool_waits_a_right_guess_is_not_looked_at_and_nothing_is_written() -> None:
    at = fail(EVERYBODY, EVERYBODY.free + 3)
    before = GuessPool.objects.get()

    with pytest.raises(TooMany) as refusal:
        guess(EVERYBODY, right=True, at=at)

    assert refusal.value.sentence == "Attendez 4\u00a0secondes."
    assert refusal.value.status == 429
    after = GuessPool.objects.get()
    assert (after.failures, after.open_at, after.seen_at) == (before.failures, before.open_at, before.seen_at)


@pytest.mark.django_db
@pytest.mark.parametrize("pool", [EVERYBODY, COUNTED_AFTER])
def test_a_right_guess_costs_nothing_and_forgives_nothing(pool: Pool) -> None:
    fail(pool, 3)

    for _ in range(20):
        guess(pool, right=True)

    assert GuessPool.objects.get().failures == 3


@pytest.mark.django_db
@pytest.mark.parametrize("pool", [EVERYBODY, COUNTED_AFTER])
def test_another_refusal_is_no_wrong_guess(pool: Pool) -> None:
    for _ in range(20):
        with pytest.raises(DomainError, match="closed"):
            guess(pool, code="closed")

    assert not GuessPool.objects.filter(failures__gt=0).exists()


@pytest.mark.django_db
def test_one_pool_does_not_pay_for_another() -> None:
    fail(EVERYBODY, 12)

    assert wait_of(EVERYBODY, NOW) > 0
    assert [wait_of(Pool("kit", Door.ROOM), NOW), wait_of(Pool("everybody", Door.ACCOUNT), NOW)] == [0, 0]
    assert Pool("everybody", Door.ROOM, 1).key != Pool("everybody", Door.ROOM, 2).key


@pytest.mark.django_db
def test_failures_are_forgotten_after_half_a_day_and_their_rows_swept() -> None:
    fail(EVERYBODY, 9)
    fail(COUNTED_AFTER, 1)
    later = NOW + FORGOTTEN_AFTER + timedelta(minutes=5)

    fail(EVERYBODY, 1, later)
    assert wait_of(EVERYBODY, later) == 0
    fail(Pool("somebody new", Door.ROOM), 1, later)

    assert not GuessPool.objects.filter(key=COUNTED_AFTER.key).exists()


def test_names_that_do_not_exist_share_few_pools() -> None:
    names = {unknown_name(str(number)) for number in range(20_000)}

    assert len(names) <= UNKNOWN_NAMES
    assert unknown_name("1") == unknown_name("1")
