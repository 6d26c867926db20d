"""Whole days by keyboard alone: only `page.keyboard`, never a click (quality.md §4)."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from pixsurv.kernel import clock
from tests.browser.conftest import Server, full_name
from tests.browser.keyboard import Hands

NBSP = "\u00a0"


def enters_the_room(hands: Hands, server: Server, session: dict[str, Any]) -> None:
    hands.page.goto(f"{server.url}/surveillance/")
    hands.keys.press("Tab")
    assert hands.active() == "Aller au contenu"
    hands.keys.press("Enter")
    hands.fill("Numéro de la session", str(session["number"]))
    hands.fill("Mot de passe de la session", session["password"])
    hands.fill("Vos nom et prénom", "Perrine Essai")
    hands.keys.press("Enter")
    hands.page.locator("#candidats").wait_for()


def joins(hands: Hands, server: Server, session: dict[str, Any], candidate: dict[str, Any]) -> None:
    hands.page.goto(f"{server.url}/candidat/")
    hands.fill("Numéro de la session", str(session["number"]))
    hands.fill("Nom", candidate["last_name"])
    hands.fill("Prénom", candidate["first_name"])
    hands.fill("Date de naissance", "/".join(reversed(candidate["birth_date"].split("-"))))
    hands.keys.press("Enter")
    hands.page.wait_for_url("**/candidat/test/")


def gives_the_code(hands: Hands, session: dict[str, Any]) -> None:
    hands.page.locator("[name=access_code]").wait_for()
    hands.fill("Code d’accès", session["access_code"])
    hands.keys.press("Enter")
    hands.page.locator("#question").wait_for()
    if hands.page.get_by_role("button", name="Commencer la question").count():
        hands.press("Commencer la question")
        hands.page.locator("[data-ends]").wait_for()


def signals(hands: Hands) -> None:
    hands.press("Signaler un problème sur cette question")
    hands.holds("Signaler un problème sur la question")
    hands.press("Une image ne s’affiche pas", key="Space")
    hands.press("Envoyer le signalement")
    hands.page.locator("#etat").get_by_text("Signalement envoyé.").wait_for()
    hands.holds()


def state_is(page: Page, candidate: dict[str, Any], state: str) -> None:
    expect(page.locator(f"#candidat-{candidate['id']}")).to_have_attribute("data-state", state, timeout=8000)


def opens_menu(hands: Hands, name: str) -> None:
    hands.press(f"Autres gestes pour {name}")
    expect(hands.page.locator(".rang details[open]")).to_have_count(1)


def refuses(room: Hands, name: str) -> None:
    room.press(f"Gérer le signalement de {name}")
    room.in_dialog(f"Signalement de {name}")
    room.press("Pas de problème")
    expect(room.page.locator("#dialogue")).to_be_hidden()
    room.holds(f"Autres gestes pour {name}")  # the card is gone: the row of the pupil stands for it


def test_session_from_the_door_to_the_signature(server: Server, open_browser: Callable[..., Page]) -> None:
    session = server.session()
    pupil_one, pupil_two = [one for one in session["candidates"] if one["certifiable"] is not False][:2]
    one, two = full_name(pupil_one), full_name(pupil_two)
    room, desk = Hands(open_browser()), Hands(open_browser())
    enters_the_room(room, server, session)

    for pupil in (pupil_one, pupil_two):
        room.press(f"Présence de {full_name(pupil)}", key="Space")
        state_is(room.page, pupil, "present")
        room.holds(f"Présence de {full_name(pupil)}")

    room.press("Plus", back=True)
    room.press("Consignes à lire")
    room.in_dialog("Consignes à lire")
    room.press("Consignes lues")
    expect(room.page.locator("#dialogue")).to_be_hidden()
    room.holds("Plus")

    room.press("Afficher le code d’accès", back=True)
    room.page.wait_for_url("**/code/")
    room.press("Retour à la salle")
    room.page.locator("#candidats").wait_for()

    joins(desk, server, session, pupil_one)
    gives_the_code(desk, session)
    state_is(room.page, pupil_one, "in_progress")

    # An alert refused, taken back at once, refused again; another one confirmed.
    signals(desk)
    room.page.locator(f"#b-{pupil_one['id']}").wait_for()
    refuses(room, one)
    room.keys.press("Control+z")
    room.page.locator(f"#b-{pupil_one['id']}").wait_for()
    room.holds(f"Autres gestes pour {one}")
    refuses(room, one)
    second = Hands(open_browser())
    joins(second, server, session, pupil_two)
    gives_the_code(second, session)
    signals(second)
    room.page.locator(f"#b-{pupil_two['id']}").wait_for()
    room.press(f"Gérer le signalement de {two}")
    room.in_dialog(f"Signalement de {two}")
    room.press("Problème confirmé")
    room.in_dialog("Quel problème")
    room.press("E1", key="Space")
    room.press("Confirmer")
    expect(room.page.locator("#dialogue")).to_be_hidden()
    room.holds(f"Autres gestes pour {two}")

    # The computer stopped: he comes back at another one.
    other = Hands(open_browser())
    joins(other, server, session, pupil_one)
    expect(room.page.locator(f"#besoin-{pupil_one['id']}")).to_contain_text(
        "Demande à reprendre", timeout=8000
    )
    opens_menu(room, one)
    room.press(f"Autoriser la reprise du test {one}|Autoriser la reprise")
    room.in_dialog(f"Autoriser {one}")
    room.press("Confirmer")
    state_is(room.page, pupil_one, "resume_authorised")
    room.holds(f"Autres gestes pour {one}")
    gives_the_code(other, session)
    state_is(room.page, pupil_one, "in_progress")

    opens_menu(room, one)
    room.press("Terminer le test")
    room.in_dialog(f"Terminer le test de {one}")
    room.press("Confirmer")
    state_is(room.page, pupil_one, "ended")
    room.holds()
    room.press("Annuler la fin du test", back=True)
    state_is(room.page, pupil_one, "in_progress")
    room.holds()

    room.press("Incident$", back=True)
    room.in_dialog("Noter un incident")
    room.to("Qui")
    room.keys.type("Toute")
    room.press("C7")
    room.in_dialog("C7")
    room.fill("(Description|Précisions|Ce qui|Faits)", "Alarme du voisin pendant une minute.")
    room.press("Enregistrer")
    expect(room.page.locator("#dialogue")).to_be_hidden()
    room.holds("Incident")
    # A dialog is no trap.
    room.press("Incident$")
    room.in_dialog("Noter un incident")
    room.keys.press("Escape")
    room.holds("Incident")

    for hands in (other, second):
        hands.page.locator("#question").wait_for(timeout=20_000)
        hands.press("J’ai terminé", back=True)
        hands.holds("Il reste")
        hands.press("Terminer le test")
        hands.page.get_by_role("heading", name="Votre test est terminé").wait_for()
    state_is(room.page, pupil_one, "completed")
    room.press("Clôturer", back=True)
    room.page.wait_for_url("**/cloturer/")
    room.press("La feuille d’émargement est signée", key="Space")
    room.fill("Vos nom et prénom, comme signature", "Perrine Essai")
    expect(room.page.locator("#bouton-clore")).to_be_enabled()
    room.press("Confirmer")
    room.page.get_by_role("link", name="Lire ou télécharger le PV d’incident").wait_for()


def test_school_creates_a_session_and_prints_its_papers(
    server: Server, open_browser: Callable[..., Page]
) -> None:
    hands = Hands(open_browser())
    hands.page.goto(f"{server.url}/etablissement/")
    hands.fill("Adresse e-mail", server.demo["admin"]["email"])
    hands.fill("Mot de passe", server.demo["admin"]["password"])
    hands.keys.press("Enter")
    hands.page.wait_for_url("**/sessions/")
    hands.press("Créer une session")
    hands.page.wait_for_url("**/creer/**")
    # The first of the first month, in the morning: typed the same whatever order the browser's language puts them in.
    hands.to("Date")
    hands.keys.type(f"0101{clock.now().year + 1}")
    hands.to("Heure de début")
    hands.keys.type("0945a")
    hands.fill("Site", "Site principal")
    hands.fill("Salle", "Clavier")
    hands.press("Créer la session")
    expect(hands.page.get_by_role("heading", level=1)).to_have_text(f"Salle Clavier{NBSP}— 9h45")
    with hands.page.expect_download():
        hands.press("Kit surveillant")
    hands.holds("Kit surveillant")

    hands.press("Sessions", back=True)
    expect(hands.page.get_by_role("heading", level=1)).to_contain_text("Sessions")
    hands.press("À venir")
    hands.page.wait_for_url("**filtre=**")
    hands.press("Documents de ces sessions")
    hands.page.wait_for_url("**/documents/**")
    hands.press("Ne rien cocher")
    hands.page.wait_for_url("**coche=aucune**")
    hands.press(".*Clavier", key="Space")
    with hands.page.expect_download():
        hands.press("Préparer les documents")
    hands.holds("Préparer les documents")
