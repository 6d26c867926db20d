"""Creating a session with its secrets, and changing what is planned (P3, P4, P10)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import DomainError
from sessions_app.actors import Actor
from sessions_app.enums import EventKind, Followed, SessionKind, SessionState
from sessions_app.models import Candidate, Establishment, Event, Session, StoredFile
from sessions_app.models.session import draw_access_code, draw_password
from sessions_app.services.enrolment import enrol
from sessions_app.services.journal import locked_session

# Typed on a phone: six digits while they last. Rehearsals have a range of their own (mechanics §13).
NUMBERS = range(100_000, 900_000)
REHEARSAL_NUMBERS = range(900_000, 1_000_000)
MORE_NUMBERS = range(1_000_000, 10_000_000)
TRIES = 8

# What may still be changed once a test has started (P10).
ALWAYS = frozenset({"proctor_names", "observations"})


def create_session(
    *,
    establishment: Establishment,
    site: str,
    room: str,
    starts_at: datetime,
    kind: SessionKind = SessionKind.CERTIFICATION,
    followed: Followed = Followed.PIXSURV,
    duration: int = 105,
    proctor_names: str = "",
    observations: str = "",
    workstations: int | None = None,
    spare_workstations: int = 1,
    follows: Session | None = None,
    once: UUID | None = None,
    number: int | None = None,
    password: str | None = None,
    access_code: str | None = None,
) -> Session:
    """A planned session. Number, password and access code are drawn unless given (demonstration data)."""
    session = Session(
        establishment=establishment,
        kind=kind,
        followed=followed,
        site=site,
        room=room,
        starts_at=starts_at,
        duration=duration,
        proctor_names=proctor_names,
        observations=observations,
        workstations=workstations,
        spare_workstations=spare_workstations,
        follows=follows,
        once=once,
        sealed_password=crypto.seal(password or draw_password()),
        access_code=access_code or draw_access_code(),
    )
    if number is not None:
        session.number = number
        session.save(force_insert=True)
        return session
    usual = REHEARSAL_NUMBERS if kind == SessionKind.REHEARSAL else NUMBERS
    for numbers in (*[usual] * TRIES, *[MORE_NUMBERS] * TRIES):
        session.number = secrets.choice(numbers)
        try:
            with transaction.atomic():  # a savepoint: a taken number must not end the caller's transaction
                session.save(force_insert=True)
        except IntegrityError:
            session.pk = None
            if once is not None and Session.objects.filter(once=once).exists():
                raise
            if not Session.with_rehearsals.filter(number=session.number).exists():
                raise
        else:
            return session
    raise RuntimeError("no free session number")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a form says about a session."""

    site: str
    room: str
    starts_at: datetime
    kind: SessionKind
    followed: Followed
    duration: int
    workstations: int | None
    spare_workstations: int
    proctor_names: str
    observations: str


def plan_session(
    *,
    establishment: Establishment,
    plan: Plan,
    once: UUID,
    actor: Actor,
    now: datetime,
    follows: Session | None = None,
    candidates: Sequence[Candidate] = (),
) -> tuple[Session, bool]:
    """A new session with copies of these candidates, and whether it is new: a form sent twice makes one session.

    A copy has a number and secrets of its own; what happened to a candidate is not copied, what is known of him is.
    """
    try:
        with transaction.atomic():
            session = create_session(
                establishment=establishment, **plan_values(plan), follows=follows, once=once
            )
            if candidates:
                copies = [_copy(candidate) for candidate in candidates]
                enrol(session_id=session.pk, candidates=copies, actor=actor, now=now)
    except IntegrityError as error:
        known = Session.objects.filter(once=once).first()
        if known is None:
            raise
        if known.establishment_id != establishment.pk:
            raise DomainError(
                "once_taken", "Ce formulaire a déjà servi. Rouvrez-le et recommencez."
            ) from error
        return known, False
    return session, True


def plan_values(plan: Plan) -> dict[str, Any]:
    return {field.name: getattr(plan, field.name) for field in fields(plan)}


def change_session(*, session_id: int, plan: Plan, now: datetime) -> Session:
    """Change what is planned; once a test has started, the proctors' names and the observations only (P10).

    Refused with `session_closed`, `already_launched` (something else differs from what stands).
    """
    with locked_session(session_id, now=now) as lock:
        session = lock.session
        if session.is_over:
            raise DomainError(
                "session_closed",
                f"Cette session est {session.get_state_display().lower()}\u00a0: elle ne change plus.",
            )
        changed = {
            name: value for name, value in plan_values(plan).items() if value != getattr(session, name)
        }
        if set(changed) - ALWAYS and has_begun(session):
            raise DomainError(
                "already_launched",
                "Un test a déjà commencé\u00a0: seuls les surveillants et les observations se modifient encore.",
            )
        if changed:
            lock.change(**changed)
    return session


def cancel_session(*, session_id: int, reason: str, now: datetime) -> None:
    """« Annuler la séance »: kept as « Annulée » with its candidates; again changes nothing.

    Refused with `session_closed`, `already_launched`.
    """
    with locked_session(session_id, now=now) as lock:
        session = lock.session
        if session.state == SessionState.CANCELLED:
            return
        if session.is_over:
            raise DomainError("session_closed", "Cette session est clôturée\u00a0: elle ne s’annule plus.")
        if has_begun(session):
            raise DomainError(
                "already_launched", "Un test a déjà commencé\u00a0: cette séance ne s’annule plus."
            )
        lock.change(state=SessionState.CANCELLED, cancelled_at=now, cancel_reason=reason, next_due_at=None)
        if session.incident_runs:
            lock.change(incident_over_at=now)


def delete_session(*, session_id: int, now: datetime) -> None:
    """Remove a session and its journal. Refused with `already_launched` as soon as a test has started (P10), and with
    `session_closed` once it is eliminated: what is left is the proof.

    The journal's rows go first: they hold the session, and the database lets them go under the same condition.
    """
    with locked_session(session_id, now=now) as lock:
        session = lock.session
        if session.state == SessionState.ELIMINATED:
            raise DomainError("session_closed", "Cette session est éliminée\u00a0: elle ne se supprime plus.")
        if has_begun(session) or session.closed_at is not None:
            raise DomainError(
                "already_launched", "Un test a commencé dans cette session\u00a0: elle ne se supprime plus."
            )
        Event.objects.filter(session=session).delete()
        StoredFile.objects.filter(session=session).delete()  # a sheet photographed before anything began
        session.delete()


def has_begun(session: Session) -> bool:
    """A test of it has started, even if the launch was taken back: what its journal says, as the triggers do."""
    if session.launched_at is not None:
        return True
    return Event.objects.filter(session=session, kind=EventKind.STARTED).exists()


def _copy(candidate: Candidate) -> Candidate:
    return Candidate(
        pupil_id=candidate.pupil_id,
        last_name=candidate.last_name,
        first_name=candidate.first_name,
        birth_date=candidate.birth_date,
        class_name=candidate.class_name,
        local_id=candidate.local_id,
        extra_time_percent=candidate.extra_time_percent,
        certifiable_competences=candidate.certifiable_competences,
        became_certifiable_at=candidate.became_certifiable_at,
        sign_in_mode=candidate.sign_in_mode,
    )
