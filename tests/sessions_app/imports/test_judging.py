"""Every error and every warning of a list: where, what was read, what to do (P5, P6)."""

from datetime import date

import pytest

from sessions_app.enums import SignInMode
from sessions_app.imports.headers import Field
from sessions_app.imports.judging import Judged, judge
from sessions_app.imports.reading import Cell

TODAY = date(2026, 3, 10)
COLUMNS = {field: at for at, field in enumerate(Field)}
GOOD: list[Cell] = ["DUPONT", "Paul", "21/05/2011", "3e A", "X1", None, None]


def line(**changed: Cell) -> list[Cell]:
    return [changed.get(field.value, GOOD[at]) for at, field in enumerate(Field)]


def judged(*rows: list[Cell]) -> Judged:
    return judge(list(enumerate(rows, start=4)), COLUMNS, today=TODAY)


def read(**changed: Cell) -> object:
    [name] = changed
    result = judged(line(**changed))
    assert not any(problem.blocks for problem in result.problems), result.problems
    return getattr(result.people[0], name)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("21/05/1994", date(1994, 5, 21)),
        ("21/05/94", date(1994, 5, 21)),
        ("01/03/11", date(2011, 3, 1)),
        ("1/3/2011", date(2011, 3, 1)),
        ("1.3.2011", date(2011, 3, 1)),
        ("1-3-2011", date(2011, 3, 1)),
        ("2010-5-3", date(2010, 5, 3)),
        ("2010-05-03T00:00:00", date(2010, 5, 3)),
        ("\u00a021/05/1994 ", date(1994, 5, 21)),
        ({"date": "2010-05-03"}, date(2010, 5, 3)),
        (40603.0, date(2011, 3, 1)),
        ("40603", date(2011, 3, 1)),
    ],
)
def test_birth_date_that_is_clear_is_read(cell: Cell, expected: date) -> None:
    assert read(birth_date=cell) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "required"),
        ("   ", "required"),
        ("31/02/2010", "date_impossible"),
        ("05/21/2010", "date_impossible"),
        ("2010-13-01", "date_impossible"),
        ("le 3 mai", "date_format"),
        ("2011", "date_format"),
        (2011.0, "date_format"),
        (21051994.0, "date_format"),
        ("12/03", "date_format"),
        ("01/01/1900", "date_too_old"),
        ("01/01/1850", "date_too_old"),
        ({"date": "2026-03-11"}, "date_in_future"),
        ("=A1", "formula"),
        ("#REF!", "sheet_error"),
    ],
)
def test_birth_date_that_is_not_is_named(cell: Cell, code: str) -> None:
    [problem] = judged(line(birth_date=cell)).problems
    assert (problem.code, problem.blocks, problem.line, problem.column) == (code, True, 4, "C")
    assert problem.field == "Date de naissance"
    assert problem.fact.endswith(".") and problem.todo.endswith(".")


def test_day_and_month_inverted_is_said() -> None:
    [problem] = judged(line(birth_date="05/21/2010")).problems
    assert "inversés" in problem.fact


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (None, 0), ("", 0), ("non", 0), (0.0, 0), ("33", 33), ("33 %", 33), ("33\u202f%", 33), ("33%", 33), (33.0, 33),
        ("0,33", 33), ("0.33", 33), (0.33, 33), (0.3333, 33), (33.33, 33), ("33,33", 33), ("1/3", 33), ("25", 25),
        ("100 %", 100), ("50 pour cent", 50), (0.5, 50),
    ],
)  # fmt: skip
def test_extra_time_that_is_clear_is_read(cell: Cell, expected: int) -> None:
    assert read(extra_time_percent=cell) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("0,33 %", "extra_time_format"),
        ("oui", "extra_time_format"),
        ("-33", "extra_time_format"),
        (-0.33, "extra_time_format"),
        ("12,5", "extra_time_format"),
        (1.0, "extra_time_ambiguous"),
        ("330", "extra_time_too_big"),
        ({"date": "2011-01-01"}, "extra_time_format"),
        ("9" * 400, "extra_time_too_big"),
    ],
)
def test_extra_time_that_is_not_is_named(cell: Cell, code: str) -> None:
    [problem] = judged(line(extra_time_percent=cell)).problems
    assert (problem.code, problem.blocks, problem.column) == (code, True, "F")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "required"),
        ("\u00a0 \u200b", "required"),
        ("x" * 101, "too_long"),
        ("=HYPERLINK(A1)", "formula"),
        ("#N/A", "sheet_error"),
        ("Du\x07pont", "unreadable"),
        ("李", "no_letter"),
    ],
)
def test_name_that_cannot_be_one_is_named(cell: Cell, code: str) -> None:
    for field, column in ((Field.LAST_NAME, "A"), (Field.FIRST_NAME, "B")):
        [problem] = [one for one in judged(line(**{field.value: cell})).problems if one.blocks]
        assert (problem.code, problem.column, problem.field) == (code, column, field.label)


def test_name_is_cleaned_and_keeps_its_letters() -> None:
    assert read(last_name=" L\u2019H\u00e9ritier\u00a0 de\u200b  Brutelle ") == "L’Héritier de Brutelle"
    assert read(first_name="E\u0301lo\u0131\u0308se") == "Éloı\u0308se"
    assert read(local_id="'-12") == "-12"
    assert read(local_id=12.0) == "12"


@pytest.mark.parametrize(("name", "longest"), [("class_name", 50), ("local_id", 100)])
def test_optional_text_that_is_too_long_is_an_error(name: str, longest: int) -> None:
    [problem] = judged(line(**{name: "x" * (longest + 1)})).problems
    assert (problem.code, problem.blocks) == ("too_long", True)


@pytest.mark.parametrize(
    ("changed", "code", "column"),
    [
        ({"birth_date": "01/01/2020"}, "age", "C"),
        ({"birth_date": "01/01/1930"}, "age", "C"),
        ({"extra_time_percent": "50"}, "extra_time_unusual", "F"),
        ({"last_name": "Dupont☺"}, "glyph", "A"),
        ({"first_name": "Paul 2"}, "digit", "B"),
    ],
)
def test_strange_value_is_a_warning_and_is_kept(changed: dict[str, Cell], code: str, column: str) -> None:
    result = judged(line(**changed))
    [problem] = result.problems
    assert (problem.code, problem.blocks, problem.column) == (code, False, column)
    assert len(result.people) == 1


@pytest.mark.parametrize("name", ["Nguyễn", "Łukasz", "Ağaoğlu", "L’Œuvre-Ÿ", "Žižek"])
def test_latin_name_is_drawn(name: str) -> None:
    assert judged(line(last_name=name)).problems == []


def test_duplicate_is_an_error_that_names_both_lines() -> None:
    result = judged(line(), line(first_name="Ana"), line(last_name="Du-Pont", first_name="PÀUL"))
    duplicate = result.problems[0]
    assert (duplicate.code, duplicate.blocks, duplicate.line) == ("duplicate", True, 6)
    assert "ligne 4" in duplicate.fact


def test_homonyms_are_a_warning() -> None:
    [problem] = judged(line(), line(first_name="Martine")).problems
    assert (problem.code, problem.blocks) == ("homonyms", False)
    assert "DUPONT Martine (ligne 5)" in problem.fact


def test_columns_that_changed_places_are_a_warning() -> None:
    rows = [
        line(last_name=name, first_name="LE" + "ABC"[at]) for at, name in enumerate(("Ana", "Bob", "Cid"))
    ]
    assert [problem.code for problem in judged(*rows).problems] == ["swapped"]


def test_line_with_nobody_is_left_aside_and_said() -> None:
    result = judged(line(), [None] * 6)
    assert [problem.code for problem in result.problems] == ["ignored"]
    assert len(result.people) == 1


def test_all_problems_are_listed_errors_first() -> None:
    result = judged(
        line(birth_date="01/01/2020"), line(last_name=None, birth_date="x", extra_time_percent="oui")
    )
    assert [(one.blocks, one.line) for one in result.problems] == [
        (True, 5),
        (True, 5),
        (True, 5),
        (False, 4),
    ]


def test_column_that_the_file_lacks_says_nothing() -> None:
    columns = {field: COLUMNS[field] for field in (Field.LAST_NAME, Field.FIRST_NAME, Field.BIRTH_DATE)}
    [person] = judge([(2, GOOD)], columns, today=TODAY).people
    assert (person.class_name, person.local_id, person.extra_time_percent) == (None, None, None)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Médiacentre (ENT)", SignInMode.MEDIACENTRE),
        ("identifiant", SignInMode.USERNAME),
        ("E-mail", SignInMode.EMAIL),
        ("JAMAIS CONNECTÉ", SignInMode.NEVER),
        ("Non renseigné", None),
        (None, None),
    ],
)
def test_sign_in_mode_is_read_by_the_words_of_the_page(cell: Cell, expected: SignInMode | None) -> None:
    assert read(sign_in_mode=cell) == expected
