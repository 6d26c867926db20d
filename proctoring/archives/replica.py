"""The archive read from a streaming replica (DATABASE_REPLICA_URL, decision 0042).

Only what a page or a file of the archive reads once its reader was let in. The replica answers when it follows this
primary and has replayed all that was committed when it was asked, so that no page is older than the primary;
otherwise, and whenever it fails, the primary does. Unset, nothing here runs.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections
from django.db.models import Model

from sessions_app import standby

logger = logging.getLogger("pixsurv.replica")

ALIAS = "replica"
# What the archive is made of. Who may read it, and every model that is not named here, is asked of the primary.
KEPT = frozenset(
    {
        "sessions_app.candidate",
        "sessions_app.event",
        "sessions_app.session",
        "sessions_app.storedfile",
        "proctoring.alert",
        "proctoring.attempt",
        "proctoring.incident",
        "proctoring.proctoraccess",
        "proctoring.receipt",
    }
)
# Seconds: a reader waits that long for the replica, which is milliseconds behind when it is well.
PATIENCE = 0.2
PAUSE = 0.01  # seconds, between two looks
# Seconds without asking it again; a look at one that is away costs a second.
AFTER_LATE, AFTER_AWAY = 5.0, 15.0

_reading: ContextVar[bool] = ContextVar("reading the archive", default=False)


class Router:
    """Django's: where each query goes. Writes go to the primary, whatever they were read from."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return ALIAS if _reading.get() and model._meta.label_lower in KEPT else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """They are the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db != ALIAS


class _Trust:
    """Until when this process leaves the replica alone."""

    def __init__(self) -> None:
        self._until = 0.0

    def holds(self) -> bool:
        return time.monotonic() >= self._until

    def withdraw(self, seconds: float, why: str) -> None:
        self._until = time.monotonic() + seconds
        logger.warning("the archive is read from the primary for %.0f s: the replica %s", seconds, why)

    def restore(self) -> None:
        self._until = 0.0


trust = _Trust()


def read[T](act: Callable[[], T]) -> T:
    """What `act` returns, the archive's rows coming from the replica where it can be believed.

    `act` only reads, and has read all when it returns: it is called again, on the primary, when the replica fails.
    """
    if not _believed():
        return act()
    try:
        with _on_replica():
            return act()
    except (OperationalError, InterfaceError) as error:
        # Gone, or it gave up a query that held back its replay. If it was the primary, that will be said again.
        trust.withdraw(AFTER_AWAY, f"failed ({type(error).__name__})")
        return act()


def from_replica[Answer](view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Below the decorator that lets the reader in: `view` reads, and its answer is whole when it returns."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Answer:
        return read(lambda: view(*args, **kwargs))

    return answered


def behind() -> float | None:
    """Bytes of the primary's log that it has not replayed; None where it does not answer, or does not follow."""
    there = committed()
    try:
        found = standby.standing(connections[ALIAS], there)
    except Error:
        return None
    return max(found.lacks, 0.0) if found.follows and found.lacks is not None else None


@contextmanager
def _on_replica() -> Iterator[None]:
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def _believed() -> bool:
    if ALIAS not in connections or not trust.holds():
        return False
    try:
        caught_up = has_replayed(committed())
    except Error as error:  # a right that was taken from its account is no reason to lose the page
        trust.withdraw(AFTER_AWAY, f"does not answer ({type(error).__name__})")
        return False
    if not caught_up:
        trust.withdraw(AFTER_LATE, f"is more than {PATIENCE:.1f} s late, or does not follow this primary")
    return caught_up


def committed() -> standby.Place:
    """How far the primary's log is safe: all that was acknowledged stands before it."""
    return standby.place(connections[DEFAULT_DB_ALIAS])


def has_replayed(there: standby.Place) -> bool:
    """Whether the replica shows all that stands before that place of the log, waiting a little for it.

    Never true of a server that does not follow the primary: one that was promoted, one left behind by a promotion,
    somebody else's.
    """
    until = time.monotonic() + PATIENCE
    while True:
        found = standby.standing(connections[ALIAS], there)
        if found.is_there or not found.follows or time.monotonic() >= until:
            return found.is_there
        time.sleep(PAUSE)
