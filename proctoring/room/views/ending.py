"""« Terminer le test », one or all that ran over, and its undo (R12)."""

from typing import Any

from django.http import HttpResponse

from proctoring import rules
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.people import candidate_of, chosen_ids, require, running_candidates, waiting_for_answer
from proctoring.room.visit import Visit
from proctoring.selectors.room import namesakes
from proctoring.services import ending
from sessions_app.enums import EventKind


@in_room("GET", "POST")
def end(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    if visit.request.method == "GET":
        candidate = candidate_of(visit, candidate_id)
        require(visit, candidate, EventKind.ENDED)
        waits = candidate.pk in waiting_for_answer([candidate])
        context = {"candidate": candidate, "namesakes": namesakes(candidate), "waits_for_answer": waits}
        return answers.dialog(visit, "end", context)
    attempt = ending.end_test(
        session_id=visit.session.pk, candidate_id=candidate_id, actor=visit.actor, now=visit.now
    )
    return answers.acted(visit, attempt)


@in_room("POST")
def undo_end(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """« Annuler la fin du test », within 10 s."""
    attempt = ending.undo_end(
        session_id=visit.session.pk, candidate_id=candidate_id, actor=visit.actor, now=visit.now
    )
    return answers.acted(visit, attempt)


@in_room("GET", "POST")
def end_overdue(visit: Visit, **_: Any) -> HttpResponse:
    """« Terminer les 3 tests dont le temps est écoulé »: the names are shown, and only those are ended."""
    if visit.request.method == "GET":
        overdue = [
            candidate
            for candidate in running_candidates(visit)
            if candidate.attempt.deadline_at is not None
            and candidate.attempt.deadline_at <= rules.standing(visit.session, visit.now)
        ]
        context = {"overdue": overdue, "waiting": waiting_for_answer(overdue)}
        return answers.dialog(visit, "end_overdue", context)
    attempts = ending.end_overdue(
        session_id=visit.session.pk,
        candidate_ids=chosen_ids(visit.post.getlist("candidat")),
        actor=visit.actor,
        now=visit.now,
    )
    return answers.done(visit, *(attempt.candidate_id for attempt in attempts))


@in_room("POST")
def undo_batch(visit: Visit, **_: Any) -> HttpResponse:
    """What was ended together comes back together."""
    attempts = ending.undo_batch(
        session_id=visit.session.pk, batch=visit.post.get("batch", ""), actor=visit.actor, now=visit.now
    )
    return answers.done(visit, *(attempt.candidate_id for attempt in attempts))
