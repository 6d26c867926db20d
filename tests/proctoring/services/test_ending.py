"""Ending, undoing within 10 s, reopening (R12, mechanics §5)."""

from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import AttemptState
from proctoring.models import Attempt
from proctoring.report.reading import report_of
from proctoring.services import ending, minutes, resume, running
from proctoring.services.alerts import lapse_answered, raise_alert
from proctoring.services.closing import close_session
from proctoring.services.entries import candidate_actor
from sessions_app.models import Candidate, Event, Session
from tests.factories import ADMIN, PROCTOR, CandidateFactory, attempt_of, open_entry_for, put
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
OVERDUE = NOW + timedelta(minutes=106)


def where(candidate: Candidate) -> dict[str, Any]:
    return {"session_id": candidate.session_id, "candidate_id": candidate.pk, "actor": PROCTOR}


def end(candidate: Candidate, now: Any = NOW) -> Attempt:
    return ending.end_test(**where(candidate), now=now)


def undo(candidate: Candidate, now: Any) -> Attempt:
    return ending.undo_end(**where(candidate), now=now)


def batch_of(*candidates: Candidate, now: Any = OVERDUE) -> tuple[str, list[Attempt]]:
    """Their batch id, and those who were ended."""
    ended = ending.end_overdue(
        session_id=candidates[0].session_id,
        candidate_ids=[candidate.pk for candidate in candidates],
        actor=PROCTOR,
        now=now,
    )
    return ended[0].end_batch, ended


def test_end_stands_at_once_and_is_final_after_ten_seconds(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)

    attempt = end(candidate)

    assert (attempt.over_at, attempt.over_final_at) == (NOW, NOW + 10 * SECOND)
    assert not rules.is_final(attempt, NOW + 10 * SECOND - TICK)
    assert rules.is_final(attempt, NOW + 10 * SECOND)


@pytest.mark.parametrize("after", [0 * SECOND, 9 * SECOND, 10 * SECOND, 15 * SECOND - TICK], ids=str)
def test_undo_is_received_within_ten_seconds_and_five_of_grace(
    candidate: Candidate, after: timedelta
) -> None:
    put(candidate, "in_progress", now=NOW)
    end(candidate)

    attempt = undo(candidate, NOW + after)

    assert attempt.state == "in_progress"
    assert (attempt.over_at, attempt.over_final_at, attempt.state_before_end) == (None, None, "")
    assert_sound(candidate.session)


@pytest.mark.parametrize("after", [15 * SECOND, timedelta(hours=1)], ids=str)
def test_undo_is_too_late_after_fifteen_seconds(candidate: Candidate, after: timedelta) -> None:
    put(candidate, "in_progress", now=NOW)
    end(candidate)
    before = everything(candidate.session)

    with pytest.raises(DomainError, match="too_late"):
        undo(candidate, NOW + after)

    assert everything(candidate.session) == before


def test_undo_again_records_nothing(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    end(candidate)
    undo(candidate, NOW + SECOND)
    before = everything(candidate.session)

    assert undo(candidate, NOW + 2 * SECOND).state == "in_progress"

    assert everything(candidate.session) == before


def test_undo_of_an_end_that_was_undone_does_not_hide_what_came_after(candidate: Candidate) -> None:
    """A stale page undoes again, when the candidate has finished meanwhile: it must be told (R20)."""
    entry = put(candidate, "in_progress", now=NOW)
    assert entry is not None
    end(candidate)
    undo(candidate, NOW + SECOND)
    running.complete(entry=entry, actor=candidate_actor(entry), now=NOW + timedelta(minutes=30))

    with pytest.raises(DomainError, match="too_late"):
        undo(candidate, NOW + timedelta(minutes=31))


def test_undo_of_a_second_end_has_its_own_ten_seconds(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    end(candidate)
    undo(candidate, NOW + SECOND)
    end(candidate, NOW + timedelta(minutes=5))

    with pytest.raises(DomainError, match="too_late"):
        undo(candidate, NOW + timedelta(minutes=6))


def test_undo_forgets_the_silence_of_the_frozen_seconds(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    end(candidate, NOW + 40 * SECOND)

    attempt = undo(candidate, NOW + 50 * SECOND)

    assert attempt.silent_at == NOW + 95 * SECOND
    assert rules.needs(attempt, NOW + 50 * SECOND) == []


def test_undo_invents_no_silence_for_who_sends_no_heartbeat(candidate: Candidate) -> None:
    put(candidate, "present", now=NOW)
    entry = open_entry_for(candidate, heartbeat=None, now=NOW)
    running.start_or_resume(
        entry=entry, access_code=candidate.session.access_code, actor=candidate_actor(entry), now=NOW
    )
    end(candidate)

    assert undo(candidate, NOW + SECOND).silent_at is None


@pytest.mark.parametrize("act", ["end", "complete"])
def test_test_does_not_end_before_it_started(candidate: Candidate, act: str) -> None:
    """An act that was received first may get the lock last: its instant is older than the start it meets."""
    entry = put(candidate, "in_progress", now=NOW)
    assert entry is not None
    if act == "end":
        attempt = end(candidate, NOW - SECOND)
    else:
        attempt = running.complete(entry=entry, actor=candidate_actor(entry), now=NOW - SECOND)
    assert attempt.over_at == NOW
    assert_sound(candidate.session)


def test_end_clears_the_request_and_lapses_alerts(candidate: Candidate) -> None:
    entry = put(candidate, "in_progress", now=NOW)
    assert entry is not None
    alert, _ = raise_alert(entry=entry, question=4, kinds=["image"], actor=candidate_actor(entry), now=NOW)
    other = open_entry_for(candidate, now=NOW)
    running.request_resume(entry=other, actor=candidate_actor(other), now=NOW)

    attempt = end(candidate, NOW + SECOND)

    alert.refresh_from_db()
    assert attempt.resume_requested_at is None
    assert (alert.status, alert.handled_at) == ("lapsed", NOW + SECOND)
    assert kinds(candidate.session)[-2:] == ["ended", "alert_lapsed"]
    assert_sound(candidate.session)


@pytest.mark.parametrize("together", [False, True])
def test_undoing_an_end_reopens_what_that_very_end_left_unanswered(
    candidate: Candidate, together: bool
) -> None:
    """The pupil still waits: his alert is on the screen again, and in the report; what lapsed before stays so."""
    at = OVERDUE if together else NOW
    entry = put(candidate, "in_progress", now=NOW)
    assert entry is not None
    says: dict[str, Any] = {"entry": entry, "kinds": ["image"], "actor": candidate_actor(entry)}
    before, _ = raise_alert(question=3, **says, now=NOW)
    lapse_answered(entry=entry, question=3, actor=candidate_actor(entry), now=NOW)
    alert, _ = raise_alert(question=4, **says, now=NOW)
    if together:
        batch, _ = batch_of(candidate)
        ending.undo_batch(session_id=candidate.session_id, batch=batch, actor=PROCTOR, now=at + SECOND)
    else:
        end(candidate, at)
        undo(candidate, at + SECOND)
    alert.refresh_from_db()
    before.refresh_from_db()
    assert (alert.status, alert.handled_at, alert.raised_at) == ("open", None, NOW)
    assert before.status == "lapsed"
    assert kinds(candidate.session)[-2:] == ["end_undone", "alert_undone"]
    assert report_of(Session.objects.get(pk=candidate.session_id)).open_alerts == 1
    end(candidate, at + 2 * SECOND)
    undo(candidate, at + 3 * SECOND)  # again: the last end counts
    alert.refresh_from_db()
    assert alert.status == "open"
    assert_sound(candidate.session)


def test_batch_ends_only_whose_time_is_over(session: Session) -> None:
    late, in_time, finished = CandidateFactory.create_batch(3, session=session)
    put(late, "in_progress", now=NOW)
    put(in_time, "in_progress", now=NOW + timedelta(minutes=5))
    put(finished, "completed", now=NOW)

    batch, attempts = batch_of(late, in_time, finished)

    assert [attempt.candidate_id for attempt in attempts] == [late.pk]
    assert last_event(session).facts["batch"] == batch
    assert attempt_of(in_time).state == "in_progress"


def test_batch_spares_who_just_got_minutes(session: Session) -> None:
    one, other = CandidateFactory.create_batch(2, session=session)
    put(one, "in_progress", now=NOW)
    put(other, "in_progress", now=NOW)
    minutes.give_minutes(
        session_id=session.pk, candidate_ids=[one.pk], minutes=10, actor=PROCTOR, now=OVERDUE
    )

    _, attempts = batch_of(one, other)

    assert [attempt.candidate_id for attempt in attempts] == [other.pk]


def test_batch_of_nobody_is_refused(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)

    with pytest.raises(DomainError, match="no_test_waits"):
        batch_of(candidate, now=NOW + timedelta(minutes=104))
    batch_of(candidate)
    before = candidate.session.events.count()
    batch_of(candidate)  # again: what was asked already holds
    assert candidate.session.events.count() == before


def test_batch_is_undone_together(session: Session) -> None:
    one, other = CandidateFactory.create_batch(2, session=session)
    put(one, "in_progress", now=NOW)
    put(other, "resume_authorised", now=NOW)
    batch, _ = batch_of(one, other)

    undone = ending.undo_batch(session_id=session.pk, batch=batch, actor=PROCTOR, now=OVERDUE + 14 * SECOND)

    assert [attempt.state for attempt in undone] == ["in_progress", "resume_authorised"]
    assert kinds(session)[-2:] == ["end_undone", "end_undone"]
    assert_sound(session)
    before = everything(session)
    ending.undo_batch(session_id=session.pk, batch=batch, actor=PROCTOR, now=OVERDUE + 14 * SECOND)
    assert everything(session) == before


def test_batch_undone_too_late_changes_nobody(session: Session) -> None:
    one, other = CandidateFactory.create_batch(2, session=session)
    put(one, "in_progress", now=NOW)
    put(other, "in_progress", now=NOW)
    batch, _ = batch_of(one, other)
    before = everything(session)

    with pytest.raises(DomainError, match="too_late"):
        ending.undo_batch(session_id=session.pk, batch=batch, actor=PROCTOR, now=OVERDUE + 15 * SECOND)

    assert everything(session) == before


@pytest.mark.parametrize("batch", ["", "no such batch"])
def test_batch_that_is_none_is_refused(candidate: Candidate, batch: str) -> None:
    put(candidate, "in_progress", now=NOW)
    end(candidate)  # alone: its batch is empty

    with pytest.raises(DomainError, match="too_late"):
        ending.undo_batch(session_id=candidate.session_id, batch=batch, actor=PROCTOR, now=NOW)


def test_batch_is_not_undone_once_the_session_is_closed(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    batch, _ = batch_of(candidate)
    ending.undo_batch(session_id=candidate.session_id, batch=batch, actor=PROCTOR, now=OVERDUE)
    batch, _ = batch_of(candidate)
    close_session(session_id=candidate.session_id, actor=PROCTOR, now=OVERDUE + timedelta(minutes=1))

    with pytest.raises(DomainError, match="session_closed"):
        ending.undo_batch(
            session_id=candidate.session_id, batch=batch, actor=PROCTOR, now=OVERDUE + timedelta(minutes=1)
        )


def test_one_of_a_batch_is_undone_alone(session: Session) -> None:
    one, other = CandidateFactory.create_batch(2, session=session)
    put(one, "in_progress", now=NOW)
    put(other, "in_progress", now=NOW)
    batch, _ = batch_of(one, other)

    undo(one, OVERDUE + SECOND)
    assert attempt_of(other).state == "ended"
    undone = ending.undo_batch(session_id=session.pk, batch=batch, actor=PROCTOR, now=OVERDUE + SECOND)

    assert [attempt.state for attempt in undone] == ["in_progress", "in_progress"]
    assert Event.objects.filter(kind="end_undone").count() == 2


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_reopening_needs_a_reason(candidate: Candidate, reason: str) -> None:
    put(candidate, "completed", now=NOW)

    with pytest.raises(DomainError, match="reason_missing"):
        ending.reopen(**{**where(candidate), "actor": ADMIN}, reason=reason, now=NOW)


@pytest.mark.parametrize("state", ["completed", "ended"])
def test_reopened_test_waits_for_its_candidate(candidate: Candidate, state: str) -> None:
    put(candidate, state, now=NOW)
    later = NOW + timedelta(minutes=20)

    attempt = ending.reopen(
        **{**where(candidate), "actor": ADMIN}, reason=" Erreur  de manipulation ", now=later
    )

    assert attempt.state == AttemptState.RESUME_AUTHORISED
    assert (attempt.resume_authorised_at, attempt.over_at, attempt.over_final_at) == (later, None, None)
    assert last_event(candidate.session).facts["reason"] == "Erreur de manipulation"
    # He was told that his test is over: that he is silent since then is nobody's concern.
    assert rules.needs(attempt, later) == []


def test_reopening_again_records_nothing(candidate: Candidate) -> None:
    put(candidate, "completed", now=NOW)
    reopen = {**where(candidate), "actor": ADMIN, "reason": "Erreur"}
    ending.reopen(**reopen, now=NOW + SECOND)
    before = everything(candidate.session)

    ending.reopen(**reopen, now=NOW + 2 * SECOND)

    assert everything(candidate.session) == before


def test_reopening_again_once_he_is_back_is_refused(candidate: Candidate) -> None:
    entry = put(candidate, "completed", now=NOW)
    assert entry is not None
    reopen = {**where(candidate), "actor": ADMIN, "reason": "Erreur"}
    ending.reopen(**reopen, now=NOW + SECOND)
    resume.cancel_resume(**where(candidate), now=NOW + 2 * SECOND)

    with pytest.raises(DomainError, match="not_over"):
        ending.reopen(**reopen, now=NOW + 3 * SECOND)
