"""Headers that every answer carries (quality §3)."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

logger = logging.getLogger("pixsurv.refusals")

# Who asked for what was not his, or too often. Stale pages, wrong forms and lost logins are daily life.
LOGGED_REFUSALS = {400, 403, 429}
PERMISSIONS = "camera=(self), screen-wake-lock=(self), microphone=(), geolocation=(), payment=(), usb=()"


class HeadersMiddleware:
    """Marks our own answers: the page can tell them from one that a filtering proxy put in between."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in LOGGED_REFUSALS:
            _log_refusal(request, response.status_code)
        headers = response.headers
        headers["X-Pixsurv"] = "1"
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ["HX-Request"])
        return response


def _log_refusal(request: HttpRequest, status: int) -> None:
    """The name of the page and its numbers, never its address, which may hold a key; the account when it was read."""
    match = request.resolver_match
    numbers = {name: value for name, value in match.kwargs.items() if isinstance(value, int)} if match else {}
    account = getattr(getattr(request, "_cached_user", None), "pk", None)
    logger.warning(
        "refused %s: %s %s %s, account %s",
        status,
        request.method,
        match.view_name if match else "-",
        numbers,
        account,
    )
