"""The establishment area: signing in, the sessions, the session password."""

import logging

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pixsurv.kernel import clock, crypto
from sessions_app import selectors
from sessions_app.forms import SignInForm
from sessions_app.models import Account, Establishment
from sessions_app.refusals import refusals_as_pages

logger = logging.getLogger("pixsurv.establishment")


def account_of(request: HttpRequest) -> Account:
    """The signed-in account; the login middleware lets nobody else in."""
    assert isinstance(request.user, Account)
    return request.user


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """« Connectez-vous », then where one was going. Signing in gives the browser a new session key."""
    target = _next(request)
    if request.user.is_authenticated:
        return _see(target or reverse("establishment:sessions"))
    form = SignInForm(request.POST or None)
    if request.method == "POST":
        account = form.authenticate(request)
        if account is not None:
            login(request, account)
            logger.info("sign-in: account %s", account.pk)
            return _see(target or reverse("establishment:sessions"))
    status = 422 if form.errors else 200
    return render(request, "establishment/sign_in.html", {"form": form, "next": target}, status=status)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Closes this account in this browser; rooms opened in it stay open (R2)."""
    logout(request)
    return _see(reverse("establishment:login"))


@require_GET
@refusals_as_pages
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions of one establishment, by day."""
    establishments = selectors.managed_establishments(account_of(request))
    establishment = _chosen(establishments, request.GET.get("etablissement", ""))
    today = clock.now().astimezone(establishment.zone).date()
    filters = selectors.filters(establishment, today)
    wanted = request.GET.get("filtre", "")
    shelf = selectors.Shelf(wanted) if wanted in selectors.Shelf.values else selectors.default_shelf(filters)
    pages = Paginator(selectors.sessions_on(shelf, establishment, today), selectors.PAGE)
    # The count is known already: asking the database again would be a query.
    pages.count = next((entry.count for entry in filters if entry.shelf == shelf), 0)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "establishments": establishments,
        "establishment": establishment,
        "filters": filters,
        "shelf": shelf,
        "page": page,
        "days": selectors.days(page, establishment),
    }
    return render(request, "establishment/sessions.html", context)


@refusals_as_pages
def session_password(request: HttpRequest, number: int) -> HttpResponse:
    """« Afficher le mot de passe »: it is in this answer and in no other page (P4)."""
    if request.method != "POST":
        return _see(reverse("dashboard:session", args=[number]))
    session = selectors.managed_session(account_of(request), number)
    try:
        password = session.password()
    except crypto.Unreadable:
        password = ""
    logger.info("session password shown: session %s, account %s", session.pk, account_of(request).pk)
    template = (
        "establishment/password.html#password"
        if request.headers.get("HX-Request")
        else "establishment/password.html"
    )
    return render(request, template, {"session": session, "password": password})


def _see(address: str) -> HttpResponse:
    """After a POST the browser asks for the next page with a GET."""
    return HttpResponseRedirect(address, status=303)


def _next(request: HttpRequest) -> str:
    """Where one was going, when it is one of our own pages; else nothing."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=here, require_https=request.is_secure())
    return wanted if safe and wanted != reverse("establishment:login") else ""


def _chosen(establishments: list[Establishment], wanted: str) -> Establishment:
    """The one asked for, the first by default: each school is looked at alone (P1)."""
    if not wanted:
        return establishments[0]
    for establishment in establishments:
        if str(establishment.pk) == wanted:
            return establishment
    raise Http404("establishment")
