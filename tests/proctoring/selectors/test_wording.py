"""Times and durations as a teacher says them (product §1)."""

from datetime import date, datetime

import pytest

from proctoring.selectors.wording import clock_time, day, duration_words, short_day


@pytest.mark.parametrize(
    ("hour", "minute", "said"), [(13, 45, "13h45"), (9, 5, "9h05"), (0, 0, "0h00"), (23, 59, "23h59")]
)
def test_hours(hour: int, minute: int, said: str) -> None:
    assert clock_time(datetime(2026, 3, 16, hour, minute)) == said  # noqa: DTZ001 local already


def test_days() -> None:
    assert day(date(1997, 5, 1)) == "01/05/1997"
    assert day(date(987, 5, 1)) == "01/05/0987"
    assert short_day(date(2026, 3, 4)) == "04/03"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (105, "1\u00a0h\u00a045"),
        (60, "1\u00a0h"),
        (45, "45\u00a0min"),
        (65, "1\u00a0h\u00a005"),
        (0, "0\u00a0min"),
        (240, "4\u00a0h"),
    ],
)
def test_durations(minutes: int, said: str) -> None:
    assert duration_words(minutes) == said
