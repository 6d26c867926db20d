"""« Que faire si… » from a row to the gesture it gives, by keyboard and by thumb (R18)."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible, enter_room, full_name, join


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)])
def test_panel_opens_from_the_row_acts_and_gives_the_focus_back(server, open_browser, width, dark):
    session = server.session()
    candidate = session["candidates"][0]
    proctor, pupil = open_browser(width=width, dark=dark), open_browser()
    enter_room(proctor, server, session)
    proctor.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True).check()
    join(pupil, server, session, candidate)
    pupil.locator("[name=access_code]").fill(session["access_code"])
    pupil.locator("[name=access_code]").press("Enter")
    row = proctor.locator(f"#candidat-{candidate['id']}")
    expect(row).to_have_attribute("data-state", "in_progress", timeout=8000)

    menu = proctor.locator(f"#menu-bouton-{candidate['id']}")
    opens = proctor.get_by_role("button", name=f"Que faire si… pour {full_name(candidate)}")
    menu.focus()
    proctor.keyboard.press("Enter")
    opens.focus()
    proctor.keyboard.press("Enter")
    dialog = proctor.locator("#dialogue")
    expect(dialog.get_by_role("heading", name="Que faire si…")).to_be_visible()
    expect(dialog.locator("details[open] > summary").first).to_have_text("Son ordinateur s’arrête")
    assert_accessible(proctor, f"help panel, {width}")
    dialog.get_by_text("Il ne s’est jamais connecté à Pix").click()
    dialog.get_by_text("Parcours SOS, pas à pas").click()
    expect(dialog.get_by_text("Vous regardez son profil.")).to_be_visible()
    assert_accessible(proctor, f"help panel, unfolded, {width}")
    proctor.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(menu).to_be_focused()

    menu.click()
    opens.click()
    dialog.get_by_role("link", name=f"Poste défaillant : {full_name(candidate)}").click()
    dialog.get_by_role("button", name="Confirmer").click()
    expect(dialog).to_be_hidden()
    expect(row).to_have_attribute("data-state", "resume_authorised")
    expect(menu).to_be_focused()


def test_what_is_urgent_stands_on_the_first_screen_of_a_phone(server, open_browser):
    page = open_browser(width=390)
    enter_room(page, server, server.session())
    page.locator("#plus-bouton-bas").click()
    for name in ("Que faire si…", "Qui appeler", "Incident dans toute la salle", "Liste d’évacuation"):
        control = page.locator("#plus-bas").get_by_text(name, exact=True)
        expect(control).to_be_in_viewport(ratio=1)
    assert_accessible(page, "menu of the phone")
    page.locator("#plus-aide-bas").click()
    expect(page.locator("#dialogue")).to_contain_text("Session pas encore lancée")
    page.locator("#aide-qui").select_option(index=1)
    page.get_by_role("button", name="Choisir").click()
    expect(page.locator("#dialogue .identite-rappel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#plus-bouton-bas")).to_be_focused()


def test_help_page_and_the_panel_without_scripts(server, open_browser):
    page = open_browser(width=390, scripts=False)
    session = server.session()
    enter_room(page, server, session)
    page.locator("#plus-bas summary").click()
    page.locator("#plus-aide-bas").click()
    expect(page.get_by_role("heading", name="Que faire si…", level=1)).to_be_visible()
    expect(page.locator("#candidats")).to_have_count(0)
    page.get_by_role("link", name="Retour", exact=True).click()
    page.locator("#candidats").wait_for()
    help_page = open_browser(dark=True)
    help_page.goto(f"{server.url}/aide/#sos")
    assert_accessible(help_page, "help")
