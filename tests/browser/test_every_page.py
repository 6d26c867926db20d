"""Every page of the catalogue, in every look: an address without a row fails `tests/everywhere/test_table.py`.

No server: Django's client asks, in the process that holds the world, and Chromium is shown what it was answered.
"""

import mimetypes
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from proctoring.services.entries import open_entry, token_of
from tests.browser import looks
from tests.everywhere import cast
from tests.everywhere.conftest import browsers, world  # noqa: F401
from tests.everywhere.rows import IN, PAGE, Row
from tests.everywhere.table import ROWS
from tests.everywhere.world import World
from tests.factories import CandidateFactory, MembershipFactory, SessionFactory, put
from tests.sessions_app.test_second_factor import give_password, protect

pytestmark = pytest.mark.django_db

ORIGIN = "http://127.0.0.1:8000"
# Who is asked for a page: all of them, for what they see may differ.
MEMBERS = (cast.STRANGER, cast.CANDIDATE, cast.PROCTOR, cast.PROCTOR_ACCOUNT, cast.SECRETARIAT, cast.ADMIN)
PAGES = [
    asked
    for row in ROWS
    if row.kind == PAGE and "GET" in row.methods
    for asked in (row, *map(row.at, row.also))
]
# Addresses whose pages lead on at once, whoever asks: each with its reason.
LEADS_ON = {
    "establishment:second_factor": "asks only who is half way in: walked below",
    "room:rehearse": "leads into a room; the page before it is that of the login",
}
DESK = ("expected", "present", "in_progress", "resume_authorised", "completed", "ended", "expired")
# Pages of a refused form: posted with nothing in it.
FORMS = {
    "room:login": cast.STRANGER,
    "desk:join": cast.STRANGER,
    "establishment:login": cast.STRANGER,
    "establishment:create": cast.ADMIN,
    "establishment:add_pupil": cast.ADMIN,
    "establishment:team": cast.ADMIN,
    "archives:receive": cast.SECRETARIAT,
}


@dataclass
class Shown:
    """What Chromium finds at any address: one answer of Django's, our static files, and no news."""

    page: Page
    answer: Any = None

    def serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if route.request.is_navigation_request():
            kept = {"Content-Type", "Content-Security-Policy"}
            headers = {name: value for name, value in self.answer.headers.items() if name in kept}
            route.fulfill(status=200, headers=headers, body=self.answer.content)
        elif path.startswith("/static/") and (found := finders.find(path.removeprefix("/static/"))):
            route.fulfill(body=Path(found).read_bytes(), content_type=mimetypes.guess_type(found)[0])
        else:
            route.fulfill(status=204, headers={"X-Pixsurv": "1"})


@pytest.fixture(scope="module", autouse=True)
def _database_beside_playwright() -> Iterator[None]:
    """Playwright holds a loop in this thread: Django would refuse its database there, for no danger of ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="module")
def shown(chromium: Browser) -> Iterator[Shown]:
    context = chromium.new_context(locale="fr-FR", reduced_motion="reduce")
    page = context.new_page()
    shown = Shown(page)
    context.route("**/*", shown.serve)
    yield shown
    context.close()


# Title to pages, of what was walked; the pages of refusals, which look the same behind every address.
TITLES: dict[str, set[str]] = defaultdict(set)
REFUSALS: set[object] = set()


def page_of(answer: Any) -> str:
    """The template that makes the page what it is."""
    names = [one.name for one in answer.templates if one.name]
    return next((name for name in names if "/dialogs/" in name), names[0])


def look_at(shown: Shown, answer: Any) -> list[str]:
    shown.answer = answer
    complaints: list[str] = []
    shown.page.on("pageerror", lambda error: complaints.append(str(error)))
    shown.page.set_viewport_size({"width": 1280, "height": 900})
    shown.page.goto(f"{ORIGIN}{answer.request['PATH_INFO']}")
    TITLES[shown.page.title()].add(page_of(answer))
    return complaints + looks.faults(shown.page)


@pytest.mark.parametrize("row", PAGES, ids=lambda row: f"{row.name}-{row.place}")
def test_page_is_accessible_in_every_look(
    world: World,  # noqa: F811
    browsers: dict[str, Client],  # noqa: F811
    shown: Shown,
    row: Row,
) -> None:
    met: set[object] = set()
    for member in MEMBERS:
        if row.who[member] != IN:
            continue
        answer = browsers[member].get(row.address(world))
        if answer.status_code in {301, 302, 303}:
            continue
        assert answer.headers["Content-Type"].startswith("text/html"), (member, answer.headers)
        # The same templates for another member are the same page.
        kind = (answer.status_code, frozenset(one.name for one in answer.templates))
        if kind not in met | REFUSALS:
            assert look_at(shown, answer) == [], (member, answer.status_code)
        met.add(kind)
        if answer.status_code >= 400:
            REFUSALS.add(kind)
    assert met or row.name in LEADS_ON or row.place != _first(row.name), "nobody sees it"


def _first(name: str) -> str:
    return next(row.place for row in PAGES if row.name == name)


@pytest.mark.parametrize("state", DESK)
def test_desk_is_accessible_in_every_state(world: World, shown: Shown, state: str) -> None:  # noqa: F811
    session = SessionFactory(establishment=world.school)
    candidate = CandidateFactory(session=session)
    entry = put(candidate, state, now=world.now) or open_entry(
        session=session,
        last_name=candidate.last_name,
        first_name=candidate.first_name,
        birth_date=candidate.birth_date,
        heartbeat=None,
        now=world.now,
    )
    pupil = Client()
    pupil.cookies["pupitre"] = token_of(entry)
    answer = pupil.get("/candidat/test/")
    assert answer.status_code == 200
    assert look_at(shown, answer) == []


def test_second_factor_is_accessible(world: World, shown: Shown) -> None:  # noqa: F811
    account = MembershipFactory(establishment=world.school).account
    protect(account)
    browser, _ = give_password(account)
    answer = browser.get("/etablissement/code/")
    assert answer.status_code == 200
    assert look_at(shown, answer) == []


@pytest.mark.parametrize("name", FORMS)
def test_refused_form_is_accessible(
    world: World,  # noqa: F811
    browsers: dict[str, Client],  # noqa: F811
    shown: Shown,
    name: str,
) -> None:
    row = next(one for one in ROWS if one.name == name)
    answer = browsers[FORMS[name]].post(row.address(world), {"csrfmiddlewaretoken": "any"})
    assert answer.status_code in {200, 409, 422}, answer.status_code
    assert look_at(shown, answer) == []
    assert shown.page.locator("[aria-invalid=true]").count(), "no field says that it is wrong"


def test_title_of_a_page_is_its_own() -> None:
    """Of what was walked before: in the list of tabs, or read aloud, one page is told from another."""
    shared = {title: pages for title, pages in TITLES.items() if len(pages) > 1}
    assert shared == {}
    assert [title for title in TITLES if not title.strip() or title == "Pixsurv"] == []
