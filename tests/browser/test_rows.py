"""What static/rows.js makes of the rows is what the other tests take it for (tests/made_rows.py)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from lxml.html import HtmlElement
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, assert_accessible, enter_room, full_name
from tests.htmx import by_id, outline, parse
from tests.made_rows import make_rows


def row_as_made(page: Page, candidate: dict[str, Any]) -> list[str]:
    found = by_id(parse(page.content()), f"candidat-{candidate['id']}")
    assert found is not None
    return _lines(found)


def row_as_said(page: Page, candidate: dict[str, Any]) -> list[str]:
    """Of the page as the server sends it now."""
    root = parse(page.request.get(page.url).text())
    address = root.xpath("//form[@id='geste']/@hx-post")[0]
    make_rows(root, root, address)
    found = by_id(root, f"candidat-{candidate['id']}")
    assert found is not None
    return _lines(found)


def _lines(row: HtmlElement) -> list[str]:
    """A browser writes `checked=""`, the parser of a page `checked="checked"`."""
    return [
        line.replace("checked=''", "checked='checked'").replace("disabled=''", "disabled='disabled'")
        for line in outline(row)
    ]


def test_the_script_makes_the_row_that_the_tests_know(
    server: Server, open_browser: Callable[..., Page]
) -> None:
    session = server.session()
    candidate = next(one for one in session["candidates"] if one["certifiable"] is not False)
    page = open_browser()
    enter_room(page, server, session)
    assert row_as_made(page, candidate) == row_as_said(page, candidate)
    page.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True).check()
    row = page.locator(f"#candidat-{candidate['id']}")
    expect(row).to_have_attribute("data-state", "present")
    expect(row).to_have_attribute("class", "rang")  # without what htmx adds until it has settled
    made = row_as_made(page, candidate)
    assert made == row_as_said(page, candidate)
    assert any("poste-defaillant" in line for line in made)


def test_a_refused_box_stays_refused(server: Server, open_browser: Callable[..., Page]) -> None:
    session, candidate = next(
        (session, one)
        for session in server.demo["sessions"]
        for one in session["candidates"]
        if session["state"] in {"planned", "open"} and one["certifiable"] is False
    )
    page = open_browser()
    enter_room(page, server, session)
    box = page.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True)
    expect(box).to_be_disabled()
    expect(box).to_have_accessible_description(re.compile("Pas encore certifiable"))
    expect(page.locator(".rang__case input:enabled")).not_to_have_count(0)
    assert row_as_made(page, candidate) == row_as_said(page, candidate)


def test_focus_before_the_scripts_stays_in_its_row(server: Server, open_browser: Callable[..., Page]) -> None:
    """On a slow network one may already stand there when the menu is made."""
    session = server.session()
    candidate = session["candidates"][1]
    page = open_browser()
    enter_room(page, server, session)
    held: list[Any] = []
    page.route("**/*.js", lambda route: held.append(route))
    page.reload(wait_until="commit")
    page.locator(f"#candidat-{candidate['id']} > a").focus()
    for route in held:
        route.continue_()
    expect(page.locator(f"#menu-bouton-{candidate['id']}")).to_be_focused()


def test_a_box_waits_until_a_tick_of_it_is_sent(server: Server, open_browser: Callable[..., Page]) -> None:
    """A slow network shows the list before its scripts: nothing looks ticked that nobody sends."""
    session = server.session()
    candidate = session["candidates"][6]
    page = open_browser()
    enter_room(page, server, session)
    held: list[Any] = []
    page.route("**/*.js", lambda route: held.append(route))
    page.reload(wait_until="commit")
    row = page.locator(f"#candidat-{candidate['id']}")
    box = row.get_by_role("checkbox")
    expect(box).to_be_disabled()
    box.click(force=True)
    assert_accessible(page, "before the scripts")
    for route in held:
        route.continue_()
    expect(box).to_be_enabled()
    expect(box).not_to_be_checked()
    expect(page.locator(".rang__case input:disabled:not([aria-describedby])")).to_have_count(0)
    for state in ("present", "expected"):  # by the keyboard, which stays in the box that came back
        box.focus()
        page.keyboard.press("Space")
        expect(row).to_have_attribute("data-state", state)
        expect(box).to_be_enabled()
        expect(box).to_be_focused()


@pytest.mark.parametrize("missing", ["room_page", "htmx"])
def test_without_one_script_the_page_of_a_candidate_suffices(
    server: Server, open_browser: Callable[..., Page], missing: str
) -> None:
    """No box takes a tick, and what <noscript> offers is not there: « ⋯ » leads to what is."""
    session = server.session()
    candidate = next(one for one in session["candidates"] if one["certifiable"] is not False)
    page = open_browser()
    enter_room(page, server, session)
    page.route(f"**/{missing}*.js", lambda route: route.abort())
    page.reload()
    row = page.locator(f"#candidat-{candidate['id']}")
    for words, state in (("Noter", "present"), ("Retirer", "expected")):
        expect(row.get_by_role("checkbox")).to_be_disabled()
        page.goto(f"{page.url.split('#')[0]}candidats/{candidate['id']}/")
        page.get_by_role("button", name=f"{words} la présence de {full_name(candidate)}").click()
        expect(row).to_have_attribute("data-state", state)
