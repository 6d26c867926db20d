"""« Poste défaillant » (R17)."""

from typing import Any

import pytest

from proctoring.models import Incident
from sessions_app.models import Candidate, Session
from tests.htmx import both_ways
from tests.proctoring.room.conftest import Room

OPEN = "Poste défaillant : Paul DUPONT"


@pytest.fixture
def paul(room: Room) -> Candidate:
    Session.objects.filter(pk=room.session.pk).update(workstations=26, spare_workstations=2)
    paul = room.put("in_progress", "DUPONT", "Paul")
    room.post(room.at(paul, "poste/"), workstation="14")
    room.travel(seconds=20)
    return paul


def offered(page: Any) -> list[str]:
    found: list[str] = page.root.xpath("//input[@name='workstation']/@value")
    return found


@both_ways
def test_spare_is_named_and_one_confirmation_does_all(room: Room, paul: Candidate, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press(OPEN)
    assert offered(page) == ["25", "26"]
    page.press("Confirmer")
    page.assert_like_reload()
    attempt = room.attempt(paul)
    assert (attempt.workstation, attempt.state, attempt.given_minutes) == ("25", "resume_authorised", 5)
    assert Incident.objects.get().category == "C7"
    assert "Incident C7 noté, reprise autorisée, 5 min rendues." in page.text("annonces")
    assert len(page.get("annonces").xpath(".//button")) == 1, "one gesture, one undo"
    page.press("Annuler le changement de poste de Paul DUPONT")
    page.assert_like_reload()
    attempt = room.attempt(paul)
    assert (attempt.workstation, attempt.state, attempt.given_minutes) == ("14", "in_progress", 0)


def test_only_free_ones_are_named(room: Room, paul: Candidate) -> None:
    for place in ("25", "26"):
        room.post(room.at(room.put("in_progress"), "poste/"), workstation=place)
    page = room.page(f"candidats/{paul.pk}/poste-defaillant/", scripts=False)
    assert offered(page) == ["1", "2", "3", "4", "5", "6"]
    assert "plus aucun poste de secours" in page.text()


@both_ways
def test_another_number_and_other_minutes(room: Room, paul: Candidate, scripts: bool) -> None:
    data = {"workstation": "25", "other": "B 3", "minutes": "10", "once": "a"}
    for _ in range(2):
        room.post(room.at(paul, "poste-defaillant/"), htmx=scripts, **data)
    attempt = room.attempt(paul)
    assert (attempt.workstation, attempt.given_minutes, Incident.objects.count()) == ("B 3", 10, 1)


@both_ways
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"workstation": ""}, "Donnez le numéro du poste"),
        ({"workstation": "14"}, "C’est déjà le poste"),
        ({"workstation": "3"}, "occupé par un autre élève"),
        ({"minutes": "cinq"}, "nombre de minutes"),
        ({"minutes": "500"}, "minutes"),
    ],
)
def test_wrong_choice_comes_back(
    room: Room, paul: Candidate, data: dict[str, str], sentence: str, scripts: bool
) -> None:
    room.post(room.at(room.put("in_progress"), "poste/"), workstation="3")
    before = room.sequence()
    given = {"workstation": "25", "minutes": "5", "once": "a", **data}
    response = room.post(room.at(paul, "poste-defaillant/"), htmx=scripts, **given)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert room.sequence() == before


def test_a_room_whose_workstations_are_not_known_asks_the_number(room: Room, paul: Candidate) -> None:
    Session.objects.filter(pk=room.session.pk).update(workstations=None)
    page = room.page(f"candidats/{paul.pk}/poste-defaillant/", scripts=False)
    assert offered(page) == []
    page.fill(other="7")
    page.press("Confirmer")
    assert room.attempt(paul).workstation == "7"
