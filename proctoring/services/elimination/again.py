"""What was eliminated stays so after an older backup was restored: the ledger applied once more (mechanics §14)."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db.models import Max

from proctoring.enums import SlipKind, SlipState
from proctoring.models import Elimination, EliminationSlip
from proctoring.services.elimination import act, ledger
from proctoring.services.elimination.ledger import Entry
from sessions_app.enums import SessionState
from sessions_app.models import Establishment, Event, Pupil, Session

BY = "registre des éliminations"


@dataclass(slots=True)
class Applied:
    """Numbers of sessions, and school years, eliminated again; `unlike`: sessions that are not those of the ledger."""

    sessions: list[int] = field(default_factory=list)
    school_years: list[int] = field(default_factory=list)
    unlike: list[int] = field(default_factory=list)


def apply_ledger(path: Path, *, now: datetime) -> Applied:
    """Eliminate again what this ledger says is eliminated and this database still holds.

    A session of the same number whose journal begins otherwise is another one: it is left, and told. So is a list of
    pupils that was imported after its elimination. Lists that waited to be imported when the backup was made, and have
    expired since, go too. Raises OSError, `ledger.Unreadable`.
    """
    applied = Applied()
    schools = set()
    for entry in ledger.read(path):
        if not Establishment.objects.filter(pk=entry.establishment).exists():
            continue
        schools.add(entry.establishment)
        if entry.number is not None:
            _session(entry, entry.number, applied)
        elif entry.school_year is not None:
            _pupils(entry, applied)
    for establishment_id in sorted(schools):
        act.forget_expired_drafts(establishment_id, now=now)
    act.settle()
    return applied


def _session(entry: Entry, number: int, applied: Applied) -> None:
    session = Session.objects.filter(number=number, establishment_id=entry.establishment).first()
    if session is None or session.state == SessionState.ELIMINATED:
        return
    first = Event.objects.filter(session=session, sequence=1).values_list("hash", flat=True).first()
    if first is not None and first != entry.origin:
        applied.unlike.append(session.number)
        return
    slip = _slip(entry)
    Elimination.objects.filter(session=session, eliminated_at__isnull=True).exclude(slip=slip).update(
        withdrawn=True
    )
    line, _ = Elimination.objects.update_or_create(
        slip=slip, number=session.number, defaults={"session": session, "withdrawn": False}
    )
    act.eliminate_line(line.pk, now=entry.instant)
    act.finish(slip.pk, now=entry.instant)
    applied.sessions.append(session.number)


def _pupils(entry: Entry, applied: Applied) -> None:
    """A database that knows this very elimination has already lost that list: what it holds was imported since."""
    assert entry.school_year is not None
    done = EliminationSlip.objects.filter(
        establishment_id=entry.establishment,
        kind=SlipKind.PUPILS,
        school_year=entry.school_year,
        done_at=entry.instant,
    )
    if done.exists():
        return
    pupils = Pupil.objects.filter(establishment_id=entry.establishment, school_year=entry.school_year)
    if not pupils.exists():
        return
    slip = _slip(entry)
    act.eliminate_pupils(slip.pk, now=entry.instant)
    applied.school_years.append(entry.school_year)


def _slip(entry: Entry) -> EliminationSlip:
    """The slip of that rank where it is the same one, else a new one; either way its elimination has started."""
    slips = EliminationSlip.objects.filter(establishment_id=entry.establishment)
    same = slips.filter(rank=entry.slip, kind=entry.kind, school_year=entry.school_year).first()
    taken = same is None and slips.filter(rank=entry.slip).exists()
    rank = (slips.aggregate(last=Max("rank"))["last"] or 0) + 1 if taken else entry.slip
    if entry.school_year is not None:  # drafted in the backup under another number
        open_ones = slips.filter(kind=SlipKind.PUPILS, school_year=entry.school_year, state=SlipState.DRAFTED)
        open_ones.exclude(pk=same.pk if same else 0).update(
            state=SlipState.CANCELLED, cancelled_at=entry.instant, cancelled_by=BY
        )
    slip = same or EliminationSlip(
        establishment_id=entry.establishment,
        rank=rank,
        kind=SlipKind(entry.kind),
        school=Establishment.objects.get(pk=entry.establishment).name,
        school_year=entry.school_year,
        drafted_at=entry.instant,
        drafted_by=BY,
    )
    slip.state, slip.done_at, slip.cancelled_at, slip.cancelled_by = SlipState.STARTED, None, None, ""
    slip.started_at, slip.started_by = slip.started_at or entry.instant, slip.started_by or BY
    if entry.visa:
        slip.visa_reference, slip.visa_on = entry.visa, entry.visa_day
        slip.visa_noted_at = slip.visa_noted_at or entry.instant
    slip.save()
    return slip
