"""Error pages that are not a domain's own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page's token is too old: as a fragment for htmx (mechanics §12), as a page otherwise."""
    template = "partials/csrf_expired.html" if request.headers.get("HX-Request") else "403_csrf.html"
    return render(request, template, status=403)
