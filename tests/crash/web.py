"""Our own server as production has it: gunicorn, two processes, threads; a process of its own that can be killed."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
WITHIN = 60  # seconds: a machine that is busy with something else starts us late
GUNICORN = ("-m", "gunicorn", "-c", "python:pixsurv.gunicorn", "pixsurv.wsgi")


def environment(database: str, port: int, **more: str) -> dict[str, str]:
    """A fresh installation's, with keys that protect nothing."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
        "DATABASE_URL": database,
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "what is killed and started again signs with this: 0123456789",
        "FIELD_KEYS": "dGVzdHMgZW5jcnlwdCB3aXRoIHRoaXMsIG9ubHkgdHM=",
        "WEB_CONCURRENCY": "2",
        "WEB_THREADS": "4",
        **more,
    }


def tell(module: str, database: str) -> dict[str, Any]:
    """What a module of ours prints about that database."""
    command = [sys.executable, "-m", f"tests.crash.{module}"]
    done = subprocess.run(command, cwd=ROOT, env=environment(database, 8000), capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


class Web:
    def __init__(self, database: str, port: int, log: Path, **more: str) -> None:
        self.port, self.log = port, log
        self.env = environment(database, port, **more)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, until: str = "/sante/pret") -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *GUNICORN], cwd=ROOT, env=self.env, stdout=log, stderr=log, process_group=0
            )
        self.wait_for(until)

    def wait_until_ready(self) -> None:
        self.wait_for("/sante/pret")

    def wait_for(self, path: str) -> None:
        until = time.monotonic() + WITHIN
        while self.ask(path) != 200:
            assert time.monotonic() < until, self.words()
            assert self.process is None or self.process.poll() is None, self.words()
            time.sleep(0.05)

    def ask(self, path: str) -> int:
        """The status; 0 when nobody answers."""
        return self.read(path)[0]

    def read(self, path: str, cookie: str = "") -> tuple[int, str]:
        """The status and the body; 0 and nothing when nobody answers."""
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Cookie": cookie})
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310  # our own server
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except OSError:
            return 0, ""

    def workers(self) -> list[int]:
        assert self.process is not None
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill_a_worker(self) -> None:
        workers = self.workers()
        os.kill(workers[0], signal.SIGKILL)

    def kill(self) -> None:
        """-9, all of it."""
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)  # of one stroke: the master may just be making a worker
        self.process.wait(WITHIN)
        # Orphans now: their files stay open, and a disk busy, until they are gone.
        until = time.monotonic() + WITHIN
        while runs(self.process.pid) and time.monotonic() < until:
            time.sleep(0.01)
        self.process = None

    def words(self) -> str:
        return self.log.read_text()[-3000:]


def runs(group: int) -> bool:
    """Whether a process of that group is there, be it about to go: only then are its files closed."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            # A leader is a zombie while threads of his still go.
            if int(its_group) == group and (state != "Z" or len(list((stat.parent / "task").iterdir())) > 1):
                return True
    return False
