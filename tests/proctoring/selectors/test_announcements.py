"""What was just done and can still be taken back (R9, R11, R12, R13)."""

from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel import clock
from proctoring.models import ProctorAccess
from proctoring.selectors.announcements import Announcement, announcements
from proctoring.services import access as accesses
from proctoring.services import ending, minutes, presence, resume, running
from proctoring.services.entries import candidate_actor
from sessions_app.actors import Actor
from sessions_app.models import Candidate, Session
from tests import factories
from tests.proctoring.selectors.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def access(session: Session) -> ProctorAccess:
    return factories.enter_room(session)[0]


@pytest.fixture
def actor(access: ProctorAccess) -> Actor:
    return accesses.actor_of(access)


def told(access: ProctorAccess) -> list[Announcement]:
    access.session.refresh_from_db()
    return announcements(access, now=clock.now())


def where(*candidates: Candidate) -> dict[str, Any]:
    first = candidates[0]
    return {"session_id": first.session_id, "candidate_id": first.pk, "now": clock.now()}


def some(session: Session, count: int, state: str = "in_progress") -> list[Candidate]:
    found = [factories.CandidateFactory(session=session) for _ in range(count)]
    for one in found:
        factories.put(one, state)
    return found


def test_a_tick(candidate: Candidate, access: ProctorAccess, actor: Actor) -> None:
    presence.confirm_presence(**where(candidate), actor=actor)
    (one,) = told(access)
    assert one.undo == "Ce n’est pas lui"
    assert one.path == f"candidats/{candidate.pk}/presence/"
    assert one.fields == (("present", "0"),)
    assert one.seconds == 10


@pytest.mark.parametrize(("seconds", "left"), [(0, 10), (3.4, 7), (9.9, 1), (10, None)])
def test_it_stands_for_ten_seconds(
    candidate: Candidate, access: ProctorAccess, actor: Actor, travel: Any, seconds: float, left: int | None
) -> None:
    presence.confirm_presence(**where(candidate), actor=actor)
    travel(seconds=seconds)
    assert [one.seconds for one in told(access)] == ([] if left is None else [left])


def test_what_others_do_is_not_mine(candidate: Candidate, access: ProctorAccess) -> None:
    other = accesses.actor_of(factories.enter_room(candidate.session, "Odile Autre")[0])
    presence.confirm_presence(**where(candidate), actor=other)
    presence.cancel_presence(**where(candidate), actor=factories.PROCTOR)
    assert told(access) == []


def test_what_was_taken_back_is_not_announced(
    candidate: Candidate, access: ProctorAccess, actor: Actor
) -> None:
    presence.confirm_presence(**where(candidate), actor=actor)
    presence.cancel_presence(**where(candidate), actor=actor)
    assert told(access) == []
    presence.confirm_presence(**where(candidate), actor=actor)
    assert len(told(access)) == 1


def test_what_was_taken_back_by_another_is_not_announced(
    candidate: Candidate, access: ProctorAccess, actor: Actor
) -> None:
    presence.confirm_presence(**where(candidate), actor=actor)
    presence.cancel_presence(**where(candidate), actor=factories.PROCTOR)
    assert told(access) == []


def test_a_tick_that_was_used_is_not_announced(
    candidate: Candidate, access: ProctorAccess, actor: Actor
) -> None:
    presence.confirm_presence(**where(candidate), actor=actor)
    entry = factories.open_entry_for(candidate)
    running.start_or_resume(
        entry=entry, access_code=factories.ACCESS_CODE, actor=candidate_actor(entry), now=NOW
    )
    assert told(access) == []


def test_an_authorisation_that_was_used_is_not_announced(
    candidate: Candidate, access: ProctorAccess, actor: Actor
) -> None:
    factories.put(candidate, "in_progress")
    resume.authorise_resume(**where(candidate), actor=actor)
    assert [one.undo for one in told(access)] == ["Retirer"]
    entry = factories.open_entry_for(candidate)
    running.start_or_resume(
        entry=entry, access_code=factories.ACCESS_CODE, actor=candidate_actor(entry), now=NOW
    )
    assert told(access) == []


def test_an_end_is_announced_and_overtakes_what_came_before(
    candidate: Candidate, access: ProctorAccess, actor: Actor
) -> None:
    factories.put(candidate, "in_progress")
    minutes.give_minutes(
        session_id=candidate.session_id, candidate_ids=[candidate.pk], minutes=5, actor=actor, now=NOW
    )
    resume.authorise_resume(**where(candidate), actor=actor)
    assert len(told(access)) == 2
    ending.end_test(**where(candidate), actor=actor)
    assert [one.path for one in told(access)] == [f"candidats/{candidate.pk}/fin/annuler/"]


def test_what_was_ended_together_is_undone_together(
    session: Session, access: ProctorAccess, actor: Actor, travel: Any
) -> None:
    people = some(session, 3)
    travel(minutes=105)
    ended = ending.end_overdue(
        session_id=session.pk, candidate_ids=[one.pk for one in people], actor=actor, now=clock.now()
    )
    (one,) = told(access)
    assert one.sentence == "3 tests terminés"
    assert f"{one.undo} {one.undo_more}" == "Annuler la fin de 3 tests"
    assert one.path == "fins/annuler/"
    assert one.fields == (("batch", ended[0].end_batch),)


def test_ends_one_by_one_are_announced_one_by_one_the_oldest_first(
    session: Session, access: ProctorAccess, actor: Actor, travel: Any
) -> None:
    people = some(session, 3)
    for one in people:
        ending.end_test(**where(one), actor=actor)
        travel(seconds=2)
    found = told(access)
    assert [one.path for one in found] == [f"candidats/{one.pk}/fin/annuler/" for one in people]
    assert len({one.key for one in found}) == 3


def test_minutes_for_several_are_taken_back_together(
    session: Session, access: ProctorAccess, actor: Actor
) -> None:
    people = some(session, 2)
    minutes.give_minutes(
        session_id=session.pk, candidate_ids=[one.pk for one in people], minutes=7, actor=actor, now=NOW
    )
    (one,) = told(access)
    assert one.sentence == "7 min rendues à 2 élèves"
    assert one.path == "minutes/reprendre/"
    assert dict(one.fields)["minutes"] == "7"
    assert dict(one.fields)["once"]
    assert {value for name, value in one.fields if name == "candidat"} == {str(one.pk) for one in people}


def test_minutes_given_twice_have_undos_of_their_own(
    session: Session, access: ProctorAccess, actor: Actor, travel: Any
) -> None:
    """Only the last word on a candidate is offered; another candidate's stays."""
    first, second = some(session, 2)
    give = {"session_id": session.pk, "actor": actor}
    minutes.give_minutes(**give, candidate_ids=[first.pk, second.pk], minutes=5, now=clock.now())
    travel(seconds=1)
    minutes.give_minutes(**give, candidate_ids=[first.pk], minutes=9, now=clock.now())
    found = told(access)
    assert [dict(one.fields)["minutes"] for one in found] == ["5", "9"]
    assert [dict(one.fields)["candidat"] for one in found] == [str(second.pk), str(first.pk)]
    assert len({dict(one.fields)["once"] for one in found}) == 2


def test_extra_time_goes_back_to_what_it_was(
    candidate: Candidate, access: ProctorAccess, actor: Actor
) -> None:
    factories.put(candidate, "in_progress")
    minutes.set_extra_time(**where(candidate), percent=20, actor=actor)
    minutes.set_extra_time(**where(candidate), percent=33, actor=actor)
    (one,) = told(access)
    assert one.fields == (("percent", "20"),)
    assert one.more == "Nouvelle fin\u00a0: 12h50"


def test_keys_serve_as_ids(session: Session, access: ProctorAccess, actor: Actor) -> None:
    people = some(session, 2)
    minutes.give_minutes(
        session_id=session.pk, candidate_ids=[one.pk for one in people], minutes=7, actor=actor, now=NOW
    )
    assert all(not set(one.key) & set(" \"'<>") for one in told(access))


def test_nothing_in_a_closed_session(candidate: Candidate, access: ProctorAccess, actor: Actor) -> None:
    presence.confirm_presence(**where(candidate), actor=actor)
    Session.objects.filter(pk=candidate.session_id).update(
        state="closed", closed_at=NOW + timedelta(seconds=1)
    )
    assert told(access) == []
