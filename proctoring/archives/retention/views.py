"""« Durées de conservation »: what reached its term, a slip from its draft to its certificate."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.archives.access import Shelves, actor_of, on_shelves, shelves_of
from proctoring.archives.retention import papers
from proctoring.archives.retention.content import Content, content_of, facts_of
from proctoring.archives.retention.forms import EliminateForm, VisaForm
from proctoring.enums import SlipKind, SlipState
from proctoring.models import EliminationSlip
from proctoring.selectors.retention import calendar_of, slips_of
from proctoring.services.elimination import act, slips
from sessions_app.downloads import as_attachment
from sessions_app.exports.ods import ODS_TYPE
from sessions_app.refusals import refusals_as_pages
from sessions_app.views import account_of, see

logger = logging.getLogger("pixsurv.elimination")


def on_slip[Answer: HttpResponseBase](view: Callable[..., Answer]) -> Callable[..., Any]:
    """A page of one slip: `view(request, shelves, slip, …)`; 404 for the slip of a school that is not one's own.

    A member of its school with another role is refused with `not_keeper` (403).
    """

    @wraps(view)
    @refusals_as_pages
    def answered(request: HttpRequest, slip_id: int, *args: Any, **kwargs: Any) -> Any:
        account = account_of(request)
        slip = (
            EliminationSlip.objects.select_related("establishment")
            .filter(pk=slip_id, establishment__memberships__account=account)
            .first()
        )
        if slip is None:
            raise Http404("slip")
        shelves = shelves_of(account, str(slip.establishment_id))
        return view(request, shelves, slip, *args, **kwargs)

    return answered


@require_safe
@on_shelves
def retention(request: HttpRequest, shelves: Shelves) -> HttpResponse:
    """What reached its term, what will, and the slips."""
    return _calendar(request, shelves)


@require_POST
@on_shelves
def draft(request: HttpRequest, shelves: Shelves) -> HttpResponse:
    """« Préparer un bordereau » of the ticked sessions, or of a year's list of pupils."""
    establishment = shelves.establishment
    given: dict[str, Any] = {
        "establishment_id": establishment.pk,
        "actor": actor_of(request, establishment),
        "now": clock.now(),
    }
    try:
        if year := request.POST.get("school_year"):
            slip = slips.draft_pupils_slip(school_year=_number(year), **given)
        else:
            kind = SlipKind.WORKING if request.POST.get("kind") == SlipKind.WORKING else SlipKind.ARCHIVES
            numbers = [_number(number) for number in request.POST.getlist("session")]
            slip = slips.draft_slip(kind=kind, numbers=numbers, **given)
    except DomainError as error:
        if error.status >= 500:
            raise
        return _calendar(request, shelves, error)
    return see(_home(slip))


@require_safe
@on_slip
def slip(request: HttpRequest, shelves: Shelves, slip: EliminationSlip) -> HttpResponse:
    """One slip: what is on it, its papers, the next step."""
    form = VisaForm(initial={"reference": slip.visa_reference, "visa_on": slip.visa_on})
    return _slip_page(request, shelves, slip, form)


@require_http_methods(["GET", "HEAD", "POST"])
@on_slip
def visa(request: HttpRequest, shelves: Shelves, slip: EliminationSlip) -> HttpResponse:
    """« Enregistrer le visa »."""
    if request.method != "POST":
        return see(_home(slip))
    form = VisaForm(request.POST)
    if form.is_valid():
        actor = actor_of(request, slip.establishment)
        try:
            slips.note_visa(slip_id=slip.pk, **form.cleaned_data, actor=actor, now=clock.now())
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error("visa_on" if error.code == "in_the_future" else "reference", error.sentence)
        else:
            messages.success(request, "Le visa est enregistré. L’élimination peut se faire.")
            return see(_home(slip))
    return _slip_page(request, shelves, slip, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@on_slip
def cancel(request: HttpRequest, shelves: Shelves, slip: EliminationSlip) -> HttpResponse:
    """« Annuler le bordereau »: asked, then done; nothing was destroyed."""
    if request.method == "POST":
        actor = actor_of(request, slip.establishment)
        slips.cancel_slip(slip_id=slip.pk, actor=actor, now=clock.now())
        messages.success(request, f"Le bordereau {slip.name} est annulé. Rien n’a été éliminé.")
        return see(_retention(slip))
    if not slip.is_open:
        raise DomainError("slip_over", "Ce bordereau ne s’annule plus.")
    return render(request, "archives/retention_cancel.html", {"shelves": shelves, "slip": slip})


@require_http_methods(["GET", "HEAD", "POST"])
@on_slip
def eliminate(request: HttpRequest, shelves: Shelves, slip: EliminationSlip) -> HttpResponse:
    """The whole list, the visa, what is lost; then the word, and « Éliminer définitivement »."""
    if not slip.may_eliminate:
        if slip.state == SlipState.DONE:
            return see(_home(slip))
        raise DomainError("visa_needed", "Écrivez d’abord la référence du visa des Archives.")
    content = content_of(slip)
    things = "d’élèves" if slip.kind == SlipKind.PUPILS else "de sessions"
    form = EliminateForm(request.POST or None, size=content.size, things=things)
    if request.method == "POST" and form.is_valid():
        actor = actor_of(request, slip.establishment)
        done = act.eliminate(slip_id=slip.pk, actor=actor, now=clock.now())
        logger.info("elimination: slip %s, account %s, %s sessions", slip.pk, actor.account_id, done.sessions)
        messages.success(request, "Les données sont éliminées. Conservez le certificat.")
        if not done.written:
            messages.warning(request, LEDGER_LOST)
        return see(_home(slip))
    context = {"shelves": shelves, "slip": slip, "content": content, "facts": facts_of(content), "form": form}
    return render(request, "archives/retention_eliminate.html", context, status=422 if form.errors else 200)


LEDGER_LOST = (
    "Le registre des éliminations n’a pas pu être écrit à côté de la base\u00a0: prévenez la personne qui s’occupe du"
    " serveur, avant toute restauration d’une sauvegarde."
)


@require_safe
@on_slip
def slip_pdf(request: HttpRequest, shelves: Shelves, slip: EliminationSlip) -> HttpResponse:
    return _file(
        papers.slip_pdf(content_of(slip)), "application/pdf", f"bordereau-elimination-{slip.rank}.pdf"
    )


@require_safe
@on_slip
def slip_ods(request: HttpRequest, shelves: Shelves, slip: EliminationSlip) -> HttpResponse:
    return _file(papers.slip_ods(content_of(slip)), ODS_TYPE, f"bordereau-elimination-{slip.rank}.ods")


@require_safe
@on_slip
def certificate(request: HttpRequest, shelves: Shelves, slip: EliminationSlip) -> HttpResponse:
    """Made from the ledger's rows, the same each time. Refused with `not_done`."""
    if slip.state != SlipState.DONE:
        raise DomainError(
            "not_done", "L’élimination n’est pas faite\u00a0: il n’y a pas encore de certificat."
        )
    made = papers.certificate_pdf(content_of(slip))
    return _file(made, "application/pdf", f"certificat-elimination-{slip.rank}.pdf")


def _calendar(request: HttpRequest, shelves: Shelves, refused: DomainError | None = None) -> HttpResponse:
    known = slips_of(shelves.establishment)
    context = {
        "shelves": shelves,
        "here": shelves,
        "calendar": calendar_of(shelves.establishment, now=clock.now()),
        "open_slips": [one for one in known if one.state not in {SlipState.DONE, SlipState.CANCELLED}],
        "done_slips": [one for one in known if one.state == SlipState.DONE],
        "refused": refused,
    }
    return render(request, "archives/retention.html", context, status=refused.status if refused else 200)


def _slip_page(
    request: HttpRequest, shelves: Shelves, slip: EliminationSlip, form: forms.Form, status: int = 200
) -> HttpResponse:
    content: Content = content_of(slip)
    context = {"shelves": shelves, "slip": slip, "content": content, "facts": facts_of(content), "form": form}
    return render(request, "archives/retention_slip.html", context, status=status)


def _home(slip: EliminationSlip) -> str:
    return reverse("archives:slip", args=[slip.pk])


def _retention(slip: EliminationSlip) -> str:
    return f"{reverse('archives:retention')}?etablissement={slip.establishment_id}"


def _number(text: str) -> int:
    """A number that somebody's form sent; one that is none is nobody's (404)."""
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Http404("number")
    return int(text)


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    return as_attachment(HttpResponse(content, content_type=content_type), name)
