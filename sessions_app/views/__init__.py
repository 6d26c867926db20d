"""The establishment area: signing in, the sessions, the session password; other pages have a file a noun."""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pixsurv.kernel import clock, crypto
from pixsurv.kernel.errors import DomainError
from sessions_app import selectors
from sessions_app.actors import Actor, ActorKind
from sessions_app.forms import SignInForm
from sessions_app.models import Account, Establishment
from sessions_app.refusals import refusals_as_pages, with_retry
from sessions_app.selectors.people import is_admin_somewhere, keeps_an_archive
from sessions_app.services import sign_ins
from sessions_app.services.second_factor import has_second_factor
from sessions_app.services.sign_in import KNOWN_DEVICE, account_that_opens

logger = logging.getLogger("pixsurv.establishment")


LAST = "etablissement"  # of the browser's session: the school looked at last


@dataclass(frozen=True, slots=True)
class Here:
    """The school that a page is about, among those of its reader: each is looked at alone (P1)."""

    establishment: Establishment
    establishments: list[Establishment]


def account_of(request: HttpRequest) -> Account:
    """The signed-in account; the login middleware lets nobody else in."""
    assert isinstance(request.user, Account)
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """An admin, by his account: who may prepare is the selectors' question."""
    account = account_of(request)
    return Actor(kind=ActorKind.ADMIN, name=account.name, account_id=account.pk)


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """« Connectez-vous », then where one was going. Signing in gives the browser a new session key."""
    target = next_page(request)
    if isinstance(request.user, Account):
        return see(target or first_page(request.user))
    form = SignInForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            return _signed_in(request, form, target)
        except DomainError as error:
            form.add_error(None, error.sentence)
            refusal = error
    status = refusal.status if refusal is not None else 422 if form.errors else 200
    context = {"form": form, "next": target, "provider": settings.OIDC}
    page = render(request, "establishment/sign_in.html", context, status=status)
    return with_retry(page, refusal) if refusal is not None else page


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Closes this account in this browser; rooms opened in it stay open (R2), and so does the provider's own."""
    token = sign_ins.provider_token(request)
    logout(request)
    if not token:
        return see(reverse("establishment:login"))
    sign_ins.hold_provider_token(request, token)
    return see(reverse("establishment:oidc_left"))


@require_GET
@refusals_as_pages
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions of one establishment, by day."""
    here = where(request)
    establishment = here.establishment
    today = clock.now().astimezone(establishment.zone).date()
    filters = selectors.filters(establishment, today)
    wanted = request.GET.get("filtre", "")
    shelf = selectors.Shelf(wanted) if wanted in selectors.Shelf.values else selectors.default_shelf(filters)
    pages = Paginator(selectors.sessions_on(shelf, establishment, today), selectors.PAGE)
    # The count is known already: asking the database again would be a query.
    pages.count = next((entry.count for entry in filters if entry.shelf == shelf), 0)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "here": here,
        "establishment": establishment,
        "filters": filters,
        "shelf": shelf,
        "page": page,
        "days": selectors.days(page, establishment),
    }
    return render(request, "establishment/sessions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def session_password(request: HttpRequest, number: int) -> HttpResponse:
    """« Afficher le mot de passe »: it is in this answer and in no other page (P4)."""
    if request.method != "POST":
        return see(reverse("dashboard:session", args=[number]))
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


def where(request: HttpRequest) -> Here:
    """The school of this page: the one in its address, else the one looked at last, else the first by name.

    A form names its school in its address: what was chosen in another tab must not redirect what is sent.
    """
    schools = selectors.managed_establishments(account_of(request))
    asked = request.GET.get("etablissement", "")
    if asked:
        here = Here(_chosen(schools, asked), schools)
        if request.session.get(LAST) != here.establishment.pk:
            request.session[LAST] = here.establishment.pk
        return here
    last = request.session.get(LAST)
    return Here(next((school for school in schools if school.pk == last), schools[0]), schools)


def at(name: str, establishment: Establishment, *args: object) -> str:
    """The address of a page of that school."""
    return f"{reverse(name, args=args)}?etablissement={establishment.pk}"


def see(address: str) -> HttpResponse:
    """After a POST the browser asks for the next page with a GET."""
    return HttpResponseRedirect(address, status=303)


def first_page(account: Account) -> str:
    """Where an account begins: an admin with the sessions, the secretariat with the archive, a proctor with himself."""
    if is_admin_somewhere(account):
        return reverse("establishment:sessions")
    return reverse("archives:tray" if keeps_an_archive(account) else "establishment:account")


def enter(request: HttpRequest, account: Account, target: str = "", *, strong: bool = False) -> HttpResponse:
    """Everything asked was answered: this browser is signed in, and goes where it was going."""
    sign_ins.open_sign_in(request, account, strong=strong, now=clock.now())
    response = see(target or first_page(account))
    KNOWN_DEVICE.remember(request, response, account.pk)
    return response


def next_page(request: HttpRequest) -> str:
    """Where one was going, when it is one of our own pages; else nothing."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=here, require_https=request.is_secure())
    return wanted if safe and wanted != reverse("establishment:login") else ""


def _signed_in(request: HttpRequest, form: SignInForm, target: str) -> HttpResponse:
    data = form.cleaned_data
    account = account_that_opens(
        request=request, email=data["email"], password=data["password"], now=clock.now()
    )
    if has_second_factor(account):
        sign_ins.hold_half_way(request, account, target, now=clock.now())
        return see(reverse("establishment:second_factor"))
    return enter(request, account, target)


def _chosen(establishments: list[Establishment], wanted: str) -> Establishment:
    for establishment in establishments:
        if str(establishment.pk) == wanted:
            return establishment
    raise Http404("establishment")
