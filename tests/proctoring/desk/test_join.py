"""D1: the door of the desk; R14 variants; what a browser remembers."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from pixsurv.kernel import clock
from proctoring.desk.forms import read_birth_date
from proctoring.enums import AttemptState
from proctoring.models import Attempt, Entry
from proctoring.rules import DESK_HEARTBEAT
from proctoring.services import closing
from sessions_app.models import Candidate, Session
from tests import factories
from tests.proctoring.desk.browser import COOKIE, Browser, Page


@pytest.fixture
def noemie(session: Session) -> Candidate:
    return factories.CandidateFactory(
        session=session, last_name="LŒUILLET-D’ÉCLAIR", first_name="Noémie", birth_date=date(2011, 5, 21)
    )


def test_join_page_asks_for_the_fields_of_the_contract(db: None) -> None:
    page = Page(Client().get("/candidat/"))
    for name in ("number", "last_name", "first_name", "birth_date", "workstation"):
        assert page.has(f"//input[@name='{name}']")
    assert "Comme sur la feuille d’émargement." in page.text
    assert page.has("//input[@name='birth_date' and @inputmode='numeric']")
    assert page.has("//h1[text()='Je passe le test']")


def test_join_page_takes_the_number_from_the_address(db: None) -> None:
    page = Page(Client().get("/candidat/?numero=82690"))
    assert page.has("//input[@name='number' and @value='82690']")


def test_join_opens_an_entry_and_leads_to_the_test(browser: Browser, candidate: Candidate) -> None:
    response = browser.join(candidate)
    assert (response.status_code, response["Location"]) == (303, "/candidat/test/")
    cookie = response.cookies[COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
    assert not cookie["max-age"] and not cookie["expires"]  # it goes with the browser
    assert browser.entry.candidate == candidate
    assert browser.entry.heartbeat == DESK_HEARTBEAT


def test_join_without_javascript_announces_no_heartbeat(browser: Browser, candidate: Candidate) -> None:
    browser.join(candidate, no_script="1")
    assert browser.entry.heartbeat is None


@pytest.mark.parametrize(
    ("last_name", "first_name"),
    [
        ("LŒUILLET-D’ÉCLAIR", "Noémie"),
        ("loeuillet d'eclair", "noemie"),
        ("  Lœuillet D Eclair ", "NOE\u0301MIE"),
        ("LOEUILLETDECLAIR", "no-émie"),
    ],
)
def test_join_matches_the_normalised_identity(
    browser: Browser, noemie: Candidate, last_name: str, first_name: str
) -> None:
    response = browser.join(noemie, last_name=last_name, first_name=first_name)
    assert response.status_code == 303
    assert browser.entry.candidate == noemie


@pytest.mark.parametrize(
    "typed",
    [
        "2011-05-21",
        "21/05/2011",
        "21-05-2011",
        "21.05.2011",
        "21052011",
        "21 05 2011",
        "21/5/2011",
        " 21/05/2011\n",
        "21 / 05 / 2011",
        "21\u00a005\u00a02011",
    ],
)
def test_join_reads_a_birth_date_however_it_is_written(
    browser: Browser, noemie: Candidate, typed: str
) -> None:
    assert browser.join(noemie, birth_date=typed).status_code == 303


@pytest.mark.parametrize(
    "typed",
    ["21/05/11", "31/02/2011", "21/13/2011", "demain", "21/05/0211", "05/2011", "1" * 400, "21/05/2999"],
)
def test_birth_date_that_cannot_be_is_not_read(typed: str) -> None:
    assert read_birth_date(typed) is None


def test_join_says_which_field_is_wrong_and_keeps_the_rest(browser: Browser, candidate: Candidate) -> None:
    page = Page(browser.join(candidate, birth_date="21/05/11", number="82 690 x"))
    assert page.status == 422
    assert "par exemple 21/05/2011" in page.errors and "en chiffres" in page.errors
    assert page.has("//input[@name='birth_date' and @value='21/05/11' and @aria-invalid='true']")
    assert page.has("//input[@name='number' and @autofocus]")  # the first one
    assert page.has(f"//input[@name='last_name' and @value='{candidate.last_name}']")
    (described,) = page.tree.xpath("//input[@name='birth_date']/@aria-describedby")
    assert all(page.has(f"//*[@id='{one}']") for one in described.split())


@pytest.mark.parametrize("number", ["N° 123", "1 2 3", "123"])
def test_join_reads_a_number_however_it_is_spaced(browser: Browser, noemie: Candidate, number: str) -> None:
    Session.objects.filter(pk=noemie.session_id).update(number=123)
    assert browser.join(noemie, number=number).status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "1"},
        {"last_name": "AUTRE"},
        {"first_name": "Autre"},
        {"birth_date": "2011-05-22"},
    ],
)
def test_mismatch_gets_the_same_answer_whatever_it_is(
    browser: Browser, noemie: Candidate, wrong: dict[str, str]
) -> None:
    page = Page(browser.join(noemie, **wrong))
    (alert,) = page.tree.xpath("//*[@role='alert']")
    assert page.status == 422
    assert alert.get("data-code") == "no_match"
    said = " ".join(" ".join(alert.itertext()).split())
    assert said == (
        "Ces informations ne correspondent à aucun élève inscrit à cette session. "
        "Vérifiez le numéro de la session. Vérifiez votre nom de naissance, votre prénom et votre date de "
        "naissance : comme sur la feuille d’émargement."
    )
    assert not Entry.objects.exists()


def test_mismatch_keeps_what_was_typed(browser: Browser, noemie: Candidate) -> None:
    page = Page(browser.join(noemie, first_name="Noé", workstation="14"))
    assert page.has("//input[@name='first_name' and @value='Noé']")
    assert page.has("//input[@name='birth_date' and @value='2011-05-21']")
    assert page.has("//input[@name='workstation' and @value='14']")


def test_third_mismatch_in_this_browser_sends_to_the_proctor(browser: Browser, noemie: Candidate) -> None:
    for _ in range(2):
        assert "Appelez votre surveillant" not in Page(browser.join(noemie, first_name="X")).text
    assert "Appelez votre surveillant" in Page(browser.join(noemie, first_name="X")).text
    assert "Appelez votre surveillant" not in Page(Browser().join(noemie, first_name="X")).text


def test_success_starts_the_count_of_mismatches_anew(browser: Browser, noemie: Candidate) -> None:
    for _ in range(2):
        browser.join(noemie, first_name="X")
    browser.join(noemie)
    assert "Appelez votre surveillant" not in Page(browser.join(noemie, first_name="X")).text


def test_forged_count_of_mismatches_is_nothing(browser: Browser, noemie: Candidate) -> None:
    browser.client.cookies["pupitre-essais"] = "7"
    assert "Appelez votre surveillant" not in Page(browser.join(noemie, first_name="X")).text


def test_homonyms_enter_each_for_himself(browser: Browser, session: Session) -> None:
    elder = factories.CandidateFactory(
        session=session, last_name="DUPONT", first_name="Paul", birth_date=date(2010, 5, 21)
    )
    younger = factories.CandidateFactory(
        session=session, last_name="DUPONT", first_name="Paul", birth_date=date(2011, 5, 21)
    )
    browser.join(younger)
    assert browser.entry.candidate == younger
    browser.join(elder)
    assert browser.entry.candidate == elder


def test_not_certifiable_is_told_with_the_reason(browser: Browser, session: Session) -> None:
    candidate = factories.CandidateFactory(session=session, certifiable_competences=3)
    page = Page(browser.join(candidate))
    assert page.status == 403
    assert "au moins 5 compétences au niveau 1" in page.text
    assert COOKIE not in browser.client.cookies


def test_control_character_in_a_name_is_refused_and_in_a_workstation_dropped(
    browser: Browser, candidate: Candidate
) -> None:
    page = Page(browser.join(candidate, first_name="Pa\x07ul"))
    assert page.status == 422 and "caractère interdit" in page.errors
    assert browser.join(candidate, workstation="1\x074").status_code == 303
    assert not Attempt.objects.exists()


def test_session_followed_by_hand_sends_to_pix(browser: Browser, db: None) -> None:
    candidate = factories.CandidateFactory(session=factories.SessionFactory(by_hand=True))
    page = Page(browser.join(candidate))
    assert page.status == 409
    assert "Le test se passe sur Pix, pas ici." in page.text
    assert not Entry.objects.exists()


def test_closed_session_is_told(browser: Browser, candidate: Candidate) -> None:
    closing.close_session(session_id=candidate.session_id, actor=factories.PROCTOR, now=clock.now())
    page = Page(browser.join(candidate))
    assert page.status == 410
    assert "Cette session est terminée ou annulée." in page.text


def test_form_sent_twice_opens_one_entry(browser: Browser, candidate: Candidate) -> None:
    once = Page(browser.client.get("/candidat/")).hidden("once")[0]
    browser.join(candidate, once=once)
    first = browser.entry
    browser.join(candidate, once=once)
    assert browser.entry == first
    assert Entry.objects.count() == 1


def test_form_sent_again_opens_another_entry(browser: Browser, candidate: Candidate) -> None:
    browser.join(candidate)
    first = browser.entry
    browser.join(candidate)
    assert browser.entry != first


def test_form_corrected_for_another_pupil_is_another_entry(browser: Browser, session: Session) -> None:
    one, other = factories.CandidateFactory.create_batch(2, session=session)
    browser.join(one, once="the-same-form")
    browser.join(other, once="the-same-form")
    assert browser.entry.candidate == other


def test_refused_form_keeps_its_key(browser: Browser, candidate: Candidate) -> None:
    page = Page(browser.join(candidate, once="key-of-this-form", first_name=""))
    assert page.hidden("once") == ["key-of-this-form"]


def test_workstation_is_told_and_remembered_on_that_computer(browser: Browser, candidate: Candidate) -> None:
    response = browser.join(candidate, workstation=" 14  bis ")
    assert factories.attempt_of(candidate).workstation == "14 bis"
    assert int(response.cookies["poste"]["max-age"]) > 300 * 24 * 3600
    browser.client.post("/candidat/oublier/")
    assert Page(browser.client.get("/candidat/")).has("//input[@name='workstation' and @value='14 bis']")


def test_known_browser_is_asked_to_continue(browser: Browser, session: Session) -> None:
    candidate = factories.CandidateFactory(session=session, last_name="DUPONT", first_name="Paul")
    browser.join(candidate)
    page = Page(browser.client.get("/candidat/"))
    assert "Continuer comme Paul D." in page.text
    assert "DUPONT" not in page.text
    assert page.has("//a[@href='/candidat/test/']")
    assert not page.has("//input[@name='last_name']")


def test_known_browser_is_asked_to_resume_a_running_test(tested: Candidate, browser: Browser) -> None:
    page = Page(browser.client.get("/candidat/"))
    assert f"Reprendre le test de {tested.first_name} {tested.last_name[0]}." in page.text


def test_not_me_forgets_the_entry_only(tested: Candidate, browser: Browser) -> None:
    response = browser.client.post("/candidat/oublier/")
    assert response["Location"] == "/candidat/"
    assert browser.client.cookies[COOKIE].value == ""
    assert factories.attempt_of(tested).state == AttemptState.IN_PROGRESS
    assert Page(browser.client.get("/candidat/")).has("//input[@name='last_name']")


def test_looking_at_not_me_forgets_nothing(tested: Candidate, browser: Browser) -> None:
    browser.client.get("/candidat/oublier/")
    assert browser.client.cookies[COOKIE].value


def test_finished_browser_gets_the_form(tested: Candidate, browser: Browser) -> None:
    browser.post("terminer", {"confirm": "1"})
    response = browser.client.get("/candidat/")
    assert Page(response).has("//input[@name='last_name']")
    assert response.cookies[COOKIE].value == ""


def test_forged_entry_opens_nothing(browser: Browser, candidate: Candidate) -> None:
    browser.join(candidate)
    browser.client.cookies[COOKIE] = f"pxe_{browser.entry.pk.hex}.{'A' * 43}"
    response = browser.test()
    assert (response.status_code, response["Location"]) == (303, "/candidat/")


@pytest.mark.parametrize(
    "name", ["ask", "start_question", "answer", "report", "finish", "back", "clock", "state", "beat", "test"]
)
def test_without_an_entry_everything_leads_to_the_form(db: None, name: str) -> None:
    plain = Client().post(reverse(f"desk:{name}"))
    assert (plain.status_code, plain["Location"]) == (303, "/candidat/")
    by_htmx = Client().post(reverse(f"desk:{name}"), headers={"HX-Request": "true"})
    assert (by_htmx.status_code, by_htmx["HX-Redirect"]) == (204, "/candidat/")


def test_expired_csrf_token_is_explained_in_french(candidate: Candidate) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/candidat/", {"number": "1"})
    assert response.status_code == 403
    assert "Cette page est restée ouverte trop longtemps" in response.content.decode()


def test_desk_pages_are_never_stored(browser: Browser, candidate: Candidate) -> None:
    browser.join(candidate)
    for response in (browser.client.get("/candidat/"), browser.test()):
        assert "no-store" in response["Cache-Control"]
