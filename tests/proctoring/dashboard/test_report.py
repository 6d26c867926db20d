"""Report, closing and addenda from the establishment area: who may, and what he gets (I2–I4)."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.services.addenda import add_addendum
from proctoring.services.closing import close_session
from sessions_app.enums import EventKind
from sessions_app.models import Account, Candidate, Event, Session, StoredFile
from tests import factories
from tests.journal import kinds, last_event


def at(session: Session, below: str) -> str:
    return f"/etablissement/sessions/{session.number}/{below}"


def close(session: Session) -> Session:
    return close_session(session_id=session.pk, actor=factories.PROCTOR, now=clock.now())


@pytest.fixture
def browser(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def sealed(session: Session) -> Session:
    close(session)
    add_addendum(session_id=session.pk, text="Une précision.", key="", actor=factories.ADMIN, now=clock.now())
    return session


@pytest.mark.parametrize("below", ["pv/feuille/", "pv/commentaire/", "cloturer/manques/"])
def test_lost_login_swaps_nothing_away(session: Session, below: str) -> None:
    client = Client()
    ask: Callable[..., object] = client.get if below == "pv/feuille/" else client.post
    answer = ask(at(session, below), headers={"HX-Request": "true"})
    assert answer.status_code == 401  # type: ignore[attr-defined]
    assert answer.headers["HX-Reswap"] == "none"  # type: ignore[attr-defined]


def test_admin_closes_from_outside_the_room(browser: Client, candidate: Candidate, admin: Account) -> None:
    session = candidate.session
    page = browser.get(at(session, "cloturer/")).content.decode()
    assert "Clôturer avec 3 manques déclarés" in page
    assert "Se déconnecter" in page
    answer = browser.post(
        at(session, "cloturer/"),
        {"signature": "Andréa Essai", "attendance": "1", "comment": "Calme.", "comment_seen": "0"},
    )
    assert (answer.status_code, answer["Location"]) == (303, at(session, "pv/"))
    assert kinds(session)[-2:] == ["closed", "paper_sealed"]
    assert last_event(session).facts["actor"]["name"] == admin.name
    report = browser.get(at(session, "pv/")).content.decode()
    assert "Calme." in report
    assert "Signature simple" in report
    assert "Ajouter un additif" in browser.get(at(session, "")).content.decode()


def test_pdf_is_a_draft_until_closing_then_the_stored_bytes(browser: Client, session: Session) -> None:
    assert "projet" in browser.get(at(session, "pv.pdf"))["Content-Disposition"]
    close(session)
    sealed = browser.get(at(session, "pv.pdf"))
    assert sealed.content == bytes(StoredFile.objects.get().content)
    assert sealed["Cache-Control"] == "no-store"


def test_pdf_of_a_closed_session_is_never_made_again(
    browser: Client, sealed: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proctoring.closing.pages.report_pdf", lambda report: pytest.fail("made again"))
    assert browser.get(at(sealed, "pv.pdf")).status_code == 200


def test_report_writes_what_fell_due_while_nobody_watched(browser: Client, candidate: Candidate) -> None:
    factories.put(candidate, "in_progress", now=clock.now() - factories.timedelta(hours=25))
    assert "délai de 24" in browser.get(at(candidate.session, "pv/")).content.decode()


def test_cancelled_session_has_a_report_that_says_so(browser: Client, session: Session) -> None:
    Session.objects.update(state="cancelled", cancelled_at=clock.now(), cancel_reason="Grève")
    page = browser.get(at(session, "pv/")).content.decode()
    assert "SÉANCE ANNULÉE" in page
    assert "Grève" in page
    assert browser.get(at(session, "cloturer/")).status_code == 409


def test_addendum_is_added_once_and_shown_after_the_report(browser: Client, session: Session) -> None:
    close(session)
    before = bytes(StoredFile.objects.get().content)
    data = {"text": "Le nom s’écrit DUPOND.", "once": str(uuid4())}
    for _ in range(2):
        answer = browser.post(at(session, "additif/"), data)
        assert (answer.status_code, answer["Location"]) == (303, at(session, "pv/"))
    assert Event.objects.filter(session=session, kind=EventKind.ADDENDUM).count() == 1
    page = browser.get(at(session, "pv/")).content.decode()
    assert "Additif n° 1" in page
    assert "Le nom s’écrit DUPOND." in page
    paper = browser.get(at(session, "additif-1.pdf"))
    assert paper.content.startswith(b"%PDF-")
    assert browser.get(at(session, "additif-2.pdf")).status_code == 404
    assert browser.get(at(session, "pv.pdf")).content == before


@pytest.mark.parametrize(("text", "said"), [("", "Écrivez le texte"), ("x" * 2001, "1 de trop")])
def test_addendum_that_says_nothing_or_too_much_comes_back(
    browser: Client, session: Session, text: str, said: str
) -> None:
    close(session)
    answer = browser.post(at(session, "additif/"), {"text": text, "once": str(uuid4())})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert text in answer.content.decode()


def test_addendum_to_an_open_session_is_refused(browser: Client, session: Session) -> None:
    assert browser.get(at(session, "additif/")).status_code == 409
    data = {"text": "Trop tôt.", "once": str(uuid4())}
    assert browser.post(at(session, "additif/"), data).status_code == 409
    assert not Event.objects.filter(session=session).exists()
