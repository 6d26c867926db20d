"""The day as steps, the page on the board, who waits too long, and the compact list."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible, enter_room, full_name, join

# What a browser of a phone has: a lock of the screen, a vibration, a badge. Counted here.
DEVICE = """
window.counted = {locks: 0, rings: 0, badge: null};
const answer = (name, value) => Object.defineProperty(navigator, name, {value, configurable: true});
answer("wakeLock", {request: async () => { window.counted.locks += 1; return window.lock = {released: false}; }});
answer("vibrate", () => { window.counted.rings += 1; return true; });
answer("setAppBadge", async (many) => { window.counted.badge = many; });
answer("clearAppBadge", async () => { window.counted.badge = 0; });
"""


def counted(page, name):
    return page.evaluate(f"window.counted.{name}")


def test_the_step_bar_leads_through_the_beginning(server, open_browser):
    session = server.session()
    page = open_browser()
    enter_room(page, server, session)
    current = page.locator("#etape [aria-current=step]")
    expect(current).to_have_text("Préparer (15 min)")
    page.locator("#etape-geste").click()
    page.get_by_role("button", name="Consignes lues").click()
    expect(page.locator("#etape")).to_contain_text("Cochez d’abord les élèves présents.")
    page.locator(".rang__case input[type=checkbox]:enabled").first.check()
    expect(current).to_have_text("Lancer")
    expect(page.locator("#etape")).to_contain_text("Consignes lues : donnez le code d’accès.")
    page.locator("#etape").get_by_role("link", name="Afficher le code d’accès").click()
    expect(page.get_by_role("link", name="Retour à la salle")).to_be_visible()


def test_who_waits_for_two_minutes_is_told_once_and_rung_once_more(server, open_browser):
    session = server.session()
    candidate = session["candidates"][0]
    proctor, pupil, elsewhere = open_browser(), open_browser(), open_browser()
    proctor.add_init_script(DEVICE + 'localStorage.setItem("pixsurv:alarme", "1");')
    proctor.clock.install()
    enter_room(proctor, server, session)
    proctor.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True).check()
    plain = proctor.locator("link[rel=icon]").get_attribute("href")
    join(pupil, server, session, candidate)
    pupil.locator("[name=access_code]").fill(session["access_code"])
    pupil.locator("[name=access_code]").press("Enter")
    pupil.get_by_role("heading", name="Question 1 sur 32").wait_for()
    join(elsewhere, server, session, candidate)  # asks to resume

    card = proctor.locator(f"#besoin-{candidate['id']}")
    proctor.clock.run_for(4000)
    expect(card).to_be_visible()
    expect(card).not_to_contain_text("attend depuis")
    expect(proctor.locator("link[rel=icon]")).not_to_have_attribute("href", plain)
    assert "%3E1%3C%2Ftext%3E" in proctor.locator("link[rel=icon]").get_attribute("href")
    assert (counted(proctor, "badge"), counted(proctor, "rings")) == (1, 0)

    proctor.clock.fast_forward(121_000)
    proctor.clock.run_for(1000)
    expect(card).to_contain_text("attend depuis 2 min")
    expect(proctor.locator("#dire")).to_contain_text("attend depuis 2 min")
    proctor.clock.run_for(20_000)
    assert counted(proctor, "rings") == 1

    assert counted(proctor, "locks") == 1
    proctor.evaluate("window.lock.released = true; document.dispatchEvent(new Event('visibilitychange'))")
    assert counted(proctor, "locks") == 2
    proctor.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert counted(proctor, "locks") == 2  # it still holds

    card.get_by_role("button", name="Ignorer la demande").click()
    expect(card).to_be_hidden()
    expect(proctor.locator("link[rel=icon]")).to_have_attribute("href", plain)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_board_and_compact_room_have_no_axe_finding(server, open_browser, width, dark):
    page = open_browser(width=width, dark=dark)
    session = server.demo["sessions"][1]
    enter_room(page, server, session)
    page.goto(f"{server.url}/surveillance/{session['number']}/vue/?vue=compacte")
    assert_accessible(page, "compact room")
    page.goto(f"{server.url}/surveillance/{session['number']}/tableau/")
    assert_accessible(page, "board")
    page.get_by_role("button", name="Afficher le code d’accès").click()
    page.get_by_role("button", name="Masquer le code d’accès").wait_for()
    assert_accessible(page, "board with the code")


def test_board_fits_a_projector_and_says_when_it_lost_the_network(server, open_browser):
    page = open_browser()
    session = server.session()
    enter_room(page, server, session)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.clock.install()
    for query in ("", "?code=1"):
        page.goto(f"{server.url}/surveillance/{session['number']}/tableau/{query}")
        assert page.evaluate("document.documentElement.scrollHeight") <= 720
    link = page.locator("#liaison")
    page.clock.run_for(12_000)
    expect(link).to_be_empty()
    page.context.set_offline(True)
    page.clock.run_for(45_000)
    expect(link).to_contain_text("Plus de liaison depuis")
    page.context.set_offline(False)
    page.clock.run_for(12_000)
    expect(link).to_be_empty()


def test_compact_list_is_remembered_and_keeps_the_search(server, open_browser):
    page = open_browser()
    session = server.session()
    enter_room(page, server, session)
    page.get_by_label("Chercher un candidat").fill(session["candidates"][0]["last_name"][:4])
    toggle = page.locator("#vue")
    toggle.click()
    compact = page.locator("#liste.liste--compacte")
    expect(compact).to_be_visible()
    expect(toggle).to_be_focused()
    expect(page.get_by_label("Chercher un candidat")).to_have_value(session["candidates"][0]["last_name"][:4])
    expect(page.locator(f"#candidat-{session['candidates'][5]['id']}")).to_be_hidden()
    page.reload()
    expect(compact).to_be_visible()
    rows = page.evaluate("[...document.querySelectorAll('#liste > .rang')].map(one => one.offsetHeight)")
    assert max(rows) <= 48
    columns = page.evaluate(
        "new Set([...document.querySelectorAll('#liste > .rang')].map(one => one.offsetLeft)).size"
    )
    assert columns == 2
    toggle.click()
    expect(compact).to_have_count(0)
