"""Entry tickets: six digits, once, five minutes, and what holds back guessing (R21, decision 0015)."""

import uuid
from datetime import timedelta

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.enums import ProposalKind, ProposalOutcome
from proctoring.models import Entry, Proposal, Ticket, TicketDoor
from proctoring.services import closing, presence
from proctoring.services.tickets import Arrival, enter_by_ticket, issue_ticket
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Event, Session
from tests import factories
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db


def issue(candidate: Candidate, *, after: timedelta = timedelta()) -> Ticket:
    return issue_ticket(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=factories.PROCTOR, now=NOW + after
    )


def enter(session: Session, digits: str, *, after: timedelta = timedelta(), **more: object) -> Entry:
    session.refresh_from_db()
    return enter_by_ticket(
        session=session,
        arrival=Arrival(ticket=digits, heartbeat=15, **more),  # type: ignore[arg-type]
        now=NOW + after,
    )


def refusal(session: Session, digits: str, *, after: timedelta = timedelta(), **more: object) -> str:
    with pytest.raises(DomainError) as refused:
        enter(session, digits, after=after, **more)
    return refused.value.code


def wrong(ticket: Ticket) -> str:
    return f"{(int(ticket.digits) + 1) % 10**6:06d}"


def test_ticket_lets_its_candidate_in_once(session: Session, candidate: Candidate) -> None:
    ticket = issue(candidate)
    assert len(ticket.digits) == 6
    assert ticket.digits.isdigit()
    entry = enter(session, f" {ticket.digits[:3]} {ticket.digits[3:]} ")
    assert entry.candidate_id == candidate.pk
    assert refusal(session, ticket.digits) == "no_match"
    assert factories.attempt_of(candidate).entered_by_ticket_at == NOW
    assert kinds(session) == ["ticket_issued", "ticket_used"]
    assert_sound(session)


def test_ticket_proposes_the_line_about_identity_once(session: Session, candidate: Candidate) -> None:
    for minutes in (0, 1):
        enter(
            session,
            issue(candidate, after=timedelta(minutes=minutes)).digits,
            after=timedelta(minutes=minutes),
        )
    [proposal] = Proposal.objects.filter(attempt__candidate=candidate)
    assert (proposal.kind, proposal.outcome) == (ProposalKind.IDENTITY, ProposalOutcome.OPEN)
    assert factories.attempt_of(candidate).proposals_open == 1
    assert_sound(session)


def test_used_and_expired_tickets_open_nothing_while_another_stands(
    session: Session, candidate: Candidate
) -> None:
    ticket = issue(candidate)
    expired = issue(factories.CandidateFactory(session=session))
    enter(session, ticket.digits)
    later = timedelta(minutes=5)
    Ticket.objects.filter(pk=ticket.pk).update(expires_at=NOW + 3 * later)
    Ticket.objects.create(
        session=session,
        candidate=factories.CandidateFactory(session=session),
        nonce="n",
        fingerprint="f",
        issued_at=NOW,
        expires_at=NOW + 3 * later,
    )
    assert refusal(session, ticket.digits) == "no_match"
    assert refusal(session, expired.digits, after=later) == "no_match"
    assert TicketDoor.objects.get().wrong == 2


def test_ticket_says_who_gave_it_and_never_its_digits(session: Session, candidate: Candidate) -> None:
    ticket = issue(candidate)
    issued = last_event(session)
    assert issued.facts["actor"]["name"] == factories.PROCTOR.name
    entry = enter(session, ticket.digits)
    used = last_event(session)
    assert used.kind == EventKind.TICKET_USED
    assert used.candidate_id == candidate.pk
    assert used.facts["identity_typed"] is False
    assert used.facts["actor"]["entry"] == str(entry.pk)
    row = Ticket.objects.filter(pk=ticket.pk).values().get()
    for told in (issued.facts, used.facts, row):
        assert ticket.digits not in str(told)


def test_ticket_does_not_stand_for_presence(session: Session, candidate: Candidate) -> None:
    entry = enter(session, issue(candidate).digits)
    with pytest.raises(DomainError, match="presence_not_confirmed"):
        factories.running.start_or_resume(
            entry=entry, access_code=factories.ACCESS_CODE, actor=factories.candidate_actor(entry), now=NOW
        )


def test_ticket_counts_as_the_first_entry(session: Session, candidate: Candidate) -> None:
    enter(session, issue(candidate).digits)
    session.refresh_from_db()
    assert session.first_entry_at == NOW


def test_ticket_expires_after_five_minutes(session: Session, candidate: Candidate) -> None:
    ticket = issue(candidate)
    assert refusal(session, ticket.digits, after=timedelta(minutes=5)) == "no_match"
    assert enter(session, ticket.digits, after=timedelta(minutes=4, seconds=59))


def test_new_ticket_replaces_the_old_one_of_that_candidate_alone(
    session: Session, candidate: Candidate
) -> None:
    other = factories.CandidateFactory(session=session)
    old, others = issue(candidate), issue(other)
    new = issue(candidate)
    assert refusal(session, old.digits) == "no_match"
    assert enter(session, new.digits).candidate_id == candidate.pk
    assert enter(session, others.digits).candidate_id == other.pk


def test_ticket_is_of_its_session_alone(session: Session, candidate: Candidate) -> None:
    ticket = issue(candidate)
    elsewhere = factories.CandidateFactory()
    issue(elsewhere)
    assert refusal(elsewhere.session, ticket.digits) == "no_match"


def test_same_entry_again_is_the_same_entry(session: Session, candidate: Candidate) -> None:
    ticket, entry_id = issue(candidate), uuid.uuid4()
    first = enter(session, ticket.digits, entry_id=entry_id)
    assert enter(session, ticket.digits, entry_id=entry_id) == first
    assert kinds(session).count("ticket_used") == 1
    assert refusal(session, ticket.digits, entry_id=uuid.uuid4()) == "no_match"


def test_workstation_is_written_with_the_entry(session: Session, candidate: Candidate) -> None:
    enter(session, issue(candidate).digits, workstation="14")
    assert factories.attempt_of(candidate).workstation == "14"
    assert kinds(session) == ["ticket_issued", "ticket_used", "workstation_changed"]
    assert_sound(session)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "½23456", "١٢٣٤٥٦"])
def test_what_is_no_ticket_matches_nothing_and_is_not_counted(
    session: Session, candidate: Candidate, typed: str
) -> None:
    issue(candidate)
    assert refusal(session, typed) == "no_match"
    assert not TicketDoor.objects.exists()


def test_guessing_where_no_ticket_stands_writes_nothing(session: Session, candidate: Candidate) -> None:
    before = everything(session)
    for _ in range(12):
        assert refusal(session, "123456") == "no_match"
    assert everything(session) == before
    assert not TicketDoor.objects.exists()


def test_ten_wrong_tickets_shut_the_door_for_ten_minutes(session: Session, candidate: Candidate) -> None:
    ticket = issue(candidate)
    for _ in range(9):
        assert refusal(session, wrong(ticket)) == "no_match"
    assert TicketDoor.objects.get().wrong == 9
    assert refusal(session, wrong(ticket)) == "no_match"
    # Now the right one is refused too, in the same words; other sessions are not concerned.
    assert refusal(session, ticket.digits) == "no_match"
    other = factories.CandidateFactory()
    assert enter(other.session, issue(other).digits)
    late = timedelta(minutes=10)
    again = issue(candidate, after=late - timedelta(seconds=1))
    assert refusal(session, again.digits, after=late - timedelta(seconds=1)) == "no_match"
    assert enter(session, again.digits, after=late)


def test_wrong_tickets_are_forgotten_after_five_minutes(session: Session, candidate: Candidate) -> None:
    ticket = issue(candidate)
    for _ in range(9):
        refusal(session, wrong(ticket))
    later = timedelta(minutes=5, seconds=1)
    again = issue(candidate, after=later)
    assert refusal(session, wrong(again), after=later) == "no_match"
    assert enter(session, again.digits, after=later)


def test_a_success_does_not_forget_wrong_tickets(session: Session, candidate: Candidate) -> None:
    ticket = issue(candidate)
    other = issue(factories.CandidateFactory(session=session))
    for _ in range(9):
        refusal(session, "000000" if "000000" not in {ticket.digits, other.digits} else "000001")
    enter(session, ticket.digits)
    assert TicketDoor.objects.get().wrong == 9


def test_no_ticket_for_who_is_not_certifiable(session: Session, candidate: Candidate) -> None:
    candidate.certifiable_competences = 3
    candidate.save()
    with pytest.raises(DomainError, match="not_certifiable"):
        issue(candidate)


def test_ticket_of_who_turned_out_not_certifiable_is_not_used_up(
    session: Session, candidate: Candidate
) -> None:
    ticket = issue(candidate)
    Candidate.objects.filter(pk=candidate.pk).update(certifiable_competences=3)
    assert refusal(session, ticket.digits) == "not_certifiable"
    presence.become_certifiable(
        session_id=session.pk, candidate_id=candidate.pk, actor=factories.PROCTOR, now=NOW
    )
    assert enter(session, ticket.digits)


@pytest.mark.parametrize("state", ["completed", "ended"])
def test_no_ticket_once_the_test_is_over(session: Session, candidate: Candidate, state: str) -> None:
    factories.put(candidate, state, now=NOW)
    with pytest.raises(DomainError, match="attempt_over"):
        issue(candidate)


def test_ticket_for_another_computer_while_the_test_runs(session: Session, candidate: Candidate) -> None:
    """Who came in by a ticket can't type his identity on the spare computer either."""
    held = factories.put(candidate, "in_progress", now=NOW)
    entry = enter(session, issue(candidate).digits)
    assert entry != held
    with pytest.raises(DomainError, match="resume_not_authorised"):
        factories.running.start_or_resume(
            entry=entry, access_code=factories.ACCESS_CODE, actor=factories.candidate_actor(entry), now=NOW
        )


def test_no_ticket_in_a_session_followed_by_hand() -> None:
    candidate = factories.CandidateFactory(session=factories.SessionFactory(by_hand=True))
    with pytest.raises(DomainError, match="followed_by_hand"):
        issue(candidate)


def test_closed_session_gives_and_takes_no_ticket(session: Session, candidate: Candidate) -> None:
    ticket = issue(candidate)
    closing.close_session(session_id=session.pk, actor=factories.PROCTOR, now=NOW)
    assert refusal(session, ticket.digits) == "session_closed"
    with pytest.raises(DomainError, match="session_closed"):
        issue(candidate)


def test_digits_that_were_used_are_never_drawn_again(
    session: Session, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["111111", "111111", "222222"])
    monkeypatch.setattr(Ticket, "digits", property(lambda self: _remembered(self, drawn)))
    first = issue(candidate)
    enter(session, first.digits)
    second = issue(factories.CandidateFactory(session=session))
    assert (first.digits, second.digits) == ("111111", "222222")


def _remembered(ticket: Ticket, drawn: object) -> str:
    if not hasattr(ticket, "_digits"):
        ticket._digits = next(drawn)  # type: ignore[attr-defined, call-overload]
    return str(ticket._digits)  # type: ignore[attr-defined]


def test_entry_by_ticket_costs_the_same_for_many_candidates(
    session: Session, candidate: Candidate, django_assert_max_num_queries: object
) -> None:
    factories.CandidateFactory.create_batch(30, session=session)
    ticket = issue(candidate)
    session.refresh_from_db()
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        enter_by_ticket(session=session, arrival=Arrival(ticket=ticket.digits, heartbeat=15), now=NOW)
    assert Event.objects.filter(session=session).count() == 2
