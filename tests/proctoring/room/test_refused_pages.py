"""Without scripts a refused act answers with the whole room, at the address of the act: what it offers holds there."""

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from django.http import HttpResponse
from django.urls import resolve
from lxml.html import HtmlElement

from proctoring.enums import AttemptState
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import Page, parse
from tests.proctoring.room.conftest import Room

type Answer = Callable[[Room, Candidate], HttpResponse]


def stranger(room: Room, _: Candidate) -> HttpResponse:
    return room.get(room.at(factories.CandidateFactory()))


REFUSED: dict[str, tuple[int, Answer]] = {
    "state": (409, lambda room, paul: room.post(room.at(paul, "fin/"))),
    "deeper": (409, lambda room, paul: room.post(room.at(paul, "reprise/retirer/"))),
    "form": (422, lambda room, paul: room.post(room.at(paul, "presence/"))),
    "room": (409, lambda room, _: room.post(f"{room.url}consignes/", access="0")),
    "stranger": (404, stranger),
}


def addresses(page: HtmlElement, at: str) -> set[str]:
    """All that the page leads to or sends to, as a browser standing at `at` understands it."""
    root = page.xpath("//body")[0]
    found = root.xpath(
        ".//a/@href[not(starts-with(., '#'))] | .//form/@action | .//*[not(ancestor::template)]/@formaction"
    )
    return {urlsplit(urljoin(at, one)).path for one in found}


@pytest.mark.parametrize("name", REFUSED)
def test_all_that_a_refused_page_offers_is_there(room: Room, name: str) -> None:
    for state in AttemptState:
        room.put(state)
    paul = room.add("DUPONT", "Paul")
    as_usual = addresses(parse(room.get(room.url).content), room.url)
    status, answer = REFUSED[name]
    response = answer(room, paul)
    assert response.status_code == status
    page = parse(response.content)
    assert page.xpath("//*[@role='alert']")
    there = addresses(page, response.request["PATH_INFO"])  # type: ignore[attr-defined]
    for one in there:
        resolve(one)
    assert there == as_usual, "the same as in the room"
    assert f"{room.at(paul)}presence/" in there
    assert room.get(room.at(paul)).status_code == 200


def test_one_goes_on_from_a_refused_page(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    page = refused_page(room, paul)
    page.tick("Présence de Paul DUPONT")
    assert room.attempt(paul).state == "present"
    page = refused_page(room, paul)
    page.press("Autres gestes pour Paul DUPONT")
    assert "Numéro du poste" in page.names()


def test_the_room_itself_and_what_comes_in_stay_light(room: Room) -> None:
    """Their rows are remembered for all rooms, and name none."""
    paul = room.add("DUPONT", "Paul")
    refused_page(room, paul)
    for response in (room.get(room.url), room.post(room.at(paul, "fin/"), htmx=True)):
        (row,) = parse(b"<body>" + response.content).xpath("//li[@class='rang']")
        assert row.xpath("./a/@href") == [f"candidats/{paul.pk}/"]


def refused_page(room: Room, paul: Candidate) -> Page:
    page = room.page(scripts=False)
    page._navigate("post", room.at(paul, "fin/"), [])
    assert page.response.status_code == 409
    return page
