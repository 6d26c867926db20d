"""Error pages that are not a domain's own."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

# A token that is good again: the page sends once more, by itself, what was refused for the old one (mechanics §12).
FRESH_TOKEN = "X-CSRFToken"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page's token is too old: as a fragment for htmx (mechanics §12), as a page otherwise."""
    template = "partials/csrf_expired.html" if request.headers.get("HX-Request") else "403_csrf.html"
    response = render(request, template, status=403)
    response.headers[FRESH_TOKEN] = get_token(request)
    return response
