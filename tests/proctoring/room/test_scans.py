"""« Photographier la feuille signée » from inside the room, before and after the closing (I3)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from proctoring.models import PaperPage
from proctoring.selectors.scans import scans_of
from proctoring.services import scans as service
from proctoring.services.closing import close_session
from sessions_app.documents.scans import Drawn
from tests.factories import PROCTOR
from tests.proctoring.room.conftest import NOW, Room


@pytest.fixture(autouse=True)
def drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "drawn_pages", lambda content: [Drawn(content, b"small", 3, 4)])
    monkeypatch.setattr(
        service, "bound", lambda sheets, **_: b"PDF" + b"".join(one.content for one in sheets)
    )


def photographed(room: Room) -> None:
    root = f"{room.url}feuilles/"
    sent = SimpleUploadedFile("IMG.jpg", b"one", "image/jpeg")
    assert room.client.post(root, {"photo": sent}).status_code == 303
    page = PaperPage.objects.get()
    assert room.get(f"{root}pages/{page.pk}/").content == b"small"
    assert room.post(f"{root}pages/{page.pk}/", rang="1").status_code == 303
    bound = room.post(f"{root}reunir/", pages=str(page.pk), feuille="attendance")
    assert bound.status_code == 303
    assert "1 page enregistrée" in room.get(bound["Location"]).content.decode()


@pytest.mark.parametrize("pages", ["9" * 5000, "1," * 5000, "a", ""], ids=["long", "many", "letter", "none"])
def test_pages_that_cannot_be_are_refused(room: Room, pages: str) -> None:
    answer = room.post(f"{room.url}feuilles/reunir/", pages=pages, feuille="attendance")
    assert answer.status_code == 409


def test_proctor_photographs_the_sheet_from_the_gate_and_withdraws_a_wrong_one(room: Room) -> None:
    gate = room.get(f"{room.url}cloturer/").content.decode()
    assert f"{room.url}feuilles/?feuille=attendance" in gate

    photographed(room)

    (scan,) = scans_of(room.session)
    file = room.get(f"{room.url}feuilles/{scan.file_id}.pdf")
    assert file.content == b"PDFone"
    assert file["Content-Disposition"].startswith("attachment")
    assert "Papier signé numérisé" in room.get(f"{room.url}pv/").content.decode()
    remove = f"{room.url}feuilles/{scan.file_id}/retirer/"
    assert "Retirer cette numérisation" in room.get(remove).content.decode()
    assert room.post(remove).status_code == 303
    assert scans_of(room.session) == []


def test_proctor_photographs_the_sheet_after_the_closing_and_withdraws_nothing(room: Room) -> None:
    close_session(session_id=room.session.pk, actor=PROCTOR, now=NOW)
    assert f"{room.url}feuilles/" in room.get(room.url).content.decode()

    photographed(room)

    (scan,) = scans_of(room.session)
    assert room.post(f"{room.url}feuilles/{scan.file_id}/retirer/").status_code == 403
    assert len(scans_of(room.session)) == 1


def test_masked_screen_shows_no_sheet(room: Room) -> None:
    photographed(room)
    (scan,) = scans_of(room.session)
    room.post(f"{room.url}masquer/")
    assert room.get(f"{room.url}feuilles/{scan.file_id}.pdf").status_code != 200


def test_two_proctors_collect_their_own_pages(room: Room) -> None:
    other = room.enter("Karim Essai")
    sent = SimpleUploadedFile("IMG.jpg", b"one", "image/jpeg")
    room.client.post(f"{room.url}feuilles/", {"photo": sent})
    page = PaperPage.objects.get()
    assert other.get(f"{room.url}feuilles/pages/{page.pk}/").status_code == 404
    assert "à réunir" not in other.get(f"{room.url}feuilles/").content.decode()


def test_photographed_attendance_sheet_is_proposed_ticked_and_confirmed_by_who_closes(room: Room) -> None:
    assert room.page("cloturer/").box("La feuille d’émargement est signée").get("checked") is None

    photographed(room)

    page = room.page("cloturer/")
    box = page.box("La feuille d’émargement est signée")
    assert box.get("checked") is not None
    assert "Perrine Essai l’a photographiée à 10h30" in page.text(box.get("aria-describedby"))
    assert "Non confirmée" not in page.text("manques")
    # What he unticks stays so, whatever was photographed.
    again = room.post(f"{room.url}cloturer/", revoir="1", signature="Perrine").content.decode()
    assert "Non confirmée" in again
    assert 'value="1" aria-describedby="emargement-i"' in again


def test_another_signed_paper_ticks_nothing(room: Room) -> None:
    sent = SimpleUploadedFile("IMG.jpg", b"one", "image/jpeg")
    room.client.post(f"{room.url}feuilles/", {"photo": sent})
    page = PaperPage.objects.get()
    room.post(f"{room.url}feuilles/reunir/", pages=str(page.pk), feuille="report")
    assert room.page("cloturer/").box("La feuille d’émargement est signée").get("checked") is None
