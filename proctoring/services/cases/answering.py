"""An admin answers what a room sent up: once, with his name (A1)."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from types import MappingProxyType

from django.db import transaction

from pixsurv.kernel.errors import DomainError
from proctoring.enums import Arrival, AttemptState, CaseKind, CaseState
from proctoring.models import Case
from proctoring.selectors.wording import clock_time
from proctoring.services import ending
from proctoring.services.cases.enrolling import enrol_whom
from proctoring.services.cases.settling import answer_of, facts_of, settle
from proctoring.services.cases.transfer import move
from proctoring.services.due import locked_room
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.models import Candidate
from sessions_app.services.journal import busy_when_locked


def answer_case(*, case_id: int, accepted: bool, actor: Actor, now: datetime) -> Case:
    """« Accepter » or « Refuser ». The same answer again by the same person changes nothing.

    Accepted: a late pupil may be ticked, a test is reopened, a pupil is enrolled, a candidate changes rooms. Refused
    with `not_allowed` (403), `session_closed`, `case_answered` (who answered is told), `case_gone`, and with what the
    act itself is refused with: the case then waits on.
    """
    if actor.kind != ActorKind.ADMIN:
        raise refuse("not_allowed", status=403)
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise DomainError("not_found", "Cette demande n’existe pas.", status=404)
    act = ACCEPT[CaseKind(case.kind)] if accepted else _refuse
    with busy_when_locked(), transaction.atomic():
        act(case, actor, now)
    case.refresh_from_db()
    return case


def _refuse(case: Case, actor: Actor, now: datetime) -> None:
    with locked_room(case.session_id, now=now) as room:
        if (waiting := _waiting(room, case, CaseState.REFUSED, actor)) is not None:
            settle(room, waiting, CaseState.REFUSED, actor=actor)


def _accept_late(case: Case, actor: Actor, now: datetime) -> None:
    """He may be ticked: the late question is answered for him."""
    with locked_room(case.session_id, now=now) as room:
        waiting = _waiting(room, case, CaseState.ACCEPTED, actor)
        if waiting is None or waiting.candidate_id is None:
            return
        attempt = room.attempt(waiting.candidate_id)
        if attempt.state != AttemptState.EXPECTED:
            raise refuse("case_gone")
        if attempt.candidate.certifiable is False:
            raise refuse("not_certifiable")
        settle(
            room,
            waiting,
            CaseState.ACCEPTED,
            actor=actor,
            attempt=attempt,
            arrival=Arrival.LATE,
            late_refused_at=None,
        )


def _accept_reopening(case: Case, actor: Actor, now: datetime) -> None:
    """The reopening itself settles the case, wherever an admin does it."""
    if _still_waits(case, actor, now) and case.candidate_id is not None:
        reason = str(facts_of(case).get("reason", ""))
        ending.reopen(
            session_id=case.session_id, candidate_id=case.candidate_id, reason=reason, actor=actor, now=now
        )


def _accept_enrolment(case: Case, actor: Actor, now: datetime) -> None:
    if not _still_waits(case, actor, now):
        return
    candidate = enrol_whom(case, actor=actor, now=now)
    with locked_room(case.session_id, now=now) as room:
        _settle_with(room, case, candidate, actor)


def _accept_transfer(case: Case, actor: Actor, now: datetime) -> None:
    candidate = case.candidate
    assert candidate is not None  # case_about_a_candidate
    with ExitStack() as locks:
        # In the order of their ids (mechanics §9): two transfers that cross must not wait for each other.
        rooms = {
            pk: locks.enter_context(locked_room(pk, now=now))
            for pk in sorted({case.session_id, candidate.session_id})
        }
        here = rooms[case.session_id]
        if _waiting(here, case, CaseState.ACCEPTED, actor) is None:
            return
        if candidate.session_id != case.session_id:
            move(candidate.pk, source=rooms[candidate.session_id], target=here, actor=actor)
        candidate.refresh_from_db()
        _settle_with(here, case, candidate, actor)


def _settle_with(room: Room, case: Case, candidate: Candidate, actor: Actor) -> None:
    case.candidate = candidate
    settle(room, case, CaseState.ACCEPTED, actor=actor, attempt=room.attempt(candidate.pk))


def _still_waits(case: Case, actor: Actor, now: datetime) -> bool:
    """Locks the room for the rest of the transaction: the service that acts locks it again, after us."""
    with locked_room(case.session_id, now=now) as room:
        return _waiting(room, case, CaseState.ACCEPTED, actor) is not None


def _waiting(room: Room, case: Case, wanted: CaseState, actor: Actor) -> Case | None:
    """The case as it stands under the lock; None when this very answer was given by this very person."""
    case.refresh_from_db()
    if case.state == wanted and actor.account_id is not None and case.answered_by_id == actor.account_id:
        return None
    if case.state in {CaseState.ACCEPTED, CaseState.REFUSED}:
        raise _answered(room, case)
    room.require_open()
    if case.state != CaseState.OPEN:
        raise refuse("case_gone")
    return case


def _answered(room: Room, case: Case) -> DomainError:
    actor = answer_of(case).get("actor")
    name = actor.get("name", "") if isinstance(actor, Mapping) else ""
    at = clock_time(room.session.local(case.answered_at)) if case.answered_at else ""
    word = CaseState(case.state).label.lower()
    return DomainError("case_answered", f"{name} a déjà répondu à {at}\u00a0: {word}.")


type Act = Callable[[Case, Actor, datetime], None]

ACCEPT: Mapping[CaseKind, Act] = MappingProxyType(
    {
        CaseKind.LATE: _accept_late,
        CaseKind.REOPENING: _accept_reopening,
        CaseKind.NOT_LISTED: _accept_enrolment,
        CaseKind.TRANSFER: _accept_transfer,
    }
)
