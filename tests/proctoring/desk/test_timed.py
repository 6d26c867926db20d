"""D3, R16: timed questions. The server keeps the time, the page only shows it."""

from datetime import timedelta

import pytest
import time_machine

from pixsurv.kernel import clock
from proctoring.models import Alert, Answer, Proposal
from proctoring.services import alerts, room_incident
from sessions_app.models import Candidate
from tests import factories
from tests.proctoring.desk.browser import Browser, Page, ask, authorise, end, undo

type Travel = time_machine.Traveller

TIMED, AFTER = "info-02", "info-01"  # 60 s, right: c
LIMIT = 60


@pytest.fixture
def timed(tested: Candidate, browser: Browser) -> Candidate:
    ask(tested, TIMED, AFTER)
    return tested


@pytest.fixture
def running(timed: Candidate, browser: Browser) -> Candidate:
    browser.test()
    browser.post("commencer", {"position": 1})
    return timed


def only_answer() -> tuple[list[str], bool, bool]:
    answer = Answer.objects.get()
    return answer.response, answer.skipped, answer.timed_out


def test_timed_question_is_announced_and_not_shown(timed: Candidate, browser: Browser) -> None:
    page = Page(browser.test())
    assert page.stage == "ready"
    assert "Question chronométrée : 60 s." in page.text
    assert "gare" not in page.text
    assert page.has("//button[text()='Commencer la question']")


def test_clock_runs_from_the_start_of_the_question(
    timed: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    browser.test()
    clock_at_nine.shift(300)
    assert browser.post("commencer", {"position": 1}).status_code == 303
    clock_at_nine.shift(20)
    page = Page(browser.test())
    assert page.stage == "question" and "il reste 40 s" in page.text and "gare" in page.text


def test_reload_or_second_start_does_not_restart_the_clock(
    running: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    shown_at = factories.attempt_of(running).question_shown_at
    clock_at_nine.shift(30)
    browser.post("commencer", {"position": 1})
    browser.test()
    assert factories.attempt_of(running).question_shown_at == shown_at


def test_start_of_another_question_starts_no_clock(timed: Candidate, browser: Browser) -> None:
    browser.test()
    browser.post("commencer", {"position": 2})
    assert factories.attempt_of(timed).question_shown_at is None


def test_answer_before_the_clock_was_started_is_not_taken(timed: Candidate, browser: Browser) -> None:
    browser.test()
    browser.answer(1, "c")
    assert not Answer.objects.exists()


@pytest.mark.parametrize("late", [0, 3])
def test_answer_in_time_counts_with_its_grace(
    running: Candidate, browser: Browser, clock_at_nine: Travel, late: int
) -> None:
    clock_at_nine.shift(LIMIT + late)
    browser.answer(1, "c")
    assert only_answer() == (["c"], False, False)


@pytest.mark.parametrize("htmx", [False, True])
def test_answer_too_late_is_recorded_timed_out_and_passed(
    running: Candidate, browser: Browser, clock_at_nine: Travel, htmx: bool
) -> None:
    clock_at_nine.shift(LIMIT + 3.5)
    response = browser.answer(1, "c", htmx=htmx)
    assert only_answer() == ([], False, True)
    page = Page(response if htmx else browser.test())
    assert "Question 2 sur 2" in page.text
    assert "Le temps de la question 1 est écoulé : vous êtes passé à la suivante." in page.text


def test_unanswered_question_passes_at_the_next_request(
    running: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    clock_at_nine.shift(LIMIT + 10)
    assert "Question 2 sur 2" in Page(browser.test()).text
    assert only_answer() == ([], False, True)


def test_unanswered_question_passes_with_the_heartbeat(
    running: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    version = Page(browser.test()).version
    clock_at_nine.shift(15)
    assert browser.beat(version).status_code == 204
    clock_at_nine.shift(LIMIT)
    response = browser.beat(version)
    assert response["HX-Retarget"] == "#pupitre"
    assert "Question 2 sur 2" in Page(response).text


def test_page_may_say_itself_that_the_time_is_over(
    running: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    clock_at_nine.shift(LIMIT)
    browser.answer(1, timed_out="1")
    assert only_answer() == ([], False, True)


def test_what_is_chosen_when_the_time_is_over_counts(
    running: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    clock_at_nine.shift(LIMIT)
    browser.answer(1, "c", timed_out="1")
    assert only_answer() == (["c"], False, False)


def test_crash_does_not_restart_the_clock(
    running: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    clock_at_nine.shift(30)
    authorise(running, now=clock.now())
    other = Browser()
    other.join(running)
    other.code()
    assert "il reste 30 s" in Page(other.test()).text


WARNED = "La question 1 est chronométrée et son temps continue."


def test_who_waits_to_come_back_is_told_that_the_clock_goes_on(
    running: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    """Before his resume is authorised, and before he types the code: what he finds may be the next question."""
    other = Browser()
    other.join(running)
    assert Page(other.test()).stage == "refused" and WARNED in Page(other.test()).text
    authorise(running, now=clock.now())
    clock_at_nine.shift(LIMIT + 10)
    assert Page(other.test()).stage == "resume" and WARNED in Page(other.test()).text
    other.code()
    text = Page(other.test()).text
    assert "Le temps de la question 1 a continué pendant l’interruption" in text
    assert "Dites-le à votre surveillant" in text and "vous êtes passé" not in text


def test_nobody_is_told_of_a_clock_that_does_not_run(
    timed: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    """Not begun, or stopped by an incident of the whole room."""
    browser.test()
    other = Browser()
    other.join(timed)
    assert "chronométrée" not in Page(other.test()).text
    browser.post("commencer", {"position": 1})
    assert WARNED in Page(other.test()).text
    room_incident.start_room_incident(
        session_id=timed.session_id, kind="power", actor=factories.PROCTOR, now=clock.now()
    )
    assert "chronométrée" not in Page(other.test()).text


def test_time_that_was_all_his_is_not_called_interrupted(
    timed: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    """He came back before he began the question: nothing of its time was lost."""
    browser.test()
    authorise(timed, now=clock.now())
    other = Browser()
    other.join(timed)
    other.code()
    other.test()
    other.post("commencer", {"position": 1})
    clock_at_nine.shift(LIMIT)
    other.answer(1, timed_out="1")
    assert "Le temps de la question 1 est écoulé : vous êtes passé à la suivante." in Page(other.test()).text


def test_clock_stands_still_while_the_proctor_is_awaited(
    running: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    clock_at_nine.shift(20)
    browser.post("signaler", {"position": 1, "send": "1", "once": "x1"})
    clock_at_nine.shift(300)
    page = Page(browser.test())
    assert "il reste 40 s" in page.text and page.has("//*[@data-stopped]")
    alerts.answer_alert(
        session_id=running.session_id,
        candidate_id=running.pk,
        alert_id=Alert.objects.get().pk,
        confirmed=False,
        actor=factories.PROCTOR,
        now=clock.now(),
    )
    clock_at_nine.shift(10)
    assert "il reste 40 s" in Page(browser.test()).text, "told only now: he could not work before"
    clock_at_nine.shift(10)
    assert "il reste 30 s" in Page(browser.test()).text


@pytest.mark.parametrize(("percent", "proposed"), [(33, [("timed_out", 1)]), (0, [])])
@pytest.mark.parametrize("by_page", [True, False], ids=["the page says so", "the clock says so"])
def test_time_out_proposes_e8_for_who_has_extra_time(
    running: Candidate, browser: Browser, clock_at_nine: Travel, percent: int, proposed: object, by_page: bool
) -> None:
    """R16."""
    Candidate.objects.filter(pk=running.pk).update(extra_time_percent=percent)
    clock_at_nine.shift(LIMIT if by_page else LIMIT + 10)
    if by_page:
        browser.answer(1, timed_out="1")
        browser.answer(1, timed_out="1")
    browser.test()
    assert only_answer() == ([], False, True)
    assert list(Proposal.objects.values_list("kind", "question")) == proposed


def test_clock_gives_back_the_time_of_an_undone_end(
    running: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    clock_at_nine.shift(55)
    end(running, now=clock.now())
    clock_at_nine.shift(9)
    assert Page(browser.test()).frozen
    assert not Answer.objects.exists()
    undo(running, now=clock.now())
    assert Page(browser.test()).stage == "question"
    browser.answer(1, "c")
    assert only_answer() == (["c"], False, False)


def test_answer_of_the_proctor_sets_the_clock_going_on_the_page(
    running: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    browser.post("signaler", {"position": 1, "send": "1", "once": "x1"})
    version = Page(browser.test()).version
    alerts.answer_alert(
        session_id=running.session_id,
        candidate_id=running.pk,
        alert_id=Alert.objects.get().pk,
        confirmed=False,
        actor=factories.PROCTOR,
        now=clock.now(),
    )
    version = Page(browser.state(version)).version
    clock_at_nine.shift(10)
    response = browser.state(version)
    page = Page(response)
    assert "HX-Retarget" not in response.headers
    assert page.has("//*[@id='etat']//*[@data-ends and not(@data-stopped)]")


def test_an_incident_of_the_whole_room_stops_the_clock_of_a_question(
    running: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    """R23: the page says that his time stands still."""
    clock_at_nine.shift(20)
    at = {"session_id": running.session_id, "actor": factories.PROCTOR}
    key = room_incident.start_room_incident(**at, kind="power", now=clock.now()).incident_key
    assert key is not None
    clock_at_nine.shift(600)
    page = Page(browser.test())
    assert page.stage == "question" and "il reste 40 s" in page.text
    assert page.has("//*[@data-ends and @data-stopped]")
    settled = room_incident.Settlement(clock.now() - timedelta(minutes=10), clock.now())
    room_incident.end_room_incident(**at, key=key, settlement=settled, now=clock.now())
    clock_at_nine.shift(30)
    assert "il reste 10 s" in Page(browser.test()).text
    assert not Answer.objects.exists()
