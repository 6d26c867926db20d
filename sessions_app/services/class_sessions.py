"""Making the sessions of some classes, with their candidates, in one go (P5)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from pixsurv.kernel.errors import DomainError
from sessions_app.actors import Actor
from sessions_app.models import Establishment, Session
from sessions_app.services.journal import busy_when_locked
from sessions_app.services.planning import Plan, plan_session
from sessions_app.services.pupil_enrolment import candidate_of
from sessions_app.splitting.proposal import Proposed, Wish, propose

MOST = 600  # sessions of one form: its rooms times its hours


@dataclass(frozen=True, slots=True)
class Made:
    """The sessions of this form; `again` when it had been confirmed before: nothing was done now."""

    sessions: list[Session]
    candidates: int = 0
    again: bool = False


def create_class_sessions(
    *, establishment: Establishment, wish: Wish, seen: str, once: UUID, actor: Actor, now: datetime
) -> Made:
    """All the sessions of a proposal with their candidates, or none; a form sent twice makes them once.

    Refused with `proposal_changed` when what would be made is no longer what was `seen`, `nothing_to_create`, `busy`.
    """
    with busy_when_locked(), transaction.atomic():
        # One such creation at a time in a school: the next one sees whom this one enrolled.
        Establishment.objects.select_for_update(no_key=True).get(pk=establishment.pk)
        parts = [uuid5(once, str(at)) for at in range(MOST)]
        done = Session.objects.filter(establishment=establishment, once__in=parts).order_by("starts_at", "pk")
        if sessions := list(done):
            return Made(sessions, again=True)
        proposal = propose(establishment, wish)
        if proposal.seen != seen:
            raise DomainError(
                "proposal_changed",
                "Les élèves ou les inscriptions ont changé depuis cet aperçu. Relisez-le, puis confirmez.",
            )
        if not proposal.sessions:
            raise DomainError("nothing_to_create", "Il n’y a aucun élève à placer.")
        made = [
            plan_session(
                establishment=establishment,
                plan=_plan(wish, proposed),
                once=part,
                actor=actor,
                now=now,
                candidates=[candidate_of(seat.pupil) for seat in proposed.seats],
            )[0]
            for part, proposed in zip(parts, proposal.sessions, strict=False)
        ]
    return Made(made, proposal.candidates)


def _plan(wish: Wish, proposed: Proposed) -> Plan:
    return Plan(
        site=proposed.room.site,
        room=proposed.room.room,
        starts_at=proposed.starts_at,
        kind=wish.kind,
        followed=wish.followed,
        duration=wish.duration,
        workstations=proposed.room.workstations,
        spare_workstations=proposed.room.spare,
        proctor_names="",
        observations="",
    )
