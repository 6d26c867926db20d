"""Both ways in: an identity (D1), or a ticket (R21)."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pixsurv.kernel import clock
from pixsurv.kernel.errors import Busy, DomainError
from proctoring.desk import answers, cookies, screens
from proctoring.desk.answers import see_other
from proctoring.desk.forms import JoinForm, TicketForm
from proctoring.models import Entry
from proctoring.rules import DESK_HEARTBEAT
from proctoring.selectors.desk import Stage
from proctoring.services import desk
from proctoring.services.entries import token_of

FAILURES_BEFORE_HELP = 3

type Form = JoinForm | TicketForm


@answers.public
def join(request: HttpRequest) -> HttpResponse:
    """« Je passe le test » (D1), or « Reprendre le test de Paul D. » on a browser that is in one (D4)."""
    if request.method == "POST":
        return _enter(request, JoinForm(request.POST), desk.join)
    page = desk.current(token=cookies.entry_token(request), now=clock.now())
    if page is not None and page.stage != Stage.OVER:
        context = {"page": page, "name": screens.short_name(page)}
        return render(request, "desk/known.html", context)
    response = _page(request, JoinForm(initial=_known(request)))
    if cookies.entry_token(request):
        cookies.clear_entry(response)
    return response


@answers.public
def ticket(request: HttpRequest) -> HttpResponse:
    """« J’ai un ticket »: six digits that the proctor shows, instead of an identity (R21)."""
    if request.method == "POST":
        return _enter(request, TicketForm(request.POST), desk.join_by_ticket)
    return _page(request, TicketForm(initial=_known(request)))


def _known(request: HttpRequest) -> dict[str, str]:
    """What needs no typing: the number in the address, the workstation of this computer."""
    return {"number": request.GET.get("numero", "")[:20], "workstation": cookies.workstation(request)}


def _enter(request: HttpRequest, form: Form, service: Callable[..., Entry]) -> HttpResponse:
    if not form.is_valid():
        form.focus_first_error()
        return _page(request, form, status=422)
    typed = dict(form.cleaned_data)
    try:
        entry = service(
            session_number=typed.pop("number"),
            form_key=request.POST.get("once", "")[:64] or secrets.token_urlsafe(16),
            # Without JavaScript there is no heartbeat, so silence must mean nothing (D6).
            heartbeat=None if request.POST.get("no_script") else DESK_HEARTBEAT,
            browser=cookies.browser_mark(request),
            now=clock.now(),
            **typed,
        )
    except DomainError as error:
        return _refuse(request, form, error)
    response = see_other("desk:test")
    cookies.set_entry(response, token_of(entry))
    cookies.remember_workstation(response, typed["workstation"])
    cookies.forget_failures(response)
    return response


def _refuse(request: HttpRequest, form: Form, error: DomainError) -> HttpResponse:
    if isinstance(error, Busy):
        raise error
    mismatch = error.code == "no_match"
    failed = cookies.failures(request) + 1 if mismatch else 0
    call_proctor = failed >= FAILURES_BEFORE_HELP
    status = 422 if mismatch else error.status
    response = _page(request, form, refusal=error, call_proctor=call_proctor, status=status)
    if mismatch:
        cookies.count_failure(response, failed)
    return response


def _page(
    request: HttpRequest,
    form: Form,
    *,
    refusal: DomainError | None = None,
    call_proctor: bool = False,
    status: int = 200,
) -> HttpResponse:
    # A form that is shown again keeps its key: sent twice, it still opens one entry.
    once = request.POST.get("once", "")[:64] or secrets.token_urlsafe(16)
    context = {
        "form": form,
        "number": form["number"].value() or "",
        "once": once,
        "refusal": refusal,
        "call_proctor": call_proctor,
        "by_ticket": isinstance(form, TicketForm),
    }
    response = render(request, "desk/join.html", context, status=status)
    cookies.give_mark(request, response)
    return response
