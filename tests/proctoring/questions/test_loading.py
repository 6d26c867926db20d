"""What stops the start: a question set that contradicts itself is refused with the file and the question."""

from dataclasses import replace
from pathlib import Path

import pytest

from proctoring.questions.bank import BankError, Domain, bank, check_tests_can_be_drawn, load

VALID = {
    "id": '"info-01"',
    "level": "1",
    "kind": '"single"',
    "prompt": '"Laquelle ?"',
    "answer": '["a"]',
    "explanation": '"Celle-ci."',
    "options": '{ a = "un", b = "deux", c = "trois", d = "quatre" }',
}


def question_file(folder: Path, *questions: dict[str, str], domain: str = "information") -> Path:
    path = folder / "essai.toml"
    blocks = [
        "[[question]]\n" + "\n".join(f"{key} = {value}" for key, value in raw.items()) for raw in questions
    ]
    path.write_text(f'domain = "{domain}"\n' + "\n".join(blocks), encoding="utf-8")
    return path


def test_load_reads_a_valid_file(tmp_path: Path) -> None:
    assert load([question_file(tmp_path, VALID)])["info-01"].expected == ("un",)


@pytest.mark.parametrize(
    "change",
    [
        {"id": '"comm-01"'},
        {"id": '"info-1"'},
        {"level": "0"},
        {"level": "6"},
        {"level": "true"},
        {"level": '"1"'},
        {"kind": '"essay"'},
        {"prompt": '"  "'},
        {"prompt": '"Plusieurs réponses attendues."'},
        {"prompt": "3"},
        {"explanation": '""'},
        {"answer": '"a"'},
        {"answer": "[]"},
        {"answer": "[1]"},
        {"answer": '["e"]'},
        {"answer": '["a", "b"]'},
        {"kind": '"multiple"', "answer": '["a", "b"]'},
        {"kind": '"multiple"', "prompt": '"Plusieurs réponses."'},
        {"kind": '"multiple"', "prompt": '"Plusieurs réponses."', "answer": '["b", "a"]'},
        {"kind": '"multiple"', "prompt": '"Plusieurs réponses."', "answer": '["a", "a"]'},
        {"kind": '"short"'},
        {"kind": '"short"', "options": "{}", "answer": "[]"},
        {"kind": '"short"', "options": "{}", "answer": '["#"]'},
        {"kind": '"short"', "options": "{}", "answer": '["Clé", "une cle"]'},
        {"options": '{ a = "un", b = "deux", c = "trois" }'},
        {"options": '{ a = "un", b = "deux", c = "trois", e = "quatre" }'},
        {"options": '{ b = "un", a = "deux", c = "trois", d = "quatre" }'},
        {"options": '{ a = "un", b = "Un", c = "trois", d = "quatre" }'},
        {"options": '{ a = "un", b = 2, c = "trois", d = "quatre" }'},
        {"options": '["un", "deux", "trois", "quatre"]'},
        {"time_limit": "20"},
        {"time_limit": "91"},
        {"time_limit": "45.5"},
        {"hint": '"psst"'},
    ],
    ids=str,
)
def test_load_refuses_an_inconsistent_question_by_name(tmp_path: Path, change: dict[str, str]) -> None:
    raw = VALID | change
    with pytest.raises(BankError, match=rf"^essai\.toml: {raw['id'].strip('"')}: "):
        load([question_file(tmp_path, raw)])


def test_load_refuses_an_id_taken_twice(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"^essai\.toml: info-01: .*taken"):
        load([question_file(tmp_path, VALID, VALID)])


def test_load_names_a_question_without_id_by_its_position(tmp_path: Path) -> None:
    nameless = {key: value for key, value in VALID.items() if key != "id"}
    with pytest.raises(BankError, match=r"^essai\.toml: question 2: id "):
        load([question_file(tmp_path, VALID, nameless)])


@pytest.mark.parametrize(
    "content",
    [
        "domain =",
        'domain = "creation"\nquestion = [1]',
        'domain = "cooking"\nquestion = []',
        'domain = "creation"',
    ],
)
def test_load_refuses_a_broken_file_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "essai.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BankError, match=r"^essai\.toml: "):
        load([path])


def test_set_that_lacks_a_level_is_refused() -> None:
    kept = [q for q in bank().values() if (q.domain, q.level) != (Domain.CREATION, 5)]
    with pytest.raises(BankError, match=r"^creation: .* level 5"):
        check_tests_can_be_drawn(kept)


def test_set_with_too_few_timed_questions_is_refused() -> None:
    kept = [q if q.id in {"info-02", "info-06"} else replace(q, time_limit=None) for q in bank().values()]
    with pytest.raises(BankError, match="timed"):
        check_tests_can_be_drawn(kept)
