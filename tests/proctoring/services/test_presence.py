"""Presence and the late question (R8, R10, mechanics §7)."""

from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import Arrival
from proctoring.models import Attempt
from proctoring.services import presence
from sessions_app.enums import LatePolicy
from sessions_app.models import Candidate, Session
from tests.factories import ADMIN, PROCTOR, CandidateFactory, attempt_of, put
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
LATER = NOW + 3 * MINUTE


def tick(candidate: Candidate, now: Any = LATER, **answer: Any) -> Attempt:
    return presence.confirm_presence(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=PROCTOR, now=now, **answer
    )


def untick(candidate: Candidate, now: Any = LATER) -> Attempt:
    return presence.cancel_presence(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=PROCTOR, now=now
    )


@pytest.fixture
def launched(session: Session) -> Session:
    """Somebody started at NOW."""
    put(CandidateFactory(session=session), "in_progress", now=NOW)
    return session


@pytest.fixture
def latecomer(launched: Session) -> Candidate:
    return CandidateFactory(session=launched)


@pytest.fixture
def lenient(launched: Session) -> Session:
    launched.establishment.late_policy = LatePolicy.PROCTOR_DECIDES
    launched.establishment.save()
    return launched


def test_tick_before_the_launch_asks_nothing(candidate: Candidate) -> None:
    attempt = tick(candidate)
    assert (attempt.state, attempt.arrival, attempt.first_present_at) == ("present", "", LATER)
    assert kinds(candidate.session) == ["presence_confirmed"]


def test_first_presence_is_an_entry(candidate: Candidate) -> None:
    """P5: « entered » = first successful entry or presence; only the first one counts."""
    tick(candidate)
    tick(CandidateFactory(session=candidate.session), LATER + MINUTE)
    assert Session.objects.get(pk=candidate.session_id).first_entry_at == LATER


def test_tick_is_refused_to_who_is_not_certifiable(session: Session) -> None:
    candidate = CandidateFactory(session=session, certifiable_competences=4)
    with pytest.raises(DomainError, match="not_certifiable"):
        tick(candidate)
    assert kinds(session) == []


@pytest.mark.parametrize("competences", [None, 5])
def test_tick_is_allowed_to_who_is_not_verified(session: Session, competences: int | None) -> None:
    assert tick(CandidateFactory(session=session, certifiable_competences=competences)).state == "present"


def test_becoming_certifiable_opens_the_tick_and_is_written_once(session: Session) -> None:
    candidate = CandidateFactory(session=session, certifiable_competences=3)
    for _ in range(2):
        presence.become_certifiable(
            session_id=session.pk, candidate_id=candidate.pk, actor=PROCTOR, now=LATER
        )
    candidate.refresh_from_db()
    assert candidate.became_certifiable_at == LATER
    assert last_event(session).facts["competences_before"] == 3
    assert kinds(session) == ["became_certifiable"]
    assert tick(candidate).state == "present"


def test_becoming_certifiable_of_who_is_already_writes_nothing(candidate: Candidate) -> None:
    before = everything(candidate.session)
    presence.become_certifiable(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=PROCTOR, now=LATER
    )
    assert everything(candidate.session) == before


def test_who_can_be_taken_for_another_is_asked_for_when_it_is_not_sure(session: Session) -> None:
    """R9, judged under the lock: his namesake may just have come onto the list."""
    paul = CandidateFactory(session=session, last_name="DUPONT", first_name="Paul")
    where = {"session_id": session.pk, "candidate_id": paul.pk, "actor": PROCTOR, "now": LATER}
    assert presence.confirm_presence(**where, sure=False).state == "present"
    untick(paul)
    CandidateFactory(session=session, last_name="Dupont", first_name="Paule")
    before = everything(session)
    with pytest.raises(DomainError, match="which_one"):
        presence.confirm_presence(**where, sure=False)
    assert everything(session) == before
    assert presence.confirm_presence(**where).state == "present"


def test_late_question_is_asked_after_the_launch(latecomer: Candidate) -> None:
    before = everything(latecomer.session)
    with pytest.raises(DomainError, match="late_arrival"):
        tick(latecomer)
    assert everything(latecomer.session) == before


def test_late_question_is_not_asked_who_was_present_at_the_launch(session: Session) -> None:
    there = CandidateFactory(session=session)
    tick(there, NOW)
    put(CandidateFactory(session=session), "in_progress", now=NOW)

    untick(there)

    assert attempt_of(there).present_at_launch
    assert tick(there, LATER + 60 * MINUTE).state == "present"


def test_late_question_is_asked_who_was_unticked_at_the_launch(session: Session) -> None:
    """Ticked by mistake, unticked, then the session launches: he was not there."""
    candidate = CandidateFactory(session=session)
    tick(candidate, NOW)
    untick(candidate, NOW)
    put(CandidateFactory(session=session), "in_progress", now=NOW)

    with pytest.raises(DomainError, match="late_arrival"):
        tick(candidate)


def test_late_question_in_room_is_answered_once(latecomer: Candidate) -> None:
    attempt = tick(latecomer, arrival=Arrival.IN_ROOM, after_roll_call=True)

    facts = last_event(latecomer.session).facts
    assert (attempt.state, attempt.arrival) == ("present", "in_room")
    assert (facts["arrival"], facts["after_roll_call"]) == ("in_room", True)
    untick(latecomer)
    assert tick(latecomer).state == "present"  # settled: not asked again


def test_late_question_late_is_refused_by_default(latecomer: Candidate) -> None:
    attempt = tick(latecomer, arrival=Arrival.LATE, late_reason="Bus")

    assert (attempt.state, attempt.late_refused_at) == ("expected", LATER)
    assert kinds(latecomer.session)[-1] == "late_refused"
    before = everything(latecomer.session)
    tick(latecomer, LATER + MINUTE, arrival=Arrival.LATE)
    assert everything(latecomer.session) == before
    assert_sound(latecomer.session)


def test_late_question_corrected_after_a_refusal(latecomer: Candidate) -> None:
    """The wrong button: he was in the room."""
    tick(latecomer, arrival=Arrival.LATE)
    attempt = tick(latecomer, LATER + MINUTE, arrival=Arrival.IN_ROOM)
    assert (attempt.state, attempt.late_refused_at) == ("present", None)


@pytest.mark.parametrize("reason", ["", "  "])
def test_late_question_late_needs_a_reason_where_the_proctor_decides(
    lenient: Session, latecomer: Candidate, reason: str
) -> None:
    with pytest.raises(DomainError, match="reason_missing"):
        tick(latecomer, arrival=Arrival.LATE, late_reason=reason)


def test_late_question_late_is_accepted_with_a_reason_where_the_proctor_decides(
    lenient: Session, latecomer: Candidate
) -> None:
    attempt = tick(latecomer, arrival=Arrival.LATE, late_reason="Bus en panne")
    assert (attempt.state, attempt.arrival, attempt.late_reason) == ("present", "late", "Bus en panne")
    assert last_event(lenient).facts["reason"] == "Bus en panne"


@pytest.mark.parametrize("reason", ["Bus\x00", "Bus\ud800"], ids=["NUL", "half a pair"])
def test_late_reason_that_cannot_be_kept_is_refused(
    lenient: Session, latecomer: Candidate, reason: str
) -> None:
    with pytest.raises(DomainError, match="invalid"):
        tick(latecomer, arrival=Arrival.LATE, late_reason=reason)


def test_late_question_comes_back_after_not_certifiable(launched: Session) -> None:
    candidate = CandidateFactory(session=launched, certifiable_competences=4)
    with pytest.raises(DomainError, match="not_certifiable"):
        tick(candidate, arrival=Arrival.LATE)


def test_late_question_is_never_asked_of_the_one_who_launched(session: Session) -> None:
    """He had been ticked before his start launched the session: he was there."""
    first = CandidateFactory(session=session)
    put(first, "in_progress", now=NOW)
    fresh = Session.objects.get(pk=session.pk)
    assert not rules.late_question_asked(attempt_of(first), fresh)


def test_observed_at_is_told_and_never_later_than_received(candidate: Candidate) -> None:
    """A queued tick: judged at receipt, dated when it was made; a device whose clock is ahead dates nothing."""
    presence.confirm_presence(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        actor=ADMIN,
        now=LATER,
        observed_at=LATER - MINUTE,
    )
    event = last_event(candidate.session)
    assert (event.observed_at, event.received_at) == (LATER - MINUTE, LATER)

    presence.cancel_presence(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        actor=ADMIN,
        now=LATER,
        observed_at=LATER + MINUTE,
    )
    event = last_event(candidate.session)
    assert (event.observed_at, event.received_at) == (LATER, LATER)
    assert_sound(candidate.session)
