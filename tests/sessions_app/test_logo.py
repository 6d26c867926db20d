"""The logo: judged by content, drawn anew, seen by members only (P9)."""

import struct

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sessions_app.documents import bundle, logo
from sessions_app.documents.papers import Paper
from sessions_app.documents.school import LOGO_HEIGHT, LOGO_WIDTH, school_of
from sessions_app.models import Account, FilePurpose, Session, StoredFile
from tests import factories
from tests.sessions_app.pictures import JPEG, PNG, chunk, png

CHANGE = "/etablissement/reglages/logo/changer/"
REMOVE = "/etablissement/reglages/logo/retirer/"


def send(client: Client, content: bytes, name: str = "logo.png", kind: str = "image/png"):
    return client.post(CHANGE, {"picture": SimpleUploadedFile(name, content, kind)})


def address(session: Session) -> str:
    return f"/etablissement/reglages/logo?etablissement={session.establishment_id}"


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


@pytest.mark.parametrize("content", [png(), JPEG], ids=["png", "jpeg"])
def test_logo_is_kept_as_a_png_of_ours(signed_in: Client, session: Session, content: bytes) -> None:
    assert send(signed_in, content).status_code == 303
    stored = StoredFile.objects.get()
    assert (stored.establishment, stored.purpose, stored.session) == (session.establishment, "logo", None)
    assert bytes(stored.content).startswith(PNG)
    assert bytes(stored.content) != content
    shown = signed_in.get(address(session))
    assert shown.content == bytes(stored.content)
    assert shown["Content-Type"] == "image/png"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "Logo actuel" in signed_in.get("/etablissement/reglages/").content.decode()


def test_logo_loses_whatever_else_its_file_was(signed_in: Client, session: Session) -> None:
    both = png(after=b"<script>alert(1)</script>PK\x03\x04")
    assert send(signed_in, both).status_code == 303
    kept = bytes(StoredFile.objects.get().content)
    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept


def test_another_logo_replaces_it_and_it_can_be_removed(signed_in: Client, session: Session) -> None:
    send(signed_in, png(40, 20))
    send(signed_in, png(20, 40))
    assert logo.size_of(bytes(StoredFile.objects.get().content)) == (20, 40)
    assert "Retirer le logo" in signed_in.get(REMOVE).content.decode()
    assert signed_in.post(REMOVE).status_code == signed_in.post(REMOVE).status_code == 303
    assert not StoredFile.objects.exists()
    assert signed_in.get(address(session)).status_code == 404


def test_logo_is_made_as_small_as_paper_needs() -> None:
    assert logo.size_of(logo.drawn(png(1200, 100))) == (600, 50)
    assert logo.size_of(logo.drawn(png(100, 480))) == (50, 240)


BROKEN = PNG + chunk(b"IHDR", struct.pack(">LLBBBBB", 40, 20, 8, 6, 0, 0, 0)) + chunk(b"IDAT", b"x")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Ce fichier est vide."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ni un PNG ni un JPEG"),
        (b"GIF89a" + b"\x00" * 30, "ni un PNG ni un JPEG"),
        (PNG, "ni un PNG ni un JPEG"),
        (b"\xff\xd8\xff\xe0\x00\x01", "ni un PNG ni un JPEG"),
        (b"\xff\xd8\xff\xff\xff\xe0\x00\x00\x00\x00\x00\x00", "ni un PNG ni un JPEG"),
        (png(4001, 16), "4001 × 16 points"),
        (png(16, 15), "16 × 15 points"),
        (BROKEN, "Cette image ne s’ouvre pas"),
        (png() + b"\x00" * logo.MAX_BYTES, "pèse plus de 1 Mo"),
    ],
)
def test_logo_that_is_none_is_refused(
    signed_in: Client, session: Session, content: bytes, sentence: str
) -> None:
    response = send(signed_in, content)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not StoredFile.objects.exists()


def test_logo_without_a_file_is_asked_for(signed_in: Client) -> None:
    response = signed_in.post(CHANGE)
    assert response.status_code == 422
    assert "Choisissez un fichier." in response.content.decode()


def test_bytes_too_many_are_refused_by_the_drawing_too() -> None:
    with pytest.raises(Exception, match="logo_refused"):
        logo.drawn(png() + b"\x00" * logo.MAX_BYTES)


def test_logo_is_seen_by_members_of_the_school_only(
    session: Session,
    admin: Account,
    secretariat: Account,
    proctor_account: Account,
    other_admin: Account,
    client: Client,
) -> None:
    StoredFile(
        establishment=session.establishment,
        purpose=FilePurpose.LOGO,
        name="logo.png",
        content_type="image/png",
        created_at=session.created_at,
    ).holding(png()).save()
    assert client.get(address(session)).status_code == 302
    for account, status in (
        *((admin, 200), (secretariat, 200), (proctor_account, 200)),
        *((other_admin, 404), (factories.AccountFactory(), 404)),
    ):
        client.force_login(account)
        assert client.get(address(session)).status_code == status
    for nonsense in ("", "x", "²", "9" * 30):
        assert client.get("/etablissement/reglages/logo", {"etablissement": nonsense}).status_code == 404


@pytest.mark.parametrize("size", [(600, 20), (20, 240), (40, 40)])
def test_logo_keeps_its_shape_on_paper(session: Session, size: tuple[int, int]) -> None:
    StoredFile(establishment=session.establishment, purpose="logo", created_at=session.created_at).holding(
        png(*size)
    ).save()
    printed = school_of(session.establishment).logo
    assert printed is not None
    assert printed.width <= LOGO_WIDTH
    assert printed.width * size[1] / size[0] <= LOGO_HEIGHT + 0.1
    assert bundle.one_paper(Paper.KIT, bundle.chosen([session])[0]).startswith(b"%PDF")
