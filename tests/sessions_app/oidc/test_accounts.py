"""Whose account the provider's person is: linked once by a verified address, then by who he is (decision 0034)."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client

from sessions_app.models import Account, Invitation, LinkedIdentity, Membership, SignIn
from sessions_app.services import mails, oidc
from tests import factories
from tests.sessions_app.oidc.conftest import Said, sign_in, with_address
from tests.sessions_app.test_second_factor import protect, shown

ACCOUNT = "/etablissement/compte/"
SESSIONS = "/etablissement/sessions/"


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def refused(client: Client, response: Any, status: int, words: str) -> None:
    page = response.content.decode()
    assert (response.status_code, words in page) == (status, True), page
    assert not is_in(client)
    assert not SignIn.objects.exists()


def test_verified_address_links_an_account_once_and_its_owner_is_told(
    client: Client, admin: Account, said: Said
) -> None:
    said.claims["sub"] = "sujet-7"
    with_address(said, admin.email.upper())

    assert sign_in(client, said)["Location"] == SESSIONS

    [row] = LinkedIdentity.objects.all()
    assert (row.account, row.issuer, row.subject) == (admin, said.issuer, "sujet-7")
    assert SignIn.objects.get().account == admin
    page = client.get(ACCOUNT).content.decode()
    assert "Cet appareil" in page
    assert "s’ouvre aussi avec «\u00a0Mon ENT\u00a0»" in page
    assert client.get(SESSIONS).status_code == 200


def test_owner_of_an_account_is_told_by_mail_of_its_first_link(
    client: Client, admin: Account, said: Said, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(client, with_address(said, admin.email))
    mails.wait()
    [sent] = mail.outbox
    assert sent.to == [admin.email]
    assert "Mon ENT" in sent.body
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(Client(), said)
    mails.wait()
    assert len(mail.outbox) == 1


def test_afterwards_the_address_no_longer_matters(client: Client, admin: Account, said: Said) -> None:
    sign_in(Client(), with_address(said, admin.email))
    said.claims |= {"email": "nouvelle@exemple.fr", "email_verified": False}
    assert sign_in(client, said).status_code == 303
    assert is_in(client)


def test_sign_in_goes_where_one_was_going_under_a_new_key(client: Client, admin: Account, said: Said) -> None:
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["compte"] = str(session.session_key)
    response = sign_in(client, with_address(said, admin.email), target="/archives/")
    assert response["Location"] == "/archives/"
    assert client.session.session_key != session.session_key


@pytest.mark.parametrize("target", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:x"])
def test_sign_in_goes_nowhere_else(client: Client, admin: Account, said: Said, target: str) -> None:
    assert sign_in(client, with_address(said, admin.email), target=target)["Location"] == SESSIONS


def test_somebody_signed_in_already_does_not_go_to_the_provider(
    client: Client, admin: Account, said: Said
) -> None:
    client.force_login(admin)
    assert client.get("/etablissement/fournisseur/")["Location"] == SESSIONS


def test_unknown_address_is_named_and_makes_no_account(client: Client, admin: Account, said: Said) -> None:
    response = sign_in(client, with_address(said, "inconnue@exemple.fr"))
    refused(client, response, 403, "Aucun compte de Pixsurv n’a l’adresse inconnue@exemple.fr")
    assert not Account.objects.filter(email="inconnue@exemple.fr").exists()
    assert not LinkedIdentity.objects.exists()


@pytest.mark.parametrize(
    ("email", "verified"),
    [(None, True), ("", True), ("pas une adresse", True), (12, True), (["a@b.fr"], True), ("{}", None),
     ("{}", False), ("{}", "false"), ("{}", 1), ("{}\x00", True)],
)  # fmt: skip
def test_address_that_nobody_verified_links_nothing(
    client: Client, admin: Account, said: Said, email: Any, verified: Any
) -> None:
    said.claims["email"] = email.replace("{}", admin.email) if isinstance(email, str) else email
    if verified is not None:
        said.claims["email_verified"] = verified
    refused(client, sign_in(client, said), 403, "aucune adresse e-mail vérifiée")
    assert not LinkedIdentity.objects.exists()


def test_provider_that_vouches_need_not_say_so_each_time(
    client: Client, admin: Account, said: Said, settings: LazySettings
) -> None:
    settings.OIDC = replace(settings.OIDC, vouches=True)
    said.claims["email"] = admin.email
    assert sign_in(client, said).status_code == 303
    said.claims |= {"sub": "autre", "email_verified": False}
    other = Client()
    assert sign_in(other, said).status_code == 403


@pytest.mark.parametrize("linked", [True, False])
def test_account_that_was_switched_off_stays_shut(
    client: Client, admin: Account, said: Said, linked: bool
) -> None:
    if linked:
        sign_in(Client(), with_address(said, admin.email))
    SignIn.objects.all().delete()
    Account.objects.filter(pk=admin.pk).update(is_active=False)
    refused(client, sign_in(client, with_address(said, admin.email)), 403, "Ce compte est désactivé")
    assert LinkedIdentity.objects.exists() is linked


def test_address_that_passed_to_somebody_else_does_not_open_the_account(
    client: Client, admin: Account, said: Said
) -> None:
    owner = Client()
    sign_in(owner, with_address(said, admin.email))
    SignIn.objects.all().delete()
    said.claims["sub"] = "le suivant"
    refused(client, sign_in(client, said), 409, "déjà relié à une autre personne")

    owner.post(f"{ACCOUNT}fournisseur/retirer/")

    assert not LinkedIdentity.objects.exists()
    assert sign_in(client, said).status_code == 303


def test_second_factor_is_asked_for_as_after_a_password(client: Client, admin: Account, said: Said) -> None:
    secret, _ = protect(admin)
    said.claims["amr"] = ["pwd", "mfa"]
    assert sign_in(client, with_address(said, admin.email))["Location"] == "/etablissement/code/"
    assert not is_in(client)
    assert not SignIn.objects.exists()
    assert client.post("/etablissement/code/", {"code": shown(secret)}).status_code == 303
    assert is_in(client)
    assert client.post("/etablissement/deconnexion/")["Location"] == "/etablissement/fournisseur/quitte/"


@pytest.mark.parametrize("claim", [{"amr": ["pwd", "mfa"]}, {"acr": "mfa"}])
def test_second_factor_of_the_provider_counts_where_the_operator_says_so(
    client: Client, admin: Account, said: Said, settings: LazySettings, claim: dict[str, Any]
) -> None:
    settings.OIDC = replace(settings.OIDC, strong=frozenset({"mfa"}))
    settings.SECOND_FACTOR = "required"
    with_address(said, admin.email)
    assert sign_in(Client(), said).status_code == 303
    weak = Client()
    sign_in(weak, said)
    assert weak.get(SESSIONS)["Location"] == "/etablissement/compte/double-authentification/"
    said.claims |= claim
    assert sign_in(client, said).status_code == 303
    assert client.get(SESSIONS).status_code == 200


@pytest.mark.parametrize("signed", [False, True])
def test_address_may_come_from_the_user_information(
    client: Client, admin: Account, said: Said, signed: bool
) -> None:
    said.user_info = {"sub": "sujet-1", "email": admin.email, "email_verified": True}
    if signed:
        said.signed_info = True
        said.user_info |= {"iss": said.issuer, "aud": "pixsurv"}
    assert sign_in(client, said).status_code == 303
    assert is_in(client)


@pytest.mark.parametrize(
    "wrong", [{"sub": "un autre"}, {"aud": "autre"}, {"iss": "https://ailleurs.example"}]
)
def test_user_information_of_somebody_else_is_refused(
    client: Client, admin: Account, said: Said, wrong: dict[str, str]
) -> None:
    said.signed_info = True
    said.user_info = {
        "sub": "sujet-1", "email": admin.email, "email_verified": True, "iss": said.issuer, "aud": "pixsurv",
        **wrong,
    }  # fmt: skip
    refused(client, sign_in(client, said), 502, "n’a pas abouti")


@pytest.fixture
def invitation(admin: Account) -> Invitation:
    school = admin.memberships.get().establishment
    return factories.InvitationFactory(establishment=school, email="invitee@exemple.fr")


def test_invitation_is_accepted_without_a_password_by_a_gesture(
    client: Client, said: Said, invitation: Invitation
) -> None:
    path = f"/etablissement/invitation/{invitation.token()}/"
    assert "Se connecter avec Mon ENT" in client.get(path).content.decode()
    with_address(said, "Invitee@exemple.fr", name="Ina Vitée")

    assert sign_in(client, said, target=path)["Location"] == path

    account = Account.objects.get(email="invitee@exemple.fr")
    assert (account.name, account.has_usable_password()) == ("Ina Vitée", False)
    assert not Membership.objects.filter(account=account).exists()
    assert ">Accepter</button>" in client.get(path).content.decode()
    client.post(path)
    assert Membership.objects.get(account=account).role == invitation.role
    assert "Choisir un mot de passe" in client.get(ACCOUNT).content.decode()


def test_invitation_of_somebody_else_makes_no_account(
    client: Client, said: Said, invitation: Invitation
) -> None:
    path = f"/etablissement/invitation/{invitation.token()}/"
    response = sign_in(client, with_address(said, "autre@exemple.fr"), target=path)
    refused(client, response, 403, "Aucun compte de Pixsurv n’a l’adresse autre@exemple.fr")
    assert not Account.objects.filter(email="autre@exemple.fr").exists()


def test_invitation_that_was_revoked_makes_no_account(
    client: Client, said: Said, invitation: Invitation, admin: Account
) -> None:
    Invitation.objects.update(revoked_at=invitation.created_at)
    path = f"/etablissement/invitation/{invitation.token()}/"
    response = sign_in(client, with_address(said, invitation.email), target=path)
    refused(client, response, 410, "a été annulée")


def test_sign_out_offers_to_leave_the_provider_too(client: Client, admin: Account, said: Said) -> None:
    sign_in(client, with_address(said, admin.email))

    assert client.post("/etablissement/deconnexion/")["Location"] == "/etablissement/fournisseur/quitte/"

    assert not is_in(client)
    page = client.get("/etablissement/fournisseur/quitte/").content.decode()
    assert "Me déconnecter aussi de Mon ENT" in page
    address = client.get("/etablissement/fournisseur/quitter/")["Location"]
    assert address.startswith(f"{said.issuer}/end?")
    assert "id_token_hint=" in address
    assert "post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2Fetablissement%2F" in address
    # Once: nobody who sits down later finds the token.
    assert client.get("/etablissement/fournisseur/quitter/")["Location"] == "/etablissement/"


def test_whoever_signs_in_next_with_a_password_does_not_inherit_the_token(
    client: Client, admin: Account, secretariat: Account, said: Said
) -> None:
    sign_in(client, with_address(said, admin.email))
    client.post("/etablissement/deconnexion/")
    data = {"email": secretariat.email, "password": factories.ACCOUNT_PASSWORD}
    assert client.post("/etablissement/", data).status_code == 303
    assert client.post("/etablissement/deconnexion/")["Location"] == "/etablissement/"


def test_provider_without_a_sign_out_says_what_to_do(client: Client, admin: Account, said: Said) -> None:
    said.metadata["end_session_endpoint"] = None
    sign_in(client, with_address(said, admin.email))
    client.post("/etablissement/deconnexion/")
    response = client.get("/etablissement/fournisseur/quitter/")
    assert response.status_code == 409
    assert "Fermez le navigateur" in response.content.decode()


def test_keys_that_changed_are_asked_for_again(client: Client, admin: Account, said: Said) -> None:
    sign_in(Client(), with_address(said, admin.email))
    found = oidc._client()
    found.server_metadata["jwks"] = {"keys": [{**found.server_metadata["jwks"]["keys"][0], "kid": "k0"}]}
    assert sign_in(client, said).status_code == 303
