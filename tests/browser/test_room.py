"""The room in a real browser: nothing of what one was doing is lost, nothing is claimed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible, enter_room, full_name

SEED = [
    ("DELARUE", "Sophie", "04/07/2001"),
    ("DUPONT", "Martine", "21/05/1994"),
    ("DUPONT", "Paul", "21/05/1997"),
    ("DURAND", "Simon", "09/03/1988"),
    ("PICASSO", "Pablo", "23/09/1954"),
]


def row(page, candidate):
    return page.locator(f"#candidat-{candidate['id']}")


def box(page, candidate):
    return page.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True)


def test_seed_candidates_look_like_the_seed(server, open_browser):
    page = open_browser()
    session = server.demo["sessions"][0]
    enter_room(page, server, session)
    for last, first, birth in SEED:
        candidate = next(
            one for one in session["candidates"] if (one["last_name"], one["first_name"]) == (last, first)
        )
        shown = row(page, candidate)
        expect(shown).to_contain_text(f"{last} {first}")
        expect(shown).to_contain_text(birth)
        expect(box(page, candidate)).to_be_visible()
        expect(shown).to_have_attribute("data-state", "expected")
        expect(shown).to_contain_text("À cocher")
    expect(page.locator("#compteur")).to_contain_text("0/25 présent")


def test_tick_is_announced_and_taken_back(server, open_browser):
    page = open_browser(width=390)
    session = server.session()
    candidate = session["candidates"][0]
    enter_room(page, server, session)
    box(page, candidate).check()
    expect(row(page, candidate)).to_have_attribute("data-state", "present")
    expect(page.locator("#annonces")).to_contain_text(f"Présent : {full_name(candidate)}")
    page.get_by_role("button", name="Ce n’est pas lui").click()
    expect(row(page, candidate)).to_have_attribute("data-state", "expected")
    expect(box(page, candidate)).not_to_be_checked()


def test_refresh_keeps_search_focus_and_open_menu(server, open_browser):
    session = server.session()
    watched, other = session["candidates"][:2]
    mine, theirs = open_browser(width=390), open_browser()
    enter_room(mine, server, session)
    enter_room(theirs, server, session, "Luc Essai")
    menu = row(mine, watched).locator("details")
    menu.locator("summary").click()
    box(theirs, watched).check()
    expect(row(mine, watched)).to_have_attribute("data-state", "present", timeout=8000)
    expect(menu).to_have_attribute("open", "")
    mine.keyboard.press("Escape")
    search = mine.get_by_label("Chercher un candidat")
    search.press_sequentially(other["last_name"][:4].lower())
    box(theirs, other).check()
    expect(row(mine, other)).to_have_attribute("data-state", "present", timeout=8000)
    expect(search).to_be_focused()
    expect(search).to_have_value(other["last_name"][:4].lower())


def test_dialog_gives_the_focus_back(server, open_browser):
    page = open_browser()
    session = server.session()
    enter_room(page, server, session)
    button = row(page, session["candidates"][0]).locator("summary")
    button.click()
    page.get_by_role("button", name="Détail et autres gestes").first.click()
    expect(page.locator("#dialogue")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dialogue")).to_be_hidden()
    expect(button).to_be_focused()


def test_offline_tick_is_not_claimed_and_goes_when_the_network_is_back(server, open_browser):
    """The browser itself says that it is online again: nothing is waited for. The rest is in test_network."""
    page = open_browser(width=390)
    session = server.session()
    candidate = session["candidates"][0]
    enter_room(page, server, session)
    page.context.set_offline(True)
    box(page, candidate).click()
    expect(page.locator("#dire")).to_contain_text("1 geste en attente d’envoi")
    expect(row(page, candidate)).to_have_attribute("data-state", "expected")
    expect(page.locator("#liste")).to_be_visible()
    page.context.set_offline(False)
    expect(row(page, candidate)).to_have_attribute("data-state", "present")
    expect(page.locator("#attente")).to_contain_text("1 envoyée, 0 refusée.")


def test_masked_screen_shows_no_name(server, open_browser):
    page = open_browser(width=390)
    session = server.session()
    enter_room(page, server, session)
    page.locator("#plus-bas summary").click()
    page.get_by_role("button", name="Masquer l’écran").last.click()
    expect(page.get_by_role("heading", name="Écran masqué")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(session["candidates"][0]["last_name"])
    page.get_by_label("Mot de passe de la session").fill(session["password"].lower())
    page.get_by_role("button", name="Afficher la salle").click()
    expect(page.locator("#candidats")).to_contain_text(session["candidates"][0]["last_name"])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_what_opens_in_the_room_has_no_axe_finding_and_no_sideways_scroll(server, open_browser, width, dark):
    page = open_browser(width=width, dark=dark)
    session = server.demo["sessions"][1]

    def look(where: str) -> None:
        assert_accessible(page, where)

    page.goto(f"{server.url}/surveillance/")
    page.locator("[name=password]").fill("BCRQ72")
    page.get_by_role("button", name="Surveiller la session").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()
    enter_room(page, server, session)
    page.locator(".rang summary").first.click()
    look("menu")
    page.get_by_role("button", name="Détail et autres gestes").first.click()
    expect(page.locator("#dialogue")).to_be_visible()
    look("dialog")


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_room_fits_any_width(server, open_browser, width):
    page = open_browser(width=width)
    enter_room(page, server, server.demo["sessions"][1])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        """() => [...document.querySelectorAll(
                '#candidats :is(button, summary, .case, .filtre), .barre-basse :is(a, summary)')]
            .filter(one => one.offsetParent && Math.min(one.offsetWidth, one.offsetHeight) < 44)
            .map(one => one.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_title_counts_what_waits(server, open_browser):
    page = open_browser()
    enter_room(page, server, server.session())
    assert re.match(r"Salle .* — \d+h\d\d — Surveillance", page.title())
