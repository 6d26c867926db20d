"""The whole way of a colleague: invited, a list with errors, corrected, confirmed, printed, then the room (issue 3)."""

import re
import subprocess
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from pixsurv.kernel import clock
from tests.browser.conftest import assert_accessible, enter_room
from tests.browser.test_people import PASSWORD, sign_in

EMAIL = "odile-prepare@exemple.fr"
ROOM = "Salle des conseils"
TITLES = "Nom;Prénom;Né(e) le;Classe\n"
RIGHT = "NAVIGUÉ;Zoé;28/02/2012;3e N\nŒUVRÉ;Ilan;01/03/2012;3e N\n"


def invited(page: Page, admin: Page, server) -> None:
    """The admin invites; the colleague makes an account from the link shown."""
    sign_in(admin, server)
    admin.goto(f"{server.url}/etablissement/equipe/")
    admin.get_by_label("Adresse e-mail").fill(EMAIL)
    admin.get_by_label("Rôle").select_option("admin")
    admin.get_by_role("button", name="Inviter").click()
    card = admin.locator(".feuille", has=admin.get_by_role("heading", name=EMAIL))
    link = card.locator("input[readonly]").input_value()
    page.goto(server.url + re.sub(r"^https?://[^/]+", "", link))
    page.get_by_label("Vos prénom et nom").fill("Odile Prépare")
    page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    page.get_by_label("Le même mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Créer mon compte").click()


def session_created(page: Page) -> str:
    """Of the present hour, so that its room shows the names; answers with its number."""
    now = clock.now().astimezone(ZoneInfo("Europe/Paris"))
    page.get_by_role("link", name="Créer une session").click()
    page.get_by_label("Date").fill(f"{now:%Y-%m-%d}")
    page.get_by_label("Heure de début").fill(f"{now:%H:%M}")
    page.get_by_label("Site").fill("Site principal")
    page.get_by_label("Salle", exact=True).fill(ROOM)
    page.get_by_role("button", name="Créer la session").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{ROOM} — {now.hour}h{now:%M}")
    return page.url.rstrip("/").rsplit("/", 1)[1]


def read(page: Page, address: str, file: Path, text: str) -> None:
    file.write_bytes((TITLES + text).encode("cp1252"))
    page.goto(f"{address}candidats/importer/")
    page.get_by_label("Fichier ODS, XLSX ou CSV").set_input_files(file)
    page.get_by_role("button", name="Lire ce fichier").click()
    page.wait_for_url("**/importer/*/")


def test_colleague_goes_from_the_invitation_to_the_room(server, open_browser, tmp_path: Path) -> None:
    page = open_browser()
    invited(page, open_browser(), server)
    number = session_created(page)
    address = f"{server.url}/etablissement/sessions/{number}/"

    read(page, address, tmp_path / "liste.csv", "NAVIGUÉ;Zoé;31/02/2012;3e N\n;Ilan;01/03/2012;3e N\n")
    expect(page.get_by_role("alert")).to_contain_text("2 erreurs empêchent l’import")
    expect(page.get_by_text("31/02/2012").first).to_be_visible()
    expect(page.get_by_role("button", name="Enregistrer la liste")).to_have_count(0)
    assert_accessible(page, "errors")
    read(page, address, tmp_path / "liste.csv", RIGHT)
    page.get_by_role("button", name="Enregistrer la liste").click()
    expect(page.get_by_text("2 inscrits, 0 corrigé, 0 retiré")).to_be_visible()

    page.goto(address)
    with page.expect_download() as started:
        page.get_by_role("link", name="Kit surveillant").click()
    kit = tmp_path / "kit.pdf"
    started.value.save_as(kit)
    printed = subprocess.run(
        ["pdftotext", "-layout", str(kit), "-"], capture_output=True, check=True, text=True
    ).stdout.replace("\u200b", "")
    assert ROOM in printed
    assert number in printed
    assert f"Salle {ROOM}" not in printed
    password = re.search(r"C-[2346789BCDFGHJKMPQRTVWXY]{6}", printed)
    assert password

    proctor = open_browser(width=390)
    enter_room(proctor, server, {"number": number, "password": password[0]})
    expect(proctor.get_by_role("heading", level=1)).to_contain_text(ROOM)
    for name in ("Zoé NAVIGUÉ", "Ilan ŒUVRÉ"):
        expect(proctor.get_by_role("checkbox", name=f"Présence de {name}", exact=True)).to_be_visible()
