"""Pages of copies: signed sheets, hidden passages, extracts; who opens each (I3, I5, I7)."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from pixsurv.kernel import clock, uploads
from proctoring.models import PaperPage
from proctoring.selectors.scans import scans_of
from proctoring.services import scans as service
from proctoring.services.closing import close_session
from proctoring.services.comment import save_comment
from sessions_app.documents.scans import Drawn
from sessions_app.enums import EventKind
from sessions_app.models import Account, Candidate, Event, Session, StoredFile
from sessions_app.services.enrolment import enrol, new_candidate
from tests.factories import ADMIN, PROCTOR


@pytest.fixture
def pupil(session: Session) -> Candidate:
    """Paul, enrolled with Zoé by an event, as real candidates are."""
    born = clock.now().date().replace(year=2011, day=1)
    two = [
        new_candidate(last_name=last, first_name=first, birth_date=born, extra_time_percent=0)
        for last, first in (("DUPONT", "Paul"), ("MARTIN", "Zoé"))
    ]
    enrolled = enrol(session_id=session.pk, candidates=two, actor=ADMIN, now=clock.now())
    return next(one for one in enrolled if one.last_name == "DUPONT")


@pytest.fixture
def kept(session: Session, pupil: Candidate) -> Session:
    text = "Paul a eu un malaise, Zoé l’a aidé."
    save_comment(session_id=session.pk, text=text, seen=0, actor=PROCTOR, now=clock.now())
    return close_session(session_id=session.pk, actor=PROCTOR, now=clock.now())


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drawing has its own tests: here a file is one page of its bytes, unless it is called bad."""
    monkeypatch.setattr(service, "drawn_pages", lambda content: [Drawn(content, b"small", 3, 4)])
    monkeypatch.setattr(
        service, "bound", lambda sheets, **_: b"PDF" + b"".join(one.content for one in sheets)
    )


def scanned(session: Session, holder: str = "account:0", content: bytes = b"x") -> int:
    """A page that waits."""
    page = {"holder": holder, "position": 1, "source": "a", "content": content, "small": b"s"}
    return PaperPage.objects.create(session=session, width=3, height=4, created_at=clock.now(), **page).pk


def stored(session: Session, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(service, "bound", lambda sheets, **_: b"PDF")
    page = scanned(session, "account:None")
    made = service.bind_pages(session=session, paper="attendance", shown=[page], actor=ADMIN, now=clock.now())
    return made.file_id


def hidden(session: Session, client: Client) -> int:
    client.post(
        f"/archives/{session.number}/occulter/commentaire-0/", {"passage": "malaise", "reason": "santé"}
    )
    return Event.objects.get(session=session, kind=EventKind.PASSAGE_HIDDEN).sequence


def test_secretariat_withdraws_nothing_and_an_admin_does(
    client: Client, kept: Session, secretariat: Account, admin: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/archives/{kept.number}/feuilles/{stored(kept, monkeypatch)}/retirer/"
    client.force_login(secretariat)
    assert client.get(url).status_code == client.post(url).status_code == 403
    client.force_login(admin)
    assert "Le journal garde" in client.get(url).content.decode()
    assert client.post(url).status_code == 303
    assert scans_of(kept) == []
    assert client.get(url).status_code == 404


def photo(content: bytes, name: str = "IMG_1.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def send(client: Client, session: Session, *files: SimpleUploadedFile) -> HttpResponse:
    return client.post(f"/archives/{session.number}/feuilles/", {"files": list(files)})  # type: ignore[return-value]


@pytest.mark.usefixtures("drawing")
def test_pages_are_sent_one_at_a_time_looked_at_ordered_and_bound(
    client: Client, kept: Session, secretariat: Account
) -> None:
    client.force_login(secretariat)
    root = f"/archives/{kept.number}/feuilles/"
    assert client.post(root, {"photo": photo(b"one")}).status_code == 303
    assert send(client, kept, photo(b"two")).status_code == 303
    one, two = PaperPage.objects.order_by("position")
    page = client.get(root).content.decode()
    assert "2 pages à réunir" in page
    picture = client.get(f"{root}pages/{one.pk}/")
    assert (picture.content, picture["Content-Type"]) == (b"small", "image/jpeg")
    assert client.get(f"{root}pages/{one.pk}/?grand=1").content == b"one"
    assert client.post(f"{root}pages/{two.pk}/", {"rang": "1"}).status_code == 303
    assert client.post(f"{root}pages/{two.pk}/", {"rang": "first"}).status_code == 422

    refused = client.post(f"{root}reunir/", {"pages": f"{one.pk},{two.pk}", "feuille": "fallback"})
    assert refused.status_code == 409
    assert "2 pages à réunir" in refused.content.decode()
    bound = client.post(f"{root}reunir/", {"pages": f"{two.pk},{one.pk}", "feuille": "fallback"})

    assert bound.status_code == 303
    assert "Feuille de secours : 2 pages enregistrées" in client.get(
        bound["Location"]
    ).content.decode().replace("\u00a0", " ")
    file = StoredFile.objects.get(purpose="scan")
    assert bytes(file.content) == b"PDFtwoone"
    assert client.get(f"{root}{file.pk}.pdf").content == b"PDFtwoone"


def test_good_file_is_kept_and_a_bad_one_is_named(
    client: Client, kept: Session, secretariat: Account
) -> None:
    """Through the real drawing, once: what is wrong with a file is said beside its name."""
    client.force_login(secretariat)
    good = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(good, "JPEG")

    answer = send(client, kept, photo(b"not a picture", "liste.jpg"), photo(good.getvalue()))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "liste.jpg\u00a0: Ce fichier n’est ni une photo" in text
    assert "1 page à réunir" in text
    assert bytes(PaperPage.objects.get().content).startswith(b"\xff\xd8\xff")


@pytest.mark.usefixtures("drawing")
def test_request_that_is_too_heavy_or_empty_is_refused_with_a_sentence(
    client: Client, kept: Session, secretariat: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(secretariat)
    assert "choisissez un fichier" in send(client, kept).content.decode()
    monkeypatch.setattr(uploads.PhotographsUploadHandler, "most", 1000)
    monkeypatch.setattr("proctoring.closing.scans.MAX_PHOTOGRAPHS", 1000)
    heavy = send(client, kept, photo(b"x" * 2000))
    assert heavy.status_code == 422
    assert "Cet envoi pèse trop lourd" in heavy.content.decode()
    assert not PaperPage.objects.exists()


def test_photographs_are_protected_from_other_sites(kept: Session, secretariat: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(secretariat)
    assert send(client, kept, photo(b"x")).status_code == 403
    assert not PaperPage.objects.exists()


def test_photograph_larger_than_any_list_gets_in(
    client: Client, kept: Session, secretariat: Account, drawing: None
) -> None:
    client.force_login(secretariat)
    large = b"x" * (uploads.MAX_REQUEST + 1)
    assert send(client, kept, photo(large)).status_code == 303
    assert len(PaperPage.objects.get().content) == len(large)


def test_admin_photographs_before_the_closing_too(
    client: Client, session: Session, admin: Account, drawing: None
) -> None:
    client.force_login(admin)
    root = f"/etablissement/sessions/{session.number}/feuilles/"
    client.post(root, {"photo": photo(b"one")})
    page = PaperPage.objects.get()
    assert client.get(f"{root}pages/{page.pk}/").content == b"small"
    client.post(f"{root}pages/{page.pk}/", {"rang": "1"})
    client.post(f"{root}reunir/", {"pages": str(page.pk), "feuille": "attendance"})
    (scan,) = scans_of(session)
    assert client.get(f"{root}{scan.file_id}.pdf").content == b"PDFone"
    assert client.post(f"{root}{scan.file_id}/retirer/").status_code == 303
    assert scans_of(session) == []


def test_passage_is_hidden_listed_copied_and_given_back(
    client: Client, kept: Session, secretariat: Account
) -> None:
    client.force_login(secretariat)
    root = f"/archives/{kept.number}/"
    assert client.get(f"{root}copie.pdf").status_code == 409
    form: dict[str, Any] = {"passage": "grippe", "reason": "santé"}
    refused = client.post(f"{root}occulter/commentaire-0/", form)
    assert refused.status_code == 422
    assert "Ces mots ne sont pas dans ce texte" in refused.content.decode()
    assert client.post(f"{root}occulter/commentaire-0/", {"passage": ""}).status_code == 422
    assert client.get(f"{root}occulter/commentaire-9/").status_code == 404

    sequence = hidden(kept, client)

    page = client.get(f"{root}occulter/").content.decode()
    assert "«\u00a0malaise\u00a0»" in page
    assert "Paul a eu un [passage occulté], Zoé" in page
    assert '<details class="depli rubrique" open>' in page  # of one text, not a list to scroll through
    assert client.get(f"{root}copie.pdf").content.startswith(b"%PDF")
    assert client.post(f"{root}occulter/999999/rendre/").status_code == 404
    assert client.post(f"{root}occulter/{sequence}/rendre/").status_code == 303
    assert client.get(f"{root}occulter/{sequence}/rendre/").status_code == 404
    assert client.get(f"{root}copie.pdf").status_code == 409


def test_extract_is_read_before_it_is_handed_over(
    client: Client, kept: Session, pupil: Candidate, secretariat: Account
) -> None:
    client.force_login(secretariat)
    root = f"/archives/{kept.number}/extraits/"
    assert f"{root}{pupil.pk}/" in client.get(root).content.decode()
    page = client.get(f"{root}{pupil.pk}/").content.decode()
    assert "Relisez avant de remettre" in page
    assert "1 nom masqué" in page
    assert "Paul a eu un malaise, [autre candidat] l’a aidé." in page
    assert "Zoé" not in page
    assert "MARTIN" not in page
    assert client.get(f"{root}999999/").status_code == 404


def test_eliminated_session_has_no_extract_and_no_copy(
    client: Client, kept: Session, pupil: Candidate, secretariat: Account
) -> None:
    Session.objects.filter(pk=kept.pk).update(state="eliminated", eliminating_at=clock.now())
    client.force_login(secretariat)
    for below in (f"extraits/{pupil.pk}/", "copie.pdf"):
        assert client.get(f"/archives/{kept.number}/{below}").status_code == 409, below
    assert "Papiers signés" not in client.get(f"/archives/{kept.number}/").content.decode()


def test_kept_session_offers_its_copies(client: Client, kept: Session, secretariat: Account) -> None:
    client.force_login(secretariat)
    page = client.get(f"/archives/{kept.number}/").content.decode()
    for below in ("feuilles/", "occulter/", "extraits/"):
        assert f"/archives/{kept.number}/{below}" in page
