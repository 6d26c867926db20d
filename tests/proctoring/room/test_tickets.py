"""« Montrer à l’élève » and « Faire entrer cet élève » (R21)."""

import re

import pytest

from proctoring.models import Ticket, TicketDoor
from sessions_app.enums import EventKind
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import words
from tests.proctoring.room.conftest import Room


def shown(room: Room, candidate: Candidate, below: str) -> str:
    response = room.get(room.at(candidate, below))
    assert response.status_code == 200
    return response.content.decode()


def asked(room: Room, candidate: Candidate) -> str:
    """The `once` of the question."""
    found = re.search(r'name="once" value="([^"]+)"', shown(room, candidate, "ticket/"))
    assert found
    return found[1]


@pytest.mark.parametrize("htmx", [True, False])
def test_card_shows_how_he_is_enrolled_and_nothing_else(room: Room, htmx: bool) -> None:
    paul = room.add("Dupont-Œillet", "Paul", "1997-05-21", class_name="3e B", extra_time_percent=33)
    other = room.add()
    response = room.get(room.at(paul, "carte/"), htmx=htmx)
    page = response.content.decode()
    assert response.status_code == 200
    for text in (str(room.session.number), ">Dupont-Œillet<", ">Paul<", "21/05/1997"):
        assert text in page
    for text in ("3e B", "majoré", other.last_name, factories.ACCESS_CODE):
        assert text not in page
    assert page.startswith("<!doctype html>") is not htmx


def test_card_of_another_room_is_not_shown(room: Room) -> None:
    stranger = factories.CandidateFactory()
    assert room.get(room.at(stranger, "carte/")).status_code == 404
    assert room.get(room.at(stranger, "ticket/")).status_code == 404


@pytest.mark.parametrize("below", ["carte/", "ticket/"])
def test_a_masked_screen_shows_neither(room: Room, below: str) -> None:
    paul = room.add()
    room.post(f"{room.url}masquer/")
    response = room.get(room.at(paul, below))
    assert (response.status_code, response.url) == (303, room.url)  # type: ignore[attr-defined]


@pytest.mark.parametrize("scripts", [True, False])
def test_ticket_is_asked_then_shown_big_with_its_hour(room: Room, scripts: bool) -> None:
    paul = room.add("DUPONT", "Paul")
    page = room.page(f"candidats/{paul.pk}/ticket/" if not scripts else "", scripts=scripts)
    if scripts:
        page.press("Détail et autres gestes pour Paul DUPONT")
        page.press("Faire entrer cet élève")
    assert not Ticket.objects.exists()
    page.press("Confirmer")
    ticket = Ticket.objects.get()
    read = words(page.get("dialogue") if scripts else page.root)
    assert " ".join(ticket.digits) in read  # as a screen reader spells it
    assert "10h35" in read
    (event,) = room.events(EventKind.TICKET_ISSUED)
    assert event.facts["actor"]["name"] == "Perrine Essai"


def test_the_address_shows_a_standing_ticket_again(room: Room) -> None:
    paul = room.add()
    room.post(room.at(paul, "ticket/"), once=asked(room, paul))
    ticket = Ticket.objects.get()
    assert " ".join(ticket.digits) in shown(room, paul, "ticket/")
    room.travel(minutes=5)
    assert " ".join(ticket.digits) not in shown(room, paul, "ticket/")


def test_a_form_sent_twice_makes_one_ticket(room: Room) -> None:
    paul = room.add()
    once = asked(room, paul)
    first = room.post(room.at(paul, "ticket/"), once=once)
    ticket = Ticket.objects.get()
    assert (first.status_code, first.url) == (303, room.at(paul, "ticket/"))  # type: ignore[attr-defined]
    assert " ".join(ticket.digits) not in first.url  # type: ignore[attr-defined]
    room.post(room.at(paul, "ticket/"), once=once)
    assert Ticket.objects.get() == ticket
    room.post(room.at(paul, "ticket/"), once=asked(room, paul))
    assert Ticket.objects.get() != ticket
    assert len(room.events(EventKind.TICKET_ISSUED)) == 2


@pytest.mark.parametrize("once", ["", "é", "x" * 101])
def test_a_ticket_without_once_is_refused(room: Room, once: str) -> None:
    assert room.post(room.at(room.add(), "ticket/"), once=once).status_code == 422
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("state", ["completed", "ended"])
def test_who_is_over_is_offered_neither(room: Room, state: str) -> None:
    paul = room.put(state)
    assert "Faire entrer" not in shown(room, paul, "")
    assert room.get(room.at(paul, "ticket/")).status_code == 409


def test_who_is_not_certifiable_gets_no_ticket(room: Room) -> None:
    paul = room.add(certifiable_competences=3)
    assert room.get(room.at(paul, "ticket/")).status_code == 409
    assert room.post(room.at(paul, "ticket/"), once="a").status_code == 409
    assert not Ticket.objects.exists()


def test_a_session_by_hand_offers_no_ticket(hand_room: Room) -> None:
    paul = hand_room.add()
    assert "Faire entrer" not in shown(hand_room, paul, "")
    assert hand_room.get(hand_room.at(paul, "ticket/")).status_code == 409


def test_a_shut_door_is_told_to_the_proctor(room: Room) -> None:
    paul = room.add()
    TicketDoor.objects.create(
        session=room.session,
        counted_since=factories.clock.now(),
        shut_until=factories.clock.now() + factories.timedelta(minutes=10),
    )
    assert "Aucun ticket ne sera accepté avant 10h40" in shown(room, paul, "ticket/")


def test_a_row_says_quietly_that_he_came_in_by_ticket(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    page = room.page()
    room.post(room.at(paul, "ticket/"), once=asked(room, paul))
    room.client.post(
        "/candidat/ticket/", {"number": room.session.number, "ticket": Ticket.objects.get().digits}
    )
    page.poll()
    page.assert_like_reload()
    assert "entré par ticket" in words(page.get(room.row(paul)))
    assert page.get(room.row(paul)).get("data-needs") == ""
