"""What the clock does without a worker: dated when it fell due, once, whoever looks (mechanics §3)."""

from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.enums import Arrival
from proctoring.services import ending, minutes, presence, resume, running
from proctoring.services.due import advance_session
from proctoring.services.entries import candidate_actor
from sessions_app.models import Candidate, Event, Session
from tests.factories import (
    ACCESS_CODE,
    ADMIN,
    PROCTOR,
    CandidateFactory,
    SessionFactory,
    attempt_of,
    open_entry_for,
    put,
)
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(hours=24)
DURATION = timedelta(minutes=105)


def where(candidate: Candidate) -> dict[str, Any]:
    return {"session_id": candidate.session_id, "candidate_id": candidate.pk, "actor": PROCTOR}


def next_due(session: Session) -> object:
    return Session.objects.values_list("next_due_at", flat=True).get(pk=session.pk)


def advance(session: Session, after: timedelta) -> None:
    advance_session(session.pk, now=NOW + after)


@pytest.fixture
def punctual(session: Session) -> Session:
    """A session of a school that ends tests at their time by itself (P9)."""
    session.establishment.ends_by_itself = True
    session.establishment.save()
    return session


def test_nothing_is_due_before_a_start(candidate: Candidate) -> None:
    put(candidate, "present", now=NOW)
    assert next_due(candidate.session) is None


def test_clock_waits_for_24_hours(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    before = everything(candidate.session)

    advance(candidate.session, DAY - SECOND)

    assert next_due(candidate.session) == NOW + DAY
    assert everything(candidate.session) == before


def test_clock_expires_what_nobody_watched(candidate: Candidate) -> None:
    """Nobody looks for 25 h, then somebody does once."""
    put(candidate, "in_progress", now=NOW)
    authorised = CandidateFactory(session=candidate.session)
    put(authorised, "resume_authorised", now=NOW + MINUTE)
    done = CandidateFactory(session=candidate.session)
    put(done, "completed", now=NOW)

    advance(candidate.session, timedelta(hours=25))

    expired = Event.objects.filter(kind="expired").order_by("sequence")
    assert [(event.candidate_id, event.observed_at) for event in expired] == [
        (candidate.pk, NOW + DAY),
        (authorised.pk, NOW + MINUTE + DAY),
    ]
    assert {event.received_at for event in expired} == {NOW + timedelta(hours=25)}
    assert {event.facts["actor"]["kind"] for event in expired} == {"clock"}
    assert attempt_of(candidate).over_at == NOW + DAY
    assert attempt_of(done).state == "completed"
    assert next_due(candidate.session) is None
    assert_sound(candidate.session)


def test_clock_writes_once(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    advance(candidate.session, timedelta(hours=25))
    before = everything(candidate.session)

    advance(candidate.session, timedelta(hours=25))
    advance(candidate.session, timedelta(hours=50))

    assert everything(candidate.session) == before


def test_clock_leaves_what_is_not_due_yet(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    later = CandidateFactory(session=candidate.session)
    put(later, "in_progress", now=NOW + timedelta(hours=2))

    advance(candidate.session, DAY)

    assert attempt_of(candidate).state == "expired"
    assert attempt_of(later).state == "in_progress"
    assert next_due(candidate.session) == NOW + timedelta(hours=26)


def test_clock_expires_before_an_act_looks(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)

    resumed = CandidateFactory(session=candidate.session)
    presence.confirm_presence(
        session_id=candidate.session_id,
        candidate_id=resumed.pk,
        actor=PROCTOR,
        now=NOW + DAY,
        arrival=Arrival.IN_ROOM,
    )

    assert kinds(candidate.session)[-2:] == ["expired", "presence_confirmed"]


def test_clock_expires_although_the_act_is_refused_and_nothing_of_it_stays(candidate: Candidate) -> None:
    """The refusal rolls the clock's event back with it; the next look writes it again, the same."""
    put(candidate, "in_progress", now=NOW)

    with pytest.raises(DomainError, match="not_in_progress"):
        ending.end_test(**where(candidate), now=NOW + DAY)
    advance(candidate.session, DAY)

    assert kinds(candidate.session).count("expired") == 1
    assert_sound(candidate.session)


def test_clock_does_not_end_tests_unless_the_school_says_so(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)

    advance(candidate.session, timedelta(hours=23))

    assert attempt_of(candidate).state == "in_progress"


def test_clock_ends_tests_at_their_deadline(punctual: Session) -> None:
    candidate = CandidateFactory(session=punctual)
    put(candidate, "in_progress", now=NOW)
    assert next_due(punctual) == NOW + DURATION

    advance(punctual, DURATION - SECOND)
    assert attempt_of(candidate).state == "in_progress"
    advance(punctual, DURATION + 2 * MINUTE)

    attempt, event = attempt_of(candidate), last_event(punctual)
    assert (attempt.state, attempt.over_at, attempt.over_final_at) == (
        "ended",
        NOW + DURATION,
        NOW + DURATION,
    )
    assert (event.kind, event.observed_at, event.facts["reason"]) == ("ended", NOW + DURATION, "deadline")
    assert next_due(punctual) is None
    assert_sound(punctual)


def test_clock_ends_in_the_order_of_the_deadlines(punctual: Session) -> None:
    """Who started first may have extra time: the journal tells what happened in the order in which it did."""
    extra = CandidateFactory(session=punctual, extra_time_percent=33)
    plain = CandidateFactory(session=punctual)
    put(extra, "in_progress", now=NOW)
    put(plain, "in_progress", now=NOW + MINUTE)

    advance(punctual, timedelta(hours=25))

    ended = Event.objects.filter(kind="ended").order_by("sequence")
    assert [(event.candidate_id, event.observed_at) for event in ended] == [
        (plain.pk, NOW + MINUTE + DURATION),
        (extra.pk, NOW + timedelta(minutes=140)),
    ]


def test_clock_follows_given_minutes(punctual: Session) -> None:
    candidate = CandidateFactory(session=punctual)
    put(candidate, "in_progress", now=NOW)
    minutes.give_minutes(
        session_id=punctual.pk, candidate_ids=[candidate.pk], minutes=10, actor=PROCTOR, now=NOW + MINUTE
    )

    advance(punctual, DURATION + MINUTE)
    assert attempt_of(candidate).state == "in_progress"
    assert next_due(punctual) == NOW + DURATION + 10 * MINUTE

    minutes.take_minutes_back(
        session_id=punctual.pk,
        candidate_ids=[candidate.pk],
        minutes=5,
        actor=PROCTOR,
        now=NOW + DURATION + MINUTE,
    )
    assert next_due(punctual) == NOW + DURATION + 5 * MINUTE


def test_clock_lapses_requests_of_what_it_ends(punctual: Session) -> None:
    candidate = CandidateFactory(session=punctual)
    entry = put(candidate, "in_progress", now=NOW)
    assert entry is not None
    other = open_entry_for(candidate, now=NOW)
    running.request_resume(entry=other, actor=candidate_actor(other), now=NOW + MINUTE)
    running.leave(entry=entry, actor=candidate_actor(entry), now=NOW + MINUTE)

    advance(punctual, DURATION)

    attempt = attempt_of(candidate)
    assert (attempt.resume_requested_at, attempt.left_at) == (None, None)


def test_end_by_the_clock_is_final_at_once(punctual: Session) -> None:
    """Nobody made a gesture that could be regretted: no grace undoes it (mechanics §3)."""
    candidate = CandidateFactory(session=punctual)
    put(candidate, "in_progress", now=NOW)

    with pytest.raises(DomainError, match="too_late"):
        ending.undo_end(**where(candidate), now=NOW + DURATION + SECOND)


def test_undone_end_still_expires(candidate: Candidate) -> None:
    """Another test falls due during the 10 s, so that the clock counts anew while this one is over."""
    put(candidate, "in_progress", now=NOW)
    other = CandidateFactory(session=candidate.session)
    put(other, "in_progress", now=NOW - 5 * SECOND)
    ending.end_test(**where(candidate), now=NOW + DAY - 10 * SECOND)
    advance(candidate.session, DAY - 5 * SECOND)
    assert attempt_of(other).state == "expired"

    ending.undo_end(**where(candidate), now=NOW + DAY - 3 * SECOND)
    assert next_due(candidate.session) == NOW + DAY
    advance(candidate.session, DAY)

    assert attempt_of(candidate).state == "expired"


def test_undone_end_still_ends_at_its_deadline(punctual: Session) -> None:
    candidate, other = CandidateFactory.create_batch(2, session=punctual)
    put(candidate, "in_progress", now=NOW)
    put(other, "in_progress", now=NOW - 5 * SECOND)
    ending.end_test(**where(candidate), now=NOW + DURATION - 10 * SECOND)
    advance(punctual, DURATION - 5 * SECOND)

    ending.undo_end(**where(candidate), now=NOW + DURATION - 3 * SECOND)
    advance(punctual, DURATION)

    assert attempt_of(candidate).state == "ended"


@pytest.mark.parametrize("also", [False, True], ids=["alone", "when another falls due"])
def test_reopened_test_is_not_ended_by_its_old_deadline(punctual: Session, also: bool) -> None:
    """An admin reopened it after its time, with a reason: the clock does not answer back."""
    candidate = CandidateFactory(session=punctual)
    put(candidate, "in_progress", now=NOW)
    advance(punctual, DURATION)
    if also:
        put(CandidateFactory(session=punctual), "in_progress", now=NOW + 5 * MINUTE)
    later = NOW + DURATION + 2 * MINUTE
    ending.reopen(**{**where(candidate), "actor": ADMIN}, reason="Panne de courant", now=later)

    advance(punctual, DURATION + 6 * MINUTE)
    assert attempt_of(candidate).state == "resume_authorised"
    entry = open_entry_for(candidate, now=later)
    running.start_or_resume(
        entry=entry, access_code=ACCESS_CODE, actor=candidate_actor(entry), now=later + 5 * MINUTE
    )
    advance(punctual, DURATION + 20 * MINUTE)
    assert attempt_of(candidate).state == "in_progress"

    # Minutes given after the reopening make a new deadline, which counts.
    minutes.give_minutes(
        session_id=punctual.pk,
        candidate_ids=[candidate.pk],
        minutes=30,
        actor=PROCTOR,
        now=NOW + DURATION + 20 * MINUTE,
    )
    advance(punctual, DURATION + 30 * MINUTE)
    assert attempt_of(candidate).state == "ended"


def test_reopened_test_still_expires(candidate: Candidate) -> None:
    put(candidate, "completed", now=NOW)
    other = CandidateFactory(session=candidate.session)
    put(other, "in_progress", now=NOW - timedelta(hours=1))
    advance(candidate.session, timedelta(hours=23))
    assert next_due(candidate.session) is None

    ending.reopen(**{**where(candidate), "actor": ADMIN}, reason="Erreur", now=NOW + timedelta(hours=23))

    assert next_due(candidate.session) == NOW + DAY


def test_test_of_24_hours_is_not_reopened(candidate: Candidate) -> None:
    """It would expire at the next look: a finished test must not become an unfinished one."""
    put(candidate, "completed", now=NOW)
    before = everything(candidate.session)

    with pytest.raises(DomainError, match="too_old"):
        ending.reopen(**{**where(candidate), "actor": ADMIN}, reason="Erreur", now=NOW + DAY)

    assert everything(candidate.session) == before


def test_closed_session_has_nothing_due(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    Session.objects.filter(pk=candidate.session_id).update(state="closed", closed_at=NOW)
    before = everything(candidate.session)

    advance(candidate.session, timedelta(hours=25))

    assert everything(candidate.session) == before


def test_clock_costs_no_query_while_nothing_is_due(session: Session, django_assert_num_queries: Any) -> None:
    for candidate in CandidateFactory.create_batch(5, session=session):
        put(candidate, "in_progress", now=NOW)

    with django_assert_num_queries(4):  # savepoint, session, the one row, release
        resume.dismiss_request(**where(candidate), now=NOW)


def test_due_is_the_earliest_of_all(punctual: Session) -> None:
    first, second = CandidateFactory.create_batch(2, session=punctual)
    put(first, "in_progress", now=NOW)
    put(second, "in_progress", now=NOW + MINUTE)
    running_session = SessionFactory(establishment=punctual.establishment)

    assert next_due(punctual) == NOW + DURATION
    assert next_due(running_session) is None
