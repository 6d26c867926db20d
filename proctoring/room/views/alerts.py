"""« Gérer le signalement »: two buttons that say the consequence (R15)."""

from typing import Any

from django.http import HttpResponse

from pixsurv.kernel.errors import DomainError
from proctoring.enums import AlertStatus
from proctoring.models import Alert
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.people import candidate_of, chosen_ids
from proctoring.room.visit import Visit
from proctoring.services import alerts


@in_room("GET", "POST")
def alert(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    candidate = candidate_of(visit, candidate_id)
    if visit.request.method == "GET":
        waiting = Alert.objects.filter(attempt__candidate=candidate, status=AlertStatus.OPEN).order_by(
            "raised_at"
        )
        return answers.dialog(visit, "alert", {"candidate": candidate, "alert": waiting.first()})
    answer = visit.post.get("outcome", "")
    ids = chosen_ids(visit.post.getlist("alert"))
    if answer not in {"refused", "validated"} or len(ids) != 1:
        raise DomainError("outcome_missing", "Choisissez une des deux réponses.", status=422)
    alerts.answer_alert(
        session_id=visit.session.pk,
        candidate_id=candidate.pk,
        alert_id=ids[0],
        confirmed=answer == "validated",
        actor=visit.actor,
        now=visit.now,
    )
    return answers.done(visit, candidate.pk)
