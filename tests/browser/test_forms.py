"""What a form says and keeps before it is sent, and what a page folds on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible, enter_room
from tests.browser.test_people import sign_in


def test_password_is_not_lost_for_a_name_that_is_missing(server, open_browser) -> None:
    session = server.session()
    page = open_browser(width=390)
    page.goto(f"{server.url}/surveillance/")
    page.locator("[name=number]").fill(str(session["number"]))
    page.locator("[name=password]").fill(session["password"])
    page.get_by_role("button", name="Surveiller la session").click()

    name = page.get_by_label("Vos nom et prénom")
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("Ce champ est obligatoire.")
    expect(page.locator("[name=password]")).to_have_value(session["password"])
    assert_accessible(page, "a name is missing")

    name.fill("Perrine Essai")
    page.get_by_role("button", name="Surveiller la session").click()
    page.locator("#candidats").wait_for()


def test_comment_that_is_too_long_is_an_error_with_its_count(server, open_browser) -> None:
    session = server.session()
    page = open_browser()
    enter_room(page, server, session)
    page.goto(f"{server.url}/surveillance/{session['number']}/pv/")
    comment = page.get_by_label("Commentaire général")

    comment.fill("x" * 503)
    expect(page.locator("#commentaire-trop")).to_contain_text("3 caractères de trop")
    expect(comment).to_have_attribute("aria-invalid", "true")
    assert_accessible(page, "a comment that is too long")

    comment.fill("x" * 500)
    expect(page.locator("#commentaire-trop")).to_be_hidden()
    expect(page.get_by_text("Enregistré à")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_page_of_a_session_folds_what_is_long_on_a_phone_only(server, open_browser, width: int) -> None:
    session = server.session()
    page = open_browser(width=width)
    sign_in(page, server)
    page.goto(f"{server.url}/etablissement/sessions/{session['number']}/")
    row = page.locator(f"#candidat-{session['candidates'][0]['id']}")
    if width == 390:
        expect(row).to_be_hidden()
        assert_accessible(page, "a session, folded")
        page.get_by_text("Candidats", exact=True).click()
    expect(row).to_be_visible()
    assert_accessible(page, "a session, unfolded")

    # What the page asks for again by itself leaves the fold as it is.
    with page.expect_response("**/direct/") as answer:
        page.evaluate(
            "htmx.ajax('GET', location.pathname + 'direct/', {target: '#direct', swap: 'outerHTML'})"
        )
    assert answer.value.ok
    expect(row).to_be_visible()
