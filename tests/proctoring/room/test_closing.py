"""« Clôturer »: refused while anything runs; afterwards the room can only be read (I3, mechanics §6)."""

import pytest

from proctoring.services import ending, running
from proctoring.services.entries import candidate_actor
from sessions_app.enums import EventKind
from sessions_app.models import Session
from tests import factories
from tests.htmx import both_ways
from tests.proctoring.room.conftest import Room
from tests.proctoring.room.test_door import OF_A_CANDIDATE, PAGES, POSTS

RUNNING = "Des tests sont encore en cours : terminez-les avant de clôturer."


def closed(room: Room) -> None:
    assert room.post(room.url + "cloturer/").status_code == 303
    assert room.fresh().is_over


@both_ways
@pytest.mark.parametrize("state", [None, "expected", "present", "completed", "expired"])
def test_closing_shows_what_is_missing_then_closes(room: Room, state: str | None, scripts: bool) -> None:
    if state is not None:
        room.put(state)
    page = room.page(scripts=scripts)
    page.press("Clôturer")
    assert page.url.endswith("cloturer/")
    assert not room.fresh().is_over
    gaps = 2 + (state in {"present", "expired"}) + (state in {None, "expected", "present"})  # never launched
    page.press(f"Confirmer : Clôturer avec {gaps} manques déclarés")
    assert room.fresh().is_over
    (closed,) = room.events(EventKind.CLOSED)
    assert len((closed.facts or {})["gaps"]) == gaps
    assert page.url.endswith(room.url)
    assert "Clôturée à 10h30" in page.text("entete")
    assert page.controls("Lire ou télécharger le PV d’incident")
    assert not page.controls("Clôturer")


@both_ways
@pytest.mark.parametrize("state", ["in_progress", "resume_authorised"])
def test_closing_is_refused_while_a_test_runs(room: Room, state: str, scripts: bool) -> None:
    room.put(state, "DUPONT", "Paul")
    page = room.page(scripts=scripts)
    page.press("Clôturer")
    assert "1 test encore en cours" in page.text("manques")
    assert "DUPONT Paul" in page.text("manques")
    assert page.find("bouton-clore") is None
    response = room.post(room.url + "cloturer/")
    assert response.status_code == 409
    assert RUNNING in response.content.decode().replace("\u00a0", " ")
    assert not room.fresh().is_over


@pytest.mark.parametrize(("seconds", "closes"), [(0, False), (9.9, False), (10, True)])
def test_closing_waits_for_an_end_that_can_be_undone(room: Room, seconds: float, closes: bool) -> None:
    room.put("ended")
    room.travel(seconds=seconds)
    response = room.post(room.url + "cloturer/")
    assert response.status_code == (303 if closes else 409)
    assert room.fresh().is_over is closes


def test_a_test_that_began_meanwhile_keeps_the_room_open(room: Room) -> None:
    paul = room.put("present", "DUPONT", "Paul")
    page = room.page()
    page.press("Clôturer")
    page.fill(signature="Perrine Essai")
    entry = factories.open_entry_for(paul)
    running.start_or_resume(
        entry=entry,
        access_code=factories.ACCESS_CODE,
        actor=candidate_actor(entry),
        now=factories.clock.now(),
    )
    assert page.press("Confirmer : Clôturer avec 4 manques déclarés").status_code == 409
    assert RUNNING in page.text()
    assert page.get("signature").get("value") == "Perrine Essai"


def test_closing_twice_is_closing_once(room: Room) -> None:
    closed(room)
    before = room.sequence()
    for _ in range(2):
        assert room.post(room.url + "cloturer/").status_code == 303
    assert room.sequence() == before


@pytest.mark.parametrize("below", POSTS)
@pytest.mark.parametrize("state", ["expected", "present", "completed", "expired"])
def test_afterwards_no_act_changes_anything(room: Room, below: str, state: str) -> None:
    candidate = room.put(state)
    closed(room)
    before = room.sequence()
    data = {
        "present": "1",
        "arrival": "late",
        "seen": "1",
        "percent": "33",
        "workstation": "9",
        "reason": "x",
    }
    data |= {"outcome": "refused", "alert": "1"}
    for htmx in (True, False):
        response = room.post(room.at(candidate, below), htmx=htmx, **data)
        assert response.status_code in {409, 404, 422}
    assert room.sequence() == before


@pytest.mark.parametrize(
    ("below", "data"),
    [
        ("fins/", {"candidat": "1"}),
        ("fins/annuler/", {"batch": "x"}),
        ("minutes/", {"candidat": "1", "minutes": "5"}),
        ("minutes/reprendre/", {"candidat": "1", "minutes": "5"}),
        ("toute-la-salle/", {"at": "10:30", "source": "paper"}),
    ],
)
def test_afterwards_the_room_is_refused_too(room: Room, below: str, data: dict[str, str]) -> None:
    closed(room)
    before = room.sequence()
    for htmx in (True, False):
        response = room.post(room.url + below, htmx=htmx, **data)
        assert response.status_code == 409
        assert "clôturée" in response.content.decode()
    assert room.sequence() == before


@pytest.mark.parametrize("below", PAGES)
def test_afterwards_no_question_about_the_room_is_asked(room: Room, below: str) -> None:
    room.put("completed", "DUPONT", "Paul")
    closed(room)
    allowed = {"quitter/", "feuille-de-secours/", "incidents/", "", "pv/", "pv/feuille/", "pv.pdf", "aide/"}
    assert room.get(room.url + below).status_code == (200 if below in allowed else 409)


@pytest.mark.parametrize("below", OF_A_CANDIDATE)
def test_afterwards_no_question_about_a_candidate_is_asked(room: Room, below: str) -> None:
    """His detail and the help can still be read; what could not be confirmed any more is refused at once (R20)."""
    paul = room.put("completed", "DUPONT", "Paul")
    closed(room)
    response = room.get(room.at(paul, below))
    assert response.status_code == (200 if below in {"", "aide/"} else 409)
    assert below == "" or "clôturée" in response.content.decode()


def test_a_page_that_is_behind_learns_of_the_closing_by_its_own_act(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    page = room.page()
    other = room.enter("Odile Autre")
    closed(other)
    assert page.tick("Présence de Paul DUPONT").status_code == 409
    assert "Cette session est clôturée" in page.text("annonces")
    page.assert_like_reload("annonces")
    assert page.get("veille").get("hx-get") is None
    assert page.get(room.row(paul)).xpath(".//input") == []


def test_afterwards_nothing_is_announced(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    room.post(room.at(paul, "presence/"), present="1")
    closed(room)
    assert not room.page().text("annonces")


def test_afterwards_needs_are_gone(room: Room) -> None:
    room.put("in_progress", "DUPONT", "Paul")
    room.travel(hours=2)
    ending.end_test(
        session_id=room.session.pk,
        candidate_id=room.session.candidates.get().pk,
        actor=factories.PROCTOR,
        now=factories.clock.now(),
    )
    room.travel(seconds=10)
    closed(room)
    assert "Rien à traiter." in room.page().text("a-traiter")
    assert Session.objects.get().closed_at is not None


def test_leaving_a_closed_room_works(room: Room) -> None:
    closed(room)
    page = room.page(scripts=False)
    page.press("Quitter")
    page.press("Confirmer")
    assert room.get(room.url).status_code == 302
