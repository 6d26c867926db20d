"""A CSV as a French spreadsheet opens it by a double click: semicolons, and a mark that says UTF-8."""

import csv
import io
from collections.abc import Iterable, Sequence

from sessions_app.exports.ods import harmless

CSV_TYPE = "text/csv; charset=utf-8"
MARK = "\ufeff"


def write_csv(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Texts that a spreadsheet could take for a formula are written after an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(titles)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return (MARK + out.getvalue()).encode()
