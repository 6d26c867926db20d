"""Presence, and the late question (R8, R10)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring import rules
from proctoring.enums import Arrival, AttemptState, CaseKind
from proctoring.models import Attempt
from proctoring.selectors.room import namesakes
from proctoring.services.cases.settling import answer_of, granted_case, overtake
from proctoring.services.due import locked_room
from proctoring.services.room import Room, one_line, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind, LatePolicy
from sessions_app.models import Candidate, Event

PRESENCE = (EventKind.PRESENCE_CONFIRMED, EventKind.PRESENCE_CANCELLED)


def confirm_presence(
    *,
    session_id: int,
    candidate_id: int,
    actor: Actor,
    now: datetime,
    arrival: Arrival | None = None,
    late_reason: str = "",
    after_roll_call: bool = False,
    observed_at: datetime | None = None,
    sure: bool = True,
) -> Attempt:
    """Tick: the candidate may start. Ticking again changes nothing.

    After the launch, `late_arrival` is raised until `arrival` answers the question; « Arrive en retard » is written
    as `late_refused` under the default setting, accepted with `late_reason` under the other. `after_roll_call`: who
    was not refused before was in the room at the launch. `observed_at`: of a gesture that was kept for the network.
    Not `sure`: `which_one` is raised for who can be taken for another of the list (R9). Refused with `session_closed`,
    `not_certifiable`, `already_started`, `presence_changed`.
    """
    late_reason = one_line(late_reason)
    with locked_room(session_id, now=now, at_the_end=True) as room:
        attempt = room.attempt(candidate_id)
        if after_roll_call and attempt.late_refused_at is None:
            arrival = Arrival.IN_ROOM
        if attempt.state == AttemptState.PRESENT and not room.session.is_over:
            if arrival == Arrival.LATE and attempt.arrival != Arrival.LATE:
                raise refuse("already_present")
            return attempt
        room.require_open()
        _require_standing(room, attempt, actor, observed_at)
        facts: dict[str, Json] = {}
        changes: dict[str, Any] = {}
        if attempt.state == AttemptState.EXPECTED:
            if attempt.candidate.certifiable is False:
                raise refuse("not_certifiable")
            if not sure and rules.confusable(attempt.candidate, namesakes(attempt.candidate)):
                raise refuse("which_one")
            if rules.late_question_asked(attempt, room.session):
                if arrival is None:
                    raise refuse("late_arrival")
                granted = arrival == Arrival.LATE and granted_case(attempt) is not None
                if arrival == Arrival.LATE and not granted and not _late_accepted(room, late_reason):
                    return _refuse_late(room, attempt, actor=actor, observed_at=observed_at)
                facts = {"arrival": arrival.value, "after_roll_call": after_roll_call, "reason": late_reason}
                changes = {"arrival": arrival, "late_reason": late_reason, "late_refused_at": None}
            facts |= _granted_by(attempt, arrival)
        if room.session.first_entry_at is None:
            room.lock.change(first_entry_at=now)
        room.transition(
            attempt,
            EventKind.PRESENCE_CONFIRMED,
            actor=actor,
            facts=facts,
            observed_at=observed_at,
            first_present_at=attempt.first_present_at or now,
            **changes,
        )
        overtake(room, attempt, CaseKind.LATE, actor=actor)
        return attempt


def cancel_presence(
    *, session_id: int, candidate_id: int, actor: Actor, now: datetime, observed_at: datetime | None = None
) -> Attempt:
    """Un-tick, until the test starts. Refused afterwards with `already_started`; with `presence_changed` as a tick."""
    with locked_room(session_id, now=now, at_the_end=True) as room:
        attempt = room.attempt(candidate_id)
        if attempt.state == AttemptState.EXPECTED and not room.session.is_over:
            return attempt
        _require_standing(room, attempt, actor, observed_at)
        room.transition(attempt, EventKind.PRESENCE_CANCELLED, actor=actor, observed_at=observed_at)
        return attempt


def become_certifiable(*, session_id: int, candidate_id: int, actor: Actor, now: datetime) -> Attempt:
    """« J’ai vu son profil certifiable à l’écran » (P2): journal and report line."""
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        room.require_open()
        candidate = attempt.candidate
        if candidate.certifiable is not False:
            return attempt
        Candidate.objects.filter(pk=candidate.pk).update(became_certifiable_at=now)
        candidate.became_certifiable_at = now
        room.write(
            attempt,
            EventKind.BECAME_CERTIFIABLE,
            actor=actor,
            facts={"competences_before": candidate.certifiable_competences},
        )
        return attempt


def undo_late(*, session_id: int, candidate_id: int, actor: Actor, now: datetime) -> Attempt:
    """« Arrive en retard » was a slip: he is awaited again, and his next tick asks again. Within 10 s and 5 s of grace.

    Told as `late_refused` with `undone`. Not refused (any more), nothing changes. Refused with `late_stands` later, or
    once the direction was asked about it; with `session_closed`.
    """
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        room.require_open()
        refused_at, case = attempt.late_refused_at, attempt.last_case
        if refused_at is None:
            return attempt
        asked = case is not None and case.kind == CaseKind.LATE and case.asked_at >= refused_at
        if asked or now >= refused_at + rules.UNDO + rules.UNDO_GRACE:
            raise refuse("late_stands")
        room.write(attempt, EventKind.LATE_REFUSED, actor=actor, facts={"undone": True}, late_refused_at=None)
        return attempt


def _require_standing(room: Room, attempt: Attempt, actor: Actor, observed_at: datetime | None) -> None:
    """A gesture that was kept is refused once somebody else has changed this presence after it was made.

    He knew more. One's own acts don't count: the order in which a page sends them is theirs, and one that was received
    without the page's knowing is dated at its receipt.
    """
    if observed_at is None or room.session.is_over:
        return
    since = Event.objects.filter(
        session_id=room.session.pk,
        candidate_id=attempt.candidate_id,
        kind__in=PRESENCE,
        observed_at__gt=observed_at,
    )
    if any(_who((event.facts or {}).get("actor")) != _who(actor.facts()) for event in since):
        raise refuse("presence_changed")


def _who(facts: Json) -> tuple[Json, Json]:
    """The person, whatever the access: a login may have been lost meanwhile (mechanics §12)."""
    if not isinstance(facts, Mapping):
        return None, None
    return facts.get("account"), " ".join(str(facts.get("name")).split()).casefold()


def _granted_by(attempt: Attempt, arrival: Arrival | None) -> dict[str, Json]:
    """« Accepté par … », for the report (R10)."""
    case = granted_case(attempt)
    if case is None or (arrival or attempt.arrival) != Arrival.LATE:
        return {}
    actor = answer_of(case).get("actor")
    name = actor.get("name") if isinstance(actor, Mapping) else None
    return {"arrival": Arrival.LATE.value, "accepted_by": name, "case": case.raised_sequence}


def _late_accepted(room: Room, reason: str) -> bool:
    """The other setting of P9: the proctor decides, and says why."""
    if room.session.establishment.late_policy != LatePolicy.PROCTOR_DECIDES:
        return False
    if not reason:
        raise DomainError("reason_missing", "Dites pourquoi cet élève est accepté en retard.", status=422)
    return True


def _refuse_late(room: Room, attempt: Attempt, *, actor: Actor, observed_at: datetime | None) -> Attempt:
    if attempt.late_refused_at is None:
        room.write(
            attempt, EventKind.LATE_REFUSED, actor=actor, observed_at=observed_at, late_refused_at=room.now
        )
    return attempt
