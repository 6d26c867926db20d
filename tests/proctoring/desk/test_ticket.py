"""« J’ai un ticket », with and without JavaScript (R21)."""

import pytest
from django.http import HttpResponse
from django.test import Client

from pixsurv.kernel import clock
from proctoring.models import Entry
from proctoring.services.tickets import issue_ticket
from sessions_app.models import Candidate
from tests import factories
from tests.proctoring.desk.browser import Browser, Page

pytestmark = pytest.mark.django_db
DOOR = "/candidat/ticket/"


@pytest.fixture
def ticket(candidate: Candidate) -> str:
    given = issue_ticket(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=factories.PROCTOR, now=clock.now()
    )
    return given.digits


def come_in(browser: Browser, candidate: Candidate, ticket: str, **more: str) -> HttpResponse:
    typed = {"number": str(candidate.session.number), "ticket": ticket, **more}
    return browser.client.post(DOOR, typed)


def wrong(ticket: str) -> str:
    return f"{(int(ticket) + 1) % 10**6:06d}"


def test_both_doors_lead_to_each_other_with_the_number(client: Client, db: None) -> None:
    for here, there, name in (
        ("/candidat/", DOOR, "J’ai un ticket"),
        (DOOR, "/candidat/", "Je n’ai pas de ticket"),
    ):
        page = Page(client.get(here, {"numero": "82690"}))
        (link,) = page.tree.xpath(f"//a[text()='{name}']/@href")
        assert link == f"{there}?numero=82690"
        assert page.has("//input[@name='number' and @value='82690']")


@pytest.mark.parametrize(("no_script", "heartbeat"), [("", 15), ("1", None)])
def test_ticket_leads_to_the_waiting_page(
    browser: Browser, candidate: Candidate, ticket: str, no_script: str, heartbeat: int | None
) -> None:
    answer = come_in(
        browser, candidate, f"{ticket[:3]} {ticket[3:]}", workstation="14", no_script=no_script, once="a"
    )
    assert (answer.status_code, answer.url) == (303, "/candidat/test/")  # type: ignore[attr-defined]
    page = Page(browser.test())
    assert page.stage == "waiting"
    assert candidate.full_name in page.text
    assert browser.entry.heartbeat == heartbeat
    assert factories.attempt_of(candidate).workstation == "14"


def test_form_sent_twice_is_one_entry(browser: Browser, candidate: Candidate, ticket: str) -> None:
    first, second = (come_in(browser, candidate, ticket, once="a") for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert Entry.objects.count() == 1


def test_second_device_finds_the_ticket_used(candidate: Candidate, ticket: str) -> None:
    assert come_in(Browser(), candidate, ticket, once="a").status_code == 303
    other = Browser()
    refused = come_in(other, candidate, ticket, once="b")
    assert refused.status_code == 422
    assert Page(refused).has("//*[@data-code='no_match']")
    assert "pupitre" not in other.client.cookies


def test_wrong_ticket_comes_back_with_what_was_typed(
    browser: Browser, candidate: Candidate, ticket: str
) -> None:
    answer = come_in(browser, candidate, wrong(ticket))
    assert answer.status_code == 422
    page = Page(answer)
    assert "demandez-en un autre" in page.text
    assert "Appelez votre surveillant" not in page.text
    assert page.has(f"//input[@name='ticket' and @value='{wrong(ticket)}']")
    for _ in range(2):
        answer = come_in(browser, candidate, wrong(ticket))
    assert "Appelez votre surveillant" in Page(answer).text


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Écrivez les 6 chiffres"), ("12345", "6 chiffres"), ("douze", "6 chiffres")]
)
def test_half_a_ticket_is_told_at_its_field(
    browser: Browser, candidate: Candidate, typed: str, said: str
) -> None:
    answer = come_in(browser, candidate, typed)
    assert answer.status_code == 422
    assert said in Page(answer).errors


def test_session_followed_by_hand_says_where_the_test_is(browser: Browser) -> None:
    candidate = factories.CandidateFactory(session=factories.SessionFactory(by_hand=True))
    assert "sur Pix, pas ici" in Page(come_in(browser, candidate, "123456")).text
