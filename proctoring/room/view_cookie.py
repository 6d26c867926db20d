"""« Vue compacte »: how the list is shown on this device, whatever the room. No personal data, no account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NAME = f"{settings.COOKIE_PREFIX}vue"
COMPACT = "compacte"
REMEMBERED = 366 * 24 * 3600


def is_compact(request: HttpRequest) -> bool:
    return request.COOKIES.get(NAME) == COMPACT


def remember_view(response: HttpResponse, *, compact: bool) -> None:
    value = COMPACT if compact else "normale"
    response.set_cookie(
        NAME, value, max_age=REMEMBERED, path="/", secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
