"""« Autoriser la reprise du test » (R11)."""

from typing import Any

from django.http import HttpResponse

from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.people import candidate_of, require
from proctoring.room.visit import Visit
from proctoring.selectors.room import namesakes
from proctoring.services import resume as resumes
from sessions_app.enums import EventKind


@in_room("GET", "POST")
def resume(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    if visit.request.method == "GET":
        candidate = candidate_of(visit, candidate_id)
        require(visit, candidate, EventKind.RESUME_AUTHORISED)
        context = {"candidate": candidate, "namesakes": namesakes(candidate)}
        return answers.dialog(visit, "resume", context)
    attempt = resumes.authorise_resume(
        session_id=visit.session.pk, candidate_id=candidate_id, actor=visit.actor, now=visit.now
    )
    return answers.acted(visit, attempt)


@in_room("POST")
def cancel_resume(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """Take the authorisation back: harmless, so without a question."""
    attempt = resumes.cancel_resume(
        session_id=visit.session.pk, candidate_id=candidate_id, actor=visit.actor, now=visit.now
    )
    return answers.acted(visit, attempt)


@in_room("POST")
def dismiss_request(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """« Ignorer la demande »."""
    attempt = resumes.dismiss_request(
        session_id=visit.session.pk, candidate_id=candidate_id, actor=visit.actor, now=visit.now
    )
    return answers.acted(visit, attempt)
