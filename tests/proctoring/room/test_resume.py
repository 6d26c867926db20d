"""« Autoriser la reprise du test », its take-back, « Ignorer la demande » (R11)."""

import pytest

from proctoring.services import running
from proctoring.services.entries import candidate_actor
from sessions_app.enums import EventKind
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import both_ways
from tests.proctoring.room.conftest import NOW, Room

AUTHORISE = "Autoriser la reprise du test de Paul DUPONT"
TAKE_BACK = "Retirer l’autorisation de reprise de Paul DUPONT"


@pytest.fixture
def paul(room: Room) -> Candidate:
    return room.put("in_progress", "DUPONT", "Paul", "1997-05-21")


def ask_again(paul: Candidate) -> None:
    """He comes back on another computer."""
    again = factories.open_entry_for(paul)
    running.request_resume(entry=again, actor=candidate_actor(again), now=factories.clock.now())


@both_ways
def test_authorising_asks_then_acts(room: Room, paul: Candidate, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    before = room.sequence()
    page.press(AUTHORISE)
    assert "Autoriser Paul DUPONT à reprendre son test ?" in page.text()
    assert room.sequence() == before
    page.press("Confirmer")
    assert page.get(room.row(paul)).get("data-state") == "resume_authorised"
    assert room.attempt(paul).state == "resume_authorised"
    assert "Reprise autorisée : Paul DUPONT" in page.text("annonces")


@both_ways
def test_an_authorisation_is_taken_back(room: Room, paul: Candidate, scripts: bool) -> None:
    room.post(room.at(paul, "reprise/"))
    room.travel(minutes=1)  # after the announcement
    page = room.page(scripts=scripts)
    page.press(TAKE_BACK)
    assert room.attempt(paul).state == "in_progress"
    assert page.get(room.row(paul)).get("data-state") == "in_progress"
    assert room.last_event().kind == EventKind.RESUME_CANCELLED


def test_an_authorisation_that_was_used_can_no_longer_be_taken_back(room: Room, paul: Candidate) -> None:
    room.post(room.at(paul, "reprise/"))
    page = room.page()
    again = factories.open_entry_for(paul)
    running.start_or_resume(
        entry=again, access_code=factories.ACCESS_CODE, actor=candidate_actor(again), now=NOW
    )
    before = room.sequence()
    page.press(TAKE_BACK)
    assert room.attempt(paul).state == "in_progress"
    assert room.sequence() == before
    assert not room.page().text("annonces"), "nothing is left to take back"


@both_ways
def test_a_request_is_shown_and_dismissed(room: Room, paul: Candidate, scripts: bool) -> None:
    ask_again(paul)
    page = room.page(scripts=scripts)
    assert page.get(room.row(paul)).get("data-needs") == "resume"
    page.press("Ignorer la demande de Paul DUPONT")
    assert page.get(room.row(paul)).get("data-needs") == ""
    assert page.find(f"besoin-{paul.pk}") is None
    assert room.attempt(paul).state == "in_progress"
    assert room.last_event().kind == EventKind.RESUME_DISMISSED


def test_authorising_answers_the_request(room: Room, paul: Candidate) -> None:
    ask_again(paul)
    page = room.page()
    page.press(AUTHORISE)
    page.press("Confirmer")
    assert page.get(room.row(paul)).get("data-needs") == ""
    assert page.find(f"besoin-{paul.pk}") is None


@pytest.mark.parametrize("below", ["reprise/", "reprise/retirer/", "demande/ignorer/"])
@pytest.mark.parametrize("htmx", [True, False])
def test_repeating_changes_nothing(room: Room, paul: Candidate, below: str, htmx: bool) -> None:
    if below != "demande/ignorer/":
        room.post(room.at(paul, "reprise/"))
    if below == "demande/ignorer/":
        ask_again(paul)
    room.post(room.at(paul, below))
    before = room.sequence()
    assert room.post(room.at(paul, below), htmx=htmx).status_code == (200 if htmx else 303)
    assert room.sequence() == before


@pytest.mark.parametrize("below", ["reprise/", "reprise/retirer/", "demande/ignorer/"])
@pytest.mark.parametrize("state", ["expected", "present", "completed", "ended", "expired"])
def test_who_is_not_in_his_test_is_refused(room: Room, state: str, below: str) -> None:
    martin = room.put(state, "MARTIN", "Zoé")
    before = room.sequence()
    response = room.post(room.at(martin, below), htmx=True)
    assert response.status_code == 409
    text = response.content.decode()
    assert "Le test de cet élève n’est pas en cours." in text
    assert f'id="candidat-{martin.pk}"' in text
    assert room.sequence() == before


@pytest.mark.parametrize("below", ["reprise/", "reprise/retirer/", "demande/ignorer/"])
@pytest.mark.parametrize("htmx", [True, False])
def test_a_stranger_is_not_found(room: Room, below: str, htmx: bool) -> None:
    stranger = factories.CandidateFactory()
    factories.put(stranger, "in_progress")
    assert room.post(room.at(stranger, below), htmx=htmx).status_code == (409 if htmx else 404)
    assert factories.attempt_of(stranger).state == "in_progress"


def test_a_homonym_is_named_with_his_namesakes(room: Room, paul: Candidate) -> None:
    room.add("DUPONT", "Martine", "1994-05-21")
    page = room.page()
    page.press(AUTHORISE)
    said = page.text("dialogue")
    assert "né(e) le 21/05/1997" in said
    assert "2 élèves s’appellent DUPONT" in said
    assert "Martine, 21/05/1994" in said
