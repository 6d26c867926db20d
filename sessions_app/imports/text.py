"""A CSV as schools really write it: three encodings, three separators (reference/files.md §4).

Runs in the child process: the standard library and our limits only.
"""

import csv
import io

from sessions_app.imports.limits import MAX_COLUMNS

SEPARATORS = ";,\t"
SAMPLE = 100  # lines that choose the separator


class BadText(Exception):
    """The code of a refusal, and the line that it concerns."""

    def __init__(self, code: str, line: int) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


def decode(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else Windows-1252; raises BadText for a mixture."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise BadText("file_unknown_encoding", 1) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if data.startswith(b"\xef\xbb\xbf") or any(_accented_utf_8(found) for found in data.splitlines()):
            raise BadText("file_mixed_encodings", line) from error
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise BadText("file_unknown_encoding", data.count(b"\n", 0, error.start) + 1) from error


def rows_of(text: str) -> list[list[str]]:
    """The records, each a list of texts. Raises BadText where a quotation mark is left open."""
    # Excel writes « sep=; » as a first line, and hides it.
    announced = (
        text[4] if text[:4].lower() == "sep=" and text[4:5] in SEPARATORS and text[5:6] in "\r\n" else ""
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=announced or separator_of(text), strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        raise BadText("file_bad_quotes", len(rows) + 1) from error
    return [[], *rows[1:]] if announced else rows


def separator_of(text: str) -> str:
    """The one that cuts most lines into the same number of cells."""
    lines = [line for line in text.split("\n", SAMPLE)[:SAMPLE] if line.strip()]

    def fitness(separator: str) -> tuple[int, int]:
        counts = [line.count(separator) for line in lines]
        counts = [count for count in counts if 0 < count <= MAX_COLUMNS]
        most = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        return counts.count(most), most

    return max(SEPARATORS, key=fitness)


def _accented_utf_8(line: bytes) -> bool:
    """Beyond ASCII, and UTF-8: by chance, hardly any line of Windows-1252 is."""
    if line.isascii():
        return False
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
