"""A case answered by two at once, and rooms that exchange pupils: one answer, no deadlock (A1, R21)."""

from collections.abc import Callable
from typing import Any

import pytest

from pixsurv.kernel import clock
from proctoring.enums import Arrival, CaseKind
from proctoring.models import Case
from proctoring.services import presence
from proctoring.services.cases.answering import answer_case
from proctoring.services.cases.asking import Identity, ask_about_candidate, ask_to_enrol, ask_to_transfer
from sessions_app.actors import Actor, ActorKind
from sessions_app.models import Candidate, Session
from tests.factories import (
    PROCTOR,
    CandidateFactory,
    EstablishmentFactory,
    MembershipFactory,
    SessionFactory,
    date,
    open_entry_for,
    put,
)
from tests.journal import assert_sound, kinds
from tests.race.threads import codes, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 3


@pytest.fixture
def session(transactional_db: None) -> Session:
    return SessionFactory()


def admin_of(session: Session) -> Actor:
    account = MembershipFactory(establishment=session.establishment).account
    return Actor(kind=ActorKind.ADMIN, name=account.name, account_id=account.pk)


def answering(case: Case, actor: Actor, *, accepted: bool) -> Callable[[], Any]:
    return lambda: answer_case(case_id=case.pk, accepted=accepted, actor=actor, now=clock.now())


def late(session: Session) -> Case:
    candidate = CandidateFactory(session=session)
    where: dict[str, Any] = {"session_id": session.pk, "candidate_id": candidate.pk, "actor": PROCTOR}
    presence.confirm_presence(**where, now=clock.now(), arrival=Arrival.LATE)
    return ask_about_candidate(**where, kind=CaseKind.LATE, reason="", now=clock.now())


def reopening(session: Session) -> Case:
    candidate = CandidateFactory(session=session)
    put(candidate, "completed")
    return ask_about_candidate(
        session_id=session.pk,
        candidate_id=candidate.pk,
        kind=CaseKind.REOPENING,
        reason="Erreur",
        actor=PROCTOR,
        now=clock.now(),
    )


def enrolment(session: Session) -> Case:
    who = Identity("Nouvelle", f"Nina {Case.objects.count()}", date(2012, 3, 4))
    return ask_to_enrol(session_id=session.pk, who=who, reason="", actor=PROCTOR, now=clock.now())


def transfer(session: Session, candidate: Candidate | None = None) -> Case:
    one = candidate or CandidateFactory(session=SessionFactory(establishment=session.establishment))
    return ask_to_transfer(
        session_id=session.pk,
        who=Identity(one.last_name, one.first_name, one.birth_date),
        from_number=one.session.number,
        reason="",
        actor=PROCTOR,
        now=clock.now(),
    )


@pytest.mark.parametrize("ask", [late, reopening, enrolment, transfer])
def test_two_admins_at_once_make_one_answer(session: Session, ask: Callable[[Session], Case]) -> None:
    put(CandidateFactory(session=session), "in_progress")
    one, other = admin_of(session), admin_of(session)
    for accepted in (True, False, True):
        case = ask(session)
        before = kinds(session).count("case_answered")

        results = together(answering(case, one, accepted=True), answering(case, other, accepted=accepted))

        assert codes(results) == ["case_answered"]
        assert kinds(session).count("case_answered") == before + 1
        assert_sound(session)


def test_double_click_is_one_answer(session: Session) -> None:
    actor = admin_of(session)
    for _ in range(ROUNDS):
        case = enrolment(session)
        act = answering(case, actor, accepted=True)
        assert codes(together(act, act, act)) == []
    assert kinds(session).count("candidate_enrolled") == ROUNDS
    assert_sound(session)


def test_two_rooms_that_exchange_pupils_do_not_wait_for_each_other(transactional_db: None) -> None:
    school = EstablishmentFactory()
    one, other = SessionFactory(establishment=school), SessionFactory(establishment=school)
    actor = admin_of(one)
    for _ in range(ROUNDS):
        here, there = CandidateFactory(session=one), CandidateFactory(session=other)
        acts = [
            answering(transfer(other, here), actor, accepted=True),
            answering(transfer(one, there), actor, accepted=True),
        ]
        assert codes(together(*acts)) == []
        here.refresh_from_db()
        there.refresh_from_db()
        assert (here.session, there.session) == (other, one)
    assert_sound(one)
    assert_sound(other)


def test_transfer_against_coming_in(session: Session) -> None:
    """Either he is in the new room without an entry of the old one that works, or he stays where he came in."""
    actor = admin_of(session)
    for _ in range(ROUNDS):
        candidate = CandidateFactory(session=SessionFactory(establishment=session.establishment))
        old = candidate.session
        case = transfer(session, candidate)
        tick: Callable[[], Any] = lambda candidate=candidate, old=old: presence.confirm_presence(  # noqa: E731
            session_id=old.pk, candidate_id=candidate.pk, actor=PROCTOR, now=clock.now()
        )
        results = together(answering(case, actor, accepted=True), tick)

        candidate.refresh_from_db()
        moved = candidate.session == session
        assert codes(results) == ["not_found" if moved else "transfer_impossible"]
        assert_sound(session)
        assert_sound(old)


def test_transfer_of_who_is_at_a_computer_is_refused(session: Session) -> None:
    candidate = CandidateFactory(session=SessionFactory(establishment=session.establishment))
    case = transfer(session, candidate)
    open_entry_for(candidate)
    assert codes(together(answering(case, admin_of(session), accepted=True))) == ["transfer_impossible"]
