"""The mark of a device that trains: it finds its rehearsal again, and opens nothing else (mechanics §11)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from pixsurv.kernel import clock
from proctoring.models import Rehearsal
from proctoring.rehearsal import life

NAME = f"{settings.COOKIE_PREFIX}entrainement"


def device_mark(request: HttpRequest) -> str:
    return request.COOKIES.get(NAME, "")


def rehearsal_of(request: HttpRequest) -> Rehearsal | None:
    """The one that this browser began, as long as it lives; a browser without the mark costs no query."""
    mark = device_mark(request)
    return life.alive(mark, now=clock.now()) if mark else None


def set_device_mark(response: HttpResponse, mark: str) -> None:
    seconds = int(life.LIFE.total_seconds())
    response.set_cookie(
        NAME, mark, max_age=seconds, path="/", secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
