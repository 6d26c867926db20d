"""`make screens`: the main pages of the demonstration as small pictures, with an index, in docs/screens/.

A server of its own on a database that is thrown away, with keys that open nothing else: whatever stands on a picture
belongs to no one.
"""

import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import (
    CHROMIUM,
    FLAGS,
    ROOT,
    Server,
    enter_room,
    full_name,
    join,
    serving,
)
from tests.browser.test_people import sign_in
from tests.browser.test_whole_way import raise_an_alert, signed_in_as_secretariat
from tests.throwaway import free_port

FOLDER = ROOT / "docs" / "screens"
KEYS = {
    "SECRET_KEY": "these keys make the pictures of docs/screens, they open nothing else",
    "FIELD_KEYS": "cGljdHVyZXMgb2YgdGhlIGRvY3VtZW50YXRpb24gISE=",
}
PHONE, SCREEN = (390, 844), (1280, 860)
HEAVIEST = 40_000


class Album:
    """Takes each picture under its own name, and remembers what to say of it."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser, self.server = browser, server
        self.lines: list[str] = []

    def open(self, size: tuple[int, int], *, dark: bool = False) -> Page:
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="fr-FR",
        )
        return context.new_page()

    def take(self, page: Page, name: str, words: str) -> None:
        page.evaluate("document.fonts.ready")
        picture = Image.open(BytesIO(page.screenshot(caret="initial", animations="allow"))).convert("RGB")
        for quality in (80, 65, 50, 35, 25):
            out = BytesIO()
            picture.save(out, "WEBP", quality=quality, method=6)
            if out.tell() <= HEAVIEST:
                break
        (FOLDER / f"{name}.webp").write_bytes(out.getvalue())
        self.lines.append(f"### {words}\n\n![{words}]({name}.webp)\n")

    def at(self, page: Page, path: str, name: str, words: str) -> None:
        page.goto(f"{self.server.url}{path}")
        self.take(page, name, words)


def tick(page: Page, pupil: dict[str, Any]) -> None:
    """Present; somebody whose name is like another's is asked about, and somebody who comes after the start."""
    page.get_by_role("checkbox", name=f"Présence de {full_name(pupil)}", exact=True).click()
    there = page.locator(f"#candidat-{pupil['id']}[data-state=present]")
    asked = page.locator("#dialogue[open] form:not([method=get]) .bouton:not([data-retour])").first
    there.or_(asked).first.wait_for()
    if asked.is_visible():
        asked.click()
        there.wait_for()


def the_room(album: Album) -> None:
    server, session = album.server, album.server.demo["sessions"][1]
    first, second, third, *others = [one for one in session["candidates"] if one["certifiable"]]
    phone, wide = album.open(PHONE), album.open(SCREEN)
    album.at(wide, "/", "01-accueil", "L’accueil : trois portes")
    album.at(phone, "/surveillance/", "02-connexion", "Entrer dans la salle, avec le kit")
    enter_room(phone, server, session)
    number = session["number"]
    desk = album.open(PHONE)
    album.at(desk, "/candidat/", "10-pupitre-entrer", "Le pupitre : je passe le test")
    join(desk, server, session, first)
    album.take(desk, "11-pupitre-attendre", "Le pupitre : attendre d’être coché")
    desks = [desk, *(album.open(PHONE) for _ in (second, third))]
    for page, pupil in zip(desks, (first, second, third), strict=True):
        tick(phone, pupil)
        if page is not desk:
            join(page, server, session, pupil)
        page.locator("[name=access_code]").wait_for()
        if page is desk:
            album.take(desk, "12-pupitre-code", "Le pupitre : le code d’accès")
        page.locator("[name=access_code]").fill(session["access_code"])
        page.locator("[name=access_code]").press("Enter")
        page.locator("#question").wait_for()
    album.take(desk, "13-pupitre-question", "Le pupitre : une question")
    desk.emulate_media(color_scheme="dark")
    raise_an_alert(desk)
    album.take(desk, "14-pupitre-signaler-sombre", "Le pupitre : un problème est signalé, en sombre")
    for pupil in others[:4]:
        tick(phone, pupil)
    phone.wait_for_function("() => !document.querySelector('.annonce')")
    join(album.open(PHONE), server, session, second)  # at another computer: he asks to go on there
    room = f"/surveillance/{number}/"
    album.at(phone, room, "03-salle", "La salle sur un téléphone : ce qui attend, puis la liste")
    phone.emulate_media(color_scheme="dark")
    album.at(phone, f"{room}#candidat-{first['id']}", "04-salle-sombre", "La salle, en sombre")
    phone.emulate_media(color_scheme="light")
    phone.goto(f"{server.url}{room}")
    phone.locator(f"#b-{first['id']}").click()
    phone.locator("#dialogue[open]").wait_for()
    album.take(phone, "05-salle-signalement", "Répondre à un signalement")
    album.at(phone, f"{room}incidents/noter/", "06-salle-incident", "Noter un incident")
    wide.context.add_cookies(phone.context.cookies())
    album.at(wide, room, "07-salle-ordinateur", "La salle sur un ordinateur")
    album.at(wide, f"{room}code/", "08-code", "Le code d’accès, pour le tableau")
    album.at(phone, f"{room}cloturer/", "09-cloturer", "Clôturer : ce qui manque, dit avant")
    desks[2].get_by_role("button", name="J’ai terminé").click()
    desks[2].get_by_role("heading", name="Terminer vraiment").wait_for()
    album.take(desks[2], "15-pupitre-terminer", "Le pupitre : terminer vraiment ?")


def the_school(album: Album) -> None:
    page = album.open(SCREEN)
    sign_in(page, album.server)
    live, kept = (album.server.demo["sessions"][rank]["number"] for rank in (1, 2))
    school = "/etablissement/"
    album.at(page, f"{school}sessions/", "20-sessions", "L’établissement : les sessions")
    album.at(page, f"{school}sessions/{live}/", "21-session", "Une session, ses secrets et ses documents")
    page.emulate_media(color_scheme="dark")
    album.at(
        page,
        f"{school}tableau-de-bord/",
        "22-tableau-de-bord-sombre",
        "Le tableau de bord, en sombre",
    )
    page.emulate_media(color_scheme="light")
    album.at(page, f"{school}planning/", "23-planning", "Le planning")
    album.at(page, f"{school}verification/", "24-verification", "La vérification de la semaine d’avant")
    album.at(page, f"{school}eleves/", "25-eleves", "Les élèves")
    album.at(page, f"{school}sessions/{kept}/pv/", "26-pv", "Le procès-verbal d’incident")
    keeper = album.open(SCREEN)
    signed_in_as_secretariat(keeper, album.server)
    album.at(keeper, "/archives/?filtre=toutes", "30-archives", "Le secrétariat : les archives")
    album.at(keeper, f"/archives/{kept}/", "31-archives-session", "Une session gardée")


INDEX = """# Les écrans

Faits par `make screens`, sur les données de démonstration : aucun de ces élèves n’existe,
aucun de ces codes n’ouvre rien.

"""


def main(*parts: Callable[[Album], Any]) -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), free_port(), sessions=0, **KEYS) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        album = Album(browser, server)
        for part in parts:
            part(album)
        browser.close()
    pictures = sorted(album.lines, key=lambda line: line.partition("](")[2])
    (FOLDER / "README.md").write_text(INDEX + "\n".join(pictures), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(the_room, the_school))
