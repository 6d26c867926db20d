"""An alert from the pupil's screen to his next question, and an incident by the number pad."""

from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible, enter_room, full_name, join


def test_confirmed_alert_moves_the_pupil_by_itself(server, open_browser):
    session = server.session()
    candidate = session["candidates"][0]
    proctor, pupil = open_browser(width=390), open_browser()
    enter_room(proctor, server, session)
    proctor.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True).check()
    join(pupil, server, session, candidate)
    pupil.locator("[name=access_code]").fill(session["access_code"])
    pupil.locator("[name=access_code]").press("Enter")
    pupil.get_by_role("heading", name="Question 1 sur 32").wait_for()
    # A timed first question waits for its start; what is signalled is a question on screen.
    start = pupil.get_by_role("button", name="Commencer la question")
    if start.count():
        start.click()
    pupil.get_by_role("button", name="Signaler un problème sur cette question").click()
    pupil.get_by_label("Une image ne s’affiche pas").check()
    pupil.get_by_role("button", name="Envoyer le signalement").click()
    waits = pupil.locator("#etat").get_by_text("Signalement envoyé.")
    waits.wait_for()

    card = proctor.get_by_role("button", name=f"Gérer le signalement de {full_name(candidate)}").first
    card.click()
    expect(proctor.locator("#dialogue")).to_contain_text("Il dit : l’image ne s’affiche pas")
    proctor.get_by_role("button", name="Problème confirmé : passer à la question suivante").click()
    expect(proctor.get_by_role("radio", name="E1 L’image ne s’affiche pas")).to_be_checked()
    proctor.get_by_role("button", name="Confirmer").click()
    expect(proctor.locator("#annonces")).to_contain_text("passera à la question suivante dans 10")
    expect(waits).to_be_visible()
    expect(pupil.get_by_role("heading", name="Question 2 sur 32")).to_be_visible(timeout=20_000)
    expect(pupil.locator("#etat")).to_contain_text("Votre surveillant a confirmé le problème")
    expect(proctor.locator(f"#candidat-{candidate['id']}")).to_contain_text("1 incident")


def test_number_pad_types_and_keys_do_too(server, open_browser):
    session = server.session()
    candidate = session["candidates"][0]
    page = open_browser(width=390)
    enter_room(page, server, session)
    page.locator(f"#menu-bouton-{candidate['id']}").click()
    page.get_by_role("button", name=f"Incident concernant {full_name(candidate)}").click()
    page.get_by_role("button", name="E4 Site indisponible").click()
    field = page.get_by_label("Numéro de la question")
    expect(field).to_be_focused()
    for digit in "12":
        page.get_by_role("button", name=digit, exact=True).click()
    expect(field).to_have_value("12")
    page.keyboard.press("5")
    expect(field).to_have_value("125")
    page.get_by_role("button", name="Effacer").click()
    page.get_by_role("button", name="7", exact=True).click()
    assert_accessible(page, "number pad")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#annonces")).to_contain_text("Incident E4, question 7 noté")
    expect(page.locator(f"#candidat-{candidate['id']}")).to_contain_text("1 incident")


def test_sound_is_off_until_wanted_and_remembered_here(server, open_browser):
    page = open_browser()
    enter_room(page, server, server.session())
    switch = page.locator("#plus-son-haut")
    page.locator("#plus-bouton-haut").click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    page.reload()
    page.locator("#plus-bouton-haut").click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    assert page.evaluate("localStorage.length") == 0


def test_incident_of_the_whole_room_from_start_to_undo(server, open_browser):
    session = server.session()
    candidate = session["candidates"][0]
    mine, theirs, pupil = open_browser(), open_browser(width=390), open_browser()
    enter_room(mine, server, session)
    enter_room(theirs, server, session, "Luc Essai")
    mine.get_by_role("checkbox", name=f"Présence de {full_name(candidate)}", exact=True).check()
    join(pupil, server, session, candidate)
    pupil.locator("[name=access_code]").fill(session["access_code"])
    pupil.locator("[name=access_code]").press("Enter")
    row = mine.locator(f"#candidat-{candidate['id']}")
    expect(row).to_have_attribute("data-state", "in_progress", timeout=8000)
    # A gesture of an open menu has no id: what the refresh brings must not take the focus from it.
    theirs.locator(f"#menu-bouton-{candidate['id']}").click()
    gesture = theirs.get_by_role("button", name=f"Incident concernant {full_name(candidate)}")
    gesture.focus()

    mine.locator("#incident-haut").click()
    mine.get_by_role("link", name="Courant, réseau, alarme : incident dans toute la salle").click()
    mine.get_by_role("button", name="Panne de réseau").click()
    expect(theirs.locator("#incident-salle")).to_contain_text("panne de réseau, depuis", timeout=8000)
    expect(gesture).to_be_focused()
    theirs.keyboard.press("Escape")
    theirs.context.set_offline(True)
    theirs.get_by_role("link", name="Liste d’évacuation").first.click()
    expect(theirs.locator("#evacuation")).to_be_visible()
    expect(theirs.locator("#a-traiter")).to_be_hidden()
    expect(theirs.locator("#liste > .rang:visible")).to_have_count(1)
    assert_accessible(theirs, "evacuation list")
    theirs.context.set_offline(False)

    before = row.locator(".horloge__heure").text_content()
    mine.get_by_role("button", name="Fin de l’incident").click()
    legend = mine.locator("#dialogue legend").first
    expect(legend).to_have_text("Rendre 1 min à 1 élève")
    box = mine.locator("#dialogue [name=candidat]")
    box.uncheck()
    expect(legend).to_have_text("Rendre 1 min à 0 élève")
    box.check()
    assert_accessible(mine, "end of the incident")
    mine.get_by_role("button", name="Confirmer").click()
    expect(row.locator(".horloge__heure")).not_to_have_text(before)
    expect(mine.locator("#incident-salle")).to_be_hidden()
    mine.get_by_role("button", name="Annuler la fin de l’incident").click()
    expect(row.locator(".horloge__heure")).to_have_text(before)
    expect(mine.locator("#incident-salle")).to_be_visible()
