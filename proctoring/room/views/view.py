"""« Vue compacte », « Vue normale »."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.view_cookie import COMPACT, remember_view
from proctoring.room.visit import Visit
from proctoring.selectors.room import whole_board


@in_room("GET")
def view(visit: Visit, **_: Any) -> HttpResponse:
    """Another way to show the same list, remembered on this device: the list for htmx, back to the room otherwise."""
    compact = visit.request.GET.get("vue") == COMPACT
    response: HttpResponse = HttpResponseRedirect(visit.listing.url, status=303)
    if visit.is_htmx:
        board = whole_board(visit.session, now=visit.now, order=visit.listing.order)
        context = answers.context_of(visit, board, compact=compact, oob=True)
        response = render(visit.request, "room/list.html", context)
    remember_view(response, compact=compact)
    return response
