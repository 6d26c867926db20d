"""The page for the board: the hour, the common end, the code on demand, and nobody's name."""

from typing import Any

import pytest

from proctoring.models import Attempt
from proctoring.selectors.room import whole_board
from proctoring.selectors.steps import common_end
from proctoring.selectors.wording import clock_time
from proctoring.services import minutes, room_incident
from tests import factories
from tests.htmx import Page, both_ways, by_id, fragment, words
from tests.proctoring.room.conftest import NOW, Room

BOARD = "tableau/"


def again(room: Room, page: Page) -> Any:
    """Ask for news as the page does."""
    projected = page.get("projection")
    return page._ask(projected, "get", projected.get("hx-get"), [])


def test_the_board_tells_hour_and_common_end_and_nobody(room: Room) -> None:
    room.put("in_progress", "DUPONT", "Paul")
    room.put("in_progress", "PICASSO", "Pablo", extra_time_percent=33)
    room.add("DURAND", "Simon")
    page = room.page(BOARD)
    assert page.text("heure") == "10h30"
    assert "Fin du test : 12h15" in page.text("projection")
    content = page.response.content.decode()
    for secret in (
        "DUPONT",
        "Paul",
        "PICASSO",
        "DURAND",
        "12h50",
        "majoré",
        "2/3",
        factories.ACCESS_CODE,
        "B C R Q",
    ):
        assert secret not in content
    assert page.controls("Retour à la salle")
    assert 'href="' + room.url + BOARD + '"' in room.page().response.content.decode()


@both_ways
def test_the_code_is_shown_and_hidden_on_demand(room: Room, scripts: bool) -> None:
    page = room.page(BOARD, scripts=scripts)
    page.press("Afficher le code d’accès")
    assert f"Code d’accès : {' '.join(factories.ACCESS_CODE)}" in page.text("projection")
    assert again(room, page).status_code == (204 if scripts else 200)
    page.press("Masquer le code d’accès")
    assert " ".join(factories.ACCESS_CODE) not in page.text()


def test_before_the_launch_it_tells_how_long(room: Room) -> None:
    assert "Le test dure 1 h 45 à partir du début." in room.page(BOARD).text("projection")


def test_news_comes_by_itself_and_costs_one_query_while_there_is_none(
    room: Room, django_assert_num_queries: Any
) -> None:
    page = room.page(BOARD)
    with django_assert_num_queries(1):
        assert again(room, page).status_code == 204
    room.put("in_progress")
    assert again(room, page).status_code == 200
    assert "Fin du test : 12h15" in page.text("projection")
    page.assert_like_reload()


def test_an_incident_is_told_and_minutes_given_to_all_move_the_end(room: Room) -> None:
    ids = [room.put("in_progress").pk for _ in range(2)]
    page = room.page(BOARD)
    act: dict[str, Any] = {"session_id": room.session.pk, "actor": factories.PROCTOR, "now": NOW}
    room_incident.start_room_incident(kind="power", **act)
    again(room, page)
    assert "attendez les consignes" in page.text("projection")
    assert "12h15" not in page.text("projection")
    key = room.fresh().incident_key
    assert key is not None
    room_incident.undo_start(key=key, **act)
    minutes.give_minutes(candidate_ids=ids[:1], minutes=10, **act)
    again(room, page)
    assert "Fin du test : 12h15" in page.text("projection")  # his own, not everybody's
    minutes.give_minutes(candidate_ids=ids[1:], minutes=7, **act)
    again(room, page)
    assert "Fin du test : 12h22" in page.text("projection")
    page.assert_like_reload()


def test_the_end_told_to_a_class_is_not_moved_by_one_pupil(room: Room) -> None:
    """By who begins after minutes were given to all, who is the last, or who gets minutes of his own."""
    act: dict[str, Any] = {"session_id": room.session.pk, "actor": factories.PROCTOR, "now": NOW}

    def tells(hour: str) -> None:
        assert f"Fin du test : {hour}" in room.page(BOARD).text("projection")
        session = room.fresh()
        end = common_end(session, whole_board(session, now=NOW).counts.given_minutes)  # as the step bar says
        assert end is not None
        assert clock_time(session.local(end)) == hour

    room.put("completed")
    pupils = [
        room.put("in_progress"),
        room.put("in_progress"),
        room.put("in_progress", extra_time_percent=33),
    ]
    tells("12h15")
    minutes.give_minutes(candidate_ids=[one.pk for one in pupils], minutes=10, **act)
    tells("12h25")
    late = room.put("in_progress")
    tells("12h25")
    minutes.give_minutes(candidate_ids=[late.pk], minutes=30, **act)
    tells("12h25")
    minutes.take_minutes_back(candidate_ids=[late.pk], minutes=30, **act)
    Attempt.objects.filter(candidate__in=pupils).update(state="completed", over_at=NOW)
    tells("12h25")


def test_minutes_of_the_last_pupil_are_his_own(room: Room) -> None:
    for _ in range(2):
        room.put("completed")
    last = room.put("in_progress")
    act: dict[str, Any] = {"session_id": room.session.pk, "actor": factories.PROCTOR, "now": NOW}
    minutes.give_minutes(candidate_ids=[last.pk], minutes=7, **act)
    assert "Fin du test : 12h15" in room.page(BOARD).text("projection")


def test_minutes_of_the_only_pupil_of_a_list_move_the_end(room: Room) -> None:
    only = room.put("in_progress")
    act: dict[str, Any] = {"session_id": room.session.pk, "actor": factories.PROCTOR, "now": NOW}
    minutes.give_minutes(candidate_ids=[only.pk], minutes=7, **act)
    assert "Fin du test : 12h22" in room.page(BOARD).text("projection")


def test_it_stays_while_the_screen_is_masked_without_the_code(room: Room) -> None:
    page = room.page(f"{BOARD}?code=1")
    room.post(room.url + "masquer/")
    again(room, page)
    assert page.left_for == ""
    assert not page.controls("Masquer le code d’accès")
    assert " ".join(factories.ACCESS_CODE) not in page.text()
    assert factories.ACCESS_CODE not in room.get(f"{room.url}{BOARD}?code=1").content.decode()


def test_it_stops_asking_when_the_session_is_over(room: Room) -> None:
    page = room.page(BOARD)
    room.post(f"{room.url}cloturer/")
    again(room, page)
    assert "La session est terminée." in page.text("projection")
    assert page.get("projection").get("hx-get") is None
    assert not page.controls("Afficher le code d’accès")
    assert room.get(f"{room.url}{BOARD}?code=1").status_code == 200


@pytest.mark.parametrize("htmx", [True, False])
def test_it_is_for_who_is_in_the_room(room: Room, empty_room: Room, htmx: bool) -> None:
    stranger = Room(empty_room.session, room.travel)
    response = stranger.get(f"{room.url}{BOARD}?code=1", htmx=htmx)
    assert response.status_code == (401 if htmx else 302)
    assert factories.ACCESS_CODE not in response.content.decode()
    other = Room(factories.SessionFactory(), room.travel).enter()
    assert other.get(f"{room.url}{BOARD}", htmx=htmx).status_code == (401 if htmx else 302)
    assert room.post(f"{room.url}{BOARD}").status_code == 405


def test_the_fragment_is_what_the_page_holds(room: Room) -> None:
    answer = room.get(f"{room.url}{BOARD}?v=0.00", htmx=True)
    part = by_id(fragment(answer.content), "projection")
    assert part is not None
    assert words(part) == room.page(BOARD).text("projection")
