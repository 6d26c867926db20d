"""Followed by hand, and the paper list keyed after an outage (R22): same states, same deadline."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.enums import Source
from proctoring.models import Attempt
from proctoring.services import by_hand, running
from proctoring.services.alerts import raise_alert
from proctoring.services.entries import candidate_actor
from proctoring.services.progress import beat
from sessions_app.enums import Followed
from sessions_app.models import Candidate, Session
from tests.factories import PROCTOR, CandidateFactory, SessionFactory, attempt_of, open_entry_for, put
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
LATER = NOW + 30 * MINUTE


@pytest.fixture
def session(db: None) -> Session:
    return SessionFactory(by_hand=True, starts_at=NOW)


def start(
    candidate: Candidate, at: datetime = NOW, source: Source = Source.HAND, now: datetime = LATER
) -> Attempt:
    return by_hand.start_by_hand(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        at=at,
        source=source,
        actor=PROCTOR,
        now=now,
    )


def complete(candidate: Candidate, at: datetime, now: datetime = LATER) -> Attempt:
    return by_hand.complete_by_hand(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        at=at,
        source=Source.HAND,
        actor=PROCTOR,
        now=now,
    )


def resume(candidate: Candidate, at: datetime, now: datetime = LATER) -> Attempt:
    return by_hand.resume_by_hand(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        at=at,
        source=Source.HAND,
        actor=PROCTOR,
        now=now,
    )


def test_typed_time_is_when_it_happened_and_the_receipt_when_it_was_typed(session: Session) -> None:
    candidate = CandidateFactory(session=session, extra_time_percent=33)
    put(candidate, "present", now=NOW)

    attempt = start(candidate)

    event = last_event(session)
    assert (attempt.state, attempt.started_at) == ("in_progress", NOW)
    assert attempt.deadline_at == NOW + 140 * MINUTE
    assert (attempt.source, attempt.source_at) == ("hand", LATER)
    assert (event.observed_at, event.received_at, event.facts["source"]) == (NOW, LATER, "hand")
    assert_sound(session)


def test_whole_life_by_hand(candidate: Candidate) -> None:
    put(candidate, "present", now=NOW)
    start(candidate)
    from proctoring.services.resume import authorise_resume

    authorise_resume(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=PROCTOR, now=NOW + 5 * MINUTE
    )
    assert resume(candidate, NOW + 10 * MINUTE).resumed_at == NOW + 10 * MINUTE
    assert complete(candidate, NOW + 20 * MINUTE).over_at == NOW + 20 * MINUTE
    assert kinds(candidate.session) == [
        "presence_confirmed",
        "started",
        "resume_authorised",
        "resumed",
        "completed",
    ]
    assert_sound(candidate.session)


def test_same_time_typed_twice_records_nothing(candidate: Candidate) -> None:
    put(candidate, "present", now=NOW)
    start(candidate)
    before = everything(candidate.session)
    start(candidate, now=LATER + MINUTE)
    assert everything(candidate.session) == before

    complete(candidate, NOW + 20 * MINUTE)
    before = everything(candidate.session)
    complete(candidate, NOW + 20 * MINUTE, now=LATER + MINUTE)
    assert everything(candidate.session) == before


def test_other_time_typed_afterwards_is_refused(candidate: Candidate) -> None:
    put(candidate, "present", now=NOW)
    start(candidate)
    with pytest.raises(DomainError, match="resume_not_authorised"):
        start(candidate, NOW + MINUTE)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (LATER + timedelta(microseconds=1), "in_the_future"),
        (NOW - timedelta(hours=12, microseconds=1), "too_early"),
    ],
)
def test_time_that_cannot_be_is_refused(candidate: Candidate, at: datetime, code: str) -> None:
    put(candidate, "present", now=NOW)
    before = everything(candidate.session)
    with pytest.raises(DomainError, match=code) as refusal:
        start(candidate, at)
    assert refusal.value.status == 422
    assert everything(candidate.session) == before


def test_end_before_the_start_is_refused(candidate: Candidate) -> None:
    put(candidate, "present", now=NOW)
    start(candidate)
    with pytest.raises(DomainError, match="before_start"):
        complete(candidate, NOW - MINUTE)
    assert complete(candidate, NOW).over_at == NOW


def test_hand_is_refused_where_pixsurv_follows(session: Session) -> None:
    session.followed = Followed.PIXSURV
    session.save()
    candidate = CandidateFactory(session=session)
    put(candidate, "present", now=NOW)
    before = everything(session)
    with pytest.raises(DomainError, match="not_allowed"):
        start(candidate)
    assert everything(session) == before
    assert start(candidate, source=Source.PAPER).source == "paper"  # after an outage: anywhere


@pytest.mark.parametrize("followed", Followed)
def test_typed_time_is_always_marked(session: Session, followed: Followed) -> None:
    """No start by a proctor that looks like one by the candidate."""
    session.followed = followed
    session.save()
    candidate = CandidateFactory(session=session)
    put(candidate, "present", now=NOW)
    with pytest.raises(DomainError, match="not_allowed"):
        start(candidate, source=Source.PIXSURV)


def test_whole_room_starts_at_once(session: Session) -> None:
    ticked = CandidateFactory.create_batch(3, session=session)
    for candidate in ticked:
        put(candidate, "present", now=NOW)
    absent, doubtful = CandidateFactory.create_batch(2, session=session)
    put(doubtful, "present", now=NOW)
    Candidate.objects.filter(pk=doubtful.pk).update(certifiable_competences=2)
    where: dict[str, Any] = {"session_id": session.pk, "at": NOW, "source": Source.HAND, "actor": PROCTOR}

    started = by_hand.start_all_by_hand(**where, now=LATER)

    # One whose profile turned out not to be certifiable does not hold up the others.
    assert sorted(attempt.candidate_id for attempt in started) == sorted(one.pk for one in ticked)
    assert kinds(session).count("started") == 3
    assert attempt_of(doubtful).state == "present"
    assert not Attempt.objects.filter(candidate=absent).exists()
    assert attempt_of(ticked[2]).present_at_launch
    before = everything(session)
    assert by_hand.start_all_by_hand(**where, now=LATER) == []
    assert everything(session) == before
    assert_sound(session)


def test_test_by_hand_is_never_silent_and_no_entry_acts_in_it(candidate: Candidate) -> None:
    put(candidate, "present", now=NOW)
    attempt = start(candidate)
    entry = open_entry_for(candidate, now=LATER)
    actor = candidate_actor(entry)
    before = everything(candidate.session)

    assert (attempt.silent_at, attempt.holder_id) == (None, None)
    for act in (
        lambda: beat(entry=entry, visible=True, actor=actor, now=LATER),
        lambda: raise_alert(entry=entry, question=1, kinds=[], actor=actor, now=LATER),
        lambda: running.complete(entry=entry, actor=actor, now=LATER),
    ):
        with pytest.raises(DomainError, match="entry_superseded"):
            act()
    running.leave(entry=entry, actor=actor, now=LATER)

    assert everything(candidate.session) == before


def test_resume_on_paper_takes_the_test_from_its_entry(candidate: Candidate) -> None:
    """The computer died for good: what comes from it later is not his any more."""
    entry = put(candidate, "resume_authorised", now=NOW)
    assert entry is not None
    attempt = resume(candidate, NOW + MINUTE)

    assert (attempt.holder_id, attempt.silent_at, attempt.last_seen_at) == (None, None, None)
    with pytest.raises(DomainError, match="entry_superseded"):
        beat(entry=entry, visible=True, actor=candidate_actor(entry), now=LATER)
