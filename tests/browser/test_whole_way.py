"""From a pupil's alert to the secretariat's shelf: what happened is written down, found again and taken along."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from pixsurv.kernel.identity import fold
from tests.browser.conftest import Server, assert_accessible, enter_room, full_name, join


def signed_in_as_secretariat(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/etablissement/")
    page.locator("[name=email]").fill(server.demo["secretariat"]["email"])
    page.locator("[name=password]").fill(server.demo["secretariat"]["password"])
    page.get_by_role("button", name="Je me connecte").click()
    page.wait_for_url("**/archives/")


def raise_an_alert(pupil: Page) -> None:
    start = pupil.get_by_role("button", name="Commencer la question")
    if start.count():
        start.click()
    pupil.get_by_role("button", name="Signaler un problème sur cette question").click()
    pupil.get_by_label("Une image ne s’affiche pas").check()
    pupil.get_by_role("button", name="Envoyer le signalement").click()
    pupil.locator("#etat").get_by_text("Signalement envoyé.").wait_for()


def confirm_the_problem(proctor: Page, candidate: dict[str, Any]) -> None:
    proctor.get_by_role("button", name=f"Gérer le signalement de {full_name(candidate)}").first.click()
    proctor.get_by_role("button", name="Problème confirmé : passer à la question suivante").click()
    proctor.get_by_role("button", name="Confirmer").click()
    expect(proctor.locator("#annonces")).to_contain_text("question suivante")


def photograph_the_sheet(proctor: Page, server: Server, number: int) -> None:
    proctor.goto(f"{server.url}/surveillance/{number}/feuilles/")
    photograph = {"name": "feuille.png", "mimeType": "image/png", "buffer": proctor.screenshot()}
    proctor.get_by_label("Ou choisir des fichiers").set_input_files([photograph])
    proctor.get_by_role("button", name="Envoyer").click()
    proctor.get_by_label("Feuille d’émargement").check()
    proctor.get_by_role("button", name="Réunir en un PDF").click()
    expect(proctor.get_by_role("main")).to_contain_text("Feuille d’émargement · 1 page")


def test_from_the_alert_to_the_archive(
    server: Server, open_browser: Callable[..., Page], tmp_path: Path
) -> None:
    session = server.session()
    number, candidate = session["number"], session["candidates"][0]
    proctor, pupil = open_browser(width=390, dark=True), open_browser()
    enter_room(proctor, server, session)
    proctor.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True).check()
    join(pupil, server, session, candidate)
    pupil.locator("[name=access_code]").fill(session["access_code"])
    pupil.locator("[name=access_code]").press("Enter")
    pupil.get_by_role("heading", name="Question 1 sur 32").wait_for()
    raise_an_alert(pupil)
    confirm_the_problem(proctor, candidate)

    # The gate: a test still runs, then nothing does.
    proctor.goto(f"{server.url}/surveillance/{number}/cloturer/")
    expect(proctor.locator("#manques")).to_contain_text("encore en cours")
    pupil.get_by_role("heading", name="Question 2 sur 32").wait_for(timeout=20_000)
    pupil.get_by_role("button", name="J’ai terminé").click()
    pupil.get_by_role("button", name="Terminer le test").click()
    pupil.get_by_role("heading", name="Votre test est terminé").wait_for()
    photograph_the_sheet(proctor, server, number)
    proctor.goto(f"{server.url}/surveillance/{number}/cloturer/")
    expect(proctor.get_by_label("La feuille d’émargement est signée")).to_be_checked()
    proctor.get_by_label("Vos nom et prénom, comme signature").fill("Perrine Essai")
    proctor.locator("#bouton-clore").click()
    proctor.get_by_role("link", name="Lire ou télécharger le PV d’incident").click()
    expect(proctor.locator("#feuille")).to_contain_text("E1")
    seal = proctor.locator(".code-sceau").first.inner_text()

    # Found by a name typed without accents, in any case.
    keeper = open_browser()
    signed_in_as_secretariat(keeper, server)
    keeper.locator("[name=q]").fill(f"{fold(candidate['last_name']).lower()}")
    keeper.get_by_role("button", name="Chercher").click()
    expect(keeper.locator(f"#session-{number}")).to_be_visible()
    assert_accessible(keeper, "found")
    keeper.locator(f"#session-{number} th a").click()
    expect(keeper.get_by_role("main")).to_contain_text(seal[:19])
    assert_accessible(keeper, "kept session")

    keeper.get_by_role("link", name="Accuser réception").click()
    keeper.get_by_label("Feuille d’émargement signée").check()
    keeper.get_by_label("Boîte ou cote").fill("2026-A3")
    keeper.get_by_role("button", name="Accuser réception").click()
    expect(keeper.locator("#reception")).to_contain_text("2026-A3")

    keeper.goto(f"{server.url}/archives/{number}/extraits/")
    keeper.get_by_role("listitem").filter(has_text=candidate["first_name"]).get_by_role("link").first.click()
    expect(keeper.get_by_role("main")).to_contain_text("image")
    assert_accessible(keeper, "extract")

    keeper.goto(f"{server.url}/archives/exports/choix/?session={number}")
    with keeper.expect_download() as downloading:
        keeper.get_by_role("button", name="Exporter").click()
    packed = zipfile.ZipFile(downloading.value.path())
    assert f"sessions/{number}/pv-incident.pdf" in packed.namelist()
    verifier = tmp_path / "verifier.py"
    verifier.write_bytes(packed.read("verifier.py"))
    told = subprocess.run(
        [sys.executable, str(verifier), str(downloading.value.path())], capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout
