"""The cookie of one room: several rooms can be watched from one browser (mechanics §11)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from proctoring.rules import ACCESS_FOR


def _name(number: int) -> str:
    return f"{settings.COOKIE_PREFIX}salle-{number}"


def room_token(request: HttpRequest, number: int) -> str:
    """The access token that this browser holds for that session; empty when it holds none."""
    return request.COOKIES.get(_name(number), "")


def set_room_cookie(response: HttpResponse, number: int, token: str) -> None:
    response.set_cookie(
        _name(number),
        token,
        max_age=ACCESS_FOR,
        path="/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def clear_room_cookie(response: HttpResponse, number: int) -> None:
    response.delete_cookie(_name(number), path="/", samesite="Lax")
