"""What a room can't settle alone: asked of the direction, taken back (R10, R12, R21)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from pixsurv.kernel.errors import DomainError
from proctoring.enums import CaseKind, CaseState
from proctoring.models import Case
from proctoring.room import answers
from proctoring.room.case_forms import NotListedForm, ReasonForm
from proctoring.room.gate import in_room
from proctoring.room.people import attempt_of, candidate_of
from proctoring.room.visit import Visit
from proctoring.selectors.cases import sent_cases, words_of
from proctoring.selectors.elsewhere import Elsewhere, enrolled_elsewhere, may_leave
from proctoring.selectors.row_case import PATHS, row_case_of
from proctoring.services.cases import answering, asking, settling
from proctoring.services.cases.asking import Identity
from proctoring.services.room import not_found, refuse
from sessions_app.models import Candidate


@dataclass(frozen=True, slots=True)
class Found:
    """Where the list of the day has him, and whether he may still change rooms."""

    place: Elsewhere
    may_leave: bool


@in_room("GET", "POST")
def ask_direction(visit: Visit, candidate_id: int, kind: str, **_: Any) -> HttpResponse:
    """« Demander l’accord de la direction », « Demander la réouverture »; asked already, what was asked."""
    candidate = candidate_of(visit, candidate_id)
    wanted = next((one for one, path in PATHS.items() if path == kind), None)
    if wanted is None:
        raise not_found()
    asked = visit.post if visit.request.method == "POST" else None
    form = ReasonForm(asked, needed=wanted == CaseKind.REOPENING)
    if form.is_valid():
        return _send(visit, candidate, wanted, form.cleaned_data["reason"])
    context = {
        "candidate": candidate,
        "kind": kind,
        "late": wanted == CaseKind.LATE,
        "form": form,
        "sent": None,
    }
    if form.is_bound:
        return answers.dialog(visit, "direction", context, status=422)
    attempt = attempt_of(candidate)
    if attempt.last_case is not None and attempt.last_case.state == CaseState.OPEN:
        context["sent"] = words_of(attempt.last_case)
    elif row_case_of(attempt, visit.session, visit.now).ask != wanted:
        raise refuse("session_closed" if visit.session.is_over else "nothing_to_ask")
    return answers.dialog(visit, "direction", context)


@in_room("GET", "POST")
def not_listed(visit: Visit, **_: Any) -> HttpResponse:
    """« Élève absent de la liste »: where he is enrolled today, and what may be asked. Names stay out of addresses."""
    today = visit.session.local(visit.now).date()
    form = NotListedForm(visit.post if visit.request.method == "POST" else None, today=today)
    context: dict[str, Any] = {"form": form, "sent": sent_cases(visit.session), "found": None}
    if visit.request.method == "GET":
        return answers.dialog(visit, "not_listed", context)
    if not form.is_valid():
        return answers.dialog(visit, "not_listed", context, status=422)
    who, wish = form.identity(), visit.post.get("ask", "")
    if wish:
        return _ask(visit, who, wish, form.cleaned_data["reason"])
    listed = Candidate.objects.filter(session_id=visit.session.pk, identity_key=who.key).first()
    found = [Found(one, may_leave(one.candidate_id)) for one in enrolled_elsewhere(visit.session, who.key)]
    return answers.dialog(
        visit, "not_listed_found", {**context, "who": who, "listed": listed, "found": found}
    )


@in_room("POST")
def withdraw(visit: Visit, sequence: int, **_: Any) -> HttpResponse:
    """« Retirer la demande »: harmless, so without a question."""
    case = settling.withdraw_case(
        session_id=visit.session.pk, raised_sequence=sequence, actor=visit.actor, now=visit.now
    )
    return answers.done(visit, *([case.candidate_id] if case.candidate_id else []))


def _send(visit: Visit, candidate: Candidate, kind: CaseKind, reason: str) -> HttpResponse:
    case = asking.ask_about_candidate(
        session_id=visit.session.pk,
        candidate_id=candidate.pk,
        kind=kind,
        reason=reason,
        actor=visit.actor,
        now=visit.now,
    )
    _settle_at_once(visit, case)
    return answers.done(visit, candidate.pk)


def _ask(visit: Visit, who: Identity, wish: str, reason: str) -> HttpResponse:
    """`inscription`, or the number of the session that he should be transferred from."""
    session_id, actor, now = visit.session.pk, visit.actor, visit.now
    if wish == "inscription":
        case = asking.ask_to_enrol(session_id=session_id, who=who, reason=reason, actor=actor, now=now)
    elif wish.isascii() and wish.isdigit() and len(wish) <= 9:
        case = asking.ask_to_transfer(
            session_id=session_id, who=who, from_number=int(wish), reason=reason, actor=actor, now=now
        )
    else:
        raise DomainError("wish_missing", "Choisissez ce que vous demandez.", status=422)
    _settle_at_once(visit, case)
    return answers.done(visit)


def _settle_at_once(visit: Visit, case: Case) -> None:
    """An admin who stands in the room need not ask himself."""
    if visit.access.is_admin and case.state == CaseState.OPEN:
        answering.answer_case(case_id=case.pk, accepted=True, actor=visit.actor, now=visit.now)
