"""From the bytes that somebody sent to a picture of ours (P9).

What is kept is never what was sent: typst, in its own process, draws the picture anew as a small PNG. So a file that is
two things at once, or carries the place where a photograph was taken, leaves nothing but its colours.
"""

import json
import struct

from pixsurv.kernel.errors import DomainError
from sessions_app.documents.typesetter import Typesetter, TypesetterFailed

MAX_BYTES = 1024 * 1024
MAX_SIDE = 4000  # pixels: what decoding may take is bounded before it begins
MIN_SIDE = 16
WIDTH, HEIGHT = 600, 240  # of what is kept: 5 cm by 2 at the 300 points an inch of a printer

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"


def drawn(content: bytes) -> bytes:
    """The picture as a PNG of ours. Raises `logo_refused` (422) with what to do."""
    if len(content) > MAX_BYTES:
        raise too_heavy()
    size = size_of(content)
    if size is None:
        raise _refused("Ce fichier n’est ni un PNG ni un JPEG. Enregistrez le logo dans un de ces formats.")
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in size):
        raise _refused(
            f"L’image mesure {size[0]} × {size[1]} points\u00a0: de {MIN_SIDE} à {MAX_SIDE} de côté."
        )
    scale = min(1, WIDTH / size[0], HEIGHT / size[1])
    width, height = (max(1, round(side * scale)) for side in size)
    inputs = {"picture": json.dumps(list(content)), "width": str(width), "height": str(height)}
    try:
        with Typesetter(bounded=True) as own:  # by itself: a picture of 4,000 points takes 64 MB to open
            return own.make("logo.typ", inputs, form="png", ppi=72)
    except TypesetterFailed as error:
        raise _refused(
            "Cette image ne s’ouvre pas\u00a0: elle est abîmée. Enregistrez-la de nouveau."
        ) from error


def too_heavy() -> DomainError:
    return _refused("Ce fichier pèse plus de 1 Mo. Enregistrez l’image en plus petit.")


def size_of(content: bytes) -> tuple[int, int] | None:
    """Width and height, in points, of a PNG or a JPEG; None for anything else."""
    if content.startswith(PNG) and content[12:16] == b"IHDR" and len(content) >= 24:
        width, height = struct.unpack_from(">LL", content, 16)
        return width, height
    return _size_of_jpeg(content) if content.startswith(JPEG) else None


def _size_of_jpeg(content: bytes) -> tuple[int, int] | None:
    """Walks the segments to the one that opens the frame: C0 to CF but for three that are tables."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        kind, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        if kind == 0xFF:  # padding between two segments
            at += 1
            continue
        if length < 2:
            return None
        at += 2 + length
    return None


def _refused(sentence: str) -> DomainError:
    return DomainError("logo_refused", sentence, status=422)
