"""Which characters the vendored fonts can draw (mechanics §15).

In PDF/A a character without a glyph is an error of the whole document: each is replaced by □ before that.
"""

import struct
import unicodedata
from functools import cache

from sessions_app.documents.compiler import FONTS

MISSING = "□"


@cache
def covered() -> frozenset[int]:
    """The code points that every weight in use can draw: bold falls back to the same families."""
    by_weight = [
        _code_points("atkinson-hyperlegible-next-400") | _code_points("noto-sans-400"),
        _code_points("atkinson-hyperlegible-next-700") | _code_points("noto-sans-700"),
    ]
    drawn = (by_weight[0] & by_weight[1]) | _code_points("noto-sans-symbols-2-boxes")
    # Fonts map a few control characters to an empty glyph: no paper should hold them.
    return frozenset(code for code in drawn if unicodedata.category(chr(code)) != "Cc")


def printable(text: str) -> str:
    """The text with □ for what cannot be drawn; joiners and variation marks without a glyph vanish."""
    known = covered()
    return "".join(
        char if ord(char) in known or char in "\n " else _stand_in(char)
        for char in unicodedata.normalize("NFC", text)
    )


def unprintable(text: str) -> list[str]:
    """What `printable` replaces by □, once each, in order."""
    known = covered()
    found = [char for char in unicodedata.normalize("NFC", text) if ord(char) not in known]
    return [char for char in dict.fromkeys(found) if char not in "\n " and _stand_in(char) == MISSING]


def _stand_in(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Zs" or char == "\t":
        return "\u00a0"
    if char == "\r":  # of the line ends that a browser's text area sends
        return ""
    if char in "\u2010\u2011":
        return "-"
    return "" if kind == "Cf" or "\ufe00" <= char <= "\ufe0f" else MISSING


def _code_points(name: str) -> frozenset[int]:
    """The code points in the `cmap` table of a font file: formats 4 and 12, the two that ours have."""
    data = (FONTS / f"{name}.ttf").read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    records = (struct.unpack_from(">4sLLL", data, 12 + 16 * table) for table in range(tables))
    start = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    found: set[int] = set()
    for index in range(struct.unpack_from(">H", data, start + 2)[0]):
        at = start + struct.unpack_from(">HHL", data, start + 4 + 8 * index)[2]
        form = struct.unpack_from(">H", data, at)[0]
        if form == 4:
            found |= _segments(data, at)
        elif form == 12:
            for group in range(struct.unpack_from(">L", data, at + 12)[0]):
                first, last, _ = struct.unpack_from(">LLL", data, at + 16 + 12 * group)
                found.update(range(first, last + 1))
    return frozenset(found)


def _segments(data: bytes, at: int) -> set[int]:
    """A format 4 subtable. Its segments are taken whole but for those that lead to no glyph."""
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 4 * count)
    offsets_at = at + 16 + 6 * count
    offsets = struct.unpack_from(f">{count}H", data, offsets_at)
    found = set()
    for index, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(first, last + 1):
            if code == 0xFFFF:
                continue
            if offset:
                place = offsets_at + 2 * index + offset + 2 * (code - first)
                glyph = struct.unpack_from(">H", data, place)[0]
            else:
                glyph = (code + delta) & 0xFFFF
            if glyph:
                found.add(code)
    return found
