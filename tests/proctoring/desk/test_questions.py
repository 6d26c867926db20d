"""D3: answering, passing, reporting, finishing; what is acknowledged and what is not."""

import pytest
import time_machine

from pixsurv.kernel import clock
from proctoring.enums import AlertStatus, AttemptState
from proctoring.models import Alert, Answer, Attempt
from proctoring.questions.bank import QUESTIONS_PER_TEST, bank
from proctoring.services import alerts, desk
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Event
from tests import factories
from tests.proctoring.desk.browser import Browser, Page, ask, authorise, end

type Travel = time_machine.Traveller

SINGLE, MULTIPLE, SHORT = "info-01", "info-03", "info-05"


@pytest.fixture
def asked(tested: Candidate, browser: Browser) -> Candidate:
    """One question of each kind."""
    ask(tested, SINGLE, MULTIPLE, SHORT)
    return tested


def answers(candidate: Candidate) -> list[tuple[int, list[str], bool, bool]]:
    found = Answer.objects.filter(attempt__candidate=candidate).order_by("position")
    return [(one.position, one.response, one.skipped, one.timed_out) for one in found]


def handle(candidate: Candidate, *, confirmed: bool) -> None:
    alerts.answer_alert(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        alert_id=Alert.objects.get(status=AlertStatus.OPEN).pk,
        confirmed=confirmed,
        category="E11",
        actor=factories.PROCTOR,
        now=clock.now(),
    )


# ---- the questions ----


def test_test_is_drawn_once_at_the_first_look(tested: Candidate, browser: Browser) -> None:
    browser.test()
    drawn = factories.attempt_of(tested).question_ids
    assert len(drawn) == QUESTIONS_PER_TEST and set(drawn) <= set(bank())
    browser.test()
    assert factories.attempt_of(tested).question_ids == drawn


def test_two_candidates_get_different_tests(session: object, tested: Candidate, browser: Browser) -> None:
    other, second = factories.CandidateFactory(session=tested.session), Browser()
    second.hold(factories.put(other, AttemptState.IN_PROGRESS))
    browser.test()
    second.test()
    assert factories.attempt_of(tested).question_ids != factories.attempt_of(other).question_ids


def test_question_page_shows_where_one_is(asked: Candidate, browser: Browser) -> None:
    page = Page(browser.test())
    assert page.stage == "question"
    assert page.has("//h1[text()='Question 1 sur 3']")
    assert page.has("//progress[@max='3' and @value='1']")
    assert page.has("//legend[@class='enonce']") and len(page.tree.xpath("//input[@type='radio']")) == 4
    assert "Il reste 1 h 45" in page.text
    for words in ("Valider ma réponse", "Passer la question", "Signaler un problème sur cette question"):
        assert page.has(f"//form[@id='question']//button[contains(., '{words}')]")
    assert page.has("//header//button[text()='J’ai terminé']")
    assert page.has("//title[text()='Question 1 sur 3 — Pixsurv']")


def test_each_kind_of_question_has_its_fields(asked: Candidate, browser: Browser) -> None:
    browser.answer(1, "b")
    assert len(Page(browser.test()).tree.xpath("//input[@type='checkbox']")) == 5
    browser.answer(2, "a", "d")
    page = Page(browser.test())
    assert page.has("//input[@name='response' and @type='text']")
    assert page.has("//label[@for='reponse']")


def test_enter_in_an_answer_does_not_press_a_button_of_the_header(asked: Candidate, browser: Browser) -> None:
    page = Page(browser.test())
    first = page.tree.xpath("//button[@form='question'] | //form[@id='question']//button")[0]
    assert first.get("formaction") is None and first.get("name") is None


def test_answers_are_recorded_in_order(asked: Candidate, browser: Browser) -> None:
    assert browser.answer(1, "b")["Location"] == "/candidat/test/"
    browser.answer(2, "d", "a")
    browser.answer(3, "  Lecture ")
    assert answers(asked) == [
        (1, ["b"], False, False),
        (2, ["a", "d"], False, False),
        (3, ["Lecture"], False, False),
    ]
    assert Page(browser.test()).stage == "last"


def test_answer_by_htmx_brings_the_next_question(asked: Candidate, browser: Browser) -> None:
    response = browser.answer(1, "b", htmx=True)
    page = Page(response)
    assert response.status_code == 200 and "Question 2 sur 3" in page.text
    assert page.has("//h1[@autofocus]")
    assert not page.has("//html/head/meta")


def test_passed_question_has_no_response(asked: Candidate, browser: Browser) -> None:
    browser.answer(1, "b", skip="1")
    assert answers(asked) == [(1, [], True, False)]


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("position", "response", "sentence"),
    [
        (1, (), "Choisissez une réponse, ou passez la question."),
        (1, ("z",), "Choisissez une réponse, ou passez la question."),
        (1, ("a", "b"), "Choisissez une seule réponse."),
        (2, (), "Cochez au moins une réponse, ou passez la question."),
        (3, ("  ",), "Écrivez votre réponse, ou passez la question."),
    ],
)
def test_unusable_answer_is_said_and_nothing_is_lost(
    asked: Candidate, browser: Browser, htmx: bool, position: int, response: tuple[str, ...], sentence: str
) -> None:
    browser.test()
    for before in range(1, position):
        browser.answer(before, skip="1")
    page = Page(browser.answer(position, *response, htmx=htmx))
    assert (page.status, page.stage) == (422, "question")
    assert page.errors == sentence
    assert page.has("//*[@aria-describedby='reponse_error']") and page.has("//*[@id='reponse_error']")
    assert page.has("//form[@id='question']//*[@autofocus]")
    assert len(answers(asked)) == position - 1


def test_double_click_answers_once_and_shows_the_next_question(asked: Candidate, browser: Browser) -> None:
    browser.answer(1, "b")
    for htmx in (False, True):
        response = browser.answer(1, "c", htmx=htmx)
        assert response.status_code == (200 if htmx else 303)
    assert answers(asked) == [(1, ["b"], False, False)]
    assert "Question 2 sur 3" in Page(browser.test()).text


def test_answer_to_a_question_to_come_changes_nothing(asked: Candidate, browser: Browser) -> None:
    browser.test()
    browser.answer(3, "Lecture")
    browser.client.post("/candidat/test/reponse/", {"response": "b"})
    assert answers(asked) == []


def test_two_pages_that_answer_at_once_record_one_answer(asked: Candidate, browser: Browser) -> None:
    """The second holds a page read before the first answered: only the lock can tell."""
    browser.test()
    page = desk.current(token=browser.client.cookies["pupitre"].value, now=clock.now())
    assert page is not None
    browser.answer(1, "b")
    assert desk.record_answer(page, response=["c"]) is False
    assert answers(asked) == [(1, ["b"], False, False)]


def test_answer_after_the_end_of_the_session_shows_the_end(asked: Candidate, browser: Browser) -> None:
    browser.test()
    browser.post("terminer", {"confirm": "1"})
    page = Page(browser.answer(1, "b"))
    assert (page.status, page.stage) == (409, "over")
    assert answers(asked) == []


def test_answers_move_neither_journal_nor_version(asked: Candidate, browser: Browser) -> None:
    browser.test()
    asked.session.refresh_from_db()
    before = (asked.session.sequence, Event.objects.count())
    browser.answer(1, "b")
    asked.session.refresh_from_db()
    assert (asked.session.sequence, Event.objects.count()) == before
    assert factories.attempt_of(asked).question == 2


def test_answering_is_a_sign_of_life(asked: Candidate, browser: Browser, clock_at_nine: Travel) -> None:
    clock_at_nine.shift(40)
    browser.answer(1, "b")
    assert factories.attempt_of(asked).last_seen_at == clock.now()


def test_crash_resumes_at_the_next_unanswered_question(asked: Candidate, browser: Browser) -> None:
    browser.answer(1, "b")
    authorise(asked, now=clock.now())
    other = Browser()
    other.join(asked)
    other.code()
    assert "Question 2 sur 3" in Page(other.test()).text


def test_question_that_left_the_set_is_passed(asked: Candidate, browser: Browser) -> None:
    ask(asked, "gone-99", SINGLE)
    assert "Question 2 sur 2" in Page(browser.test()).text


# ---- problems on a question ----


def test_report_is_asked_first_and_keeps_what_was_typed(asked: Candidate, browser: Browser) -> None:
    browser.test()
    page = Page(browser.post("signaler", {"position": 1, "response": "c"}))
    assert "Signaler un problème sur la question 1" in page.text
    assert "Qu’est-ce qui ne marche pas ?" in page.text
    assert page.tree.xpath("//input[@type='checkbox']/@value") == ["image", "embed", "file", "focus"]
    assert page.hidden("response") == ["c"]
    assert not Alert.objects.exists()
    assert Page(browser.post("retour", {"position": 1, "response": "c"})).typed == ["c"]


@pytest.mark.parametrize("htmx", [False, True])
def test_report_is_sent_and_the_question_stays_open(asked: Candidate, browser: Browser, htmx: bool) -> None:
    browser.test()
    page = Page(
        browser.post(
            "signaler",
            {"position": 1, "response": "c", "send": "1", "kinds": ["image", "nonsense"], "once": "x1"},
            htmx=htmx,
        )
    )
    assert (page.status, page.stage, page.typed) == (200, "question", ["c"])
    assert "Signalement envoyé." in page.text and "Vous pouvez répondre si vous y arrivez." in page.text
    alert = Alert.objects.get()
    assert (alert.question, alert.kinds) == (1, ["image"])
    assert browser.answer(1, "b").status_code == 303
    assert answers(asked) == [(1, ["b"], False, False)]


def test_report_without_answer_leads_back_to_the_question(asked: Candidate, browser: Browser) -> None:
    browser.test()
    assert browser.post("signaler", {"position": 1, "send": "1", "once": "x1"}).status_code == 303
    page = Page(browser.test())
    assert "Signalement envoyé." in page.text
    assert not page.has("//button[contains(., 'Signaler un problème')]")


def test_report_sent_twice_is_one_even_after_it_was_answered(
    asked: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    browser.test()
    sent = {"position": 1, "send": "1", "once": "x1"}
    browser.post("signaler", sent)
    handle(asked, confirmed=False)
    clock_at_nine.shift(10)
    browser.post("signaler", sent)
    assert Alert.objects.count() == 1
    browser.post("signaler", {**sent, "once": "x2"})
    assert Alert.objects.count() == 2


def test_report_on_another_question_changes_nothing(asked: Candidate, browser: Browser) -> None:
    browser.answer(1, "b")
    browser.post("signaler", {"position": 1, "send": "1", "once": "x1"})
    assert not Alert.objects.exists()


def test_refused_report_sends_back_to_the_question(
    asked: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    browser.test()
    browser.post("signaler", {"position": 1, "send": "1", "once": "x1"})
    version = Page(browser.test()).version
    handle(asked, confirmed=False)
    waits = Page(browser.state(version))
    assert "Attendez votre surveillant." in waits.text, "he may still think again"
    clock_at_nine.shift(10)
    response = browser.state(waits.version)
    assert "HX-Retarget" not in response.headers
    assert "Votre surveillant a regardé : reprenez la question." in Page(response).text


def test_confirmed_report_moves_him_after_the_time_of_an_undo(
    asked: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    browser.test()
    browser.post("signaler", {"position": 1, "send": "1", "once": "x1"})
    handle(asked, confirmed=True)
    page = Page(browser.test())
    assert "Attendez votre surveillant." in page.text and "Question 1" in page.text
    assert page.has("//*[@hx-trigger='every 4s']")
    clock_at_nine.shift(10)
    page = Page(browser.state(page.version))
    assert "Question 2 sur 3" in page.text
    assert "Votre surveillant a confirmé le problème : la question 1 est passée." in page.text
    assert answers(asked) == [(1, [], True, False)]


def test_confirmed_report_on_an_answered_question_changes_nothing(
    asked: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    browser.test()
    browser.post("signaler", {"position": 1, "send": "1", "once": "x1"})
    handle(asked, confirmed=True)
    browser.answer(1, "b")
    clock_at_nine.shift(30)
    assert "Question 2 sur 3" in Page(browser.test()).text
    assert answers(asked) == [(1, ["b"], False, False)]


def test_answered_report_needs_nobody_any_more(asked: Candidate, browser: Browser) -> None:
    browser.test()
    browser.post("signaler", {"position": 1, "send": "1", "once": "x1"})
    browser.answer(1, "b")
    assert Alert.objects.get().status == AlertStatus.LAPSED


def test_undone_answer_is_never_told(asked: Candidate, browser: Browser, clock_at_nine: Travel) -> None:
    browser.test()
    browser.post("signaler", {"position": 1, "send": "1", "once": "x1"})
    handle(asked, confirmed=True)
    clock_at_nine.shift(9)
    alerts.undo_answer(
        session_id=asked.session_id,
        candidate_id=asked.pk,
        alert_id=Alert.objects.get().pk,
        actor=factories.PROCTOR,
        now=clock.now(),
    )
    clock_at_nine.shift(60)
    page = Page(browser.test())
    assert "Attendez votre surveillant." in page.text and "Question 1" in page.text


# ---- the end ----


def test_finishing_early_is_asked_once_more(asked: Candidate, browser: Browser) -> None:
    browser.test()
    page = Page(browser.post("terminer", {"position": 1, "response": "c"}))
    assert "Il reste 3 questions. Terminer vraiment ?" in page.text
    assert page.hidden("response") == ["c"]
    assert factories.attempt_of(asked).state == AttemptState.IN_PROGRESS
    browser.answer(1, "b")
    browser.answer(2, skip="1")
    assert "Il reste 1 question. Terminer vraiment ?" in Page(browser.post("terminer", {"position": 3})).text


@pytest.mark.parametrize("htmx", [False, True])
def test_finishing_completes_the_test(asked: Candidate, browser: Browser, htmx: bool) -> None:
    browser.test()
    response = browser.post("terminer", {"confirm": "1"}, htmx=htmx)
    assert response.status_code == (200 if htmx else 303)
    page = Page(response if htmx else browser.test())
    assert "Votre test est terminé" in page.text
    assert factories.attempt_of(asked).state == AttemptState.COMPLETED
    assert Event.objects.filter(kind=EventKind.COMPLETED).count() == 1


def test_last_answer_leads_to_the_end_of_the_test(asked: Candidate, browser: Browser) -> None:
    for position in (1, 2, 3):
        browser.answer(position, skip="1")
    page = Page(browser.test())
    assert page.stage == "last" and page.has("//button[text()='Terminer le test' and @value='1']")
    assert not page.has("//header//button[text()='J’ai terminé']")
    assert factories.attempt_of(asked).state == AttemptState.IN_PROGRESS
    assert Page(browser.post("terminer", {"position": 4})).stage == "last"
    browser.post("terminer", {"confirm": "1"})
    assert factories.attempt_of(asked).state == AttemptState.COMPLETED


def test_answer_beyond_the_last_question_changes_nothing(asked: Candidate, browser: Browser) -> None:
    for position in (1, 2, 3):
        browser.answer(position, skip="1")
    assert browser.answer(4, "a").status_code == 303
    assert len(answers(asked)) == 3


# ---- the clock in the header ----


def test_remaining_time_can_be_hidden_and_stays_so(asked: Candidate, browser: Browser) -> None:
    browser.test()
    page = Page(browser.post("temps", {"hidden": "1", "position": 1, "response": "c"}))
    assert page.typed == ["c"] and "Il reste" not in page.text
    assert "Afficher le temps" in Page(browser.test()).text
    response = browser.post("temps", {"hidden": "0"}, htmx=True)
    assert Page(response).has("//span[@id='temps' and not(@hx-swap-oob)]")
    assert "Il reste 1 h 45" in Page(browser.test()).text


def test_overtime_stops_nothing_and_is_said(
    asked: Candidate, browser: Browser, clock_at_nine: Travel
) -> None:
    browser.test()
    clock_at_nine.shift(105 * 60)
    page = Page(browser.test())
    assert (
        "Le temps prévu est écoulé. Continuez jusqu’à ce que votre surveillant arrête le test." in page.text
    )
    assert browser.answer(1, "b").status_code == 303
    assert answers(asked) == [(1, ["b"], False, False)]


def test_by_whom_an_answer_may_be_given(asked: Candidate, browser: Browser) -> None:
    """The service asks under its lock; the page that was read before is no permission."""
    browser.test()
    page = desk.current(token=browser.client.cookies["pupitre"].value, now=clock.now())
    assert page is not None
    end(asked, now=clock.now())
    with pytest.raises(desk.DomainError) as refused:
        desk.record_answer(page, response=["b"])
    assert refused.value.code == "attempt_over"
    Attempt.objects.update(holder=None)
    with pytest.raises(desk.DomainError) as refused:
        desk.record_answer(page, response=["b"])
    assert refused.value.code == "entry_superseded"
