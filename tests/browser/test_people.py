"""Inviting somebody and preparing a session, in a real browser, with and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

PASSWORD = "quatre mots sans rapport"


def sign_in(page: Page, server) -> None:
    page.goto(f"{server.url}/etablissement/")
    page.locator("[name=email]").fill(server.demo["admin"]["email"])
    page.locator("[name=password]").fill(server.demo["admin"]["password"])
    page.get_by_role("button", name="Je me connecte").click()
    page.wait_for_url("**/sessions/")


@pytest.mark.parametrize("scripts", [True, False])
def test_invited_colleague_makes_an_account_and_prepares_a_session(server, open_browser, scripts) -> None:
    admin, guest = open_browser(scripts=scripts), open_browser(width=390, scripts=scripts)
    sign_in(admin, server)
    admin.goto(f"{server.url}/etablissement/equipe/")
    email = f"nina-{scripts}@exemple.fr".lower()
    admin.get_by_label("Adresse e-mail").fill(email)
    admin.get_by_label("Rôle").select_option("admin")
    admin.get_by_role("button", name="Inviter").click()
    card = admin.locator(".feuille", has=admin.get_by_role("heading", name=email))
    link = card.locator("input[readonly]").input_value()
    # The button is for scripts; the text can be selected without.
    assert card.get_by_role("button", name="Copier").is_visible() is scripts
    guest.goto(server.url + re.sub(r"^https?://[^/]+", "", link))
    guest.get_by_label("Vos prénom et nom").fill("Nina Nouvelle")
    guest.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    guest.get_by_label("Le même mot de passe").fill(PASSWORD)
    guest.get_by_role("button", name="Créer mon compte").click()
    expect(guest.get_by_text("Votre compte est créé.")).to_be_visible()
    guest.get_by_role("link", name="Créer une session").click()
    guest.get_by_label("Date").fill("2027-03-17")
    guest.get_by_label("Heure de début").fill("13:45")
    guest.get_by_label("Site").fill("Site principal")
    guest.get_by_label("Salle", exact=True).fill(f"Salle {scripts}")
    guest.get_by_role("button", name="Créer la session").click()
    expect(guest.get_by_role("heading", level=1)).to_contain_text("13h45")
