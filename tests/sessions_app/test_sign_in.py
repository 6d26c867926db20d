"""« Connectez-vous »: the door of the establishment area."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from sessions_app.enums import Role
from sessions_app.models import Account
from sessions_app.services.sign_in import WRONG
from tests import factories

LOGIN = "/etablissement/"
SESSIONS = "/etablissement/sessions/"


def sign_in(client: Client, account: Account, **more: str):
    return client.post(LOGIN, {"email": account.email, "password": factories.ACCOUNT_PASSWORD, **more})


def test_sign_in_page_names_its_fields_and_its_button(client: Client) -> None:
    page = client.get(LOGIN).content.decode()
    assert "<h1>Connectez-vous</h1>" in page
    assert 'name="email"' in page
    assert 'name="password"' in page
    assert "Je me connecte</button>" in page


def test_sign_in_leads_to_the_sessions(client: Client, admin: Account) -> None:
    response = sign_in(client, admin)
    assert (response.status_code, response["Location"]) == (303, SESSIONS)
    assert client.get(SESSIONS).status_code == 200


def test_sign_in_leads_the_secretariat_to_the_archive(client: Client, secretariat: Account) -> None:
    assert sign_in(client, secretariat).headers["Location"] == "/archives/"


def test_sign_in_takes_an_address_in_any_case(client: Client, admin: Account) -> None:
    response = client.post(LOGIN, {"email": admin.email.upper(), "password": factories.ACCOUNT_PASSWORD})
    assert response.status_code == 303


@pytest.fixture
def hashed() -> Iterator[list[str]]:
    """Every password that was hashed."""
    seen: list[str] = []
    real = MD5PasswordHasher.encode

    def encode(self: MD5PasswordHasher, password: str, salt: str) -> str:
        seen.append(password)
        return real(self, password, salt)

    with patch.object(MD5PasswordHasher, "encode", encode):
        yield seen


@pytest.mark.parametrize("known", [True, False])
def test_sign_in_says_and_works_the_same_for_a_wrong_address_and_a_wrong_password(
    client: Client, admin: Account, hashed: list[str], known: bool
) -> None:
    email = admin.email if known else "personne@exemple.fr"
    hashed.clear()
    response = client.post(LOGIN, {"email": email, "password": "pas le bon"})
    assert response.status_code == 422
    assert WRONG in response.content.decode()
    assert hashed == ["pas le bon"]
    assert "_auth_user_id" not in client.session


def test_sign_in_refuses_an_account_that_was_switched_off(client: Client, admin: Account) -> None:
    Account.objects.filter(pk=admin.pk).update(is_active=False)
    assert sign_in(client, admin).status_code == 422


def test_sign_in_never_writes_the_password_back(client: Client, admin: Account) -> None:
    response = client.post(LOGIN, {"email": admin.email, "password": "tapé pour rien"})
    assert "tapé pour rien" not in response.content.decode()


def test_sign_in_changes_the_session_key_and_the_csrf_token(client: Client, admin: Account) -> None:
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["compte"] = str(session.session_key)
    token = client.cookies["csrf"].value
    sign_in(client, admin)
    assert client.session.session_key != session.session_key
    assert client.cookies["csrf"].value != token


@pytest.mark.parametrize("target", ["/etablissement/sessions/123456/", "/surveillance/?numero=1"])
def test_sign_in_goes_where_one_was_going(client: Client, admin: Account, target: str) -> None:
    assert sign_in(client, admin, next=target)["Location"] == target


@pytest.mark.parametrize(
    "target",
    ["https://ailleurs.example/", "//ailleurs.example/", "/\\ailleurs.example", "javascript:x", LOGIN],
)
def test_sign_in_goes_nowhere_else(client: Client, admin: Account, target: str) -> None:
    assert sign_in(client, admin, next=target)["Location"] == SESSIONS


def test_protected_page_asks_to_sign_in_and_keeps_its_address(client: Client, db: None) -> None:
    response = client.get(SESSIONS)
    assert (response.status_code, response["Location"]) == (302, f"{LOGIN}?next={SESSIONS}")
    assert f'name="next" value="{SESSIONS}"' in client.get(response["Location"]).content.decode()


def test_signed_in_member_is_let_through_the_door(client: Client, admin: Account) -> None:
    client.force_login(admin)
    response = client.get(LOGIN)
    assert (response.status_code, response["Location"]) == (303, SESSIONS)


def test_sign_out_is_a_post_and_closes_the_account(client: Client, admin: Account) -> None:
    client.force_login(admin)
    assert client.get("/etablissement/deconnexion/").status_code == 405
    assert client.post("/etablissement/deconnexion/")["Location"] == LOGIN
    assert client.get(SESSIONS).status_code == 302


def test_sign_in_needs_the_csrf_token(admin: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, admin).status_code == 403


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.PROCTOR])
def test_sessions_are_refused_to_other_roles_with_a_sentence(client: Client, db: None, role: Role) -> None:
    client.force_login(factories.MembershipFactory(role=role).account)
    response = client.get(SESSIONS)
    assert response.status_code == 403
    assert "réservée aux administrateurs" in response.content.decode()
    assert role.label in response.content.decode()


def test_sessions_are_refused_to_an_account_without_a_school(client: Client, db: None) -> None:
    client.force_login(factories.AccountFactory())
    response = client.get(SESSIONS)
    assert response.status_code == 403
    assert "rattaché à aucun établissement" in response.content.decode()


def test_sign_in_says_which_field_is_malformed(client: Client, db: None) -> None:
    response = client.post(LOGIN, {"email": "pas une adresse", "password": ""})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"email", "password"}
    assert WRONG not in response.content.decode()
