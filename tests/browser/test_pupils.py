"""A school's list in a real browser: errors, corrected, confirmed, then one tick for who left (P2)."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_people import sign_in

TITLES = "Nom;Prénom;Né(e) le;Classe\n"


def read(page: Page, server, folder: Path, text: str) -> None:
    file = folder / "liste.csv"
    file.write_bytes((TITLES + text).encode("cp1252"))
    page.goto(f"{server.url}/etablissement/eleves/importer/")
    page.get_by_label("Fichier ODS, XLSX ou CSV").set_input_files(file)
    page.get_by_role("button", name="Lire ce fichier").click()
    page.wait_for_url("**/importer/*/")


def test_list_with_errors_is_corrected_and_confirmed(server, open_browser, tmp_path: Path) -> None:
    page = open_browser(width=390, dark=True)
    sign_in(page, server)
    read(page, server, tmp_path, "NAVIGATEUR;Zoé;31/02/2012;6e N\n;Ilan;01/03/2012;6e N\n")
    expect(page.get_by_role("alert")).to_contain_text("2 erreurs empêchent l’import")
    assert_accessible(page, "errors")
    read(page, server, tmp_path, "NAVIGATEUR;Zoé;28/02/2012;6e N\nNAVIGATEUR;Ilan;01/03/2012;6e N\n")
    page.get_by_role("button", name="Enregistrer la liste").click()
    expect(page.get_by_text("2 ajoutés, 0 corrigé, 0 retiré")).to_be_visible()
    read(page, server, tmp_path, "NAVIGATEUR;Zoé;28/02/2012;6e N\n")
    left = page.get_by_label("NAVIGATEUR Ilan")
    expect(left).not_to_be_checked()
    left.check()
    assert_accessible(page, "who left")
    page.get_by_role("button", name="Enregistrer la liste").click()
    expect(page.get_by_text("0 ajouté, 0 corrigé, 1 retiré")).to_be_visible()
    page.get_by_label("Début du nom ou du prénom").fill("navi")
    page.get_by_role("button", name="Afficher").click()
    expect(page.get_by_role("row", name="NAVIGATEUR Zoé")).to_be_visible()
    assert_accessible(page, "list")
