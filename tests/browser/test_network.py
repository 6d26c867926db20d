"""A poor network, in a real browser: nothing lost, nothing claimed, and the page comes back by itself (quality §2)."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from pixsurv.kernel import clock
from tests.browser.conftest import Server, assert_accessible, enter_room, full_name, join

FILTERED = "<!doctype html><title>Filtre</title><h1>Accès refusé par le filtre</h1>"
WAITING = "en attente d’envoi"
NOT_SAVED = "Pas enregistré : la connexion a manqué. Recommencez."
LOOK_UP = "Les tests ne dépendent pas de votre appareil : regardez les écrans des élèves."
SILENT = "Pixsurv ne répond pas pour le moment, ou le réseau filtre cette page."
FOREIGN = ["200", "403", "502", "portal"]
SHIPPED = 8000  # milliseconds until a request is given up
WAYS = ["cut", "slow", *FOREIGN]
TEXT = "Vidéoprojecteur éteint par Zébulon"


class Network:
    """What stands between the page and the server; `down` is one of WAYS, or empty when all is well."""

    def __init__(self, page: Page) -> None:
        self.page, self.down, self.held = page, "", list[Route]()
        page.wait_for_load_state()  # only then htmx has read its configuration
        page.route("**/*", self._meet)

    def _meet(self, route: Route) -> None:
        if not self.down or "/static/" in route.request.url:
            route.continue_()
        elif self.down == "cut":
            route.abort("internetdisconnected")
        elif self.down == "slow":
            self.held.append(route)
        elif self.down == "portal":
            route.fulfill(status=302, headers={"Location": "http://portail.invalid/"})
        else:
            route.fulfill(status=int(self.down), content_type="text/html", body=FILTERED)

    def fail(self, way: str) -> None:
        if not self.down:
            assert self.page.evaluate("htmx.config.timeout") == SHIPPED
        self.down = way
        # A request that hangs is given up by the browser's own clock, which no test can wind.
        self.page.evaluate(f"htmx.config.timeout = {300 if way == 'slow' else SHIPPED}")

    def back(self) -> None:
        self.fail("")
        for route in self.held:
            route.abort()
        self.held.clear()


class Watched:
    """A room on a page with a clock of its own, and what lies in between."""

    def __init__(
        self, page: Page, server: Server, session: dict[str, Any], *, ahead: timedelta = timedelta()
    ) -> None:
        self.page, self.session, self.candidates = page, session, session["candidates"]
        page.clock.install(time=clock.now() + ahead)
        enter_room(page, server, session)
        self.network = Network(page)

    def row(self, which: int) -> Locator:
        return self.page.locator(f"#candidat-{self.candidates[which]['id']}")

    def box(self, which: int) -> Locator:
        name = f"Présence de {full_name(self.candidates[which])}"
        return self.page.get_by_role("checkbox", name=name, exact=True)

    def expect_state(self, which: int, state: str) -> None:
        expect(self.row(which)).to_have_attribute("data-state", state)

    def wait(self, seconds: float) -> None:
        """Time passes in the page; what it asked meanwhile has its answer."""
        for _ in range(int(seconds / 3)):
            self.page.clock.run_for(3000)

    def gesture(self, which: int, name: str) -> None:
        self.row(which).locator("summary").click()
        self.row(which).get_by_role("button", name=name).click()

    def write_incident(self, which: int, text: str) -> None:
        """Up to its last button."""
        self.gesture(which, "Incident")
        self.page.get_by_role("button", name=re.compile("^C7")).click()
        self.page.locator("#incident-description").fill(text)

    def kept(self) -> dict[str, str]:
        found: dict[str, str] = self.page.evaluate("({...localStorage})")
        return found


@pytest.fixture
def watched(server: Server, open_browser: Callable[..., Page]) -> Watched:
    return Watched(open_browser(), server, server.session())


@pytest.mark.parametrize("way", WAYS)
def test_polls_and_ticks_while_the_network_fails(watched: Watched, way: str) -> None:
    """Five seconds, then two minutes: the age is told, the list stays, what was ticked waits and goes by itself."""
    page, fresh, notice = watched.page, watched.page.locator("#fraicheur"), watched.page.locator("#reseau")
    watched.network.fail(way)
    watched.wait(6)
    expect(fresh).to_contain_text("à jour il y a")
    watched.box(0).click()
    expect(watched.row(0)).to_contain_text(WAITING)
    watched.wait(9)
    watched.expect_state(0, "expected")
    expect(watched.box(0)).to_have_js_property("indeterminate", True)
    expect(page.locator("#attente")).to_contain_text("1 geste en attente d’envoi")
    watched.wait(3)
    expect(fresh).to_contain_text("connexion lente")
    watched.wait(105)
    expect(fresh).to_contain_text(re.compile(r"Plus de nouvelles depuis \d+h\d\d"))
    expect(notice).to_contain_text(LOOK_UP)
    if way in FOREIGN:
        expect(notice).to_contain_text(
            SILENT if way == "502" else "Le réseau de l’établissement filtre cette page"
        )
    expect(notice).to_be_in_viewport()
    expect(page.locator("#a-traiter > .rien")).to_have_class(re.compile("doute"))
    expect(page.locator("#liste")).to_have_class(re.compile("figee"))
    assert page.locator("#liste > .rang").count() == len(watched.candidates)
    expect(page.locator("body")).not_to_contain_text("Accès refusé par le filtre")
    watched.network.back()
    watched.wait(42)
    watched.expect_state(0, "present")
    expect(watched.row(0)).not_to_contain_text(WAITING)
    expect(notice).to_be_hidden()
    expect(fresh).to_contain_text("à jour il y a")
    assert watched.kept() == {}


def test_what_may_not_wait_says_so_and_keeps_what_was_typed(watched: Watched) -> None:
    page, note = watched.page, watched.page.locator("#annonces")
    watched.gesture(1, "Détail et autres gestes")
    page.locator("#dialogue").get_by_text("Numéro du poste").click()
    field, confirm = (
        page.locator("#dialogue [name=workstation]"),
        page.get_by_role("button", name="Confirmer"),
    )
    field.fill("14 bis")
    for way in WAYS:
        watched.network.fail(way)
        confirm.click()
        expect(note).to_contain_text(NOT_SAVED)
        expect(field).to_have_value("14 bis")
        watched.wait(9)
        expect(note).not_to_contain_text(NOT_SAVED)
    assert watched.kept() == {}
    watched.network.back()
    confirm.click()
    expect(watched.row(1)).to_contain_text("14 bis")


def test_queue_goes_in_order_each_with_its_hour_and_keeps_no_name(watched: Watched) -> None:
    page, line = watched.page, watched.page.locator("#attente")
    watched.box(3).check()
    watched.expect_state(3, "present")
    watched.write_incident(1, TEXT)
    watched.network.fail("cut")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#dialogue")).to_be_hidden()
    expect(watched.row(1)).to_contain_text("Incident en attente d’envoi")
    watched.box(0).click()
    watched.box(3).click()
    watched.box(2).click()
    watched.box(2).click()
    expect(line).to_contain_text("4 gestes en attente d’envoi")
    expect(line).to_contain_text("Gardez cette page ouverte")
    expect(watched.row(2)).to_contain_text("Retrait en attente d’envoi")
    kept = watched.kept()
    assert len(kept) == 3
    everything = json.dumps(kept, ensure_ascii=False)
    for one in watched.candidates:
        assert one["last_name"] not in everything
    assert TEXT not in everything
    watched.wait(120)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))
    watched.network.back()
    watched.wait(36)
    expect(line).to_contain_text("4 envoyées, 0 refusée.")
    # Sent again, unchanged, when a busy server says « later »: that counts once there, and here.
    sent = [
        re.sub(r".*/(\d+|incidents)/(?:presence|noter)/ .*", r"\1", one)
        for one in dict.fromkeys(asked)
        if "observed=" in one
    ]
    assert sent == ["incidents", *(str(watched.candidates[which]["id"]) for which in (0, 3, 2))]
    assert all("present=0" in one for one in asked if f"candidats/{watched.candidates[2]['id']}/" in one)
    watched.expect_state(0, "present")
    watched.expect_state(3, "expected")
    watched.expect_state(2, "expected")
    assert watched.kept() == {}
    page.locator("#plus-bouton-haut").click()
    page.locator("#plus-incidents-haut").click()
    expect(page.locator("#dialogue")).to_contain_text(TEXT)


def test_what_waits_outlives_a_reload(watched: Watched) -> None:
    page = watched.page
    page.route("**/presence/", lambda route: route.abort())
    watched.box(0).click()
    expect(watched.row(0)).to_contain_text(WAITING)
    page.reload()
    expect(watched.row(0)).to_contain_text(WAITING)
    assert_accessible(page, "waiting")
    page.unroute("**/presence/")
    watched.wait(6)
    watched.expect_state(0, "present")


def test_late_question_comes_back_to_be_confirmed_and_a_refusal_says_why(
    server: Server, open_browser: Callable[..., Page]
) -> None:
    """While the proctor is cut off, somebody he un-ticks starts: that is refused, and who he ticks is late by now."""
    watched = Watched(open_browser(), server, server.session())
    page, line, session = watched.page, watched.page.locator("#attente"), watched.session
    watched.box(0).check()
    watched.expect_state(0, "present")
    watched.network.fail("cut")
    watched.box(0).click()
    watched.box(1).click()
    expect(line).to_contain_text("2 gestes en attente d’envoi")
    pupil = open_browser()
    join(pupil, server, session, session["candidates"][0])
    pupil.locator("[name=access_code]").fill(session["access_code"])
    pupil.locator("[name=access_code]").press("Enter")
    pupil.get_by_role("heading", name="Question 1 sur 32").wait_for()
    watched.network.back()
    watched.wait(36)
    expect(line).to_contain_text("0 envoyée, 1 refusée.")
    expect(line).to_contain_text("a déjà commencé son test")
    watched.expect_state(0, "in_progress")
    expect(watched.row(1)).to_contain_text("Présence à confirmer")
    expect(page.locator("#dialogue")).to_be_hidden()
    page.get_by_role("button", name="Répondre").click()
    expect(page.locator("#dialogue")).to_contain_text("La session est lancée")
    page.keyboard.press("Escape")
    expect(watched.row(1)).to_contain_text("Présence à confirmer")
    watched.box(1).click()
    expect(page.locator("#dialogue [name=observed]")).to_have_value(re.compile(r"\d{13}"))
    page.get_by_role("button", name="Déjà dans la salle au lancement").click()
    watched.expect_state(1, "present")
    expect(line).not_to_contain_text("À confirmer")
    assert watched.kept() == {}
    # Ending never waits.
    watched.gesture(0, "Terminer le test")
    watched.network.fail("cut")
    page.get_by_role("button", name="Confirmer").click()
    expect(page.locator("#annonces")).to_contain_text(NOT_SAVED)
    expect(page.locator("#dialogue")).to_contain_text("Terminer")
    assert watched.kept() == {}


@pytest.mark.parametrize("same", [True, False], ids=["same person", "somebody else"])
def test_lost_login_is_asked_above_what_was_typed(watched: Watched, same: bool) -> None:
    page, session = watched.page, watched.session
    watched.write_incident(1, TEXT)
    page.context.clear_cookies()
    watched.wait(3)
    login = page.locator("#connexion")
    expect(login).to_contain_text("Vous n’êtes plus connecté à cette salle")
    expect(page.locator("#relogin-password")).to_be_focused()
    assert_accessible(page, "lost login")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Enregistrer").click()
    expect(watched.row(1)).to_contain_text("Incident en attente d’envoi")
    watched.wait(9)
    page.locator("#relogin-password").fill(session["password"])
    page.locator("#relogin-name").fill("perrine essai" if same else "Odile Autre")
    page.get_by_role("button", name="Surveiller la session").click()
    expect(login).to_be_hidden()
    if same:
        expect(page.locator("#attente")).to_contain_text("1 envoyée, 0 refusée.")
    else:
        expect(page.locator("#attente")).to_contain_text("Fait sous un autre accès, pas envoyé : incident C7")
        page.get_by_role("button", name="Ne plus afficher").click()
        expect(page.locator("#attente")).to_be_hidden()
    watched.box(0).click()
    watched.expect_state(0, "present")


@pytest.mark.parametrize("way", ["cut", "200", "502"])
def test_links_of_the_room_wait_for_a_page_that_comes(watched: Watched, way: str) -> None:
    page, code = watched.page, watched.page.get_by_role("link", name="Afficher le code d’accès").first
    watched.network.fail(way)
    watched.wait(6)
    if way != "cut":  # the browser knows by itself that it is offline
        expect(page.locator("#reseau")).to_be_visible()
    code.click()
    expect(page.locator("#annonces")).to_contain_text("La salle reste affichée.")
    assert page.locator("#liste > .rang").count() == len(watched.candidates)
    watched.network.back()
    code.click()
    page.wait_for_url("**/code/")


def test_page_whose_token_is_too_old_goes_on_by_itself(watched: Watched) -> None:
    watched.page.context.clear_cookies(name=re.compile("csrf"))
    watched.box(0).click()
    watched.expect_state(0, "present")
    expect(watched.page.locator("#dialogue")).to_be_hidden()


def test_answer_of_a_pupil_waits_two_minutes_and_goes_by_itself(
    server: Server, open_browser: Callable[..., Page]
) -> None:
    session = server.session()
    candidate = session["candidates"][4]
    proctor, pupil = Watched(open_browser(), server, session), open_browser()
    proctor.box(4).click()
    proctor.expect_state(4, "present")
    pupil.clock.install()
    join(pupil, server, session, candidate)
    pupil.locator("[name=access_code]").fill(session["access_code"])
    pupil.locator("[name=access_code]").press("Enter")
    pupil.get_by_role("heading", name="Question 1 sur 32").wait_for()
    network, notice, heading = Network(pupil), pupil.locator("#reseau"), pupil.locator("h1")
    # A short cut first, less than a heartbeat; then two minutes of each way to fail.
    for way, minutes in [("cut", 0), *((way, 2) for way in WAYS)]:
        start = pupil.get_by_role("button", name="Commencer la question")
        if start.count():
            start.click()
            pupil.locator("[data-ends]").wait_for()
        before = heading.inner_text()
        typed = answer(pupil)
        network.fail(way)
        pupil.get_by_role("button", name="Valider ma réponse").click()
        expect(notice).to_contain_text("Votre réponse n’est pas encore enregistrée")
        if pupil.locator("[data-ends]").count() == 0:
            for _ in range(12 * minutes // 2):
                pupil.clock.run_for(10_000)
        expect(notice).to_contain_text("Votre réponse n’est pas encore enregistrée")
        if way in FOREIGN:
            expect(notice).to_contain_text("le réseau de l’établissement filtre cette page")
        expect(heading).to_have_text(before)
        assert typed()
        assert "Accès refusé" not in pupil.locator("body").inner_text()
        network.back()
        pupil.clock.run_for(24_000 if minutes else 3000)
        expect(heading).not_to_have_text(before)
        expect(notice).to_be_hidden()


def answer(pupil: Page) -> Callable[[], bool]:
    """Answer the question shown; gives whether the answer is still there."""
    field = pupil.locator("#question input:not([type=hidden])").first
    if field.get_attribute("type") == "text":
        field.fill("une réponse")
        return lambda: field.input_value() == "une réponse"
    field.check()
    return field.is_checked
