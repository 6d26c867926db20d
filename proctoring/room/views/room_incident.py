"""« Incident dans toute la salle »: begun in one tap, ended with names and minutes (R23)."""

from typing import Any

from django.http import HttpResponse

from pixsurv.kernel import clock
from pixsurv.kernel.errors import Busy, DomainError
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.people import chosen_ids, running_candidates
from proctoring.room.room_incident_form import RoomIncidentForm, instant_of
from proctoring.room.visit import Visit
from proctoring.selectors.room_incident import concerned, last_settled, running_incident
from proctoring.selectors.wording import clock_time
from proctoring.services import room_incident as incidents
from proctoring.services.room import refuse
from sessions_app.enums import RoomIncidentKind
from sessions_app.models import Session


@in_room("GET", "POST")
def room_incident(visit: Visit, **_: Any) -> HttpResponse:
    """What happens, one button each: the tap begins it."""
    asked = visit.request.GET if visit.request.method == "GET" else visit.post
    since = min(instant_of(asked.get("depuis", ""), visit.now), visit.now)
    if visit.request.method == "GET":
        dated = clock_time(visit.session.local(since)) if "depuis" in asked else ""
        return answers.dialog(visit, "room_incident", {
            "kinds": RoomIncidentKind.choices, "incident": running_incident(visit.session, visit.now),
            "since": dated, "milliseconds": clock.milliseconds(since) if dated else "",
        })  # fmt: skip
    incidents.start_room_incident(
        session_id=visit.session.pk, kind=asked.get("quoi", ""), actor=visit.actor, now=visit.now, since=since
    )
    return answers.done(visit)


@in_room("GET", "POST")
def end_room_incident(visit: Visit, **_: Any) -> HttpResponse:
    """« Fin de l’incident »: asked with the names; confirmed, unless what was typed changed the minutes shown."""
    running = running_incident(visit.session, visit.now)
    if running is None and visit.request.method == "GET":
        return answers.dialog(visit, "room_incident_end", {"incident": None})
    if running is None or (visit.request.method == "POST" and visit.post.get("incident") != str(running.key)):
        _end(visit, incidents.Settlement(visit.now, visit.now))  # which says why, or that it is done
        return answers.done(visit)
    until = min(instant_of(visit.post.get("fini", ""), visit.now), visit.now)
    data = visit.post if visit.request.method == "POST" else None
    form = RoomIncidentForm(
        data, session=visit.session, since=running.since, until=until, now=visit.now,
        earliest=last_settled(visit.session),
    )  # fmt: skip
    if not form.is_bound or not form.is_valid():
        return _ask(visit, form, incidents.Settlement(running.since, until))
    settlement = form.settlement(*(chosen_ids(visit.post.getlist(name)) for name in ("candidat", "reprise")))
    if settlement.until >= settlement.since and visit.post.get("minutes") != str(settlement.minutes):
        return _ask(visit, form, settlement, changed=True)
    try:
        _end(visit, settlement)
    except DomainError as error:
        if error.status != 422 or isinstance(error, Busy):
            raise
        return _ask(visit, form, settlement, error=error.sentence)
    return answers.done(visit)


@in_room("POST")
def undo_room_incident(visit: Visit, **_: Any) -> HttpResponse:
    """It was a slip of the finger."""
    return _undo(visit, incidents.undo_start)


@in_room("POST")
def undo_room_incident_end(visit: Visit, **_: Any) -> HttpResponse:
    """It goes on; what was given and is unused is taken back."""
    return _undo(visit, incidents.undo_end)


def _undo(visit: Visit, service: Any) -> HttpResponse:
    service(session_id=visit.session.pk, key=_key(visit), actor=visit.actor, now=visit.now)
    return answers.done(visit)


def _end(visit: Visit, settlement: incidents.Settlement) -> Session:
    return incidents.end_room_incident(
        session_id=visit.session.pk, key=_key(visit), settlement=settlement, actor=visit.actor, now=visit.now
    )


def _key(visit: Visit) -> int:
    ids = chosen_ids(visit.post.getlist("incident"))
    if len(ids) != 1:
        raise refuse("room_incident_other")
    return ids[0]


def _ask(
    visit: Visit,
    form: RoomIncidentForm,
    settlement: incidents.Settlement,
    *,
    error: str = "",
    changed: bool = False,
) -> HttpResponse:
    """The ticks as they were posted; proposed anew where the page is asked for, or the hours changed."""
    people = concerned(
        running_candidates(visit), visit.session, settlement.since, settlement.until, visit.now
    )
    # Names that were not shown (hours in the wrong order) were not unticked by anybody.
    kept = form.is_bound and "noms" in visit.post
    given = set(settlement.given_to) if kept else {one.candidate.pk for one in people if one.gets_minutes}
    back = set(settlement.resuming) if kept else {one.candidate.pk for one in people if one.resumes}
    context = {
        "incident": running_incident(visit.session, visit.now),
        "form": form,
        "minutes": max(settlement.minutes, 0),
        "people": people,
        "resumable": [one for one in people if one.may_resume],
        "given": given,
        "back": back,
        "finished": clock.milliseconds(form.shown["until"]),
        "changed": changed,
        "error": error,
    }
    return answers.dialog(visit, "room_incident_end", context, status=422 if form.is_bound else 200)
