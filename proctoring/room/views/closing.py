"""Leaving and hiding; closing is in `report`, for both end with the same paper."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from pixsurv.kernel.errors import DomainError
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.visit import Visit, login_url
from proctoring.room_cookie import clear_room_cookie
from proctoring.selectors.room import whole_board
from proctoring.services import access as accesses


@in_room("GET", "POST", everywhere=True)
def leave(visit: Visit, **_: Any) -> HttpResponse:
    """« Quitter »: this access only; the session stays open and the pupils go on (R2)."""
    if visit.request.method == "GET":
        return answers.dialog(visit, "leave", {})
    accesses.leave(access=visit.access, now=visit.now)
    url = login_url(visit.session.number)
    if visit.is_htmx:
        response: HttpResponse = HttpResponse(status=204, headers={"HX-Redirect": url})
    else:
        response = HttpResponseRedirect(url, status=303)
    clear_room_cookie(response, visit.session.number)
    return response


@in_room("POST", everywhere=True)
def mask(visit: Visit, **_: Any) -> HttpResponse:
    """« Masquer l’écran »."""
    accesses.mask(access=visit.access, now=visit.now)
    if visit.is_htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": visit.room_url})
    return HttpResponseRedirect(visit.room_url, status=303)


@in_room("POST", everywhere=True)
def unmask(visit: Visit, **_: Any) -> HttpResponse:
    """The session password brings the names back."""
    try:
        accesses.unmask(access=visit.access, password=visit.post.get("password", ""), now=visit.now)
    except DomainError as error:
        board = whole_board(visit.session, now=visit.now)
        waits = error.code == "too_many_requests"
        sentence = error.sentence if waits else "Ce mot de passe n’est pas le bon."
        context = answers.context_of(visit, board, error=sentence)
        return render(visit.request, "room/masked.html", context, status=error.status)
    return HttpResponseRedirect(visit.room_url, status=303)
