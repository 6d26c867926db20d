"""The launch of a session, and an accidental one taken back (R10, mechanics §7)."""

from datetime import timedelta

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.enums import Arrival, Source
from proctoring.services import by_hand, presence
from proctoring.services.closing import close_session, take_launch_back
from sessions_app.enums import Followed
from sessions_app.models import Candidate, Session
from tests.factories import ADMIN, PROCTOR, CandidateFactory, attempt_of, put
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def fresh(session: Session) -> Session:
    return Session.objects.get(pk=session.pk)


def tick(candidate: Candidate, **answer: Arrival) -> None:
    presence.confirm_presence(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=PROCTOR, now=NOW + MINUTE, **answer
    )


@pytest.fixture
def launched(candidate: Candidate) -> Session:
    put(candidate, "in_progress", now=NOW)
    return candidate.session


def test_first_start_launches(candidate: Candidate) -> None:
    put(candidate, "present", now=NOW)
    assert fresh(candidate.session).state == "planned"

    put(CandidateFactory(session=candidate.session), "in_progress", now=NOW + MINUTE)
    put(CandidateFactory(session=candidate.session), "in_progress", now=NOW + 2 * MINUTE)

    session = fresh(candidate.session)
    assert (session.state, session.launched_at) == ("launched", NOW + MINUTE)
    # The whole list changes at the first start only: « À cocher » becomes « Pas encore arrivé ».
    assert session.list_sequence == 3


def test_launch_by_hand_is_the_earliest_start(session: Session) -> None:
    """The second pupil keyed may have started first."""
    session.followed = Followed.BY_HAND
    session.starts_at = NOW
    session.save()
    for candidate, at in zip(CandidateFactory.create_batch(2, session=session), (5, 2), strict=True):
        put(candidate, "present", now=NOW)
        by_hand.start_by_hand(
            session_id=session.pk,
            candidate_id=candidate.pk,
            at=NOW + at * MINUTE,
            source=Source.HAND,
            actor=PROCTOR,
            now=NOW + 10 * MINUTE,
        )
    assert fresh(session).launched_at == NOW + 2 * MINUTE


@pytest.mark.parametrize("after", [0 * MINUTE, 5 * MINUTE], ids=str)
def test_launch_taken_back_within_five_minutes(launched: Session, after: timedelta) -> None:
    take_launch_back(session_id=launched.pk, actor=ADMIN, now=NOW + after)

    session = fresh(launched)
    assert (session.state, session.launched_at) == ("planned", None)
    assert kinds(launched)[-1] == "launch_taken_back"
    assert last_event(launched).facts["launched_at"] == "2026-03-14T09:00:00+00:00"
    assert session.list_sequence == session.sequence
    assert_sound(launched)


def test_launch_taken_back_again_records_nothing(launched: Session) -> None:
    take_launch_back(session_id=launched.pk, actor=ADMIN, now=NOW)
    before = everything(launched)

    assert take_launch_back(session_id=launched.pk, actor=ADMIN, now=NOW + MINUTE).launched_at is None

    assert everything(launched) == before


def test_launch_stands_after_five_minutes(launched: Session) -> None:
    with pytest.raises(DomainError, match="launch_stands"):
        take_launch_back(
            session_id=launched.pk, actor=ADMIN, now=NOW + 5 * MINUTE + timedelta(microseconds=1)
        )


def test_launch_stands_once_two_tests_started(launched: Session) -> None:
    put(CandidateFactory(session=launched), "completed", now=NOW)

    with pytest.raises(DomainError, match="launch_stands"):
        take_launch_back(session_id=launched.pk, actor=ADMIN, now=NOW + MINUTE)


def test_launch_is_taken_back_by_an_admin_only(launched: Session) -> None:
    before = everything(launched)

    with pytest.raises(DomainError, match="not_allowed") as refusal:
        take_launch_back(session_id=launched.pk, actor=PROCTOR, now=NOW)

    assert refusal.value.status == 403
    assert everything(launched) == before


def test_launch_that_never_was_is_not_taken_back(session: Session) -> None:
    with pytest.raises(DomainError, match="never_launched"):
        take_launch_back(session_id=session.pk, actor=ADMIN, now=NOW)


def test_launch_taken_back_stops_the_late_question(launched: Session) -> None:
    latecomer = CandidateFactory(session=launched)
    take_launch_back(session_id=launched.pk, actor=ADMIN, now=NOW)

    tick(latecomer)

    assert attempt_of(latecomer).state == "present"


def test_launch_taken_back_forgets_who_was_late(launched: Session) -> None:
    """Nobody is late for a launch that did not count."""
    refused, accepted = CandidateFactory.create_batch(2, session=launched)
    tick(refused, arrival=Arrival.LATE)
    tick(accepted, arrival=Arrival.IN_ROOM)

    take_launch_back(session_id=launched.pk, actor=ADMIN, now=NOW + 2 * MINUTE)

    for candidate in (refused, accepted):
        attempt = attempt_of(candidate)
        assert (attempt.late_refused_at, attempt.arrival, attempt.late_reason) == (None, "", "")
    assert attempt_of(accepted).state == "present"


def test_launch_happens_again_at_the_next_start(launched: Session, candidate: Candidate) -> None:
    there, absent = CandidateFactory.create_batch(2, session=launched)
    take_launch_back(session_id=launched.pk, actor=ADMIN, now=NOW)
    tick(there)
    assert attempt_of(candidate).state == "in_progress"  # the test that started goes on

    put(CandidateFactory(session=launched), "in_progress", now=NOW + 10 * MINUTE)

    assert fresh(launched).launched_at == NOW + 10 * MINUTE
    assert attempt_of(there).present_at_launch
    with pytest.raises(DomainError, match="late_arrival"):
        tick(absent)


def test_session_whose_launch_was_taken_back_can_be_closed(launched: Session, candidate: Candidate) -> None:
    take_launch_back(session_id=launched.pk, actor=ADMIN, now=NOW)
    with pytest.raises(DomainError, match="tests_running"):
        close_session(session_id=launched.pk, actor=PROCTOR, now=NOW + MINUTE)
