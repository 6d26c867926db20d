"""Mechanics §5: an end that can still be undone freezes the test and loses nothing."""

import pytest
import time_machine

from pixsurv.kernel import clock
from proctoring.models import Answer
from sessions_app.models import Candidate
from tests.proctoring.desk.browser import COOKIE, Browser, Page, ask, end, undo

type Travel = time_machine.Traveller


@pytest.fixture
def frozen(tested: Candidate, browser: Browser) -> Candidate:
    ask(tested, "info-01", "info-05")
    browser.test()
    end(tested, now=clock.now())
    return tested


def test_freeze_covers_the_question_at_the_same_address(frozen: Candidate, browser: Browser) -> None:
    response = browser.test()
    page = Page(response)
    assert response.status_code == 200 and page.frozen
    assert "Un instant, s’il vous plaît" in page.text
    assert "arrêté" not in page.text  # told only once it is final (R12)
    assert page.has("//*[@id='gel']//*[@hx-trigger='every 2s']")
    assert not page.has("//*[@id='etat' and @hx-post]")
    assert COOKIE not in response.cookies


def test_heartbeat_brings_the_freeze_and_leaves_the_form(tested: Candidate, browser: Browser) -> None:
    ask(tested, "info-01", "info-05")
    version = Page(browser.test()).version
    end(tested, now=clock.now())
    response = browser.beat(version)
    page = Page(response)
    assert "HX-Retarget" not in response.headers
    assert page.has("//*[@id='gel' and @hx-swap-oob='true']/*")
    assert not page.has("//form[@id='question']")


def test_frozen_page_asks_until_it_knows(frozen: Candidate, browser: Browser, clock_at_nine: Travel) -> None:
    version = Page(browser.test()).version
    clock_at_nine.shift(2)
    assert browser.state(version).status_code == 204
    undo(frozen, now=clock.now())
    page = Page(browser.state(version))
    assert page.has("//*[@id='gel' and not(*)]")  # what is underneath, with what was typed, goes on
    assert page.has("//*[@id='etat' and @hx-post]")


@pytest.mark.parametrize("htmx", [False, True])
def test_answer_during_the_freeze_comes_back_and_counts_after_the_undo(
    frozen: Candidate, browser: Browser, clock_at_nine: Travel, htmx: bool
) -> None:
    page = Page(browser.answer(1, "c", htmx=htmx))
    assert (page.status, page.frozen, page.typed) == (409, True, ["c"])
    assert not Answer.objects.exists()
    clock_at_nine.shift(3)
    undo(frozen, now=clock.now())
    browser.answer(1, "c", htmx=htmx)
    assert Answer.objects.get().response == ["c"]


def test_answer_page_in_a_freeze_does_not_reload_by_itself(frozen: Candidate, browser: Browser) -> None:
    """Without JavaScript a reload would lose what was typed: there is a button instead."""
    assert Page(browser.test()).has("//head/noscript/meta")
    page = Page(browser.answer(1, "c"))
    assert not page.has("//head/noscript/meta")
    assert page.has("//noscript//button[@form='question']")


def test_freeze_becomes_the_end(frozen: Candidate, browser: Browser, clock_at_nine: Travel) -> None:
    version = Page(browser.test()).version
    clock_at_nine.shift(10)
    response = browser.state(version)
    assert response["HX-Retarget"] == "#pupitre"
    assert Page(response).stage == "over"


def test_finish_and_report_wait_during_the_freeze(frozen: Candidate, browser: Browser) -> None:
    page = Page(browser.post("terminer", {"position": 1, "response": "c", "confirm": "1"}))
    assert (page.status, page.frozen, page.typed) == (409, True, ["c"])
    page = Page(browser.post("signaler", {"position": 1, "response": "c", "send": "1"}))
    assert page.frozen and page.typed == ["c"]


def test_other_browser_learns_nothing_of_the_freeze(frozen: Candidate) -> None:
    other = Browser()
    other.join(frozen)
    page = Page(other.test())
    assert page.stage == "refused" and not page.frozen
