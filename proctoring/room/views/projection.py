"""The page for the class, on the board: clock, common end, and the access code when it is asked for (R3, R4)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from proctoring.rehearsal.life import note_code_shown
from proctoring.room.gate import in_room
from proctoring.room.visit import Visit
from proctoring.selectors.counts import counted
from proctoring.selectors.steps import common_end
from proctoring.selectors.wording import clock_time
from proctoring.services.room import refuse


@in_room("GET", everywhere=True)
def projection(visit: Visit, **_: Any) -> HttpResponse:
    """Names nobody, so that it stays while the screen is masked; the code alone goes then."""
    if visit.access.room_confirmed_at is None:
        raise refuse("room_not_confirmed")
    session = visit.session
    may_show = visit.names_shown and visit.access.masked_at is None and not session.is_over
    shows_code = may_show and visit.request.GET.get("code") == "1"
    version = f"{session.sequence}.{may_show:d}{shows_code:d}"
    if visit.is_htmx and visit.request.GET.get("v") == version:
        return HttpResponse(status=204)
    if shows_code and visit.is_rehearsal:
        note_code_shown(session, now=visit.now)
    end = common_end(session, counted(session, visit.now).given_minutes)
    context = {
        "visit": visit,
        "session": session,
        "version": version,
        "may_show": may_show,
        "shows_code": shows_code,
        "end": clock_time(session.local(end)) if end is not None else "",
        "local_now": visit.wall_clock(visit.now),
    }
    return render(visit.request, "room/projected.html" if visit.is_htmx else "room/projection.html", context)
