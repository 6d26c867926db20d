"""What the desk remembers in a browser: entry, failed tries, workstation, hidden clock (mechanics §11)."""

import secrets
from urllib.parse import quote, unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse

ENTRY = f"{settings.COOKIE_PREFIX}pupitre"
MARK = f"{settings.COOKIE_PREFIX}pupitre-marque"
FAILURES = f"{settings.COOKIE_PREFIX}pupitre-essais"
WORKSTATION = f"{settings.COOKIE_PREFIX}poste"
CLOCK = f"{settings.COOKIE_PREFIX}pupitre-temps"

FAILURES_KEPT = 3600  # seconds: the next pupil at this computer starts anew
REMEMBERED = 366 * 24 * 3600
HIDDEN = "masque"


def entry_token(request: HttpRequest) -> str:
    """The token of the entry that this browser holds; empty when it holds none."""
    return request.COOKIES.get(ENTRY, "")


def set_entry(response: HttpResponse, token: str) -> None:
    """A session cookie: it goes with the browser, as the pupil does."""
    _set(response, ENTRY, token, max_age=None)


def clear_entry(response: HttpResponse) -> None:
    response.delete_cookie(ENTRY, path="/", samesite="Lax")


def failures(request: HttpRequest) -> int:
    """How many joins failed in this browser since the last that succeeded."""
    told = request.get_signed_cookie(FAILURES, default="0", max_age=FAILURES_KEPT)
    return int(told) if told is not None and told.isdigit() else 0


def count_failure(response: HttpResponse, failed: int) -> None:
    response.set_signed_cookie(
        FAILURES,
        str(failed),
        max_age=FAILURES_KEPT,
        path="/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget_failures(response: HttpResponse) -> None:
    response.delete_cookie(FAILURES, path="/", samesite="Lax")


def browser_mark(request: HttpRequest) -> str:
    """What the join page gave this browser: whose tries are counted together (mechanics §8). Empty: it took none."""
    return request.get_signed_cookie(MARK, default="") or ""


def give_mark(request: HttpRequest, response: HttpResponse) -> None:
    if not browser_mark(request):
        response.set_signed_cookie(
            MARK,
            secrets.token_urlsafe(16),
            path="/",
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )


def workstation(request: HttpRequest) -> str:
    """« Numéro du poste », as last typed on this computer (R17)."""
    return unquote(request.COOKIES.get(WORKSTATION, ""))[:20]


def remember_workstation(response: HttpResponse, typed: str) -> None:
    if typed:
        _set(response, WORKSTATION, quote(typed), max_age=REMEMBERED)


def clock_hidden(request: HttpRequest) -> bool:
    return request.COOKIES.get(CLOCK) == HIDDEN


def remember_clock(response: HttpResponse, *, hidden: bool) -> None:
    _set(response, CLOCK, HIDDEN if hidden else "visible", max_age=REMEMBERED)


def _set(response: HttpResponse, name: str, value: str, *, max_age: int | None) -> None:
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
