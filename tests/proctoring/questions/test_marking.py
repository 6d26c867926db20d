"""Marking of a white exam (D7)."""

from dataclasses import dataclass, field

from proctoring.questions.bank import Kind, bank, draw
from proctoring.questions.marking import mark

TEST = draw("a test")


@dataclass
class Given:
    position: int
    question_id: str
    response: list[str] = field(default_factory=list)


def right(position: int) -> Given:
    question = bank()[TEST[position - 1]]
    answers = question.answers[:1] if question.kind is Kind.SHORT else question.answers
    return Given(position, question.id, list(answers))


def test_a_test_without_a_mistake_has_every_question_right() -> None:
    result = mark(TEST, [right(position) for position in range(1, len(TEST) + 1)])

    assert (result.right, result.asked, result.left_out) == (32, 32, 0)
    assert all(one.right == one.asked >= 6 for one in result.domains)


def test_questions_that_were_not_reached_are_asked_and_not_right() -> None:
    result = mark(TEST, [right(1), right(2), Given(3, TEST[2])])

    assert (result.right, result.asked) == (2, 32)


def test_a_confirmed_problem_counts_for_nobody() -> None:
    result = mark(TEST, [right(1), right(2)], broken={2})

    assert (result.right, result.asked, result.left_out) == (1, 31, 1)
    assert 2 not in {one.position for domain in result.domains for one in domain.marked}


def test_a_question_that_left_the_set_is_left_out() -> None:
    result = mark(["gone", *TEST[1:]], [Given(1, "gone", ["a"])])

    assert (result.right, result.asked, result.left_out) == (0, 31, 1)


def test_what_was_answered_is_shown_in_words() -> None:
    position, question = next(
        (at, bank()[name]) for at, name in enumerate(TEST, start=1) if bank()[name].kind is Kind.SINGLE
    )
    wrong = next(option for option in question.options if option.key not in question.answers)

    result = mark(TEST, [Given(position, question.id, [wrong.key])])

    shown = next(one for domain in result.domains for one in domain.marked if one.position == position)
    assert (shown.given, shown.is_right) == ((wrong.text,), False)
