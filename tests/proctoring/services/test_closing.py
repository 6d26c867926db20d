"""Closing: refused while anything runs or can be undone, for good afterwards (I3, mechanics §6)."""

from datetime import timedelta

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.services import access as accesses
from proctoring.services import ending
from proctoring.services.closing import close_session
from sessions_app.models import Candidate, Session
from tests.factories import PASSWORD, PROCTOR, CandidateFactory, SessionFactory, enter_room, put
from tests.journal import NOW, assert_sound, everything, kinds

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def close(session: Session, after: timedelta = timedelta(0)) -> Session:
    return close_session(session_id=session.pk, actor=PROCTOR, now=NOW + after)


@pytest.mark.parametrize("state", ["in_progress", "resume_authorised"])
def test_closing_is_refused_while_a_test_runs(candidate: Candidate, state: str) -> None:
    put(candidate, state, now=NOW)
    before = everything(candidate.session)

    with pytest.raises(DomainError, match="tests_running"):
        close(candidate.session)

    assert everything(candidate.session) == before


def test_closing_waits_for_an_end_that_can_be_undone(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    ending.end_test(session_id=candidate.session_id, candidate_id=candidate.pk, actor=PROCTOR, now=NOW)

    with pytest.raises(DomainError, match="tests_running"):
        close(candidate.session, 10 * SECOND - timedelta(microseconds=1))

    assert close(candidate.session, 10 * SECOND).state == "closed"


@pytest.mark.parametrize("state", ["expected", "present", "completed", "expired"])
def test_closing_is_for_good(candidate: Candidate, state: str) -> None:
    put(candidate, state, now=NOW)

    session = close(candidate.session, SECOND)

    assert (session.state, session.closed_at, session.next_due_at) == ("closed", NOW + SECOND, None)
    assert kinds(candidate.session)[-1] == "closed"
    assert session.list_sequence == session.sequence
    assert_sound(session)


def test_closing_expires_first_what_nobody_watched(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)

    close(candidate.session, timedelta(hours=24))

    assert kinds(candidate.session)[-2:] == ["expired", "closed"]


def test_closing_again_changes_nothing(candidate: Candidate) -> None:
    put(candidate, "completed", now=NOW)
    close(candidate.session)
    before = everything(candidate.session)

    assert close(candidate.session, SECOND).closed_at == NOW

    assert everything(candidate.session) == before


def test_closing_of_a_cancelled_session_is_refused(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(state="cancelled", cancelled_at=NOW)

    with pytest.raises(DomainError, match="session_closed"):
        close(session)


def test_closed_session_refuses_a_login_after_the_right_password_only(session: Session) -> None:
    close(session)

    with pytest.raises(DomainError, match="session_closed") as refusal:
        accesses.find_session(number=str(session.number), password=PASSWORD)
    assert refusal.value.status == 410
    with pytest.raises(DomainError, match="wrong_credentials"):
        accesses.find_session(number=str(session.number), password="C-222222")


def test_closed_session_refuses_who_found_it_before(session: Session) -> None:
    """The password was right, then somebody closed: the door is behind the lock."""
    found = accesses.find_session(number=str(session.number), password=PASSWORD)
    close(session)
    before = everything(session)

    with pytest.raises(DomainError, match="session_closed"):
        enter_room(found)

    assert everything(session) == before


def test_closing_looks_at_its_own_session_only(session: Session) -> None:
    put(CandidateFactory(session=SessionFactory()), "in_progress", now=NOW)

    assert close(session).state == "closed"
