"""Servers of a run: started on the loopback, watched for the processor time they take, stopped by their pid."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "var" / "bench"
THREADS = 4
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
# The same for everybody: one process, so that a ratio compares what the same process can do.
GUNICORN = ("--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS), "--preload")
GUNICORN += ("--keep-alive", "10", "--log-level", "warning", "--no-control-socket")
STARTS_WITHIN = 60  # seconds


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    port: int
    pid: int

    def workers(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def cpu_seconds(self) -> float:
        """Of the workers, since they started: what a noisy neighbour does not change."""
        return cpu_seconds_of(self.workers())

    def memory_megabytes(self) -> float:
        return max((_stat(pid, 23) * PAGE / 1e6 for pid in self.workers()), default=0.0)


def cpu_seconds_of(pids: Iterable[int]) -> float:
    """Of these processes since they started; one that ended meanwhile counts for nothing."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            ticks += _stat(pid, 13) + _stat(pid, 14)
    return ticks / TICKS


def environment(database: str, port: int) -> dict[str, str]:
    """Of our own processes: a fresh installation's, with keys that protect nothing."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": database,
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "the bench signs with this, and throws its database away afterwards",
        "FIELD_KEYS": "YmVuY2ggc2VhbHMgd2l0aCB0aGlzLCBub3RoaW5nIGU=",
        "WEB_CONCURRENCY": "1",
        "WEB_THREADS": str(THREADS),
        "PYTHONPATH": str(ROOT),
    }


def ours(database: str, port: int) -> "Iterator[Server]":
    command = [sys.executable, "-m", "gunicorn", "-c", "python:pixsurv.gunicorn", "pixsurv.wsgi"]
    return serving("pixsurv", command, port, environment(database, port), ready="/sante/vivant")


def bare(port: int) -> "Iterator[Server]":
    command = [sys.executable, "-m", "gunicorn", *GUNICORN, "--bind", f"127.0.0.1:{port}", "bench.bare"]
    return serving("bare", command, port, environment("sqlite://:memory:", port), ready="/")


@contextmanager
def serving(
    name: str, command: list[str], port: int, env: Mapping[str, str], *, ready: str, cwd: Path = ROOT
) -> Iterator[Server]:
    """A server for the length of the block. Its words go to var/bench/<name>.log."""
    BENCH.mkdir(parents=True, exist_ok=True)
    with (BENCH / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=cwd, env=dict(env), stdout=log, stderr=log)
        try:
            _wait(process, f"http://127.0.0.1:{port}{ready}")
            yield Server(name, port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{url}: the server stopped by itself, see its log in var/bench")
        try:
            urlopen(url, timeout=5).close()
        except OSError as error:
            if getattr(error, "code", None) is not None:
                return  # a refusal is an answer
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} did not answer within {STARTS_WITHIN} s")


def _stat(pid: int, field: int) -> int:
    text = Path(f"/proc/{pid}/stat").read_text()
    return int(text[text.rindex(")") + 2 :].split()[field - 2])
