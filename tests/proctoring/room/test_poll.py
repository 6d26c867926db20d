"""The refresh: one query and 204, or what changed and no more (mechanics §2, quality §1)."""

import gzip
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpResponse

from pixsurv.kernel import clock
from proctoring.enums import AttemptState
from proctoring.models import Attempt
from proctoring.selectors.counts import counted
from proctoring.selectors.room import Version, some_rows, whole_board
from proctoring.services import entries, presence, progress, running
from proctoring.services.entries import candidate_actor
from sessions_app.models import Candidate, Session
from tests import factories
from tests.htmx import parse
from tests.proctoring.room.conftest import NOW, Room

LIVED = 4_000  # ids of four digits, as a database that has lived gives


def version(room: Room) -> str:
    return str(Version(room.sequence(), clock.now()))


def poll(room: Room, seen: str, step: str = "") -> HttpResponse:
    """`step`: what the page says it shows of the day."""
    return room.get(f"{room.url}etat/?v={seen}&etape={step}", htmx=True)


def step_of(room: Room) -> str:
    value: str = room.page().get("etape").xpath(".//input[@name='etape']/@value")[0]
    return value


def next_version(response: HttpResponse) -> str:
    found: str = parse(b"<body>" + response.content).xpath("//*[@id='veille']/@data-v")[0]
    return found


def states(response: HttpResponse) -> dict[str, str]:
    """Rows that travelled."""
    rows = parse(b"<body>" + response.content).xpath("//*[@data-state]")
    return {row.get("id"): row.get("data-state") for row in rows}


def tick(candidate: Candidate) -> None:
    presence.confirm_presence(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=factories.PROCTOR, now=clock.now()
    )


def beat(room: Room, candidate: Candidate, **more: Any) -> None:
    entry = room.attempt(candidate).holder
    assert entry is not None
    progress.beat(
        entry=entry, actor=candidate_actor(entry), now=clock.now(), **{"visible": True, "question": 2, **more}
    )


# ---- nothing changed ----


@pytest.mark.parametrize("rows", [1, 40])
def test_nothing_new_is_one_query_and_204(room: Room, rows: int, django_assert_num_queries: Any) -> None:
    for _ in range(rows):
        room.add()
    seen = version(room)
    with django_assert_num_queries(1):
        response = poll(room, seen)
    assert response.status_code == 204
    assert response.content == b""


def test_nothing_new_is_one_query_among_running_tests(room: Room, django_assert_num_queries: Any) -> None:
    for state in AttemptState:
        room.put(state)
    seen = version(room)
    with django_assert_num_queries(1):
        assert poll(room, seen).status_code == 204


def test_an_old_page_of_a_quiet_room_is_still_204(room: Room) -> None:
    room.add()
    seen = version(room)
    room.travel(hours=3)
    assert poll(room, seen).status_code == 204


def test_heartbeats_answers_and_questions_are_no_news(room: Room) -> None:
    """The row shows no question number: progress must not make the room's poll carry rows."""
    paul = room.put("in_progress", "DUPONT", "Paul")
    seen = version(room)
    for question in range(2, 12):
        room.travel(seconds=20)
        beat(room, paul, question=question)
        assert poll(room, seen).status_code == 204


# ---- what changed ----


@pytest.mark.parametrize("rows", [1, 40])
def test_one_changed_row_travels_alone(room: Room, rows: int, django_assert_num_queries: Any) -> None:
    candidates = [room.add() for _ in range(rows)]
    seen = version(room)
    tick(candidates[0])
    with django_assert_num_queries(2):
        response = poll(room, seen)
    assert response.status_code == 200
    assert states(response) == {f"candidat-{candidates[0].pk}": "present"}
    assert poll(room, next_version(response)).status_code == 204


def test_several_changes_travel_together_each_once(room: Room) -> None:
    candidates = [room.add() for _ in range(5)]
    seen = version(room)
    for one in candidates[1:4]:
        tick(one)
    presence.cancel_presence(
        session_id=room.session.pk, candidate_id=candidates[1].pk, actor=factories.PROCTOR, now=NOW
    )
    assert states(poll(room, seen)) == {
        f"candidat-{candidates[1].pk}": "expected",
        f"candidat-{candidates[2].pk}": "present",
        f"candidat-{candidates[3].pk}": "present",
    }


def test_a_changed_row_is_light(room: Room) -> None:
    """Quality §1: < 1 kB as it travels."""
    candidates = [room.add(id=LIVED + number) for number in range(40)]
    seen, step = version(room), step_of(room)
    tick(candidates[0])
    one_row = poll(room, seen, step).content
    assert b"hx-swap-oob" in one_row
    assert len(gzip.compress(one_row)) < 1_000


def test_the_whole_page_costs_the_same_for_one_row_and_for_forty(
    room: Room, django_assert_num_queries: Any
) -> None:
    room.put("in_progress")
    room.page()  # the demonstration banner is asked for once a minute
    with django_assert_num_queries(4):
        room.page()
    for number in range(39):
        room.put(["expected", "present", "in_progress", "ended"][number % 4])
    room.travel(seconds=11)
    with django_assert_num_queries(4):
        assert len(room.page().get("liste")) == 40


def test_a_page_with_announcements_costs_one_query_more(room: Room, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        room.post(room.at(room.add(), "presence/"), present="1")
    room.page()
    with django_assert_num_queries(5):
        room.page()


def test_forty_rows_are_light(room: Room) -> None:
    """Quality §1: ≤ 25 kB, ≤ 2.5 kB compressed."""
    for number in range(40):
        state = ["expected", "present", "in_progress", "completed"][number % 4]
        # Names as long as most are.
        room.put(
            state,
            id=LIVED + number,
            first_name="Mariam",
            last_name=f"ESSAI{chr(65 + number // 26)}{chr(65 + number % 26)}",
        )
    content = room.page().response.content
    found = re.search(rb'<ol class="liste[" ].*?</ol>', content, re.DOTALL)
    assert found
    rows = found[0]
    assert len(rows) < 25_000
    assert len(gzip.compress(rows)) < 2_100
    rest = content.replace(rows, b"")
    assert len(gzip.compress(rest)) < 6_000, "the page around them"


def test_one_access_sees_the_act_of_another(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    other = room.enter("Odile Autre")
    pages = room.page(), other.page()
    pages[1].tick("Présence de Paul DUPONT")
    pages[0].poll()
    assert pages[0].get(room.row(paul)).get("data-state") == "present"
    pages[0].tick("Présence de Paul DUPONT", on=False)
    pages[1].poll()
    assert pages[1].get(room.row(paul)).get("data-state") == "expected"
    pages[1].assert_like_reload("annonces")


def test_an_act_does_not_hide_the_acts_of_others(room: Room) -> None:
    """The answer to an act leaves the page's version: what others did in between still comes."""
    paul, zoe = room.add("DUPONT", "Paul"), room.add("ABADIE", "Zoé")
    page = room.page()
    tick(zoe)
    page.tick("Présence de Paul DUPONT")
    page.poll()
    assert page.get(room.row(zoe)).get("data-state") == "present"
    assert page.get(room.row(paul)).get("data-state") == "present"
    page.assert_like_reload()


def test_the_page_and_its_refresh_count_alike(room: Room) -> None:
    """One counts the rows that it has anyway, the other asks the database."""
    for state in AttemptState:
        room.put(state)
    room.put("in_progress", extra_time_percent=33)
    room.add()
    for hours in (0, 2, 25):
        room.travel(hours=hours)
        session = room.fresh()
        by_rows = whole_board(session, now=clock.now()).counts
        by_database = counted(session, clock.now())
        assert +by_rows.by_state == +by_database.by_state
        assert replace(by_rows, by_state=Counter()) == replace(by_database, by_state=Counter())
        assert (by_rows.last_end_at is None) is (hours == 25)
        # As they come along with a row.
        (one, *_) = some_rows(session, [session.candidates.order_by("pk")[0].pk], now=clock.now()).people
        assert replace(counted(session, clock.now(), one.totals), by_state=Counter()) == replace(  # type: ignore[attr-defined]
            by_database, by_state=Counter()
        )
        assert +some_rows(session, [one.pk], now=clock.now()).counts.by_state == +by_database.by_state


def test_minutes_given_in_common_cost_one_query_more(room: Room, django_assert_num_queries: Any) -> None:
    """They are not among the counts that come along with a row."""
    people = [room.put("in_progress") for _ in range(3)]
    Attempt.objects.filter(candidate__in=people).update(given_minutes=5)
    session = room.fresh()
    with django_assert_num_queries(2):
        board = some_rows(session, [people[0].pk], now=clock.now())
    assert board.counts == whole_board(session, now=clock.now()).counts
    assert board.counts.given_minutes == 5


# ---- by the clock alone ----


def flips_once(room: Room, *, needs: str, candidate: Candidate, seconds: float) -> None:
    """Just before, nothing; at the instant, the row alone; then nothing again."""
    seen = version(room)
    room.travel(seconds=seconds - 0.01)
    assert poll(room, seen).status_code == 204
    room.travel(seconds=0.01)
    response = poll(room, seen)
    assert response.status_code == 200
    (row,) = parse(b"<body>" + response.content).xpath("//*[@data-state]")
    assert row.get("id") == f"candidat-{candidate.pk}"
    assert row.get("data-needs") == needs
    assert poll(room, next_version(response)).status_code == 204
    room.travel(seconds=3)
    assert poll(room, next_version(response)).status_code == 204


@pytest.fixture
def watched(room: Room) -> Candidate:
    """Paul, in a room of ten, seen just now."""
    for _ in range(9):
        room.put("completed")
    return room.put("in_progress", "DUPONT", "Paul")


def test_a_silence_of_45_seconds(room: Room, watched: Candidate) -> None:
    flips_once(room, needs="disconnected", candidate=watched, seconds=45)


def test_a_silence_of_150_seconds_when_hidden(room: Room, watched: Candidate) -> None:
    beat(room, watched, visible=False)
    flips_once(room, needs="disconnected", candidate=watched, seconds=150)


def test_a_silence_of_three_minutes_enters_the_lane(room: Room, watched: Candidate) -> None:
    room.travel(seconds=60)
    assert "Rien à traiter." in room.page().text("a-traiter")
    flips_once(room, needs="disconnected", candidate=watched, seconds=120)
    assert f"besoin-{watched.pk}" in room.page().get("a-traiter").xpath(".//li/@id")


def test_a_deadline(room: Room, watched: Candidate) -> None:
    room.travel(minutes=104)
    beat(room, watched)
    room.travel(seconds=30)
    beat(room, watched)
    flips_once(room, needs="overtime", candidate=watched, seconds=30)


def test_a_return(room: Room, watched: Candidate) -> None:
    room.travel(minutes=5)
    seen = version(room)
    room.travel(seconds=2)
    beat(room, watched)
    response = poll(room, seen)
    assert states(response) == {f"candidat-{watched.pk}": "in_progress"}
    assert b"Rien \xc3\xa0 traiter." in response.content
    # Once more, for who asked while it was being written; then no longer.
    room.travel(seconds=3)
    again = poll(room, next_version(response))
    assert states(again) == states(response)
    room.travel(seconds=3)
    response = poll(room, next_version(again))
    assert poll(room, next_version(response)).status_code == 204


def test_24_hours(room: Room, watched: Candidate) -> None:
    """Nobody watches for 25 h, then one poll (mechanics §3), by an access that is less than a day old."""
    seen = version(room)
    room.came_later(hours=2)
    room.travel(hours=25)
    response = poll(room, seen)
    assert states(response) == {f"candidat-{watched.pk}": "expired"}
    assert room.attempt(watched).state == "expired"
    assert room.last_event().observed_at == NOW + factories.timedelta(hours=24)
    assert poll(room, next_version(response)).status_code == 204


def test_a_platform_that_announced_no_heartbeat_is_never_silent(room: Room) -> None:
    paul = room.put("present", "DUPONT", "Paul")
    entry = factories.open_entry_for(paul, heartbeat=None)
    running.start_or_resume(
        entry=entry, access_code=factories.ACCESS_CODE, actor=candidate_actor(entry), now=NOW
    )
    room.travel(minutes=30)
    assert room.page().get(room.row(paul)).get("data-needs") == ""


def test_an_automatic_end_arrives_by_itself(room: Room) -> None:
    establishment = room.session.establishment
    establishment.ends_by_itself = True
    establishment.save()
    paul = room.put("in_progress", "DUPONT", "Paul")
    seen = version(room)
    room.travel(minutes=105)
    assert states(poll(room, seen)) == {f"candidat-{paul.pk}": "ended"}


# ---- what is not a version ----


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "x",
        "1",
        "1.",
        ".1",
        "1.x",
        "-1.1",
        "1.-1",
        "²." + "1",
        "9" * 40,
        "1.1.1",
        "1%00.1",
        "0x1.1",
        "1,1",
        "é.é",
        "1.1 ",
    ],
)
def test_nonsense_gets_the_whole_list(room: Room, nonsense: str) -> None:
    rows = {f"candidat-{room.add().pk}" for _ in range(3)}
    response = poll(room, nonsense)
    assert response.status_code == 200
    assert set(states(response)) == rows
    assert poll(room, next_version(response)).status_code == 204


@pytest.mark.parametrize("strange", ["0.0", "0.99999999999999999999", "0.253402300799999", "1.0"])
def test_a_strange_version_is_no_error(room: Room, strange: str) -> None:
    room.put("in_progress")
    assert poll(room, strange).status_code in {200, 204}


def test_a_version_from_before_a_restore_gets_the_whole_list(room: Room) -> None:
    """A backup was restored: the page has seen more than the journal holds."""
    rows = {f"candidat-{room.add().pk}" for _ in range(3)}
    response = poll(room, str(Version(room.sequence() + 1000, NOW)))
    assert set(states(response)) == rows
    assert poll(room, next_version(response)).status_code == 204


def test_a_missing_version_gets_the_whole_list(room: Room) -> None:
    room.add()
    assert len(states(room.get(f"{room.url}etat/", htmx=True))) == 1


def test_only_reading(room: Room) -> None:
    assert room.post(f"{room.url}etat/", v="1.1").status_code == 405


def test_a_workstation_typed_by_the_candidate_arrives(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    page = room.page()
    entries.set_workstation(
        session_id=room.session.pk,
        candidate_id=paul.pk,
        workstation="14",
        actor=factories.PROCTOR,
        now=NOW,
    )
    page.poll()
    assert "14" in page.text(room.row(paul))


def test_another_sessions_journal_is_not_news(room: Room) -> None:
    room.add()
    seen = version(room)
    stranger = factories.CandidateFactory()
    factories.put(stranger, "in_progress")
    assert Session.objects.count() == 2
    assert poll(room, seen).status_code == 204
