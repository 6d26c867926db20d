"""« Vérifier un sceau »: says yes to the right seal only, shows nobody’s name, costs little (I4)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from pixsurv.kernel import clock
from proctoring.report.seal import seal_words, verify_link
from proctoring.services.addenda import add_addendum
from proctoring.services.closing import close_session
from proctoring.verify import selectors
from sessions_app import triggers
from sessions_app.models import Candidate, Establishment, Event, Session
from tests import factories
from tests.htmx import parse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


@pytest.fixture
def sealed(candidate: Candidate) -> Session:
    factories.put(candidate, "completed")
    return close_session(session_id=candidate.session_id, actor=factories.PROCTOR, now=clock.now())


def ask(number: int, seal: str) -> str:
    answer = Client().get(f"/verifier/{number}/", {"sceau": seal})
    assert answer.status_code == 200
    return answer.content.decode()


def without_token(html: str) -> str:
    return re.sub(r'"X-CSRFToken": "[^"]*"', "", html)


def test_right_seal_is_recognised_without_a_name(sealed: Session, candidate: Candidate) -> None:
    for typed in (sealed.seal, seal_words(sealed.seal).upper()):
        said = ask(sealed.number, typed)
        assert "Ce sceau est le bon" in said
        assert str(sealed.number) in said
        assert seal_words(sealed.seal) in said
        for name in (candidate.last_name, candidate.first_name, factories.PROCTOR.name, sealed.room):
            assert name not in said


def test_link_on_the_paper_leads_here(sealed: Session, settings: Any) -> None:
    link = verify_link(sealed.number, sealed.seal).removeprefix(settings.PUBLIC_URL)
    assert "Ce sceau est le bon" in Client().get(link).content.decode()


def test_wrong_seal_and_unknown_session_are_answered_alike(sealed: Session, session: Session) -> None:
    wrong = "0" * 64
    said = ask(sealed.number, wrong)
    assert "Ce sceau n’est pas celui de cette session" in said
    assert without_token(ask(999_999, wrong)).replace("999999", str(sealed.number)) == without_token(said)
    assert "Ce sceau n’est pas" in ask(10**12, wrong)


def test_seal_of_another_session_is_wrong_here(sealed: Session) -> None:
    other = close_session(session_id=factories.SessionFactory().pk, actor=factories.PROCTOR, now=clock.now())
    assert "Ce sceau n’est pas" in ask(sealed.number, other.seal)


def test_hash_of_any_other_event_is_no_seal(sealed: Session) -> None:
    first = Event.objects.filter(session=sealed).earliest("sequence")
    assert "Ce sceau n’est pas" in ask(sealed.number, first.hash)


def test_half_a_seal_is_said_to_be_that(sealed: Session) -> None:
    assert "Ce n’est pas un sceau complet" in ask(sealed.number, sealed.seal[:20])
    assert "Ce n’est pas" not in Client().get(f"/verifier/{sealed.number}/").content.decode()


def test_seal_of_an_addendum_is_recognised_as_that(sealed: Session) -> None:
    add_addendum(session_id=sealed.pk, text="x", key="", actor=factories.ADMIN, now=clock.now())
    paper, addendum = Event.objects.filter(session=sealed).order_by("-sequence")[:2]
    assert "sceau d’un additif" in ask(sealed.number, addendum.hash)
    assert "Ce sceau n’est pas" in ask(sealed.number, paper.hash)
    assert "sceau de la clôture" in ask(sealed.number, sealed.seal)


def test_date_and_hour_are_those_that_were_sealed(sealed: Session) -> None:
    before = ask(sealed.number, sealed.seal)
    Establishment.objects.update(time_zone="Pacific/Noumea")
    assert without_token(ask(sealed.number, sealed.seal)) == without_token(before)


def test_changed_journal_is_told(sealed: Session) -> None:
    triggers.remove(connection)
    first = Event.objects.filter(session=sealed).earliest("sequence")
    Event.objects.filter(pk=first.pk).update(facts={"actor": {"name": "Quelqu’un d’autre"}})
    said = ask(sealed.number, sealed.seal)
    triggers.install(connection)
    assert "mais le journal a été modifié" in said


def test_chain_is_computed_once_a_minute_and_never_for_a_wrong_seal(
    sealed: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest: Callable[[Session], Any] = selectors.verify_session
    computed: list[int] = []

    def counted(session: Session) -> Any:
        computed.append(session.number)
        return honest(session)

    monkeypatch.setattr(selectors, "verify_session", counted)
    ask(sealed.number, "0" * 64)
    assert computed == []
    for _ in range(3):
        ask(sealed.number, sealed.seal)
    assert computed == [sealed.number]


def test_typed_text_is_shown_as_text(sealed: Session) -> None:
    assert "<script>" not in ask(sealed.number, "<script>alert(1)</script>")


@pytest.mark.parametrize(
    ("came", "back"),
    [
        ("http://testserver/archives/123456/", True),
        ("http://testserver/verifier/123456/?sceau=a", False),
        ("https://ailleurs.example/", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_page_has_a_way_back_to_ours_alone(client: Client, came: str, back: bool) -> None:
    page = parse(client.get("/verifier/123456/", headers={"Referer": came}).content)
    leads = page.xpath("//main//a/@href")
    assert (came in leads) is (back and bool(came))
    assert "/" in leads
