"""The heartbeat: one conditional UPDATE, no lock, no event while nothing happens (mechanics §1, quality §1)."""

import uuid
from datetime import datetime

from django.db.models import Case, F, Q, Value, When

from proctoring import rules
from proctoring.enums import RUNNING, ProposalKind
from proctoring.models import Attempt, Entry, Proposal
from proctoring.services.alerts import require_holder
from proctoring.services.due import locked_room
from proctoring.services.proposals import propose
from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.models import Candidate
from sessions_app.services.journal import busy_when_locked


def beat(
    *,
    entry: Entry,
    visible: bool,
    actor: Actor,
    now: datetime,
    question: int | None = None,
    timed_out: bool = False,
) -> None:
    """The holder is there. Refused with `entry_superseded`, `attempt_over`, `session_closed`.

    A resume request is cleared by it, which is an event and takes the slow way; an announced leave just ends.
    `timed_out`: the time of that question is over; for who has extra time, a report line is proposed (R16).
    """
    if not _fast(entry.pk, entry.session_id, entry.heartbeat, visible=visible, question=question, now=now):
        _slow(entry, visible=visible, question=question, actor=actor, now=now)
    if timed_out and question is not None:
        note_timed_out(entry=entry, question=question, now=now)


def note_timed_out(*, entry: Entry, question: int, now: datetime) -> None:
    """« Noter E8, question 12 » in the lane: once a question, and only for who has extra time (R16)."""
    if not Candidate.objects.filter(pk=entry.candidate_id, extra_time_percent__gt=0).exists():
        return
    proposed = Proposal.objects.filter(
        attempt__candidate_id=entry.candidate_id, kind=ProposalKind.TIMED_OUT, question=question
    )
    if proposed.exists():  # a platform says it with every heartbeat: no lock for that
        return
    with locked_room(entry.session_id, now=now) as room:
        attempt = room.attempt(entry.candidate_id)
        running = attempt.holder_id == entry.pk and rules.state_at(attempt, now) in RUNNING
        if running and not room.session.is_over and not proposed.exists():
            propose(room, attempt, ProposalKind.TIMED_OUT, question=question)


def _slow(entry: Entry, *, visible: bool, question: int | None, actor: Actor, now: datetime) -> None:
    with locked_room(entry.session_id, now=now) as room:
        attempt = room.attempt(entry.candidate_id)
        require_holder(room, attempt, entry)
        if attempt.resume_requested_at is not None:
            room.write(
                attempt,
                EventKind.RESUME_DISMISSED,
                actor=actor,
                facts={"reason": "came_back_by_himself"},
                resume_requested_at=None,
            )
        fields = seen_fields(entry.heartbeat, visible=visible, question=question, now=now)
        Attempt.objects.filter(pk=attempt.pk, holder_id=entry.pk).update(**fields)


def _fast(
    entry_id: uuid.UUID,
    session_id: int,
    heartbeat: int | None,
    *,
    visible: bool,
    question: int | None,
    now: datetime,
) -> bool:
    # Columns of the attempt only: with a join, PostgreSQL would not look again at a row that an end has just
    # changed. A closed session has no running attempt, so its state says enough.
    runs = Attempt.objects.filter(
        holder_id=entry_id,
        session_id=session_id,
        state__in=RUNNING,
        resume_requested_at=None,
        started_at__gt=now - rules.LIFE_OF_A_TEST,
    )
    with busy_when_locked():
        return bool(runs.update(**seen_fields(heartbeat, visible=visible, question=question, now=now)))


def seen_fields(
    heartbeat: int | None, *, visible: bool, question: int | None, now: datetime
) -> dict[str, object]:
    """The columns that say « he was there just now », for one UPDATE."""
    was_away = Q(silent_at__lte=now) | Q(left_at__isnull=False)
    fields: dict[str, object] = {
        "last_seen_at": now,
        "last_visible": visible,
        "left_at": None,
        # Only the beat that ends a silence or a leave moves this: the room learns of the return by it.
        "reconnected_at": Case(When(was_away, then=Value(now)), default=F("reconnected_at")),
    }
    if heartbeat is not None:
        fields["silent_at"] = now + rules.silence_limit(heartbeat=heartbeat, visible=visible)
    if question is not None:
        fields["question"] = question
    return fields
