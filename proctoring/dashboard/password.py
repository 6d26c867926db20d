"""« Changer le mot de passe » (P4): who is watching is named, and stays or goes."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from proctoring.dashboard import selectors
from proctoring.dashboard.views import on_session
from proctoring.services import password
from proctoring.services.room import refuse
from sessions_app.models import Session
from sessions_app.views import actor_of

KEEP, END = "garder", "deconnecter"


class PasswordForm(forms.Form):
    """Who stays; and which password is meant, so that a form sent twice changes it once."""

    proctors = forms.ChoiceField(
        label="Les surveillants déjà connectés",
        choices=[(KEEP, "Garder les surveillants connectés"), (END, "Déconnecter tout le monde")],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites si les surveillants restent connectés."},
    )
    mark = forms.CharField(widget=forms.HiddenInput, max_length=43)


@require_http_methods(["GET", "HEAD", "POST"])
@on_session
def change(request: HttpRequest, session: Session) -> HttpResponse:
    """Asked, then done; while tests run the default is to keep who watches them."""
    live = selectors.live(session, clock.now())
    initial = {"proctors": KEEP if live.in_progress else END, "mark": password.mark_of(session)}
    form = PasswordForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        keep = form.cleaned_data["proctors"] == KEEP
        ended = password.change_session_password(
            session_id=session.pk,
            mark=form.cleaned_data["mark"],
            keep=keep,
            actor=actor_of(request),
            now=clock.now(),
        )
        said = "Les surveillants restent connectés." if keep else f"{ended} accès terminé(s)."
        messages.success(request, f"Le mot de passe est changé. {said} Réimprimez le kit.")
        return HttpResponseRedirect(reverse("dashboard:session", args=[session.number]), status=303)
    if session.is_over:
        raise refuse("session_closed")
    context = {"session": session, "form": form, "live": live}
    status = 422 if form.errors else 200
    return render(request, "establishment/session_password_change.html", context, status=status)
