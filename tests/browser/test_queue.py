"""What waits in a page, when the clock, the server or who watches isn't what it was (decision 0031)."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, enter_room
from tests.browser.test_network import WAITING, Watched

PRESENCES = re.compile("/presence/$")
OTHER = "Fait sous un autre accès, pas envoyé"


@pytest.fixture
def session(server: Server) -> dict[str, Any]:
    return server.session()


@pytest.fixture
def watched(server: Server, open_browser: Callable[..., Page], session: dict[str, Any]) -> Watched:
    return Watched(open_browser(), server, session)


def keep_presence(watched: Watched) -> None:
    watched.page.route(PRESENCES, lambda route: route.abort())
    watched.box(0).click()
    expect(watched.row(0)).to_contain_text(WAITING)


def test_a_clock_a_day_ahead_loses_nothing(
    server: Server, open_browser: Callable[..., Page], session: dict[str, Any]
) -> None:
    watched = Watched(open_browser(), server, session, ahead=timedelta(hours=25))
    keep_presence(watched)
    watched.page.reload()
    expect(watched.row(0)).to_contain_text(WAITING)
    watched.page.unroute(PRESENCES)
    watched.wait(6)
    watched.expect_state(0, "present")
    assert watched.kept() == {}


def test_what_is_too_old_is_shown_and_not_sent(watched: Watched) -> None:
    page, line = watched.page, watched.page.locator("#attente")
    keep_presence(watched)
    [(key, text)] = watched.kept().items()
    entry = json.loads(text)
    entry["observed"] -= 25 * 3600 * 1000
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, json.dumps(entry)])
    page.unroute(PRESENCES)
    page.reload()
    expect(line).to_contain_text("Fait il y a plus de 24 heures, pas envoyé")
    watched.wait(6)
    watched.expect_state(0, "expected")
    assert list(watched.kept()) == [key]
    line.get_by_role("button", name="Ne plus afficher").click()
    expect(line).to_be_hidden()
    assert watched.kept() == {}


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])
def test_an_error_of_the_server_drops_no_gesture(watched: Watched, lasting: bool) -> None:
    page, line = watched.page, watched.page.locator("#attente")
    keep_presence(watched)
    page.unroute(PRESENCES)
    with page.expect_request(PRESENCES):
        page.route(PRESENCES, lambda route: route.fulfill(status=500, headers={"X-Pixsurv": "1"}, body="x"))
        watched.wait(6)
    if lasting:
        watched.wait(45)
        expect(line).to_contain_text("Le serveur n’a pas pu l’enregistrer")
        assert len(watched.kept()) == 1
        page.reload()
        page.unroute(PRESENCES)
        line.get_by_role("button", name="Réessayer").click()
    else:
        expect(watched.row(0)).to_contain_text(WAITING)
        page.unroute(PRESENCES)
        watched.wait(6)
    watched.expect_state(0, "present")
    assert watched.kept() == {}


@pytest.mark.parametrize("same", [True, False], ids=["same person", "somebody else"])
def test_login_on_the_page_sends_what_the_same_person_kept(
    watched: Watched, server: Server, session: dict[str, Any], same: bool
) -> None:
    page = watched.page
    keep_presence(watched)
    page.context.clear_cookies()
    page.unroute(PRESENCES)
    enter_room(page, server, session, "perrine essai" if same else "Odile Autre")
    if same:
        watched.expect_state(0, "present")
        assert watched.kept() == {}
    else:
        expect(page.locator("#attente")).to_contain_text(OTHER)
        watched.expect_state(0, "expected")
        assert len(watched.kept()) == 1


@pytest.mark.parametrize("same", [True, False], ids=["same person", "somebody else"])
def test_a_tab_of_before_signs_for_nobody_else(
    watched: Watched, server: Server, session: dict[str, Any], same: bool
) -> None:
    """Whoever logs in again, in another tab of this browser, holds its cookie."""
    enter_room(watched.page.context.new_page(), server, session, "Perrine Essai" if same else "Odile Autre")
    watched.box(0).click()
    if same:
        watched.expect_state(0, "present")
        return
    expect(watched.page.locator("#annonces")).to_contain_text("sous un autre accès")
    watched.expect_state(0, "expected")
    expect(watched.box(0)).not_to_be_checked()
    assert watched.kept() == {}
