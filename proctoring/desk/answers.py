"""From a page of the desk to what the browser gets: the whole page, its fragment, or one step further."""

import secrets
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import Away, Busy, DomainError
from pixsurv.kernel.trouble import trouble_of
from proctoring.desk import cookies, screens
from proctoring.desk.screens import Screen
from proctoring.selectors.desk import DeskPage, Stage, Version
from proctoring.selectors.results import result_of
from proctoring.services import desk

type PageView = Callable[[HttpRequest, DeskPage], HttpResponse]

# htmx puts only these refusals on the page (responseHandling in base.html).
SWAPPED_REFUSALS = {409, 422}


def see_other(name: str) -> HttpResponseRedirect:
    """303: whatever was posted, look at that page next."""
    return HttpResponseRedirect(reverse(name), status=303)


def is_fragment(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def public(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No account needed; a session that is locked too long, or a database that is away, is answered « busy », with all
    that was typed."""

    @login_not_required
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except (Busy, Error) as error:
            refusal = error if isinstance(error, Busy) else trouble_of(error)
            if refusal is None:
                raise
            return busy(request, refusal)

    return answered


def with_page(view: PageView) -> Callable[[HttpRequest], HttpResponse]:
    """Give the view the page of the entry that this browser holds; without one, back to the join form."""

    @public
    @wraps(view)
    def loaded(request: HttpRequest) -> HttpResponse:
        page = desk.current(token=cookies.entry_token(request), now=clock.now())
        return no_entry(request) if page is None else view(request, page)

    return loaded


def act(view: PageView) -> Callable[[HttpRequest], HttpResponse]:
    """As `with_page`, for what is done in the test: only by POST, so that a reload leads back to the test."""

    @public
    @wraps(view)
    def loaded(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return see_other("desk:test")
        page = desk.acting(token=cookies.entry_token(request), now=clock.now())
        return no_entry(request) if page is None else view(request, page)

    return loaded


def show(
    request: HttpRequest,
    page: DeskPage,
    *,
    screen: Screen | None = None,
    typed: Sequence[str] = (),
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page as it stands, with what was typed. After the final end the entry is forgotten."""
    chosen = screen or screens.screen_of(page)
    fragment = is_fragment(request)
    if fragment and status >= 400 and status not in SWAPPED_REFUSALS:
        status = 409
    template = "desk/screen.html" if fragment else "desk/test.html"
    context = {**_context(request, page), "screen": chosen, "typed": typed, "error": error}
    context["title"] = screens.title_of(page, chosen)
    context["fragment"] = fragment
    response = render(request, template, context, status=status)
    if page.stage == Stage.OVER and not page.may_come_back:
        cookies.clear_entry(response)
    return response


def refused(request: HttpRequest, error: DomainError, *, typed: Sequence[str] = ()) -> HttpResponse:
    """The page as it now is: somebody else was faster, or the act is not allowed here."""
    if isinstance(error, Busy):
        raise error
    return read_again(request, typed=typed, status=error.status)


def go_on(request: HttpRequest, *, typed: Sequence[str] = ()) -> HttpResponse:
    """The act is done: the page as it now is. Without htmx a 303, unless it would lose what was typed."""
    if not is_fragment(request) and not typed:
        return see_other("desk:test")
    return read_again(request, typed=typed)


def whats_new(request: HttpRequest, page: DeskPage, seen: Version | None) -> HttpResponse:
    """204, what is around the form, or another screen altogether."""
    if seen is not None and page.version == seen:
        return HttpResponse(status=204)
    if seen is not None and page.same_screen(seen):
        return render(request, "desk/pulse.html", {**_context(request, page), "fragment": True})
    response = show(request, page)
    response["HX-Retarget"] = "#pupitre"
    response["HX-Reswap"] = "outerHTML"
    return response


def no_entry(request: HttpRequest) -> HttpResponse:
    """This browser holds no entry (any more)."""
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("desk:join")})
    response: HttpResponse = see_other("desk:join")
    if cookies.entry_token(request):
        cookies.clear_entry(response)
    return response


def busy(request: HttpRequest, error: Busy) -> HttpResponse:
    """503. What is on screen stays and asks again; a form comes back, ready to be sent as it was."""
    retry_after = str(error.retry_after)
    if is_fragment(request):
        return HttpResponse(status=503, headers={"Retry-After": retry_after, "HX-Reswap": "none"})
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    context = {
        "fields": fields,
        "posted": request.method == "POST",
        "retry_after": error.retry_after,
        "away": isinstance(error, Away),
    }
    response = render(request, "desk/busy.html", context, status=503)
    response["Retry-After"] = retry_after
    return response


def clock_of(request: HttpRequest, page: DeskPage, *, hidden: bool) -> HttpResponse:
    """Only the remaining time, in the header."""
    return render(request, "desk/clock.html", {**_context(request, page), "clock_hidden": hidden})


def read_again(request: HttpRequest, *, typed: Sequence[str] = (), status: int = 200) -> HttpResponse:
    """The page as it is after what has just been written."""
    page = desk.current(token=cookies.entry_token(request), now=clock.now())
    return no_entry(request) if page is None else show(request, page, typed=typed, status=status)


def _context(request: HttpRequest, page: DeskPage) -> dict[str, Any]:
    return {
        "page": page,
        "place": screens.place_of(page),
        "remaining": screens.remaining_words(page),
        "allowed": screens.allowed_words(page),
        "over": screens.over_words(page) if page.stage == Stage.OVER else ("", ""),
        # Not before the end is final: an undo would send him back to a test whose answers he has read.
        "result": result_of(page.attempt, page.session)
        if page.stage == Stage.OVER and not page.may_come_back
        else None,
        "clock_hidden": cookies.clock_hidden(request),
        "kind_banner": screens.KIND_BANNERS.get(page.session.kind, ""),
        "once": secrets.token_urlsafe(16),
    }
