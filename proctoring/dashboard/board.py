"""« Tableau de bord » of the day: every room live, and the cases that they sent up (A1)."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from pixsurv.kernel import clock
from pixsurv.kernel.errors import Busy, DomainError
from proctoring.enums import CaseKind, CaseState
from proctoring.models import Case
from proctoring.selectors.absences import absences
from proctoring.selectors.day import Day, DayVersion, day_board, day_of
from proctoring.services.cases.answering import answer_case
from proctoring.services.due import advance_session
from sessions_app.models import Account, Establishment
from sessions_app.refusals import refusals_as_pages, signed_out, with_retry
from sessions_app.selectors import managed_establishments, require_admin
from sessions_app.views import Here, account_of, actor_of, at, see, where

DONE = {
    (CaseKind.LATE, True): "Accepté\u00a0: il peut être coché dans la salle.",
    (CaseKind.REOPENING, True): "Le test est rouvert\u00a0: l’élève le reprend avec le code d’accès.",
    (CaseKind.NOT_LISTED, True): "Inscrit\u00a0: il est sur la liste de la salle.",
    (CaseKind.TRANSFER, True): "Transféré\u00a0: il est sur la liste de la salle qui le demandait.",
}
SAID_NO = "Refusé\u00a0: la salle est prévenue."


@require_GET
@refusals_as_pages
def board(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    return _page(request, where(request))


@login_not_required
@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """The refresh: 204 when nothing changed since `v`, else cases and rooms. A lost login is answered by a dialog."""
    if not request.user.is_authenticated:
        return signed_out(request)
    school = _asked_school(request)
    if school is None:  # no admin there any more: the page says so
        return HttpResponse(status=403, headers={"HX-Redirect": reverse("dashboard:board")})
    now, seen = clock.now(), DayVersion.parse(request.GET.get("v", ""))
    day = _advanced(school, now, seen)
    if not day.is_news_for(seen):
        return HttpResponse(status=204)
    context = {**_context(school, day, now), "refresh": True}
    return render(request, "establishment/board_changes.html", context)


@require_POST
@refusals_as_pages
def answer(request: HttpRequest, case_id: int) -> HttpResponse:
    """« Accepter » or « Refuser », once; whoever comes second is told who answered."""
    case = _managed_case(account_of(request), case_id)
    school, wish = case.session.establishment, request.POST.get("answer", "")
    try:
        if wish not in {CaseState.ACCEPTED, CaseState.REFUSED}:
            raise DomainError("answer_missing", "Choisissez une des deux réponses.", status=422)
        accepted = wish == CaseState.ACCEPTED
        answer_case(case_id=case.pk, accepted=accepted, actor=actor_of(request), now=clock.now())
    except DomainError as error:
        if error.status == 404:
            raise
        return _answered(request, school, refusal=error)
    return _answered(request, school, said=DONE[CaseKind(case.kind), True] if accepted else SAID_NO)


@require_GET
@refusals_as_pages
def missing(request: HttpRequest) -> HttpResponse:
    """« Absents et retards » of all rooms, to print."""
    here = where(request)
    now = clock.now()
    day = _advanced(here.establishment, now, None)
    context = {
        "here": here,
        "day": day,
        "absences": absences(day),
        "local_now": _wall_clock(here.establishment, now),
    }
    return render(request, "establishment/absences.html", context)


def _asked_school(request: HttpRequest) -> Establishment | None:
    """The one that this refresh is about. Unlike a page, it leaves no trace of the school looked at last."""
    asked = request.GET.get("etablissement", "")
    try:
        schools = managed_establishments(account_of(request))
    except DomainError:
        return None
    return next((school for school in schools if str(school.pk) == asked), None)


def _managed_case(account: Account, case_id: int) -> Case:
    case = Case.objects.select_related("session__establishment").filter(pk=case_id).first()
    require_admin(account, case.session.establishment if case else None)
    assert case is not None
    return case


def _answered(
    request: HttpRequest, school: Establishment, *, said: str = "", refusal: DomainError | None = None
) -> HttpResponse:
    """Fresh fragments; without htmx the page, which a refusal shows at once."""
    status = refusal.status if refusal is not None else 200
    if request.headers.get("HX-Request") == "true":
        now = clock.now()
        context = {**_context(school, day_of(school, now), now), "said": said, "refusal": refusal}
        response = render(request, "establishment/board_changes.html", context, status=status)
    elif refusal is None:
        messages.success(request, said)
        return see(at("dashboard:board", school))
    else:
        response = _page(request, Here(school, [school]), refusal=refusal)
    return with_retry(response, refusal) if refusal is not None else response


def _page(request: HttpRequest, here: Here, refusal: DomainError | None = None) -> HttpResponse:
    now = clock.now()
    context = {**_context(here.establishment, _advanced(here.establishment, now, None), now), "here": here}
    status = refusal.status if refusal is not None else 200
    return render(request, "establishment/board.html", {**context, "refusal": refusal}, status=status)


def _context(school: Establishment, day: Day, now: datetime) -> dict[str, object]:
    address = f"{reverse('dashboard:board_state')}?etablissement={school.pk}&v={day.version}"
    return {
        "school": school,
        "board": day_board(day, now),
        "version": day.version,
        "refresh_url": address,
        "local_now": _wall_clock(school, now),
        "refresh": False,
        "oob": False,
        "said": "",
        "refusal": None,
    }


def _advanced(school: Establishment, now: datetime, seen: DayVersion | None) -> Day:
    """The day, once what fell due in its rooms is written; a room that is busy writes it itself (mechanics §3)."""
    day = day_of(school, now, seen)
    due = day.due(now)
    for session_id in due:
        try:
            advance_session(session_id, now=now)
        except Busy:
            continue
    return day_of(school, now, seen) if due else day


def _wall_clock(school: Establishment, now: datetime) -> datetime:
    """Naive: a template shows an aware time at the server's own clock."""
    return now.astimezone(school.zone).replace(tzinfo=None)
