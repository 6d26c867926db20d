"""What changes by itself: said once, in one place, and nothing of what one was doing is lost (quality.md §4)."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, enter_room, full_name

# From now on, whatever is said or would be: what the live regions come to hold.
LISTEN = """() => {
    window.said = [];
    const live = "[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]";
    new MutationObserver((changes) => {
        for (const { target } of changes) {
            const region = (target.nodeType === 1 ? target : target.parentElement)?.closest(live);
            const words = region && !region.hidden && region.textContent.replace(/\\s+/g, " ").trim();
            if (words && window.said.at(-1) !== words) window.said.push(words);
        }
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}"""


def box(page: Page, candidate: dict[str, Any]) -> Any:
    return page.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True)


def arrives(page: Page, candidate: dict[str, Any]) -> None:
    row = page.locator(f"#candidat-{candidate['id']}")
    expect(row).to_have_attribute("data-state", "present", timeout=10_000)


def test_only_what_changed_is_said_and_never_the_rows(
    server: Server, open_browser: Callable[..., Page]
) -> None:
    session = server.session()
    watched, other = session["candidates"][:2]
    mine, theirs = open_browser(), open_browser(width=390)
    enter_room(mine, server, session)
    enter_room(theirs, server, session, "Luc Essai")
    mine.evaluate(LISTEN)
    box(theirs, other).check()
    arrives(mine, other)
    # A colleague's tick shows and is not said; one's own is said once, with the name.
    assert mine.evaluate("window.said") == []
    box(mine, watched).check()
    expect(mine.locator("#dire")).to_contain_text(full_name(watched))
    said = mine.evaluate("window.said")
    assert len(said) == 1
    assert full_name(other) not in said[0]
    # The clock, the age of the data, the rows, the cards: nothing of what ticks is live.
    assert (
        mine.locator(":is([aria-live], [role=status], [role=alert]) :is(.rang, .besoin, time)").count() == 0
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_refresh_leaves_focus_menu_field_and_place(
    server: Server, open_browser: Callable[..., Page], width: int
) -> None:
    session = server.session()
    held, first, second, third = session["candidates"][5:9]
    mine, theirs = open_browser(width=width), open_browser()
    enter_room(mine, server, session)
    enter_room(theirs, server, session, "Luc Essai")

    # The very row that changes holds the focus.
    box(mine, held).focus()
    before = mine.evaluate("scrollY")
    box(theirs, held).check()
    arrives(mine, held)
    expect(box(mine, held)).to_be_focused()
    assert mine.evaluate("scrollY") == before

    # An open menu, in the row that changes, with the focus on one of its gestures.
    mine.locator(f"#menu-bouton-{first['id']}").press("Enter")
    gesture = mine.locator(f"#menu-{first['id']} .menu__liste button").first
    gesture.focus()
    words = gesture.inner_text()
    box(theirs, first).check()
    arrives(mine, first)
    expect(mine.locator(f"#menu-{first['id']}")).to_have_attribute("open", "")
    assert mine.evaluate("document.activeElement.closest('.menu')?.id") == f"menu-{first['id']}", words
    mine.keyboard.press("Escape")
    expect(mine.locator(f"#menu-bouton-{first['id']}")).to_be_focused()

    # A dialog with a field half filled in.
    mine.locator("#incident-bas" if width == 390 else "#incident-haut").click()
    mine.locator("#incident-qui").select_option(label="Toute la salle")
    mine.get_by_role("button", name="C7").click()
    field = mine.locator("#dialogue [name=description]")
    field.press_sequentially("Écran noir")
    box(theirs, second).check()
    arrives(mine, second)
    expect(field).to_have_value("Écran noir")
    expect(field).to_be_focused()
    mine.keyboard.press("Escape")

    # Under a filter, a row that one stands in at the keyboard stays until one leaves it.
    mine.locator(".filtre[data-etats='expected']").press("Enter")
    box(mine, third).press("Space")
    arrives(mine, third)
    expect(box(mine, third)).to_be_focused()
