"""The one door of time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine

from pixsurv.kernel import clock


@time_machine.travel(datetime(2026, 3, 14, 9, 0, 0, 123_456, tzinfo=UTC), tick=False)
def test_now_is_aware_and_in_utc() -> None:
    assert clock.now() == datetime(2026, 3, 14, 9, 0, 0, 123_456, tzinfo=UTC)
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("instant", "milliseconds"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(2026, 3, 14, 9, 0, tzinfo=UTC), 1_773_478_800_000),
        (datetime(2026, 3, 14, 10, 0, tzinfo=timezone(timedelta(hours=1))), 1_773_478_800_000),
        (datetime(2026, 3, 14, 9, 0, 0, 999_999, tzinfo=UTC), 1_773_478_800_999),
    ],
)
def test_milliseconds_are_whole_and_cut(instant: datetime, milliseconds: int) -> None:
    assert clock.milliseconds(instant) == milliseconds


@pytest.mark.parametrize("milliseconds", [0, 1, 1_773_478_800_001, 1_773_478_800_999, 4_102_444_799_999])
def test_milliseconds_come_back(milliseconds: int) -> None:
    assert clock.milliseconds(clock.from_milliseconds(milliseconds)) == milliseconds


def test_every_millisecond_of_a_second_comes_back() -> None:
    """A float of seconds is a hair below some of them."""
    start = 1_773_478_800_000
    assert all(clock.milliseconds(clock.from_milliseconds(start + n)) == start + n for n in range(1000))


@pytest.mark.parametrize("milliseconds", [253_402_300_800_000, 999_999_999_999_999, 10**30])
def test_milliseconds_beyond_the_calendar_are_its_end(milliseconds: int) -> None:
    """A page's address holds them: nonsense must not be a failure of the server."""
    assert clock.from_milliseconds(milliseconds) == clock.END
