"""The built-in question set of the candidate desk (D3): what is asked, who gets what, what is right.

The questions stand in TOML files beside this module, one file a domain, so that a teacher can read and
correct them without reading code. They are read once, when this module is imported: a mistake in a file
stops the start of the application with the file and the question named, not the test of a pupil.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

QUESTIONS_PER_TEST = 32
LEVELS = range(1, 6)
MAX_SHORT_ANSWER = 200
MIN_TIMED_PER_TEST = 3

# Every test asks one question of each level in each domain, then fills up to 32 with these levels, so that
# two pupils of a room never get tests of unequal difficulty: level 3 in all domains, level 2 in two of them.
FILL_LEVEL_ALL_DOMAINS = 3
FILL_LEVEL_SOME_DOMAINS = 2
DOMAINS_WITH_ONE_MORE = 2


class BankError(ValueError):
    """The question set contradicts itself; the message names the file and the question."""


class Domain(StrEnum):
    """The five domains of digital skills; `label` is the name shown to pupils and admins."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    INFORMATION = "information", "Information et données"
    COMMUNICATION = "communication", "Communication et collaboration"
    CREATION = "creation", "Création de contenu"
    PROTECTION = "protection", "Protection et sécurité"
    ENVIRONMENT = "environment", "Environnement numérique"


class Kind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the set.

    `answers` holds option keys in option order, or the accepted spellings of a short answer, the one to show
    first. `extract` may be empty; its spaces and line ends count. `time_limit` is in seconds.
    """

    id: str
    domain: Domain
    level: int
    kind: Kind
    prompt: str
    extract: str
    options: tuple[Option, ...]
    answers: tuple[str, ...]
    time_limit: int | None
    explanation: str

    @property
    def expected(self) -> tuple[str, ...]:
        """The right answer as a pupil reads it after a white exam (D7)."""
        if self.kind is Kind.SHORT:
            return self.answers[:1]
        return tuple(option.text for option in self.options if option.key in self.answers)


# --- Reading and validating -------------------------------------------------------------------------------

_FIELDS = {"id", "level", "kind", "prompt", "extract", "options", "answer", "time_limit", "explanation"}
_OPTION_KEYS = "abcdef"
_OPTION_COUNT = {Kind.SINGLE: range(4, 5), Kind.MULTIPLE: range(4, 7), Kind.SHORT: range(1)}
_ANSWER_COUNT = {Kind.SINGLE: range(1, 2), Kind.MULTIPLE: range(2, 5), Kind.SHORT: range(1, 20)}
_TIME_LIMIT = range(30, 91)


@cache
def bank() -> Mapping[str, Question]:
    """All questions by id, in file order; raises BankError when they can't make a test."""
    questions = load(sorted(Path(__file__).parent.glob("*.toml")))
    check_tests_can_be_drawn(questions.values())
    return MappingProxyType(questions)


def load(paths: Iterable[Path]) -> dict[str, Question]:
    """Read question files; raises BankError naming the file and the question of the first inconsistency."""
    questions: dict[str, Question] = {}
    for path in paths:
        try:
            domain, raw_questions = _file(path)
        except ValueError as error:
            raise BankError(f"{path.name}: {error}") from error
        for position, raw in enumerate(raw_questions, start=1):
            name = raw.get("id", f"question {position}")
            try:
                question = _question(raw, domain)
            except ValueError as error:
                raise BankError(f"{path.name}: {name}: {error}") from error
            if question.id in questions:
                raise BankError(f"{path.name}: {name}: this id is already taken")
            questions[question.id] = question
    return questions


def _file(path: Path) -> tuple[Domain, list[dict[str, Any]]]:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(content) != {"domain", "question"}:
        raise ValueError("a file holds a domain and its questions, nothing else")
    tables = content["question"]
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ValueError("each question begins with [[question]]")
    return Domain(content["domain"]), tables


def _question(raw: Mapping[str, Any], domain: Domain) -> Question:
    if unknown := raw.keys() - _FIELDS:
        raise ValueError(f"unknown field {', '.join(sorted(unknown))}")
    kind = Kind(_text(raw, "kind"))
    question = Question(
        id=_text(raw, "id"),
        domain=domain,
        level=_whole_number(raw, "level"),
        kind=kind,
        prompt=_text(raw, "prompt"),
        extract=_text(raw, "extract").rstrip("\n") if "extract" in raw else "",
        options=_options(raw.get("options", {})),
        answers=_answers(raw.get("answer")),
        time_limit=_whole_number(raw, "time_limit") if "time_limit" in raw else None,
        explanation=_text(raw, "explanation"),
    )
    if not re.fullmatch(rf"{domain[:4]}-[0-9]{{2}}", question.id):
        raise ValueError(f"an id of this file reads {domain[:4]}-NN")
    if question.level not in LEVELS:
        raise ValueError("the level is a number from 1 to 5")
    if question.time_limit is not None and question.time_limit not in _TIME_LIMIT:
        raise ValueError("a time limit is between 30 and 90 seconds")
    if len(question.options) not in _OPTION_COUNT[kind]:
        raise ValueError(f"{len(question.options)} options do not fit a question of kind {kind}")
    if len(question.answers) not in _ANSWER_COUNT[kind]:
        raise ValueError(f"{len(question.answers)} answers do not fit a question of kind {kind}")
    if kind is Kind.SHORT:
        _check_spellings(question.answers)
    else:
        _check_choices(question)
    return question


def _text(raw: Mapping[str, Any], field: str) -> str:
    value = raw.get(field)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{field} must be a text")
    return value


def _whole_number(raw: Mapping[str, Any], field: str) -> int:
    value = raw.get(field)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{field} must be a whole number")
    return value


def _options(raw: object) -> tuple[Option, ...]:
    if not isinstance(raw, dict) or "".join(raw) != _OPTION_KEYS[: len(raw)]:
        raise ValueError("options are named a, b, c … in this order")
    options = tuple(Option(key, _text(raw, key)) for key in raw)
    if len({option.text.casefold() for option in options}) != len(options):
        raise ValueError("two options say the same")
    return options


def _answers(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(answer, str) for answer in raw):
        raise ValueError("answer must be a list of texts")
    return tuple(raw)


def _check_spellings(spellings: tuple[str, ...]) -> None:
    forms = Counter(normalised(spelling) for spelling in spellings)
    # An answer made of signs only ("#") would vanish in the comparison: such a question must offer options.
    if forms[""]:
        raise ValueError("an accepted answer has neither letter nor digit")
    if max(forms.values()) > 1:
        raise ValueError("two accepted answers are the same once normalised")


def _check_choices(question: Question) -> None:
    keys = [option.key for option in question.options]
    if list(question.answers) != [key for key in keys if key in question.answers]:
        raise ValueError("answers must be option keys, once each, in option order")
    asks_for_several = "plusieurs réponses" in question.prompt.casefold()
    if asks_for_several is not (question.kind is Kind.MULTIPLE):
        raise ValueError(
            "the prompt says «\u00a0plusieurs réponses\u00a0» when several are expected, and only then"
        )


def check_tests_can_be_drawn(questions: Collection[Question]) -> None:
    """Raise BankError unless `draw` can keep all its promises with these questions, whatever the seed."""
    available = Counter((question.domain, question.level) for question in questions)
    for domain in Domain:
        for level in LEVELS:
            needed = 2 if level in (FILL_LEVEL_ALL_DOMAINS, FILL_LEVEL_SOME_DOMAINS) else 1
            if available[domain, level] < needed:
                raise BankError(f"{domain}: a test needs {needed} question(s) of level {level}")
    if (
        len({(question.domain, question.level) for question in questions if question.time_limit})
        < MIN_TIMED_PER_TEST
    ):
        raise BankError("a test needs more timed questions")


# --- Drawing a test ---------------------------------------------------------------------------------------


def draw(seed: int | str) -> list[str]:
    """The ids of one test: 32, 6 or 7 a domain, of rising level, at least 3 of them timed.

    The same seed gives the same test on any machine and any Python. Keep the list with the attempt all the
    same: a question added to the set changes what a seed draws.
    """
    ranked = sorted(bank().values(), key=lambda question: _rank(seed, question.id))
    timed = _timed_to_keep(ranked)
    places = _places(seed)
    drawn: list[Question] = []
    for question in sorted(ranked, key=lambda question: question.id not in timed):
        cell = question.domain, question.level
        if places[cell]:
            places[cell] -= 1
            drawn.append(question)
    return [question.id for question in sorted(drawn, key=lambda q: (q.level, _rank(seed, q.id)))]


def _rank(seed: int | str, name: str) -> bytes:
    # A digest and not `random`, whose choices are not promised to stay the same from one Python to the next.
    return hashlib.sha256(f"{seed}:{name}".encode()).digest()


def _places(seed: int | str) -> Counter[tuple[Domain, int]]:
    """How many questions the test takes from each domain at each level."""
    places = Counter((domain, level) for domain in Domain for level in LEVELS)
    places.update((domain, FILL_LEVEL_ALL_DOMAINS) for domain in Domain)
    longer = sorted(Domain, key=lambda domain: _rank(seed, domain))[:DOMAINS_WITH_ONE_MORE]
    places.update((domain, FILL_LEVEL_SOME_DOMAINS) for domain in longer)
    return places


def _timed_to_keep(ranked: Iterable[Question]) -> set[str]:
    """Timed questions that must be in the test, in different cells so that none crowds out another."""
    kept: dict[tuple[Domain, int], str] = {}
    for question in ranked:
        if question.time_limit and len(kept) < MIN_TIMED_PER_TEST:
            kept.setdefault((question.domain, question.level), question.id)
    return set(kept.values())


# --- Answering --------------------------------------------------------------------------------------------


def clean_response(question: Question, raw: Sequence[str]) -> list[str]:
    """What may be stored of a posted response: option keys in option order, or one short text.

    Raises ValueError("empty") when nothing usable is left, ValueError("too_many") when a question that
    takes one response got several.
    """
    if question.kind is Kind.SHORT:
        cleaned = [text for text in (_one_line(value) for value in raw) if text]
    else:
        cleaned = [option.key for option in question.options if option.key in raw]
    if not cleaned:
        raise ValueError("empty")
    if len(cleaned) > 1 and question.kind is not Kind.MULTIPLE:
        raise ValueError("too_many")
    return cleaned


def is_correct(question: Question, response: Sequence[str]) -> bool:
    """Whether a response is right; all or nothing for several options, never an exception.

    A short answer is compared after `normalised`; a skipped question (no response) is wrong.
    """
    if question.kind is not Kind.SHORT:
        return set(response) == set(question.answers)
    if len(response) != 1 or len(response[0]) > MAX_SHORT_ANSWER:
        return False
    return normalised(response[0]) in {normalised(spelling) for spelling in question.answers}


def _one_line(value: str) -> str:
    """The text without line ends, invisible characters, or what a database refuses (NUL, lone surrogates)."""
    # Slicing first bounds the work on a huge post; the second slice bounds what is kept.
    spaced = (" " if character.isspace() else character for character in value[: 10 * MAX_SHORT_ANSWER])
    visible = (character for character in spaced if not unicodedata.category(character).startswith("C"))
    return " ".join("".join(visible).split())[:MAX_SHORT_ANSWER].strip()


_LEADING_ARTICLE = re.compile(r"(?:(?:le|la|les|un|une|des)\s+|l['’]\s*)(?=\w)")
_NUMBER = re.compile(r"(-?)0*([0-9]+)(?:[.,]([0-9]*?)0*)?")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "’": "'", "‘": "'", "ʼ": "'", "−": "-", "–": "-"})


def normalised(text: str) -> str:
    """The form in which short answers are compared.

    Ignored: case, accents, spaces, a leading article, whatever is neither letter nor digit at both ends
    (except the sign of a number), comma or point in a number, zeros that change nothing.
    """
    decomposed = unicodedata.normalize(
        "NFKD", unicodedata.normalize("NFKC", text).casefold().translate(_LIGATURES)
    )
    bare = "".join(
        character
        for character in decomposed
        if unicodedata.category(character) not in {"Mn", "Cf", "Cc", "Cs"} or character.isspace()
    )
    without_article = _LEADING_ARTICLE.sub("", bare.strip(), count=1)
    joined = "".join(without_article.split())
    trimmed = _trim_signs(joined)
    number = _NUMBER.fullmatch(trimmed)
    if number is None:
        return trimmed
    sign, whole, fraction = number.groups()
    value = f"{whole}.{fraction}" if fraction else whole
    return f"-{value}" if sign == "-" and value != "0" else value


def _trim_signs(text: str) -> str:
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    negative = start == 1 and text[0] == "-" and text[1:2].isdecimal()
    return text[0:end] if negative else text[start:end]


# Here and not at first use: a broken set must stop the deployment, not the first pupil.
bank()
