"""After the launch: « Déjà dans la salle au lancement » or « Arrive en retard » (R10, mechanics §7)."""

import pytest

from proctoring.models import Attempt, ProctorAccess
from sessions_app.enums import EventKind, LatePolicy
from sessions_app.models import Candidate
from tests.htmx import Page, both_ways
from tests.proctoring.room.conftest import Room

TICK = "Présence de Paul DUPONT"
IN_ROOM = "Déjà dans la salle au lancement"
LATE = "Arrive en retard"


@pytest.fixture
def paul(room: Room) -> Candidate:
    """Not ticked when the session was launched, at half past ten."""
    paul = room.add("DUPONT", "Paul", "1997-05-21")
    room.put("in_progress", "DURAND", "Simon")
    room.travel(minutes=2)
    return paul


@pytest.fixture
def proctor_decides(room: Room) -> None:
    establishment = room.session.establishment
    establishment.late_policy = LatePolicy.PROCTOR_DECIDES
    establishment.save()


def state_of(paul: Candidate) -> str:
    return Attempt.objects.filter(candidate=paul).values_list("state", flat=True).first() or "expected"


def asked(room: Room, scripts: bool) -> Page:
    page = room.page(scripts=scripts)
    page.tick(TICK)
    return page


@both_ways
def test_the_question_has_two_buttons(room: Room, paul: Candidate, scripts: bool) -> None:
    before = room.sequence()
    page = asked(room, scripts)
    said = page.text("dialogue") if scripts else page.text()
    assert "La session est lancée depuis 10h30 : où était Paul ?" in said
    assert "né(e) le 21/05/1997" in said
    assert len(page.controls(IN_ROOM)) == len(page.controls(LATE)) == 1
    assert not page.controls("Confirmer")
    assert room.sequence() == before
    if scripts:
        assert page.box(TICK).get("checked") is None


def test_the_question_is_a_conflict_for_htmx_and_a_page_otherwise(room: Room, paul: Candidate) -> None:
    assert room.post(room.at(paul, "presence/"), htmx=True, present="1").status_code == 409
    plain = room.post(room.at(paul, "presence/"), present="1")
    assert plain.status_code == 303
    assert plain["Location"] == room.at(paul, "retard/")


@pytest.mark.parametrize(("minutes", "first"), [(0, True), (2.9, True), (3, False), (30, False)])
def test_already_there_is_proposed_for_five_minutes(
    room: Room, paul: Candidate, minutes: float, first: bool
) -> None:
    room.travel(minutes=minutes)
    page = asked(room, True)
    assert ("bouton--fort" in page.controls(IN_ROOM)[0].get("class")) is first
    assert "bouton--fort" not in page.controls(LATE)[0].get("class")


@both_ways
def test_already_in_the_room(room: Room, paul: Candidate, scripts: bool) -> None:
    page = asked(room, scripts)
    page.press(IN_ROOM)
    assert state_of(paul) == "present"
    assert room.attempt(paul).arrival == "in_room"
    assert room.last_event().kind == EventKind.PRESENCE_CONFIRMED
    assert (room.last_event().facts or {})["arrival"] == "in_room"


@both_ways
def test_late_is_refused_by_default(room: Room, paul: Candidate, scripts: bool) -> None:
    page = asked(room, scripts)
    page.press(LATE)
    assert state_of(paul) == "expected"
    assert "En retard — refusé à 10h32" in page.text(room.row(paul))
    assert page.box(TICK).get("disabled") is not None
    assert page.text(page.box(TICK).get("aria-describedby")) == "En retard — refusé à 10h32"
    assert room.last_event().kind == EventKind.LATE_REFUSED


def test_late_refused_twice_is_written_once(room: Room, paul: Candidate) -> None:
    for _ in range(2):
        assert room.post(room.at(paul, "retard/"), arrival="late").status_code == 303
    assert len(room.events(EventKind.LATE_REFUSED)) == 1


UNDO = "Annuler le refus de Paul DUPONT"


@both_ways
def test_a_refusal_by_mistake_is_undone(room: Room, paul: Candidate, scripts: bool) -> None:
    """R10 says nothing of a slip; nothing is irreversible by mistake: awaited again, and the question comes again."""
    asked(room, scripts).press(LATE)
    page = room.page(scripts=scripts)
    page.press(UNDO)
    assert state_of(paul) == "expected" and room.attempt(paul).late_refused_at is None
    assert "refusé" not in page.text(room.row(paul)) and not page.controls(UNDO)
    assert [one.kind for one in room.events(EventKind.LATE_REFUSED)] == ["late_refused"] * 2
    page.tick(TICK)
    assert len(page.controls(LATE)) == 1


def test_a_refusal_stands_after_its_time_or_once_the_direction_was_asked(room: Room, paul: Candidate) -> None:
    asked(room, True).press(LATE)
    room.post(room.at(paul, "direction/retard/"), reason="Bus en panne")
    assert not room.page().controls(UNDO)
    assert room.post(room.at(paul, "retard/annuler/"), htmx=True).status_code == 409
    other = room.add("MARTIN", "Zoé")
    room.post(room.at(other, "retard/"), arrival="late")
    room.travel(seconds=16)
    answer = room.post(room.at(other, "retard/annuler/"), htmx=True)
    assert answer.status_code == 409 and "Trop tard pour annuler" in answer.content.decode()
    assert room.attempt(other).late_refused_at is not None


def test_undoing_a_refusal_that_is_none_records_nothing(room: Room, paul: Candidate) -> None:
    before = room.sequence()
    assert room.post(room.at(paul, "retard/annuler/")).status_code == 303
    assert room.sequence() == before


@both_ways
def test_a_refusal_can_be_put_right(room: Room, paul: Candidate, scripts: bool) -> None:
    asked(room, scripts).press(LATE)
    page = room.page(scripts=scripts)
    page.press("Détail et autres gestes pour Paul DUPONT")
    page.press("Arrivée après le lancement")
    page.press(IN_ROOM)
    assert state_of(paul) == "present"
    assert "refusé" not in page.text(room.row(paul))


def test_the_answer_is_asked_once(room: Room, paul: Candidate) -> None:
    asked(room, True).press(IN_ROOM)
    page = room.page()
    page.tick(TICK, on=False)
    page.tick(TICK)
    assert state_of(paul) == "present"


def test_who_was_present_at_the_launch_is_not_asked(room: Room) -> None:
    paul = room.put("present", "DUPONT", "Paul")
    room.put("in_progress")
    page = room.page()
    page.tick(TICK, on=False)
    page.tick(TICK)
    assert state_of(paul) == "present"


def test_before_the_launch_nothing_is_asked(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    room.page().tick(TICK)
    assert state_of(paul) == "present"


@pytest.mark.parametrize("answer", ["", "early", "IN_ROOM"])
@pytest.mark.parametrize("htmx", [True, False])
def test_no_answer_is_no_answer(room: Room, paul: Candidate, answer: str, htmx: bool) -> None:
    before = room.sequence()
    response = room.post(room.at(paul, "retard/"), htmx=htmx, arrival=answer)
    assert response.status_code == 422
    assert "Choisissez une des deux réponses." in response.content.decode()
    assert room.sequence() == before


# ---- the proctor decides (P9) ----


@both_ways
def test_the_proctor_may_accept_with_a_reason(
    room: Room, paul: Candidate, proctor_decides: None, scripts: bool
) -> None:
    page = asked(room, scripts)
    page.press(LATE)
    assert "Dites pourquoi cet élève est accepté en retard." in page.text()
    assert state_of(paul) == "expected"
    page.fill(reason=" bus   en panne ")
    page.press(LATE)
    assert state_of(paul) == "present"
    assert room.attempt(paul).late_reason == "bus en panne"
    assert "retard accepté" in page.text(room.row(paul))


@both_ways
def test_a_reason_and_already_there_contradict_each_other(
    room: Room, paul: Candidate, proctor_decides: None, scripts: bool
) -> None:
    """Enter in the reason presses the first button: nothing of it may reach the report."""
    page = asked(room, scripts)
    page.fill(reason="bus en panne")
    page.press(IN_ROOM)
    assert state_of(paul) == "expected"
    assert "choisissez « Arrive en retard », ou effacez cette raison" in page.text()
    page.press(LATE)
    assert room.attempt(paul).late_reason == "bus en panne"


def test_no_reason_is_asked_under_the_default_setting(room: Room, paul: Candidate) -> None:
    assert not asked(room, True).root.xpath("//input[@name='reason']")


# ---- « à la suite de l’appel » ----


def test_after_the_roll_call_nothing_is_asked_for_ten_minutes(room: Room, paul: Candidate) -> None:
    zoe = room.add("ABADIE", "Zoé")
    lea = room.add("BLANC", "Léa")
    page = asked(room, True)
    page.fill(roll_call="on")
    page.press(IN_ROOM)
    room.travel(minutes=9, seconds=59)
    page.tick("Présence de Zoé ABADIE")
    assert state_of(zoe) == "present"
    assert room.attempt(zoe).arrival == "in_room"
    assert (room.last_event().facts or {})["after_roll_call"] is True
    room.travel(seconds=1)
    page.tick("Présence de Léa BLANC")
    assert state_of(lea) == "expected"
    assert page.controls(IN_ROOM)


def test_the_roll_call_is_that_of_one_access(room: Room, paul: Candidate) -> None:
    zoe = room.add("ABADIE", "Zoé")
    other = room.enter("Odile Autre")
    room.post(room.at(paul, "retard/"), arrival="in_room", roll_call="1")
    assert other.post(other.at(zoe, "presence/"), htmx=True, present="1").status_code == 409


def test_late_does_not_start_a_roll_call(room: Room, paul: Candidate) -> None:
    room.post(room.at(paul, "retard/"), arrival="late", roll_call="1")
    assert ProctorAccess.objects.get().roll_call_until is None


def test_the_roll_call_does_not_undo_a_refusal(room: Room, paul: Candidate) -> None:
    """Another proctor has just refused him: a tick on a page that is behind asks, it does not overrule."""
    zoe = room.add("ABADIE", "Zoé")
    page = room.page()
    other = room.enter("Odile Autre")
    room.post(room.at(zoe, "retard/"), arrival="in_room", roll_call="1")
    other.post(other.at(paul, "retard/"), arrival="late")
    response = page.tick(TICK)
    assert response.status_code == 409
    assert state_of(paul) == "expected"
    assert "En retard — refusé" in page.text(room.row(paul))


def test_a_homonym_who_comes_late_is_asked_both(room: Room, paul: Candidate) -> None:
    room.add("DUPONT", "Pauline")
    page = asked(room, True)
    assert "Est-ce bien Paul DUPONT ?" in page.text("dialogue")
    page.press("Confirmer")
    assert page.controls(IN_ROOM)
    page.press(IN_ROOM)
    assert state_of(paul) == "present"
    page.assert_like_reload()
