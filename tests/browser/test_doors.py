"""A ticket and a QR code, from one real browser to another."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible, enter_room, full_name
from tests.browser.test_people import sign_in


def test_room_is_passed_to_a_phone_by_its_qr_code(server, open_browser, tmp_path: Path) -> None:
    session = server.session()
    admin, phone = open_browser(dark=True), open_browser(width=390)
    sign_in(admin, server)
    admin.goto(f"{server.url}/etablissement/sessions/{session['number']}/")
    admin.get_by_role("link", name="Passer la salle à un autre appareil").click()
    admin.get_by_role("button", name="Afficher le code QR").click()
    admin.locator("svg.qr").wait_for()
    assert_accessible(admin, "the code")
    address = _scanned(admin, tmp_path)
    assert address == admin.locator(".adresse").inner_text()

    phone.goto(address)
    assert_accessible(phone, "taking over")
    phone.get_by_label("Vos nom et prénom").fill("Odile Relève")
    phone.get_by_role("button", name="Prendre la salle").click()
    phone.locator("#candidats").wait_for()

    expect(admin.get_by_text("Pris par Odile Relève")).to_be_visible()
    assert_accessible(admin, "taken")
    phone.goto(address)
    expect(phone.get_by_role("heading", name="Ce code ne sert plus")).to_be_visible()
    admin.goto(f"{server.url}/etablissement/sessions/{session['number']}/journal/")
    expect(admin.get_by_text("par passage de l’administration")).to_be_visible()
    assert_accessible(admin, "the journal")


def _scanned(page: Any, folder: Path) -> str:
    """What a camera reads on that screen."""
    if not shutil.which("zbarimg"):
        pytest.skip("no zbarimg")
    picture = folder / "screen.png"
    box = page.locator("svg.qr").bounding_box()
    # As it is: a picture without the caret would put a style into the page, which the CSP rightly refuses.
    page.screenshot(path=str(picture), clip=box, caret="initial")
    told = subprocess.run(
        ["zbarimg", "-q", "--raw", str(picture)], capture_output=True, text=True, check=True, timeout=30
    )
    return told.stdout.strip()


@pytest.mark.parametrize("scripts", [True, False])
def test_pupil_comes_in_with_the_ticket_that_he_is_shown(server, open_browser, scripts) -> None:
    session = server.session()
    pupil = next(one for one in session["candidates"] if one["certifiable"] is not False)
    proctor = open_browser(width=390, scripts=scripts)
    desk = open_browser(scripts=scripts)
    enter_room(proctor, server, session)
    if scripts:
        proctor.locator(f"#menu-bouton-{pupil['id']}").click()
        proctor.get_by_role("button", name=f"Détail et autres gestes pour {full_name(pupil)}").click()
        proctor.get_by_role("link", name="Montrer à l’élève").click()
        expect(proctor.locator("dialog .ardoise__fiche")).to_contain_text(pupil["first_name"])
        assert_accessible(proctor, "the card")
        proctor.get_by_role("link", name="Retour à la salle").click()
        expect(proctor.locator("#dialogue")).to_be_hidden()
    proctor.goto(f"{server.url}/surveillance/{session['number']}/candidats/{pupil['id']}/ticket/")
    proctor.get_by_role("button", name="Confirmer").click()
    digits = proctor.locator(".ardoise__code .vh").inner_text()
    if scripts:
        assert_accessible(proctor, "the ticket")

    desk.goto(f"{server.url}/candidat/")
    desk.get_by_role("link", name="J’ai un ticket").click()
    desk.get_by_label("Numéro de la session").fill(str(session["number"]))
    desk.get_by_label("Ticket").fill(digits)
    desk.get_by_role("button", name="Continuer").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(full_name(pupil))
