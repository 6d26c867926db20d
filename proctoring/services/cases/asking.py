"""A room asks the direction: a late pupil, a test to reopen, a pupil who is on no list here."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.identity import clean_name, identity_key
from pixsurv.kernel.journal import Json
from proctoring import rules
from proctoring.enums import AttemptState, CaseKind, CaseState
from proctoring.models import Attempt, Case
from proctoring.selectors.elsewhere import enrolled_elsewhere, may_leave
from proctoring.services.cases.settling import facts_of
from proctoring.services.due import locked_room
from proctoring.services.room import Room, one_line, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.models import Candidate

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as the proctor typed him."""

    last_name: str
    first_name: str
    birth_date: date

    @property
    def key(self) -> str:
        return identity_key(self.last_name, self.first_name, self.birth_date)

    def facts(self) -> dict[str, Json]:
        return {
            "last_name": clean_name(self.last_name),
            "first_name": clean_name(self.first_name),
            "birth_date": self.birth_date.isoformat(),
        }


def ask_about_candidate(
    *, session_id: int, candidate_id: int, kind: CaseKind, reason: str, actor: Actor, now: datetime
) -> Case:
    """« Demander l’accord de la direction », « Demander la réouverture »: asked already, nothing is recorded.

    Refused with `nothing_to_ask`, `not_certifiable`, `not_over`, `too_old`, `session_closed`; a reopening without a
    reason with `reason_missing`.
    """
    reason = one_line(reason)[:LONGEST_REASON]
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        room.require_open()
        if attempt.last_case is not None and attempt.last_case.state == CaseState.OPEN:
            return attempt.last_case
        if kind == CaseKind.LATE:
            _require_late(attempt)
        elif kind == CaseKind.REOPENING:
            _require_over(attempt, reason, now)
        else:
            raise refuse("nothing_to_ask")
        case = _new(room, kind, actor=actor)
        case.candidate = attempt.candidate
        case.save(force_insert=True)
        facts = {**_facts_about(attempt.candidate), "kind": kind.value, "reason": reason}
        room.write(attempt, EventKind.CASE_RAISED, actor=actor, facts=facts, last_case=case)
        return case


def ask_to_enrol(*, session_id: int, who: Identity, reason: str, actor: Actor, now: datetime) -> Case:
    """« Demander l’inscription » of a pupil who is on no list of today.

    Refused with `already_listed`, `enrolled_elsewhere`, `session_closed`, `invalid`.
    """
    reason = one_line(reason)[:LONGEST_REASON]
    with locked_room(session_id, now=now) as room:
        _require_not_listed(room, who)
        for waiting in Case.objects.filter(
            session_id=session_id, kind=CaseKind.NOT_LISTED, state=CaseState.OPEN
        ).order_by("pk"):
            if _identity_in(facts_of(waiting)) == who.key:
                return waiting
        if enrolled_elsewhere(room.session, who.key):
            raise refuse("enrolled_elsewhere")
        case = _new(room, CaseKind.NOT_LISTED, actor=actor)
        case.save(force_insert=True)
        facts: dict[str, Json] = {**_clean(who), "kind": case.kind, "reason": reason}
        room.lock.record(EventKind.CASE_RAISED, actor=actor, facts=facts)
        return case


def ask_to_transfer(
    *, session_id: int, who: Identity, from_number: int, reason: str, actor: Actor, now: datetime
) -> Case:
    """« Demander le transfert ici » of a pupil who is on another room’s list today.

    Refused with `already_listed`, `transfer_impossible`, `asked_elsewhere`, `session_closed`.
    """
    reason = one_line(reason)[:LONGEST_REASON]
    with locked_room(session_id, now=now) as room:
        _require_not_listed(room, who)
        found = [one for one in enrolled_elsewhere(room.session, who.key) if one.number == from_number]
        if not found or not may_leave(found[0].candidate_id):
            raise refuse("transfer_impossible")
        candidate_id = found[0].candidate_id
        asked = Case.objects.filter(kind=CaseKind.TRANSFER, candidate_id=candidate_id, state=CaseState.OPEN)
        if (waiting := asked.filter(session_id=session_id).first()) is not None:
            return waiting
        case = _new(room, CaseKind.TRANSFER, actor=actor)
        case.candidate_id = candidate_id
        try:
            with transaction.atomic():  # a savepoint: that room's lock is not ours
                case.save(force_insert=True)
        except IntegrityError as error:
            raise refuse("asked_elsewhere") from error
        facts: dict[str, Json] = {**_clean(who), "kind": case.kind, "reason": reason, "from": from_number}
        room.lock.record(EventKind.CASE_RAISED, actor=actor, candidate_id=candidate_id, facts=facts)
        return case


def _require_late(attempt: Attempt) -> None:
    if attempt.state != AttemptState.EXPECTED or attempt.late_refused_at is None:
        raise refuse("nothing_to_ask")
    if attempt.candidate.certifiable is False:
        raise refuse("not_certifiable")


def _require_over(attempt: Attempt, reason: str, now: datetime) -> None:
    if not reason:
        raise DomainError("reason_missing", "Dites pourquoi ce test devrait être rouvert.", status=422)
    if rules.state_at(attempt, now) not in {AttemptState.ENDED, AttemptState.COMPLETED}:
        raise refuse("not_over")
    if not rules.may_be_reopened(attempt, now):
        raise refuse("too_old")


def _require_not_listed(room: Room, who: Identity) -> None:
    room.require_open()
    if Candidate.objects.filter(session_id=room.session.pk, identity_key=who.key).exists():
        raise refuse("already_listed")


def _new(room: Room, kind: CaseKind, *, actor: Actor) -> Case:
    """The event that tells it is the very next one: the lock is ours."""
    return Case(
        session=room.session,
        kind=kind,
        asked_at=room.now,
        asked_by_id=actor.access_id,
        raised_sequence=room.session.sequence + 1,
    )


def _facts_about(candidate: Candidate) -> dict[str, Json]:
    return Identity(candidate.last_name, candidate.first_name, candidate.birth_date).facts()


def _clean(who: Identity) -> dict[str, Json]:
    try:
        return who.facts()
    except ValueError as error:
        raise DomainError("invalid", "Ce nom contient un caractère qui ne se lit pas.", status=422) from error


def _identity_in(facts: dict[str, Json]) -> str:
    if not facts.get("birth_date"):
        return ""
    born = date.fromisoformat(str(facts["birth_date"]))
    return identity_key(str(facts["last_name"]), str(facts["first_name"]), born)
