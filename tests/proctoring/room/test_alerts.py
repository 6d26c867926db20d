"""« Gérer le signalement » (R15)."""

from datetime import timedelta

import pytest

from proctoring.enums import AlertStatus
from proctoring.models import Alert, Incident
from proctoring.services import alerts, running
from proctoring.services.entries import candidate_actor
from sessions_app.enums import EventKind
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import Page, both_ways
from tests.proctoring.room.conftest import Room

HANDLE = "Gérer le signalement de Paul DUPONT"
NO_PROBLEM = "Pas de problème : reprendre la question"
PROBLEM = "Problème confirmé : passer à la question suivante"


def raise_alert(room: Room, candidate: Candidate, question: int = 7) -> Alert:
    entry = room.attempt(candidate).holder
    assert entry is not None
    alert, _ = alerts.raise_alert(
        entry=entry,
        question=question,
        kinds=["image"],
        actor=candidate_actor(entry),
        now=factories.clock.now(),
    )
    return alert


@pytest.fixture
def paul(room: Room) -> Candidate:
    paul = room.put("in_progress", "DUPONT", "Paul", "1997-05-21")
    raise_alert(room, paul)
    return paul


@both_ways
@pytest.mark.parametrize(
    ("button", "status", "kind"),
    [
        (NO_PROBLEM, AlertStatus.REFUSED, EventKind.ALERT_REFUSED),
        (PROBLEM, AlertStatus.VALIDATED, EventKind.ALERT_VALIDATED),
    ],
)
def test_two_buttons_that_say_the_consequence(
    room: Room, paul: Candidate, button: str, status: str, kind: str, scripts: bool
) -> None:
    page = room.page(scripts=scripts)
    assert page.get(room.row(paul)).get("data-needs") == "alert"
    assert "question 7 · « l’image ne s’affiche pas »" in page.text(f"besoin-{paul.pk}")
    page.press(HANDLE)
    said = page.text("dialogue") if scripts else page.text()
    assert "Signalement de Paul DUPONT, question 7" in said
    assert "Il dit : l’image ne s’affiche pas." in said
    assert len(page.controls(NO_PROBLEM)) == len(page.controls(PROBLEM)) == 1
    page.press(button)
    if button == PROBLEM:
        assert Alert.objects.get().status == AlertStatus.OPEN, "not before its category"
        page.press("Confirmer")
    assert Alert.objects.get().status == status
    assert len(room.events(EventKind(kind))) == 1
    assert page.get(room.row(paul)).get("data-needs") == ""
    assert page.get(room.row(paul)).get("data-state") == "in_progress"
    assert page.find(f"besoin-{paul.pk}") is None


def choices(page: Page) -> dict[str, bool]:
    found = page.get("dialogue").xpath(".//input[@name='category']")
    return {one.get("value"): one.get("checked") is not None for one in found}


def test_the_categories_are_those_of_the_question(room: Room, paul: Candidate) -> None:
    """pix.md §3.9; what he said himself is chosen already."""
    page = room.page()
    page.press(HANDLE)
    page.press(PROBLEM)
    assert list(choices(page)) == ["E1", "E4", "E5", "E8", "E9", "E11", "E12"]
    assert [code for code, chosen in choices(page).items() if chosen] == ["E1"]
    page.press("Confirmer")
    incident = Incident.objects.get()
    assert (incident.category, incident.question, incident.alert) == ("E1", 7, Alert.objects.get())
    page.assert_like_reload()
    assert "1 incident" in page.text(room.row(paul))


@both_ways
def test_a_problem_without_its_category_is_asked_again(room: Room, paul: Candidate, scripts: bool) -> None:
    data = {"alert": Alert.objects.get().pk, "outcome": "validated"}
    before = room.sequence()
    response = room.post(room.at(paul, "signalement/"), htmx=scripts, **data)
    assert response.status_code == 422
    assert "Choisissez de quel problème il s’agit." in response.content.decode()
    assert (room.sequence(), Incident.objects.count()) == (before, 0)


@both_ways
@pytest.mark.parametrize("button", [NO_PROBLEM, PROBLEM])
def test_ten_seconds_to_think_again(room: Room, paul: Candidate, button: str, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press(HANDLE)
    page.press(button)
    if button == PROBLEM:
        page.press("Confirmer")
    assert "dans 10 s" in page.text("annonces")
    room.travel(seconds=9)
    page.press("Annuler la réponse au signalement de Paul DUPONT")
    page.assert_like_reload()
    assert Alert.objects.get().status == AlertStatus.OPEN
    assert page.get(room.row(paul)).get("data-needs") == "alert"
    assert not Incident.objects.filter(deleted_at=None).exists()


def test_an_undo_that_comes_too_late_is_said(room: Room, paul: Candidate) -> None:
    page = room.page()
    page.press(HANDLE)
    page.press(NO_PROBLEM)
    room.travel(seconds=10)
    assert page.press("Annuler la réponse au signalement de Paul DUPONT").status_code == 409
    assert "l’élève a déjà reçu la réponse" in page.text("annonces")
    page.assert_like_reload("annonces")


def test_who_waited_gets_his_minutes_in_one_tap(room: Room, paul: Candidate) -> None:
    room.travel(seconds=200)
    page = room.page()
    page.press(HANDLE)
    page.press(NO_PROBLEM)
    page.assert_like_reload()
    before = room.attempt(paul).deadline_at
    page.press("Rendre 4 min à Paul DUPONT")
    page.assert_like_reload()
    assert room.attempt(paul).deadline_at == before + timedelta(minutes=4)
    assert not page.controls("Rendre 4 min à Paul DUPONT")


def test_several_alerts_are_answered_one_by_one(room: Room, paul: Candidate) -> None:
    """Who signals a later question has left the first one: that is said, and nothing written."""
    room.travel(seconds=20)
    raise_alert(room, paul, question=9)
    page = room.page()
    page.press(HANDLE)
    assert "question 7" in page.text("dialogue"), "the oldest first"
    page.press(PROBLEM)
    assert page.press("Confirmer").status_code == 409
    assert "L’élève a répondu à cette question entre-temps" in page.text("annonces")
    assert not Incident.objects.exists()
    assert page.get(room.row(paul)).get("data-needs") == "alert"
    page.press(HANDLE)
    assert "question 9" in page.text("dialogue")


@both_ways
def test_an_alert_that_went_away_meanwhile_is_said(room: Room, paul: Candidate, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press(HANDLE)
    entry = room.attempt(paul).holder
    assert entry is not None
    running.complete(entry=entry, actor=candidate_actor(entry), now=factories.clock.now())
    before = room.sequence()
    response = page.press(NO_PROBLEM)
    assert response.status_code == 409
    assert "Ce signalement n’attend plus de réponse." in page.text()
    assert page.get(room.row(paul)).get("data-state") == "completed"
    assert room.sequence() == before


def test_another_was_faster_with_the_other_answer(room: Room, paul: Candidate) -> None:
    page = room.page()
    page.press(HANDLE)
    page.press(PROBLEM)
    other = room.enter("Odile Autre")
    other.post(other.at(paul, "signalement/"), alert=Alert.objects.get().pk, outcome="refused")
    assert page.press("Confirmer").status_code == 409
    assert Alert.objects.get().status == AlertStatus.REFUSED
    assert not Incident.objects.exists()


@pytest.mark.parametrize("htmx", [True, False])
def test_the_same_answer_again_records_nothing(room: Room, paul: Candidate, htmx: bool) -> None:
    data = {"alert": Alert.objects.get().pk, "outcome": "refused"}
    room.post(room.at(paul, "signalement/"), **data)
    before = room.sequence()
    assert room.post(room.at(paul, "signalement/"), htmx=htmx, **data).status_code == (200 if htmx else 303)
    assert room.sequence() == before


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    "data",
    [{}, {"outcome": "maybe"}, {"outcome": "refused", "alert": "x"}, {"outcome": "refused", "alert": ""}],
)
def test_nonsense_answers_nothing(room: Room, paul: Candidate, htmx: bool, data: dict[str, str]) -> None:
    before = room.sequence()
    assert room.post(room.at(paul, "signalement/"), htmx=htmx, **data).status_code == 422
    assert room.sequence() == before


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("alert_id", [0, 999_999, 10**17])
def test_an_alert_that_does_not_exist(room: Room, paul: Candidate, htmx: bool, alert_id: int) -> None:
    response = room.post(room.at(paul, "signalement/"), htmx=htmx, alert=alert_id, outcome="refused")
    assert response.status_code == (409 if htmx else 404)
    assert f'id="candidat-{paul.pk}"' in response.content.decode()


def test_the_alert_of_another_candidate_is_not_his(room: Room, paul: Candidate) -> None:
    zoe = room.put("in_progress", "ABADIE", "Zoé")
    alert = raise_alert(room, zoe)
    assert room.post(room.at(paul, "signalement/"), alert=alert.pk, outcome="refused").status_code == 404
    assert Alert.objects.get(pk=alert.pk).status == AlertStatus.OPEN


def test_without_an_alert_the_question_says_so(room: Room, paul: Candidate) -> None:
    zoe = room.put("in_progress", "ABADIE", "Zoé")
    page = room.page(f"candidats/{zoe.pk}/signalement/", scripts=False)
    assert "Ce signalement n’attend plus de réponse" in page.text()
    assert not page.controls(PROBLEM)
