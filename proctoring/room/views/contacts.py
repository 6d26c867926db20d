"""« Qui appeler » (R3, P9)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from proctoring.room.gate import in_room
from proctoring.room.visit import Visit
from sessions_app.selectors.school import contacts as contacts_of


@in_room("GET", everywhere=True)
def contacts(visit: Visit, **_: Any) -> HttpResponse:
    """No pupil stands on it: shown even while the screen is masked."""
    context = {
        "visit": visit,
        "session": visit.session,
        "contacts": contacts_of(visit.session.establishment),
    }
    return render(visit.request, "room/contacts.html", context)
