"""What a file of several sessions says by itself: sessions, people, and every problem with its place (P5)."""

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sessions_app.imports.headers import Field
from sessions_app.imports.judging import Problem
from sessions_app.imports.reading import Cell
from sessions_app.imports.session_columns import SessionField
from sessions_app.imports.session_judging import JudgedSessions, judge_sessions
from sessions_app.imports.session_values import hour_of, place_key, session_day_of
from sessions_app.imports.values import Wrong
from tests.sessions_app.batches.acts import NOON, line

SESSION = {one: at for at, one in enumerate(SessionField)}
CANDIDATE = {
    Field.LAST_NAME: 7,
    Field.FIRST_NAME: 8,
    Field.BIRTH_DATE: 9,
    Field.LOCAL_ID: 17,
    Field.EXTRA_TIME: 18,
}


def judged(*lines: list[str], zone: str = "Europe/Paris") -> JudgedSessions:
    rows: list[tuple[int, list[Cell]]] = [
        (number, [cell or None for cell in cells]) for number, cells in enumerate(lines, start=2)
    ]
    return judge_sessions(rows, SESSION, CANDIDATE, zone=ZoneInfo(zone), now=NOON)


def found(said: JudgedSessions) -> list[tuple[str, bool, int, str]]:
    return [(one.code, one.blocks, one.line, one.column) for one in said.problems]


def only(said: JudgedSessions) -> Problem:
    [problem] = said.problems
    return problem


def test_lines_with_the_same_place_and_time_are_one_session() -> None:
    said = judged(
        line("Alpha"),
        line("Bravo", site="COLLEGE", room=" b12", hour="10h00"),
        line("Charlie", room="C04"),
        line("Delta", hour="13:45"),
        line("Echo", day="18/03/2026"),
    )
    assert [(one.room, len(one.people)) for one in said.groups] == [
        ("B12", 2),
        ("C04", 1),
        ("B12", 1),
        ("B12", 1),
    ]
    assert said.groups[0].starts_at == datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
    assert said.problems == []


def test_hours_are_local_to_the_school() -> None:
    [group] = judged(line(), zone="Indian/Reunion").groups
    assert group.starts_at == datetime(2026, 3, 17, 6, 0, tzinfo=UTC)


def test_punctuation_tells_rooms_apart() -> None:
    assert place_key("1-12") != place_key("11-2")
    assert place_key("Salle  É") == place_key("SALLE e")


def test_lines_with_a_number_are_the_list_of_that_session() -> None:
    said = judged(line("Alpha", number="123456"), line("Bravo", number=" 123 456"))
    [group] = said.groups
    assert (group.number, len(group.people)) == (123456, 2)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"site": ""}, ("required", True, 2, "B")),
        ({"room": ""}, ("required", True, 2, "C")),
        ({"room": "x" * 101}, ("too_long", True, 2, "C")),
        ({"day": ""}, ("required", True, 2, "D")),
        ({"day": "31/02/2026"}, ("date_impossible", True, 2, "D")),
        ({"day": "demain"}, ("date_format", True, 2, "D")),
        ({"day": "17/03/1926"}, ("date_out_of_range", True, 2, "D")),
        ({"hour": ""}, ("required", True, 2, "E")),
        ({"hour": "25:00"}, ("hour_impossible", True, 2, "E")),
        ({"hour": "10:75"}, ("hour_impossible", True, 2, "E")),
        ({"hour": "le matin"}, ("hour_format", True, 2, "E")),
        ({"day": "29/03/2026", "hour": "02:30"}, ("hour_skipped", True, 2, "E")),
        ({"day": "25/10/2026", "hour": "02:30"}, ("hour_twice", False, 2, "E")),
        ({"day": "09/03/2026"}, ("past", False, 2, "D")),
        ({"proctors": ""}, ("no_proctor", False, 2, "F")),
        ({"proctors": "x" * 301}, ("too_long", True, 2, "F")),
        ({"number": "12 A"}, ("number_format", True, 2, "A")),
        ({"last": ""}, ("required", True, 2, "H")),
        ({"birth": "31/02/2011"}, ("date_impossible", True, 2, "J")),
        ({"extra": "330"}, ("extra_time_too_big", True, 2, "S")),
        ({"extra": "beaucoup"}, ("extra_time_format", True, 2, "S")),
        ({"extra": "50"}, ("extra_time_unusual", False, 2, "S")),
    ],
)
def test_problem_is_named_with_its_place(
    changed: dict[str, Any], expected: tuple[str, bool, int, str]
) -> None:
    said = judged(line(**changed))
    assert expected in found(said)
    assert len(said.problems) == 1


@pytest.mark.parametrize(
    ("written", "percent"), [("33", 33), ("0,33", 33), ("33%", 33), ("33 %", 33), ("", 0)]
)
def test_extra_time_is_read_as_anywhere_else(written: str, percent: int) -> None:
    [group] = judged(line(extra=written)).groups
    assert group.people[0].extra_time_percent == percent


def test_every_problem_of_a_line_is_told() -> None:
    said = judged(line("", day="hier", hour="25:00", birth="x"))
    assert [one[3] for one in found(said)] == ["D", "E", "H", "J"]


def test_line_of_no_session_is_told_once() -> None:
    said = judged(line(site="", room="", day="", hour="", proctors=""))
    assert found(said) == [("no_session", True, 2, "B")]


def test_number_and_session_together_are_refused() -> None:
    cells = line()
    cells[0] = "123456"
    problem = only(judged(cells))
    assert (problem.code, problem.read) == ("number_and_session", "123456")
    assert "«\u00a0Nom du site\u00a0», «\u00a0Nom de la salle\u00a0»" in problem.fact


def test_proctors_of_a_session_are_all_kept_and_it_is_said() -> None:
    said = judged(
        line("Alpha", proctors="Perrine Essai"),
        line("Bravo", proctors="ESSAI Perrine, Luc Démo"),
        line("Charlie", proctors=""),
    )
    assert said.groups[0].proctor_names == "Perrine Essai, Luc Démo"
    problem = only(said)
    assert (problem.code, problem.blocks, problem.line) == ("proctors_differ", False, 2)
    assert "lignes 2 à 4" in problem.fact


def test_same_pupil_twice_in_a_session_is_an_error_and_in_two_is_not() -> None:
    said = judged(line("Dupont", "Paul"), line("DUPONT", "paul"), line("Dupont", "Paul", hour="15:00"))
    assert found(said) == [("duplicate", True, 3, "H")]


def test_homonyms_of_a_session_are_told() -> None:
    said = judged(line("Dupont", "Paul"), line("Dupont", "Ana"), line("Dupont", "Zoé", room="C04"))
    problem = only(said)
    assert (problem.code, problem.blocks) == ("homonyms", False)
    assert "Zoé" not in problem.fact


def test_session_without_candidates_is_made_and_told() -> None:
    said = judged(line("", "", ""), line("Alpha", room="C04"))
    assert [(one.room, len(one.people)) for one in said.groups] == [("B12", 0), ("C04", 1)]
    assert found(said) == [("empty_session", False, 2, "B")]


def test_number_without_candidates_changes_nothing_and_is_told() -> None:
    said = judged(line("", "", "", number="123456"))
    assert found(said) == [("nobody", False, 2, "A")]


def test_errors_come_before_warnings_in_the_order_of_the_lines() -> None:
    said = judged(line("Alpha", day="09/03/2026"), line("Bravo", hour="x"), line("Charlie", hour="y"))
    assert [(one.blocks, one.line) for one in said.problems] == [(True, 3), (True, 4), (False, 2)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("9:05", time(9, 5)), ("09h05", time(9, 5)), ("9h", time(9)), ("10:00:00", time(10)), (0.4375, time(10, 30)),
    ],
)  # fmt: skip
def test_hour_is_read_as_people_and_spreadsheets_write_it(cell: Cell, expected: time) -> None:
    assert hour_of(cell) == expected


@pytest.mark.parametrize("cell", [1.5, 0.99999, {"date": "2026-03-17"}, "24:00", "-1:00"])
def test_what_is_no_hour_is_refused(cell: Cell) -> None:
    with pytest.raises(Wrong):
        hour_of(cell)


@pytest.mark.parametrize("cell", ["17/03/2026", "17/3/26", "2026-03-17", {"date": "2026-03-17"}, 46098.0])
def test_day_of_a_session_may_be_written_in_many_ways(cell: Cell) -> None:
    assert session_day_of(cell).isoformat() == "2026-03-17"
