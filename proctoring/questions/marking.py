"""Marking a white exam (D7): how many right answers in each domain, and what the right answer was. No score."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from proctoring.questions.bank import Domain, Kind, Question, bank, is_correct


class Given(Protocol):
    """What a candidate answered at one position."""

    position: int
    question_id: str
    response: Sequence[str]


@dataclass(frozen=True, slots=True)
class Marked:
    """One question of his test. `given` is empty when he did not answer."""

    position: int
    question: Question
    given: tuple[str, ...]
    is_right: bool


@dataclass(frozen=True, slots=True)
class DomainResult:
    """The questions of one domain, in the order in which they were asked."""

    domain: Domain
    marked: tuple[Marked, ...]

    @property
    def right(self) -> int:
        return sum(one.is_right for one in self.marked)

    @property
    def asked(self) -> int:
        return len(self.marked)


@dataclass(frozen=True, slots=True)
class Result:
    """Of one test; `left_out` counts the questions that a confirmed problem took out of it."""

    domains: tuple[DomainResult, ...]
    left_out: int

    @property
    def right(self) -> int:
        return sum(one.right for one in self.domains)

    @property
    def asked(self) -> int:
        return sum(one.asked for one in self.domains)


def mark(question_ids: Sequence[str], given: Iterable[Given], broken: Collection[int] = ()) -> Result:
    """The result of a test of these questions. A question that was not reached counts as not answered.

    `broken`: positions whose problem the proctor confirmed (R15): they count for nobody. So does a question that
    has left the set since.
    """
    answers: Mapping[int, Given] = {one.position: one for one in given}
    found: dict[Domain, list[Marked]] = {domain: [] for domain in Domain}
    left_out = 0
    for position, name in enumerate(question_ids, start=1):
        question = bank().get(name)
        if question is None or position in broken:
            left_out += 1
            continue
        answer = answers.get(position)
        response = tuple(answer.response) if answer is not None and answer.question_id == name else ()
        found[question.domain].append(
            Marked(position, question, _shown(question, response), is_correct(question, response))
        )
    return Result(tuple(DomainResult(domain, tuple(found[domain])) for domain in Domain), left_out)


def _shown(question: Question, response: Sequence[str]) -> tuple[str, ...]:
    if question.kind is Kind.SHORT:
        return tuple(response)
    return tuple(option.text for option in question.options if option.key in response)
