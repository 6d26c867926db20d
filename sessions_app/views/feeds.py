"""Links to calendars: of a school, one's own, and what is behind them (P11)."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_safe

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.feeds.content import feed_bytes, watched_by
from sessions_app.feeds.ical import CONTENT_TYPE
from sessions_app.forms.feeds import FeedForm
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors.feeds import managed_feed, own_feed
from sessions_app.services import feeds as services
from sessions_app.views import account_of, at, see, timetable, where
from sessions_app.views.confirm import Question, ask

CONSEQUENCE = "Les agendas qui s’en servent ne se mettront plus à jour. Vous pourrez créer un autre lien."


@login_not_required
@require_safe
@refusals_as_pages
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """What a calendar program reads: no sign-in, the link is the key.

    The tag is that of the bytes: a date could not tell of a session that was removed (decision 0013).
    """
    body = feed_bytes(services.feed_of(token), clock.now())
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(
        body,
        content_type=CONTENT_TYPE,
        headers={
            "Cache-Control": "private, no-cache",
            "Content-Disposition": 'inline; filename="pixsurv.ics"',
            "ETag": etag,
            "X-Robots-Tag": "noindex",
        },
    )
    answer = get_conditional_response(request, etag=etag, response=response)
    assert answer is not None
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def create(request: HttpRequest) -> HttpResponse:
    """« Créer un lien d’agenda » for the school, then the link."""
    here = where(request)
    if request.method != "POST":
        return see(at("establishment:planning", here.establishment))
    form = FeedForm(request.POST)
    if not form.is_valid():
        return timetable.page(request, form, status=422)
    try:
        made = services.make_school_feed(
            establishment=here.establishment,
            name=form.cleaned_data["name"],
            actor=account_of(request),
            now=clock.now(),
        )
    except DomainError as error:
        form.add_error("name", error.sentence)
        return timetable.page(request, form, status=error.status)
    return see(reverse("establishment:feed_link", args=[made.pk]))


@require_safe
@refusals_as_pages
def link(request: HttpRequest, feed_id: int) -> HttpResponse:
    """« Afficher le lien »: it is in this page and in no other."""
    found = managed_feed(account_of(request), feed_id)
    if found.revoked_at is not None:
        raise DomainError("feed_revoked", "Ce lien d’agenda a été révoqué.", status=410)
    context = {"feed": found, "address": services.address(found)}
    return render(request, "establishment/planning/feed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def revoke(request: HttpRequest, feed_id: int) -> HttpResponse:
    found = managed_feed(account_of(request), feed_id)
    assert found.establishment is not None  # that is how it was found
    back = at("establishment:planning", found.establishment)
    if request.method == "POST":
        services.revoke_feed(feed=found, now=clock.now())
        messages.success(request, f"Le lien «\u00a0{found.name}\u00a0» est révoqué.")
        return see(back)
    if found.revoked_at is not None:
        return see(back)
    return ask(request, Question(f"Révoquer le lien «\u00a0{found.name}\u00a0»\u00a0?", CONSEQUENCE, back))


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """« Mon agenda »: the link to what this account watches; a POST makes it."""
    account = account_of(request)
    if request.method == "POST":
        services.make_own_feed(account=account, now=clock.now())
        return see(reverse("establishment:own_feed"))
    found = own_feed(account)
    now = clock.now()
    coming = sum(not one.is_over and one.starts_at > now for one in watched_by(account, now))
    context = {"feed": found, "address": services.address(found) if found else "", "coming": coming}
    return render(request, "establishment/planning/own_feed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke_own(request: HttpRequest) -> HttpResponse:
    back = reverse("establishment:own_feed")
    found = own_feed(account_of(request))
    if found is None:
        return see(back)
    if request.method == "POST":
        services.revoke_feed(feed=found, now=clock.now())
        messages.success(request, "Le lien de votre agenda est révoqué.")
        return see(back)
    return ask(request, Question("Révoquer le lien de votre agenda\u00a0?", CONSEQUENCE, back))
