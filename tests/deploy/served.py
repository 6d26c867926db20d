"""Pixsurv as `deploy/` installs it: PostgreSQL, two web processes from the unit file, a proxy with TLS on loopback."""

import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.throwaway import answers

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy/systemd/pixsurv@.service"
PATIENCE = 60  # seconds: for a process to answer; a machine may be busy


@contextmanager
def running(command: list[str], *, env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program until the end of the block, with all that it started."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            command, env=dict(env), cwd=ROOT, stdout=said, stderr=said, start_new_session=True
        )
    try:
        yield process
    finally:
        stop(process, signal.SIGTERM)


def stop(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if process.poll() is None:
        os.killpg(process.pid, how)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@dataclass
class Webs:
    """The processes behind a proxy, by port, as the unit file starts them."""

    env: dict[str, str]
    folder: Path
    demo: dict[str, Any]
    stack: ExitStack
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, port: int) -> None:
        [command] = re.findall(r"^ExecStart=\S+ (.+)$", UNIT.read_text(), re.MULTILINE)
        [told] = re.findall(r"^Environment=(.+)$", UNIT.read_text(), re.MULTILINE)
        env = self.env | dict(one.split("=", 1) for one in told.replace("%i", str(port)).split())
        log = self.folder / f"web-{port}.log"
        process = self.stack.enter_context(running([sys.executable, *command.split()], env=env, log=log))
        self.processes[port] = process
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/sante/pret"), process, log)

    def kill(self, port: int) -> None:
        stop(self.processes[port], signal.SIGKILL)


@dataclass(frozen=True)
class Site:
    """What a visitor sees: https on one port, http on another, a certificate that only this test trusts."""

    https: int
    http: int
    trusted: ssl.SSLContext

    @property
    def url(self) -> str:
        return f"https://localhost:{self.https}"


def shakes_hands(port: int, certificate: Path) -> bool:
    """TLS with that certificate; Caddy listens some time before it has one."""
    try:
        trusted = ssl.create_default_context(cafile=certificate)
        with socket.create_connection(("127.0.0.1", port), timeout=2) as plain:
            trusted.wrap_socket(plain, server_hostname="localhost").close()
    except OSError:
        return False
    return True


def wait_for(reached: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if reached():
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


class Browser:
    """Keeps cookies, follows redirects, trusts the local certificate and no other."""

    def __init__(self, site: Site) -> None:
        self.url = site.url
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies),
            urllib.request.HTTPSHandler(context=site.trusted),
        )

    def get(self, path: str) -> str:
        return self._open(path)

    def post(self, path: str, page: str, **fields: Any) -> str:
        """As the form of that page would: with its token, from our own origin."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None, page
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        return self._open(path, data, {"Referer": self.url + path, "Origin": self.url})

    def _open(self, path: str, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> str:
        request = urllib.request.Request(self.url + path, data, headers or {})  # noqa: S310 (loopback)
        with self.opener.open(request, timeout=30) as answer:
            self.headers = answer.headers
            text: str = answer.read().decode()
            return text


def first_answer(url: str) -> tuple[int, str]:
    """Status and `Location` of what answers, redirects not followed."""
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(url, timeout=10) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Location", "")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def installed(*, database: str, folder: Path, origins: list[str], stack: ExitStack) -> Webs:
    """Migrated, with static files and the demonstration; nothing runs yet. People come by any of `origins`."""
    env = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "DATABASE_URL": database,
        "PUBLIC_URL": origins[0],
        "CSRF_TRUSTED_ORIGINS": ",".join(origins),
        "TRUSTED_PROXIES": "127.0.0.1",
        "PIXSURV_DEMO": "1",
        "SECRET_KEY": "known to this test and to nobody who matters, and long",
        "FIELD_KEYS": "bWFrZSBjaGVjayBlbmNyeXB0cyBub3RoaW5nIGF0IGE=",
        "EMAIL_URL": "console:",
        "WEB_CONCURRENCY": "1",
        "WEB_THREADS": "4",
        "ELIMINATION_LEDGER": str(folder / "eliminations.jsonl"),
    }
    said = ""
    for words in ("migrate --no-input", "collectstatic --no-input --verbosity 0", "demo --json"):
        done = subprocess.run(
            [sys.executable, "manage.py", *words.split()],
            env=env, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        said = done.stdout
    return Webs(env, folder, json.loads(said), stack)


def tool(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
