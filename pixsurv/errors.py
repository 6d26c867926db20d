"""Error pages that are not a domain's own. They need no database: it may be what is missing."""

import sys

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

from pixsurv.kernel.errors import Later
from pixsurv.kernel.trouble import trouble_of

# A token that is good again: the page sends once more, by itself, what was refused for the old one (mechanics §12).
FRESH_TOKEN = "X-CSRFToken"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page's token is too old: as a fragment for htmx (mechanics §12), as a page otherwise."""
    template = "partials/csrf_expired.html" if request.headers.get("HX-Request") else "403_csrf.html"
    response = render(request, template, status=403)
    response.headers[FRESH_TOKEN] = get_token(request)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """What no view has answered: 503 and when to ask again if the database is busy, away or full; else 500."""
    error = sys.exc_info()[1]
    refusal = error if isinstance(error, Later) else trouble_of(error)
    return defaults.server_error(request) if refusal is None else unavailable(request, refusal)


def unavailable(request: HttpRequest, refusal: Later) -> HttpResponse:
    """For htmx, what asked stays: a gesture is told that it did not get through, a refresh just grows older."""
    if request.headers.get("HX-Request"):
        told = request.method == "POST" or request.headers.get("HX-Target") == "dialogue"
        body = render_to_string("partials/unavailable.html", {"refusal": refusal}) if told else ""
        response = HttpResponse(body, status=refusal.status, headers={"HX-Reswap": "none"})
    else:
        body = render_to_string("503.html", {"sentence": refusal.sentence})
        response = HttpResponse(body, status=refusal.status)
    response.headers["Retry-After"] = str(refusal.retry_after)
    return response
