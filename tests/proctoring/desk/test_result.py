"""What a pupil reads after a white exam, and never after a certification (D7)."""

import pytest

from pixsurv.kernel import clock
from proctoring.services import ending
from sessions_app.enums import SessionKind
from sessions_app.models import Candidate
from tests import factories
from tests.proctoring.desk.browser import Browser, Page

NOT_A_SCORE = "Ce résultat ne compte pas et n’est pas un score Pix."


def finished(browser: Browser, candidate: Candidate, kind: SessionKind) -> Page:
    candidate.session.kind = kind
    candidate.session.save(update_fields=["kind"])
    assert Page(browser.test()).status == 200  # draws the questions
    browser.post("terminer", {"confirm": "1"})
    return Page(browser.test())


def test_a_white_exam_ends_with_right_answers_by_domain(browser: Browser, tested: Candidate) -> None:
    page = finished(browser, tested, SessionKind.WHITE_EXAM)

    assert page.stage == "over"
    assert NOT_A_SCORE in page.text
    assert "0 sur 32" in page.text
    assert "Information et données" in page.text
    assert "Il fallait répondre" in page.text


@pytest.mark.parametrize("kind", [SessionKind.CERTIFICATION, SessionKind.REHEARSAL])
def test_nothing_of_the_sort_elsewhere(browser: Browser, tested: Candidate, kind: SessionKind) -> None:
    page = finished(browser, tested, kind)

    assert page.stage == "over"
    assert NOT_A_SCORE not in page.text
    assert "Il fallait répondre" not in page.text


def test_an_end_that_can_be_undone_shows_no_answer(browser: Browser, tested: Candidate) -> None:
    """Back in his test, he would have read them."""
    tested.session.kind = SessionKind.WHITE_EXAM
    tested.session.save(update_fields=["kind"])
    browser.test()
    ending.end_test(
        session_id=tested.session_id, candidate_id=tested.pk, actor=factories.PROCTOR, now=clock.now()
    )

    assert NOT_A_SCORE not in Page(browser.test()).text
