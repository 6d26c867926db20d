"""Throw-away PostgreSQL clusters on the loopback, as safe as the program makes them: they wait for the disk."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.throwaway import free_port

USER = "postgres"
WITHIN = 30  # seconds, for what takes one
SMALL = {"shared_buffers": "16MB", "max_connections": "60", "listen_addresses": "127.0.0.1"}
PLAIN = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres")


def programs() -> Path:
    """Where initdb and postgres are; Debian keeps them off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if there := shutil.which("initdb"):
        return Path(there).parent
    pytest.skip("PostgreSQL's own programs are not on this machine")


def as_postgres() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam(USER)
    except KeyError:
        pytest.skip("root, and no account « postgres » to run PostgreSQL as")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def new_folder() -> Path:
    """That the account of PostgreSQL can reach, unlike pytest's own."""
    who = as_postgres()
    folder = Path(tempfile.mkdtemp(prefix="pixsurv-crash-"))
    if who:
        os.chown(folder, who["user"], who["group"])
    return folder


class Cluster:
    """One data directory, and the server on it while it runs."""

    def __init__(self, folder: Path, *, disk: Path | None = None, **settings: str) -> None:
        """`disk`: where its tables are, its journal staying in `folder`."""
        self.folder, self.port = folder, free_port()
        self.data = (disk or folder) / "data"
        self.settings = {**SMALL, "port": str(self.port), "unix_socket_directories": str(folder), **settings}
        self.process: subprocess.Popen[bytes] | None = None

    def init(self, *more: str) -> None:
        self.do("initdb", "--pgdata", str(self.data), *PLAIN, *more)

    def copy_of(self, other: "Cluster") -> None:
        """As the other one was when it stopped."""
        subprocess.run(["cp", "-a", str(other.data), str(self.data)], check=True)
        if self.data.parent != self.folder:
            journal = self.folder / "pg_wal"
            subprocess.run(["mv", str(self.data / "pg_wal"), str(journal)], check=True)
            (self.data / "pg_wal").symlink_to(journal)

    def standby_of(self, other: "Cluster") -> None:
        where = ("--host", "127.0.0.1", "--port", str(other.port), "--username", USER)
        self.do(
            "pg_basebackup", "--pgdata", str(self.data), "--write-recovery-conf", "--checkpoint=fast", *where
        )

    def do(self, program: str, *arguments: str) -> None:
        command = [str(programs() / program), *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, **as_postgres())
        assert done.returncode == 0, done.stderr.decode()

    def start(self) -> None:
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(programs() / "postgres"), "-D", str(self.data), *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **as_postgres())
        self.wait()

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + WITHIN
        while True:
            try:
                self.ask("postgres", "SELECT 1")
            except psycopg.OperationalError:
                running = self.process is not None and self.process.poll() is None
                assert running and time.monotonic() < until, (self.folder / "log").read_text()[-2000:]
                time.sleep(0.05)
            else:
                return

    def ask(self, database: str, statement: str) -> Sequence[tuple[object, ...]]:
        where = f"host=127.0.0.1 port={self.port} user={USER} dbname={database} connect_timeout=3"
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def url(self, database: str) -> str:
        return f"postgres://{USER}@127.0.0.1:{self.port}/{database}"

    def processes(self) -> list[int]:
        assert self.process is not None
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [pid, *map(int, children.split())]

    def send(self, sign: signal.Signals) -> None:
        """To every process of it."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, sign)

    def kill(self) -> None:
        """-9, the postmaster and its children at once: nothing is tidied up."""
        assert self.process is not None
        pids = self.processes()
        self.send(signal.SIGKILL)
        self.process.wait(WITHIN)
        until = time.monotonic() + WITHIN
        while any(_lives(pid) for pid in pids) and time.monotonic() < until:
            time.sleep(0.01)
        self.process = None

    def stop(self, *, fast: bool = False) -> None:
        if self.process is None:
            return
        # SIGINT: a shutdown that a copy can be made of; SIGQUIT: at once.
        self.process.send_signal(signal.SIGINT if fast else signal.SIGQUIT)
        try:
            self.process.wait(WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
