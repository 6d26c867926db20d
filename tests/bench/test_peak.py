"""The peak without its clock: what is offered, who plays it, what a page says to ask next, what the figures say."""

import random
import socket
import threading
from collections import Counter
from typing import Any

import pytest

from bench.load import Call
from bench.peak import check, figures, words
from bench.peak.cast import Candidate, Room
from bench.peak.day import ACADEMIE, SCHOOL, Day, Stage
from bench.peak.driver import Answer, Ask, Driver, Script
from bench.peak.scripts import Play, Told

PAGE = (
    '<input type="hidden" name="etape" value="presence&amp;1" autocomplete="off">'
    '<div id="veille" hx-get="/surveillance/7/etat/?v=12.99&amp;tri=poste" hx-trigger="veille" data-v="12.99"></div>'
)
SMALL = Day("petite", rooms=10, size=4, wave=100.0)


def rooms(count: int, state: str = "in_progress") -> list[Room]:
    made = []
    for number in range(count):
        room = Room(number, "BCRQ72", "jeton", "pxs_1")
        room.candidates = [
            Candidate(room, number * 100 + place, "ESSAI", "Bora", "2011-01-01", "pxe_1", state)
            for place in range(4)
        ]
        made.append(room)
    return made


# ---- what is offered ----


def test_the_peak_of_an_academie_is_what_the_goals_say() -> None:
    offered = ACADEMIE.offered()
    assert (offered["refresh"], offered["heartbeat"]) == (75, 800)
    assert offered["tick"] == offered["start"] == 20
    assert SCHOOL.offered()["heartbeat"] == 28


def test_a_step_plays_its_share_of_the_rooms_and_goes_on_with_those_of_before() -> None:
    stage = Stage(SMALL, rooms(10), rooms(10, "expected"))
    first = stage.step(0.4, 10)
    assert len(first.watched) == 4
    assert len(first.starting) == 1
    second = stage.step(0.8, 10)
    assert len(second.watched) == 8
    assert first.watched == second.beating[:4]  # what was started beats from the next step on
    assert {id(room) for room in second.opening}.isdisjoint(id(room) for room in first.watched)


def test_each_step_has_a_burst_and_over_the_steps_no_more_than_the_peak_has() -> None:
    stage = Stage(SMALL, rooms(10), rooms(20, "expected"))
    started = [len(stage.step(share, 20).starting) for share in (0.1, *[0.75] * 8)]
    assert min(started) == 1
    assert sum(started) == 12  # 10 rooms in 100 s, at 0.75 of the peak for 160 s


def test_a_burst_leaves_time_for_its_answers() -> None:
    step = Stage(SMALL, rooms(10), rooms(10, "expected")).step(1, 40)
    assert len(step.starting) == 4
    assert all(24 <= second < 36 for second, _ in step.starting)


def test_nobody_does_two_things_in_one_step() -> None:
    day = Day("agitée", rooms=300, size=40)
    acts = Stage(day, rooms(20), rooms(2, "expected")).step(0.05, 60).acts
    assert len(acts) > 10
    assert max(Counter(candidate.id for *_, candidate in acts).values()) == 1


# ---- following a page ----


def test_the_next_refresh_asks_what_the_last_answer_said() -> None:
    (room,) = rooms(1)
    room.follow(PAGE, page=True)
    call = room.ask_news()
    assert call is not None
    assert call.wire.startswith(b"GET /surveillance/7/etat/?v=12.99&tri=poste&etape=presence%261 ")
    room.follow('<div id="veille" hx-get="/surveillance/7/etat/?v=13.120" hx-trigger="veille"></div>')
    assert room.refresh.endswith("?v=13.120")
    assert room.step == "presence&1"  # a refresh that brings no step leaves the one that was shown


def test_an_act_does_not_move_the_version_and_a_closed_page_asks_no_more() -> None:
    (room,) = rooms(1)
    room.follow(PAGE, page=True)
    room.follow("<span id='pastille'>3</span>")
    assert room.refresh.endswith("12.99&tri=poste")
    room.follow('<div id="veille" data-v="14.0"></div>', page=True)
    assert room.ask_news() is None


def test_who_has_finished_is_heard_no_more() -> None:
    (room,) = rooms(1)
    candidate, told = room.candidates[0], Told()
    play = Play(SMALL, told, random.Random(1))
    script = play.complete(candidate, 0)
    assert next(script).call() is not None
    assert next(play.beats(candidate, [1])).call() is None
    with pytest.raises(StopIteration):
        script.send(Answer(200, 0.1, None))
    assert told.acknowledged == [("completed", candidate.id)]


def test_busy_asks_again_and_is_acknowledged_once() -> None:
    (room,) = rooms(1, "expected")
    told = Told()
    script = Play(SMALL, told, random.Random(1)).tick(room.candidates[0], 5)
    assert next(script).at == 5
    again = script.send(Answer(503, 5.2, None))
    assert again.at == pytest.approx(6.2)
    with pytest.raises(StopIteration):
        script.send(Answer(200, 6.3, None))
    assert told.acknowledged == [("presence_confirmed", room.candidates[0].id)]


def test_no_answer_is_a_doubt_not_a_loss() -> None:
    (room,) = rooms(1, "expected")
    told = Told()
    script = Play(SMALL, told, random.Random(1)).tick(room.candidates[0], 0)
    next(script)
    with pytest.raises(StopIteration):
        script.send(Answer(0, 1, None))
    assert (told.acknowledged, told.in_doubt) == ([], [("presence_confirmed", room.candidates[0].id)])


# ---- the driver ----


@pytest.fixture
def port() -> Any:
    """Answers each request on a connection with 200 and its path, but /non with 503."""

    def answer(connection: socket.socket) -> None:
        with connection:
            while asked := connection.recv(4096):
                path = asked.split(b" ")[1]
                status = b"503 Busy" if path == b"/non" else b"200 OK"
                length = str(len(path)).encode()
                connection.sendall(
                    b"HTTP/1.1 " + status + b"\r\nContent-Length: " + length + b"\r\n\r\n" + path
                )

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=accept, daemon=True).start()
    yield server.getsockname()[1]
    server.close()


def test_a_script_reads_its_answer_before_it_asks_again(port: int) -> None:
    seen = []

    def script() -> Script:
        answer = yield Ask(0, "un", lambda: Call.make("/un"), {200: "bien"})
        seen.append(answer.text)
        answer = yield Ask(0, "deux", lambda: Call.make(f"{seen[0]}/deux"), {200: "bien"})
        seen.append(answer.text)
        yield Ask(0, "trois", lambda: Call.make("/non"), {200: "bien"})

    driver = Driver([port])
    played = driver.play([script()], until=5)
    driver.close()
    assert seen == ["/un", "/un/deux"]
    assert len(played.latencies["bien"]) == 2
    assert played.errors == {"trois": {"503": 1}}
    assert played.opened == 1  # kept from one request to the next


def test_who_has_nothing_to_ask_is_left_out(port: int) -> None:
    driver = Driver([port])
    played = driver.play(iter([_silent()]), until=5)
    driver.close()
    assert (played.done, played.failed) == (0, 0)


def _silent() -> Script:
    yield Ask(0, "rien", lambda: None, {})


# ---- figures ----


def test_percentiles_are_by_nearest_rank() -> None:
    hundred = [float(value) for value in range(100, 0, -1)]
    assert [figures.percentile(hundred, share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]
    assert figures.percentile([7.0], 0.99) == 7
    assert figures.percentile([], 0.99) == 0


def test_the_knee_is_before_the_first_step_that_failed() -> None:
    steps = [{"p99": p99, "errors": errors} for p99, errors in ((40, 0), (250, 0), (300, 0), (90, 0))]
    assert figures.knee(steps) == (steps[1], steps[2])
    assert figures.knee([{"p99": 10, "errors": 1}])[0] is None
    assert figures.knee(steps[:2]) == (steps[1], None)


def test_a_peak_is_scaled_by_what_its_requests_cost() -> None:
    needed = figures.need(
        {"heartbeat": 800, "tick": 20}, {"heartbeat": 1.0, "tick": 10.0}, {"heartbeat": 0.5}
    )
    assert needed.web == pytest.approx(1.0)
    assert needed.database == pytest.approx(0.41)  # a kind without a measure costs the mean
    assert needed.asks_for(full=0.5) == pytest.approx(2.82)
    assert needed.reaches(2, full=0.7) == pytest.approx(1.4 / 1.41)
    assert figures.need_as_played(2.0, 1.0, 900).cores == pytest.approx(2.7)


def test_refreshes_are_told_apart_by_what_they_bring() -> None:
    assert figures.shares({"refresh": 100, "tick": 5}, 0.25) == {"tick": 5, "unchanged": 75, "changed": 25}


def test_uneven_is_the_share_of_the_busiest() -> None:
    assert figures.uneven([2, 2]) == 1
    assert figures.uneven([3, 1]) == 1.5
    assert figures.uneven([]) == 1


# ---- nothing lost ----


def test_what_was_acknowledged_and_is_not_there_is_lost() -> None:
    told = [("started", 1), ("started", 2), ("resumed", 1), ("resumed", 1)]
    there = Counter({("started", 1): 1, ("resumed", 1): 1, ("started", 9): 1})
    assert check.missing(told, there) == [("resumed", 1), ("started", 2)]
    assert check.missing(there.elements(), Counter(told)) == [("started", 9)]
    assert check.last_states([*told, ("alert_raised", 2)]) == {1: "in_progress", 2: "in_progress"}


@pytest.mark.django_db
def test_copied_rooms_are_as_real_as_the_first() -> None:
    """Their chains verify, and what the check says of acts is what the database holds."""
    from bench.peak.world import FIRST_NUMBER, Template, copies, make_schools
    from proctoring.models import Attempt

    made = copies(Template.lived(2, starts=True), make_schools(2), 3, FIRST_NUMBER)
    assert len({one["key"] for one in made}) == 2
    candidates = [one["id"] for room in made for one in room["candidates"]]
    assert len(set(candidates)) == 6
    assert (
        Attempt.objects.filter(candidate_id__in=candidates, holder__candidate_id__in=candidates).count() == 6
    )
    told = [("started", candidates[0])]
    found = check.check(told, [], "2000-01-01T00:00:00+00:00")
    assert (found["broken"], found["lost"], found["otherwise"]) == ([], [], [])
    assert check.check([("completed", candidates[0])], [], "2000-01-01T00:00:00+00:00")["lost"]


def test_what_gave_way_is_named() -> None:
    step = {
        "late_p99": 1.0,
        "driver_cores": 0.1,
        "idle": 0.01,
        "web_cores": 1.2,
        "database_cores": 0.4,
        "busy_cores": 2.0,
        "web": {"web 1/1": 8.0},
        "seconds": 20.0,
        "pools": [{"requests_wait_ms": 10}],
        "count": 1000,
        "waits": {"au travail": 50},
        "errors": 0,
        "refused": {},
    }
    assert words.saturates(step).startswith("le processeur de la machine (web 1.20, PostgreSQL 0.40")
    assert "autres travaux" in words.saturates(step)
    assert words.saturates({**step, "idle": 0.5, "waits": {"Lock : tuple": 9}}).endswith("(Lock : tuple)")
    assert "cœur entier" in words.saturates({**step, "idle": 0.5, "web": {"web 1/1": 19.0}})
