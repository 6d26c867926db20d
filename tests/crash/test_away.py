"""A database that somebody else holds, or that stands still: told within seconds, and over as soon as it is over."""

import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import psycopg
import pytest

from tests.crash.conftest import NAME, Install, Installation

SOME = 15
LONG = float(os.environ.get("PIXSURV_OUTAGE", "0"))  # seconds that an outage lasts once it was told


@contextmanager
def sqlite_held(room: Installation) -> Iterator[None]:
    """Another program writes, and goes on writing."""
    assert room.file is not None
    with closing(sqlite3.connect(room.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def table_held(room: Installation) -> Iterator[None]:
    """A migration, or a VACUUM FULL, in the middle of a session."""
    assert room.cluster is not None
    where = f"host=127.0.0.1 port={room.cluster.port} user=postgres dbname={NAME}"
    with psycopg.connect(where) as other:
        other.execute("LOCK TABLE sessions_app_session IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


HELD: dict[str, tuple[str, Callable[[Installation], Iterator[None]]]] = {
    "sqlite": ("sqlite", sqlite_held),
    "postgresql": ("postgresql", table_held),
}


@pytest.mark.parametrize("name", HELD)
def test_database_is_held_by_another(install: Install, name: str) -> None:
    vendor, held = HELD[name]
    room = install(vendor)
    with room.crew() as crew:
        crew.await_acks(SOME)
        with held(room):
            crew.await_refusal("très sollicité")
            if vendor == "sqlite":  # its readers do not wait for a writer
                crew.await_reads(3)
            threading.Event().wait(LONG)
        crew.await_acks(SOME)
    crew.reckon(room.url)


def test_postgresql_stands_still(install: Install) -> None:
    """Its machine is frozen: whoever asks waits, and gets his answer when it goes on."""
    room = install("postgresql")
    assert room.cluster is not None
    with room.crew() as crew, ExitStack() as woken:
        crew.await_acks(SOME)
        room.cluster.send(signal.SIGSTOP)
        woken.callback(room.cluster.send, signal.SIGCONT)
        threading.Event().wait(max(LONG, 1))
        woken.close()
        crew.await_acks(SOME)
    crew.reckon(room.url)
