"""From the bytes of a file to its sheets, whatever the file does to the process that opens it."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sessions_app.imports.content import kind_of
from sessions_app.imports.limits import CHILD_SECONDS
from sessions_app.imports.refusals import refused_file

ROOT = Path(__file__).resolve().parents[2]
CHILD = "sessions_app.imports.child"

# What the child sends and a draft keeps: a text, a number, {"date": "AAAA-MM-JJ"}, or nothing.
type Cell = str | float | dict[str, str] | None

logger = logging.getLogger("pixsurv.imports")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its rows as they stand in the file: the first is line 1."""

    name: str
    rows: list[list[Cell]]


def read_sheets(data: bytes) -> list[Sheet]:
    """The sheets that hold something. Refused (422) with a `file_…` code, each with its sentence."""
    kind = kind_of(data)
    try:
        child = subprocess.run(
            [sys.executable, "-E", "-s", "-m", CHILD, kind.value],
            input=data,
            capture_output=True,
            timeout=CHILD_SECONDS,
            cwd=ROOT,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refused_file("file_too_heavy") from error
    if child.returncode:
        # The child's own words may quote the file: only how it ended is written down.
        logger.warning("import: the reader ended with %s on %s bytes", child.returncode, len(data))
        raise refused_file("file_too_heavy")
    answer = json.loads(child.stdout)
    if "refused" in answer:
        raise refused_file(answer["refused"], answer.get("detail", ""))
    sheets = [Sheet(sheet["name"], sheet["rows"]) for sheet in answer["sheets"]]
    filled = [sheet for sheet in sheets if any(sheet.rows)]
    if not filled:
        raise refused_file("file_no_rows")
    return filled
