"""What is made of a photograph or a PDF that somebody sent: pages of ours, or a sentence (I3, quality §3)."""

import io
import struct
import zlib
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest
import typst
from page import validate_pdf_bytes
from PIL import Image

from pixsurv.kernel.errors import Busy, DomainError
from sessions_app.documents import scan_child, scans
from sessions_app.documents.scans import Sheet, bound, drawn_pages
from tests.sessions_app.pictures import PNG, chunk, png

ORIENTATION, GPS, TURNED = 0x0112, 0x8825, 6


def picture(form: str, width: int = 600, height: int = 400, **save: Any) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (width, height), (250, 250, 240)).save(kept, form, **save)
    return kept.getvalue()


def pdf(pages: int) -> bytes:
    made = typst.compile(
        b"#set page(width: 9cm, height: 5cm)\nFeuille" + b"\n#pagebreak()\nFeuille" * (pages - 1)
    )
    assert isinstance(made, bytes)
    return made


def changed(content: bytes, **save: Any) -> bytes:
    """With a script that runs when the PDF opens."""
    kept = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as book:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('bonjour')")
        book.Root.OpenAction = script
        book.save(kept, **save)
    return kept.getvalue()


def located() -> bytes:
    """A photograph that lies on its side, and says where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010F] = "Appareil d’essai".encode().decode("latin-1")
    return picture("JPEG", exif=exif, comment="Lieu d’essai")


def test_photograph_is_drawn_upright_without_where_it_was_taken() -> None:
    sent = located()
    assert b"Exif" in sent

    (page,) = drawn_pages(sent)

    assert (page.width, page.height) == (400, 600)
    for content in (page.content, page.small):
        again = Image.open(io.BytesIO(content))
        assert again.format == "JPEG"
        assert not again.getexif()
        assert b"Exif" not in content
        assert b"Appareil" not in content
        assert b"Lieu" not in content


def test_pdf_is_drawn_page_by_page_and_its_script_is_left_behind() -> None:
    pages = drawn_pages(changed(pdf(2)))

    assert [Image.open(io.BytesIO(one.content)).format for one in pages] == ["JPEG", "JPEG"]
    assert all(one.width == scan_child.SIDES[0] for one in pages)
    assert all(b"JavaScript" not in one.content and b"%PDF" not in one.content for one in pages)


def test_what_follows_a_picture_in_its_file_is_left_behind() -> None:
    (page,) = drawn_pages(png(400, 300, after=b"%PDF-1.7 <script>alert(1)</script>"))
    assert b"script" not in page.content


def test_grey_of_sixteen_bits_keeps_its_shade() -> None:
    kept = io.BytesIO()
    Image.new("I;16", (400, 300), 128 * 256).save(kept, "PNG")
    (page,) = drawn_pages(kept.getvalue())
    shade = Image.open(io.BytesIO(page.content)).getpixel((200, 150))
    assert isinstance(shade, tuple)
    assert all(abs(part - 128) < 4 for part in shade)


def test_thread_does_not_wait_for_ever_for_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "TURN_SECONDS", 0)
    with scans._turn, pytest.raises(Busy):
        drawn_pages(picture("PNG"))


def bomb() -> bytes:
    """A few kilobytes that would open as 10 GB."""
    head = struct.pack(">LLBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"x" * (scans.MAX_BYTES + 1), "too_heavy"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_scan"),
        (b"PK\x03\x04" + b"%PDF-1.7", "not_a_scan"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "heic"),
        (picture("JPEG")[:-400], "damaged"),
        (PNG, "damaged"),
        (picture("PNG", 120, 90), "too_small"),
        (picture("PNG", 1, 60_000), "too_narrow"),
        (picture("PNG", 2_401, 400), "too_narrow"),
        (bomb(), "too_many_pixels"),
        (b"%PDF-1.7\nrien\n%%EOF", "damaged"),
        (pdf(1)[:-60], "damaged"),
        (changed(pdf(1), encryption=pikepdf.Encryption(owner="a", user="b")), "encrypted"),
    ],
    ids=[
        "empty", "too heavy", "svg", "zip", "heic", "truncated jpeg", "truncated png", "thumbnail", "thread", "ribbon",
        "bomb", "no pdf", "truncated pdf", "encrypted",
    ],
)  # fmt: skip
def test_file_that_is_no_scan_is_refused_with_what_to_do(content: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        drawn_pages(content)
    assert (refusal.value.code, refusal.value.status) == ("scan_refused", 422)
    assert refusal.value.sentence == scans.SENTENCES[code]


def test_pdf_of_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """In this process, with a lower bound: the child would draw twenty pages first."""
    monkeypatch.setattr(scan_child, "MAX_PAGES", 1)
    (tmp_path / "in").write_bytes(pdf(2))
    with pytest.raises(scan_child.Refused, match="too_many_pages"):
        scan_child._draw(tmp_path)


def test_worst_picture_still_fits_its_share_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_child, "SIDES", (500, 300))
    monkeypatch.setattr(scan_child, "PAGE_BYTES", 30_000)
    noise = Image.effect_noise((500, 400), 90).convert("RGB")
    assert len(scan_child._encoded(noise)) <= 30_000
    # Twenty pages and what binds them are a file that may be stored.
    assert 20 * 250_000 + 100_000 < 5 * 1024 * 1024


def test_bound_pages_are_pdf_a_and_pdf_ua_and_the_same_each_time() -> None:
    pages = [drawn_pages(picture("PNG", *size))[0] for size in ((600, 400), (400, 600))]
    sheets = [Sheet(one.content, one.width > one.height, "Feuille, numérisée") for one in pages]
    how: dict[str, Any] = {
        "title": "Feuille d’émargement",
        "foot": "Session 12",
        "stamp": datetime(2026, 3, 14, 12, 0, tzinfo=UTC),
    }

    made = bound(sheets, **how)

    assert bound(sheets, **how) == made
    for profile in ("pdfa-2a", "pdfua-1"):
        failures = validate_pdf_bytes(made, profile=profile).failures
        # See test_papers.py for the one rule left out.
        assert not [one.message for one in failures if not one.rule_id.endswith("STREAM-LENGTH-001")]
    with pikepdf.open(io.BytesIO(made)) as book:
        boxes = [[round(float(side)) for side in page.mediabox][2:] for page in book.pages]
    assert boxes == [[842, 595], [595, 842]]
