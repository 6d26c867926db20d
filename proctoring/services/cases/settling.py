"""A case stops waiting: answered, taken back, or overtaken by what happened in the room."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring.enums import CaseKind, CaseState
from proctoring.models import Attempt, Case
from proctoring.services.due import locked_room
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.models import Event


def withdraw_case(*, session_id: int, raised_sequence: int, actor: Actor, now: datetime) -> Case:
    """The room takes its own request back; again changes nothing. Refused with `case_gone`, `session_closed`."""
    with locked_room(session_id, now=now) as room:
        room.require_open()
        case = Case.objects.filter(session_id=session_id, raised_sequence=raised_sequence).first()
        if case is None:
            raise DomainError("not_found", "Cette demande n’existe pas.", status=404)
        if case.state == CaseState.WITHDRAWN:
            return case
        if case.state != CaseState.OPEN:
            raise refuse("case_gone")
        settle(room, case, CaseState.WITHDRAWN, actor=actor)
        return case


def settle(
    room: Room,
    case: Case,
    state: CaseState,
    *,
    actor: Actor,
    facts: Mapping[str, Json] | None = None,
    attempt: Attempt | None = None,
    **changes: Any,
) -> Event:
    """Under the lock of the case's room: write what became of it, with what that changes of the attempt."""
    kind = EventKind.CASE_WITHDRAWN if state == CaseState.WITHDRAWN else EventKind.CASE_ANSWERED
    raised = facts_of(case)
    about: dict[str, Json] = {name: raised.get(name) for name in ("last_name", "first_name")}
    told: dict[str, Json] = {
        "case": case.raised_sequence,
        "kind": case.kind,
        "answer": state.value,
        **about,
        **(facts or {}),
    }
    if attempt is None and case.kind in {CaseKind.LATE, CaseKind.REOPENING} and case.candidate_id is not None:
        attempt = room.attempt(case.candidate_id)
    if attempt is not None:
        event = room.write(attempt, kind, actor=actor, facts=told, last_case=case, **changes)
    else:
        # No row tells it: the whole page comes again, with the answer said in an announcement.
        event = room.lock.record(
            kind, actor=actor, candidate_id=case.candidate_id, facts=told, changes_list=True
        )
    case.state = state
    case.answered_at = room.now
    case.answered_by_id = actor.account_id
    case.answered_sequence = event.sequence
    case.save(update_fields=["state", "answered_at", "answered_by", "answered_sequence", "candidate"])
    return event


def overtake(room: Room, attempt: Attempt, *kinds: CaseKind, actor: Actor) -> None:
    """What was asked about this candidate has no object any more."""
    case = attempt.last_case
    if case is not None and case.state == CaseState.OPEN and case.kind in kinds:
        settle(room, case, CaseState.WITHDRAWN, actor=actor, attempt=attempt)


def granted_case(attempt: Attempt) -> Case | None:
    """The direction let him in: a late pupil, or one whom it put on this list after the launch."""
    case = attempt.last_case
    lets_in = {CaseKind.LATE, CaseKind.NOT_LISTED, CaseKind.TRANSFER}
    return case if case is not None and case.state == CaseState.ACCEPTED and case.kind in lets_in else None


def grant(room: Room, attempt: Attempt, kind: CaseKind, *, actor: Actor) -> None:
    """An admin did what was asked: that is the answer, wherever he did it."""
    case = attempt.last_case
    if case is not None and case.state == CaseState.OPEN and case.kind == kind:
        settle(room, case, CaseState.ACCEPTED, actor=actor, attempt=attempt)


def overtake_all(room: Room, *, actor: Actor, kinds: Iterable[CaseKind] = CaseKind) -> None:
    """Nobody waits for an answer in this room any more: it closes, or was not launched after all."""
    waiting = Case.objects.filter(session_id=room.session.pk, state=CaseState.OPEN, kind__in=list(kinds))
    for case in waiting.order_by("raised_sequence"):
        settle(room, case, CaseState.WITHDRAWN, actor=actor)


def facts_of(case: Case) -> dict[str, Json]:
    """What was asked, from the journal; empty once it is eliminated."""
    return _facts(case.session_id, case.raised_sequence)


def answer_of(case: Case) -> dict[str, Json]:
    """What was answered, and by whom."""
    return _facts(case.session_id, case.answered_sequence or 0)


def _facts(session_id: int, sequence: int) -> dict[str, Json]:
    event = Event.objects.filter(session_id=session_id, sequence=sequence).only("facts").first()
    return dict(event.facts or {}) if event is not None else {}
