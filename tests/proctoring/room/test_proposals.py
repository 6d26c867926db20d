"""What is proposed stands in the lane, and costs nothing while nothing is (R16, R17)."""

from typing import Any

import pytest

from pixsurv.kernel import clock
from proctoring.enums import ProposalKind
from proctoring.models import Incident, Proposal
from proctoring.services.due import locked_room
from proctoring.services.entries import candidate_actor
from proctoring.services.progress import beat
from proctoring.services.proposals import propose
from sessions_app.models import Candidate
from tests.htmx import both_ways
from tests.proctoring.room.conftest import Room
from tests.proctoring.room.test_poll import next_version, poll, states, version


def time_out(room: Room, candidate: Candidate, question: int = 12) -> None:
    entry = room.attempt(candidate).holder
    assert entry is not None
    more = {"visible": True, "question": question, "timed_out": True}
    beat(entry=entry, actor=candidate_actor(entry), now=clock.now(), **more)


@pytest.fixture
def paul(room: Room) -> Candidate:
    return room.put("in_progress", "DUPONT", "Paul", extra_time_percent=33)


def test_e8_comes_by_the_refresh_without_an_event(room: Room, paul: Candidate) -> None:
    page = room.page()
    seen = version(room)
    room.travel(seconds=2)
    time_out(room, paul)
    response = poll(room, seen)
    assert states(response) == {room.row(paul): "in_progress"}
    room.travel(seconds=6)  # told once more meanwhile, for who asked while it was being written
    again = poll(room, next_version(response))
    assert poll(room, next_version(again)).status_code == 204
    page.poll()
    assert "Noter E8, question 12" in page.text(f"besoin-{paul.pk}")
    page.assert_like_reload()


@both_ways
def test_one_tap_keeps_it(room: Room, paul: Candidate, scripts: bool) -> None:
    time_out(room, paul)
    page = room.page(scripts=scripts)
    page.press("Noter E8, question 12 pour Paul DUPONT")
    page.assert_like_reload()
    assert (Incident.objects.get().category, Incident.objects.get().question) == ("E8", 12)
    assert page.find(f"besoin-{paul.pk}") is None
    assert "1 incident" in page.text(room.row(paul))


@both_ways
def test_one_tap_ignores_it(room: Room, paul: Candidate, scripts: bool) -> None:
    time_out(room, paul)
    page = room.page(scripts=scripts)
    page.press("Ignorer : Noter E8, question 12 pour Paul DUPONT")
    page.assert_like_reload()
    assert not Incident.objects.exists()
    assert "Rien à traiter." in page.text("a-traiter")


def test_somebody_was_faster(room: Room, paul: Candidate) -> None:
    time_out(room, paul)
    pages = room.page(), room.enter("Odile Autre").page()
    pages[0].press("Ignorer : Noter E8, question 12 pour Paul DUPONT")
    assert pages[1].press("Noter E8, question 12 pour Paul DUPONT").status_code == 409
    pages[1].assert_like_reload("annonces")
    assert not Incident.objects.exists()


def test_it_stays_for_who_has_finished_and_stands_below_what_is_needed(room: Room, paul: Candidate) -> None:
    time_out(room, paul)
    entry = room.attempt(paul).holder
    assert entry is not None
    from proctoring.services import running

    running.complete(entry=entry, actor=candidate_actor(entry), now=clock.now())
    other = room.put("in_progress", "DURAND", "Simon")
    again = room.page()
    room.travel(minutes=4)
    again = room.page()
    ids = again.get("a-traiter").xpath(".//li/@id")
    assert ids == [f"besoin-{other.pk}", f"besoin-{paul.pk}"]
    assert again.get(room.row(paul)).get("data-needs") == ""


@both_ways
def test_c2_after_extra_time(room: Room, paul: Candidate, scripts: bool) -> None:
    room.post(room.at(paul, "temps-majore/"), percent=20)
    page = room.page(scripts=scripts)
    assert "Temps majoré : 20 %, au lieu de 33 %" in page.text(f"besoin-{paul.pk}")
    page.press("Noter C2 pour Paul DUPONT")
    page.assert_like_reload()
    assert Incident.objects.get().description == "Temps majoré : 20 %, au lieu de 33 %"


@both_ways
def test_c1_asks_for_its_words(room: Room, paul: Candidate, scripts: bool) -> None:
    with locked_room(room.session.pk, now=clock.now()) as locked:
        propose(locked, locked.attempt(paul.pk), ProposalKind.IDENTITY)
    page = room.page(scripts=scripts)
    page.press("Noter C1 pour Paul DUPONT")
    assert page.press("Confirmer").status_code == 422
    assert "demande une description" in page.text()
    assert Proposal.objects.get().outcome == ""
    page.fill(description="Né le 21/05/1997")
    page.press("Confirmer")
    if scripts:
        page.assert_like_reload()
    incident = Incident.objects.get()
    assert (incident.category, incident.description) == ("C1", "Né le 21/05/1997")


@pytest.mark.parametrize("many", [1, 20])
def test_proposals_cost_one_query_however_many(room: Room, many: int, django_assert_num_queries: Any) -> None:
    people = [room.put("in_progress", extra_time_percent=33) for _ in range(many)]
    room.travel(seconds=11)
    room.page()
    seen = version(room)
    room.travel(seconds=1)
    for one in people:
        time_out(room, one)
    with django_assert_num_queries(5):
        assert len(room.page().get("a-traiter").xpath(".//li")) == many
    with django_assert_num_queries(3):
        assert len(states(poll(room, seen))) == many
