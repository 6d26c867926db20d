"""« Poste défaillant » (R17): another computer, the incident, the resume and the lost minutes in one gesture."""

from datetime import datetime

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring import rules
from proctoring.categories import TECHNICAL
from proctoring.enums import OVER, RUNNING, AttemptState, IncidentSource
from proctoring.models import Attempt, Incident
from proctoring.services import incidents, minutes, resume
from proctoring.services.due import locked_room
from proctoring.services.room import Room, one_line, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.models import Event


def swap_workstation(
    *, session_id: int, candidate_id: int, workstation: str, lost: int, actor: Actor, now: datetime
) -> Incident:
    """The candidate moves to `workstation`: C7 is noted; while his test runs, a resume is authorised and `lost`
    minutes (0: none) are given back. All or nothing.

    Refused with `workstation_missing`, `out_of_range` (422), `same_workstation`, `workstation_taken`,
    `attempt_over`, `session_closed`. A repeat would add: the form carries a `once`.
    """
    target = one_line(workstation)[:20]
    if not target:
        raise refuse("workstation_missing", status=422)
    if not 0 <= lost <= minutes.MOST_MINUTES:
        raise DomainError("out_of_range", f"Donnez de 0 à {minutes.MOST_MINUTES} minutes.", status=422)
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        room.require_open()
        state = rules.state_at(attempt, now)
        if state in OVER:
            raise refuse("attempt_over")
        if attempt.workstation == target:
            raise refuse("same_workstation")
        if _is_taken(room, attempt, target):
            raise refuse("workstation_taken")
        left = attempt.workstation
        runs = state in RUNNING
        incident = incidents.report(
            room,
            attempt,
            incidents.Observed(TECHNICAL, description=_sentence(left, target)),
            actor=actor,
            source=IncidentSource.WORKSTATION,
            facts={"after": target, "minutes": lost if runs else 0, "resume": runs},
        )
        swap: dict[str, Json] = {"swap": incident.pk}
        told: dict[str, Json] = {"before": left, "after": target, **swap}
        room.write(attempt, EventKind.WORKSTATION_CHANGED, actor=actor, facts=told, workstation=target)
        if runs and lost:
            minutes.give(room, [attempt], lost, actor=actor, reason="Poste défaillant", facts=swap)
        if state == AttemptState.IN_PROGRESS:
            resume.authorise(room, attempt, actor=actor, facts=swap)
        return incident


def undo_swap(
    *, session_id: int, candidate_id: int, incident_id: int, actor: Actor, now: datetime
) -> Incident:
    """All of it back, within 10 s and 5 s of grace, while he has not resumed; later `swap_stands`."""
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        incident = incidents.find(room, incident_id)
        if incident.candidate_id != candidate_id or incident.source != IncidentSource.WORKSTATION:
            raise refuse("incident_not_found", status=404)
        room.require_open()
        if incident.deleted_at is not None:
            return incident
        done = {event.kind: event.facts or {} for event in _of_swap(room, incident)}
        moved = done.get(EventKind.WORKSTATION_CHANGED, {})
        authorised = EventKind.RESUME_AUTHORISED in done
        late = now >= incident.reported_at + rules.UNDO + rules.UNDO_GRACE
        resumed = authorised and attempt.state != AttemptState.RESUME_AUTHORISED
        if late or resumed or attempt.workstation != moved.get("after"):
            raise refuse("swap_stands")
        if authorised:
            room.transition(attempt, EventKind.RESUME_CANCELLED, actor=actor)
        if given := done.get(EventKind.MINUTES_GIVEN):
            minutes.take_back(room, [attempt], int(str(given["minutes"])), actor=actor)
        left = str(moved.get("before", ""))
        told: dict[str, Json] = {"before": attempt.workstation, "after": left}
        room.write(attempt, EventKind.WORKSTATION_CHANGED, actor=actor, facts=told, workstation=left)
        incidents.delete(room, attempt, incident, actor=actor)
        return incident


def _sentence(left: str, target: str) -> str:
    return (
        f"Poste {left} défaillant, élève installé au poste {target}"
        if left
        else (f"Poste défaillant, élève installé au poste {target}")
    )


def _is_taken(room: Room, attempt: Attempt, target: str) -> bool:
    """Somebody who has not finished sits there."""
    others = Attempt.objects.filter(session_id=room.session.pk, workstation=target).exclude(pk=attempt.pk)
    return any(rules.state_at(other, room.now) not in OVER for other in others)


def _of_swap(room: Room, incident: Incident) -> list[Event]:
    events = Event.objects.filter(
        session_id=room.session.pk,
        candidate_id=incident.candidate_id,
        received_at=incident.reported_at,
    )
    return [event for event in events.order_by("sequence") if (event.facts or {}).get("swap") == incident.pk]
