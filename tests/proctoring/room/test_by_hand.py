"""Sessions followed by hand, and the paper list keyed after an outage (R22)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from proctoring.models import Attempt
from sessions_app.enums import EventKind
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import Page, both_ways
from tests.proctoring.room.conftest import NOW, Room

STARTED = "A commencé à… (Paul DUPONT)"


@pytest.fixture
def paul(hand_room: Room) -> Candidate:
    """Ticked at half past ten; it is now ten to eleven."""
    paul = hand_room.put("present", "DUPONT", "Paul")
    hand_room.travel(minutes=20)
    return paul


def open_dialog(room: Room, name: str, *, scripts: bool = True) -> Page:
    page = room.page(scripts=scripts)
    page.press(name)
    return page


def at(paul: Candidate, column: str = "started_at") -> datetime | None:
    found: datetime | None = getattr(factories.attempt_of(paul), column)
    return found


@both_ways
def test_now_is_proposed_and_one_tap_writes_it(hand_room: Room, paul: Candidate, scripts: bool) -> None:
    page = open_dialog(hand_room, STARTED, scripts=scripts)
    (field,) = page.root.xpath("//input[@name='at']")
    assert field.get("value") == "10:50"
    assert field.get("type") == "time"
    page.press("Confirmer")
    assert at(paul) == NOW + timedelta(minutes=20)
    row = page.text(hand_room.row(paul))
    assert "En cours" in row
    assert "Fin 12h35" in row
    assert "saisi à la main à 10h50" in row


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("10:30", 0),
        ("10h30", 0),
        ("10H30", 0),
        ("10.30", 0),
        ("10:5", -25),
        ("10h5", -25),
        (" 10:30 ", 0),
        ("10 h 30", 0),
        ("9h", -90),
    ],
)
def test_hours_as_people_write_them(hand_room: Room, paul: Candidate, typed: str, minutes: int) -> None:
    assert hand_room.post(hand_room.at(paul, "a-la-main/commence/"), at=typed).status_code == 303
    assert at(paul) == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("typed", ["", "x", "25:00", "10:60", "1030:", "-1:00", "10h30h", "midi"])
@both_ways
def test_nonsense_hours_are_said(hand_room: Room, paul: Candidate, typed: str, scripts: bool) -> None:
    page = open_dialog(hand_room, STARTED, scripts=scripts)
    page.fill(at=typed)
    page.press("Confirmer")
    assert page.root.xpath("//*[contains(@class, 'message-erreur')]")
    assert at(paul) is None
    page.fill(at="10:45")
    page.press("Confirmer")
    assert at(paul) == NOW + timedelta(minutes=15)


@pytest.mark.parametrize("typed", ["10:51", "12:00", "23:59"])
@both_ways
def test_an_hour_to_come_is_refused(hand_room: Room, paul: Candidate, typed: str, scripts: bool) -> None:
    page = open_dialog(hand_room, STARTED, scripts=scripts)
    page.fill(at=typed)
    page.press("Confirmer")
    assert "Cette heure n’est pas encore passée." in page.text()
    assert at(paul) is None


def test_midnight_may_pass_during_an_evening_session(db: None) -> None:
    """Started at ten to midnight, keyed at ten past."""
    with time_machine.travel(datetime(2026, 3, 16, 22, 0, tzinfo=UTC), tick=False) as clock:  # 23h00 in Paris
        room = Room(factories.SessionFactory(by_hand=True), lambda **by: None).enter()
        paul = room.put("present", "DUPONT", "Paul")
        clock.shift(timedelta(minutes=70))
        room.post(room.at(paul, "a-la-main/commence/"), at="23:50")
        assert at(paul) == datetime(2026, 3, 16, 22, 50, tzinfo=UTC)
        zoe = room.put("present", "ABADIE", "Zoé")
        room.post(room.at(zoe, "a-la-main/commence/"), at="00:05")
        assert at(zoe) == datetime(2026, 3, 16, 23, 5, tzinfo=UTC)


def test_the_hour_is_that_of_the_school(db: None, travel: Callable[..., None]) -> None:
    establishment = factories.EstablishmentFactory(time_zone="America/Cayenne")
    room = Room(factories.SessionFactory(by_hand=True, establishment=establishment), travel).enter()
    paul = room.put("present", "DUPONT", "Paul")
    page = open_dialog(room, STARTED)
    assert page.root.xpath("//input[@name='at']/@value") == ["06:30"]
    page.press("Confirmer")
    assert at(paul) == NOW


@both_ways
def test_resumed_and_finished_at(hand_room: Room, paul: Candidate, scripts: bool) -> None:
    hand_room.post(hand_room.at(paul, "a-la-main/commence/"), at="10:35")
    hand_room.post(hand_room.at(paul, "reprise/"))
    page = open_dialog(hand_room, "A repris à… (Paul DUPONT)", scripts=scripts)
    page.fill(at="10:45")
    page.press("Confirmer")
    assert at(paul, "resumed_at") == NOW + timedelta(minutes=15)
    page.press("A terminé à… (Paul DUPONT)")
    page.fill(at="10:49")
    page.press("Confirmer")
    assert at(paul, "over_at") == NOW + timedelta(minutes=19)
    assert page.get(hand_room.row(paul)).get("data-state") == "completed"


def test_an_end_before_the_start_is_refused(hand_room: Room, paul: Candidate) -> None:
    hand_room.post(hand_room.at(paul, "a-la-main/commence/"), at="10:40")
    page = open_dialog(hand_room, "A terminé à… (Paul DUPONT)")
    page.fill(at="10:39")
    page.press("Confirmer")
    assert "Cette heure est avant le début du test." in page.text("dialogue")
    assert hand_room.attempt(paul).state == "in_progress"


@pytest.mark.parametrize("htmx", [True, False])
def test_the_same_hour_twice_records_once(hand_room: Room, paul: Candidate, htmx: bool) -> None:
    for _ in range(2):
        response = hand_room.post(hand_room.at(paul, "a-la-main/commence/"), htmx=htmx, at="10:40")
        assert response.status_code == (200 if htmx else 303)
    assert len(hand_room.events(EventKind.STARTED)) == 1


@pytest.mark.parametrize("htmx", [True, False])
def test_presence_is_needed_first(hand_room: Room, htmx: bool) -> None:
    paul = hand_room.add("DUPONT", "Paul")
    response = hand_room.post(hand_room.at(paul, "a-la-main/commence/"), htmx=htmx, at="10:30")
    assert response.status_code == 409
    assert not Attempt.objects.filter(started_at__isnull=False).exists()


@pytest.mark.parametrize("act", ["commence", "repris", "termine"])
@pytest.mark.parametrize("htmx", [True, False])
def test_a_session_followed_by_pixsurv_takes_nothing_by_hand(room: Room, act: str, htmx: bool) -> None:
    paul = room.put("present", "DUPONT", "Paul")
    before = room.sequence()
    response = room.post(room.at(paul, f"a-la-main/{act}/"), htmx=htmx, at="10:30")
    assert response.status_code == (409 if htmx else 403)
    assert "Ce geste n’est pas permis ici." in response.content.decode()
    assert room.sequence() == before
    assert room.post(room.url + "toute-la-salle/", htmx=htmx, at="10:30").status_code == (
        409 if htmx else 403
    )


@pytest.mark.parametrize("act", ["xyz", "commence2"])
def test_an_unknown_gesture_is_not_found(hand_room: Room, paul: Candidate, act: str) -> None:
    assert hand_room.get(hand_room.at(paul, f"a-la-main/{act}/")).status_code == 404


# ---- the whole room ----


@both_ways
def test_the_whole_room_started(hand_room: Room, paul: Candidate, scripts: bool) -> None:
    zoe = hand_room.put("present", "ABADIE", "Zoé")
    absent = hand_room.add("MARTIN", "Léa")
    page = open_dialog(hand_room, "Toute la salle a commencé à…", scripts=scripts)
    assert "2 élèves cochés qui n’ont pas encore commencé" in page.text()
    page.fill(at="10:35")
    page.press("Confirmer")
    assert at(paul) == at(zoe) == NOW + timedelta(minutes=5)
    assert page.get(hand_room.row(zoe)).get("data-state") == "in_progress"
    assert page.get(hand_room.row(absent)).get("data-state") == "expected"
    if scripts:
        page.assert_like_reload()


def test_the_whole_room_twice_starts_nobody_twice(hand_room: Room, paul: Candidate) -> None:
    for _ in range(2):
        assert hand_room.post(hand_room.url + "toute-la-salle/", at="10:35").status_code == 303
    assert len(hand_room.events(EventKind.STARTED)) == 1


def test_the_whole_room_at_a_wrong_hour(hand_room: Room, paul: Candidate) -> None:
    page = open_dialog(hand_room, "Toute la salle a commencé à…")
    page.fill(at="11:35")
    page.press("Confirmer")
    assert "Cette heure n’est pas encore passée." in page.text("dialogue")
    assert at(paul) is None


# ---- the paper list, in any session ----


@pytest.mark.parametrize("followed", ["pixsurv", "by_hand"])
def test_the_paper_list_is_keyed_in_any_session(db: None, travel: Callable[..., None], followed: str) -> None:
    room = Room(factories.SessionFactory(followed=followed), travel).enter()
    paul = room.put("present", "DUPONT", "Paul")
    room.add("MARTIN", "Léa")
    travel(minutes=60)
    page = room.page("feuille-de-secours/", scripts=False)
    assert "Cochez d’abord sa présence dans la salle." in page.text()
    page.press(STARTED)
    page.fill(at="10:32")
    page.press("Confirmer")
    assert page.url.split("#")[0].endswith("feuille-de-secours/")
    assert "saisi d’après la feuille de secours à 11h30" in page.text(room.row(paul))
    assert at(paul) == NOW + timedelta(minutes=2)
    page.press("A terminé à… (Paul DUPONT)")
    page.fill(at="11:15")
    page.press("Confirmer")
    assert room.attempt(paul).state == "completed"
    assert (room.last_event().facts or {})["source"] == "paper"


def test_the_whole_paper_list_at_once(room: Room) -> None:
    paul = room.put("present", "DUPONT", "Paul")
    page = room.page("feuille-de-secours/", scripts=False)
    page.press("Toute la salle a commencé à…")
    page.press("Confirmer")
    assert page.url.split("#")[0].endswith("feuille-de-secours/")
    assert room.attempt(paul).source == "paper"


def test_a_mistake_on_paper_stays_on_paper(room: Room) -> None:
    paul = room.put("present", "DUPONT", "Paul")
    page = room.page("feuille-de-secours/", scripts=False)
    page.press(STARTED)
    page.fill(at="x")
    page.press("Confirmer")
    page.fill(at="10:15")
    page.press("Confirmer")
    assert room.attempt(paul).source == "paper"


def test_paper_keyed_on_a_later_day_is_that_of_the_session_day(room: Room) -> None:
    """At four in the afternoon of the next day, 14h05 means yesterday's."""
    paul = room.put("present", "DUPONT", "Paul")
    room.came_later(days=1)
    room.travel(days=1, hours=5.5)
    response = room.post(room.at(paul, "a-la-main/commence/"), at="14:05", source="paper")
    assert response.status_code == 303
    assert at(paul) == datetime(2026, 3, 16, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize("source", ["", "hand", "x"])
def test_an_unknown_source_is_by_hand(hand_room: Room, paul: Candidate, source: str) -> None:
    hand_room.post(hand_room.at(paul, "a-la-main/commence/"), at="10:40", source=source)
    assert hand_room.attempt(paul).source == "hand"


def test_a_launch_on_paper_is_dated_at_what_was_written(room: Room) -> None:
    paul = room.put("present", "DUPONT", "Paul")
    room.travel(minutes=60)
    room.post(room.at(paul, "a-la-main/commence/"), at="10:33", source="paper")
    assert room.fresh().launched_at == NOW + timedelta(minutes=3)


def test_what_is_seen_today_is_of_today(db: None, travel: Callable[..., None]) -> None:
    """A session planned yesterday and held today: the hour of now is never yesterday's."""
    room = Room(factories.SessionFactory(by_hand=True, starts_at=NOW - timedelta(days=1)), travel).enter()
    room.post(room.url + "bonne-salle/")
    paul = room.put("present", "DUPONT", "Paul")
    room.post(room.at(paul, "a-la-main/commence/"), at="10:20")
    assert at(paul) == NOW - timedelta(minutes=10)
