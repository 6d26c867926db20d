"""D6: the heartbeat of the desk, and what it costs."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pixsurv.kernel import clock
from proctoring.enums import AttemptState
from proctoring.selectors.desk import Version
from proctoring.services import minutes, room_incident, running
from proctoring.services.entries import candidate_actor
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Event, Session
from tests import factories
from tests.proctoring.desk.browser import Browser, Page, ask, authorise, tick

type Travel = time_machine.Traveller


@pytest.fixture
def asked(tested: Candidate, browser: Browser) -> Candidate:
    ask(tested, "info-01", "info-05")
    return tested


@pytest.fixture
def version(asked: Candidate, browser: Browser) -> str:
    return Page(browser.test()).version


def test_beat_is_one_statement_when_nothing_changed(
    asked: Candidate, browser: Browser, version: str, clock_at_nine: Travel
) -> None:
    clock_at_nine.shift(15)
    before = (Session.objects.get().sequence, Event.objects.count())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = browser.beat(version)
    assert (response.status_code, response.content) == (204, b"")
    assert len(queries) == 1
    attempt = factories.attempt_of(asked)
    assert attempt.last_seen_at == clock.now()
    assert attempt.silent_at == clock.now() + timedelta(seconds=45)
    assert (Session.objects.get().sequence, Event.objects.count()) == before


@pytest.mark.parametrize(("visible", "seconds"), [("1", 45), ("0", 150), ("", 45)])
def test_beat_says_visible_or_hidden(
    asked: Candidate, browser: Browser, version: str, visible: str, seconds: int
) -> None:
    browser.beat(version, visible=visible)
    attempt = factories.attempt_of(asked)
    assert attempt.last_visible is (visible != "0")
    assert attempt.silent_at == clock.now() + timedelta(seconds=seconds)


def test_beat_that_ends_a_silence_says_so(
    asked: Candidate, browser: Browser, version: str, clock_at_nine: Travel
) -> None:
    clock_at_nine.shift(60)
    browser.beat(version)
    assert factories.attempt_of(asked).reconnected_at == clock.now()


def test_beat_costs_few_statements_when_something_changed(
    asked: Candidate, browser: Browser, version: str
) -> None:
    minutes.give_minutes(
        session_id=asked.session_id,
        candidate_ids=[asked.pk],
        minutes=10,
        actor=factories.PROCTOR,
        now=clock.now(),
    )
    with CaptureQueriesContext(connection) as queries:
        response = browser.beat(version)
    page = Page(response)
    assert len(queries) <= 8
    assert page.has("//*[@id='temps' and @hx-swap-oob='true']") and "1 h 55" in page.text
    assert "HX-Retarget" not in response.headers
    assert browser.beat(page.version).status_code == 204


def test_beat_clears_a_resume_request(asked: Candidate, browser: Browser, version: str) -> None:
    other = Browser()
    other.join(asked)
    other.test()
    assert factories.attempt_of(asked).resume_requested_at is not None
    answer = browser.beat(version)
    assert answer.status_code == 200
    assert factories.attempt_of(asked).resume_requested_at is None
    assert Event.objects.filter(kind=EventKind.RESUME_DISMISSED).count() == 1
    assert browser.beat(Page(answer).version).status_code == 204


def test_beat_clears_an_announced_leave(asked: Candidate, browser: Browser, version: str) -> None:
    entry = browser.entry
    running.leave(entry=entry, actor=candidate_actor(entry), now=clock.now())
    browser.beat(version)
    assert factories.attempt_of(asked).left_at is None


def test_beat_tells_that_another_workstation_holds_the_test(
    asked: Candidate, browser: Browser, version: str
) -> None:
    authorise(asked, now=clock.now())
    other = Browser()
    other.join(asked)
    other.code()
    response = browser.beat(version)
    assert response["HX-Retarget"] == "#pupitre"
    assert Page(response).stage == "superseded"
    assert factories.attempt_of(asked).state == AttemptState.IN_PROGRESS


def test_beat_tells_that_another_tab_answered(asked: Candidate, browser: Browser, version: str) -> None:
    browser.answer(1, "b")
    response = browser.beat(version)
    assert "Question 2 sur 2" in Page(response).text
    assert response["HX-Retarget"] == "#pupitre"


def test_beat_tells_no_end_of_time_while_an_incident_runs(
    asked: Candidate, browser: Browser, version: str, clock_at_nine: Travel
) -> None:
    """R23: the page stays; once the incident is over without minutes, it says so."""
    at = {"session_id": asked.session_id, "actor": factories.PROCTOR}
    key = room_incident.start_room_incident(**at, kind="power", now=clock.now()).incident_key
    assert key is not None
    waits = Page(browser.beat(version)).version
    clock_at_nine.shift(105 * 60)
    assert browser.beat(waits).status_code == 204
    assert "Temps écoulé" not in Page(browser.test()).text
    lost = room_incident.Settlement(clock.now(), clock.now())
    room_incident.end_room_incident(**at, key=key, settlement=lost, now=clock.now())
    assert "Temps écoulé" in Page(browser.beat(waits)).text


def test_beat_tells_an_incident_of_the_room_and_its_end_at_no_cost_between(
    asked: Candidate, browser: Browser, version: str, clock_at_nine: Travel
) -> None:
    """R23: he is told to wait, and that his time stands still; the deadline is judged at the instant it began."""
    clock_at_nine.shift(15 * 60)
    at = {"session_id": asked.session_id, "actor": factories.PROCTOR}
    key = room_incident.start_room_incident(**at, kind="power", now=clock.now()).incident_key
    assert key is not None
    page = Page(browser.beat(version))
    told = "Un incident est en cours dans la salle. Votre temps est arrêté\u00a0; attendez votre surveillant."
    assert told.replace("\u00a0", " ") in page.text.replace("\u00a0", " ")
    assert "1 h 30" in page.text.replace("\u00a0", " ")
    assert not page.has("//*[@data-deadline]")
    clock_at_nine.shift(10 * 60)
    with CaptureQueriesContext(connection) as queries:
        assert browser.beat(page.version).status_code == 204
    assert len(queries) == 1
    assert "1 h 30" in Page(browser.test()).text.replace("\u00a0", " ")
    settled = room_incident.Settlement(clock.now() - timedelta(minutes=10), clock.now(), given_to=(asked.pk,))
    room_incident.end_room_incident(**at, key=key, settlement=settled, now=clock.now())
    over = Page(browser.beat(page.version))
    assert "incident" not in over.text
    assert over.has("//*[@data-deadline]") and "1 h 30" in over.text.replace("\u00a0", " ")
    assert browser.beat(over.version).status_code == 204


def test_beat_tells_of_an_incident_begun_by_mistake_and_undone(
    asked: Candidate, browser: Browser, version: str, clock_at_nine: Travel
) -> None:
    at = {"session_id": asked.session_id, "actor": factories.PROCTOR}
    key = room_incident.start_room_incident(**at, kind="power", now=clock.now()).incident_key
    assert key is not None
    waits = Page(browser.beat(version)).version
    clock_at_nine.shift(5)
    room_incident.undo_start(**at, key=key, now=clock.now())
    assert "incident" not in Page(browser.beat(waits)).text


def test_who_has_not_begun_is_told_of_the_incident_where_no_code_is_typed(
    candidate: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    browser.join(candidate)
    waiting = Page(browser.test()).version
    room_incident.start_room_incident(
        session_id=candidate.session_id, actor=factories.PROCTOR, kind="power", now=clock.now()
    )
    page = Page(browser.state(waiting))
    assert "Un incident est en cours dans la salle. Attendez votre surveillant." in page.text
    assert browser.state(page.version).status_code == 204
    tick(candidate, now=clock.now())
    code = Page(browser.state(page.version))
    assert code.stage == "start"
    assert browser.state(code.version).status_code == 204


def test_beat_tells_that_the_time_is_over(
    asked: Candidate, browser: Browser, version: str, clock_at_nine: Travel
) -> None:
    clock_at_nine.shift(105 * 60)
    page = Page(browser.beat(version))
    assert "Le temps prévu est écoulé." in page.text and "Temps écoulé" in page.text
    with CaptureQueriesContext(connection) as queries:
        assert browser.beat(page.version).status_code == 204
    assert len(queries) == 1


def test_beat_tells_the_end_of_24_hours(
    asked: Candidate, browser: Browser, version: str, clock_at_nine: Travel
) -> None:
    clock_at_nine.shift(timedelta(hours=24))
    assert Page(browser.beat(version)).stage == "over"
    assert factories.attempt_of(asked).state == AttemptState.EXPIRED


def test_beat_after_the_last_question_is_one_statement(asked: Candidate, browser: Browser) -> None:
    browser.answer(1, skip="1")
    browser.answer(2, skip="1")
    page = Page(browser.test())
    assert page.stage == "last"
    with CaptureQueriesContext(connection) as queries:
        assert browser.beat(page.version).status_code == 204
    assert len(queries) == 1


def test_poll_of_a_waiting_page_is_one_statement(
    clock_at_nine: Travel, browser: Browser, candidate: Candidate
) -> None:
    browser.join(candidate)
    waiting = Page(browser.test()).version
    with CaptureQueriesContext(connection) as queries:
        assert browser.state(waiting).status_code == 204
    assert len(queries) == 1


def test_question_page_costs_the_same_for_the_first_and_the_last_question(
    asked: Candidate, browser: Browser
) -> None:
    counts = []
    browser.test()
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            browser.test()
        counts.append(len(queries))
        browser.answer(1, "b")
    assert counts[0] == counts[1] <= 4


@pytest.mark.parametrize(
    "text",
    ["", "question", "question.1.2", "question.x.2.", "question.1.²3.", "q" * 50 + ".1.1.", "a.1.1..b"],
)
def test_version_that_is_not_ours_is_none(text: str) -> None:
    assert Version.parse(text) is None


def test_version_comes_back_as_it_went() -> None:
    assert str(Version.parse("question.12.3.ot")) == "question.12.3.ot"


def test_beat_with_a_version_that_is_not_ours_brings_the_whole_page(
    asked: Candidate, browser: Browser
) -> None:
    assert browser.beat("nonsense")["HX-Retarget"] == "#pupitre"
