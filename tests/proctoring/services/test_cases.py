"""What a room sends up to an admin, asked and answered (R10, R12, R21, A1)."""

from datetime import date, timedelta
from typing import Any

import pytest

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.enums import Arrival, AttemptState, CaseKind, CaseState
from proctoring.models import Attempt, Case
from proctoring.report.reading import report_of
from proctoring.selectors.tickets import open_ticket
from proctoring.services import closing, ending, presence, tickets
from proctoring.services.cases.answering import answer_case
from proctoring.services.cases.asking import Identity, ask_about_candidate, ask_to_enrol, ask_to_transfer
from proctoring.services.cases.settling import withdraw_case
from sessions_app.actors import Actor, ActorKind
from sessions_app.candidates.listing import is_present
from sessions_app.enums import EventKind
from sessions_app.models import Account, Candidate, Event, Session
from sessions_app.services.planning import cancel_session
from tests import factories
from tests.factories import PROCTOR
from tests.journal import assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db
PAUL = Identity("Dupont", "Paul", date(2011, 5, 21))


@pytest.fixture
def boss(admin: Account) -> Actor:
    return Actor(kind=ActorKind.ADMIN, name=admin.name, account_id=admin.pk)


@pytest.fixture
def late(session: Session) -> Candidate:
    """Refused as late: the session was launched without him."""
    factories.put(factories.CandidateFactory(session=session), "in_progress")
    late = factories.CandidateFactory(session=session)
    tick(late, Arrival.LATE)
    return late


@pytest.fixture
def other_room(session: Session) -> Session:
    return factories.SessionFactory(establishment=session.establishment, room="C04")


def tick(candidate: Candidate, arrival: Arrival | None = None) -> Attempt:
    return presence.confirm_presence(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        actor=PROCTOR,
        now=clock.now(),
        arrival=arrival,
    )


def ask(candidate: Candidate, kind: CaseKind = CaseKind.LATE, reason: str = "bus en panne") -> Case:
    return ask_about_candidate(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        kind=kind,
        reason=reason,
        actor=PROCTOR,
        now=clock.now(),
    )


def enrol(session: Session, who: Identity = PAUL) -> Case:
    return ask_to_enrol(session_id=session.pk, who=who, reason="", actor=PROCTOR, now=clock.now())


def transfer(session: Session, candidate: Candidate) -> Case:
    who = Identity(candidate.last_name, candidate.first_name, candidate.birth_date)
    return ask_to_transfer(
        session_id=session.pk,
        who=who,
        from_number=candidate.session.number,
        reason="",
        actor=PROCTOR,
        now=clock.now(),
    )


def answer(case: Case, actor: Actor, *, accepted: bool = True) -> Case:
    return answer_case(case_id=case.pk, accepted=accepted, actor=actor, now=clock.now())


def refused(code: str, act: Any, *args: Any, **kwargs: Any) -> DomainError:
    with pytest.raises(DomainError) as found:
        act(*args, **kwargs)
    assert found.value.code == code
    return found.value


def facts(session: Session, kind: EventKind) -> dict[str, Any]:
    return dict(Event.objects.filter(session=session, kind=kind).latest("sequence").facts or {})


# ---- late pupil ----


def test_late_pupil_is_asked_for_once(late: Candidate) -> None:
    case = ask(late)
    before = everything(late.session)
    assert ask(late).pk == case.pk
    assert everything(late.session) == before
    assert (case.state, case.candidate_id) == ("open", late.pk)
    told = facts(late.session, EventKind.CASE_RAISED)
    assert (told["reason"], told["last_name"], told["kind"]) == ("bus en panne", late.last_name, "late")
    assert last_event(late.session).sequence == case.raised_sequence


def test_accepted_late_pupil_can_be_ticked_and_the_journal_says_by_whom(late: Candidate, boss: Actor) -> None:
    case = answer(ask(late), boss)
    assert (case.state, case.answered_by_id) == ("accepted", boss.account_id)
    attempt = tick(late)
    assert (attempt.state, attempt.arrival, attempt.late_refused_at) == ("present", "late", None)
    told = facts(late.session, EventKind.PRESENCE_CONFIRMED)
    assert (told["arrival"], told["accepted_by"], told["case"]) == ("late", boss.name, case.raised_sequence)
    assert_sound(late.session)


def test_refused_late_pupil_stays_refused_and_may_be_asked_for_again(late: Candidate, boss: Actor) -> None:
    answer(ask(late), boss, accepted=False)
    attempt = factories.attempt_of(late)
    assert (attempt.state, attempt.arrival) == ("expected", "")
    assert attempt.late_refused_at is not None
    again = ask(late)
    assert (again.state, Case.objects.count()) == ("open", 2)


def test_nothing_is_asked_for_who_was_not_refused(session: Session) -> None:
    candidate = factories.CandidateFactory(session=session)
    refused("nothing_to_ask", ask, candidate)
    refused("nothing_to_ask", ask, candidate, CaseKind.TRANSFER)
    factories.put(candidate, "in_progress")
    refused("nothing_to_ask", ask, candidate)
    assert not Case.objects.exists()


def test_presence_overtakes_a_request(late: Candidate, boss: Actor) -> None:
    """The proctor found that he had been there all along: the board has nothing to answer any more."""
    case = ask(late)
    tick(late, Arrival.IN_ROOM)
    case.refresh_from_db()
    assert case.state == CaseState.WITHDRAWN
    assert kinds(late.session)[-2:] == ["presence_confirmed", "case_withdrawn"]
    refused("case_gone", answer, case, boss)
    assert "accepted_by" not in facts(late.session, EventKind.PRESENCE_CONFIRMED)


def test_launch_taken_back_overtakes_requests_of_late_pupils(late: Candidate, boss: Actor) -> None:
    case = ask(late)
    closing.take_launch_back(session_id=late.session_id, actor=boss, now=clock.now())
    case.refresh_from_db()
    assert case.state == CaseState.WITHDRAWN
    assert factories.attempt_of(late).last_case is None


# ---- reopening ----


def test_reopening_needs_a_reason_and_a_test_that_is_over(session: Session) -> None:
    candidate = factories.CandidateFactory(session=session)
    factories.put(candidate, "in_progress")
    refused("not_over", ask, candidate, CaseKind.REOPENING)
    refused("reason_missing", ask, candidate, CaseKind.REOPENING, " ")


@pytest.mark.parametrize("state", ["ended", "completed"])
def test_granted_reopening_reopens_the_test_with_the_reason_of_the_room(
    session: Session, boss: Actor, state: str
) -> None:
    candidate = factories.CandidateFactory(session=session)
    factories.put(candidate, state)
    case = answer(ask(candidate, CaseKind.REOPENING, "Terminé par erreur"), boss)
    assert case.state == "accepted"
    assert factories.attempt_of(candidate).state == AttemptState.RESUME_AUTHORISED
    reopened = facts(session, EventKind.REOPENED)
    assert (reopened["reason"], reopened["actor"]["name"]) == ("Terminé par erreur", boss.name)
    assert_sound(session)


def test_reopening_by_another_way_answers_the_case(session: Session, boss: Actor) -> None:
    candidate = factories.CandidateFactory(session=session)
    factories.put(candidate, "completed")
    case = ask(candidate, CaseKind.REOPENING)
    ending.reopen(
        session_id=session.pk, candidate_id=candidate.pk, reason="Erreur", actor=boss, now=clock.now()
    )
    case.refresh_from_db()
    assert (case.state, case.answered_by_id) == ("accepted", boss.account_id)


def test_undone_end_overtakes_its_reopening(session: Session) -> None:
    candidate = factories.CandidateFactory(session=session)
    factories.put(candidate, "ended")
    case = ask(candidate, CaseKind.REOPENING)
    ending.undo_end(session_id=session.pk, candidate_id=candidate.pk, actor=PROCTOR, now=clock.now())
    case.refresh_from_db()
    assert case.state == CaseState.WITHDRAWN


def test_reopening_that_is_too_late_leaves_the_case_open(session: Session, boss: Actor) -> None:
    candidate = factories.CandidateFactory(session=session)
    factories.put(candidate, "completed")
    case = ask(candidate, CaseKind.REOPENING)
    with pytest.raises(DomainError, match="too_old"):
        answer_case(case_id=case.pk, accepted=True, actor=boss, now=clock.now() + timedelta(hours=25))
    case.refresh_from_db()
    assert case.state == CaseState.OPEN


# ---- not on the list ----


def test_pupil_on_no_list_is_enrolled_as_the_year_knows_him(session: Session, boss: Actor) -> None:
    pupil = factories.PupilFactory(
        establishment=session.establishment,
        school_year=session.starts_at.year if session.starts_at.month >= 8 else session.starts_at.year - 1,
        last_name="DUPONT",
        first_name="Paul",
        birth_date=PAUL.birth_date,
        class_name="3e B",
        certifiable_competences=7,
        extra_time_percent=33,
    )
    case = answer(enrol(session, Identity("dupont", "PAUL", PAUL.birth_date)), boss)
    candidate = Candidate.objects.get(session=session)
    assert case.candidate == candidate
    assert (candidate.pupil, candidate.class_name, candidate.extra_time_percent) == (pupil, "3e B", 33)
    assert (candidate.certifiable_competences, candidate.last_name) == (7, "DUPONT")
    assert kinds(session) == ["case_raised", "candidate_enrolled", "case_answered"]
    assert_sound(session)


def test_pupil_unknown_to_the_year_is_enrolled_as_typed(session: Session, boss: Actor) -> None:
    factories.PupilFactory(
        last_name="Dupont", first_name="Paul", birth_date=PAUL.birth_date, class_name="3e Z"
    )
    answer(enrol(session), boss)
    candidate = Candidate.objects.get(session=session)
    assert (candidate.last_name, candidate.class_name, candidate.pupil) == ("Dupont", "", None)


def test_pupil_whom_an_admin_enrolled_meanwhile_is_not_enrolled_twice(session: Session, boss: Actor) -> None:
    case = enrol(session)
    candidate = factories.CandidateFactory(
        session=session, last_name="DUPONT", first_name="Paul", birth_date=PAUL.birth_date
    )
    assert answer(case, boss).candidate == candidate


def test_same_pupil_is_asked_for_once_and_another_apart(session: Session) -> None:
    first = enrol(session)
    assert enrol(session, Identity("DUPONT", "Paul ", PAUL.birth_date)).pk == first.pk
    assert enrol(session, Identity("Dupond", "Paul", PAUL.birth_date)).pk != first.pk
    assert kinds(session) == ["case_raised", "case_raised"]


def test_pupil_who_is_on_a_list_of_today_is_not_enrolled(session: Session, other_room: Session) -> None:
    names = {"last_name": "Dupont", "first_name": "Paul", "birth_date": PAUL.birth_date}
    factories.CandidateFactory(session=other_room, **names)
    refused("enrolled_elsewhere", enrol, session)
    factories.CandidateFactory(session=session, **names)
    refused("already_listed", enrol, session)


def test_lists_of_another_day_school_or_of_a_closed_room_do_not_count(session: Session) -> None:
    names = {"last_name": "Dupont", "first_name": "Paul", "birth_date": PAUL.birth_date}
    school = session.establishment
    later = factories.SessionFactory(establishment=school, starts_at=clock.now() + timedelta(days=2))
    closed = factories.SessionFactory(establishment=school)
    for one in (later, closed, factories.SessionFactory()):
        factories.CandidateFactory(session=one, **names)
    closing.close_session(session_id=closed.pk, actor=PROCTOR, now=clock.now())
    assert enrol(session).state == CaseState.OPEN


def test_pupil_let_in_after_the_launch_is_late_by_the_word_of_the_direction(
    session: Session, boss: Actor
) -> None:
    factories.put(factories.CandidateFactory(session=session), "in_progress")
    answer(enrol(session), boss)
    paul = Candidate.objects.get(session=session, last_name="Dupont")
    refused("late_arrival", tick, paul)
    assert tick(paul, Arrival.LATE).state == "present"
    assert facts(session, EventKind.PRESENCE_CONFIRMED)["accepted_by"] == boss.name


# ---- transfer ----


def test_transfer_moves_the_candidate_and_both_journals_say_so(
    session: Session, other_room: Session, boss: Actor
) -> None:
    candidate = factories.CandidateFactory(session=other_room, class_name="3e B", extra_time_percent=33)
    case = answer(transfer(session, candidate), boss)
    candidate.refresh_from_db()
    assert (candidate.session, candidate.extra_time_percent) == (session, 33)
    assert case.state == "accepted"
    for room in (session, other_room):
        told = facts(room, EventKind.CANDIDATE_TRANSFERRED)
        assert (told["from"], told["to"]) == (other_room.number, session.number)
        assert told["last_name"] == candidate.last_name
        assert_sound(room)
    (listed,) = report_of(Session.objects.get(pk=session.pk)).people
    assert (listed.class_name, listed.extra_time_percent) == ("3e B", 33)
    tick(candidate)
    assert is_present(candidate)


def test_transfer_leaves_what_was_noted_in_the_old_room_there(
    session: Session, other_room: Session, boss: Actor
) -> None:
    """Refused as late there, then un-ticked: here his row begins anew."""
    factories.put(factories.CandidateFactory(session=other_room), "in_progress")
    candidate = factories.CandidateFactory(session=other_room)
    tick(candidate, Arrival.LATE)
    waiting = ask(candidate)
    answer(transfer(session, candidate), boss)
    attempt = factories.attempt_of(candidate)
    assert (attempt.session, attempt.late_refused_at, attempt.arrival) == (session, None, "")
    waiting.refresh_from_db()
    assert waiting.state == CaseState.WITHDRAWN
    assert_sound(other_room)
    candidate.refresh_from_db()
    assert tick(candidate).state == "present"


def test_ticket_of_the_old_room_ends_with_a_transfer(
    session: Session, other_room: Session, boss: Actor
) -> None:
    """It would be shown here, open nothing, and stand in the way of a new one."""

    def enter(room: Session, digits: str) -> object:
        return tickets.enter_by_ticket(
            session=room, arrival=tickets.Arrival(digits, heartbeat=None), now=clock.now()
        )

    candidate = factories.CandidateFactory(session=other_room)
    given = [
        tickets.issue_ticket(session_id=other_room.pk, candidate_id=one.pk, actor=PROCTOR, now=clock.now())
        for one in (candidate, factories.CandidateFactory(session=other_room))
    ]
    answer(transfer(session, candidate), boss)
    assert open_ticket(candidate, clock.now()) is None
    refused("no_match", enter, other_room, given[0].digits)
    new = tickets.issue_ticket(
        session_id=session.pk, candidate_id=candidate.pk, actor=PROCTOR, now=clock.now()
    )
    assert enter(session, new.digits)
    assert enter(other_room, given[1].digits)  # of somebody else


def test_presence_of_the_old_room_does_not_follow_a_transfer(
    session: Session, other_room: Session, boss: Actor
) -> None:
    """`is_present` reads two journals: the later act counts, whatever the sequences."""
    candidate = factories.CandidateFactory(session=other_room)
    for _ in range(3):
        factories.enter_room(other_room)
    tick(candidate)
    presence.cancel_presence(
        session_id=other_room.pk, candidate_id=candidate.pk, actor=PROCTOR, now=clock.now()
    )
    answer(transfer(session, candidate), boss)
    candidate.refresh_from_db()
    tick(candidate)
    assert is_present(candidate)


@pytest.mark.parametrize("state", ["present", "in_progress", "completed", "entry"])
def test_who_came_in_or_was_ticked_does_not_change_rooms(
    session: Session, other_room: Session, boss: Actor, state: str
) -> None:
    candidate = factories.CandidateFactory(session=other_room)
    case = transfer(session, candidate)
    if state == "entry":
        factories.open_entry_for(candidate)
    else:
        factories.put(candidate, state)
    refused("transfer_impossible", answer, case, boss)
    refused(
        "transfer_impossible",
        transfer,
        factories.SessionFactory(establishment=session.establishment),
        candidate,
    )
    candidate.refresh_from_db()
    case.refresh_from_db()
    assert (candidate.session, case.state) == (other_room, "open")
    assert EventKind.CANDIDATE_TRANSFERRED not in kinds(other_room)


def test_transfer_is_asked_by_one_room_at_a_time(session: Session, other_room: Session) -> None:
    candidate = factories.CandidateFactory(session=other_room)
    assert transfer(session, candidate).pk == transfer(session, candidate).pk
    third = factories.SessionFactory(establishment=session.establishment)
    refused("asked_elsewhere", transfer, third, candidate)


def test_pupil_of_a_room_that_was_cancelled_meanwhile_is_transferred(
    session: Session, other_room: Session, boss: Actor
) -> None:
    candidate = factories.CandidateFactory(session=other_room)
    case = transfer(session, candidate)
    cancel_session(session_id=other_room.pk, reason="salle inondée", now=clock.now())
    answer(case, boss)
    candidate.refresh_from_db()
    assert candidate.session == session


def test_nobody_is_transferred_out_of_a_closed_room(
    session: Session, other_room: Session, boss: Actor
) -> None:
    candidate = factories.CandidateFactory(session=other_room)
    case = transfer(session, candidate)
    closing.close_session(session_id=other_room.pk, actor=PROCTOR, now=clock.now())
    refused("session_closed", answer, case, boss)
    candidate.refresh_from_db()
    assert candidate.session == other_room


# ---- answers ----


def test_same_answer_again_by_the_same_person_changes_nothing(late: Candidate, boss: Actor) -> None:
    case = answer(ask(late), boss)
    before = everything(late.session)
    assert answer(case, boss).state == "accepted"
    assert everything(late.session) == before


@pytest.mark.parametrize("accepted", [True, False])
def test_second_admin_is_told_who_answered(late: Candidate, boss: Actor, accepted: bool) -> None:
    case = answer(ask(late), boss)
    second = factories.MembershipFactory(establishment=late.session.establishment).account
    other = Actor(kind=ActorKind.ADMIN, name=second.name, account_id=second.pk)
    told = refused("case_answered", answer, case, other, accepted=accepted)
    assert boss.name in told.sentence
    assert "accepté" in told.sentence
    refused("case_answered", answer, case, boss, accepted=False)


def test_only_an_admin_answers(late: Candidate) -> None:
    assert refused("not_allowed", answer, ask(late), PROCTOR).status == 403


def test_request_is_taken_back_once(late: Candidate, boss: Actor) -> None:
    case = ask(late)
    for _ in range(2):
        withdraw_case(
            session_id=late.session_id, raised_sequence=case.raised_sequence, actor=PROCTOR, now=clock.now()
        )
    assert kinds(late.session).count("case_withdrawn") == 1
    refused("case_gone", answer, case, boss)


def test_answered_request_is_not_taken_back(late: Candidate, boss: Actor) -> None:
    case = answer(ask(late), boss)
    where = {"session_id": late.session_id, "actor": PROCTOR, "now": clock.now()}
    refused("case_gone", withdraw_case, raised_sequence=case.raised_sequence, **where)
    refused("not_found", withdraw_case, raised_sequence=999, **where)


def test_closed_room_asks_nothing_and_waits_for_nothing(
    session: Session, other_room: Session, boss: Actor
) -> None:
    over = factories.CandidateFactory(session=session)
    factories.put(over, "completed")
    elsewhere = factories.CandidateFactory(session=other_room)
    open_ones = [ask(over, CaseKind.REOPENING), enrol(session), transfer(session, elsewhere)]
    closing.close_session(session_id=session.pk, actor=PROCTOR, now=clock.now())
    assert set(Case.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert kinds(session)[-5:] == ["case_withdrawn"] * 3 + ["closed", "paper_sealed"]
    for case in open_ones:
        refused("session_closed", answer, case, boss)
        refused("session_closed", answer, case, boss, accepted=False)
    refused("session_closed", ask, over, CaseKind.REOPENING)
    refused("session_closed", enrol, session)
    refused("session_closed", transfer, session, elsewhere)
    refused(
        "session_closed",
        withdraw_case,
        session_id=session.pk,
        raised_sequence=open_ones[0].raised_sequence,
        actor=PROCTOR,
        now=clock.now(),
    )
    assert_sound(session)


def test_cases_hold_no_personal_data_outside_the_facts(session: Session, boss: Actor) -> None:
    answer(enrol(session), boss, accepted=False)
    columns = str(list(Case.objects.values()))
    assert "Dupont" not in columns
    assert boss.name not in columns
