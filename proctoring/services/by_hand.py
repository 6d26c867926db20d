"""A session followed by hand, and keying the paper list after an outage (R22).

Same states, same deadline function; the typed time is when it happened, the receipt is when it was typed.
"""

from datetime import datetime

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import RUNNING, SENTENCES, AttemptState, Source
from proctoring.models import Attempt
from proctoring.services import running
from proctoring.services.due import locked_room
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor


def start_by_hand(
    *, session_id: int, candidate_id: int, at: datetime, source: Source, actor: Actor, now: datetime
) -> Attempt:
    """« A commencé à … ». Presence is required, as everywhere."""
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        if (
            attempt.state == AttemptState.IN_PROGRESS
            and attempt.started_at == at
            and not room.session.is_over
        ):
            return attempt
        _check(room, source, at)
        if attempt.state == AttemptState.EXPECTED:
            raise refuse("presence_not_confirmed")
        if attempt.state in RUNNING:
            raise DomainError("resume_not_authorised", SENTENCES["already_started_by_hand"])
        _start(room, attempt, at=at, source=source, actor=actor)
        return attempt


def start_all_by_hand(
    *, session_id: int, at: datetime, source: Source, actor: Actor, now: datetime
) -> list[Attempt]:
    """« Toute la salle a commencé à 10h05 »: every ticked row that has not started.

    One whose profile turned out not to be certifiable meanwhile is left alone: his row says so.
    """
    with locked_room(session_id, now=now) as room:
        _check(room, source, at)
        waiting = [attempt for attempt in room.attempts() if _may_start(attempt)]
        for attempt in waiting:
            _start(room, attempt, at=at, source=source, actor=actor)
        return waiting


def resume_by_hand(
    *, session_id: int, candidate_id: int, at: datetime, source: Source, actor: Actor, now: datetime
) -> Attempt:
    """« A repris à … », after the resume was authorised."""
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        if (
            attempt.state == AttemptState.IN_PROGRESS
            and attempt.resumed_at == at
            and not room.session.is_over
        ):
            return attempt
        _check(room, source, at, after=attempt.started_at)
        running.resume(
            room, attempt, actor=actor, at=at, entry=None, facts=_facts(source), source=source, source_at=now
        )
        return attempt


def complete_by_hand(
    *, session_id: int, candidate_id: int, at: datetime, source: Source, actor: Actor, now: datetime
) -> Attempt:
    """« A terminé à … »."""
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        if attempt.state == AttemptState.COMPLETED and attempt.over_at == at and not room.session.is_over:
            return attempt
        _check(room, source, at, after=attempt.started_at)
        running.finish(room, attempt, actor=actor, at=at, facts=_facts(source), source=source, source_at=now)
        return attempt


def _may_start(attempt: Attempt) -> bool:
    return attempt.state == AttemptState.PRESENT and attempt.candidate.certifiable is not False


def _start(room: Room, attempt: Attempt, *, at: datetime, source: Source, actor: Actor) -> None:
    running.start(
        room, attempt, actor=actor, at=at, entry=None, facts=_facts(source), source=source, source_at=room.now
    )


def _facts(source: Source) -> dict[str, str]:
    return {"source": source.value}


def _check(room: Room, source: Source, at: datetime, *, after: datetime | None = None) -> None:
    """By hand only where the session is followed so; the paper list anywhere; always marked. A plausible time."""
    room.require_open()
    if source == Source.PIXSURV or (source == Source.HAND and not room.session.by_hand):
        raise refuse("not_allowed", status=403)
    if at > room.now:
        raise DomainError("in_the_future", "Cette heure n’est pas encore passée.", status=422)
    if after is not None and at < after:
        raise DomainError("before_start", "Cette heure est avant le début du test.", status=422)
    if at < rules.earliest(room.session):
        raise DomainError("too_early", "Cette heure est bien avant le début de la session.", status=422)
