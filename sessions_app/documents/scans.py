"""Paper that was signed, photographed or scanned: from what somebody sent to pages and a PDF of ours (I3).

What is kept is never what was sent (`scan_child.py`): each page is drawn anew, upright, without where it was taken.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from pixsurv.kernel.errors import Busy, DomainError
from sessions_app.documents import scan_child
from sessions_app.documents.glyphs import printable

MAX_BYTES = 12 * 1024 * 1024  # of one photograph, as phones take them
MAX_PAGES = scan_child.MAX_PAGES
SECONDS = 60
TURN_SECONDS = 20.0  # then 503: who photographs sends the page again, and a thread is free for the room
MEMORY_DISK = Path("/dev/shm")  # noqa: S108 — a folder of our own in it, readable by us alone, gone at the end
_turn = Lock()  # one picture at a time in a web process: each may take a gigabyte to open

SENTENCES = {
    "empty": "Ce fichier est vide.",
    "too_heavy": "Ce fichier pèse plus de 12 Mo. Prenez la photo en qualité ordinaire, ou envoyez moins de pages.",
    "request_too_heavy": "Cet envoi pèse trop lourd. Envoyez moins de fichiers à la fois\u00a0: les pages s’ajoutent.",
    "not_a_scan": "Ce fichier n’est ni une photo (JPEG, PNG) ni un PDF, quel que soit son nom.",
    "heic": "Cette photo est au format HEIC. Prenez-la depuis cette page, ou enregistrez-la en JPEG.",
    "too_many_pixels": "Cette image a plus de 50 millions de points. Prenez la photo en qualité ordinaire.",
    "too_small": "Cette image est trop petite pour être lue. Photographiez la feuille de plus près.",
    "too_narrow": "Cette image est une bande trop étroite pour être une feuille. Photographiez la feuille entière.",
    "damaged": "Ce fichier est abîmé ou incomplet. Reprenez la photo, ou enregistrez-le de nouveau.",
    "encrypted": "Ce PDF demande un mot de passe. Envoyez-le sans mot de passe.",
    "no_page": "Ce PDF n’a aucune page.",
    "too_many_pages": f"Un PDF tient en {MAX_PAGES} pages. Envoyez-le en plusieurs fois.",
    "too_heavy_drawn": "Cette image ne peut pas être réduite assez. Reprenez la photo.",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as we drew it: JPEG, and the same in small."""

    content: bytes
    small: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to bind, and what a screen reader says of it."""

    content: bytes
    wide: bool
    alt: str


def drawn_pages(content: bytes) -> list[Drawn]:
    """The pages of a photograph (one) or of a PDF. Raises `scan_refused` (422) with what to do, and Busy."""
    if not content:
        raise refused("empty")
    if len(content) > MAX_BYTES:
        raise refused("too_heavy")
    with _folder() as folder:
        (folder / "in").write_bytes(content)
        answer = _asked("draw", folder)
        if "refused" in answer:
            raise refused(answer["refused"])
        return [
            Drawn(
                (folder / f"page-{rank}.jpg").read_bytes(),
                (folder / f"small-{rank}.jpg").read_bytes(),
                width,
                height,
            )
            for rank, (width, height) in enumerate(answer["pages"], start=1)
        ]


def bound(sheets: list[Sheet], *, title: str, foot: str, stamp: datetime) -> bytes:
    """One PDF/A of these pages. `stamp`: the date written in the file."""
    day = stamp.astimezone(UTC)
    with _folder() as folder:
        pages = []
        for rank, sheet in enumerate(sheets, start=1):
            name = f"page-{rank}.jpg"
            (folder / name).write_bytes(sheet.content)
            pages.append({"file": name, "wide": sheet.wide, "alt": printable(sheet.alt)})
        order = {
            "title": printable(title),
            "foot": printable(foot),
            "date": [day.year, day.month, day.day, day.hour, day.minute, day.second],
            "pages": pages,
        }
        (folder / "bind.json").write_text(json.dumps(order, ensure_ascii=False))
        if "bound" not in _asked("bind", folder):
            raise refused("damaged")
        return (folder / "out.pdf").read_bytes()


def refused(code: str) -> DomainError:
    return DomainError("scan_refused", SENTENCES[code], status=422)


def _folder() -> "_AsPath":
    """Gone when the block ends, whatever became of the child; in memory where the system has such a place."""
    where = str(MEMORY_DISK) if MEMORY_DISK.is_dir() and os.access(MEMORY_DISK, os.W_OK) else None
    return _AsPath(dir=where, prefix="pixsurv-")


class _AsPath(tempfile.TemporaryDirectory[str]):
    def __enter__(self) -> Path:  # type: ignore[override]
        return Path(super().__enter__())


def _asked(command: str, folder: Path) -> dict[str, Any]:
    """The child's answer; one that ended badly has met a damaged file. Raises Busy where others are served first."""
    if not _turn.acquire(timeout=TURN_SECONDS):
        raise Busy
    try:
        done = subprocess.run(
            [sys.executable, scan_child.__file__, command, str(folder)],
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return {"refused": "damaged"}
    finally:
        _turn.release()
    return answer if isinstance(answer, dict) else {"refused": "damaged"}
