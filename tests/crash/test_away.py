"""A database that somebody else holds, or that stands still: told within seconds, and over as soon as it is over."""

import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager

import psycopg
import pytest

from tests.crash.conftest import NAME, Install, Installation
from tests.soak import Share

SOME = 15
LONG = 30.0  # seconds that an outage lasts, under `make soak`
# In the normal suite: longer than a request waits (busy_timeout 5 s, lock_timeout 2 s), so that it is refused.
HOLDS = {"sqlite": 6.0, "postgresql": 3.0}


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


type Held = Callable[[Installation], AbstractContextManager[None]]

HELD: dict[str, tuple[str, Held]] = {
    "sqlite": ("sqlite", sqlite_held),
    "postgresql": ("postgresql", table_held),
}


ALL = pytest.mark.parametrize("name", HELD)


def outage(room: Installation, held: Held, seconds: float) -> None:
    with room.crew() as crew:
        crew.await_acks(SOME)
        with held(room):
            crew.await_refusal("très sollicité")
            if room.file is not None:  # the readers of SQLite do not wait for a writer
                crew.await_reads(3)
            threading.Event().wait(seconds)
        crew.await_acks(SOME)
    crew.reckon(room.url)


def standstill(room: Installation, seconds: float) -> None:
    assert room.cluster is not None
    with room.crew() as crew, ExitStack() as woken:
        crew.await_acks(SOME)
        room.cluster.send(signal.SIGSTOP)
        woken.callback(room.cluster.send, signal.SIGCONT)
        threading.Event().wait(seconds)
        woken.close()
        crew.await_acks(SOME)
    crew.reckon(room.url)


@ALL
def test_database_is_held_by_another(install: Install, name: str) -> None:
    vendor, held = HELD[name]
    outage(install(vendor), held, HOLDS[vendor])


def test_postgresql_stands_still(install: Install) -> None:
    """Its machine is frozen: whoever asks waits, and gets his answer when it goes on."""
    standstill(install("postgresql"), 1)


@ALL
@pytest.mark.soak
def test_database_is_held_for_long(install: Install, name: str, share: Share) -> None:
    vendor, held = HELD[name]
    outage(install(vendor), held, min(LONG, share.seconds))


@pytest.mark.soak
def test_postgresql_stands_still_for_long(install: Install, share: Share) -> None:
    standstill(install("postgresql"), min(LONG, share.seconds))
