"""Extra time and minutes given back (R13): a deadline only ever moves by an event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring import rules
from proctoring.enums import BEFORE, RUNNING, ProposalKind
from proctoring.models import Attempt
from proctoring.services import proposals
from proctoring.services.due import locked_room
from proctoring.services.room import Room, one_line, refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Event

MOST_MINUTES = 120


def set_extra_time(
    *,
    session_id: int,
    candidate_id: int,
    percent: int,
    actor: Actor,
    now: datetime,
    written_decision: bool = False,
) -> Attempt:
    """Set a candidate's extra time, in percent of the duration. Setting it again changes nothing.

    Over one third needs `written_decision` from an admin (`decision_missing`), except to undo what was just lowered.
    Refused when the new deadline would be before what has elapsed (`below_elapsed`) or the test is over
    (`not_in_progress`).
    """
    if not 0 <= percent <= 300:
        raise DomainError("out_of_range", "Le temps majoré va de 0 à 300 %.", status=422)
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        room.require_open()
        candidate = attempt.candidate
        before = candidate.extra_time_percent
        if before == percent:
            return attempt
        if rules.state_at(attempt, now) not in BEFORE | RUNNING:
            raise refuse("not_in_progress")
        lowers = percent < before
        vouched = written_decision and actor.kind == ActorKind.ADMIN
        allowed = percent <= rules.EXTRA_TIME_WITHOUT_DECISION or lowers or vouched
        if not allowed and not _puts_back(room, attempt, percent):
            raise DomainError(
                "decision_missing",
                "Au-delà du tiers, un administrateur doit confirmer que l’établissement détient la décision"
                " écrite d’aménagement.",
                status=403,
            )
        candidate.extra_time_percent = percent
        changes = _new_deadline(room, attempt)
        Candidate.objects.filter(pk=candidate.pk).update(extra_time_percent=percent)
        facts: dict[str, Json] = {"before": before, "after": percent, "written_decision": vouched}
        undoes = _puts_back(room, attempt, percent)
        room.write(attempt, EventKind.EXTRA_TIME_SET, actor=actor, facts=facts, **changes)
        proposals.lapse(room, attempt, ProposalKind.EXTRA_TIME)
        if not undoes:
            sentence = f"Temps majoré\u00a0: {percent}\u00a0%, au lieu de {before}\u00a0%"
            proposals.propose(room, attempt, ProposalKind.EXTRA_TIME, description=sentence)
        return attempt


def give_minutes(
    *, session_id: int, candidate_ids: list[int], minutes: int, actor: Actor, now: datetime, reason: str = ""
) -> list[Attempt]:
    """« Minutes perdues »: give minutes back to running tests, all or none. Refused: `not_in_progress`."""
    _check(minutes, candidate_ids)
    with locked_room(session_id, now=now) as room:
        room.require_open()
        return give(room, room.attempts(candidate_ids), minutes, actor=actor, reason=one_line(reason))


def give(
    room: Room,
    attempts: list[Attempt],
    minutes: int,
    *,
    actor: Actor,
    reason: str,
    facts: Mapping[str, Json] | None = None,
) -> list[Attempt]:
    """Under the lock."""
    for attempt in attempts:
        _require_running(attempt, room.now)
        attempt.given_minutes += minutes
        told: dict[str, Json] = {"minutes": minutes, "reason": reason, "together": len(attempts)}
        room.write(
            attempt,
            EventKind.MINUTES_GIVEN,
            actor=actor,
            facts={**told, **(facts or {})},
            given_minutes=attempt.given_minutes,
            **_new_deadline(room, attempt),
        )
    return attempts


def take_minutes_back(
    *, session_id: int, candidate_ids: list[int], minutes: int, actor: Actor, now: datetime
) -> list[Attempt]:
    """Take given minutes back, never below what has elapsed (`below_elapsed`), nor more than was given."""
    _check(minutes, candidate_ids)
    with locked_room(session_id, now=now) as room:
        room.require_open()
        return take_back(room, room.attempts(candidate_ids), minutes, actor=actor)


def take_back(
    room: Room,
    attempts: list[Attempt],
    minutes: int,
    *,
    actor: Actor,
    facts: Mapping[str, Json] | None = None,
) -> list[Attempt]:
    """Under the lock."""
    for attempt in attempts:
        _require_running(attempt, room.now)
        if attempt.given_minutes < minutes:
            raise DomainError("more_than_given", "C’est plus que les minutes rendues à cet élève.")
        attempt.given_minutes -= minutes
        room.write(
            attempt,
            EventKind.MINUTES_TAKEN_BACK,
            actor=actor,
            facts={"minutes": minutes, **(facts or {})},
            given_minutes=attempt.given_minutes,
            **_new_deadline(room, attempt),
        )
    return attempts


def _puts_back(room: Room, attempt: Attempt, percent: int) -> bool:
    """The undo of the last change, in time: it grants nothing that was not granted before it."""
    last = (
        Event.objects.filter(
            session_id=room.session.pk, candidate_id=attempt.candidate_id, kind=EventKind.EXTRA_TIME_SET
        )
        .order_by("-sequence")
        .first()
    )
    if last is None or room.now >= last.received_at + rules.UNDO + rules.UNDO_GRACE:
        return False
    return bool((last.facts or {}).get("before") == percent)


def _check(minutes: int, candidate_ids: list[int]) -> None:
    if not candidate_ids:
        raise DomainError("nobody_chosen", "Choisissez au moins un élève.", status=422)
    if not 1 <= minutes <= MOST_MINUTES:
        raise DomainError("out_of_range", f"Donnez de 1 à {MOST_MINUTES} minutes.", status=422)


def _require_running(attempt: Attempt, now: datetime) -> None:
    if rules.state_at(attempt, now) not in RUNNING:
        raise refuse("not_in_progress")


def _new_deadline(room: Room, attempt: Attempt) -> dict[str, Any]:
    """The deadline column of a started attempt; nothing before the start. Never moved into the past, that is behind
    the instant at which deadlines are judged."""
    if attempt.started_at is None or attempt.deadline_at is None:
        return {}
    deadline = rules.deadline_of(attempt, room.session, attempt.candidate)
    if deadline < attempt.deadline_at and deadline < rules.standing(room.session, room.now):
        raise DomainError("below_elapsed", "La nouvelle heure de fin serait déjà passée.")
    attempt.deadline_at = deadline
    room.watch(attempt)
    return {"deadline_at": deadline}
