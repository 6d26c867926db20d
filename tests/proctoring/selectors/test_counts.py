"""The minutes that a room got back in common: what moves the end told to a class (R4)."""

from datetime import datetime, timedelta

import pytest

from proctoring.selectors.counts import in_common
from tests.proctoring.selectors.conftest import NOW

SOON = NOW + timedelta(minutes=5)
LATER = NOW + timedelta(minutes=20)


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        ([], 0),
        ([(0, None, 20)], 0),
        ([(10, None, 19), (0, None, 1)], 10),  # who begins after them
        ([(10, LATER, 19), (0, None, 1)], 10),  # and is the last
        ([(0, None, 19), (10, None, 1)], 0),  # one pupil's own
        ([(0, NOW, 19), (7, None, 1)], 0),
        ([(10, None, 2), (0, None, 2)], 10),  # half of them: the later end
        ([(10, None, 2), (0, None, 3)], 0),
        (
            [(0, NOW, 12), (10, SOON, 2), (10, None, 6), (0, None, 1)],
            10,
        ),  # over before the minutes were given
        ([(10, SOON, 2), (0, LATER, 18), (0, None, 1)], 0),  # over long after: they did not get them
        ([(17, None, 1), (12, None, 1), (10, None, 8)], 10),
    ],
)
def test_minutes_in_common(started: list[tuple[int, datetime | None, int]], expected: int) -> None:
    assert in_common(started, 20) == expected


def test_of_a_list_of_one_they_are_his() -> None:
    assert in_common([(7, None, 1)], 1) == 7
