"""Local hours of a school, the two nights a year included (P3)."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from pixsurv.kernel.wall_clock import NoSuchHour, day_bounds, instant_of, shown_twice

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Europe/Paris", 9), ("Indian/Reunion", 6), ("America/Cayenne", 13), ("Pacific/Noumea", 23)],
)
def test_instant_of_an_hour_is_local_to_the_school(zone: str, expected: int) -> None:
    instant = instant_of(date(2026, 3, 10), time(10), ZoneInfo(zone))
    assert instant.hour == expected


def test_instant_of_refuses_an_hour_that_the_clocks_jump_over() -> None:
    with pytest.raises(NoSuchHour):
        instant_of(date(2026, 3, 29), time(2, 30), PARIS)
    assert instant_of(date(2026, 3, 29), time(3), PARIS) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_instant_of_takes_the_first_of_two_equal_hours() -> None:
    first = instant_of(date(2026, 10, 25), time(2, 30), PARIS)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert shown_twice(first, PARIS)
    assert not shown_twice(instant_of(date(2026, 10, 25), time(10), PARIS), PARIS)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 16), 24)]
)
def test_day_goes_from_midnight_to_midnight(day: date, hours: int) -> None:
    begin, end = (one.astimezone(UTC) for one in day_bounds(day, PARIS))
    assert (end - begin).total_seconds() == hours * 3600
    assert begin.astimezone(PARIS).replace(tzinfo=None) == datetime.combine(day, time.min)
