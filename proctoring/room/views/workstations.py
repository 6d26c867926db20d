"""« Numéro du poste » and « Poste défaillant » (R17)."""

from secrets import token_urlsafe
from typing import Any

from django.http import HttpResponse

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import OVER, RUNNING
from proctoring.models import Attempt
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.people import attempt_of, candidate_of, chosen_ids
from proctoring.room.repeats import only_once
from proctoring.room.visit import Visit
from proctoring.selectors.incidents import free_workstations
from proctoring.services import entries
from proctoring.services.room import refuse
from proctoring.services.workstations import swap_workstation, undo_swap
from sessions_app.models import Candidate

USUAL_LOSS = 5  # minutes
CHOICES = (0, 5, 10, 15)


@in_room("GET", "POST")
def workstation(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """« Numéro du poste »."""
    candidate = candidate_of(visit, candidate_id)
    if visit.request.method == "GET":
        return answers.dialog(visit, "workstation", {"candidate": candidate})
    entries.set_workstation(
        session_id=visit.session.pk,
        candidate_id=candidate.pk,
        workstation=visit.post.get("workstation", ""),
        actor=visit.actor,
        now=visit.now,
    )
    return answers.done(visit, candidate.pk)


@in_room("GET", "POST")
def swap(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """« Poste défaillant »: the spare is named; one confirmation for the four acts."""
    candidate = candidate_of(visit, candidate_id)
    if visit.request.method == "GET":
        return _ask(visit, candidate)
    # A typed number goes before the one that was ticked.
    target = visit.post.get("other", "").strip() or visit.post.get("workstation", "")
    lost = visit.post.get("minutes", "")
    if not (lost.isascii() and lost.isdigit() and len(lost) <= 3):
        return _ask(visit, candidate, error="Donnez un nombre de minutes.")
    try:
        only_once(
            visit,
            "poste-defaillant",
            {"candidate": candidate.pk, "workstation": target, "minutes": lost},
            lambda: swap_workstation(
                session_id=visit.session.pk, candidate_id=candidate.pk, workstation=target, lost=int(lost),
                actor=visit.actor, now=visit.now,
            ),
        )  # fmt: skip
    except DomainError as error:
        if error.code not in {"workstation_missing", "same_workstation", "workstation_taken", "out_of_range"}:
            raise
        return _ask(visit, candidate, error=error.sentence)
    return answers.done(visit, candidate.pk)


@in_room("POST")
def undo(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """All of it back, within 10 s."""
    ids = chosen_ids(visit.post.getlist("incident"))
    if len(ids) != 1:
        raise refuse("incident_not_found", status=404)
    undo_swap(
        session_id=visit.session.pk,
        candidate_id=candidate_id,
        incident_id=ids[0],
        actor=visit.actor,
        now=visit.now,
    )
    return answers.done(visit, candidate_id)


def _ask(visit: Visit, candidate: Candidate, *, error: str = "") -> HttpResponse:
    state = rules.state_at(attempt_of(candidate), visit.now)
    if state in OVER and not visit.session.is_over:
        raise refuse("attempt_over")
    used = Attempt.objects.filter(session_id=visit.session.pk).exclude(state__in=OVER)
    spare, others = free_workstations(
        visit.session, set(used.exclude(workstation="").values_list("workstation", flat=True))
    )
    context = {
        "candidate": candidate,
        "runs": state in RUNNING,
        "spare": spare,
        "others": [] if spare else others[:6],
        "chosen": visit.post.get("workstation") or next(iter(spare or others), ""),
        "other": visit.post.get("other", ""),
        "choices": CHOICES,
        "lost": visit.post.get("minutes", str(USUAL_LOSS)),
        "once": token_urlsafe(12),
        "error": error,
    }
    return answers.dialog(visit, "swap", context, status=422 if error else 200)
