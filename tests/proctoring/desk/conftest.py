"""A browser at the desk, and a candidate in the middle of a test."""

from datetime import UTC, datetime

import pytest
import time_machine

from proctoring.enums import AttemptState
from proctoring.models import Attempt
from proctoring.questions.bank import bank, draw
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
    """A candidate whose test runs in `browser`; its timed questions come last, whatever the draw."""
    browser.hold(factories.put(candidate, AttemptState.IN_PROGRESS))
    drawn = sorted(draw("a desk"), key=lambda name: bank()[name].time_limit is not None)
    Attempt.objects.filter(candidate=candidate).update(question_ids=drawn)
    return candidate
