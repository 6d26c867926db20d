"""The session password: sealed in the database, and only in the page that asked for it (P4)."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from proctoring.demo import secrets
from proctoring.demo.school import FIRST
from sessions_app.models import Account, Session
from tests import factories


def address(session: Session, rest: str = "") -> str:
    return f"/etablissement/sessions/{session.number}/{rest}"


def test_session_password_is_not_in_the_first_page(client: Client, session: Session, admin: Account) -> None:
    client.force_login(admin)
    for page in ("/etablissement/sessions/", address(session), address(session, "direct/")):
        assert factories.PASSWORD.removeprefix("C-") not in client.get(page).content.decode()
    assert "Afficher le mot de passe" in client.get(address(session)).content.decode()


def test_session_password_is_shown_when_asked_for(client: Client, session: Session, admin: Account) -> None:
    client.force_login(admin)
    response = client.post(address(session, "mot-de-passe/"))
    shown = response.content.decode()
    assert factories.PASSWORD in shown
    assert "usage exclusif du surveillant" in shown
    assert "<html" in shown
    assert response["Cache-Control"] == "no-store"


def test_session_password_comes_as_a_fragment_for_htmx(
    client: Client, session: Session, admin: Account
) -> None:
    client.force_login(admin)
    shown = client.post(address(session, "mot-de-passe/"), headers={"HX-Request": "true"}).content.decode()
    assert factories.PASSWORD in shown
    assert 'id="mot-de-passe"' in shown
    assert "<html" not in shown


def test_session_password_is_not_given_to_a_get(client: Client, session: Session, admin: Account) -> None:
    client.force_login(admin)
    response = client.get(address(session, "mot-de-passe/"))
    assert (response.status_code, response["Location"]) == (303, address(session))


def test_session_password_is_refused_to_others(
    client: Client, session: Session, other_admin: Account, secretariat: Account
) -> None:
    for account, status in ((other_admin, 404), (secretariat, 403)):
        client.force_login(account)
        response = client.post(address(session, "mot-de-passe/"))
        assert response.status_code == status
        assert factories.PASSWORD not in response.content.decode()
    client.logout()
    assert client.post(address(session, "mot-de-passe/")).status_code == 302


def test_session_password_whose_key_is_lost_is_said_so(
    client: Client, session: Session, admin: Account, settings: Any
) -> None:
    settings.FIELD_KEYS = ["b3RoZXIga2V5IG90aGVyIGtleSBvdGhlciBrZXkgMDA="]
    client.force_login(admin)
    shown = client.post(address(session, "mot-de-passe/")).content.decode()
    assert "illisible" in shown
    assert factories.PASSWORD not in shown


def test_session_password_is_nowhere_in_the_database_in_clear(db: None) -> None:
    call_command("demo", "--json", stdout=StringIO())
    hidden = [
        secrets.session_password(FIRST).removeprefix("C-"),
        secrets.account_password("admin"),
        secrets.api_key(),
    ]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            text = repr(cursor.fetchall())
            assert not [word for word in hidden if word in text], table


def test_session_password_request_is_logged_without_it(
    client: Client, session: Session, admin: Account, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(admin)
    with caplog.at_level("INFO", logger="pixsurv.establishment"):
        client.post(address(session, "mot-de-passe/"))
    assert f"session {session.pk}, account {admin.pk}" in caplog.text
    assert factories.PASSWORD not in caplog.text
