"""The program that opens a file, in a process of its own (decision 0009): `python -m sessions_app.imports.child`.

Content on the standard input, one JSON object on the standard output: either `{"sheets": [{"name", "rows"}]}`
or `{"refused": code, "detail": line}`. A hostile workbook may abort this process or eat its memory: whoever
started it sees that it ended badly, and nothing else happens. Imports nothing of Django.
"""

import datetime
import io
import json
import math
import sys
from collections.abc import Sequence
from typing import Any

from sessions_app.imports import limits
from sessions_app.imports.text import BadText, decode, rows_of

type Cell = str | float | dict[str, str] | None

MAX_ANSWER = 20 * 1024 * 1024


class Refused(Exception):
    """The code of a refusal."""


def main() -> None:
    _limit_resources()
    data = sys.stdin.buffer.read()
    try:
        sheets = _text(data) if sys.argv[1] == "text" else _workbook(data)
        answer = json.dumps({"sheets": sheets})
        if len(answer) > MAX_ANSWER:
            raise Refused("file_too_heavy")
    except BadText as refusal:
        answer = json.dumps({"refused": refusal.code, "detail": str(refusal.line)})
    except Refused as refusal:
        answer = json.dumps({"refused": str(refusal)})
    sys.stdout.write(answer)


def _limit_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows: only whoever started us limits the time
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.CHILD_MEMORY, limits.CHILD_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CHILD_CPU_SECONDS, limits.CHILD_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _text(data: bytes) -> list[dict[str, Any]]:
    return [{"name": "", "rows": _rows(rows_of(decode(data)))}]


def _workbook(data: bytes) -> list[dict[str, Any]]:
    """The visible sheets. Formulas come as the value that the spreadsheet last kept; none is computed."""
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(io.BytesIO(data))
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet
            and sheet.visible == calamine.SheetVisibleEnum.Visible
        ]
        found = []
        for name in visible[: limits.MAX_SHEETS]:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height > limits.MAX_LINE:
                raise Refused("file_too_many_rows")
            found.append({"name": name, "rows": _rows(sheet.to_python(skip_empty_area=False))})
    except calamine.PasswordError as error:
        raise Refused("file_encrypted") from error
    except (calamine.CalamineError, calamine.XmlError, calamine.ZipError, OSError, ValueError) as error:
        raise Refused("file_truncated") from error
    return found


def _rows(rows: Sequence[Sequence[Any]]) -> list[list[Cell]]:
    """The cells in plain JSON, without what is empty at the end of rows and of the sheet."""
    found: list[list[Cell]] = []
    filled = 0
    for row in rows:
        cells = [_cell(value) for value in row]
        while cells and cells[-1] is None:
            cells.pop()
        if len(cells) > limits.MAX_COLUMNS:
            raise Refused("file_too_many_columns")
        filled += bool(cells)
        found.append(cells)
    if filled > limits.MAX_ROWS:
        raise Refused("file_too_many_rows")
    while found and not found[-1]:
        found.pop()
    return found


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, int | float):
        # Infinite, or no number: no JSON, and nothing that a spreadsheet shows.
        return float(value) if math.isfinite(value) else "#NUM!"
    if isinstance(value, datetime.datetime):
        return {"date": value.date().isoformat()}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    # Neither JSON columns nor papers hold a NUL.
    text = str(value).replace("\x00", "\ufffd")[: limits.MAX_CELL]
    return text if text.strip() else None


if __name__ == "__main__":
    main()
