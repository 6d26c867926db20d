"""A real server, started as `make run` starts it, and the system's Chromium."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.throwaway import answers, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = os.environ.get("PIXSURV_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SPARE_SESSIONS = 90


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
            if not (shutil.which(CHROMIUM) or Path(CHROMIUM).exists()):
                item.add_marker(pytest.mark.skip(reason="no Chromium"))


@dataclass(frozen=True)
class Server:
    url: str
    demo: dict[str, Any]
    spare: Iterator[dict[str, Any]]

    def session(self) -> dict[str, Any]:
        """A session of today that no other test uses, with twelve candidates."""
        return next(self.spare)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("served"), free_port(), sessions=SPARE_SESSIONS) as served:
        yield served


@contextmanager
def serving(folder: Path, port: int, *, sessions: int, **more: str) -> Iterator[Server]:
    """A server of its own with that many sessions more than the demonstration's; `more`: variables that it reads."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "HOME", "LANG", "SECRET_KEY", "FIELD_KEYS"}
    }
    env = {
        **kept,
        "DATABASE_URL": f"sqlite:///{folder / 'served.sqlite3'}",
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        **more,
    }
    manage = [sys.executable, str(ROOT / "manage.py")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*manage, "serve"], env=env, cwd=ROOT, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/sante/pret", process, folder / "log")
        load = ["--sessions", str(sessions), "--candidates", "12"] if sessions else []
        told = subprocess.run(
            [*manage, "demo", "--json", *load],
            env=env, cwd=ROOT, capture_output=True, check=True, timeout=60,
        ).stdout  # fmt: skip
        demo = json.loads(told)
        spare = [
            one for one in demo["sessions"][4:] if one["followed"] == "pixsurv" and one["state"] == "planned"
        ]
        yield Server(url, demo, iter(spare))
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(900):
        if answers(url):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def playwright_started() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright_started: Playwright) -> Iterator[Browser]:
    browser = playwright_started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def open_browser(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A page in a browser of its own: `open_browser(width=390, dark=True, scripts=False)`.

    Fails the test when a page threw an error or broke the content security policy.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(*, width: int = 1280, dark: bool = False, scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="fr-FR",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _breaks_policy(said.text) else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _breaks_policy(said: str) -> bool:
    """A portal that leads a request away to its own site is stopped by the policy, as it should be (test_network)."""
    return "Content Security" in said and "portail.invalid" not in said


def enter_room(page: Page, server: Server, session: dict[str, Any], name: str = "Perrine Essai") -> None:
    """Log in as a proctor does, from the kit."""
    page.goto(f"{server.url}/surveillance/")
    page.get_by_label("Numéro de la session").fill(str(session["number"]))
    page.locator("[name=password]").fill(session["password"])
    page.get_by_label("Vos nom et prénom").fill(name)
    page.get_by_role("button", name="Surveiller la session").click()
    page.locator("#candidats").wait_for()


def join(page: Page, server: Server, session: dict[str, Any], candidate: dict[str, Any]) -> None:
    """Fill the join form as a pupil does."""
    page.goto(f"{server.url}/candidat/")
    page.locator("[name=number]").fill(str(session["number"]))
    page.locator("[name=last_name]").fill(candidate["last_name"])
    page.locator("[name=first_name]").fill(candidate["first_name"])
    year, month, day = candidate["birth_date"].split("-")
    page.locator("[name=birth_date]").fill(f"{day}/{month}/{year}")
    page.locator("[name=birth_date]").press("Enter")
    page.wait_for_url("**/candidat/test/")


def assert_accessible(page: Page, where: str) -> None:
    """axe finds nothing, and nothing scrolls sideways."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found] == [], where
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, where


def full_name(candidate: dict[str, Any]) -> str:
    return f"{candidate['first_name']} {candidate['last_name'].upper()}"
