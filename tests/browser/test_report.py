"""The report in two browsers: saved while it is written, two texts kept, closed with what is missing said."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, assert_accessible, enter_room


def open_report(page: Page, server: Server, number: int) -> None:
    page.goto(f"{server.url}/surveillance/{number}/pv/")


def test_comment_of_two_proctors_then_the_closing(server: Server, open_browser: Callable[..., Page]) -> None:
    session = server.session()
    number = session["number"]
    one, other = open_browser(), open_browser(width=390, dark=True)
    for page, name in ((one, "Perrine Essai"), (other, "Luc Essai")):
        enter_room(page, server, session, name)
        open_report(page, server, number)

    one.locator("#commentaire").fill("Le texte de Perrine.")
    one.locator("#commentaire").blur()
    expect(one.locator("#commentaire-etat")).to_contain_text("Enregistré à")

    other.locator("#commentaire").fill("Le texte de Luc.")
    other.locator("#commentaire").blur()
    expect(other.locator("#commentaire-etat")).to_contain_text("Le texte de Perrine.")
    expect(other.locator("#commentaire")).to_have_value("Le texte de Luc.")
    assert_accessible(other, "two texts")
    other.locator("#commentaire").fill("Le texte de Luc, complété.")
    other.get_by_role("button", name="Garder mon texte").click()
    expect(other.locator("#commentaire-etat")).to_contain_text("Enregistré à")

    one.get_by_role("link", name="Clôturer").click()
    expect(one.locator("#commentaire")).to_have_value("Le texte de Luc, complété.")
    expect(one.locator("#bouton-clore")).to_contain_text("Clôturer avec 3 manques déclarés")
    one.get_by_label("La feuille d’émargement est signée").check()
    one.get_by_label("Vos nom et prénom, comme signature").fill("Perrine Essai")
    expect(one.locator("#bouton-clore")).to_contain_text("Clôturer avec 1 manque déclaré")
    assert_accessible(one, "closing")
    one.locator("#bouton-clore").click()
    one.get_by_role("link", name="Lire ou télécharger le PV d’incident").click()
    expect(one.locator("#feuille")).to_contain_text("Sceau")
    assert_accessible(one, "sealed report")
    one.goto(one.get_by_role("link", name="Vérifier ce sceau").get_attribute("href") or "")
    expect(one.get_by_role("heading", name="Ce sceau est le bon")).to_be_visible()
    assert_accessible(one, "verify")


@pytest.mark.parametrize("status", [503, 0])
def test_comment_that_could_not_be_saved_stays_and_is_tried_again(
    server: Server, open_browser: Callable[..., Page], status: int
) -> None:
    session = server.session()
    page = open_browser(width=390)
    enter_room(page, server, session)
    open_report(page, server, session["number"])
    failures = iter([True])

    def answer(route: object) -> None:
        if not next(failures, False):
            route.continue_()  # type: ignore[attr-defined]
        elif status:
            route.fulfill(status=status, headers={"X-Pixsurv": "1", "HX-Reswap": "none"})  # type: ignore[attr-defined]
        else:
            route.abort()  # type: ignore[attr-defined]

    page.route("**/pv/commentaire/", answer)
    page.locator("#commentaire").fill("À ne pas perdre.")
    page.locator("#commentaire").blur()
    expect(page.locator("#commentaire-etat")).to_contain_text("Non enregistré")
    expect(page.locator("#commentaire")).to_have_value("À ne pas perdre.")
    expect(page.locator("#commentaire-etat")).to_contain_text("Enregistré à", timeout=9000)
