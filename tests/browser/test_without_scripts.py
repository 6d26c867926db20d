"""Whole days with JavaScript off: every gesture is a form or a link (contract.md, Pages)."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from pixsurv.kernel import clock
from tests.browser.conftest import Server, enter_room, full_name, join
from tests.browser.test_people import sign_in
from tests.browser.test_whole_way import signed_in_as_secretariat


def state_is(page: Page, candidate: dict[str, Any], state: str) -> None:
    expect(page.locator(f"#candidat-{candidate['id']}")).to_have_attribute("data-state", state)


def gesture(page: Page, candidate: dict[str, Any], name: str) -> None:
    row = page.locator(f"#candidat-{candidate['id']}")
    button = row.get_by_role("button", name=f"{name} {full_name(candidate)}")
    if not button.count():
        # « ⋯ » leads to his page, which has every gesture: a question is a link there.
        row.get_by_role("link", name=f"Autres gestes pour {full_name(candidate)}").click()
        button = page.locator("main").get_by_role("button", name=f"{name} {full_name(candidate)}")
        button = button.or_(page.get_by_role("link", name=f"{name} {full_name(candidate)}"))
    button.first.click()


def gives_the_code(page: Page, session: dict[str, Any]) -> None:
    page.locator("[name=access_code]").fill(session["access_code"])
    page.locator("[name=access_code]").press("Enter")
    page.locator("#question").wait_for()


def starts_question(page: Page) -> None:
    if page.get_by_role("button", name="Commencer la question").count():
        page.get_by_role("button", name="Commencer la question").click()


def answers(page: Page) -> None:
    """With whatever the question asks for."""
    starts_question(page)
    before = page.locator("h1").inner_text()
    field = page.locator(
        "#question :is(input[type=radio], input[type=checkbox], input[type=text], select)"
    ).first
    if field.get_attribute("type") in {"radio", "checkbox"}:
        field.check()
    elif field.evaluate("one => one.tagName") == "SELECT":
        for choice in page.locator("#question select").all():
            choice.select_option(index=1)
    else:
        field.fill("12")
    page.get_by_role("button", name="Valider ma réponse").click()
    if page.locator("h1").inner_text() == before:  # not of the form that was asked for
        page.get_by_role("button", name="Passer la question").click()
    expect(page.locator("h1")).not_to_have_text(before)


def test_proctor_and_pupil_need_no_scripts(server: Server, open_browser: Callable[..., Page]) -> None:
    session = server.session()
    candidate, other = [one for one in session["candidates"] if one["certifiable"] is not False][:2]
    proctor, pupil = open_browser(width=390, scripts=False), open_browser(scripts=False)
    enter_room(proctor, server, session)
    for one in (candidate, other):
        box = proctor.get_by_role("checkbox", name=f"Présence de {full_name(one)}", exact=True)
        expect(box).to_be_disabled()  # a tick of it would be sent by nothing
        proctor.locator(f"#candidat-{one['id']}").get_by_role("button", name="Noter").click()
        state_is(proctor, one, "present")
    proctor.locator("#plus-bas summary").click()
    proctor.locator("#plus-consignes-bas").click()
    proctor.get_by_role("button", name="Consignes lues").click()
    proctor.get_by_role("link", name="Code", exact=True).click()
    expect(proctor.locator(".ardoise__code")).to_contain_text(session["access_code"][:4])
    proctor.get_by_role("link", name="Retour à la salle").click()

    join(pupil, server, session, candidate)
    gives_the_code(pupil, session)
    answers(pupil)
    starts_question(pupil)
    pupil.get_by_role("button", name="Signaler un problème sur cette question").click()
    pupil.get_by_label("Une image ne s’affiche pas").check()
    pupil.get_by_role("button", name="Envoyer le signalement").click()
    expect(pupil.locator("#etat")).to_contain_text("Signalement envoyé.")

    proctor.reload()
    proctor.locator(f"#b-{candidate['id']}").click()
    proctor.get_by_role("button", name="Problème confirmé").click()
    proctor.locator("[name=category]").first.check()
    proctor.get_by_role("button", name="Confirmer").click()
    expect(proctor.locator("#annonces")).to_contain_text("question suivante")

    again = open_browser(scripts=False)
    join(again, server, session, candidate)
    proctor.reload()
    gesture(proctor, candidate, "Autoriser la reprise du test de")
    proctor.get_by_role("button", name="Confirmer").click()
    state_is(proctor, candidate, "resume_authorised")
    again.reload()
    gives_the_code(again, session)

    proctor.reload()
    gesture(proctor, candidate, "Terminer le test de")
    proctor.get_by_role("button", name="Confirmer").click()
    state_is(proctor, candidate, "ended")
    proctor.get_by_role("button", name=f"Annuler la fin du test de {full_name(candidate)}").click()
    state_is(proctor, candidate, "in_progress")

    proctor.locator("#incident-bas").click()
    proctor.get_by_label("Qui").select_option(str(other["id"]))
    proctor.get_by_role("button", name="C7").click()
    proctor.locator("[name=description]").fill("Écran noir deux minutes.")
    proctor.get_by_role("button", name="Enregistrer").click()
    expect(proctor.locator(f"#candidat-{other['id']}")).to_contain_text("1 incident")

    again.goto(f"{server.url}/candidat/test/")
    again.get_by_role("button", name="J’ai terminé").click()
    again.get_by_role("button", name="Terminer le test").click()
    expect(again.get_by_role("heading", name="Votre test est terminé")).to_be_visible()
    proctor.reload()
    state_is(proctor, candidate, "completed")
    proctor.locator("#plus-bas summary").click()
    proctor.locator("#plus-cloturer-bas").click()
    proctor.get_by_label("Commentaire").fill("Tout s’est bien passé.")
    proctor.get_by_role("button", name="Enregistrer le commentaire").click()
    proctor.get_by_label("La feuille d’émargement est signée").check()
    proctor.get_by_label("Vos nom et prénom, comme signature").fill("Perrine Essai")
    proctor.locator("#bouton-clore").click()
    proctor.get_by_role("link", name="Lire ou télécharger le PV d’incident").click()
    expect(proctor.locator("#feuille")).to_contain_text("Tout s’est bien passé.")


def test_school_needs_no_scripts(server: Server, open_browser: Callable[..., Page], tmp_path: Path) -> None:
    page = open_browser(width=390, scripts=False)
    sign_in(page, server)
    now = clock.now().astimezone(ZoneInfo("Europe/Paris"))
    page.get_by_role("link", name="Créer une session").click()
    page.get_by_label("Date").fill(f"{now:%Y-%m-%d}")
    page.get_by_label("Heure de début").fill(f"{now:%H:%M}")
    page.get_by_label("Site").fill("Site principal")
    page.get_by_label("Salle", exact=True).fill("Sans script")
    page.get_by_role("button", name="Créer la session").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sans script")

    names = tmp_path / "liste.csv"
    names.write_text("Nom;Prénom;Né(e) le;Classe\nNAVIGUÉ;Zoé;28/02/2012;3e N\n", encoding="utf-8")
    page.get_by_role("link", name="Inscrire des candidats").click()
    page.get_by_role("link", name="Importer").click()
    page.get_by_label("Fichier ODS, XLSX ou CSV").set_input_files(names)
    page.get_by_role("button", name="Lire ce fichier").click()
    page.get_by_role("button", name="Enregistrer la liste").click()
    expect(page.get_by_text("1 inscrit, 0 corrigé, 0 retiré")).to_be_visible()

    page.goto(f"{server.url}/etablissement/tableau-de-bord/")
    card = page.locator(".carte", has=page.get_by_role("heading", name="Salle Sans script"))
    expect(card).to_contain_text("Prévue")
    card.get_by_role("button", name="Ouvrir la salle").click()
    expect(page.locator("#candidats")).to_contain_text("NAVIGUÉ")


def test_secretariat_needs_no_scripts(server: Server, open_browser: Callable[..., Page]) -> None:
    kept = server.demo["sessions"][2]
    page = open_browser(scripts=False)
    signed_in_as_secretariat(page, server)
    page.locator("[name=q]").fill(kept["candidates"][0]["last_name"])
    page.get_by_role("button", name="Chercher").click()
    page.locator(f"#session-{kept['number']} th a").click()
    page.get_by_role("link", name="Accuser réception").click()
    page.get_by_label("Feuille d’émargement signée").check()
    page.get_by_label("Boîte ou cote").fill("2026-S1")
    page.get_by_role("button", name="Accuser réception").click()
    expect(page.locator("#reception")).to_contain_text("2026-S1")

    page.goto(f"{server.url}/archives/exports/")
    page.get_by_role("button", name="Continuer").click()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Exporter").click()
    with zipfile.ZipFile(downloading.value.path()) as packed:
        assert f"sessions/{kept['number']}/pv-incident.pdf" in packed.namelist()
