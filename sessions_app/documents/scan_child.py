"""Opens a photograph or a PDF that somebody sent, in a process of its own (decision 0021), and binds pages into a PDF.

`python scan_child.py draw FOLDER` reads FOLDER/in and writes each of its pages anew: `page-1.jpg`, `small-1.jpg` …;
`bind FOLDER` sets those of FOLDER/bind.json on A4. The answer is one JSON object on the standard output:
`{"pages": [[width, height], …]}`, `{"bound": true}`, or `{"refused": code}`. What comes out is pixels: no place, no
script, no attachment and no second nature of the file survives. Imports nothing of Django; a hostile file ends this
process and nothing else.
"""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 40
MAX_PIXELS = 50_000_000  # the largest that phones take without being asked to
MIN_SIDE = 300  # a sheet of paper that is smaller than this cannot be read
MAX_RATIO = 6  # of the sides: no paper of a session is a ribbon, and a ribbon on A4 cannot be read
MAX_PAGES = 20
PAGE_BYTES = 250_000  # 20 of them, and the PDF around them, stay under the 5 MiB of a stored file
SIDES = (2000, 1700, 1400, 1100, 800)  # of the longer side, in points: 2000 are 170 an inch of A4
QUALITIES = (80, 65, 50, 35)
SMALL = 320

JPEG, PNG, PDF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"
HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc", b"ftypheim", b"ftypavif")
PDF_TAIL = 1024
TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(__file__).parent / "fonts"

# One page of the PDF at the size of A4, whatever size it claims.
ONE_PAGE = """#set page(width: auto, height: auto, margin: 0pt, fill: white)
#let picture(..how) = image("in", format: "pdf", page: int(sys.inputs.page), alt: "", ..how)
#context {
  let found = measure(picture())
  let scale = 297mm / calc.max(found.width, found.height)
  picture(width: found.width * scale, height: found.height * scale)
}
"""
POINTS_AN_INCH = SIDES[0] / 297 * 25.4


class Refused(Exception):
    """The code of a refusal."""


def main() -> None:
    _limit_resources()
    command, folder = sys.argv[1], Path(sys.argv[2])
    try:
        answer: dict[str, Any] = _bind(folder) if command == "bind" else {"pages": _draw(folder)}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    sys.stdout.write(json.dumps(answer))


def _limit_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows: only whoever started us limits the time
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _draw(folder: Path) -> list[tuple[int, int]]:
    """By what the file is, never by what it is called."""
    content = (folder / "in").read_bytes()
    if content.startswith((JPEG, PNG)):
        pictures: Iterator[bytes] = iter([content])
    elif content.startswith(PDF):
        pictures = _pages_of_pdf(folder, content)
    elif content[4:12] in HEIC:
        raise Refused("heic")
    else:
        raise Refused("not_a_scan")
    sizes = []
    for rank, picture in enumerate(pictures, start=1):
        if rank > MAX_PAGES:
            raise Refused("too_many_pages")
        sizes.append(_drawn_anew(picture, folder, rank))
    if not sizes:
        raise Refused("no_page")
    return sizes


def _drawn_anew(content: bytes, folder: Path, rank: int) -> tuple[int, int]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # judged here, and by the sizes that the head of the file tells
    try:
        picture: Image.Image = Image.open(io.BytesIO(content), formats=["JPEG", "PNG"])
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise Refused("too_many_pixels")
        if max(width, height) < MIN_SIDE:
            raise Refused("too_small")
        if max(width, height) > MAX_RATIO * min(width, height):
            raise Refused("too_narrow")
        picture.draft("RGB", (SIDES[0], SIDES[0]))  # a JPEG is decoded near the size that is kept
        picture.load()
        if picture.mode.startswith(
            "I"
        ):  # a scanner's 16 bits of grey, which a plain conversion would cut at 255
            picture = picture.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
        picture.thumbnail((SIDES[0], SIDES[0]))
        upright = ImageOps.exif_transpose(picture)
        assert upright is not None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Refused("damaged") from error
    page = _on_white(upright)
    (folder / f"page-{rank}.jpg").write_bytes(_encoded(page))
    size: tuple[int, int] = page.size
    page.thumbnail((SMALL, SMALL))
    (folder / f"small-{rank}.jpg").write_bytes(_jpeg(page, 60))
    return size


def _on_white(picture: Any) -> Any:
    from PIL import Image

    if picture.mode not in {"RGBA", "LA", "PA", "P"}:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    paper = Image.new("RGBA", layer.size, "white")
    paper.alpha_composite(layer)
    return paper.convert("RGB")


def _encoded(page: Any) -> bytes:
    """The best that fits a page's share of the file."""
    for side in SIDES:
        smaller = page.copy()
        smaller.thumbnail((side, side))
        for quality in QUALITIES:
            content = _jpeg(smaller, quality)
            if len(content) <= PAGE_BYTES:
                return content
    raise Refused("too_heavy_drawn")


def _jpeg(page: Any, quality: int) -> bytes:
    """Nothing but the pixels: neither EXIF nor profile is handed on."""
    kept = io.BytesIO()
    page.info.clear()
    page.save(kept, "JPEG", quality=quality, optimize=True)
    return kept.getvalue()


def _pages_of_pdf(folder: Path, content: bytes) -> Iterator[bytes]:
    """Each page as typst draws it: scripts, actions, forms and attachments are never run, and are not in a picture."""
    import typst

    if b"%%EOF" not in content[-PDF_TAIL:]:
        raise Refused("damaged")
    (folder / "main.typ").write_text(ONE_PAGE)
    compiler = typst.Compiler(folder / "main.typ", root=folder, font_paths=[FONTS], ignore_system_fonts=True)
    for rank in range(1, MAX_PAGES + 2):
        try:
            made = compiler.compile(format="png", ppi=POINTS_AN_INCH, sys_inputs={"page": str(rank)})
        except typst.TypstError as error:
            words = str(error)
            if "does not exist" in words:
                return
            raise Refused("encrypted" if "encrypted" in words else "damaged") from error
        assert isinstance(made, bytes)
        yield made


def _bind(folder: Path) -> dict[str, Any]:
    """The pages on A4, as PDF/A-2a and PDF/UA-1. The date in the file is that of the order: same pages, same bytes."""
    import typst

    (folder / "main.typ").write_bytes((TEMPLATES / "scan.typ").read_bytes())
    compiler = typst.Compiler(folder / "main.typ", root=folder, font_paths=[FONTS], ignore_system_fonts=True)
    standards: list[Any] = ["a-2a", "ua-1"]
    made = compiler.compile(
        format="pdf", sys_inputs={"data": (folder / "bind.json").read_text()}, pdf_standards=standards
    )
    assert isinstance(made, bytes)
    (folder / "out.pdf").write_bytes(made)
    return {"bound": True}


if __name__ == "__main__":
    main()
