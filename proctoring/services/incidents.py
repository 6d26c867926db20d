"""Incidents (I1): written, corrected and taken back until closing, each time with an event that says it all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring import rules
from proctoring.categories import CATEGORIES, Category
from proctoring.enums import IncidentSource
from proctoring.models import Alert, Attempt, Incident
from proctoring.models.incident import LAST_QUESTION, MOST_CHARACTERS
from proctoring.services.due import locked_room
from proctoring.services.room import Room, one_line, refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind


@dataclass(frozen=True, slots=True)
class Observed:
    """What somebody writes of an incident. `at` None: now."""

    category: str
    question: int | None = None
    description: str = ""
    at: datetime | None = None


def report_incident(
    *, session_id: int, candidate_id: int | None, observed: Observed, actor: Actor, now: datetime
) -> Incident:
    """« Incident », for a candidate or, without one, for the room.

    Refused with `session_closed`, and 422: `category_unknown`, `category_not_valid`, `candidate_missing`,
    `question_missing`, `question_out_of_range`, `description_missing`, `description_too_long`, `facts_apart`; 404 for
    a candidate of another room. A repeat adds another one: the form carries a `once`.
    """
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id) if candidate_id is not None else None
        room.require_open()
        return report(room, attempt, observed, actor=actor, source=IncidentSource.HAND)


def report(
    room: Room,
    attempt: Attempt | None,
    observed: Observed,
    *,
    actor: Actor,
    source: IncidentSource,
    alert: Alert | None = None,
    facts: Mapping[str, Json] | None = None,
) -> Incident:
    """Under the lock. The workstation is the candidate's of this moment; `facts` are added to the event's."""
    category, clean, at = checked(room, attempt, observed)
    incident = Incident(
        session=room.session,
        candidate_id=attempt.candidate_id if attempt is not None else None,
        alert=alert,
        category=category.code,
        question=clean.question,
        workstation=attempt.workstation if attempt is not None else "",
        description=clean.description,
        reported_by=actor.name,
        source=source,
        observed_at=at,
        reported_at=room.now,
    )
    incident.save(force_insert=True)
    told = {**_told(incident), "incident": incident.pk, "alert": alert.pk if alert else None, **(facts or {})}
    _write(room, attempt, EventKind.INCIDENT_REPORTED, actor, told, at, counts=_shown(incident))
    return incident


def change_incident(
    *, session_id: int, incident_id: int, observed: Observed, actor: Actor, now: datetime
) -> Incident:
    """Corrected, until closing; `observed.at` None leaves the hour. The same again changes nothing.

    Refused as `report_incident`, and with `incident_not_found` (404), `incident_gone`, `category_fixed` (a suspected
    fraud stays one).
    """
    with locked_room(session_id, now=now) as room:
        incident = find(room, incident_id)
        room.require_open()
        if incident.deleted_at is not None:
            raise refuse("incident_gone")
        attempt = _attempt_of(room, incident)
        if observed.at is None:
            observed = Observed(
                observed.category, observed.question, observed.description, incident.observed_at
            )
        category, clean, at = checked(room, attempt, observed)
        if category.facts_apart or CATEGORIES[incident.category].facts_apart:
            raise refuse("category_fixed")
        before = _told(incident)
        incident.category, incident.question = category.code, clean.question
        incident.description, incident.observed_at = clean.description, at
        after = _told(incident)
        if after != before:
            incident.save(update_fields=["category", "question", "description", "observed_at"])
            facts: dict[str, Json] = {"incident": incident.pk, "before": before, "after": after}
            _write(room, attempt, EventKind.INCIDENT_CHANGED, actor, facts, incident.observed_at)
        return incident


def delete_incident(*, session_id: int, incident_id: int, actor: Actor, now: datetime) -> Incident:
    """Taken back, until closing; again, nothing changes. What it said stays in the journal.

    Refused with `incident_not_found` (404), `session_closed`; `sheet_written` once an admin wrote the facts of a
    suspected fraud, for whoever is none.
    """
    with locked_room(session_id, now=now) as room:
        incident = find(room, incident_id)
        room.require_open()
        if incident.deleted_at is None:
            if actor.kind != ActorKind.ADMIN and incident.sheets.exists():
                raise refuse("sheet_written")
            delete(room, _attempt_of(room, incident), incident, actor=actor)
        return incident


def delete(room: Room, attempt: Attempt | None, incident: Incident, *, actor: Actor) -> None:
    """Under the lock."""
    incident.deleted_at = room.now
    incident.save(update_fields=["deleted_at"])
    facts: dict[str, Json] = {"incident": incident.pk, "before": _told(incident)}
    _write(room, attempt, EventKind.INCIDENT_DELETED, actor, facts, counts=-_shown(incident))


def find(room: Room, incident_id: int) -> Incident:
    incident = Incident.objects.filter(pk=incident_id, session_id=room.session.pk).first()
    if incident is None:
        raise refuse("incident_not_found", status=404)
    return incident


def checked(room: Room, attempt: Attempt | None, observed: Observed) -> tuple[Category, Observed, datetime]:
    """What is asked of its category, and nothing out of range; the hour within the day and not ahead of us."""
    category = CATEGORIES.get(observed.category)
    if category is None:
        raise refuse("category_unknown", status=422)
    earliest = min(room.session.starts_at, room.now) - rules.NAMES_SHOWN_BEFORE
    at = min(max(observed.at or room.now, earliest), room.now)
    if not category.is_valid_on(room.session.local(at).date()):
        raise refuse("category_not_valid", status=422)
    if attempt is None and not category.for_room:
        raise refuse("candidate_missing", status=422)
    if category.asks_question and observed.question is None:
        raise refuse("question_missing", status=422)
    if observed.question is not None and not 1 <= observed.question <= LAST_QUESTION:
        raise refuse("question_out_of_range", status=422)
    return category, Observed(category.code, observed.question, _description(category, observed)), at


def _description(category: Category, observed: Observed) -> str:
    description = one_line(observed.description)
    if description and category.facts_apart:
        raise refuse("facts_apart", status=422)
    if category.asks_description and not description:
        raise refuse("description_missing", status=422)
    if len(description) > MOST_CHARACTERS:
        raise DomainError(
            "description_too_long",
            f"La description tient en {MOST_CHARACTERS} caractères\u00a0: il y en a {len(description)}.",
            status=422,
        )
    return description


def _told(incident: Incident) -> dict[str, Json]:
    """All that a line of the report says; the label is that of the code."""
    return {
        "category": incident.category,
        "question": incident.question,
        "workstation": incident.workstation,
        "description": incident.description,
        "source": str(incident.source),
        "observed_at": incident.observed_at.isoformat(),
    }


def _shown(incident: Incident) -> int:
    """A suspected fraud is not counted in the room."""
    return 0 if CATEGORIES[incident.category].facts_apart else 1


def _attempt_of(room: Room, incident: Incident) -> Attempt | None:
    return room.attempt(incident.candidate_id) if incident.candidate_id is not None else None


def _write(
    room: Room,
    attempt: Attempt | None,
    kind: EventKind,
    actor: Actor,
    facts: Mapping[str, Json],
    observed_at: datetime | None = None,
    *,
    counts: int = 0,
) -> None:
    if attempt is None:
        room.lock.record(kind, actor=actor, facts=facts, observed_at=observed_at)
        return
    noted: dict[str, Any] = {"incidents_noted": attempt.incidents_noted + counts} if counts else {}
    room.write(attempt, kind, actor=actor, facts=facts, observed_at=observed_at, **noted)
