"""Pictures and PDFs that were made to harm, by name."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
import typst
from PIL import Image

from tests.sessions_app.pictures import JPEG, PNG, chunk, png

SCRIPT = b"<script>alert(1)</script>"


def head(width: int, height: int, *, depth: int = 8, colour: int = 2, interlaced: int = 0) -> bytes:
    return PNG + chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, depth, colour, 0, 0, interlaced))


def bomb(width: int, height: int, **how: int) -> bytes:
    """A few kilobytes that tell of a picture of that size."""
    return head(width, height, **how) + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000)) + chunk(b"IEND", b"")


def plain(width: int, height: int) -> bytes:
    """All of one colour: 4,000 points a side in 50 kB."""
    kept = io.BytesIO()
    Image.new("RGB", (width, height)).save(kept, "PNG")
    return kept.getvalue()


def with_chunk(kind: bytes, data: bytes) -> bytes:
    """A good picture with one more chunk after its head."""
    good = plain(400, 300)
    return good[:33] + chunk(kind, data) + good[33:]


@cache
def zeros(megabytes: int) -> bytes:
    """Packed piece by piece: what a test takes of memory, its children are counted with."""
    packer = zlib.compressobj(6)
    return b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(megabytes)) + packer.flush()


def unpacking(kind: bytes, before: bytes) -> bytes:
    """A chunk of text or of colours that unpacks to 900 MB."""
    return with_chunk(kind, before + zeros(900))


def jpeg(**save: Any) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (400, 300), (200, 200, 190)).save(kept, "JPEG", **save)
    return kept.getvalue()


def jpeg_of(width: int, height: int) -> bytes:
    """Its frame claims that size; the rest is of a small one."""
    good = jpeg()
    at = good.index(b"\xff\xc0")
    return good[: at + 5] + struct.pack(">HH", height, width) + good[at + 9 :]


def scans_of_nothing() -> bytes:
    """A progressive JPEG whose last pass is said over and over: little to read, much to decode."""
    good = jpeg(progressive=True)
    last = good.rindex(b"\xff\xda")
    return good[:last] + good[last:-2] * 20_000 + good[-2:]


def looped_exif() -> bytes:
    """A directory of EXIF that points at itself."""
    tiff = b"MM\0*\0\0\0\x08" + b"\0\x01" + b"\x87\x69\0\x04\0\0\0\x01\0\0\0\x08" + b"\0\0\0\x08"
    return jpeg(exif=b"Exif\0\0" + tiff)


def exif_of_nothing() -> bytes:
    return jpeg(exif=b"Exif\0\0" + b"\xff" * 60_000)


def pdf(pages: int = 1) -> bytes:
    made = typst.compile(
        b"#set page(width: 9cm, height: 5cm)\nFeuille" + b"\n#pagebreak()\nFeuille" * (pages - 1)
    )
    assert isinstance(made, bytes)
    return made


def changed(change: Callable[[pikepdf.Pdf], object], **save: Any) -> bytes:
    kept = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as book:
        change(book)
        book.save(kept, **save)
    return kept.getvalue()


def acting(**action: Any) -> bytes:
    return changed(lambda book: setattr(book.Root, "OpenAction", pikepdf.Dictionary(**action)))


def attached(book: pikepdf.Pdf) -> None:
    book.attachments["virus.exe"] = b"MZ" * 100


def endless_tree(book: pikepdf.Pdf) -> None:
    """The pages are their own parent and their own child."""
    book.Root.Pages.Kids.append(book.Root.Pages)
    book.Root.Pages.Parent = book.Root.Pages


def vast(book: pikepdf.Pdf) -> None:
    book.pages[0].MediaBox = [0, 0, 10_000_000, 10_000_000]


def ribbon(book: pikepdf.Pdf) -> None:
    book.pages[0].MediaBox = [0, 0, 1, 14_400]


def of_content(content: bytes) -> Callable[[pikepdf.Pdf], None]:
    def change(book: pikepdf.Pdf) -> None:
        book.pages[0].Contents = book.make_stream(content)

    return change


def drawing_itself(book: pikepdf.Pdf) -> None:
    """A form that draws itself."""
    form = book.make_stream(b"/F Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
    form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
    book.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=form))
    book.pages[0].Contents = book.make_stream(b"/F Do")


def looped_table() -> bytes:
    """The table of objects that comes before this one is this one."""
    good = changed(lambda book: None, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    at = good.rindex(b"xref\n", 0, good.rindex(b"startxref"))
    return good.replace(b"/Root", b"/Prev %d /Root" % at, 1)


def packed_pdf(book: pikepdf.Pdf) -> None:
    """The drawing of its page unpacks to 900 MB of nothing."""
    book.pages[0].Contents = book.make_stream(zeros(900), Filter=pikepdf.Name.FlateDecode)


PICTURES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "PNG of 50 000 points a side": lambda: bomb(50_000, 50_000),
    "PNG of 2³¹ points": lambda: bomb(2**31 - 1, 1),
    "PNG of no point": lambda: bomb(0, 0),
    "PNG as large as it may be, empty": lambda: bomb(4_000, 4_000, depth=16, colour=6, interlaced=1),
    "PNG as large as it may be": lambda: plain(4_000, 4_000),
    "PNG of a depth that does not exist": lambda: bomb(400, 300, depth=7, colour=5),
    "PNG whose text unpacks to 900 MB": lambda: unpacking(b"zTXt", b"Comment\0\0"),
    "PNG whose colours unpack to 900 MB": lambda: unpacking(b"iCCP", b"icc\0\0"),
    "PNG with a chunk of 4 GB": lambda: head(400, 300) + b"\xff\xff\xff\xffIDAT" + b"x" * 100,
    "PNG without an end": lambda: plain(400, 300)[:-12],
    "PNG and a script": lambda: png(400, 300, after=SCRIPT),
    "PNG and an archive": lambda: png(400, 300, after=b"PK\x03\x04" + b"PK\x05\x06" + b"\0" * 18),
    "JPEG of 65 535 points a side": lambda: jpeg_of(65_535, 65_535),
    "JPEG of no point": lambda: jpeg_of(0, 0),
    "JPEG cut short": lambda: jpeg()[:-200],
    "JPEG of twenty thousand passes": scans_of_nothing,
    "JPEG with a looped EXIF": looped_exif,
    "JPEG with an EXIF of nothing": exif_of_nothing,
    "JPEG with a script in its comment": lambda: jpeg(comment=SCRIPT),
    "JPEG that begins as one": lambda: JPEG[:30],
    "GIF": lambda: b"GIF89a" + b"\xff" * 60,
    "SVG": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "TIFF": lambda: b"II*\0" + b"\xff" * 100,
    "program": lambda: b"\x7fELF" + b"\0" * 400,
    "PostScript": lambda: b"%!PS-Adobe-3.0\n(x) run",
}
PDFS: dict[str, Callable[[], bytes]] = {
    "script that runs when opened": lambda: acting(S=pikepdf.Name.JavaScript, JS="app.alert(1)"),
    "program that is launched": lambda: acting(S=pikepdf.Name.Launch, F="/bin/sh"),
    "address that is called": lambda: acting(S=pikepdf.Name.URI, URI="http://127.0.0.1:9/"),
    "program attached": lambda: changed(attached),
    "encrypted": lambda: changed(lambda book: None, encryption=pikepdf.Encryption(owner="a", user="b")),
    "locked for its owner alone": lambda: changed(lambda book: None, encryption=pikepdf.Encryption(owner="a", user="")),
    "endless tree of pages": lambda: changed(endless_tree),
    "page of 100 km": lambda: changed(vast),
    "page that is a ribbon": lambda: changed(ribbon),
    "page that draws itself": lambda: changed(drawing_itself),
    "drawing of 900 MB": lambda: changed(packed_pdf),
    "states never given back": lambda: changed(of_content(b"q " * 1_000_000)),
    "a million strokes": lambda: changed(of_content(b"0 0 m 999 999 l S " * 1_000_000)),
    "table that comes before itself": looped_table,
    "table that lies": lambda: pdf().replace(b"startxref\n", b"startxref\n9"),
    "cut short": lambda: pdf()[:-60],
    "thousand pages": lambda: pdf(1_000),
    "only its first and last words": lambda: b"%PDF-1.7\n%%EOF\n",
    "first words of another": lambda: b"%PDF-1.7\n" + plain(400, 300) + b"\n%%EOF",
    "brackets without end": lambda: b"%PDF-1.7\n1 0 obj\n" + b"[" * 1_000_000 + b"\n%%EOF",
}  # fmt: skip
# A minute of processor between them: `make soak` sends these, and every other run the rest.
SLOW = {"drawing of 900 MB", "a million strokes", "thousand pages", "JPEG of twenty thousand passes"}
