"""« Gérer le signalement »: two buttons that say the consequence, and ten seconds to think again (R15)."""

from typing import Any

from django.http import HttpResponse

from pixsurv.kernel.errors import DomainError
from proctoring.categories import ALWAYS, Category, alert_words, offered_for
from proctoring.enums import AlertStatus
from proctoring.models import Alert
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.people import candidate_of, chosen_ids
from proctoring.room.visit import Visit
from proctoring.services import alerts
from sessions_app.models import Candidate


@in_room("GET", "POST")
def alert(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """GET asks which of the two; POST answers, a problem with its category."""
    candidate = candidate_of(visit, candidate_id)
    if visit.request.method == "GET":
        return _ask(visit, candidate, "alert")
    answer = visit.post.get("outcome", "")
    if answer not in {"refused", "validated"}:
        raise DomainError("outcome_missing", "Choisissez une des deux réponses.", status=422)
    try:
        alerts.answer_alert(
            session_id=visit.session.pk,
            candidate_id=candidate.pk,
            alert_id=_alert_id(visit),
            confirmed=answer == "validated",
            category=visit.post.get("category", ""),
            actor=visit.actor,
            now=visit.now,
        )
    except DomainError as error:
        if not error.code.startswith("category_"):
            raise
        return _ask(visit, candidate, "alert_category", error=error.sentence, status=422)
    return answers.done(visit, candidate.pk)


@in_room("GET")
def alert_category(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """« Problème confirmé »: which one, among those of this kind of question."""
    return _ask(visit, candidate_of(visit, candidate_id), "alert_category")


@in_room("POST")
def undo_alert(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """Before the candidate is told."""
    alerts.undo_answer(
        session_id=visit.session.pk,
        candidate_id=candidate_id,
        alert_id=_alert_id(visit),
        actor=visit.actor,
        now=visit.now,
    )
    return answers.done(visit, candidate_id)


def _alert_id(visit: Visit) -> int:
    ids = chosen_ids(visit.post.getlist("alert"))
    if len(ids) != 1:
        raise DomainError("outcome_missing", "Choisissez une des deux réponses.", status=422)
    return ids[0]


def _ask(
    visit: Visit, candidate: Candidate, dialog: str, *, error: str = "", status: int = 200
) -> HttpResponse:
    waiting = Alert.objects.filter(attempt__candidate=candidate, status=AlertStatus.OPEN)
    found = waiting.order_by("raised_at", "pk").first()
    kinds: list[str] = found.kinds if found is not None else []
    offered = offered_for(kinds, visit.session.local(visit.now).date())
    context = {
        "candidate": candidate,
        "alert": found,
        "said": alert_words(kinds),
        "categories": offered,
        "chosen": visit.post.get("category") or _likely(offered),
        "error": error,
    }
    # Gone meanwhile: both questions say so in the same words.
    return answers.dialog(visit, dialog if found is not None else "alert", context, status=status)


def _likely(offered: list[Category]) -> str:
    """What the candidate himself said, when that is one thing."""
    said = [one.code for one in offered if ALWAYS not in one.offered]
    return said[0] if len(said) == 1 else ""
