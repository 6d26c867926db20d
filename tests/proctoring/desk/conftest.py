"""A browser at the desk, and a candidate in the middle of a test."""

from datetime import UTC, datetime

import pytest
import time_machine

from proctoring.enums import AttemptState
from sessions_app.models import Candidate
from tests import factories
from tests.proctoring.desk.browser import Browser

NINE = datetime(2027, 3, 14, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock_at_nine() -> "time_machine.Traveller":
    """Nothing moves but by `travel.shift(seconds)`."""
    with time_machine.travel(NINE, tick=False) as travel:
        yield travel


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def tested(clock_at_nine: object, browser: Browser, candidate: Candidate) -> Candidate:
    """A candidate whose test runs in `browser`."""
    browser.hold(factories.put(candidate, AttemptState.IN_PROGRESS))
    return candidate
