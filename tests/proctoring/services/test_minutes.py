"""Extra time and minutes given back (R13): a deadline moves by an event, and never below what has elapsed."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.models import Attempt
from proctoring.services import minutes
from sessions_app.actors import Actor
from sessions_app.models import Candidate, Session
from tests.factories import ADMIN, PROCTOR, CandidateFactory, attempt_of, put
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def give(*candidates: Candidate, minutes_: int = 10, now: datetime = NOW, reason: str = "") -> list[Attempt]:
    return minutes.give_minutes(
        session_id=candidates[0].session_id,
        candidate_ids=[candidate.pk for candidate in candidates],
        minutes=minutes_,
        actor=PROCTOR,
        now=now,
        reason=reason,
    )


def take(*candidates: Candidate, minutes_: int = 10, now: datetime = NOW) -> list[Attempt]:
    return minutes.take_minutes_back(
        session_id=candidates[0].session_id,
        candidate_ids=[candidate.pk for candidate in candidates],
        minutes=minutes_,
        actor=PROCTOR,
        now=now,
    )


def extra(
    candidate: Candidate, percent: int, actor: Actor = PROCTOR, now: datetime = NOW, **more: Any
) -> Attempt:
    return minutes.set_extra_time(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        percent=percent,
        actor=actor,
        now=now,
        **more,
    )


def percent_of(candidate: Candidate) -> int:
    return Candidate.objects.get(pk=candidate.pk).extra_time_percent


def test_given_minutes_move_the_deadline_of_all_chosen(session: Session) -> None:
    one, other = CandidateFactory.create_batch(2, session=session)
    put(one, "in_progress", now=NOW)
    put(other, "resume_authorised", now=NOW)

    give(one, other, reason=" Panne  de courant ")

    for candidate in (one, other):
        assert attempt_of(candidate).deadline_at == NOW + 115 * MINUTE
    facts = last_event(session).facts
    assert (facts["minutes"], facts["reason"], facts["together"]) == (10, "Panne de courant", 2)
    assert kinds(session)[-2:] == ["minutes_given", "minutes_given"]
    assert_sound(session)


def test_given_minutes_add_up_and_are_taken_back(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    give(candidate, minutes_=5)
    give(candidate, minutes_=10)
    take(candidate, minutes_=12)

    attempt = attempt_of(candidate)
    assert (attempt.given_minutes, attempt.deadline_at) == (3, NOW + 108 * MINUTE)


def test_given_minutes_are_all_or_none(session: Session) -> None:
    one, finished = CandidateFactory.create_batch(2, session=session)
    put(one, "in_progress", now=NOW)
    put(finished, "completed", now=NOW)
    before = everything(session)

    with pytest.raises(DomainError, match="not_in_progress"):
        give(one, finished)

    assert everything(session) == before


def test_same_candidate_chosen_twice_gets_minutes_once(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    give(candidate, candidate)
    assert attempt_of(candidate).given_minutes == 10


@pytest.mark.parametrize("act", [give, take])
@pytest.mark.parametrize("number", [-1, 0, 121])
def test_number_of_minutes_has_limits(candidate: Candidate, act: Any, number: int) -> None:
    put(candidate, "in_progress", now=NOW)
    with pytest.raises(DomainError, match="out_of_range") as refusal:
        act(candidate, minutes_=number)
    assert refusal.value.status == 422


@pytest.mark.parametrize("act", [minutes.give_minutes, minutes.take_minutes_back])
def test_minutes_for_nobody_are_refused(session: Session, act: Any) -> None:
    with pytest.raises(DomainError, match="nobody_chosen"):
        act(session_id=session.pk, candidate_ids=[], minutes=5, actor=PROCTOR, now=NOW)


@pytest.mark.parametrize("act", [give, take])
def test_minutes_for_somebody_of_another_room_are_refused(candidate: Candidate, act: Any) -> None:
    put(candidate, "in_progress", now=NOW)
    with pytest.raises(DomainError, match="not_found"):
        act(candidate, CandidateFactory())


def test_more_than_given_is_not_taken_back(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    give(candidate, minutes_=5)
    with pytest.raises(DomainError, match="more_than_given"):
        take(candidate, minutes_=6)


def test_minutes_are_not_taken_back_below_what_has_elapsed(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    give(candidate, minutes_=10)

    with pytest.raises(DomainError, match="below_elapsed"):
        take(candidate, now=NOW + 105 * MINUTE + timedelta(microseconds=1))
    assert attempt_of(candidate).deadline_at == NOW + 115 * MINUTE

    take(candidate, now=NOW + 105 * MINUTE)
    assert attempt_of(candidate).deadline_at == NOW + 105 * MINUTE


@pytest.mark.parametrize(
    ("percent", "deadline"), [(0, 105), (33, 140), (34, 141), (50, 158), (100, 210), (300, 420)]
)
def test_extra_time_moves_the_deadline(candidate: Candidate, percent: int, deadline: int) -> None:
    put(candidate, "in_progress", now=NOW)
    extra(candidate, 1)
    attempt = extra(candidate, percent, ADMIN, written_decision=True)
    assert attempt.deadline_at == NOW + deadline * MINUTE
    assert percent_of(candidate) == percent
    facts = last_event(candidate.session).facts
    assert (facts["before"], facts["after"], facts["written_decision"]) == (1, percent, True)
    assert_sound(candidate.session)


def test_extra_time_before_the_start_counts_from_it(candidate: Candidate) -> None:
    extra(candidate, 33)
    assert kinds(candidate.session) == ["extra_time_set"]
    put(candidate, "in_progress", now=NOW)
    assert attempt_of(candidate).deadline_at == NOW + 140 * MINUTE


def test_extra_time_keeps_given_minutes(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    give(candidate, minutes_=7)
    assert extra(candidate, 33).deadline_at == NOW + 147 * MINUTE


def test_extra_time_set_again_records_nothing(candidate: Candidate) -> None:
    extra(candidate, 33)
    before = everything(candidate.session)
    extra(candidate, 33)
    assert everything(candidate.session) == before


@pytest.mark.parametrize("percent", [-1, 301])
def test_extra_time_has_limits(candidate: Candidate, percent: int) -> None:
    with pytest.raises(DomainError, match="out_of_range"):
        extra(candidate, percent, ADMIN, written_decision=True)


@pytest.mark.parametrize(("actor", "decision"), [(PROCTOR, True), (PROCTOR, False), (ADMIN, False)])
def test_extra_time_over_a_third_needs_the_decision_from_an_admin(
    candidate: Candidate, actor: Actor, decision: bool
) -> None:
    before = everything(candidate.session)
    with pytest.raises(DomainError, match="decision_missing") as refusal:
        extra(candidate, 34, actor, written_decision=decision)
    assert refusal.value.status == 403
    assert everything(candidate.session) == before


def test_extra_time_over_a_third_is_lowered_by_a_proctor(session: Session) -> None:
    candidate = CandidateFactory(session=session, extra_time_percent=100)
    extra(candidate, 50)
    assert percent_of(candidate) == 50


def test_extra_time_is_not_lowered_below_what_has_elapsed(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    extra(candidate, 33)
    before = everything(candidate.session)
    with pytest.raises(DomainError, match="below_elapsed"):
        extra(candidate, 0, now=NOW + 106 * MINUTE)
    assert everything(candidate.session) == before


def test_extra_time_may_be_too_little_for_who_is_already_late(candidate: Candidate) -> None:
    """Overtime of 60 min, extra time of 35: the deadline moves nearer, though still past. It was never lowered."""
    put(candidate, "in_progress", now=NOW)
    assert extra(candidate, 33, now=NOW + 165 * MINUTE).deadline_at == NOW + 140 * MINUTE


@pytest.mark.parametrize("state", ["completed", "ended", "expired"])
def test_extra_time_of_a_test_that_is_over_is_refused(candidate: Candidate, state: str) -> None:
    put(candidate, state, now=NOW)
    before = everything(candidate.session)
    with pytest.raises(DomainError, match="not_in_progress"):
        extra(candidate, 33)
    assert everything(candidate.session) == before
    assert percent_of(candidate) == 0
