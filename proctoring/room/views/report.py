"""The report and the closing, from inside the room (I2, I3)."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from proctoring.closing import pages
from proctoring.closing.place import Place
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.visit import Visit


@in_room("GET")
def report(visit: Visit, **_: Any) -> HttpResponse:
    """« PV d’incident », as it stands; also once the session is closed."""
    return pages.report_page(place_of(visit))


@in_room("GET")
def report_sheet(visit: Visit, **_: Any) -> HttpResponse:
    """What the page asks for again by itself."""
    return pages.sheet(place_of(visit))


@in_room("POST")
def report_comment(visit: Visit, **_: Any) -> HttpResponse:
    """The comment, saved while it is written."""
    return pages.comment(place_of(visit))


@in_room("GET")
def report_pdf(visit: Visit, **_: Any) -> HttpResponse:
    """A draft until closing, then the sealed bytes."""
    return pages.pdf(place_of(visit))


@in_room("GET", "POST")
def close(visit: Visit, **_: Any) -> HttpResponse:
    """« Clôturer »: a page of its own; a page that still asks for it by htmx is led there, or told what changed."""
    if visit.is_htmx and visit.request.method == "GET":
        return HttpResponse(status=204, headers={"HX-Redirect": visit.request.path})
    response = pages.close_page(place_of(visit))
    return answers.done(visit) if visit.is_htmx and response.status_code == 303 else response


@in_room("POST")
def closing_gate(visit: Visit, **_: Any) -> HttpResponse:
    """What is missing, with what is typed so far."""
    return pages.gate(place_of(visit))


def place_of(visit: Visit) -> Place:
    return Place(
        request=visit.request,
        session=visit.session,
        actor=visit.actor,
        now=visit.now,
        root=visit.room_url,
        back_url=visit.room_url,
        back_words="Retour à la salle",
        in_room=True,
        closed_url=reverse("room:practice", args=[visit.session.number]) if visit.is_rehearsal else "",
    )
