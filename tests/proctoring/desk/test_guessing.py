"""Guessing at the desk: an identity, then the access code (mechanics §8)."""

import pytest
import time_machine

from proctoring.enums import AttemptState
from sessions_app.models import Candidate, GuessPool
from tests import factories
from tests.proctoring.desk.browser import Browser, Page


def test_a_browser_that_guesses_waits_and_its_neighbour_does_not(
    clock_at_nine: object, candidate: Candidate
) -> None:
    guesser, neighbour = Browser(), Browser()
    guesser.client.get("/candidat/")
    neighbour.client.get("/candidat/")

    answers = [guesser.join(candidate, first_name=f"Essai{n}").status_code for n in range(11)]

    assert answers == [422] * 9 + [429] * 2
    assert Page(guesser.join(candidate)).status == 429
    assert neighbour.join(candidate).status_code == 303


def test_a_class_that_mistypes_its_birth_dates_is_not_locked_out(
    clock_at_nine: object, candidate: Candidate
) -> None:
    session = candidate.session
    pupils = [candidate, *factories.CandidateFactory.create_batch(9, session=session)]
    browsers = [Browser() for _ in pupils]
    for browser, pupil in zip(browsers, pupils, strict=True):
        browser.client.get("/candidat/")
        for _ in range(5):
            assert browser.join(pupil, birth_date="1999-01-01").status_code == 422

    assert {browser.join(pupil).status_code for browser, pupil in zip(browsers, pupils, strict=True)} == {303}


def test_browsers_without_our_mark_wait_together(clock_at_nine: object, candidate: Candidate) -> None:
    """A program that never asks for the page is one guesser, however many cookies it throws away."""
    answers = [Browser().join(candidate, first_name=f"Essai{n}").status_code for n in range(11)]

    assert answers == [422] * 9 + [429] * 2


@pytest.mark.parametrize("right", [True, False])
def test_access_code_is_counted_and_keeps_the_presence(
    clock_at_nine: time_machine.Traveller, candidate: Candidate, right: bool
) -> None:
    factories.put(candidate, AttemptState.PRESENT)
    browser = Browser()
    browser.join(candidate)
    answers = [browser.code(f"BBBB{n:02}").status_code for n in range(10, 20)]
    assert answers == [422] * 9 + [429]
    clock_at_nine.shift(2)

    last = browser.code(factories.ACCESS_CODE if right else "BBBB99")

    assert last.status_code == (303 if right else 422)
    expected = AttemptState.IN_PROGRESS if right else AttemptState.PRESENT
    assert factories.attempt_of(candidate).state == expected


def test_coming_in_again_brings_no_fresh_tries(
    clock_at_nine: time_machine.Traveller, candidate: Candidate
) -> None:
    """Who comes in again, here or from another computer, goes on in the pool of that pupil; others have theirs."""
    neighbour = factories.CandidateFactory.create(session=candidate.session)
    for pupil in (candidate, neighbour):
        factories.put(pupil, AttemptState.PRESENT)

    answers = []
    for n in range(10, 22):
        browser = Browser()
        browser.client.get("/candidat/")
        assert browser.join(candidate).status_code == 303
        answers.append(browser.code(f"BBBB{n}").status_code)
    assert answers == [422] * 9 + [429] * 3

    other = Browser()
    other.client.get("/candidat/")
    other.join(neighbour)
    assert other.code().status_code == 303


def test_who_guesses_in_a_pupils_name_delays_him_by_half_a_minute_at_most(
    clock_at_nine: time_machine.Traveller, candidate: Candidate
) -> None:
    factories.put(candidate, AttemptState.PRESENT)
    pupil, guesser = Browser(), Browser()
    for browser in (pupil, guesser):
        browser.client.get("/candidat/")
        browser.join(candidate)
    for n in range(10, 40):
        assert guesser.code(f"BBBB{n}").status_code == 422
        clock_at_nine.shift(30)
    assert guesser.code("BBBB99").status_code == 422
    assert pupil.code().status_code == 429

    clock_at_nine.shift(30)
    assert pupil.code().status_code == 303


def test_a_right_identity_and_a_right_code_write_no_row(clock_at_nine: object, candidate: Candidate) -> None:
    """Forty pupils come in at the same second: nothing is written that they could wait for."""
    factories.put(candidate, AttemptState.PRESENT)
    browser = Browser()
    browser.client.get("/candidat/")

    browser.join(candidate)
    assert browser.code().status_code == 303

    assert not GuessPool.objects.exists()
