"""« Suspicions de fraude » (I1): the facts, for the admins of the school alone; the room never shows them."""

from secrets import token_urlsafe

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from proctoring.dashboard import fraud_selectors as selectors
from proctoring.dashboard.views import on_session
from proctoring.services import fraud, once
from proctoring.services.fraud import MOST_CHARACTERS
from proctoring.services.room import refuse
from sessions_app.models import Session
from sessions_app.views import account_of, actor_of


class SheetForm(forms.Form):
    """The facts."""

    facts = forms.CharField(
        label="Faits observés",
        help_text="Ce qui a été vu, à quelle heure, par qui. Notez les faits observés. Pas d’opinion, rien sur la"
        " santé ou la famille.",
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
        error_messages={"required": "Notez les faits observés."},
    )


class NewSheetForm(SheetForm):
    """The facts, of whom; sent twice it makes one."""

    field_order = ("candidate", "facts")
    candidate = forms.TypedChoiceField(
        label="Candidat", coerce=int, error_messages={"required": "Choisissez le candidat."}
    )
    once = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, *args: object, session: Session, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["candidate"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", "—"), *selectors.candidate_choices(session)]


@require_http_methods(["GET", "HEAD", "POST"])
@on_session
def suspicions(request: HttpRequest, session: Session) -> HttpResponse:
    """What the room announced, what is written of it, and a form for one that it did not announce."""
    form = NewSheetForm(request.POST or None, session=session, initial={"once": token_urlsafe(12)})
    if request.method == "POST" and form.is_valid():
        _report(request, session, form)
        messages.success(
            request, "La suspicion est notée (C6). Ses faits ne sont montrés qu’aux administrateurs."
        )
        return HttpResponseRedirect(reverse("dashboard:suspicions", args=[session.number]), status=303)
    context = {"session": session, "lines": selectors.suspicions(session), "form": form}
    return render(request, "establishment/suspicions.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@on_session
def sheet(request: HttpRequest, session: Session, incident_id: int) -> HttpResponse:
    """« Fiche » of one suspicion: read, written, written again until closing."""
    line = selectors.suspicion(session, incident_id)
    if line is None:
        raise Http404("incident")
    form = SheetForm(request.POST or None, initial={"facts": line.facts})
    if request.method == "POST" and form.is_valid():
        fraud.write_sheet(
            session_id=session.pk,
            incident_id=incident_id,
            facts=form.cleaned_data["facts"],
            actor=actor_of(request),
            now=clock.now(),
        )
        messages.success(request, "La fiche est enregistrée. Elle n’est montrée qu’aux administrateurs.")
        return HttpResponseRedirect(reverse("dashboard:suspicions", args=[session.number]), status=303)
    context = {"session": session, "line": line, "form": form}
    return render(request, "establishment/fraud_sheet.html", context, status=422 if form.errors else 200)


def _report(request: HttpRequest, session: Session, form: NewSheetForm) -> None:
    given = form.cleaned_data
    if session.is_over:
        raise refuse("session_closed")

    def act() -> once.Answer:
        fraud.report_fraud(
            session_id=session.pk,
            candidate_id=given["candidate"],
            facts=given["facts"],
            actor=actor_of(request),
            now=clock.now(),
        )
        return once.Answer(200)

    once.guard(
        scope=f"account:{account_of(request).pk}/fraud",
        key=given["once"],
        body={"session": session.pk, "candidate": given["candidate"], "facts": given["facts"]},
        now=clock.now(),
        act=act,
    )
