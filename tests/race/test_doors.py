"""Two devices with one ticket, or with one QR code: one comes in."""

import pytest

from pixsurv.kernel import clock
from proctoring.models import Entry, ProctorAccess, TicketDoor
from proctoring.services.hand_over import offer, take
from proctoring.services.tickets import WRONG_AT_MOST, Arrival, enter_by_ticket, issue_ticket
from sessions_app.actors import Actor, ActorKind
from sessions_app.models import Session
from tests.factories import PROCTOR, CandidateFactory, MembershipFactory
from tests.journal import assert_sound, kinds
from tests.race.threads import codes, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_two_devices_with_one_ticket(transactional_db: None) -> None:
    candidate = CandidateFactory()
    session = candidate.session
    ticket = issue_ticket(
        session_id=session.pk, candidate_id=candidate.pk, actor=PROCTOR, now=clock.now()
    ).digits

    def come_in() -> Entry:
        arrival = Arrival(ticket=ticket, heartbeat=15)
        return enter_by_ticket(session=Session.objects.get(pk=session.pk), arrival=arrival, now=clock.now())

    results = together(come_in, come_in, come_in)

    assert codes(results) == ["no_match", "no_match"]
    assert Entry.objects.count() == 1
    assert kinds(session) == ["ticket_issued", "ticket_used"]
    assert_sound(session)


def test_wrong_tickets_at_the_same_instant_are_all_counted(transactional_db: None) -> None:
    candidate = CandidateFactory()
    session = candidate.session
    ticket = issue_ticket(session_id=session.pk, candidate_id=candidate.pk, actor=PROCTOR, now=clock.now())
    wrong = f"{(int(ticket.digits) + 1) % 10**6:06d}"

    def guess() -> Entry:
        arrival = Arrival(ticket=wrong, heartbeat=15)
        return enter_by_ticket(session=Session.objects.get(pk=session.pk), arrival=arrival, now=clock.now())

    for _ in range(WRONG_AT_MOST // 5):
        assert codes(together(*[guess] * 5)) == ["no_match"] * 5

    assert TicketDoor.objects.get().shut_until is not None


def test_two_devices_with_one_code(transactional_db: None) -> None:
    admin = MembershipFactory()
    session = CandidateFactory(session__establishment=admin.establishment).session
    actor = Actor(kind=ActorKind.ADMIN, name=admin.account.name, account_id=admin.account_id)
    made = offer(session_id=session.pk, account=admin.account, ends=[], actor=actor, now=clock.now())

    def by(name: str) -> object:
        return take(token=made.token(), name=name, account=None, device="Essai", once=name, now=clock.now())

    results = together(lambda: by("Odile"), lambda: by("Luc"), lambda: by("Odile"))

    # The same form twice is one device: its two answers are the same access.
    assert codes(results) in (["hand_over_taken"], ["hand_over_taken", "hand_over_taken"])
    assert ProctorAccess.objects.filter(session=session).count() == 1
    assert kinds(session) == ["proctor_entered"]
    assert_sound(session)
