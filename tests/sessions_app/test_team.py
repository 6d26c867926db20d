"""« Équipe »: invitations and roles (P1)."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.test import Client

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.enums import Role
from sessions_app.models import Account, Establishment, Invitation, Membership, Session
from sessions_app.services import invitations, team
from tests import factories

TEAM = "/etablissement/equipe/"


@pytest.fixture
def school(session: Session) -> Establishment:
    return session.establishment


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def invite(client: Client, email: str = "Nouvelle@Exemple.fr", role: str = "secretariat"):
    return client.post(TEAM, {"email": email, "role": role})


def test_team_lists_members_and_roles_once_a_person(signed_in: Client, admin: Account) -> None:
    factories.MembershipFactory(
        account=admin, establishment=admin.memberships.get().establishment, role=Role.PROCTOR
    )
    page = signed_in.get(TEAM).content.decode()
    assert page.count(f'id="membre-{admin.pk}"') == 1
    assert "Administration" in page
    assert "Surveillant" in page


def test_invite_mails_a_link_and_shows_it(signed_in: Client, school: Establishment, admin: Account) -> None:
    response = invite(signed_in)
    assert response.status_code == 303
    made = Invitation.objects.get()
    assert (made.email, made.role, made.establishment, made.invited_by) == (
        "nouvelle@exemple.fr",
        "secretariat",
        school,
        admin,
    )
    assert made.expires_at - made.created_at == timedelta(days=14)
    (message,) = mail.outbox
    assert message.to == ["nouvelle@exemple.fr"]
    link = invitations.address(made)
    assert link in message.body
    assert link.startswith("http://127.0.0.1:8000/etablissement/invitation/")
    assert admin.name in message.body
    page = signed_in.get(response["Location"]).content.decode()
    assert link in page
    assert "data-copie" in page


def test_invitation_token_is_not_in_the_database(signed_in: Client) -> None:
    invite(signed_in)
    made = Invitation.objects.get()
    token = invitations.address(made).rstrip("/").rsplit("/", 1)[1]
    stored = [str(value) for value in Invitation.objects.values_list().get()]
    assert token not in " ".join(stored)


def test_invite_says_when_the_mail_could_not_leave(signed_in: Client) -> None:
    with patch("django.core.mail.EmailMessage.send", side_effect=ConnectionRefusedError):
        response = invite(signed_in)
    assert Invitation.objects.count() == 1
    assert "n’a pas pu partir" in signed_in.get(response["Location"]).content.decode()


def test_invite_twice_and_a_member_are_refused(signed_in: Client, admin: Account) -> None:
    invite(signed_in)
    again = invite(signed_in)
    assert again.status_code == 409
    assert "déjà invitée" in again.content.decode()
    member = invite(signed_in, admin.email, "admin")
    assert member.status_code == 409
    assert "a déjà ce rôle" in member.content.decode()
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "role"), [("pas une adresse", "admin"), ("a@exemple.fr", "king"), ("", "")]
)
def test_invite_refuses_nonsense(signed_in: Client, email: str, role: str) -> None:
    assert invite(signed_in, email, role).status_code == 422
    assert not Invitation.objects.exists()


def test_resend_replaces_the_link_and_lasts_again(signed_in: Client, school: Establishment) -> None:
    old = factories.InvitationFactory(establishment=school, now=clock.now() - timedelta(days=20))
    before = invitations.address(old)
    assert "a expiré" in signed_in.get(TEAM).content.decode()
    assert signed_in.post(f"{TEAM}invitations/{old.pk}/renvoyer/").status_code == 303
    old.refresh_from_db()
    assert invitations.address(old) != before
    assert not old.is_expired(clock.now())
    assert Client().get(before).status_code == 404
    assert Client().get(invitations.address(old)).status_code == 200


def test_revoke_asks_then_kills_the_link(signed_in: Client, school: Establishment) -> None:
    made = factories.InvitationFactory(establishment=school)
    address = f"{TEAM}invitations/{made.pk}/annuler/"
    assert "Confirmer" in signed_in.get(address).content.decode()
    for _ in range(2):
        assert signed_in.post(address).status_code == 303
    made.refresh_from_db()
    assert made.revoked_at is not None
    assert Client().get(invitations.address(made)).status_code == 410
    assert signed_in.post(f"{TEAM}invitations/{made.pk}/renvoyer/").status_code == 409


def test_team_of_several_schools_is_chosen_and_remembered(
    signed_in: Client, admin: Account, school: Establishment
) -> None:
    other = factories.MembershipFactory(account=admin, establishment__name="Autre collège").establishment
    page = signed_in.get(TEAM, {"etablissement": other.pk}).content.decode()
    assert 'aria-label="Changer d’établissement"' in page
    assert signed_in.get(TEAM).context["here"].establishment == other
    assert signed_in.get("/etablissement/sessions/").context["here"].establishment == other
    signed_in.post(f"{TEAM}?etablissement={school.pk}", {"email": "x@exemple.fr", "role": "proctor"})
    assert Invitation.objects.get().establishment == school


def test_remove_membership_never_takes_the_last_admin(admin: Account) -> None:
    with pytest.raises(DomainError) as refused:
        team.remove_membership(membership_id=admin.memberships.get().pk)
    assert refused.value.code == "last_admin"
    assert Membership.objects.filter(account=admin).exists()


def test_remove_membership_counts_only_admins_who_can_sign_in(admin: Account, school: Establishment) -> None:
    off = factories.MembershipFactory(establishment=school)
    Account.objects.filter(pk=off.account_id).update(is_active=False)
    with pytest.raises(DomainError):
        team.remove_membership(membership_id=admin.memberships.get().pk)
    team.remove_membership(membership_id=off.pk)
    team.remove_membership(membership_id=off.pk)


def test_link_of_an_invitation_goes_when_the_server_key_changes(
    signed_in: Client, school: Establishment
) -> None:
    made = factories.InvitationFactory(establishment=school)
    made.nonce = "another one"
    made.save()
    assert "La clé du serveur a changé" in signed_in.get(TEAM).content.decode()
