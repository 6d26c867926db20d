"""« À traiter »: a card for every row that needs the proctor, oldest first (R5, R6)."""

import pytest
from lxml.html import HtmlElement

from proctoring.services import alerts, running
from proctoring.services.entries import candidate_actor
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import Page, accessible_name, words
from tests.proctoring.room.conftest import Room


def cards(page: Page) -> list[HtmlElement]:
    return page.get("a-traiter").xpath(".//li")


def ids(page: Page) -> list[str]:
    return [card.get("id") for card in cards(page)]


def ask_resume(candidate: Candidate) -> None:
    again = factories.open_entry_for(candidate)
    running.request_resume(entry=again, actor=candidate_actor(again), now=factories.clock.now())


def raise_alert(room: Room, candidate: Candidate) -> None:
    entry = room.attempt(candidate).holder
    assert entry is not None
    alerts.raise_alert(
        entry=entry, question=7, kinds=[], actor=candidate_actor(entry), now=factories.clock.now()
    )


def test_an_empty_lane_says_so(room: Room) -> None:
    room.put("in_progress")
    page = room.page()
    assert page.text("a-traiter") == "À traiter Rien à traiter."
    assert page.text("pastille") == "0"
    assert not page.root.xpath("//title")[0].text_content().startswith("(")


def test_cards_stand_oldest_first(room: Room) -> None:
    names = ["ABADIE", "BLANC", "COSTE", "DARC"]
    people = {name: room.put("in_progress", name, "Zoé") for name in names}
    room.travel(seconds=10)
    ask_resume(people["DARC"])
    room.travel(seconds=10)
    raise_alert(room, people["BLANC"])
    room.travel(seconds=10)
    ask_resume(people["ABADIE"])
    page = room.page()
    assert ids(page) == [f"besoin-{people[name].pk}" for name in ("DARC", "BLANC", "ABADIE")]
    assert page.text("pastille") == "3"
    assert page.root.xpath("//title")[0].text_content().startswith("(3) Salle B12")


def test_one_card_a_candidate_with_all_his_needs(room: Room) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    raise_alert(room, paul)
    ask_resume(paul)
    room.travel(minutes=106)
    page = room.page()
    (card,) = cards(page)
    said = words(card)
    for need in ("Signalement", "Demande à reprendre", "Temps écoulé", "Sans nouvelles"):
        assert need in said
    assert accessible_name(card.xpath(".//button")[0]) == "Gérer le signalement de Paul DUPONT"
    assert page.text("pastille") == "1"


def test_a_card_says_which_workstation_first_and_leads_to_the_row(room: Room) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    room.post(room.at(paul, "poste/"), workstation="14")
    raise_alert(room, paul)
    page = room.page()
    (card,) = cards(page)
    (heading,) = card.xpath(".//h3")
    assert words(heading) == "Poste 14 · DUPONT Paul"
    (link,) = heading.xpath(".//a/@href")
    assert link == f"#candidat-{paul.pk}"
    assert page.find(link[1:]) is not None
    assert card.xpath(".//time/@data-depuis") == ["2026-03-16T09:30:00+00:00"]


def test_a_card_without_workstation_does_not_pretend(room: Room) -> None:
    raise_alert(room, room.put("in_progress", "DUPONT", "Paul"))
    assert words(cards(room.page())[0].xpath(".//h3")[0]) == "Poste ? · DUPONT Paul"


@pytest.mark.parametrize(
    ("prepare", "button"),
    [
        ("alert", "Gérer le signalement de Paul DUPONT"),
        ("resume", "Autoriser la reprise du test de Paul DUPONT"),
        ("overtime", "Terminer le test de Paul DUPONT"),
        ("silence", "Autoriser la reprise du test de Paul DUPONT"),
    ],
)
def test_a_card_has_the_gesture_that_it_calls_for(room: Room, prepare: str, button: str) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    if prepare == "alert":
        raise_alert(room, paul)
    elif prepare == "resume":
        ask_resume(paul)
    else:
        room.travel(minutes=106 if prepare == "overtime" else 3)
    (card,) = cards(room.page())
    assert accessible_name(card.xpath(".//button")[0]) == button


def test_silence_is_on_the_row_before_it_is_in_the_lane(room: Room) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    room.travel(minutes=2)
    page = room.page()
    assert page.get(room.row(paul)).get("data-needs") == "disconnected"
    assert not cards(page)
    room.travel(minutes=1)
    assert ids(room.page()) == [f"besoin-{paul.pk}"]


@pytest.mark.parametrize("how", ["request", "leave"])
def test_silence_is_urgent_with_a_request_or_after_an_announced_leave(room: Room, how: str) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    if how == "request":
        ask_resume(paul)
    else:
        entry = room.attempt(paul).holder
        assert entry is not None
        running.leave(entry=entry, actor=candidate_actor(entry), now=factories.clock.now())
    room.travel(seconds=45)
    page = room.page()
    assert "disconnected" in page.get(room.row(paul)).get("data-needs")
    assert ids(page) == [f"besoin-{paul.pk}"]
    assert "Sans nouvelles" in page.text(f"besoin-{paul.pk}")


def test_homonyms_are_told_apart_in_the_lane(room: Room) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul", "1997-05-21", class_name="3e A")
    room.add("DUPONT", "Martine")
    raise_alert(room, paul)
    (card,) = cards(room.page())
    (bold,) = card.xpath(".//*[@class='homonyme']")
    assert words(bold) == "21/05/1997 · 3e A"


def test_who_is_not_in_his_test_needs_nothing(room: Room) -> None:
    for state in ("expected", "present", "completed", "ended", "expired"):
        room.put(state)
    room.travel(minutes=200)
    page = room.page()
    assert not cards(page)
    assert set(page.get("liste").xpath("./li/@data-needs")) == {""}


def test_an_end_takes_the_card_away(room: Room) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    raise_alert(room, paul)
    page = room.page()
    page.press("Terminer le test de Paul DUPONT")
    page.press("Confirmer")
    assert not cards(page)
    page.press("Annuler la fin du test de Paul DUPONT")
    page.assert_like_reload()


def test_all_overdue_together_have_one_button(room: Room) -> None:
    for _ in range(3):
        room.put("in_progress")
    room.travel(minutes=105)
    page = room.page()
    assert page.controls("Terminer les 3 tests dont le temps est écoulé")
    assert len(cards(page)) == 3


def test_by_hand_all_that_ran_over_is_ended_too(hand_room: Room) -> None:
    for _ in range(3):
        hand_room.put("in_progress")
    hand_room.travel(minutes=105)
    assert hand_room.page().controls("Terminer les 3 tests dont le temps est écoulé")


def test_the_lane_comes_before_the_list_in_reading_order(busy_room: Room) -> None:
    content = busy_room.page().response.content.decode()
    assert content.index('id="a-traiter"') < content.index('id="candidats"')


def test_who_waits_for_two_minutes_is_told_louder(room: Room) -> None:
    """A word and a heavier card; a computer that only fell silent waits for nobody."""
    paul, zoe = room.put("in_progress", "DUPONT", "Paul"), room.put("in_progress", "ABADIE", "Zoé")
    raise_alert(room, paul)
    room.travel(seconds=119)
    (card,) = cards(room.page())
    assert "attend depuis" not in words(card)
    assert card.get("data-attend") == room.page().get(f"besoin-{paul.pk}").xpath(".//time/@data-depuis")[0]
    room.travel(seconds=1)
    page = room.page()
    assert "attend depuis 2 min" in page.text(f"besoin-{paul.pk}")
    assert "besoin--attend" in page.get(f"besoin-{paul.pk}").get("class")
    room.travel(minutes=2)
    silent = room.page().get(f"besoin-{zoe.pk}")
    assert silent.get("data-attend") is None
    assert "attend depuis" not in words(silent)
    ask_resume(zoe)
    room.travel(minutes=2)
    assert "attend depuis" in room.page().text(f"besoin-{zoe.pk}")
