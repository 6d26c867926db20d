"""D2, D4, D5: what the one page shows before the test, beside it, and after it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from lxml import html

from pixsurv.kernel import clock
from proctoring.enums import AttemptState
from proctoring.models import Attempt
from proctoring.services import closing, ending, presence, resume, running
from proctoring.services.entries import candidate_actor
from sessions_app.enums import EventKind, SessionKind, SessionState
from sessions_app.models import Candidate, Establishment, Event, Session
from tests import factories
from tests.proctoring.desk.browser import COOKIE, Browser, Page, authorise, end, tick, undo

type Travel = time_machine.Traveller


def kinds(session: Session) -> list[str]:
    return list(Event.objects.filter(session=session).values_list("kind", flat=True))


@pytest.fixture
def joined(clock_at_nine: Travel, browser: Browser, candidate: Candidate) -> Candidate:
    browser.join(candidate)
    return candidate


# ---- waiting and code ----


def test_candidate_waits_for_the_proctor(joined: Candidate, browser: Browser) -> None:
    page = Page(browser.test())
    assert page.stage == "waiting"
    assert "Votre surveillant n’a pas encore confirmé votre présence." in page.text
    assert "au plus 1 h 45" in page.text
    assert page.text.count("On ne revient pas") == 1
    assert page.has("//form[@action='/candidat/oublier/']//button[text()='Ce n’est pas moi']")
    assert page.has("//*[@hx-trigger='every 3s']")
    assert page.has("//noscript/meta[@http-equiv='refresh' and starts-with(@content, '5;')]")


def test_waiting_page_says_his_own_duration(
    clock_at_nine: Travel, browser: Browser, session: Session
) -> None:
    browser.join(factories.CandidateFactory(session=session, extra_time_percent=33))
    assert "au plus 2 h 20" in Page(browser.test()).text


def test_waiting_page_turns_into_the_code_form_by_itself(joined: Candidate, browser: Browser) -> None:
    version = Page(browser.test()).version
    assert browser.state(version).status_code == 204
    tick(joined, now=clock.now())
    response = browser.state(version)
    assert Page(response).stage == "start"
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#pupitre", "outerHTML")


def test_code_form_stays_while_something_is_typed_in_it(joined: Candidate, browser: Browser) -> None:
    tick(joined, now=clock.now())
    version = Page(browser.test()).version
    browser.join(joined, workstation="7")  # an event about this candidate
    assert browser.state(version).status_code == 204


def test_code_form_turns_back_when_the_presence_is_taken_back(joined: Candidate, browser: Browser) -> None:
    tick(joined, now=clock.now())
    version = Page(browser.test()).version
    presence.cancel_presence(
        session_id=joined.session_id, candidate_id=joined.pk, actor=factories.PROCTOR, now=clock.now()
    )
    assert Page(browser.state(version)).stage == "waiting"


@pytest.mark.parametrize("typed", ["BCRQ72", "bcrq72", " bcrq 72 "])
def test_access_code_starts_the_test(joined: Candidate, browser: Browser, typed: str) -> None:
    tick(joined, now=clock.now())
    assert Page(browser.test()).has("//input[@name='access_code' and @autocapitalize='characters']")
    response = browser.code(typed)
    assert (response.status_code, response["Location"]) == (303, "/candidat/test/")
    page = Page(browser.test())
    assert page.stage in {"question", "ready"}
    assert "Question 1 sur 32" in page.text
    assert factories.attempt_of(joined).state == AttemptState.IN_PROGRESS


def test_wrong_code_keeps_the_presence_and_says_so(joined: Candidate, browser: Browser) -> None:
    tick(joined, now=clock.now())
    page = Page(browser.code("WRONG1"))
    assert (page.status, page.stage) == (422, "start")
    assert "Ce code d’accès n’est pas le bon" in page.errors
    assert page.has(
        "//input[@name='access_code' and @value='WRONG1' and @aria-invalid='true' and @autofocus]"
    )
    assert factories.attempt_of(joined).state == AttemptState.PRESENT


def test_empty_code_is_asked_for(joined: Candidate, browser: Browser) -> None:
    tick(joined, now=clock.now())
    page = Page(browser.code(" "))
    assert page.status == 422 and "Écrivez le code d’accès." in page.errors


def test_code_without_presence_is_refused_with_the_waiting_page(joined: Candidate, browser: Browser) -> None:
    page = Page(browser.code())
    assert (page.status, page.stage) == (403, "waiting")
    assert Page(browser.client.post("/candidat/test/", headers={"HX-Request": "true"})).status == 409


def test_code_sent_twice_starts_once(joined: Candidate, browser: Browser) -> None:
    tick(joined, now=clock.now())
    assert [browser.code().status_code for _ in range(2)] == [303, 303]
    assert kinds(joined.session).count(EventKind.STARTED) == 1


# ---- coming back ----


def test_reload_of_a_running_test_is_no_reentry(tested: Candidate, browser: Browser) -> None:
    before = kinds(tested.session)
    assert Page(browser.test()).stage in {"question", "ready"}
    assert kinds(tested.session) == before


def test_reentry_is_refused_and_becomes_a_request(tested: Candidate) -> None:
    other = Browser()
    other.join(tested)
    page = Page(other.test())
    assert page.stage == "refused"
    assert "Levez la main" in page.text and "autoriser la reprise" in page.text
    assert "Cette page avance d’elle-même." in page.text
    assert page.has("//*[@hx-trigger='every 3s']")
    assert factories.attempt_of(tested).resume_requested_at is not None
    other.test()
    assert kinds(tested.session).count(EventKind.RESUME_REQUESTED) == 1


def test_code_at_a_reentry_is_refused_and_files_the_request(tested: Candidate) -> None:
    other = Browser()
    other.join(tested)
    page = Page(other.code())
    assert (page.status, page.stage) == (403, "refused")
    assert factories.attempt_of(tested).resume_requested_at is not None


def test_ignored_request_is_not_sent_again_by_itself(tested: Candidate) -> None:
    other = Browser()
    other.join(tested)
    version = Page(other.test()).version
    resume.dismiss_request(
        session_id=tested.session_id, candidate_id=tested.pk, actor=factories.PROCTOR, now=clock.now()
    )
    page = Page(other.state(version))
    assert "Demander de nouveau" in page.text and "Votre demande est envoyée" not in page.text
    other.test(attente="1")
    assert factories.attempt_of(tested).resume_requested_at is None
    assert other.post("demander").status_code == 303
    assert factories.attempt_of(tested).resume_requested_at is not None


def test_authorised_reentry_resumes_and_supersedes_the_first(
    tested: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    browser.test()
    browser.answer(1, skip="1")
    other = Browser()
    other.join(tested)
    version = Page(other.test()).version
    clock_at_nine.shift(5)
    authorise(tested, now=clock.now())
    assert Page(other.state(version)).stage == "resume"
    page = Page(other.test())
    assert "Reprendre mon test" in page.text and "Commencer" not in page.text
    assert other.code().status_code == 303
    assert "Question 2 sur 32" in Page(other.test()).text

    left = Page(browser.test())
    assert left.stage == "superseded"
    assert "Ce test continue sur un autre poste" in left.text
    refused = Page(browser.answer(2, "a"))
    assert (refused.status, refused.stage) == (409, "superseded")
    assert factories.attempt_of(tested).resume_requested_at is None


def test_superseded_browser_can_ask_to_come_back(tested: Candidate, browser: Browser) -> None:
    authorise(tested, now=clock.now())
    other = Browser()
    other.join(tested)
    other.code()
    version = Page(browser.test()).version
    assert browser.state(version).status_code == 204
    browser.post("demander")
    assert "Votre demande est envoyée." in Page(browser.test()).text
    assert browser.state(version).status_code == 200


def test_holder_who_never_left_is_not_thrown_out_by_an_authorisation(
    tested: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    version = Page(browser.test()).version
    authorise(tested, now=clock.now())
    clock_at_nine.shift(5)
    pulse = browser.beat(version)
    assert pulse.status_code == 200
    assert "HX-Retarget" not in pulse.headers  # the form on the screen stays
    assert Page(browser.test()).stage in {"question", "ready"}
    assert browser.answer(1, skip="1").status_code == 303
    assert "Question 2 sur 32" in Page(browser.test()).text


def test_holder_who_comes_back_types_the_code_again(
    tested: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    clock_at_nine.shift(60)
    authorise(tested, now=clock.now())
    assert Page(browser.test()).stage == "resume"
    browser.code()
    assert Page(browser.test()).stage in {"question", "ready"}
    assert factories.attempt_of(tested).state == AttemptState.IN_PROGRESS


# ---- over ----


def finish(candidate: Candidate, browser: Browser, travel: Travel) -> None:
    browser.post("terminer", {"confirm": "1"})


def ended(candidate: Candidate, browser: Browser, travel: Travel) -> None:
    end(candidate, now=clock.now())
    travel.shift(16)


def day_passed(candidate: Candidate, browser: Browser, travel: Travel) -> None:
    travel.shift(timedelta(hours=24))


def deadline_passed(candidate: Candidate, browser: Browser, travel: Travel) -> None:
    Establishment.objects.update(ends_by_itself=True)
    candidate.session.establishment.refresh_from_db()
    attempt = factories.attempt_of(candidate)
    Session.objects.filter(pk=candidate.session_id).update(next_due_at=attempt.deadline_at)
    travel.shift(timedelta(minutes=106))


@pytest.mark.parametrize(
    ("bring", "title", "sentence"),
    [
        (finish, "Votre test est terminé", "Vous avez terminé à 10h00."),
        (ended, "Votre surveillant a arrêté votre test", "arrêté à 10h00"),
        (day_passed, "Le délai de 24 h est dépassé", "ne peut plus être repris"),
        (deadline_passed, "Le temps de votre test est écoulé", "arrêté à 11h45"),
    ],
)
def test_end_page_says_why_and_when(
    tested: Candidate,
    browser: Browser,
    clock_at_nine: Travel,
    bring: Callable[[Candidate, Browser, Travel], None],
    title: str,
    sentence: str,
) -> None:
    browser.test()
    bring(tested, browser, clock_at_nine)
    response = browser.test()
    page = Page(response)
    assert (page.status, page.stage) == (200, "over")
    assert title in page.text and sentence in page.text
    assert "Avant de partir" in page.text and "Fermez votre session sur cet ordinateur" in page.text
    assert response.cookies[COOKIE].value == ""
    assert browser.test()["Location"] == "/candidat/"


def test_closed_session_is_told_to_a_candidate_who_waits(joined: Candidate, browser: Browser) -> None:
    version = Page(browser.test()).version
    closing.close_session(session_id=joined.session_id, actor=factories.PROCTOR, now=clock.now())
    response = browser.state(version)
    page = Page(response)
    assert page.stage == "over" and "La session est clôturée" in page.text
    assert "clôturée à 10h00" in page.text
    assert response.cookies[COOKIE].value == ""


def test_cancelled_session_is_told_to_a_candidate_who_waits(joined: Candidate, browser: Browser) -> None:
    Session.objects.filter(pk=joined.session_id).update(
        state=SessionState.CANCELLED, cancelled_at=clock.now()
    )
    assert "Cette session est annulée" in Page(browser.test()).text


def test_code_after_the_end_shows_the_end(tested: Candidate, browser: Browser) -> None:
    browser.post("terminer", {"confirm": "1"})
    page = Page(browser.code())
    assert (page.status, page.stage) == (409, "over")


def test_undo_that_is_late_on_the_network_still_brings_the_test_back(
    tested: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    browser.test()
    end(tested, now=clock.now())
    clock_at_nine.shift(12)
    response = browser.test()
    page = Page(response)
    assert page.stage == "over" and COOKIE not in response.cookies
    undo(tested, now=clock.now())
    assert Page(browser.state(page.version)).stage in {"question", "ready"}


def test_end_page_stops_asking_once_no_undo_can_come(
    tested: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    end(tested, now=clock.now())
    clock_at_nine.shift(12)
    version = Page(browser.test()).version
    clock_at_nine.shift(4)
    response = browser.state(version)
    assert response.cookies[COOKIE].value == ""
    assert not Page(response).has("//*[@hx-get]")


def test_reopened_test_is_entered_by_the_code(tested: Candidate, browser: Browser) -> None:
    entry = browser.entry
    running.complete(entry=entry, actor=candidate_actor(entry), now=clock.now())
    ending.reopen(
        session_id=tested.session_id,
        candidate_id=tested.pk,
        reason="erreur",
        actor=factories.ADMIN,
        now=clock.now(),
    )
    other = Browser()
    other.join(tested)
    assert Page(other.test()).stage == "resume"


# ---- every screen ----


def test_kind_of_the_session_is_written_on_the_screen(
    clock_at_nine: Travel, browser: Browser, db: None
) -> None:
    """Of a white exam; no pupil ever stands before a rehearsal (R19)."""
    white_exam = factories.SessionFactory(kind=SessionKind.WHITE_EXAM)
    browser.join(factories.CandidateFactory(session=white_exam))
    assert "Certification blanche" in Page(browser.test()).text


def put_superseded(candidate: Candidate, browser: Browser) -> None:
    browser.hold(factories.put(candidate, AttemptState.RESUME_AUTHORISED))
    other = Browser()
    other.join(candidate)
    other.code()


def put_refused(candidate: Candidate, browser: Browser) -> None:
    factories.put(candidate, AttemptState.IN_PROGRESS)
    browser.join(candidate)


def put_present(candidate: Candidate, browser: Browser) -> None:
    factories.put(candidate, AttemptState.PRESENT)
    browser.join(candidate)


def put_running(candidate: Candidate, browser: Browser) -> None:
    browser.hold(factories.put(candidate, AttemptState.IN_PROGRESS))


def put_at_a_timed_question(candidate: Candidate, browser: Browser) -> None:
    put_running(candidate, browser)
    Attempt.objects.filter(candidate=candidate).update(question_ids=["info-02", "info-01"], question=1)


def put_at_the_end(candidate: Candidate, browser: Browser) -> None:
    put_running(candidate, browser)
    Attempt.objects.filter(candidate=candidate).update(question_ids=["info-01"], question=1)
    browser.answer(1, "b")


def put_frozen(candidate: Candidate, browser: Browser) -> None:
    put_running(candidate, browser)
    browser.test()
    end(candidate, now=clock.now())


def put_resumed(candidate: Candidate, browser: Browser) -> None:
    factories.put(candidate, AttemptState.RESUME_AUTHORISED)
    browser.join(candidate)


def put_finished(candidate: Candidate, browser: Browser) -> None:
    browser.hold(factories.put(candidate, AttemptState.COMPLETED))


SITUATIONS = [
    (lambda candidate, browser: browser.join(candidate), "waiting"),
    (put_present, "start"),
    (put_resumed, "resume"),
    (put_refused, "refused"),
    (put_superseded, "superseded"),
    (put_at_a_timed_question, "ready"),
    (put_at_the_end, "last"),
    (put_finished, "over"),
]


def bare(tree: html.HtmlElement) -> str:
    """The screen, without what differs by nature between a page and its fragment."""
    (screen,) = tree.xpath("//*[@id='pupitre']")
    for element in screen.iter():
        element.attrib.pop("autofocus", None)
    for element in screen.xpath(".//input[@name='csrfmiddlewaretoken']"):
        element.set("value", "")
    return html.tostring(screen, encoding="unicode").strip()


@pytest.mark.parametrize(("bring", "stage"), SITUATIONS, ids=[stage for _, stage in SITUATIONS])
def test_fragment_is_what_a_reload_shows(
    clock_at_nine: Travel,
    browser: Browser,
    candidate: Candidate,
    bring: Callable[[Candidate, Browser], object],
    stage: str,
) -> None:
    bring(candidate, browser)
    cookie = browser.client.cookies[COOKIE].value
    page = Page(browser.test())
    browser.client.cookies[COOKIE] = cookie  # an end forgets it
    fragment = Page(browser.state())
    assert page.stage == fragment.stage == stage
    assert bare(page.tree) == bare(fragment.tree)
    assert page.has("//h1") and len(page.tree.xpath("//h1")) == 1
    assert fragment.has("//*[@id='barre' and @hx-swap-oob]")
    assert fragment.has("//title")
    assert page.has("//*[@id='contenu']//*[@id='pupitre']")


def test_state_without_htmx_leads_to_the_page(tested: Candidate, browser: Browser) -> None:
    response = browser.client.get("/candidat/test/etat/")
    assert (response.status_code, response["Location"]) == (303, "/candidat/test/")


@pytest.mark.parametrize("where", ["reponse", "commencer", "retour", "temps", "demander", "battement"])
def test_reload_of_an_act_leads_to_the_page(tested: Candidate, browser: Browser, where: str) -> None:
    response = browser.client.get(f"/candidat/test/{where}/")
    assert (response.status_code, response["Location"]) == (303, "/candidat/test/")
