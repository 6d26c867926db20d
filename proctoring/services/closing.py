"""Closing: the gate judged under the lock, the event whose hash is the seal, the sealed paper (I3, I4)."""

import copy
from dataclasses import dataclass
from datetime import datetime

from pixsurv.kernel import journal
from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring import rules
from proctoring.enums import CaseKind
from proctoring.models import Attempt
from proctoring.report.content import SessionFacts, told_at_closing
from proctoring.report.fold import fold
from proctoring.report.gate import Gate, Statement, gate_of
from proctoring.report.paper import report_pdf
from proctoring.services.cases.settling import overtake_all
from proctoring.services.due import advance_session, locked_room
from proctoring.services.room import one_line, refuse
from proctoring.services.sealed_papers import store_sealed
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, SessionKind, SessionState
from sessions_app.models import Event, Session
from sessions_app.models.stored_file import FilePurpose
from sessions_app.services.journal import LockedSession

PREPARED_TIMES = 2  # then the paper is made under the lock: who acts without a pause can't keep a room open
LONGEST_SIGNATURE = 200


@dataclass(frozen=True, slots=True)
class Prepared:
    """A closing as it would be, were nothing to happen before the lock: its salt, and the paper with its seal."""

    head: str
    facts: dict[str, Json]
    salt: str
    pdf: bytes


def close_session(
    *, session_id: int, actor: Actor, now: datetime, statement: Statement | None = None
) -> Session:
    """Close for good, seal, store the paper; closing again changes nothing.

    Refused with `tests_running` while anything runs, or while an end can be undone; with `room_incident_runs` while an
    incident of the whole room does; with `closing_changed` when the
    situation is not the one that `statement.mark` saw. What is missing is stated in the event and on the paper.

    The paper prints the seal, and takes longer than a lock may last: it is made before the lock, for the event that
    would be written now (decision 0018). When the journal moved meanwhile, it is made again.
    """
    said = _cleaned(statement or Statement())
    for again in range(PREPARED_TIMES + 1):
        prepared = _prepared(session_id, said, actor, now) if again < PREPARED_TIMES else None
        with locked_room(session_id, now=now) as room:
            session = room.session
            if session.state == SessionState.CLOSED:
                return session
            room.require_open()
            gate = gate_of(session, now=now)
            _require_closable(gate, said)
            facts = _facts(session, gate, said)
            if prepared is None or prepared.head != session.head_hash or prepared.facts != facts:
                if again < PREPARED_TIMES:
                    continue
                prepared = None
            overtake_all(room, actor=actor)
            if prepared is None or prepared.head != session.head_hash:
                # What was still asked of the direction lapses with the closing; it is rare enough to print here.
                prepared = _made(room.lock, facts, actor)
            _seal(room.lock, prepared, actor)
            return session
    raise AssertionError("unreachable")


def _cleaned(said: Statement) -> Statement:
    signature = one_line(said.signature)
    if len(signature) > LONGEST_SIGNATURE:
        raise DomainError("too_long", "Ce nom est trop long.", status=422)
    return Statement(signature, said.attendance_signed, said.reasons, said.mark)


def _require_closable(gate: Gate, said: Statement) -> None:
    if gate.running:
        raise refuse("tests_running")
    if gate.undo_seconds:
        seconds = f"{gate.undo_seconds} seconde{'s' if gate.undo_seconds > 1 else ''}"
        raise DomainError(
            "tests_running", f"Une fin de test peut encore être annulée. Attendez {seconds}, puis clôturez."
        )
    if gate.incident_runs:
        raise refuse("room_incident_runs")
    if said.mark is not None and said.mark != gate.mark:
        raise DomainError(
            "closing_changed",
            "La situation a changé depuis l’affichage de cette page. Relisez ce qui manque, puis clôturez.",
        )


def _facts(session: Session, gate: Gate, said: Statement) -> dict[str, Json]:
    """What closes the report. Nothing that depends on itself: neither the seal nor the digest of the paper."""
    gaps = gate.gaps(said)
    return {
        "signature": said.signature,
        "attendance_signed": said.attendance_signed,
        "reasons": [
            {"candidate": one.id, "name": one.name, "reason": said.reason_of(one)} for one in gate.unfinished
        ],
        "present_not_started": list(gate.never_started),
        "gaps": [gap.words for gap in gaps],
        "gap_codes": [gap.code for gap in gaps],
        "session": told_at_closing(session),
    }


def _prepared(session_id: int, said: Statement, actor: Actor, now: datetime) -> Prepared | None:
    """None where the closing will be refused anyway: the lock says why, and nothing was made for nothing."""
    session = Session.with_rehearsals.select_related("establishment").get(pk=session_id)
    if session.next_due_at is not None and session.next_due_at <= now:
        advance_session(session_id, now=now)
        session.refresh_from_db()
    gate = gate_of(session, now=now)
    if session.is_over or not gate.may_close:
        return None
    return _made(LockedSession(session, now), _facts(session, gate, said), actor)


def _made(lock: LockedSession, facts: dict[str, Json], actor: Actor) -> Prepared:
    """The event and its paper, on a copy: what holds in the journal is written by `_seal` alone."""
    session = lock.session
    salt = journal.new_salt()
    rehearsed = LockedSession(copy.copy(session), lock.now)
    closing = rehearsed.record(EventKind.CLOSED, actor=actor, facts=facts, salt=salt)
    if session.kind == SessionKind.REHEARSAL:
        return Prepared(session.head_hash, facts, salt, b"")
    # Of a lock, the journal holds what came before it, and `events` what fell due under it.
    written = Event.objects.filter(session_id=session.pk).order_by("sequence")
    report = fold(SessionFacts.of(session), [*written, *lock.events, closing])
    return Prepared(session.head_hash, facts, salt, report_pdf(report))


def _seal(lock: LockedSession, prepared: Prepared, actor: Actor) -> None:
    session = lock.session
    closed = lock.record(
        EventKind.CLOSED, actor=actor, facts=prepared.facts, salt=prepared.salt, changes_list=True
    )
    if session.kind != SessionKind.REHEARSAL:  # never reaches the archive (R19)
        name = f"pv-incident-session-{session.number}.pdf"
        store_sealed(lock, purpose=FilePurpose.REPORT, name=name, content=prepared.pdf, actor=actor)
    lock.change(state=SessionState.CLOSED, closed_at=lock.now, next_due_at=None, seal=closed.hash)


def take_launch_back(*, session_id: int, actor: Actor, now: datetime) -> Session:
    """An admin takes an accidental launch back, while one test only has started, within 5 min (mechanics §7).

    The test that started goes on, nobody was late for it; the next start launches the session again. Refused with
    `not_allowed`, `never_launched`, `launch_stands`; taken back already, it changes nothing.
    """
    if actor.kind != ActorKind.ADMIN:
        raise refuse("not_allowed", status=403)
    with locked_room(session_id, now=now) as room:
        session = room.session
        room.require_open()
        if session.launched_at is None:
            if session.events.filter(kind=EventKind.LAUNCH_TAKEN_BACK).exists():
                return session
            raise refuse("never_launched")
        started = Attempt.objects.filter(session_id=session.pk, started_at__isnull=False).count()
        if started > 1 or now > session.launched_at + rules.LAUNCH_TAKEN_BACK_WITHIN:
            raise refuse("launch_stands")
        overtake_all(room, actor=actor, kinds=[CaseKind.LATE])
        launched_at = session.launched_at
        room.lock.record(
            EventKind.LAUNCH_TAKEN_BACK,
            actor=actor,
            facts={"launched_at": launched_at.isoformat()},
            changes_list=True,
        )
        attempts = Attempt.objects.filter(session_id=session.pk)
        attempts.filter(last_case__kind=CaseKind.LATE).update(last_case=None)
        attempts.update(present_at_launch=False, arrival="", late_reason="", late_refused_at=None)
        room.lock.change(state=SessionState.PLANNED, launched_at=None)
        return session
