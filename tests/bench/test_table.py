"""The bench without its clock: its modules import, a request is written right, ratios are computed right."""

import importlib
import pkgutil

import pytest

import bench
from bench import scenarios, table
from bench.load import Call

ROUNDS = [
    {
        "empty": {"per_second": 1000.0, "cpu_ms": 0.5, "errors": 0},
        "unchanged": {"per_second": 600.0, "cpu_ms": 0.8, "errors": 0},
        "edx_half_room": {"per_second": 8.0, "cpu_ms": 100.0, "errors": 0},
        "page": {"per_second": 100.0, "cpu_ms": 9.0, "errors": 0},
    },
    {
        "empty": {"per_second": 1200.0, "cpu_ms": 0.5, "errors": 1},
        "unchanged": {"per_second": 500.0, "cpu_ms": 0.9, "errors": 2},
    },
    {"empty": {"per_second": 900.0, "cpu_ms": 0.4, "errors": 0}},
    {"page": {"rows_gzip": 4000.0}, "unchanged": {"queries": 1.0}},
]


@pytest.mark.parametrize(
    "name",
    [found.name for found in pkgutil.walk_packages(bench.__path__, "bench.") if ".edx" not in found.name],
)
def test_every_module_imports(name: str) -> None:
    """Those that run under an edx-proctoring need it to import."""
    importlib.import_module(name)


def test_the_median_of_the_rounds_counts_and_errors_add_up() -> None:
    found = table.medians(ROUNDS)
    assert found["empty"] == {"per_second": 1000.0, "cpu_ms": 0.5, "errors": 1}
    assert found["unchanged"]["per_second"] == 550.0
    assert found["edx_room"]["per_second"] == 4.0  # two of its pages


def test_goals_are_ratios_within_the_run() -> None:
    lines = {line.goal.what: line for line in table.lines(table.medians(ROUNDS))}
    kept = {what: (round(line.value, 3), line.kept) for what, line in lines.items()}
    assert kept == {
        "actualisation sans changement / vue vide": (0.55, True),
        "actualisation sans changement / liste d’edx-proctoring": (68.75, False),
        "actualisation sans changement : requêtes SQL": (1.0, True),
        "page de 40 / salle entière d’edx-proctoring": (25.0, False),
        "page de 40 : octets des lignes, compressés": (4000.0, False),
    }


def test_the_words_say_what_falls_short_and_what_was_not_measured() -> None:
    words = table.words(table.medians(ROUNDS), {"page": "page de la salle"})
    assert "3 manqués sur 5." in words
    (missed,) = [line for line in words.splitlines() if "salle entière d’edx-proctoring" in line]
    assert missed.split()[:4] == ["MANQUÉ", "25×", "≥", "50"]
    assert "Non mesuré : battement / vue vide." in words


def test_a_call_goes_over_the_wire_as_a_browser_sends_it() -> None:
    call = Call.make("/x/", form={"present": "1"}, Cookie="a=b", HX_Request="true")
    head, _, body = call.wire.partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[0] == b"POST /x/ HTTP/1.1"
    assert {b"Cookie: a=b", b"HX-Request: true", b"Content-Length: 9"} <= set(head.split(b"\r\n"))
    assert body == b"present=1"


def test_ticks_change_something_each_time() -> None:
    rooms = [{"number": n, "token": "t", "expected": [10 * n, 10 * n + 1]} for n in (1, 2)]
    calls = scenarios.ticks(rooms)
    asked = [next(calls).wire for _ in range(8)]
    assert len(set(asked)) == 8
    assert [b"present=1" in wire for wire in asked] == [True] * 4 + [False] * 4
