"""« Consignes lues »: noted once, with its time, in the report (R4)."""

from typing import Any

import pytest

from sessions_app.enums import EventKind
from tests.htmx import Page, words
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


def test_the_step_bar_follows_the_room(room: Room) -> None:
    """R4: tick everybody, read the instructions, give the code, watch, close."""
    paul = room.add("DUPONT", "Paul")
    page = room.page()
    assert current(page) == "Préparer (15 min)"
    page.tick("Présence de Paul DUPONT")
    assert current(page) == "Lancer"
    assert "Lisez les consignes à voix haute" in page.text("etape")
    page.press("Consignes à lire")
    page.press("Consignes lues")
    assert "donnez le code d’accès" in page.text("etape")
    page.assert_like_reload()
    room.bring(paul, "in_progress")
    page.poll()
    assert current(page) == "Surveiller"
    assert "Premières fins à 12h15" in page.text("etape")
    page.assert_like_reload("annonces")
    room.post(room.at(paul, "fin/"))
    page.poll()
    assert current(page) == "Clôturer"
    page.assert_like_reload("annonces")


def test_the_clock_alone_moves_the_step(room: Room) -> None:
    """« À annoncer » comes without an event, to a page that asks with 204 as its answer until then."""
    room.put("in_progress")
    before = room.sequence()
    page = room.page()
    room.travel(minutes=94, seconds=59)
    page.poll()  # the row has been silent for long
    assert "À annoncer" not in page.text("etape")
    assert page.poll().status_code == 204
    room.travel(seconds=1)
    answer = page.poll()
    assert answer.status_code == 200
    assert b'id="candidat-' not in answer.content
    assert "À annoncer : encore 10 minutes. Fin commune à 12h15." in page.text("etape")
    page.assert_like_reload("candidats")  # whose ages the browser counts
    assert page.poll().status_code == 204
    assert room.sequence() == before
    room.travel(minutes=5)
    page.poll()
    assert "À annoncer" not in page.text("etape")
    room.travel(minutes=5)
    page.poll()
    assert current(page) == "Terminer"
    page.assert_like_reload("candidats")


def test_a_step_that_the_page_has_is_not_sent_again(room: Room) -> None:
    paul, zoe = room.add("DUPONT", "Paul"), room.add("ABADIE", "Zoé")
    room.add()
    page = room.page()
    room.post(room.at(paul, "presence/"), present="1")
    assert b'id="etape"' not in page.poll().content
    page.assert_like_reload("annonces")
    room.bring(zoe, "in_progress")
    assert b'id="etape"' in page.poll().content


def test_a_step_moved_by_me_and_back_by_a_colleague(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    page = room.page()
    page.tick("Présence de Paul DUPONT")
    assert current(page) == "Lancer"
    room.post(room.at(paul, "presence/"), present="0")
    page.poll()
    assert current(page) == "Préparer (15 min)"
    page.assert_like_reload("annonces")


def test_a_quiet_step_costs_no_query(room: Room, django_assert_num_queries: Any) -> None:
    room.put("in_progress")
    page = room.page()
    with django_assert_num_queries(1):
        assert page.poll().status_code == 204


def current(page: Page) -> str:
    (one,) = page.get("etape").xpath(".//li[@aria-current='step']")
    return words(one)
