"""« ⋯ » of a row: made in the browser (decision 0039); without scripts it leads to a page that has as much."""

import pytest

from proctoring.enums import AttemptState
from proctoring.selectors.row_menu import ALWAYS, menu_entries, whole_menu
from proctoring.services import running
from proctoring.services.entries import candidate_actor
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import accessible_name, words
from tests.proctoring.room.conftest import NOW, Room

DETAIL = "Détail et autres gestes pour Paul DUPONT"


def in_the_row(room: Room, paul: Candidate) -> set[str]:
    """What it offers once its menu is made."""
    page = room.page()
    return {accessible_name(one) for one in page.get(room.row(paul)).xpath(".//button")}


def on_his_page(room: Room, paul: Candidate) -> set[str]:
    page = room.page(scripts=False)
    page.press(DETAIL)
    return {accessible_name(one) for one in page.root.xpath("//main//button | //main//a")}


@pytest.mark.parametrize("state", AttemptState)
def test_the_page_of_a_candidate_has_every_gesture_of_his_row(room: Room, state: str) -> None:
    paul = room.put(state, "DUPONT", "Paul")
    offered = in_the_row(room, paul)
    assert DETAIL in offered
    assert offered - {DETAIL} <= on_his_page(room, paul)


@pytest.mark.parametrize(
    ("state", "offered"), [("expected", ["Noter"]), ("present", ["Retirer"]), ("in_progress", [])]
)
def test_the_page_of_a_candidate_says_his_presence_as_his_row_does(
    room: Room, state: str, offered: list[str]
) -> None:
    """A browser that could not load the room's scripts has a box that waits, and no <noscript>."""
    paul = room.put(state, "DUPONT", "Paul")
    page = room.page(scripts=False)
    beside = page.get(room.row(paul)).xpath(".//noscript/button")
    names = [f"{words} la présence de Paul DUPONT" for words in offered]
    assert [accessible_name(one) for one in beside] == names
    assert {one for one in on_his_page(room, paul) if "présence" in one} == set(names)
    for name in names:
        page.press(DETAIL)
        page.press(name)
        assert room.attempt(paul).state != state
        assert page.url.startswith(f"http://testserver{room.url}#")


def test_the_page_of_one_who_may_not_be_ticked_says_no_presence(room: Room) -> None:
    paul = room.add("DUPONT", "Paul", certifiable_competences=3)
    assert not [one for one in on_his_page(room, paul) if "présence" in one]


def test_also_of_one_who_is_out_and_of_one_who_asks(room: Room) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    again = factories.open_entry_for(paul)
    running.request_resume(entry=again, actor=candidate_actor(again), now=NOW)
    assert "Ignorer la demande de Paul DUPONT" in on_his_page(room, paul)
    room.post(room.at(paul, "sortie/"))
    offered = in_the_row(room, paul)
    assert "Retour de Paul DUPONT" in offered
    assert offered - {DETAIL} <= on_his_page(room, paul)


def test_the_dialog_of_a_page_with_scripts_does_not_say_the_menu_again(room: Room) -> None:
    room.put("in_progress", "DUPONT", "Paul")
    page = room.page()
    page.press(DETAIL)
    assert "Minutes perdues" in page.text("dialogue")
    assert "Terminer le test" not in page.text("dialogue")


def test_the_words_of_the_one_copy_end_where_the_name_goes() -> None:
    nobody = menu_entries("")
    for key, gesture in menu_entries("Zoé ABADIE").items():
        assert gesture.whom == nobody[key].whom + "Zoé ABADIE"
        assert (gesture.words, gesture.path) == (nobody[key].words, nobody[key].path)


def test_the_page_holds_one_copy_and_no_row_any(room: Room) -> None:
    for state in AttemptState:
        room.put(state)
    page = room.page(scripts=False)
    (model,) = page.root.xpath("//template[@id='modele-menu']/details")
    assert len(model.xpath(".//button")) == len(whole_menu())
    keys = {key for row in page.get("liste") for key in row.xpath("string(./a/@data-gestes)").split()}
    assert keys <= {key for key, _ in whole_menu()} - {""}
    assert not keys & ALWAYS
    assert [words(one) for one in page.get("liste").xpath(".//button[not(ancestor::noscript)]")] == []
