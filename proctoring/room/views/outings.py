"""« Sortie » and « Retour » (R24): one tap each."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.visit import Visit
from proctoring.services import outings


@in_room("POST")
def go_out(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    return _do(visit, candidate_id, outings.go_out)


@in_room("POST")
def come_back(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    return _do(visit, candidate_id, outings.come_back)


def _do(visit: Visit, candidate_id: int, service: Callable[..., object]) -> HttpResponse:
    service(
        session_id=visit.session.pk, candidate_id=candidate_id, actor=visit.actor, now=visit.now,
        observed_at=visit.observed_at(),
    )  # fmt: skip
    return answers.done(visit, candidate_id)
