"""Slips: drafted, given their visa, cancelled. Nothing here destroys anything."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from pixsurv.kernel.errors import DomainError
from proctoring.enums import SlipKind, SlipState
from proctoring.models import Elimination, EliminationSlip
from proctoring.models.elimination import LONGEST_REFERENCE
from proctoring.selectors.retention import Kept, due_sessions, pupil_years
from proctoring.services.room import one_line
from sessions_app.actors import Actor
from sessions_app.models import Establishment
from sessions_app.services.journal import busy_when_locked

OPEN = (SlipState.DRAFTED, SlipState.APPROVED, SlipState.STARTED)


@contextmanager
def locked_slip(slip_id: int) -> Iterator[EliminationSlip]:
    """Hold the row of a slip. Raises Busy."""
    with busy_when_locked(), transaction.atomic():
        yield (
            EliminationSlip.objects.select_related("establishment")
            .select_for_update(of=("self",), no_key=True)
            .get(pk=slip_id)
        )


@contextmanager
def _locked_school(establishment_id: int) -> Iterator[Establishment]:
    """Slips of a school are numbered one after the other."""
    with busy_when_locked(), transaction.atomic():
        yield Establishment.objects.select_for_update(no_key=True).get(pk=establishment_id)


def draft_slip(
    *, establishment_id: int, kind: SlipKind, numbers: Iterable[int], actor: Actor, now: datetime
) -> EliminationSlip:
    """A slip of these sessions, by number; the same ones again find the slip that holds them.

    Refused with `nothing_chosen` (422), `not_due` where one has not reached its term, is still open or is not of this
    kind, `on_another_slip`.
    """
    wanted = sorted(set(numbers))
    if not wanted:
        raise DomainError("nothing_chosen", "Cochez au moins une session.", status=422)
    with _locked_school(establishment_id) as establishment:
        due = {kept.session.number: kept for kept in due_sessions(establishment, now=now)}
        chosen = [due[number] for number in wanted if number in due and due[number].kind == kind]
        if len(chosen) < len(wanted):
            missing = ", ".join(str(number) for number in wanted if number not in {k.number for k in chosen})
            raise DomainError("not_due", f"Cette session n’a pas atteint son terme\u00a0: {missing}.")
        if known := _known_slip(chosen):
            return known
        slip = _new_slip(establishment, kind, actor, now)
        Elimination.objects.bulk_create(
            Elimination(slip=slip, session=kept.session, number=kept.number) for kept in chosen
        )
    return slip


def draft_pupils_slip(
    *, establishment_id: int, school_year: int, actor: Actor, now: datetime
) -> EliminationSlip:
    """A slip of the pupils' list of a school year that is over; again finds it. Refused with `not_due`."""
    with _locked_school(establishment_id) as establishment:
        if school_year not in pupil_years(establishment, now=now):
            raise DomainError("not_due", "Cette liste d’élèves sert encore, ou elle n’existe plus.")
        known = EliminationSlip.objects.filter(
            establishment=establishment, kind=SlipKind.PUPILS, school_year=school_year, state__in=OPEN
        ).first()
        return known or _new_slip(establishment, SlipKind.PUPILS, actor, now, school_year=school_year)


def note_visa(*, slip_id: int, reference: str, visa_on: date, actor: Actor, now: datetime) -> None:
    """Write the archives' visa on a slip of archives; until the elimination it can be corrected.

    Refused with `no_visa_needed`, `slip_over`, `empty`, `too_long`, `in_the_future` (422).
    """
    cleaned = one_line(reference)
    if not cleaned:
        raise DomainError("empty", "Écrivez la référence du visa.", status=422)
    if len(cleaned) > LONGEST_REFERENCE:
        raise DomainError("too_long", "La référence tient en 100 caractères.", status=422)
    with locked_slip(slip_id) as slip:
        if not slip.needs_visa:
            raise DomainError("no_visa_needed", "Ce bordereau se passe de visa.")
        if not slip.is_open:
            raise DomainError("slip_over", "Ce bordereau ne change plus.")
        if visa_on > now.astimezone(slip.establishment.zone).date():
            raise DomainError("in_the_future", "La date du visa n’est pas encore passée.", status=422)
        slip.state = SlipState.APPROVED
        slip.visa_reference, slip.visa_on = cleaned, visa_on
        slip.visa_noted_at, slip.visa_noted_by = now, actor.name
        slip.save(update_fields=["state", "visa_reference", "visa_on", "visa_noted_at", "visa_noted_by"])


def cancel_slip(*, slip_id: int, actor: Actor, now: datetime) -> None:
    """Give its sessions back, and say who did; again changes nothing.

    Refused with `slip_over` once the elimination has begun.
    """
    with locked_slip(slip_id) as slip:
        if slip.state == SlipState.CANCELLED:
            return
        if not slip.is_open:
            raise DomainError("slip_over", "L’élimination a commencé\u00a0: ce bordereau ne s’annule plus.")
        slip.state, slip.cancelled_at, slip.cancelled_by = SlipState.CANCELLED, now, actor.name
        slip.save(update_fields=["state", "cancelled_at", "cancelled_by"])
        Elimination.objects.filter(slip=slip).update(withdrawn=True)


def _known_slip(chosen: list[Kept]) -> EliminationSlip | None:
    """The form sent twice; raises where some of them stand elsewhere."""
    slips = {kept.slip.pk: kept.slip for kept in chosen if kept.slip is not None}
    if not slips:
        return None
    only = next(iter(slips.values()))
    same = len(slips) == 1 and all(kept.slip is not None for kept in chosen)
    if same and only.lines.count() == len(chosen):
        return only
    taken = ", ".join(str(kept.number) for kept in chosen if kept.slip is not None)
    raise DomainError("on_another_slip", f"Déjà sur un autre bordereau\u00a0: {taken}.")


def _new_slip(
    establishment: Establishment,
    kind: SlipKind,
    actor: Actor,
    now: datetime,
    *,
    school_year: int | None = None,
) -> EliminationSlip:
    last = EliminationSlip.objects.filter(establishment=establishment).aggregate(last=Max("rank"))["last"]
    return EliminationSlip.objects.create(
        establishment=establishment,
        rank=(last or 0) + 1,
        kind=kind,
        school=establishment.name,
        school_year=school_year,
        drafted_at=now,
        drafted_by=actor.name,
    )
