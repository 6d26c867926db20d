"""« Mon compte », and the password: changed, or forgotten."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.forms.people import ChangePasswordForm, ForgottenForm, NewPasswordForm
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors.people import schools
from sessions_app.selectors.sign_ins import browsers, identity_with
from sessions_app.services import passwords, sign_ins
from sessions_app.services.second_factor import has_second_factor
from sessions_app.views import LAST, account_of, see


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Who I am, in which schools, and as what; an admin goes to one of his schools from here."""
    who = account_of(request)
    mine = schools(who)
    last = request.session.get(LAST)  # its clock, else that of the first
    by_last = sorted(mine, key=lambda school: school.establishment.pk != last)
    context = {
        "schools": mine,
        "zone": by_last[0].establishment.zone if by_last else get_current_timezone(),
        "browsers": browsers(who, request.session.session_key, clock.now()),
        "has_second_factor": has_second_factor(who),
        "provider": settings.OIDC,
        "identity": identity_with(settings.OIDC, who),
    }
    return render(request, "establishment/account.html", context)


@require_POST
@refusals_as_pages
def end_sign_in(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """« Fermer » one of one's own connections; one's own present one is « Se déconnecter »."""
    sign_ins.end_sign_in(account=account_of(request), sign_in_id=sign_in_id)
    messages.success(request, "Cette connexion est fermée.")
    return see(reverse("establishment:account"))


@require_POST
def end_other_sign_ins(request: HttpRequest) -> HttpResponse:
    """« Fermer toutes les autres »."""
    sign_ins.end_others(account=account_of(request), keep=request.session.session_key or "")
    messages.success(request, "Toutes vos autres connexions sont fermées.")
    return see(reverse("establishment:account"))


@sensitive_post_parameters("old", "password", "again")
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """« Changer mon mot de passe »: this browser stays signed in, the others do not."""
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        who = account_of(request)
        try:
            passwords.change_password(account=who, old=data["old"], new=data["password"], now=clock.now())
        except DomainError as error:
            form.add_error("password" if error.code == "invalid_password" else "old", error.sentence)
        else:
            update_session_auth_hash(request, who)
            sign_ins.keep_this_one(request, who, now=clock.now())
            messages.success(request, "Votre mot de passe est changé. Vos autres appareils sont déconnectés.")
            return see(reverse("establishment:account"))
    status = 422 if form.errors else 200
    return render(request, "establishment/change_password.html", {"form": form}, status=status)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """« Mot de passe oublié »: the same answer whether or not that address has an account."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        passwords.mail_reset(email=form.cleaned_data["email"], now=clock.now())
        return render(request, "establishment/forgotten_sent.html")
    status = 422 if form.errors else 200
    return render(request, "establishment/forgotten.html", {"form": form}, status=status)


@login_not_required
@sensitive_post_parameters("password", "again")
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """The page behind the link: a new password, once."""
    form = NewPasswordForm(request.POST or None)
    try:
        passwords.account_of_reset(uid=uid, token=token)
        if request.method == "POST" and form.is_valid():
            passwords.reset_password(uid=uid, token=token, new=form.cleaned_data["password"])
            messages.success(request, "Votre mot de passe est changé. Connectez-vous avec le nouveau.")
            return see(reverse("establishment:login"))
    except DomainError as error:
        if error.code != "invalid_password":
            return render(request, "establishment/reset_refused.html", {"error": error}, status=error.status)
        form.add_error("password", error.sentence)
    status = 422 if form.errors else 200
    return render(request, "establishment/reset.html", {"form": form}, status=status)
