"""« Sortie » and « Retour » on the row (R24)."""

import pytest

from tests.proctoring.room.conftest import NOW, Room


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "plain"])
def test_one_tap_each(room: Room, scripts: bool) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    other = room.enter("Odile Autre").page()
    page = room.page(scripts=scripts)
    page.press("Sortie de Paul DUPONT")
    if scripts:
        page.assert_like_reload()
    room.travel(seconds=100)
    other.poll()
    assert "Sortie depuis 1 min" in other.text(room.row(paul))
    assert other.get(room.row(paul)).xpath(".//time[@data-depuis=$at]", at=NOW.isoformat())
    assert not other.controls("Sortie de Paul DUPONT")
    other.press("Retour de Paul DUPONT")
    other.assert_like_reload()
    assert "Sortie" not in other.text(room.row(paul)).replace("Sortie de", "")
    assert [event.kind for event in room.events()[-2:]] == ["went_out", "came_back"]


def test_slip_of_the_finger_is_undone(room: Room) -> None:
    paul = room.put("present", "DUPONT", "Paul")
    page = room.page()
    page.press("Sortie de Paul DUPONT")
    page.press("Annuler la sortie de Paul DUPONT")
    page.assert_like_reload()
    assert room.attempt(paul).out_since is None


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("expected", False),
        ("present", True),
        ("in_progress", True),
        ("resume_authorised", True),
        ("completed", False),
        ("ended", False),
    ],
)
def test_offered_where_it_can_be(room: Room, state: str, offered: bool) -> None:
    paul = room.put(state, "DUPONT", "Paul")
    assert bool(room.page().controls("Sortie de Paul DUPONT")) is offered
    assert room.post(room.at(paul, "sortie/")).status_code == (303 if offered else 409)
