"""What holds for every page of a signed-in account."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from pixsurv.kernel import clock
from sessions_app.refusals import signed_out
from sessions_app.services.sign_ins import MUST_SET_UP, has_lapsed, note_seen

# A room, a desk and the API have keys of their own, and must not pay for the account that the same browser holds.
WHERE_ACCOUNTS_ACT = ("/etablissement/", "/archives/")


class SignedInMiddleware(LoginRequiredMiddleware):
    """Asks for a login; a page that has scripts would swap the login page into itself, so it is told otherwise."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], *args: Any
    ) -> HttpResponseBase | None:
        answer = super().process_view(request, view_func, *args)
        return signed_out(request) if answer and request.headers.get("HX-Request") == "true" else answer


class SignInLimitsMiddleware:
    """Signs out who did nothing for long, or signed in long ago; then the login middleware asks.

    What a page asks by itself is no act: a board left open on a shared computer does not keep its account open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._concerns(request) and request.user.is_authenticated:
            now = clock.now()
            if has_lapsed(request, now=now):
                logout(request)
                messages.info(
                    request, "Vous avez été déconnecté par sécurité. Reconnectez-vous pour continuer."
                )
            elif request.method != "GET" or request.headers.get("HX-Request") != "true":
                note_seen(request, now=now)
            if request.session.get(MUST_SET_UP) and request.path not in _open_without_second_factor():
                return HttpResponseRedirect(reverse("establishment:set_up_second_factor"))
        return self.get_response(request)

    @staticmethod
    def _concerns(request: HttpRequest) -> bool:
        """Asked without touching the session, so that an answer for everybody (a calendar) may be kept by a cache."""
        return settings.SESSION_COOKIE_NAME in request.COOKIES and request.path.startswith(WHERE_ACCOUNTS_ACT)


def _open_without_second_factor() -> set[str]:
    return {reverse("establishment:set_up_second_factor"), reverse("establishment:logout")}
