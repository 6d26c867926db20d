"""The report, the closing and the addenda of one session, for its admins (I2, I3, I4)."""

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.closing import pages
from proctoring.closing.place import Place
from proctoring.dashboard.views import on_session
from proctoring.selectors.attempt import is_due
from proctoring.services.addenda import LONGEST_ADDENDUM, add_addendum
from proctoring.services.due import advance_session
from sessions_app.enums import SessionState
from sessions_app.models import Session
from sessions_app.refusals import View, signed_out
from sessions_app.selectors import managed_session
from sessions_app.views import account_of, actor_of


def asked_again(view: View) -> View:
    """For what a page asks for by itself: a lost login is said where it was asked, nothing is swapped away."""

    @login_not_required
    def answered(request: HttpRequest, number: int) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, number)
        if request.headers.get("HX-Request") == "true":
            return signed_out(request)
        return HttpResponseRedirect(reverse("dashboard:report", args=[number]))

    return answered


class AddendumForm(forms.Form):
    """A correction; `once` turns a double click into one addendum (mechanics §10)."""

    text = forms.CharField(
        label="Texte de l’additif",
        help_text=f"Les faits, sans opinion. {LONGEST_ADDENDUM} caractères au plus. Il sera daté, signé de votre"
        " nom, scellé, et ne pourra plus être modifié.",
        max_length=LONGEST_ADDENDUM + 200,  # line ends count twice on their way; the service counts the text
        widget=forms.Textarea(attrs={"class": "saisie", "rows": 8}),
        error_messages={
            "required": "Écrivez le texte de l’additif.",
            "max_length": "Ce texte est trop long.",
        },
    )
    once = forms.UUIDField(widget=forms.HiddenInput)


@require_GET
@on_session
def report(request: HttpRequest, session: Session) -> HttpResponse:
    """« PV d’incident », as it stands, or sealed with its addenda."""
    return pages.report_page(place_of(request, session))


@asked_again
@require_GET
@on_session
def report_sheet(request: HttpRequest, session: Session) -> HttpResponse:
    """What the page asks for again by itself."""
    return pages.sheet(place_of(request, session))


@asked_again
@require_POST
@on_session
def report_comment(request: HttpRequest, session: Session) -> HttpResponse:
    """The comment, saved while it is written."""
    return pages.comment(place_of(request, session))


@require_safe
@on_session
def report_pdf(request: HttpRequest, session: Session) -> HttpResponse:
    """A draft until closing, then the sealed bytes."""
    return pages.pdf(place_of(request, session))


@require_http_methods(["GET", "POST"])
@on_session
def close(request: HttpRequest, session: Session) -> HttpResponse:
    """« Clôturer »."""
    return pages.close_page(place_of(request, session))


@asked_again
@require_POST
@on_session
def closing_gate(request: HttpRequest, session: Session) -> HttpResponse:
    """What is missing, with what is typed so far."""
    return pages.gate(place_of(request, session))


@require_http_methods(["GET", "POST"])
@on_session
def addendum(request: HttpRequest, session: Session) -> HttpResponse:
    """« Ajouter un additif » to a closed session."""
    form = AddendumForm(request.POST or None, initial={"once": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            add_addendum(
                session_id=session.pk,
                text=form.cleaned_data["text"],
                key=str(form.cleaned_data["once"]),
                actor=actor_of(request),
                now=clock.now(),
            )
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error("text", error.sentence)
        else:
            messages.success(request, "L’additif est ajouté et scellé. Le PV d’origine n’est pas modifié.")
            return HttpResponseRedirect(reverse("dashboard:report", args=[session.number]), status=303)
    if session.state != "closed":
        raise DomainError("not_closed", "Un additif s’ajoute au PV d’une session clôturée.")
    context = {"session": session, "form": form}
    return render(request, "report/addendum.html", context, status=422 if form.errors else 200)


@require_safe
@on_session
def addendum_pdf(request: HttpRequest, session: Session, rank: int) -> HttpResponse:
    """The stored paper of one addendum."""
    return pages.addendum_paper(session, rank)


def place_of(request: HttpRequest, session: Session) -> Place:
    """What fell due is written first: the report says what has happened, also when nobody watched.

    Refused with `session_eliminated`: there is no report any more.
    """
    if session.state == SessionState.ELIMINATED:
        raise DomainError("session_eliminated", "Cette session est éliminée\u00a0: son PV n’existe plus.")
    now = clock.now()
    if is_due(session, now):
        advance_session(session.pk, now=now)
        session = managed_session(account_of(request), session.number)
    url = reverse("dashboard:session", args=[session.number])
    return Place(
        request=request,
        session=session,
        actor=actor_of(request),
        now=now,
        root=url,
        back_url=url,
        back_words="Retour à la session",
        in_room=False,
    )
