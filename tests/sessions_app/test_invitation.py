"""The page behind the link of an invitation (P1)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.enums import Role
from sessions_app.models import Account, Invitation, Membership
from sessions_app.services import invitations
from tests import factories

PASSWORD = "quatre mots sans rapport"
ANSWER = {"name": "Nina  Nouvelle", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def invited(db: None) -> Invitation:
    return factories.InvitationFactory(role=Role.ADMIN, email="nina@exemple.fr")


@pytest.fixture
def link(invited: Invitation) -> str:
    return invitations.address(invited).removeprefix("http://127.0.0.1:8000")


def test_invitation_says_who_invites_where_and_as_what(
    client: Client, link: str, invited: Invitation
) -> None:
    page = client.get(link).content.decode()
    assert invited.establishment.name in page
    assert "Administration" in page
    assert invited.invited_by is not None
    assert invited.invited_by.name in page


def test_invitation_makes_an_account_once(client: Client, link: str, invited: Invitation) -> None:
    response = client.post(link, ANSWER)
    assert (response.status_code, response["Location"]) == (303, "/etablissement/sessions/")
    account = Account.objects.get(email="nina@exemple.fr")
    assert account.name == "Nina Nouvelle"
    assert account.check_password(PASSWORD)
    assert Membership.objects.get(account=account).role == Role.ADMIN
    assert client.get("/etablissement/sessions/").status_code == 200
    replay = Client().post(link, ANSWER)
    assert replay.status_code == 410
    assert "a déjà servi" in replay.content.decode()
    assert Account.objects.filter(email="nina@exemple.fr").count() == 1


def test_invitation_pressed_twice_by_who_accepted_is_no_refusal(
    client: Client, link: str, invited: Invitation
) -> None:
    account = factories.AccountFactory(email="nina@exemple.fr")
    client.force_login(account)
    for _ in range(2):
        assert client.post(link).status_code == 303
    assert Membership.objects.filter(account=account).count() == 1


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({**ANSWER, "again": "autre chose de long"}, "again"),
        ({**ANSWER, "password": "court", "again": "court"}, "password"),
        ({**ANSWER, "password": "motdepasse123", "again": "motdepasse123", "name": ""}, "name"),
        ({**ANSWER, "name": "Nina\x07"}, "name"),
    ],
)
def test_invitation_keeps_what_was_typed_and_says_what_is_wrong(
    client: Client, link: str, answer: dict[str, str], field: str
) -> None:
    response = client.post(link, answer)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Account.objects.filter(email="nina@exemple.fr").exists()
    assert f'value="{answer["password"]}"' not in response.content.decode()


def test_invitation_of_an_account_that_exists_asks_to_sign_in(client: Client, link: str) -> None:
    account = factories.AccountFactory(email="nina@exemple.fr", name="Nina")
    page = client.get(link).content.decode()
    assert "Vous avez déjà un compte" in page
    assert f"/etablissement/?next={link}" in page
    assert client.post(link, ANSWER).status_code == 200
    assert not account.memberships.exists()
    signed = client.post(
        "/etablissement/",
        {"email": account.email, "password": factories.ACCOUNT_PASSWORD, "next": link},
    )
    assert signed["Location"] == link
    assert "Accepter" in client.get(link).content.decode()
    assert client.post(link).status_code == 303
    assert account.memberships.get().role == Role.ADMIN


def test_invitation_of_somebody_else_is_refused_and_says_what_to_do(
    client: Client, link: str, other_admin: Account
) -> None:
    client.force_login(other_admin)
    page = client.get(link).content.decode()
    assert "n’est pas pour le compte" in page
    assert "nina@exemple.fr" not in page
    assert client.post(link).status_code == 403
    assert other_admin.memberships.count() == 1


def test_invitation_expires_after_fourteen_days(client: Client, link: str) -> None:
    with time_machine.travel(clock.now() + timedelta(days=14, minutes=1), tick=False):
        for response in (client.get(link), client.post(link, ANSWER)):
            assert response.status_code == 410
            assert "a expiré" in response.content.decode()
    assert not Account.objects.filter(email="nina@exemple.fr").exists()


@pytest.mark.parametrize("token", ["x", "a" * 43, "é", "%00"])
def test_invitation_that_was_made_up_is_not_found(client: Client, db: None, token: str) -> None:
    response = client.get(f"/etablissement/invitation/{token}/")
    assert response.status_code == 404
    assert "n’existe pas" in response.content.decode()


def test_invitation_does_not_wake_a_switched_off_account(client: Client, link: str) -> None:
    off = factories.AccountFactory(email="nina@exemple.fr")
    Account.objects.filter(pk=off.pk).update(is_active=False)
    client.post(link, ANSWER)
    assert not off.memberships.exists()


def test_invitation_needs_the_csrf_token(link: str) -> None:
    assert Client(enforce_csrf_checks=True).post(link, ANSWER).status_code == 403


def test_invitation_accepted_anew_never_takes_an_account_that_came_meanwhile(invited: Invitation) -> None:
    known = factories.AccountFactory(email="nina@exemple.fr")
    token = invited.token()
    with pytest.raises(DomainError, match="account_exists"):
        invitations.accept_anew(token=token, name="Nina", password=PASSWORD, now=clock.now())
    assert known.check_password(factories.ACCOUNT_PASSWORD)
    assert not known.memberships.exists()
