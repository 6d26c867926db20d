"""From the first page of a fresh installation into a rehearsal: two clicks (R19)."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible

SHORT = 6_000  # ms: what a teacher who tries it once will wait


def test_two_clicks_lead_into_a_rehearsal_whose_pupils_arrive(server, open_browser) -> None:
    page = open_browser(width=390, dark=True)
    page.goto(server.url)
    page.get_by_role("link", name="S’entraîner dans une salle fictive").click()
    page.get_by_role("button", name="S’entraîner").click()

    expect(page.get_by_label("Présence de Alix AUBÉPINE")).to_be_visible(timeout=SHORT)
    expect(page.get_by_text("ENTRAÎNEMENT", exact=True)).to_be_visible()
    assert_accessible(page, "the rehearsal")
    row = page.locator("li", has_text="AUBÉPINE")
    expect(row).to_contain_text(re.compile(r"Poste\s*1"), timeout=2 * SHORT)  # she sat down while we looked
    page.get_by_role("link", name="Ce que vous avez fait").click()
    expect(page.get_by_role("heading", name="Pas encore essayé")).to_be_visible()
    assert_accessible(page, "what was practised")
