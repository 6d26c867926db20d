"""The page behind the link of an invitation (P1)."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.forms.people import JoinForm
from sessions_app.models import Account, Invitation
from sessions_app.selectors.people import has_account
from sessions_app.services import invitations
from sessions_app.services.sign_ins import open_sign_in
from sessions_app.views import first_page, see


@login_not_required
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who has an account signs in and accepts; who has none makes one here. Every refusal says what to do."""
    try:
        if request.method == "POST" and isinstance(request.user, Account):
            return _accept(request, token, request.user)
        found = invitations.find(token, now=clock.now())
        if request.method == "POST" and not has_account(found.email):
            return _join(request, token, found)
        return _page(request, found)
    except DomainError as error:
        return _refused(request, error)


def _accept(request: HttpRequest, token: str, account: Account) -> HttpResponse:
    accepted = invitations.accept_with(token=token, account=account, now=clock.now())
    messages.success(request, f"Vous faites partie de {accepted.establishment.name}.")
    return see(first_page(account))


@sensitive_variables()
def _join(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    try:
        account = invitations.accept_anew(
            token=token,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
            now=clock.now(),
        )
    except DomainError as error:
        if error.code != "invalid_password":
            raise
        form.add_error("password", error.sentence)
        return _page(request, found, form=form, status=422)
    open_sign_in(request, account, now=clock.now())
    messages.success(request, f"Votre compte est créé. Vous faites partie de {found.establishment.name}.")
    return see(first_page(account))


def _page(request: HttpRequest, found: Invitation, *, status: int = 200, **more: Any) -> HttpResponse:
    account = request.user if isinstance(request.user, Account) else None
    context = {
        "invitation": found,
        "account": account,
        "foreign": account is not None and account.email != found.email,
        "known": has_account(found.email),
        "sign_in": f"{reverse('establishment:login')}?next={request.path}",
        "next": request.path,
        "provider": settings.OIDC,
        "form": JoinForm(),
        **more,
    }
    return render(request, "establishment/invitation.html", context, status=status)


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    return render(request, "establishment/invitation_refused.html", {"error": error}, status=error.status)
