"""Rows are rendered once a process (`room_row`): what is remembered must be right for everybody who sees it."""

import re

import lxml.html

from proctoring.services import presence
from proctoring.templatetags import room_rows
from tests import factories
from tests.proctoring.room.conftest import NOW, Room

TOKENS = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')


def test_each_browser_gets_the_token_of_its_own_request(room: Room) -> None:
    room.add()
    pages = [browser.get(room.url).content for browser in (room, room.enter("Odile Autre"), room)]
    found = [set(TOKENS.findall(page)) for page in pages]
    assert [len(tokens) for tokens in found] == [1, 1, 1]  # the forms of a page agree
    assert len(set.union(*found)) == 3


def test_a_row_is_of_no_request_no_room_and_no_person(room: Room) -> None:
    """One that was rendered for somebody is shown to others."""
    for state in ("expected", "present", "in_progress"):
        room.put(state)
    page = room.page(scripts=False)
    rows = lxml.html.tostring(page.get("liste"), encoding="unicode")
    assert "csrfmiddlewaretoken" not in rows
    assert str(room.session.number) not in rows


def test_a_row_that_did_not_change_is_rendered_once(room: Room) -> None:
    for _ in range(3):
        room.add()
    room_rows._rendered.cache_clear()
    room.page()
    room.page()
    assert room_rows._rendered.cache_info()[:2] == (3, 3)


def test_a_row_that_changed_is_rendered_again(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    assert room.page().get(room.row(paul)).get("data-state") == "expected"
    presence.confirm_presence(
        session_id=room.session.pk, candidate_id=paul.pk, actor=factories.PROCTOR, now=NOW
    )
    page = room.page()
    assert page.get(room.row(paul)).get("data-state") == "present"
    page.assert_like_reload()
