"""A full disk: writes are refused with a sentence and never by half, reading goes on, and it ends by itself."""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.crash import postgres
from tests.crash.conftest import Install

SOME = 15
MEGABYTE = bytes(1 << 20)

type Mount = Callable[[str], Path]


@pytest.fixture
def disk() -> Iterator[Mount]:
    """A small disk of its own, in memory."""
    with ExitStack() as stack:

        def mounted(size: str) -> Path:
            if os.geteuid() != 0:
                pytest.skip("only root may mount a small disk")
            folder = postgres.new_folder()
            stack.callback(folder.rmdir)
            command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "pixsurv", str(folder)]
            done = subprocess.run(command, capture_output=True)
            if done.returncode:
                pytest.skip(f"no small disk can be mounted here: {done.stderr.decode().strip()}")
            # Lazily: the last file of a process that was killed may be closed a moment later.
            stack.callback(subprocess.run, ["umount", "--lazy", str(folder)], check=True)
            return folder

        yield mounted


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """To the last byte."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for piece in (MEGABYTE, bytes(4096), bytes(1)):
            try:
                while file.write(piece) == len(piece):
                    pass
            except OSError:
                continue
    try:
        yield
    finally:
        ballast.unlink()


@pytest.mark.parametrize(("vendor", "size"), [("sqlite", "12m"), ("postgresql", "160m")])
def test_disk_is_full(disk: Mount, install: Install, vendor: str, size: str) -> None:
    folder = disk(size)
    room = install(vendor, disk=folder)
    with room.crew() as crew:
        crew.await_acks(SOME)
        with filled(folder):
            crew.await_refusal("Le disque du serveur est plein")
            crew.await_reads(3)
        crew.await_acks(SOME)
    crew.reckon(room.url)


def test_server_started_on_a_full_disk_says_so(disk: Mount, install: Install) -> None:
    """SQLite can't even read then: it has no room for what it lays beside its file, and calls that an I/O error."""
    folder = disk("12m")
    room = install("sqlite", disk=folder)
    room.web.kill()
    with closing(
        sqlite3.connect(folder / "pixsurv.sqlite3")
    ) as last:  # who closes last leaves the file alone
        last.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert [file.name for file in folder.iterdir()] == ["pixsurv.sqlite3"]
    with filled(folder):
        room.web.start(until="/sante/vivant")
        status, page = room.web.read("/surveillance/123456/", cookie=f"salle-123456={'x' * 43}")
        assert (status, "Le disque du serveur est plein" in page) == (503, True), page[-2000:]
    room.web.wait_until_ready()
