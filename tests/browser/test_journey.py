"""The main job, end to end: a proctor on a phone, a candidate on the room's computer."""

from contextlib import suppress

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import enter_room, full_name, join


def row(page: Page, candidate):
    return page.locator(f"#candidat-{candidate['id']}")


def gesture(page: Page, candidate, name: str) -> None:
    """A gesture of the row: from its menu when it is not in sight, then « Confirmer »."""
    button = row(page, candidate).get_by_role("button", name=f"{name} {full_name(candidate)}")
    if not button.count():
        row(page, candidate).locator("summary").click()
    button.first.click()
    page.get_by_role("button", name="Confirmer", exact=True).click()


def state_is(page: Page, candidate, state: str) -> None:
    expect(row(page, candidate)).to_have_attribute("data-state", state, timeout=8000)


def pass_questions(page: Page, how_many: int) -> None:
    """Go on in the test, whatever the question asks."""
    for _ in range(how_many):
        start = page.get_by_role("button", name="Commencer la question")
        skip = page.get_by_role("button", name="Passer la question")
        start.or_(skip).first.wait_for()
        before = page.locator("h1").inner_text()
        if start.count():
            start.click()
        skip.click()
        expect(page.locator("h1")).not_to_have_text(before)


def test_enter_tick_code_start_crash_refused_resume_finish(server, open_browser):
    session = server.session()
    candidate = session["candidates"][3]
    proctor, pupil = open_browser(width=390), open_browser(width=1280)
    enter_room(proctor, server, session)

    join(pupil, server, session, candidate)
    expect(pupil.get_by_text("n’a pas encore confirmé votre présence")).to_be_visible()
    proctor.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True).check()
    state_is(proctor, candidate, "present")

    code = pupil.locator("[name=access_code]")
    code.wait_for(timeout=10_000)  # the waiting page turned into the form by itself
    code.fill("ZZZZ99")
    code.press("Enter")
    expect(pupil.locator("[name=access_code][aria-invalid=true]")).to_be_visible()
    state_is(proctor, candidate, "present")  # a wrong code keeps the presence
    pupil.locator("[name=access_code]").fill(session["access_code"].lower())
    pupil.locator("[name=access_code]").press("Enter")
    expect(pupil.get_by_role("heading", name="Question 1 sur 32")).to_be_visible()
    state_is(proctor, candidate, "in_progress")
    pass_questions(pupil, 3)
    expect(pupil.locator("h1")).to_contain_text("Question 4 sur 32")

    pupil.context.close()  # the computer crashed
    again = open_browser(width=1280)
    join(again, server, session, candidate)
    expect(again.get_by_role("heading", name="Levez la main")).to_be_visible()
    expect(row(proctor, candidate)).to_have_attribute("data-needs", "resume", timeout=8000)
    expect(proctor.locator(f"#besoin-{candidate['id']}")).to_be_visible()
    assert proctor.title().startswith("(1) ")
    gesture(proctor, candidate, "Autoriser la reprise du test de")
    state_is(proctor, candidate, "resume_authorised")

    again.locator("[name=access_code]").wait_for(timeout=10_000)
    again.locator("[name=access_code]").fill(session["access_code"])
    again.locator("[name=access_code]").press("Enter")
    expect(again.locator("h1")).to_contain_text("Question 4 sur 32")  # the next unanswered one
    state_is(proctor, candidate, "in_progress")

    again.get_by_role("button", name="J’ai terminé").or_(
        again.get_by_role("link", name="J’ai terminé")
    ).first.click()
    expect(again.get_by_text("Il reste 29 questions")).to_be_visible()
    again.get_by_role("button", name="Terminer").last.click()
    expect(again.get_by_role("heading", name="Votre test est terminé")).to_be_visible()
    state_is(proctor, candidate, "completed")


def test_end_is_undone_with_what_was_typed(server, open_browser):
    session = server.session()
    candidate = session["candidates"][2]
    proctor, pupil = open_browser(), open_browser()
    enter_room(proctor, server, session)
    join(pupil, server, session, candidate)
    proctor.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True).check()
    pupil.locator("[name=access_code]").wait_for(timeout=10_000)
    pupil.locator("[name=access_code]").fill(session["access_code"])
    pupil.locator("[name=access_code]").press("Enter")
    pupil.get_by_role("heading", name="Question 1 sur 32").wait_for()
    state_is(proctor, candidate, "in_progress")
    gesture(proctor, candidate, "Terminer le test de")
    state_is(proctor, candidate, "ended")
    undo = proctor.get_by_role("button", name=f"Annuler la fin du test de {full_name(candidate)}")
    skip = pupil.get_by_role("button", name="Passer la question")
    begin = pupil.get_by_role("button", name="Commencer la question")  # where the first one drawn is timed
    with suppress(PlaywrightTimeout):  # his page may have heard of it before he acts
        skip.or_(begin).first.click(timeout=1_000)
    expect(pupil.get_by_role("heading", name="Un instant, s’il vous plaît")).to_be_visible()
    undo.click()
    state_is(proctor, candidate, "in_progress")
    expect(pupil.get_by_role("heading", name="Un instant, s’il vous plaît")).to_be_hidden(timeout=10_000)
    expect(pupil.get_by_role("heading", name="Question 1 sur 32")).to_be_visible()
