"""What a failure of the database means to who asked: busy, away or full, or a defect of ours."""

import shutil
from pathlib import Path

from django.db import Error, InterfaceError, OperationalError, connection

from pixsurv.kernel.errors import Away, Busy, Full

# By SQLSTATE: a lock not had in time, a deadlock that PostgreSQL broke, a statement that took too long, no
# connection left. Nothing was done.
_BUSY = frozenset({"55P03", "40P01", "57014", "53300"})
_FULL = "53100"
_READ_ONLY = "25006"  # what was the primary is a standby now
# What SQLite says of its surroundings; a plain SQLITE_ERROR is a statement of ours that is wrong.
_SQLITE_AWAY = ("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PROTOCOL")
# What it says of a full disk when the file that can't grow is one that it lays beside the database (WAL, its index).
_SQLITE_BESIDE = ("SQLITE_IOERR", "SQLITE_CANTOPEN")
_BESIDE = 1 << 20  # bytes: more than it asks for at once


def trouble_of(error: BaseException | None) -> Busy | None:
    """The refusal that says it, or None for a defect."""
    if not isinstance(error, Error):
        return None
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    name = getattr(cause, "sqlite_errorname", "")
    if state in _BUSY or name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or "is locked" in str(error):
        return Busy()
    if state == _FULL or name == "SQLITE_FULL" or (name.startswith(_SQLITE_BESIDE) and _no_room()):
        return Full()
    gone = isinstance(error, OperationalError | InterfaceError) and not name
    if gone or state == _READ_ONLY or name.startswith(_SQLITE_AWAY):
        return Away()
    return None


def _no_room() -> bool:
    """Whether the disk of SQLite's file is full; one that is gone is not."""
    try:
        return shutil.disk_usage(Path(connection.settings_dict["NAME"]).parent).free < _BESIDE
    except OSError:
        return False
