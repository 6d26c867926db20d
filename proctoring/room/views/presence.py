"""Ticking, and what a tick may ask (R8, R9, R10); « devenu certifiable »."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import Arrival
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.people import candidate_of
from proctoring.room.visit import Visit
from proctoring.selectors.room import namesakes
from proctoring.services import access as accesses
from proctoring.services import presence as presences
from sessions_app.enums import LatePolicy

CONTRADICTION = (
    "Vous avez dit pourquoi il arrive en retard\u00a0: choisissez «\u00a0Arrive en retard\u00a0»,"
    " ou effacez cette raison."
)


@in_room("GET", "POST")
def presence(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """POST the desired state: `present=1` or `present=0`. GET asks the homonym's confirmation (R9)."""
    if visit.request.method == "GET":
        return _ask_which(visit, candidate_id)
    # The hidden 0 stands before the box: the last value is the wish.
    wish = visit.post.get("present")
    if wish == "0":
        attempt = presences.cancel_presence(
            session_id=visit.session.pk, candidate_id=candidate_id, actor=visit.actor, now=visit.now,
            observed_at=visit.observed_at(),
        )  # fmt: skip
        return answers.acted(visit, attempt)
    if wish != "1":
        candidate_of(visit, candidate_id)  # who is not in this room is not found, whatever else is wrong
        raise DomainError("present_missing", "La présence voulue manque\u00a0: 1 ou 0.", status=422)
    return _tick(visit, candidate_id, sure=visit.post.get("confirmed") == "1")


@in_room("GET", "POST")
def late(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """The late question and its two buttons (R10)."""
    if visit.request.method == "GET":
        return _ask_late(visit, candidate_id)
    answer = visit.post.get("arrival", "")
    if answer not in Arrival.values:
        candidate_of(visit, candidate_id)
        raise DomainError("arrival_missing", "Choisissez une des deux réponses.", status=422)
    if answer == Arrival.IN_ROOM and visit.post.get("reason", "").strip():
        # Enter in the reason presses the first button, which is this one.
        return _ask_late(visit, candidate_id, error=CONTRADICTION, status=422)
    return _tick(visit, candidate_id, Arrival(answer))


@in_room("POST")
def undo_late(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """« Arrive en retard » taken back, within 10 s."""
    presences.undo_late(
        session_id=visit.session.pk, candidate_id=candidate_id, actor=visit.actor, now=visit.now
    )
    return answers.done(visit, candidate_id)


@in_room("GET", "POST")
def certifiable(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """« J’ai vu son profil certifiable à l’écran » (P2)."""
    candidate = candidate_of(visit, candidate_id)
    if visit.request.method == "GET":
        return answers.dialog(visit, "certifiable", {"candidate": candidate})
    if visit.post.get("seen") != "1":
        error = "Cochez la case\u00a0: c’est vous qui l’avez vu."
        return answers.dialog(visit, "certifiable", {"candidate": candidate, "error": error}, status=422)
    presences.become_certifiable(
        session_id=visit.session.pk, candidate_id=candidate.pk, actor=visit.actor, now=visit.now
    )
    return answers.done(visit, candidate.pk)


def _tick(
    visit: Visit, candidate_id: int, arrival: Arrival | None = None, *, sure: bool = True
) -> HttpResponse:
    try:
        attempt = presences.confirm_presence(
            session_id=visit.session.pk,
            candidate_id=candidate_id,
            actor=visit.actor,
            now=visit.now,
            arrival=arrival,
            late_reason=" ".join(visit.post.get("reason", "").split())[:200],
            after_roll_call=arrival is None and _roll_call_runs(visit),
            observed_at=visit.observed_at(),
            sure=sure,
        )
    except DomainError as error:
        if error.code == "which_one":
            return _ask_which(visit, candidate_id, status=409)
        if error.code in {"late_arrival", "reason_missing"}:
            asked = "" if error.code == "late_arrival" else error.sentence
            return _ask_late(visit, candidate_id, error=asked, status=error.status)
        raise
    if visit.post.get("roll_call") == "1" and arrival == Arrival.IN_ROOM:
        accesses.settle_by_roll_call(access=visit.access, now=visit.now)
    return answers.acted(visit, attempt)


def _ask_late(visit: Visit, candidate_id: int, *, error: str = "", status: int = 200) -> HttpResponse:
    candidate = candidate_of(visit, candidate_id)
    if visit.request.method == "POST" and not visit.is_htmx and not error:
        return HttpResponseRedirect(
            reverse("room:late", args=[visit.session.number, candidate.pk]), status=303
        )
    launched_at = visit.session.launched_at
    context = {
        "candidate": candidate,
        "launched_at": visit.wall_clock(launched_at) if launched_at else None,
        "just_launched": launched_at is not None and visit.now < launched_at + rules.LATE_DEFAULT_FOR,
        "proctor_decides": visit.session.establishment.late_policy == LatePolicy.PROCTOR_DECIDES,
        "reason": visit.post.get("reason", ""),
        "error": error,
    }
    return answers.dialog(visit, "late", context, status=status)


def _ask_which(visit: Visit, candidate_id: int, *, status: int = 200) -> HttpResponse:
    candidate = candidate_of(visit, candidate_id)
    if visit.request.method == "POST" and not visit.is_htmx:
        url = reverse("room:presence", args=[visit.session.number, candidate.pk])
        return HttpResponseRedirect(url, status=303)
    context = {"candidate": candidate, "namesakes": namesakes(candidate)}
    return answers.dialog(visit, "presence", context, status=status)


def _roll_call_runs(visit: Visit) -> bool:
    until = visit.access.roll_call_until
    return until is not None and visit.now < until
