"""One web process against two, and the model of the country, without a clock: arithmetic and waiting lines."""

import random
import statistics
from pathlib import Path

import pytest

from bench import front, scale_table, simulate
from bench.queue_model import Arrival, Cost, Machines
from bench.queue_model import simulate as run
from bench.simulate import ACADEMY, COUNTRY, STRESS, Hour

ONE = {"web_ms": 4.0, "postgresql_ms": 2.0, "pgbouncer_ms": 0.2, "nginx_ms": 0.2, "per_second": 100.0}
ONE |= {"p50": 8.0, "p99": 20.0, "errors": 0}
TWO = {**ONE, "web_ms": 4.4, "postgresql_ms": 2.4, "per_second": 190.0}
FOUND = {
    **{f"kind_{name}": ONE for name in ("heartbeat", "unchanged", "one_row", "tick")},
    "fast_1": ONE,
    "fast_2": TWO,
    "paced_1": ONE,
    "paced_2": TWO,
}
MIX = {"heartbeat": 16, "unchanged": 2, "one_row": 1, "tick": 1}
STEADY = Cost(web=10, database=0)


def test_two_processes_are_held_against_one() -> None:
    found = scale_table.ratios(FOUND)
    assert {name: round(value, 3) for name, value in found.items()} == {
        "cpu": 1.125,
        "cpu_web": 1.1,
        "throughput": 1.9,
    }


@pytest.mark.parametrize(("cores", "verdict"), [(4, "tenu"), (2, "ne prouve rien ici")])
def test_throughput_is_judged_where_there_are_cores_for_it(cores: int, verdict: str) -> None:
    words = scale_table.words({"medians": FOUND, "cores": cores, "mix": MIX, "rate": 40.0})
    [line] = [line for line in words.splitlines() if "débit de deux processus" in line]
    assert verdict in line
    [line] = [line for line in words.splitlines() if "tous étages" in line]
    assert line.split()[:2] == ["tenu", "1.12×"]


def test_errors_add_up_and_the_median_counts() -> None:
    rounds = [{"fast_1": {"per_second": value, "errors": 1}} for value in (1.0, 9.0, 2.0)]
    assert scale_table.medians(rounds) == {"fast_1": {"per_second": 2.0, "errors": 3}}


def test_mix_is_spread_over_its_turn() -> None:
    turn = scale_table.spread(MIX)
    assert {name: turn.count(name) for name in MIX} == MIX
    assert turn.index("tick") == 10 or turn.index("one_row") == 10  # alone of its kind: in the middle
    first, second = [place for place, name in enumerate(turn) if name == "unchanged"]
    assert second - first > 6


def test_configurations_are_those_that_are_delivered(tmp_path: Path) -> None:
    text = front.ini(6000, ("10.0.0.1", 5433), "w", "somebody", tmp_path)
    assert (
        "w = user=somebody host=10.0.0.1 port=5433 dbname=w connect_query='SET lock_timeout = 2000;" in text
    )
    assert "pool_mode = transaction" in text
    assert "listen_port = 6000" in text
    assert "/var/" not in text
    site = front.site({8000: [8001, 8002]}, tmp_path)
    assert "server 127.0.0.1:8001" in site and "server 127.0.0.1:8002" in site and "keepalive 32" in site


# --- the model ------------------------------------------------------------------------------------------------


def test_one_process_serves_one_after_the_other_and_two_serve_two() -> None:
    at_once = [Arrival(0, "x") for _ in range(40)]
    one = run(at_once, {"x": STEADY}, Machines(processes=1, database_cores=1, threads=40))
    two = run(at_once, {"x": STEADY}, Machines(processes=2, database_cores=1, threads=40))
    assert one.busy["web"] == pytest.approx(1)
    assert max(one.latencies["x"]) == pytest.approx(400, rel=0.15)
    assert max(two.latencies["x"]) == pytest.approx(200, rel=0.2)


def test_threads_let_the_database_work_while_python_does() -> None:
    """Ten milliseconds of each: together they take as long as one of them, but not with a single thread."""
    at_once = [Arrival(0, "x") for _ in range(40)]
    both = {"x": Cost(web=10, database=10)}
    many = run(at_once, both, Machines(processes=1, database_cores=1, threads=8))
    alone = run(at_once, both, Machines(processes=1, database_cores=1, threads=1))
    assert max(many.latencies["x"]) < 0.65 * max(alone.latencies["x"])


def test_rooms_wait_for_themselves_and_not_for_one_another() -> None:
    write = {"x": Cost(web=0, database=1, writes=True, locks=True)}
    machines = Machines(processes=8, database_cores=8, flush=10)
    same = run([Arrival(0, "x", 1) for _ in range(40)], write, machines)
    others = run([Arrival(0, "x", room) for room in range(40)], write, machines)
    assert max(same.latencies["x"]) == pytest.approx(40 * 11, rel=0.1)
    assert max(others.latencies["x"]) < 40  # the disk writes for all of them together


def test_waiting_is_what_the_formula_says() -> None:
    """Pollaczek and Khinchine: one server, arrivals by chance, busy for four fifths of the time."""
    chance, at, found = random.Random(2), 0.0, []
    for _ in range(30_000):
        at += chance.expovariate(80)
        found.append(Arrival(at, "x"))
    outcome = run(found, {"x": STEADY}, Machines(processes=1, database_cores=1, threads=10_000))
    assert outcome.busy["web"] == pytest.approx(0.8, rel=0.03)
    variation = 1 / 12  # of « from half to half more », squared
    expected = 10 + 0.8 * 10 * (1 + variation) / (2 * (1 - 0.8))
    assert statistics.mean(outcome.latencies["x"]) == pytest.approx(expected, rel=0.1)


def test_those_of_the_first_seconds_are_not_counted() -> None:
    found = run([Arrival(number / 10, "x") for number in range(100)], {"x": STEADY}, Machines(1, 1), warm=5)
    assert len(found.latencies["x"]) == 50


def test_the_hour_is_what_the_document_derives() -> None:
    assert (COUNTRY.people, STRESS.people, ACADEMY.people) == (18_000, 30_000, 12_000)
    pace = COUNTRY.per_second()
    assert pace["heartbeat"] == pytest.approx(1200)
    assert pace["unchanged"] + pace["one_row"] == pytest.approx(292.5)
    assert pace["start"] == pytest.approx(30)


def test_arrivals_are_as_many_as_the_hour_says() -> None:
    hour = Hour("x", rooms=60)
    found = simulate.arrivals(hour, seconds=60)
    for kind, pace in hour.per_second().items():
        counted = sum(one.kind == kind for one in found)
        assert counted == pytest.approx(60 * pace, rel=0.2), kind
    assert {one.at < 61.1 for one in found} == {True}


def test_what_one_machine_gave_is_put_beside_the_model() -> None:
    told = {"medians": FOUND, "mix": MIX, "rate": 50.0}
    costs = simulate.costs_of(told)
    assert costs["start"].web == simulate.START * costs["tick"].web
    lines = simulate.beside(told, costs)
    assert "20%" in lines[1]  # 50 a second at 4 ms, of one process
    assert simulate.cores_needed(ACADEMY, costs)["web"] == pytest.approx(
        sum(ACADEMY.per_second().values()) * 4 / 1000, rel=0.1
    )


def test_costs_are_those_of_a_partial_load() -> None:
    told = {"medians": {**FOUND, "paced_1": {**ONE, "web_ms": 7.2}}, "mix": MIX}
    assert simulate.dearer(told) == pytest.approx(1.5)
    assert simulate.costs_of(told)["heartbeat"].web == pytest.approx(6)
