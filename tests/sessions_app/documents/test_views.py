"""Who may print what, and what a choice of sessions gives (P8)."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import lxml.html
import pytest
from django.http import QueryDict
from django.test import Client

from sessions_app.documents import bundle, choice
from sessions_app.documents.expected import Expected
from sessions_app.documents.papers import Paper
from sessions_app.enums import SessionState
from sessions_app.models import Account, Candidate, Session
from tests import factories

PAPERS = "/etablissement/documents/"


def address(session: Session, paper: str) -> str:
    return f"/etablissement/sessions/{session.number}/{paper}.pdf"


@pytest.fixture
def manager(planned: Session, client: Client) -> Account:
    account: Account = factories.MembershipFactory(establishment=planned.establishment).account
    client.force_login(account)
    return account


def body(response: object) -> bytes:
    content: bytes = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return content


def wanted(
    session: Session, *more: Session, papers: list[str], shape: str, **rest: object
) -> dict[str, object]:
    return {
        "etablissement": session.establishment_id,
        "filtre": "a-cloturer",
        "session": [session.number, *(one.number for one in more)],
        "papers": papers,
        "shape": shape,
        **rest,
    }


@pytest.mark.parametrize(
    "paper", ["kit", "emargement", "secours", "pv-vierge", "convocations", "vie-scolaire"]
)
def test_paper_is_a_file_with_a_french_name(
    paper: str, client: Client, planned: Session, manager: Account
) -> None:
    factories.CandidateFactory(session=planned)
    response = client.get(address(planned, paper))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "no-store"
    stem = Paper(paper).stem
    assert response["Content-Disposition"] == (
        f'attachment; filename="{stem}-salle-b12-session-{planned.number}.pdf"'
    )
    assert response.content.startswith(b"%PDF-1.7")


def test_choice_of_papers_is_refused_to_others(
    client: Client, session: Session, other_admin: Account, secretariat: Account
) -> None:
    data = wanted(session, papers=["kit"], shape="zip")
    assert client.get(PAPERS).status_code == client.post(PAPERS, data).status_code == 302
    client.force_login(secretariat)
    assert client.get(PAPERS).status_code == client.post(PAPERS, data).status_code == 403
    client.force_login(other_admin)
    assert client.post(PAPERS, data).status_code == 404
    mine = factories.SessionFactory(establishment=other_admin.memberships.get().establishment)
    foreign = wanted(mine, session, papers=["kit"], shape="zip")
    assert client.post(PAPERS, foreign).status_code == 404


def test_session_page_links_to_every_paper(client: Client, planned: Session, manager: Account) -> None:
    shown = client.get(f"/etablissement/sessions/{planned.number}/").content.decode()
    for paper in Paper:
        assert address(planned, paper.value) in shown


def test_eliminated_session_has_no_papers(client: Client, planned: Session, manager: Account) -> None:
    Session.objects.filter(pk=planned.pk).update(
        state=SessionState.ELIMINATED, eliminating_at=planned.starts_at
    )
    assert client.get(address(planned, "kit")).status_code == 409
    assert (
        address(planned, "kit")
        not in client.get(f"/etablissement/sessions/{planned.number}/").content.decode()
    )


def test_list_of_sessions_leads_to_the_choice_of_papers(
    client: Client, planned: Session, manager: Account
) -> None:
    listed = client.get("/etablissement/sessions/?filtre=a-cloturer").content.decode()
    link = f"{PAPERS}?etablissement={planned.establishment_id}&amp;filtre=a-cloturer"
    shown = client.get(link.replace("&amp;", "&")).content.decode()
    assert link in listed
    assert f'value="{planned.number}" checked' in shown
    none = client.get(f"{link.replace('&amp;', '&')}&coche=aucune").content.decode()
    assert f'value="{planned.number}" checked' not in none


def test_zip_has_a_folder_a_session_in_room_order(client: Client, planned: Session, manager: Account) -> None:
    school = planned.establishment
    later = factories.SessionFactory(establishment=school, starts_at=planned.starts_at + timedelta(hours=3))
    low = factories.SessionFactory(establishment=school, starts_at=later.starts_at, room="B2")
    response = client.post(
        PAPERS, wanted(planned, later, low, papers=["kit", "emargement", "vie-scolaire"], shape="zip")
    )
    content = body(response)
    assert response["Content-Disposition"] == 'attachment; filename="documents-3-sessions.zip"'
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        assert found.namelist() == [
            f"001-salle-b2-session-{low.number}/kit-surveillant.pdf",
            f"001-salle-b2-session-{low.number}/feuille-emargement.pdf",
            f"002-salle-b12-session-{planned.number}/kit-surveillant.pdf",
            f"002-salle-b12-session-{planned.number}/feuille-emargement.pdf",
            f"003-salle-b12-session-{later.number}/kit-surveillant.pdf",
            f"003-salle-b12-session-{later.number}/feuille-emargement.pdf",
            "liste-vie-scolaire.pdf",
        ]


def test_zip_with_names_that_cannot_be_drawn_says_which(
    client: Client, planned: Session, manager: Account, odd: list[Candidate]
) -> None:
    content = body(client.post(PAPERS, wanted(planned, papers=["emargement", "secours"], shape="zip")))
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        lines = found.read("avertissements.txt").decode("utf-8-sig").splitlines()
    assert len([line for line in lines if line.startswith("Session")]) == 2
    assert any("李" in line and "ID-3" in line and "B12" in line for line in lines)


def test_zip_leaves_no_file_behind(
    planned: Session, odd: list[Candidate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    stream = bundle.archive(bundle.Wish([Paper.KIT]), bundle.chosen([planned]))
    next(stream)
    assert list(folder.iterdir())
    stream.close()  # what Django does when the reader goes away
    assert not list(folder.iterdir())
    monkeypatch.setattr(bundle, "typeset", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        next(bundle.archive(bundle.Wish([Paper.KIT]), bundle.chosen([planned])))
    assert not list(folder.iterdir())


def test_zip_leaves_paper_by_paper(planned: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(bundle, "typeset", lambda *args, title, **kwargs: made.append(title) or b"%PDF")
    stream = bundle.archive(bundle.Wish([Paper.KIT, Paper.ATTENDANCE]), bundle.chosen([planned]))
    next(stream)
    assert made == [f"Kit surveillant — session {planned.number}"]
    assert b"".join(stream)
    assert len(made) == 2


def test_long_zip_is_announced_before_it_is_made(
    client: Client, planned: Session, manager: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions_app.documents.expected.LONG", 0)
    data = wanted(planned, papers=["kit", "emargement", "vie-scolaire"], shape="zip", by_class="on")
    told = client.post(PAPERS, data)
    assert told["Content-Type"].startswith("text/html")
    assert "3 documents à préparer" in told.content.decode()
    form = lxml.html.fromstring(told.content).xpath("//main//form")[0]
    fields = QueryDict(mutable=True)
    for name, value in form.form_values():
        fields.appendlist(name, value)
    assert fields.getlist("papers") == data["papers"]
    made = client.post(PAPERS, fields.dict() | {"papers": fields.getlist("papers")})
    assert made["Content-Type"] == "application/zip"
    # PDFs are compressed: a second compression would only hold back what is ready.
    assert made["Content-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("seconds", "words"), [(12, "20 secondes"), (60, "1 minute"), (61, "2 minutes"), (540, "9 minutes")]
)
def test_expected_time_is_told_roughly(seconds: int, words: str) -> None:
    assert Expected(papers=1, seconds=seconds, megabytes=1).words == words


def test_one_pdf_holds_all_in_room_order_with_page_numbers_of_each(
    client: Client, planned: Session, manager: Account, words_of: Callable[[bytes], list[str]]
) -> None:
    low = factories.SessionFactory(
        establishment=planned.establishment, starts_at=planned.starts_at, room="B2"
    )
    factories.CandidateFactory(session=low)
    response = client.post(
        PAPERS, wanted(planned, low, papers=["emargement", "kit", "vie-scolaire"], shape="pdf")
    )
    assert response["Content-Disposition"] == 'attachment; filename="documents-2-sessions.pdf"'
    pages = words_of(response.content)
    assert [page[-9:].strip() for page in pages] == [
        *("Page 1/2", "Page 2/2", "Page 1/1"),
        *("Page 1/2", "Page 2/2", "Page 1/1"),
        "Page 1/1",
    ]
    assert f"Session {low.number}" in pages[0]
    assert f"Session {planned.number}" in pages[3]
    assert "2 sessions" in pages[6]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"session": []}, "Cochez au moins une session."),
        ({"papers": []}, "Cochez au moins un document."),
        ({"papers": ["pv"]}, "message-erreur"),
        ({"shape": ""}, "Choisissez un PDF ou un ZIP."),
    ],
)
def test_incomplete_choice_says_what_is_missing(
    change: dict[str, object], sentence: str, client: Client, planned: Session, manager: Account
) -> None:
    response = client.post(PAPERS, {**wanted(planned, papers=["kit"], shape="zip"), **change})
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_one_pdf_too_long_is_refused(
    client: Client, planned: Session, manager: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "PAGES_AT_MOST", 1)
    response = client.post(PAPERS, wanted(planned, papers=["kit"], shape="pdf"))
    assert response.status_code == 422
    assert "prenez le ZIP" in response.content.decode()


@pytest.mark.parametrize("number", ["0", "99999999999", "x"])
def test_unknown_session_in_a_choice_is_not_found(
    number: str, client: Client, planned: Session, manager: Account
) -> None:
    data = {**wanted(planned, papers=["kit"], shape="zip"), "session": [number]}
    assert client.post(PAPERS, data).status_code == 404


def test_choice_of_papers_of_a_school_without_sessions_says_so(client: Client, db: None) -> None:
    client.force_login(factories.MembershipFactory().account)
    assert "Aucune session ici." in client.get(PAPERS).content.decode()
