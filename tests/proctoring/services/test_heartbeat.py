"""The heartbeat: neither journal nor version; silence and return come from the clock (D6, mechanics §1, §2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import Need
from proctoring.models import Attempt, Entry
from proctoring.services import ending, minutes, running
from proctoring.services.due import locked_room
from proctoring.services.entries import candidate_actor, open_entry
from proctoring.services.heartbeat import beat_at_once
from proctoring.services.progress import beat
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Event
from tests.factories import (
    ACCESS_CODE,
    PROCTOR,
    ApiKeyFactory,
    CandidateFactory,
    attempt_of,
    open_entry_for,
    put,
)
from tests.journal import NOW, everything, kinds

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)


def heartbeat(entry: Entry, after: timedelta, *, visible: bool = True, question: int | None = None) -> None:
    beat(entry=entry, visible=visible, actor=candidate_actor(entry), now=NOW + after, question=question)


def started(candidate: Candidate, announced: int | None) -> Entry:
    put(candidate, "present", now=NOW)
    entry = open_entry_for(candidate, heartbeat=announced, now=NOW)
    running.start_or_resume(entry=entry, access_code=ACCESS_CODE, actor=candidate_actor(entry), now=NOW)
    return entry


def silent(candidate: Candidate, after: timedelta) -> bool:
    found = rules.needs(attempt_of(candidate), NOW + after)
    return Need.DISCONNECTED in {need.need for need in found}


def without_heartbeat(written: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    beats = {"last_seen_at", "last_visible", "silent_at", "reconnected_at", "left_at", "question"}
    return {
        name: [{column: value for column, value in row.items() if column not in beats} for row in rows]
        for name, rows in written.items()
    }


def test_heartbeat_moves_neither_journal_nor_version(candidate: Candidate) -> None:
    entry = started(candidate, 15)
    before = without_heartbeat(everything(candidate.session))

    heartbeat(entry, 15 * SECOND, question=7)

    assert without_heartbeat(everything(candidate.session)) == before
    attempt = attempt_of(candidate)
    assert (attempt.last_seen_at, attempt.question) == (NOW + 15 * SECOND, 7)


def test_heartbeat_is_one_statement(candidate: Candidate, django_assert_num_queries: Any) -> None:
    entry = Entry.objects.select_related("candidate").get(pk=started(candidate, 15).pk)
    with django_assert_num_queries(1):
        heartbeat(entry, 15 * SECOND, question=7)


def test_heartbeat_without_question_keeps_it(candidate: Candidate) -> None:
    entry = started(candidate, 15)
    heartbeat(entry, 15 * SECOND, question=7)
    heartbeat(entry, 30 * SECOND)
    assert attempt_of(candidate).question == 7


@pytest.mark.parametrize(
    ("announced", "visible", "limit"),
    [
        (15, True, 45),
        (15, False, 150),
        (5, True, 45),
        (5, False, 150),
        (30, True, 90),
        (60, True, 180),
        (60, False, 180),
    ],
)
def test_silence_begins_to_the_second(
    candidate: Candidate, announced: int, visible: bool, limit: int
) -> None:
    entry = started(candidate, announced)
    heartbeat(entry, 10 * SECOND, visible=visible)
    assert not silent(candidate, (10 + limit) * SECOND - TICK)
    assert silent(candidate, (10 + limit) * SECOND)


def test_silence_counts_from_the_start(candidate: Candidate) -> None:
    started(candidate, 15)
    assert not silent(candidate, 45 * SECOND - TICK)
    assert silent(candidate, 45 * SECOND)


def test_silence_means_nothing_where_no_heartbeat_was_announced(candidate: Candidate) -> None:
    entry = started(candidate, None)
    assert not silent(candidate, timedelta(hours=2))
    heartbeat(entry, SECOND, question=2)
    assert not silent(candidate, timedelta(hours=2))
    assert attempt_of(candidate).reconnected_at is None


def test_return_is_dated_by_the_beat_that_ends_the_silence(candidate: Candidate) -> None:
    entry = started(candidate, 15)
    heartbeat(entry, 30 * SECOND)
    assert attempt_of(candidate).reconnected_at is None
    heartbeat(entry, 75 * SECOND)  # 45 s later: silent at that very instant
    assert attempt_of(candidate).reconnected_at == NOW + 75 * SECOND
    heartbeat(entry, 90 * SECOND)
    assert attempt_of(candidate).reconnected_at == NOW + 75 * SECOND


def test_heartbeat_clears_the_resume_request_with_one_event(candidate: Candidate) -> None:
    """mechanics §6: the holder goes on, so nobody has to decide anything."""
    entry = started(candidate, 15)
    other = open_entry_for(candidate, now=NOW)
    running.request_resume(entry=other, actor=candidate_actor(other), now=NOW)

    heartbeat(entry, 5 * SECOND, question=3)
    heartbeat(entry, 20 * SECOND)

    attempt = attempt_of(candidate)
    assert (attempt.resume_requested_at, attempt.question) == (None, 3)
    assert kinds(candidate.session)[-2:] == ["resume_requested", "resume_dismissed"]
    assert Event.objects.latest("sequence").facts["reason"] == "came_back_by_himself"


def test_heartbeat_after_a_leave_is_no_dismissed_request(candidate: Candidate) -> None:
    """Nobody asked to resume: the journal must not say that a request was dismissed."""
    entry = started(candidate, 15)
    running.leave(entry=entry, actor=candidate_actor(entry), now=NOW)

    heartbeat(entry, 5 * SECOND, question=3)

    attempt = attempt_of(candidate)
    assert (attempt.left_at, attempt.question) == (None, 3)
    assert "resume_dismissed" not in kinds(candidate.session)
    # The room learns of the return as of any other.
    assert attempt.reconnected_at == NOW + 5 * SECOND


def test_left_is_written_once(candidate: Candidate) -> None:
    entry = started(candidate, 15)
    running.leave(entry=entry, actor=candidate_actor(entry), now=NOW)
    before = everything(candidate.session)
    running.leave(entry=entry, actor=candidate_actor(entry), now=NOW + SECOND)
    assert everything(candidate.session) == before
    assert kinds(candidate.session)[-1] == "left"


@pytest.mark.parametrize("after_left", [False, True])
def test_silence_is_in_the_lane_after_a_leave_or_three_minutes(
    candidate: Candidate, after_left: bool
) -> None:
    entry = started(candidate, 15)
    if after_left:
        running.leave(entry=entry, actor=candidate_actor(entry), now=NOW)

    def in_lane(after: timedelta) -> list[bool]:
        return [need.in_lane for need in rules.needs(attempt_of(candidate), NOW + after)]

    assert in_lane(44 * SECOND) == []
    assert in_lane(45 * SECOND) == [after_left]
    assert in_lane(180 * SECOND) == [True]


@pytest.mark.parametrize(("state", "code"), [("completed", "attempt_over"), ("expired", "attempt_over")])
def test_heartbeat_is_refused_once_over(candidate: Candidate, state: str, code: str) -> None:
    entry = put(candidate, state, now=NOW)
    assert entry is not None
    before = everything(candidate.session)
    with pytest.raises(DomainError, match=code):
        heartbeat(entry, SECOND)
    assert everything(candidate.session) == before


def test_heartbeat_is_refused_from_the_first_second_of_an_end(candidate: Candidate) -> None:
    entry = started(candidate, 15)
    ending.end_test(session_id=candidate.session_id, candidate_id=candidate.pk, actor=PROCTOR, now=NOW)
    before = everything(candidate.session)
    with pytest.raises(DomainError, match="attempt_over"):
        heartbeat(entry, SECOND, question=9)
    assert everything(candidate.session) == before


def test_heartbeat_of_a_test_of_24_hours_is_refused(candidate: Candidate) -> None:
    """Before anybody wrote that it expired: what is past is past (mechanics §3)."""
    entry = started(candidate, 15)
    heartbeat(entry, timedelta(hours=24) - TICK)
    with pytest.raises(DomainError, match="attempt_over"):
        heartbeat(entry, timedelta(hours=24), question=9)
    assert attempt_of(candidate).question != 9


def test_heartbeat_of_a_superseded_entry_is_refused(candidate: Candidate) -> None:
    old = put(candidate, "resume_authorised", now=NOW)
    assert old is not None
    heartbeat(old, SECOND)  # still the holder, until somebody resumes
    new = open_entry_for(candidate, now=NOW)
    running.start_or_resume(entry=new, access_code=ACCESS_CODE, actor=candidate_actor(new), now=NOW)

    with pytest.raises(DomainError, match="entry_superseded"):
        heartbeat(old, SECOND)
    heartbeat(new, SECOND)


@pytest.mark.parametrize("state", ["expected", "present"])
def test_heartbeat_before_the_start_is_refused(candidate: Candidate, state: str) -> None:
    put(candidate, state, now=NOW)
    entry = open_entry_for(candidate, now=NOW)
    with pytest.raises(DomainError, match="not_in_progress"):
        heartbeat(entry, SECOND)


def test_act_that_read_before_a_heartbeat_does_not_overwrite_it(candidate: Candidate) -> None:
    """A tick read the row, then the heartbeat came, then the tick wrote: only its own columns (update_fields)."""
    entry = started(candidate, 15)
    stale = Attempt.objects.get(candidate=candidate)
    heartbeat(entry, 40 * SECOND, question=8)

    with locked_room(candidate.session_id, now=NOW + 41 * SECOND) as room:
        attempt = room.attempt(candidate.pk)
        attempt.last_seen_at, attempt.question = stale.last_seen_at, stale.question
        room.write(attempt, EventKind.WORKSTATION_CHANGED, actor=PROCTOR, workstation="14")

    attempt = attempt_of(candidate)
    assert (attempt.last_seen_at, attempt.question, attempt.workstation) == (NOW + 40 * SECOND, 8, "14")


def test_minutes_do_not_touch_the_heartbeat(candidate: Candidate) -> None:
    entry = started(candidate, 15)
    heartbeat(entry, 40 * SECOND, question=8)
    minutes.give_minutes(
        session_id=candidate.session_id, candidate_ids=[candidate.pk], minutes=5, actor=PROCTOR, now=NOW
    )
    assert attempt_of(candidate).silent_at == NOW + 85 * SECOND


def keyed(candidate: Candidate) -> Entry:
    """His test runs, under the key of a platform."""
    put(candidate, "present", now=NOW)
    entry = open_entry(
        session=candidate.session,
        last_name=candidate.last_name,
        first_name=candidate.first_name,
        birth_date=candidate.birth_date,
        heartbeat=15,
        api_key=ApiKeyFactory(establishment=candidate.session.establishment),
        now=NOW,
    )
    running.start_or_resume(entry=entry, access_code=ACCESS_CODE, actor=candidate_actor(entry), now=NOW)
    return entry


def waits_for_disk() -> object:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_usual_beat_alone_does_not_wait_for_the_disk() -> None:
    """Quality §1: a heartbeat is no acknowledged data. What is written next waits for it too."""
    candidate = CandidateFactory()
    entry = keyed(candidate)
    usual, told = waits_for_disk(), []
    if connection.vendor == "sqlite":
        connection.connection.set_trace_callback(told.append)
    with CaptureQueriesContext(connection) as captured:
        beat_at_once(entry_id=entry.pk, question=2, visible=True, now=NOW + SECOND)
        assert beat_at_once(entry_id=entry.pk, question=3, visible=True, now=NOW + 2 * SECOND) is not None
    assert len(captured) == 3  # once a process, the pace that was announced
    if connection.vendor == "sqlite":
        connection.connection.set_trace_callback(None)
        one_beat = ["PRAGMA synchronous", "PRAGMA synchronous=NORMAL", f"PRAGMA synchronous={usual}"]
        assert [line for line in told if "synchronous" in line] == one_beat * 2
    else:
        assert "'synchronous_commit', 'off', true" in captured[-1]["sql"]
    assert attempt_of(candidate).question == 3
    assert waits_for_disk() == usual


def test_beat_within_a_transaction_leaves_its_commit_alone(candidate: Candidate) -> None:
    entry, usual = keyed(candidate), waits_for_disk()
    with CaptureQueriesContext(connection) as captured:
        assert beat_at_once(entry_id=entry.pk, question=3, visible=True, now=NOW + SECOND) is not None
    assert "synchronous" not in captured[-1]["sql"]
    assert waits_for_disk() == usual
