"""What waited in a page for the network: its hour, its access, its question, its token (mechanics §7, §10, §12)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from pixsurv.kernel import clock
from proctoring.models import Incident, ProctorAccess
from proctoring.selectors.room import Version
from proctoring.services import access as accesses
from sessions_app.enums import EventKind
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import Page, both_ways
from tests.proctoring.room.conftest import NOW, Room

MADE = NOW + timedelta(minutes=2)


@pytest.fixture
def paul(room: Room) -> Candidate:
    return room.add("DUPONT", "Paul", "1997-05-21")


def when(room: Room) -> dict[str, str]:
    """What a page that was shown at half past ten says of a gesture made two minutes later."""
    return {"v": str(Version(room.sequence(), NOW)), "observed": str(clock.milliseconds(MADE))}


def kept(room: Room, url: str, *, access: object = None, **fields: str) -> HttpResponse:
    assert room.access is not None
    return room.post(url, htmx=True, **fields, **when(room), access=str(access or room.access.pk))


def test_a_late_question_comes_back_and_its_answer_keeps_the_hour(room: Room, paul: Candidate) -> None:
    """Rules judge when it is received: the launch in between asks, though the tick was made before it."""
    before = when(room)
    room.travel(minutes=5)
    room.put("in_progress", "DURAND", "Simon")
    room.travel(minutes=7)
    page = room.page()
    answer = kept(room, room.at(paul, "presence/"), present="1")
    assert answer.status_code == 409
    assert not room.events(EventKind.PRESENCE_CONFIRMED)[1:]
    page.apply(answer, page.get("geste"))
    assert page.root.xpath("//dialog//input[@name='observed']/@value") == [before["observed"]]
    page.press("Déjà dans la salle au lancement")
    event = room.last_event()
    assert (event.kind, event.candidate_id) == (EventKind.PRESENCE_CONFIRMED, paul.pk)
    assert (event.observed_at, event.received_at) == (MADE, clock.now())
    page.assert_like_reload()


@pytest.mark.parametrize("below", ["presence/", "retard/"])
def test_the_first_answer_to_a_question_keeps_the_hour_too(room: Room, paul: Candidate, below: str) -> None:
    room.add("DUPONT", "Pauline")
    page = room.page()
    room.travel(minutes=12)
    if below == "retard/":
        room.put("in_progress", "DURAND", "Simon")
    page.apply(kept(room, room.at(paul, "presence/"), present="1"), page.get("geste"))
    page.press("Confirmer")
    if below == "retard/":
        page.press("Déjà dans la salle au lancement")
    assert room.last_event().observed_at == MADE


def test_without_a_kept_gesture_no_hour_is_asked(room: Room, paul: Candidate) -> None:
    room.add("DUPONT", "Pauline")
    page = room.page()
    page.tick("Présence de Paul DUPONT")
    assert not page.root.xpath("//input[@name='observed' or @name='v']")


def test_another_access_does_not_send_what_this_one_kept(room: Room, paul: Candidate) -> None:
    other = room.enter("Odile Autre")
    assert other.access is not None
    before = room.sequence()
    for url, fields in ((room.at(paul, "presence/"), {"present": "1"}), (f"{room.url}incidents/noter/", {})):
        answer = kept(room, url, access=other.access.pk, **fields)
        assert answer.status_code == 409
        assert "sous un autre accès" in answer.content.decode()
    assert room.sequence() == before
    assert kept(room, room.at(paul, "presence/"), present="1").status_code == 200


BEGINNING_OF_TIME = {"v": "0.0", "observed": "1000"}
ACTS = [
    (EventKind.PRESENCE_CONFIRMED, "candidats/{}/presence/", {"present": "1"}),
    (EventKind.INSTRUCTIONS_READ, "consignes/", {}),
    (
        EventKind.INCIDENT_REPORTED,
        "incidents/noter/",
        {"categorie": "C7", "candidat": "{}", "description": "Souris en panne.", "once": "one"},
    ),
]


@pytest.mark.parametrize(("kind", "below", "fields"), ACTS)
def test_nothing_is_dated_before_its_author_came_in(
    room: Room, paul: Candidate, kind: EventKind, below: str, fields: dict[str, str]
) -> None:
    """Whatever a page says of when it was shown."""
    room.travel(minutes=5)
    told = {name: value.format(paul.pk) for name, value in fields.items()}
    room.post(room.url + below.format(paul.pk), htmx=True, **told, **BEGINNING_OF_TIME)
    event = room.last_event()
    assert (event.kind, event.observed_at) == (kind, NOW)


def test_nothing_is_dated_before_the_session_either(room: Room, paul: Candidate) -> None:
    ProctorAccess.objects.update(created_at=NOW - timedelta(hours=20))
    room.post(room.at(paul, "presence/"), htmx=True, present="1", **BEGINNING_OF_TIME)
    assert room.last_event().observed_at == room.session.starts_at - timedelta(hours=12)


@pytest.mark.parametrize(("name", "hour"), [("perrine  ESSAI", 2), ("Odile Autre", 5)])
def test_after_a_lost_login_the_hour_is_kept_by_who_is_the_same(
    room: Room, paul: Candidate, name: str, hour: int
) -> None:
    room.travel(minutes=5)
    again = room.enter(name)
    assert again.access is not None
    room.travel(minutes=6)
    assert kept(again, room.at(paul, "presence/"), present="1").status_code == 200
    assert room.last_event().observed_at == NOW + timedelta(minutes=hour)


@pytest.mark.parametrize(("wish", "first", "then"), [("1", "1", "0"), ("0", "0", "1")])
def test_an_older_gesture_does_not_undo_what_a_colleague_did_after_it(
    room: Room, paul: Candidate, wish: str, first: str, then: str
) -> None:
    if wish == "0":
        room.post(room.at(paul, "presence/"), present="1")
    page = room.page()
    colleague = room.enter("Odile Autre")
    for minutes, present in ((3, first), (4, then)):
        room.travel(minutes=minutes)
        assert colleague.post(room.at(paul, "presence/"), htmx=True, present=present).status_code == 200
    before, state = room.sequence(), room.attempt(paul).state
    room.travel(minutes=6)
    answer = kept(room, room.at(paul, "presence/"), present=wish)
    assert (answer.status_code, room.sequence(), room.attempt(paul).state) == (409, before, state)
    page.apply(answer, page.get("geste"))
    assert "Quelqu’un a changé cette présence depuis" in page.text("annonces")
    assert page.get(room.row(paul)).get("data-state") == state
    # Done now, with what the row says in front of one's eyes, it is a gesture as any other.
    assert room.post(room.at(paul, "presence/"), htmx=True, present=wish).status_code == 200
    assert room.attempt(paul).state != state


def test_neither_what_a_colleague_did_before_nor_ones_own_acts_stop_it(room: Room, paul: Candidate) -> None:
    colleague = room.enter("Odile Autre")
    room.travel(minutes=1)
    colleague.post(room.at(paul, "presence/"), present="1")
    room.travel(minutes=4)
    again = room.enter("perrine  ESSAI")  # her login was lost
    room.post(room.at(paul, "presence/"), present="0")
    again.post(room.at(paul, "presence/"), present="1")
    assert kept(room, room.at(paul, "presence/"), present="0").status_code == 200
    assert room.attempt(paul).state == "expected"


def test_a_kept_tick_that_is_done_already_changes_nothing(room: Room, paul: Candidate) -> None:
    room.travel(minutes=3)
    room.enter("Odile Autre").post(room.at(paul, "presence/"), present="1")
    before = room.sequence()
    assert kept(room, room.at(paul, "presence/"), present="1").status_code == 200
    assert room.sequence() == before


def test_a_page_left_open_signs_for_nobody_else(room: Room, paul: Candidate) -> None:
    """Odile logged in from the same browser; what is done on Perrine's page is neither's."""
    page = room.page()
    odile = room.enter("Odile Autre")
    before = room.sequence()
    room.client.cookies.update(odile.client.cookies)
    shown = page.get("geste").xpath("input[@name='access']/@value")
    assert room.access is not None and shown == [str(room.access.pk)]
    for below, fields in (("presence/", {"present": "1"}), ("poste/", {"workstation": "4"}), ("fin/", {})):
        for htmx in (True, False):
            answer = room.post(room.at(paul, below), htmx=htmx, access=shown[0], **fields)
            assert answer.status_code == 409
            assert "sous un autre accès" in answer.content.decode()
    assert room.sequence() == before
    # Who names no access speaks for himself, as outside programs do.
    assert room.post(room.at(paul, "presence/"), htmx=True, present="1").status_code == 200


def test_the_same_person_may_go_on_in_a_page_of_before(room: Room, paul: Candidate) -> None:
    assert room.access is not None
    again = room.enter("perrine  ESSAI")
    assert kept(again, again.at(paul, "presence/"), access=room.access.pk, present="1").status_code == 200
    accesses.revoke(access=room.access, actor=factories.ADMIN, now=NOW)
    assert kept(again, again.at(paul, "presence/"), access=room.access.pk, present="0").status_code == 409


def incident(room: Room, paul: Candidate, **more: Any) -> HttpResponse:
    fields = {"categorie": "C7", "candidat": str(paul.pk), "description": "Souris en panne.", "once": "one"}
    return kept(room, f"{room.url}incidents/noter/", **{"at": "10:30", **fields, **more})


def test_an_incident_that_waited_has_the_hour_that_its_form_showed(room: Room, paul: Candidate) -> None:
    room.travel(minutes=12)
    for _ in range(2):
        assert incident(room, paul).status_code == 200
    noted = Incident.objects.get()
    assert (noted.observed_at, noted.reported_at) == (NOW, clock.now())


# ---- a lost login (mechanics §12) ----


def log_in_again(room: Room, name: str = "Perrine Essai", before: object = None) -> HttpResponse:
    data = {"number": room.session.number, "password": factories.PASSWORD, "name": name}
    if before is None and room.access is not None:
        before = room.access.pk
    return room.client.post("/surveillance/", {**data, "access": str(before)}, headers={"HX-Request": "true"})


def told(answer: HttpResponse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.headers["HX-Trigger-After-Settle"])["pixsurv:acces"]
    return found


@pytest.mark.parametrize("name", ["Perrine Essai", "perrine  ESSAI"])
def test_the_same_person_goes_on_with_what_she_kept(room: Room, paul: Candidate, name: str) -> None:
    assert room.access is not None
    answer = log_in_again(room, name)
    fresh = ProctorAccess.objects.latest("pk")
    assert told(answer) == {"access": fresh.pk, "before": room.access.pk}
    assert incident(room, paul, access=fresh.pk).status_code == 200


def test_what_was_received_before_the_login_was_lost_counts_once(room: Room, paul: Candidate) -> None:
    assert incident(room, paul).status_code == 200
    access = told(log_in_again(room))["access"]
    assert incident(room, paul, access=access).status_code == 200
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "²", "0"])
def test_nonsense_about_the_access_before_is_nobody(room: Room, before: str) -> None:
    assert told(log_in_again(room, before=before))["before"] is None


def test_somebody_else_does_not_go_on_with_it(room: Room) -> None:
    assert told(log_in_again(room, "Odile Autre"))["before"] is None


def test_neither_does_who_was_sent_out(room: Room) -> None:
    assert room.access is not None
    accesses.revoke(access=room.access, actor=factories.ADMIN, now=NOW)
    assert told(log_in_again(room))["before"] is None


def test_nor_who_watched_another_room(room: Room) -> None:
    elsewhere, _token = factories.enter_room(factories.SessionFactory(), "Perrine Essai")
    assert told(log_in_again(room, before=elsewhere.pk))["before"] is None


def test_nor_who_came_in_through_an_account(admin_room: Room) -> None:
    assert told(log_in_again(admin_room, "Admin Essai"))["before"] is None


# ---- a token that is too old (mechanics §12) ----


@both_ways
def test_a_page_that_is_too_old_gets_a_token_that_is_good(room: Room, paul: Candidate, scripts: bool) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(room.client.cookies)
    headers = {"HX-Request": "true"} if scripts else {}
    url = room.at(paul, "presence/")
    refused = strict.post(url, {"present": "1"}, headers={**headers, "X-CSRFToken": "old"})
    assert refused.status_code == 403
    again = strict.post(url, {"present": "1"}, headers={**headers, "X-CSRFToken": refused["X-CSRFToken"]})
    assert again.status_code == (200 if scripts else 303)
    assert room.attempt(paul).state == "present"


def test_the_login_of_the_dialog_brings_one_too(room: Room) -> None:
    assert log_in_again(room).headers["X-CSRFToken"]
    assert "X-CSRFToken" not in Page(room.client, room.url).response.headers
