"""« Consignes lues »: noted once, with its time, in the report (R4)."""

import pytest

from sessions_app.enums import EventKind
from tests.proctoring.room.conftest import Room


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_instructions_are_read_then_noted(room: Room, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press("Consignes à lire")
    assert "on ne revient pas en arrière" in page.text()
    page.press("Consignes lues")
    assert room.last_event().kind == EventKind.INSTRUCTIONS_READ
    if scripts:
        page.assert_like_reload()
    assert "Lues à 10h30" in room.page("pv/").text("feuille")
    page.press("Consignes à lire")
    assert "Lues à 10h30" in page.text()
    assert not page.controls("Consignes lues")


def test_instructions_noted_twice_are_noted_once(room: Room) -> None:
    for _ in range(2):
        assert room.post(f"{room.url}consignes/").status_code == 303
        room.travel(minutes=3)
    assert len(room.events(EventKind.INSTRUCTIONS_READ)) == 1


def test_instructions_of_a_closed_room_are_history(room: Room) -> None:
    room.post(f"{room.url}cloturer/")
    before = room.sequence()
    assert room.post(f"{room.url}consignes/").status_code == 409
    assert room.get(f"{room.url}consignes/").status_code == 409
    assert room.sequence() == before
