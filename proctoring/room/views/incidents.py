"""« Incident »: noted in two taps, listed, corrected, taken back (I1)."""

from secrets import token_urlsafe
from typing import Any

from django.http import HttpResponse

from pixsurv.kernel.errors import Busy, DomainError
from pixsurv.kernel.journal import Json
from proctoring.categories import CATEGORIES, Category, usable
from proctoring.models import Incident
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.incident_form import IncidentForm
from proctoring.room.people import attempt_of, candidate_of, chosen_ids
from proctoring.room.repeats import only_once
from proctoring.room.visit import Visit
from proctoring.selectors.incidents import find_incident, incident_lines, line_of
from proctoring.services import incidents
from proctoring.services.room import refuse
from sessions_app.models import Candidate

WHOLE_ROOM = "salle"  # chosen as one chooses a pupil
WHO = "Dites d’abord qui est concerné\u00a0: un élève, ou toute la salle."


@in_room("GET")
def incident_list(visit: Visit, **_: Any) -> HttpResponse:
    """« Incidents déjà notés »."""
    return answers.dialog(visit, "incidents", {"lines": incident_lines(visit.session)})


@in_room("GET", "POST")
def incident(visit: Visit, candidate_id: int | None = None, **_: Any) -> HttpResponse:
    """Of a row, or of the header; whom it concerns and the category first, then what that asks."""
    asked = visit.request.GET if visit.request.method == "GET" else visit.post
    said = asked.getlist("candidat")
    who = _concerned(visit, candidate_id, [one for one in said if one != WHOLE_ROOM])
    category = CATEGORIES.get(asked.get("categorie", ""))
    # What was asked and not answered is asked again: nobody means the whole room by not choosing.
    unsaid = visit.request.method == "GET" and who is None and WHOLE_ROOM not in said
    if category is None or unsaid or (who is None and not category.for_room):
        error = "" if category is None else WHO if unsaid else refuse("candidate_missing").sentence
        bad = visit.request.method == "POST" or bool(error)
        choice = who.pk if who is not None else WHOLE_ROOM if WHOLE_ROOM in said else ""
        return _choose(
            visit, who, choice, fixed=candidate_id is not None, error=error, status=422 if bad else 200
        )
    form = _form(visit, category)
    if not form.is_bound or not form.is_valid():
        return _ask(visit, who, form, status=422 if form.is_bound else 200)
    body: dict[str, Json] = {"candidate": who.pk if who else None, **_posted(visit)}
    try:
        only_once(visit, "incident", body, lambda: _report(visit, who, form))
    except DomainError as error:
        if error.status != 422 or isinstance(error, Busy):
            raise
        return _ask(visit, who, form, error=error.sentence, status=422)
    return answers.done(visit, *([who.pk] if who else []))


@in_room("GET", "POST")
def change_incident(visit: Visit, incident_id: int, **_: Any) -> HttpResponse:
    """Corrected, until closing."""
    found = _found(visit, incident_id)
    if found.deleted_at is not None:
        return answers.refused(visit, refuse("incident_gone"), found.candidate_id)
    category = CATEGORIES.get(visit.post.get("categorie", found.category), CATEGORIES[found.category])
    if CATEGORIES[found.category].facts_apart:
        raise refuse("category_fixed")
    form = _form(visit, category, found)
    context: dict[str, Any] = {"incident": found, "categories": _others(visit, found)}
    if not form.is_bound or not form.is_valid():
        return _ask(visit, found.candidate, form, status=422 if form.is_bound else 200, **context)
    try:
        incidents.change_incident(
            session_id=visit.session.pk, incident_id=found.pk, observed=form.observed(), actor=visit.actor,
            now=visit.now,
        )  # fmt: skip
    except DomainError as error:
        if error.status != 422:
            raise
        return _ask(visit, found.candidate, form, error=error.sentence, status=422, **context)
    return answers.done(visit, *([found.candidate_id] if found.candidate_id else []))


@in_room("GET", "POST")
def delete_incident(visit: Visit, incident_id: int, **_: Any) -> HttpResponse:
    """Asked first; POST is also the undo of one just noted."""
    if visit.request.method == "GET":
        found = _found(visit, incident_id)
        if found.deleted_at is not None:
            return answers.refused(visit, refuse("incident_gone"), found.candidate_id)
        context = {"incident": found, "line": line_of(found, visit.session)}
        return answers.dialog(visit, "incident_delete", context)
    gone = incidents.delete_incident(
        session_id=visit.session.pk, incident_id=incident_id, actor=visit.actor, now=visit.now
    )
    return answers.done(visit, *([gone.candidate_id] if gone.candidate_id else []))


def _concerned(visit: Visit, candidate_id: int | None, chosen: list[str]) -> Candidate | None:
    """The row's candidate, the chosen one, or nobody: the room."""
    ids = [candidate_id] if candidate_id is not None else chosen_ids([one for one in chosen if one])
    return candidate_of(visit, ids[0]) if ids and ids[0] is not None else None


def _found(visit: Visit, incident_id: int) -> Incident:
    found = find_incident(visit.session, incident_id)
    if found is None:
        raise refuse("incident_not_found", status=404)
    if found.candidate is not None:
        found.candidate.session = visit.session
    return found


def _form(visit: Visit, category: Category, found: Incident | None = None) -> IncidentForm:
    initial = {"question": found.question, "description": found.description} if found else {}
    data = visit.post if visit.request.method == "POST" else None
    return IncidentForm(
        data, category=category, session=visit.session, now=visit.now, incident=found, initial=initial
    )


def _report(visit: Visit, who: Candidate | None, form: IncidentForm) -> None:
    incidents.report_incident(
        session_id=visit.session.pk,
        candidate_id=who.pk if who else None,
        observed=form.observed(visit.observed_at()),
        actor=visit.actor,
        now=visit.now,
    )


def _posted(visit: Visit) -> dict[str, Json]:
    """All that the form says, for its `once`."""
    return {name: visit.post.get(name, "") for name in ("categorie", "question", "description", "at")}


def _choose(
    visit: Visit, who: Candidate | None, chosen: int | str, *, fixed: bool, error: str = "", status: int = 200
) -> HttpResponse:
    offered = usable(visit.session.local(visit.now).date())
    everybody = Candidate.objects.filter(session_id=visit.session.pk).select_related("attempt")
    context = {
        "concerned": who,
        "chosen": chosen,
        "whole_room": WHOLE_ROOM,
        "fixed": fixed,
        "people": [] if fixed else [_person(one) for one in everybody.order_by("sort_key", "pk")],
        "questions": [one for one in offered if one.asks_question],
        "others": [one for one in offered if not one.asks_question and not one.facts_apart],
        "fraud": [one for one in offered if one.facts_apart],
        "error": error,
    }
    return answers.dialog(visit, "incident", {**context, **_with(who)}, status=status)


def _person(candidate: Candidate) -> tuple[int, str]:
    """« DUPONT Paul · poste 14 »."""
    workstation = attempt_of(candidate).workstation if hasattr(candidate, "attempt") else ""
    where = f" · poste {workstation}" if workstation else ""
    return candidate.pk, f"{candidate.last_name.upper()} {candidate.first_name}{where}"


def _ask(
    visit: Visit, who: Candidate | None, form: IncidentForm, *, error: str = "", status: int, **more: Any
) -> HttpResponse:
    context = {"form": form, "category": form.category, "concerned": who, "error": error, "incident": None}
    context |= {"once": token_urlsafe(12), "categories": [], **more, **_with(who)}
    return answers.dialog(visit, "incident_form", context, status=status)


def _with(who: Candidate | None) -> dict[str, Any]:
    """`candidate` brings his workstation, and his fresh row with a refusal."""
    return {"candidate": who} if who is not None else {}


def _others(visit: Visit, found: Incident) -> list[Category]:
    day = visit.session.local(found.observed_at).date()
    return [one for one in usable(day, for_room=found.candidate_id is None) if not one.facts_apart]
