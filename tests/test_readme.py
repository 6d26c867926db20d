"""What README tells a newcomer to type works: in a fresh clone, with an empty home and none of our variables."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.throwaway import answers, free_port

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
PATIENCE = 420  # seconds: the dependencies are installed meanwhile

pytestmark = pytest.mark.any_database


def told_commands() -> list[list[str]]:
    """The commands of « Set-up », without their comments."""
    block = re.search(r"^## Set-up\n.*?^```\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert block is not None
    return [shlex.split(line, comments=True) for line in block[1].splitlines()]


def test_set_up_is_two_commands_that_make_has() -> None:
    assert told_commands() == [["make", "run"], ["make", "test"]]
    for _, target in told_commands():
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: the files came without their history")
    folder = tmp_path / "pixsurv"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    return folder


@contextmanager
def running(clone: Path, home: Path) -> Iterator[tuple[str, Path]]:
    """`make run` as typed; the address that it prints, and what it said."""
    home.mkdir()
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("PIP_")}
    said = home / "said"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [*told_commands()[0], f"PORT={port}"],
            cwd=clone, env={**kept, "HOME": str(home)}, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + PATIENCE
        while not answers(f"{url}/sante/pret"):
            assert process.poll() is None and time.monotonic() < end, said.read_text()
            time.sleep(0.2)
        yield url, said
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)


def test_first_command_leads_to_a_working_room(clone: Path, tmp_path: Path) -> None:
    """The terminal gives a number and a password; they open a room with its pupils."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    with running(clone, tmp_path / "home") as (url, said):
        welcome = said.read_text()
        number = re.search(r"\b(\d{6})\b", welcome)
        password = re.search(r"C-[2346789BCDFGHJKMPQRTVWXY]{6}", welcome)
        assert number is not None and password is not None, welcome
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        with browser.open(f"{url}/surveillance/", timeout=30) as answer:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
        assert token is not None
        typed = {
            "csrfmiddlewaretoken": token[1], "number": number[1], "password": password[0], "name": "Perrine Essai"
        }  # fmt: skip
        with browser.open(
            f"{url}/surveillance/", urllib.parse.urlencode(typed).encode(), timeout=30
        ) as answer:
            room = answer.read().decode()
        assert room.count('data-state="') >= 25
        assert "DELARUE" in room
    assert (clone / "var/pixsurv.sqlite3").exists()
