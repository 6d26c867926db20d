"""A CSV as a French spreadsheet opens it by a double click: semicolons, and a mark that says UTF-8."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TextIO

from sessions_app.exports.ods import harmless

CSV_TYPE = "text/csv; charset=utf-8"
MARK = "\ufeff"


def write_csv(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Texts that a spreadsheet could take for a formula are written after an apostrophe."""
    out = io.StringIO()
    sheet = CsvFile(out, titles)
    for row in rows:
        sheet.add(row)
    return out.getvalue().encode()


class CsvFile:
    """The same text, written row by row into an open text file (newline="", UTF-8)."""

    def __init__(self, file: TextIO, titles: Sequence[str]) -> None:
        file.write(MARK)
        self._writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        self._writer.writerow(titles)

    def add(self, row: Sequence[str]) -> None:
        self._writer.writerow([harmless(cell) for cell in row])
