"""Each hostile picture at the door of the logo, each picture and PDF at the door of signed sheets."""

import io
import re
import resource
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from proctoring.models import PaperPage
from sessions_app.documents import compiler, scan_child, scans
from sessions_app.models import Account, StoredFile
from tests import factories
from tests.hostile.conftest import Took
from tests.hostile.pictures import PDFS, PICTURES, SCRIPT, SLOW
from tests.proctoring.room.conftest import NOW, Room


def cases(*tables: dict[str, Any]) -> list[Any]:
    return [
        pytest.param(make, id=name, marks=[pytest.mark.soak] if name in SLOW else [])
        for table in tables
        for name, make in table.items()
    ]


@pytest.fixture
def room(db: None) -> Iterator[Room]:
    """A proctor is in."""
    with time_machine.travel(NOW, tick=False):
        yield Room(factories.SessionFactory(proctor_names="Perrine Essai"), lambda **_: None).enter()


LOGO = "/etablissement/reglages/logo/changer/"


def words(answer: Any) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", answer.content.decode()))


@pytest.mark.parametrize("make", cases(PICTURES))
def test_hostile_logo_is_drawn_anew_or_refused(
    client: Client, admin: Account, make: Callable[[], bytes]
) -> None:
    content = make()
    client.force_login(admin)
    answer = client.post(LOGO, {"picture": SimpleUploadedFile("logo.png", content)})
    assert answer.status_code in {303, 422}
    if answer.status_code == 422:
        said = words(answer)
        assert re.search(
            r"Ce fichier est vide|ni un PNG ni un JPEG|points|ne s’ouvre pas|pèse plus de 1 Mo", said
        )
        assert not StoredFile.objects.exists()
    else:
        kept = bytes(StoredFile.objects.get().content)
        assert Image.open(io.BytesIO(kept)).format == "PNG"
        assert SCRIPT not in kept
        assert len(kept) < 1_000_000
    # Of all children of this process so far: the greatest.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 <= compiler.MEMORY
    assert client.get(LOGO).status_code == 200


@pytest.mark.parametrize("make", cases(PICTURES, PDFS))
def test_hostile_scan_is_drawn_anew_or_refused(
    room: Room, children: list[Took], make: Callable[[], bytes]
) -> None:
    content = make()
    door = f"{room.url}feuilles/"
    answer = room.client.post(door, {"files": SimpleUploadedFile("feuille.pdf", content)})
    assert answer.status_code in {303, 422}
    if answer.status_code == 422:
        assert any(sentence in words(answer) for sentence in scans.SENTENCES.values()), words(answer)
        assert not PaperPage.objects.exists()
    for page in PaperPage.objects.all():
        for kept in (bytes(page.content), bytes(page.small)):
            picture = Image.open(io.BytesIO(kept))
            assert picture.format == "JPEG"
            assert max(picture.size) <= scan_child.SIDES[0]
            assert not picture.getexif()
            assert not any(
                word in kept for word in (b"Exif", b"JavaScript", b"Launch", SCRIPT, b"PK\x03\x04")
            )
    assert PaperPage.objects.count() <= scan_child.MAX_PAGES
    for child in children:
        assert child.memory * 1024 <= scan_child.MEMORY
        assert child.processor <= scan_child.CPU_SECONDS + 2
    assert room.get(door).status_code == 200
