"""The pages of « Durées de conservation », from the calendar to the certificate; who may open them."""

import zipfile
from dataclasses import asdict
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.archives.retention import papers
from proctoring.enums import SlipKind
from proctoring.models import EliminationSlip
from sessions_app.enums import SessionKind, SessionState
from sessions_app.models import Account, Session
from tests import factories
from tests.proctoring.archives.retention.conftest import OLD, kept_session, slip_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(session: Session) -> Session:
    """Of the cast's school, past its term, with one candidate."""
    one = kept_session(establishment=session.establishment)
    factories.CandidateFactory(session=one)
    return one


@pytest.fixture
def keeper(client: Client, secretariat: Account) -> Client:
    client.force_login(secretariat)
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_slip_of_another_school_cannot_be_drafted(old: Session, other_admin: Account) -> None:
    browser = Client()
    browser.force_login(other_admin)
    answer = browser.post("/archives/bordereaux/", {"kind": "archives", "session": [old.number]})
    assert answer.status_code == 409
    assert not EliminationSlip.objects.exists()


def test_from_the_calendar_to_the_certificate(keeper: Client, old: Session) -> None:
    assert f"Choisir la session {old.number}" in page(keeper, "/archives/durees/")
    drafted = keeper.post("/archives/bordereaux/", {"kind": "archives", "session": [old.number]})
    assert drafted.status_code == 303
    home = drafted["Location"]
    assert "Attend le visa" in page(keeper, home)
    assert "Écrivez d’abord la référence du visa" in page(keeper, f"{home}eliminer/", 409)
    wrong = keeper.post(f"{home}visa/", {"reference": "AD 14", "visa_on": "2999-01-01"})
    assert wrong.status_code == 422
    assert "n’est pas encore passée" in wrong.content.decode()
    assert keeper.post(f"{home}visa/", {"reference": "AD 14", "visa_on": "01/10/2026"}).status_code == 303
    asked = page(keeper, f"{home}eliminer/")
    assert "AD 14 du 01/10/2026" in asked
    assert str(old.number) in asked
    for typed in ("", "2", "oui"):
        assert keeper.post(f"{home}eliminer/", {"typed": typed}).status_code == 422
    old.refresh_from_db()
    assert old.state == SessionState.CLOSED

    assert keeper.post(f"{home}eliminer/", {"typed": "eliminer"}).status_code == 303

    old.refresh_from_db()
    assert old.state == SessionState.ELIMINATED
    assert "Certificat d’élimination" in page(keeper, home)
    assert f"{home}certificat.pdf" in page(keeper, "/archives/durees/")
    shown = page(keeper, f"/archives/{old.number}/")
    assert "Données éliminées le" in shown
    assert keeper.get(f"{home}eliminer/").status_code == 303


def test_certificate_is_refused_before_it_is_earned(keeper: Client, old: Session) -> None:
    slip = slip_of(old)
    assert "pas encore de certificat" in page(keeper, f"/archives/bordereaux/{slip.pk}/certificat.pdf", 409)


def test_papers_are_tagged_and_the_same_each_time(keeper: Client, old: Session) -> None:
    slip = slip_of(old)
    drafted = keeper.get(f"/archives/bordereaux/{slip.pk}/bordereau.pdf")
    assert drafted["Cache-Control"] == "no-store"
    keeper.post(f"/archives/bordereaux/{slip.pk}/eliminer/", {"typed": "1"})
    first = keeper.get(f"/archives/bordereaux/{slip.pk}/certificat.pdf").content
    assert first == keeper.get(f"/archives/bordereaux/{slip.pk}/certificat.pdf").content
    for pdf in (drafted.content, first):
        assert pdf.startswith(b"%PDF")
        assert b"pdfuaid" in pdf
        assert b"pdfaid" in pdf


def test_certificate_names_nobody(keeper: Client, old: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the template is given; the picture of the paper is another matter."""
    given: list[Any] = []
    monkeypatch.setattr(papers, "typeset", lambda parts, **_: given.extend(parts) or b"%PDF")
    slip = slip_of(old)
    name = old.candidates.get().last_name  # type: ignore[attr-defined]
    keeper.post(f"/archives/bordereaux/{slip.pk}/eliminer/", {"typed": "1"})
    keeper.get(f"/archives/bordereaux/{slip.pk}/certificat.pdf")
    (sheet,) = given
    told = str(asdict(sheet)).replace("\\xa0", " ")
    assert name not in told
    assert "1 session, 1 candidat" in told
    assert "AD 99/2026-14 du 26/11/2026" in told


def test_cancelled_slip_gives_its_sessions_back(keeper: Client, old: Session) -> None:
    slip = slip_of(old)
    assert keeper.post(f"/archives/bordereaux/{slip.pk}/annuler/").status_code == 303
    slip.refresh_from_db()
    assert slip.cancelled_by
    assert f"par {slip.cancelled_by}</dd>" in page(keeper, f"/archives/bordereaux/{slip.pk}/")
    again = keeper.post("/archives/bordereaux/", {"kind": "archives", "session": [old.number]})
    assert again.status_code == 303
    assert EliminationSlip.objects.order_by("rank").values_list("rank", "state").last() == (2, "drafted")


def test_refusals_stand_on_the_calendar(keeper: Client, old: Session, session: Session) -> None:
    young = kept_session(clock.now() - timedelta(days=30), establishment=session.establishment)
    for numbers, status, said in (
        ([], 422, "Cochez au moins une session"),
        ([young.number], 409, "pas atteint son terme"),
        ([old.number, 1], 409, "pas atteint son terme"),
    ):
        answer = keeper.post("/archives/bordereaux/", {"kind": "archives", "session": numbers})
        assert answer.status_code == status
        assert said in answer.content.decode()
    assert keeper.post("/archives/bordereaux/", {"session": ["x"]}).status_code == 404


def test_list_of_pupils_has_its_own_slip(keeper: Client, session: Session) -> None:
    for _ in range(2):
        factories.PupilFactory(establishment=session.establishment, school_year=2021)
    assert "Liste 2021-2022" in page(keeper, "/archives/durees/")
    home = keeper.post("/archives/bordereaux/", {"school_year": "2021"})["Location"]
    assert "2\u00a0élèves" in page(keeper, f"{home}eliminer/")
    assert keeper.post(f"{home}eliminer/", {"typed": "2"}).status_code == 303
    assert not session.establishment.pupils.exists()  # type: ignore[attr-defined]
    assert "Liste 2021-2022" not in page(keeper, "/archives/durees/")


def test_ledger_that_cannot_be_written_is_told(
    keeper: Client, old: Session, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    settings.ELIMINATION_LEDGER = tmp_path / "file" / "eliminations.jsonl"
    slip = slip_of(old)
    answer = keeper.post(f"/archives/bordereaux/{slip.pk}/eliminer/", {"typed": "1"}, follow=True)
    assert "n’a pas pu être écrit" in answer.content.decode()
    old.refresh_from_db()
    assert old.state == SessionState.ELIMINATED


def test_rehearsals_are_nowhere(keeper: Client, session: Session) -> None:
    rehearsal = kept_session(establishment=session.establishment, kind=SessionKind.REHEARSAL)
    factories.CandidateFactory(session=rehearsal)
    assert str(rehearsal.number) not in page(keeper, "/archives/durees/")
    for kind in (SlipKind.ARCHIVES, SlipKind.WORKING):
        answer = keeper.post("/archives/bordereaux/", {"kind": kind, "session": [rehearsal.number]})
        assert answer.status_code == 409


def test_calendar_costs_the_same_for_many_sessions(
    keeper: Client, session: Session, django_assert_max_num_queries: Any
) -> None:
    for years in range(4):
        one = kept_session(OLD.replace(year=2018 + years), establishment=session.establishment)
        factories.CandidateFactory(session=one)
    with django_assert_max_num_queries(12):
        page(keeper, "/archives/durees/")


def test_spreadsheet_holds_the_facts_and_a_row_a_session(keeper: Client, old: Session) -> None:
    slip = slip_of(old)
    answer = keeper.get(f"/archives/bordereaux/{slip.pk}/bordereau.ods")
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        content = archive.read("content.xml").decode()
    for cell in ("AD 99/2026-14 du 26/11/2026", "R. 212-14", str(old.number), 'date-value="2021-03-10"'):
        assert cell in content


def test_report_of_an_eliminated_session_is_refused(old: Session, admin: Account) -> None:
    slip = slip_of(old)
    browser = Client()
    browser.force_login(admin)
    browser.post(f"/archives/bordereaux/{slip.pk}/eliminer/", {"typed": "1"})
    home = f"/etablissement/sessions/{old.number}/"
    assert "Les données de cette session sont éliminées" in page(browser, home)
    for paper in ("pv.pdf", "kit.pdf"):
        assert browser.get(home + paper).status_code == 409
