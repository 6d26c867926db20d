"""« Photographier la feuille signée », from inside the room, before and after the closing (I3)."""

from typing import Any

from django.http import HttpResponse

from proctoring.closing import scans as pages
from proctoring.room.gate import in_room
from proctoring.room.views.report import place_of
from proctoring.room.visit import Visit


@pages.photographs
@in_room("GET", "POST")
def scans(visit: Visit, **_: Any) -> HttpResponse:
    """The pages that wait, and what was bound."""
    return pages.scans(place_of(visit))


@in_room("GET", "POST")
def scan_page(visit: Visit, *, page_id: int, **_: Any) -> HttpResponse:
    """One page that waits."""
    return pages.page(place_of(visit), page_id)


@in_room("POST")
def bind_scan(visit: Visit, **_: Any) -> HttpResponse:
    """« Réunir en un PDF »."""
    return pages.bind(place_of(visit))


@in_room("GET")
def scan(visit: Visit, *, file_id: int, **_: Any) -> HttpResponse:
    """One PDF."""
    return pages.scan(place_of(visit), file_id)


@in_room("GET", "POST")
def remove_scan(visit: Visit, *, file_id: int, **_: Any) -> HttpResponse:
    """« Retirer », until the closing."""
    return pages.remove(place_of(visit), file_id)
