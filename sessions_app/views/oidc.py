"""« Se connecter avec … »: to the OpenID Connect provider and back (decision 0034)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.models import Account
from sessions_app.refusals import refusals_as_pages
from sessions_app.services import identities, oidc, sign_ins
from sessions_app.services.second_factor import has_second_factor
from sessions_app.views import account_of, enter, first_page, next_page, see


def _at_the_door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Nobody is signed in yet: a refusal shows the ways in that are left."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DomainError as error:
            if error.status == 404:
                raise Http404(error.code) from error
            context = {"error": error, "provider": oidc.provider(), "next": next_page(request)}
            return render(request, "establishment/oidc_refused.html", context, status=error.status)

    return answered


@login_not_required
@require_GET
@_at_the_door
def begin(request: HttpRequest) -> HttpResponse:
    """A link and no form: the policy of our pages lets no form end at another site."""
    target = next_page(request)
    if isinstance(request.user, Account):
        oidc.provider()
        return see(target or first_page(request.user))
    address, begun = oidc.begin(target, now=clock.now())
    response = HttpResponseRedirect(address)
    oidc.remember(response, begun)
    return response


@login_not_required
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """With a code, or with a refusal; whatever it is, it serves once."""
    response = _come_back(request)
    oidc.forget(response)
    return response


@_at_the_door
@sensitive_variables()
def _come_back(request: HttpRequest) -> HttpResponse:
    now, provider = clock.now(), oidc.provider()
    begun = oidc.begun_in(request, now=now)
    identity = oidc.identity_of(request, begun)
    account = identities.account_for(
        identity, invited_by=_invitation_in(begun.target), provider=provider.name, now=now
    )
    if has_second_factor(account) and not identity.strong:
        sign_ins.hold_half_way(request, account, begun.target, now=now)
        response = see(reverse("establishment:second_factor"))
    else:
        response = enter(request, account, begun.target, strong=identity.strong)
    sign_ins.hold_provider_token(request, identity.token)
    return response


@login_not_required
@require_GET
@_at_the_door
def left(request: HttpRequest) -> HttpResponse:
    """Signed out here; the provider would still sign in whoever sits down next."""
    if not sign_ins.provider_token(request) or isinstance(request.user, Account):
        return see(reverse("establishment:login"))
    return render(request, "establishment/oidc_left.html", {"provider": oidc.provider()})


@login_not_required
@require_GET
@_at_the_door
def leave(request: HttpRequest) -> HttpResponse:
    """To the provider's own sign-out, once."""
    token = sign_ins.provider_token(request)
    if not token or isinstance(request.user, Account):
        return see(reverse("establishment:login"))
    address = oidc.sign_out_address(token)
    request.session.flush()
    return HttpResponseRedirect(address)


@require_http_methods(["POST"])
@refusals_as_pages
def unlink(request: HttpRequest) -> HttpResponse:
    """« Retirer ce lien »."""
    identities.unlink(account_of(request))
    messages.success(request, "Ce lien est retiré.")
    return see(reverse("establishment:account"))


def _invitation_in(target: str) -> str:
    """The token of the invitation that one was accepting, when that is where one is going."""
    try:
        match = resolve(target.partition("?")[0])
    except Resolver404:
        return ""
    return str(match.kwargs["token"]) if match.view_name == "establishment:invitation" else ""
