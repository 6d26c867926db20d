"""Taking a role back also ends the accesses that it gave (P1, R2)."""

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.models import ProctorAccess
from sessions_app.enums import Role
from sessions_app.models import Account, Event, Membership, Session
from tests import factories


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def address(membership: Membership) -> str:
    return f"/etablissement/equipe/{membership.pk}/retirer/"


def test_remove_member_asks_then_ends_his_accesses(
    signed_in: Client, session: Session, proctor_account: Account
) -> None:
    membership = proctor_account.memberships.get()
    factories.enter_room(session, account=proctor_account)
    factories.enter_room(session, "Sans compte")
    elsewhere = factories.SessionFactory()
    factories.enter_room(elsewhere, account=proctor_account)
    assert "Confirmer" in signed_in.get(address(membership)).content.decode()
    assert signed_in.post(address(membership)).status_code == 303
    assert not proctor_account.memberships.exists()
    open_ones = ProctorAccess.objects.filter(ended_at=None)
    assert {(one.session_id, one.account_id) for one in open_ones} == {
        (session.pk, None),
        (elsewhere.pk, proctor_account.pk),
    }
    assert signed_in.post(address(membership)).status_code == 404


def test_remove_admin_role_ends_the_accesses_of_an_admin_only(signed_in: Client, session: Session) -> None:
    held = factories.MembershipFactory(establishment=session.establishment)
    proctor = factories.MembershipFactory(
        account=held.account, establishment=session.establishment, role=Role.PROCTOR
    )
    factories.enter_room(session, account=held.account)
    signed_in.post(address(proctor))
    assert ProctorAccess.objects.filter(ended_at=None).count() == 1
    again = factories.MembershipFactory(
        account=held.account, establishment=session.establishment, role=Role.SECRETARIAT
    )
    signed_in.post(address(held))
    assert not ProctorAccess.objects.filter(ended_at=None).exists()
    assert held.account.memberships.get() == again


def test_remove_member_refuses_the_last_admin_with_a_sentence(signed_in: Client, admin: Account) -> None:
    response = signed_in.post(address(admin.memberships.get()))
    assert response.status_code == 409
    assert "dernier administrateur" in response.content.decode()


def test_remove_member_may_be_oneself(signed_in: Client, session: Session, admin: Account) -> None:
    factories.MembershipFactory(establishment=session.establishment)
    response = signed_in.post(address(admin.memberships.get()))
    assert response["Location"] == "/etablissement/compte/"
    assert signed_in.get("/etablissement/equipe/").status_code == 403


@pytest.mark.parametrize("role", [Role.PROCTOR, Role.ADMIN])
def test_remove_member_closes_a_closed_room_too_and_leaves_its_journal(
    signed_in: Client, session: Session, role: Role
) -> None:
    """An admin goes on adding to a report after the closing."""
    membership = factories.MembershipFactory(establishment=session.establishment, role=role)
    factories.enter_room(session, account=membership.account)
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=clock.now())
    before = Event.objects.filter(session=session).count()
    assert signed_in.post(address(membership)).status_code == 303
    assert not ProctorAccess.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(session=session).count() == before
