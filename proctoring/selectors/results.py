"""Results of a white exam (D7): of one pupil for himself, of a class for its admin. A certification has none."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from proctoring.enums import OVER, AlertStatus, AttemptState
from proctoring.models import Alert, Answer, Attempt
from proctoring.questions.bank import Domain
from proctoring.questions.marking import Result, mark
from sessions_app.enums import SessionKind
from sessions_app.models import Candidate, Session


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate of the class table; `result` None: his answers are not here (paper, another platform)."""

    last_name: str
    first_name: str
    class_name: str
    standing: str
    result: Result | None


def result_of(attempt: Attempt, session: Session) -> Result | None:
    """What a pupil sees once his white exam is over; two queries. None for any other session, or without answers."""
    if session.kind != SessionKind.WHITE_EXAM or attempt.state not in OVER or not attempt.question_ids:
        return None
    answers = Answer.objects.filter(attempt_id=attempt.pk)
    broken = Alert.objects.filter(attempt_id=attempt.pk, status=AlertStatus.VALIDATED)
    return mark(attempt.question_ids, answers, set(broken.values_list("question", flat=True)))


def class_results(session: Session) -> list[Line]:
    """Every candidate in the order of the list; three queries whatever their number.

    Marked when his test is over: what runs has no result yet.
    """
    answers: dict[int, list[Answer]] = defaultdict(list)
    for answer in Answer.objects.filter(attempt__session_id=session.pk).order_by("attempt_id", "position"):
        answers[answer.attempt_id].append(answer)
    broken: dict[int, set[int]] = defaultdict(set)
    confirmed = Alert.objects.filter(attempt__session_id=session.pk, status=AlertStatus.VALIDATED)
    for attempt_id, question in confirmed.order_by("pk").values_list("attempt_id", "question"):
        broken[attempt_id].add(question)
    return [
        _line(candidate, getattr(candidate, "attempt", None), answers, broken)
        for candidate in session.candidates.select_related("attempt").order_by("sort_key", "pk")
    ]


def domain_titles() -> list[str]:
    return [domain.label for domain in Domain]


def _line(
    candidate: Candidate,
    attempt: Attempt | None,
    answers: Mapping[int, Sequence[Answer]],
    broken: Mapping[int, Collection[int]],
) -> Line:
    result = None
    state = AttemptState(attempt.state) if attempt is not None else AttemptState.EXPECTED
    if attempt is not None and state in OVER and attempt.question_ids:
        result = mark(attempt.question_ids, answers.get(attempt.pk, ()), broken.get(attempt.pk, ()))
    return Line(candidate.last_name, candidate.first_name, candidate.class_name, state.label, result)
