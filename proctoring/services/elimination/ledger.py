"""The ledger of eliminations, beside the database: a backup that is older than an elimination must not undo it.

A text file of one JSON object a line; a line is never changed (mechanics §14). It names nobody. Whoever serves
from several machines gives each the same file, or completes one from a living database (`retention --ledger`).
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from proctoring.enums import SlipKind, SlipState
from proctoring.models import Elimination, EliminationSlip

logger = logging.getLogger("pixsurv.elimination")

FORMAT = 1


class Unreadable(Exception):
    """A line that is none of ours."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A session that was eliminated, or the pupils of a school year. `origin`: hash of the session's first event."""

    establishment: int
    slip: int
    kind: str
    visa: str
    visa_on: str
    at: str
    number: int | None = None
    origin: str = ""
    school_year: int | None = None

    @property
    def instant(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def what(self) -> tuple[object, ...]:
        """What was eliminated, once: a session by number and origin. A year's list may be imported, and go, again."""
        if self.number is not None:
            return (self.establishment, self.number, self.origin)
        return (self.establishment, self.school_year, self.instant)

    @property
    def visa_day(self) -> date | None:
        return date.fromisoformat(self.visa_on) if self.visa_on else None


def entry_of(line: Elimination) -> Entry:
    """Of a session that is eliminated."""
    assert line.eliminated_at is not None
    return _entry(line.slip, line.eliminated_at, number=line.number, origin=line.origin)


def entry_of_pupils(slip: EliminationSlip) -> Entry:
    """Of a pupils' slip that is done."""
    assert slip.done_at is not None
    return _entry(slip, slip.done_at, school_year=slip.school_year)


def read(path: Path) -> list[Entry]:
    """All of the file; a last line that was cut short (a crash while it was written) is left out."""
    return _all_of(path.read_text(encoding="utf-8"))


def complete(path: Path | None = None) -> int:
    """Append what the database knows and the file does not; how many lines. Raises OSError, Unreadable."""
    return _append(path or settings.ELIMINATION_LEDGER, _known_to_the_database())


def complete_quietly() -> bool:
    """As `complete`, after an elimination: a file that cannot be written is told, and undoes nothing."""
    with _told() as failed:
        complete()
    return not failed


def note_quietly(entry: Entry) -> None:
    """This elimination, as soon as it is committed: whatever stops the next one, the file holds it already.

    Known already, nothing is written; a failure is told, and made good by `complete`.
    """
    with _told():
        _append(settings.ELIMINATION_LEDGER, [entry])


@contextmanager
def _told() -> Iterator[list[Exception]]:
    failed: list[Exception] = []
    try:
        yield failed
    except (OSError, Unreadable, UnicodeDecodeError) as error:
        logger.exception("elimination ledger not written: %s", settings.ELIMINATION_LEDGER)
        failed.append(error)


def _known_to_the_database() -> list[Entry]:
    lines = Elimination.objects.filter(eliminated_at__isnull=False).select_related("slip")
    pupils = EliminationSlip.objects.filter(kind=SlipKind.PUPILS, state=SlipState.DONE)
    return [
        *(entry_of(line) for line in lines.order_by("eliminated_at", "pk")),
        *(entry_of_pupils(slip) for slip in pupils.order_by("done_at", "pk")),
    ]


def _entry(
    slip: EliminationSlip,
    at: datetime,
    *,
    number: int | None = None,
    origin: str = "",
    school_year: int | None = None,
) -> Entry:
    return Entry(
        establishment=slip.establishment_id,
        slip=slip.rank,
        kind=slip.kind,
        visa=slip.visa_reference,
        visa_on=slip.visa_on.isoformat() if slip.visa_on else "",
        at=at.isoformat(),
        number=number,
        origin=origin,
        school_year=school_year,
    )


def _append(path: Path, entries: Sequence[Entry]) -> int:
    """Those that are not in the file yet, on disk when this returns; how many.

    What a crash cut short is no line: the next one takes its place.
    """
    if not entries:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed
        held = file.read()
        whole = held.rfind(b"\n") + 1
        known = {one.what for one in _all_of(held[:whole].decode())}
        missing = [one for one in entries if one.what not in known]
        if missing:
            file.seek(whole)
            file.truncate()
            file.write("".join(_line(one) for one in missing).encode())
            file.flush()
            os.fsync(file.fileno())
    return len(missing)


def _line(entry: Entry) -> str:
    return json.dumps({"format": FORMAT, **asdict(entry)}, sort_keys=True) + "\n"


def _all_of(text: str) -> list[Entry]:
    lines = text.splitlines(keepends=True)
    return [_parsed(line) for line in lines if line.endswith("\n") and line.strip()]


def _parsed(line: str) -> Entry:
    try:
        found = json.loads(line)
        version = found.pop("format")
        entry = Entry(**found)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(line[:80]) from error
    if version != FORMAT:
        raise Unreadable(line[:80])
    return entry
