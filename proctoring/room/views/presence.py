"""Ticking, and what a tick may ask (R8, R9, R10); « devenu certifiable »."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import Arrival, AttemptState
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.people import attempt_of, candidate_of
from proctoring.room.visit import Visit
from proctoring.selectors.room import namesakes
from proctoring.services import access as accesses
from proctoring.services import presence as presences
from sessions_app.enums import LatePolicy
from sessions_app.models import Candidate

CONTRADICTION = (
    "Vous avez dit pourquoi il arrive en retard\u00a0: choisissez «\u00a0Arrive en retard\u00a0»,"
    " ou effacez cette raison."
)


@in_room("GET", "POST")
def presence(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """POST the desired state: `present=1` or `present=0`. GET asks the homonym's confirmation (R9)."""
    candidate = candidate_of(visit, candidate_id)
    if visit.request.method == "GET":
        return _ask_which(visit, candidate)
    # The hidden 0 stands before the box: the last value is the wish.
    wish = visit.post.get("present")
    if wish == "0":
        presences.cancel_presence(
            session_id=visit.session.pk, candidate_id=candidate.pk, actor=visit.actor, now=visit.now,
            observed_at=visit.observed_at(),
        )  # fmt: skip
        return answers.done(visit, candidate.pk)
    if wish != "1":
        raise DomainError("present_missing", "La présence voulue manque\u00a0: 1 ou 0.", status=422)
    if visit.post.get("confirmed") != "1" and _must_ask_which(candidate):
        return _ask_which(visit, candidate, status=409)
    return _tick(visit, candidate)


@in_room("GET", "POST")
def late(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """The late question and its two buttons (R10)."""
    candidate = candidate_of(visit, candidate_id)
    if visit.request.method == "GET":
        return _ask_late(visit, candidate)
    answer = visit.post.get("arrival", "")
    if answer not in Arrival.values:
        raise DomainError("arrival_missing", "Choisissez une des deux réponses.", status=422)
    if answer == Arrival.IN_ROOM and visit.post.get("reason", "").strip():
        # Enter in the reason presses the first button, which is this one.
        return _ask_late(visit, candidate, error=CONTRADICTION, status=422)
    return _tick(visit, candidate, Arrival(answer))


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


def _tick(visit: Visit, candidate: Candidate, arrival: Arrival | None = None) -> HttpResponse:
    by_roll_call = (
        arrival is None and _roll_call_runs(visit) and attempt_of(candidate).late_refused_at is None
    )
    if by_roll_call:
        arrival = Arrival.IN_ROOM
    try:
        presences.confirm_presence(
            session_id=visit.session.pk,
            candidate_id=candidate.pk,
            actor=visit.actor,
            now=visit.now,
            arrival=arrival,
            late_reason=" ".join(visit.post.get("reason", "").split())[:200],
            after_roll_call=by_roll_call,
            observed_at=visit.observed_at(),
        )
    except DomainError as error:
        if error.code in {"late_arrival", "reason_missing"}:
            asked = "" if error.code == "late_arrival" else error.sentence
            return _ask_late(visit, candidate, error=asked, status=error.status)
        raise
    if visit.post.get("roll_call") == "1" and arrival == Arrival.IN_ROOM:
        accesses.settle_by_roll_call(access=visit.access, now=visit.now)
    return answers.done(visit, candidate.pk)


def _ask_late(visit: Visit, candidate: Candidate, *, error: str = "", status: int = 200) -> HttpResponse:
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


def _ask_which(visit: Visit, candidate: Candidate, *, status: int = 200) -> HttpResponse:
    if visit.request.method == "POST" and not visit.is_htmx:
        url = reverse("room:presence", args=[visit.session.number, candidate.pk])
        return HttpResponseRedirect(url, status=303)
    context = {"candidate": candidate, "namesakes": namesakes(candidate)}
    return answers.dialog(visit, "presence", context, status=status)


def _must_ask_which(candidate: Candidate) -> bool:
    """Only a tick that would take effect, of who can be taken for another (R9)."""
    attempt = getattr(candidate, "attempt", None)
    waiting = attempt is None or attempt.state == AttemptState.EXPECTED
    return (
        waiting and candidate.certifiable is not False and rules.confusable(candidate, namesakes(candidate))
    )


def _roll_call_runs(visit: Visit) -> bool:
    until = visit.access.roll_call_until
    return until is not None and visit.now < until
