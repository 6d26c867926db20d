"""« Mon compte », and the password: changed, or forgotten."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from pixsurv.kernel import clock
from sessions_app.enums import Role
from sessions_app.models import Account
from sessions_app.services import mails
from tests import factories

ACCOUNT = "/etablissement/compte/"
CHANGE = "/etablissement/compte/mot-de-passe/"
FORGOTTEN = "/etablissement/mot-de-passe-oublie/"
NEW = "cinq mots qui ne riment pas"


def ask(client: Client, email: str):
    response = client.post(FORGOTTEN, {"email": email})
    mails.wait()
    return response


def without_token(response) -> str:
    return re.sub(r'X-CSRFToken": "\w+', "", response.content.decode())


def link_in(body: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", body)
    assert found
    return found[1]


def test_account_shows_every_school_with_its_roles(client: Client, db: None) -> None:
    member = factories.MembershipFactory(establishment__name="Collège A", role=Role.SECRETARIAT)
    factories.MembershipFactory(account=member.account, establishment__name="Collège B")
    client.force_login(member.account)
    page = client.get(ACCOUNT).content.decode()
    assert page.index("Collège A") < page.index("Secrétariat") < page.index("Collège B")
    assert page.count("Ouvrir<") == 1


def test_sign_in_of_a_proctor_leads_to_the_account(client: Client, db: None) -> None:
    account = factories.MembershipFactory(role=Role.PROCTOR).account
    data = {"email": account.email, "password": factories.ACCOUNT_PASSWORD}
    assert client.post("/etablissement/", data)["Location"] == ACCOUNT
    assert client.get(ACCOUNT).status_code == 200


def test_change_password_keeps_this_browser_and_signs_the_others_out(client: Client, admin: Account) -> None:
    other = Client()
    for browser in (client, other):
        browser.force_login(admin)
    data = {"old": factories.ACCOUNT_PASSWORD, "password": NEW, "again": NEW}
    assert client.post(CHANGE, data).status_code == 303
    assert client.get(ACCOUNT).status_code == 200
    assert other.get(ACCOUNT).status_code == 302
    admin.refresh_from_db()
    assert admin.check_password(NEW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"old": "pas le bon"}, "old"),
        ({"again": "autre chose"}, "again"),
        ({"password": "court", "again": "court"}, "password"),
        ({"password": ""}, "password"),
    ],
)
def test_change_password_refuses(client: Client, admin: Account, change: dict[str, str], field: str) -> None:
    client.force_login(admin)
    data = {"old": factories.ACCOUNT_PASSWORD, "password": NEW, "again": NEW, **change}
    response = client.post(CHANGE, data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    admin.refresh_from_db()
    assert admin.check_password(factories.ACCOUNT_PASSWORD)


def test_forgotten_password_answers_the_same_for_anybody(client: Client, admin: Account) -> None:
    known = ask(client, admin.email.upper())
    assert [message.to for message in mail.outbox] == [[admin.email]]
    unknown = ask(client, "personne@exemple.fr")
    assert len(mail.outbox) == 1
    assert known.status_code == unknown.status_code == 200
    assert without_token(known) == without_token(unknown)


def test_forgotten_password_sends_one_mail_in_two_minutes(client: Client, admin: Account) -> None:
    ask(client, admin.email)
    ask(client, admin.email)
    assert len(mail.outbox) == 1
    with time_machine.travel(clock.now() + timedelta(minutes=3), tick=False):
        ask(client, admin.email)
    assert len(mail.outbox) == 2


def test_reset_link_sets_a_password_once(client: Client, admin: Account) -> None:
    ask(client, admin.email)
    link = link_in(mail.outbox[0].body)
    assert client.get(link).status_code == 200
    assert client.post(link, {"password": NEW, "again": "autre chose"}).status_code == 422
    assert client.post(link, {"password": "court", "again": "court"}).status_code == 422
    response = client.post(link, {"password": NEW, "again": NEW})
    assert (response.status_code, response["Location"]) == (303, "/etablissement/")
    assert "mot de passe est changé" in client.get("/etablissement/").content.decode()
    admin.refresh_from_db()
    assert admin.check_password(NEW)
    again = client.post(link, {"password": "encore un autre mot", "again": "encore un autre mot"})
    assert again.status_code == 410
    assert "ne sert plus" in again.content.decode()


def test_reset_link_lasts_four_hours(client: Client, admin: Account) -> None:
    ask(client, admin.email)
    link = link_in(mail.outbox[0].body)
    # Django dates the token by the machine's own clock, which the travel takes to UTC: an hour more.
    with time_machine.travel(clock.now() + timedelta(hours=5, minutes=1), tick=False):
        assert client.get(link).status_code == 410


@pytest.mark.parametrize("uid", ["MQ", "x", "!!", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_reset_link_that_was_made_up_is_refused(client: Client, db: None, uid: str) -> None:
    assert client.get(f"/etablissement/nouveau-mot-de-passe/{uid}/abc-def/").status_code == 410


def test_reset_is_not_for_a_switched_off_account(client: Client, admin: Account) -> None:
    Account.objects.filter(pk=admin.pk).update(is_active=False)
    ask(client, admin.email)
    assert not mail.outbox
