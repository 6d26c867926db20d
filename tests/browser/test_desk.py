"""The desk with its script: what is typed survives a freeze, a lost network and the end of a timed question."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import enter_room, full_name, join

MOST_QUESTIONS = 32


class Test:
    """A pupil in the middle of his test, and the proctor who watches."""

    __test__ = False

    def __init__(self, proctor: Page, pupil: Page, candidate: dict[str, Any]) -> None:
        self.proctor, self.pupil, self.candidate = proctor, pupil, candidate

    def gesture(self, name: str) -> None:
        row = self.proctor.locator(f"#candidat-{self.candidate['id']}")
        button = row.get_by_role("button", name=f"{name} {full_name(self.candidate)}")
        if not button.count():
            row.locator("summary").click()
        button.first.click()
        self.proctor.get_by_role("button", name="Confirmer", exact=True).click()

    def beat(self) -> None:
        """Not to wait for the next heartbeat."""
        self.pupil.evaluate("htmx.trigger('#etat', 'battre')")

    def go_to(self, selector: str, *, starts_clock: bool = True) -> None:
        """Pass questions until one shows `selector`."""
        for _ in range(MOST_QUESTIONS):
            self.pupil.locator("#question").wait_for()
            if self.pupil.locator(selector).count():
                return
            before = self.pupil.locator("h1").inner_text()
            start = self.pupil.get_by_role("button", name="Commencer la question")
            if start.count():
                start.click()
                self.pupil.locator("[data-ends]").wait_for()
                if self.pupil.locator(selector).count():
                    return
            self.pupil.get_by_role("button", name="Passer la question").click()
            expect(self.pupil.locator("h1")).not_to_have_text(before)
        pytest.fail(f"no question of this test shows {selector}")


@pytest.fixture
def test(server, open_browser):
    session = server.session()
    candidate = session["candidates"][4]
    proctor, pupil = open_browser(), open_browser()
    enter_room(proctor, server, session)
    proctor.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True).check()
    expect(proctor.locator(f"#candidat-{candidate['id']}")).to_have_attribute("data-state", "present")
    join(pupil, server, session, candidate)
    pupil.locator("[name=access_code]").fill(session["access_code"])
    pupil.locator("[name=access_code]").press("Enter")
    pupil.get_by_role("heading", name="Question 1 sur 32").wait_for()
    return Test(proctor, pupil, candidate)


def test_freeze_comes_with_the_heartbeat_and_keeps_what_is_typed(test):
    test.go_to("#question input[type=radio]")
    chosen = test.pupil.locator("#question input[type=radio]").nth(1)
    chosen.check()
    chosen.focus()
    test.gesture("Terminer le test de")
    undo = test.proctor.get_by_role("button", name=f"Annuler la fin du test de {full_name(test.candidate)}")
    undo.wait_for()
    test.beat()
    freeze = test.pupil.get_by_role("heading", name="Un instant, s’il vous plaît")
    expect(freeze).to_be_focused()
    assert test.pupil.evaluate("document.getElementById('question').inert")
    undo.click()
    expect(freeze).to_have_count(0, timeout=8000)
    expect(chosen).to_be_checked()
    expect(chosen).to_be_focused()
    test.pupil.get_by_role("button", name="Valider ma réponse").click()
    expect(test.pupil.locator("#gel > *")).to_have_count(0)


def test_lost_network_claims_nothing_and_loses_nothing(test):
    test.go_to("#question input[type=radio]")
    before = test.pupil.locator("h1").inner_text()
    test.pupil.locator("#question input[type=radio]").first.check()
    test.pupil.context.set_offline(True)
    validate = test.pupil.get_by_role("button", name="Valider ma réponse")
    validate.click()
    expect(test.pupil.locator("#reseau")).to_contain_text("n’est pas encore enregistrée")
    expect(test.pupil.locator("#question input[type=radio]").first).to_be_checked()
    expect(validate).to_be_enabled()
    expect(validate).to_be_focused()
    test.beat()
    expect(test.pupil.locator("#reseau")).to_contain_text("n’est pas encore enregistrée")
    test.pupil.context.set_offline(False)
    expect(test.pupil.locator("h1")).not_to_have_text(before)
    expect(test.pupil.locator("#reseau")).to_be_hidden()


def test_enter_in_a_short_answer_validates_it(test):
    test.go_to("#reponse")
    before = test.pupil.locator("h1").inner_text()
    test.pupil.locator("#reponse").fill("une réponse")
    test.pupil.locator("#reponse").press("Enter")
    expect(test.pupil.locator("h1")).not_to_have_text(before)
    expect(test.pupil.locator("#barre")).to_contain_text("Masquer")


def test_timed_question_counts_down_and_passes_by_itself(test):
    test.pupil.clock.install()
    test.pupil.reload()
    test.go_to("[data-ends]")
    before = test.pupil.locator("h1").inner_text()
    shown = test.pupil.locator("[data-ends]").inner_text()
    test.pupil.clock.run_for(5000)
    assert test.pupil.locator("[data-ends]").inner_text() != shown
    test.pupil.clock.run_for(90_000)
    expect(test.pupil.locator("h1")).not_to_have_text(before)
    expect(test.pupil.locator("#etat")).to_contain_text("est écoulé")


def test_report_and_return_keep_what_is_typed_and_the_proctor_answers(test):
    test.go_to("#question input[type=radio]")
    test.pupil.locator("#question input[type=radio]").nth(2).check()
    test.pupil.get_by_role("button", name="Signaler un problème sur cette question").click()
    expect(test.pupil.get_by_role("heading", name="Signaler un problème")).to_be_focused()
    test.pupil.get_by_role("button", name="Retour à la question").click()
    expect(test.pupil.locator("#question input[type=radio]").nth(2)).to_be_checked()
    test.pupil.get_by_role("button", name="Signaler un problème sur cette question").click()
    test.pupil.get_by_label("Une image ne s’affiche pas").check()
    test.pupil.get_by_role("button", name="Envoyer le signalement").click()
    expect(test.pupil.locator("#etat")).to_contain_text("Signalement envoyé.")
    expect(test.pupil.locator("#dire")).to_contain_text("Signalement envoyé.")
    expect(test.pupil.locator("#question input[type=radio]").nth(2)).to_be_checked()
    row = test.proctor.locator(f"#candidat-{test.candidate['id']}")
    expect(row).to_have_attribute("data-needs", "alert", timeout=8000)


def test_remaining_time_is_hidden_without_a_reload(test):
    test.go_to("#question input[type=radio]")
    test.pupil.locator("#question input[type=radio]").first.check()
    test.pupil.get_by_role("button", name="Masquer le temps").click()
    expect(test.pupil.get_by_role("button", name="Afficher le temps")).to_be_visible()
    expect(test.pupil.locator("[data-deadline]")).to_have_count(0)
    expect(test.pupil.locator("#question input[type=radio]").first).to_be_checked()


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_screens_of_the_test_have_no_axe_finding(test, width, dark):
    test.pupil.set_viewport_size({"width": width, "height": 844})
    test.pupil.emulate_media(color_scheme="dark" if dark else "light")

    def look(where: str) -> None:
        found = [
            (one["id"], [node["target"] for node in one["nodes"]][:3])
            for one in Axe().run(test.pupil).response["violations"]
        ]
        assert found == [], where
        assert test.pupil.evaluate("document.documentElement.scrollWidth") <= width, where

    test.go_to(".extrait")
    look("question with a document")
    test.pupil.get_by_role("button", name="Valider ma réponse").click()
    test.pupil.locator(".message-erreur").wait_for()
    look("unusable answer")
    test.pupil.get_by_role("button", name="Signaler un problème sur cette question").click()
    test.pupil.get_by_role("heading", name="Signaler un problème").wait_for()
    look("report")
    test.pupil.get_by_role("button", name="Envoyer le signalement").click()
    test.pupil.get_by_text("Signalement envoyé.").first.wait_for()
    look("reported")
    test.pupil.get_by_role("button", name="J’ai terminé").click()
    test.pupil.get_by_role("heading", name="Terminer vraiment").wait_for()
    look("finish?")
    test.pupil.get_by_role("button", name="Retour à la question").click()
    test.pupil.get_by_role("heading", name="Question").wait_for()
    test.gesture("Terminer le test de")
    test.beat()
    test.pupil.get_by_role("heading", name="Un instant, s’il vous plaît").wait_for()
    look("frozen")
