"""« Accuser réception », of one kept session or of those that were ticked."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.archives.access import Shelves, actor_of, archived, on_shelves
from proctoring.archives.tray.forms import ReceiptForm, first_values
from proctoring.archives.tray.shelf import PAGE, receipt_of
from proctoring.services.receipts import acknowledge
from sessions_app.models import Session

BESIDE = {"empty": "papers", "invalid": None, "too_long": "note"}


@require_http_methods(["GET", "HEAD", "POST"])
@on_shelves
def receive(request: HttpRequest, shelves: Shelves) -> HttpResponse:
    """The form, then one receipt for each of the sessions; what was typed stays when it is refused."""
    sessions = ticked(request, shelves)
    if not sessions:
        messages.warning(request, "Cochez au moins une session.")
        return _see(reverse("archives:tray"), shelves)
    known = [one for session in sessions if (one := receipt_of(session)) is not None]
    initial = first_values(known) | {"once": uuid.uuid4()}
    form = ReceiptForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _acknowledged(request, shelves, sessions, form):
        if len(sessions) == 1:
            return _see(reverse("archives:session", args=[sessions[0].number]), shelves)
        return _see(reverse("archives:tray"), shelves)
    context = {
        "shelves": shelves,
        "sessions": sessions,
        "form": form,
        "known": known,
        "query": urlencode(
            {"etablissement": shelves.establishment.pk, "session": [one.number for one in sessions]}, True
        ),
    }
    return render(request, "archives/receive.html", context, status=422 if form.errors else 200)


def ticked(request: HttpRequest, shelves: Shelves) -> list[Session]:
    """Those that the address names, in their order of date; one that this school does not keep is a 404."""
    asked = set(request.GET.getlist("session"))
    numbers = {int(one) for one in asked if one.isascii() and one.isdecimal() and len(one) < 10}
    found = archived(shelves.establishment).filter(number__in=list(numbers)[:PAGE])
    sessions = list(found.select_related("receipt", "establishment").order_by("starts_at", "number"))
    if len(sessions) != len(asked):
        raise Http404("session")
    return sessions


def _acknowledged(request: HttpRequest, shelves: Shelves, sessions: list[Session], form: ReceiptForm) -> bool:
    """False: refused, and the form says why. Another refusal than of what was typed is a page."""
    try:
        acknowledge(
            session_ids=[one.pk for one in sessions],
            handed=form.handed(),
            key=str(form.cleaned_data["once"]),
            actor=actor_of(request, shelves.establishment),
            now=clock.now(),
        )
    except DomainError as error:
        if error.status != 422 or error.code not in BESIDE:
            raise
        form.add_error(BESIDE[error.code], error.sentence)
        return False
    many = len(sessions)
    words = f"{many} sessions reçues." if many > 1 else f"Session {sessions[0].number}\u00a0: reçue."
    messages.success(request, f"{words} C’est écrit au journal, avec votre nom et l’heure.")
    return True


def _see(address: str, shelves: Shelves) -> HttpResponse:
    """After a POST the browser asks for the next page with a GET."""
    return HttpResponseRedirect(f"{address}?etablissement={shelves.establishment.pk}", status=303)
