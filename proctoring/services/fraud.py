"""The facts of a suspected fraud (I1): written by admins, on a sheet that the room never shows."""

from datetime import datetime

from pixsurv.kernel import journal
from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring.categories import FRAUD
from proctoring.enums import IncidentSource
from proctoring.models import FraudSheet, Incident
from proctoring.services import incidents
from proctoring.services.due import locked_room
from proctoring.services.room import Room, one_line, refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind

MOST_CHARACTERS = 4000


def report_fraud(*, session_id: int, candidate_id: int, facts: str, actor: Actor, now: datetime) -> Incident:
    """An admin notes a suspicion, with its facts. Refused with `not_allowed`, `facts_missing`, `session_closed`."""
    _require_admin(actor)
    text = _clean(facts)
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        room.require_open()
        observed = incidents.Observed(FRAUD)
        incident = incidents.report(room, attempt, observed, actor=actor, source=IncidentSource.HAND)
        _write_sheet(room, incident, text, actor=actor)
        return incident


def write_sheet(*, session_id: int, incident_id: int, facts: str, actor: Actor, now: datetime) -> FraudSheet:
    """The facts of a suspicion that the room announced, or a new version of them. The same again changes nothing.

    Refused with `not_allowed`, `incident_not_found` (404), `incident_gone`, `facts_missing`, `session_closed`.
    """
    _require_admin(actor)
    text = _clean(facts)
    with locked_room(session_id, now=now) as room:
        incident = incidents.find(room, incident_id)
        if incident.category != FRAUD:
            raise refuse("incident_not_found", status=404)
        room.require_open()
        if incident.deleted_at is not None:
            raise refuse("incident_gone")
        last = incident.sheets.order_by("-sequence").first()
        if last is not None and last.facts == text:
            return last
        return _write_sheet(room, incident, text, actor=actor)


def _write_sheet(room: Room, incident: Incident, text: str, *, actor: Actor) -> FraudSheet:
    assert incident.candidate_id is not None
    salt = journal.new_salt()
    told: dict[str, Json] = {
        "incident": incident.pk,
        "category": incident.category,
        "sheet_digest": journal.facts_digest(salt, {"facts": text}),
    }
    attempt = room.attempt(incident.candidate_id)
    event = room.write(attempt, EventKind.INCIDENT_CHANGED, actor=actor, facts=told)
    return FraudSheet.objects.create(
        incident=incident, facts=text, salt=salt, sequence=event.sequence, written_at=room.now
    )


def _require_admin(actor: Actor) -> None:
    if actor.kind != ActorKind.ADMIN:
        raise refuse("not_allowed", status=403)


def _clean(facts: str) -> str:
    """Paragraphs are kept."""
    text = "\n".join(one_line(line) for line in facts.splitlines()).strip()
    if not text:
        raise DomainError("facts_missing", "Notez les faits observés.", status=422)
    if len(text) > MOST_CHARACTERS:
        raise DomainError("facts_too_long", f"La fiche tient en {MOST_CHARACTERS} caractères.", status=422)
    return text
