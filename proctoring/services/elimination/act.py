"""The elimination itself: a session a transaction, so that one killed in the middle is finished by running it again."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, QuerySet

from pixsurv.kernel.errors import DomainError
from proctoring.enums import AttemptState, SlipKind, SlipState
from proctoring.models import Attempt, Elimination, EliminationSlip, Incident
from proctoring.selectors.retention import due_sessions
from proctoring.services import once
from proctoring.services.elimination import fate, ledger
from proctoring.services.elimination.slips import locked_slip
from sessions_app.actors import Actor
from sessions_app.enums import SessionState
from sessions_app.models import Candidate, Event, Pupil, PupilDraft, Session, SessionsDraft, StoredFile
from sessions_app.services.journal import LockedSession, locked_session

logger = logging.getLogger("pixsurv.elimination")


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did. `written`: the ledger beside the database holds it too."""

    sessions: int
    written: bool


def eliminate(*, slip_id: int, actor: Actor, now: datetime) -> Done:
    """Eliminate all that is still on this slip; run again, it finishes what was interrupted, and then changes nothing.

    Refused before anything is touched with `visa_needed`, `slip_over` (cancelled), and `not_due` where a session has no
    longer reached its term: the school keeps its papers longer than it did when the slip was drafted.
    """
    started = _start(slip_id, actor, now)
    count = 0
    for line_id in list(_pending(slip_id).order_by("pk").values_list("pk", flat=True)):
        count += eliminate_line(line_id, now=now)
    if started.kind == SlipKind.PUPILS:
        eliminate_pupils(slip_id, now=now)
    finish(slip_id, now=now)
    forget_expired_drafts(started.establishment_id, now=now)
    return Done(count, settle())


def settle() -> bool:
    """Once the transactions are over: the ledger, and the bytes that SQLite still holds in its log."""
    written = ledger.complete_quietly()
    overwrite_freed_bytes()
    return written


def eliminate_line(line_id: int, *, now: datetime) -> bool:
    """Eliminate the session of one line under its lock, and write what it held; False where nothing was left to do.

    Once it is committed, and before the next one is touched, the ledger beside the database is told.
    """
    session_id = Elimination.objects.get(pk=line_id).session_id
    if session_id is None:  # deleted meanwhile: it left nothing
        return False
    with locked_session(session_id, now=now) as lock:
        line = Elimination.objects.select_related("slip").get(pk=line_id)
        if line.eliminated_at is not None or line.withdrawn:
            return False
        if lock.session.state != SessionState.ELIMINATED:
            _tell(line, lock.session)
            _empty(lock)
        line.eliminated_at = now
        line.save(update_fields=["eliminated_at", "counts", "files", "seal", "head", "origin", "events"])
    ledger.note_quietly(ledger.entry_of(line))
    logger.info("session eliminated: session %s, slip %s", session_id, line.slip_id)
    return True


def finish(slip_id: int, *, now: datetime) -> None:
    """Done, once nothing is left on it."""
    with locked_slip(slip_id) as slip:
        if slip.state == SlipState.STARTED and not _pending(slip_id).exists():
            slip.state, slip.done_at = SlipState.DONE, now
            slip.save(update_fields=["state", "done_at"])


def forget_expired_drafts(establishment_id: int, *, now: datetime) -> None:
    """Imported lists live for a day (mechanics §9); those of this school that nobody swept yet hold names too."""
    SessionsDraft.objects.expired(now).filter(establishment_id=establishment_id).delete()
    PupilDraft.objects.expired(now).filter(establishment_id=establishment_id).delete()
    once.purge(now=now)


def overwrite_freed_bytes() -> None:
    """SQLite overwrites what it erases (`secure_delete`), but its log still holds the pages of before: empty it.

    A reader in the way leaves it for the next checkpoint. PostgreSQL has its own pace (docs/operating.md).
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = cursor.fetchone()
    if busy and busy[0]:
        logger.warning("the write-ahead log could not be emptied yet: somebody is reading")


def _start(slip_id: int, actor: Actor, now: datetime) -> EliminationSlip:
    """From here it can only be finished."""
    with locked_slip(slip_id) as slip:
        if slip.state in {SlipState.STARTED, SlipState.DONE}:
            return slip
        if slip.state == SlipState.CANCELLED:
            raise DomainError("slip_over", "Ce bordereau est annulé.")
        if not slip.may_eliminate:
            raise DomainError("visa_needed", "Écrivez d’abord la référence du visa des Archives.")
        if slip.kind != SlipKind.PUPILS:
            _require_due(slip, now)
        slip.state, slip.started_at = SlipState.STARTED, now
        slip.started_by, slip.started_account_id = actor.name, actor.account_id
        slip.save(update_fields=["state", "started_at", "started_by", "started_account"])
    return slip


def _require_due(slip: EliminationSlip, now: datetime) -> None:
    due = {
        kept.session.pk
        for kept in due_sessions(slip.establishment, now=now)
        if kept.kind == slip.kind  # one that did not take place when it was drafted may have, since
    }
    early = [line.number for line in _pending(slip.pk) if line.session_id and line.session_id not in due]
    if early:
        numbers = ", ".join(str(number) for number in sorted(early))
        raise DomainError(
            "not_due",
            f"La durée de conservation a changé\u00a0: {numbers}. Annulez ce bordereau, préparez-en un autre.",
        )


def _pending(slip_id: int) -> QuerySet[Elimination]:
    return Elimination.objects.filter(
        slip_id=slip_id, withdrawn=False, eliminated_at__isnull=True, session__isnull=False
    )


def _tell(line: Elimination, session: Session) -> None:
    """What the certificate says of it: numbers and digests, nobody's name."""
    events = Event.objects.filter(session=session)
    attempts = Attempt.objects.filter(session=session)
    incidents = (
        Incident.objects.filter(session=session, deleted_at__isnull=True)
        .values_list("category")
        .annotate(number=Count("pk"))
        .order_by("category")
    )
    line.counts = {
        "candidates": Candidate.objects.filter(session=session).count(),
        "present": attempts.exclude(state=AttemptState.EXPECTED).count(),
        "started": attempts.filter(started_at__isnull=False).count(),
        "incidents": dict(incidents),
    }
    line.files = list(
        StoredFile.objects.filter(session=session).order_by("pk").values("purpose", "size", "sha256")
    )
    line.seal, line.head, line.events = session.seal, session.head_hash, session.sequence
    line.origin = events.filter(sequence=1).values_list("hash", flat=True).first() or ""


def _empty(lock: LockedSession) -> None:
    """Under the lock: facts and salts, then the rows. The state then shuts the guard (sessions_app.triggers)."""
    session = lock.session
    Session.objects.filter(pk=session.pk).update(eliminating_at=lock.now)
    Event.objects.filter(session_id=session.pk).update(facts=None, salt=None)
    once.forget(session)
    for model, lookup in fate.DELETED:
        model._default_manager.filter(**{lookup: session.pk}).delete()
    for model, lookup, blank in fate.BLANKED:
        model._default_manager.filter(**{lookup: session.pk}).update(**blank)
    lock.change(state=SessionState.ELIMINATED, eliminating_at=lock.now, next_due_at=None)


def eliminate_pupils(slip_id: int, *, now: datetime) -> None:
    """The list of a past school year, whole; sessions keep their own candidates until their own term."""
    with locked_slip(slip_id) as slip:
        if slip.state != SlipState.STARTED:
            return
        list_of_year = {"establishment_id": slip.establishment_id, "school_year": slip.school_year}
        slip.pupils = Pupil.objects.filter(**list_of_year).count()
        Pupil.objects.filter(**list_of_year).delete()
        PupilDraft.objects.filter(**list_of_year).delete()
        slip.state, slip.done_at = SlipState.DONE, now
        slip.save(update_fields=["pupils", "state", "done_at"])
    ledger.note_quietly(ledger.entry_of_pupils(slip))
