"""A switched-off account is out of everything at once: pages, rooms, and the refresh of a room left open."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from proctoring.models import ProctorAccess
from sessions_app.enums import EventKind
from sessions_app.models import Account, Event, Session, SignIn
from tests import factories

pytestmark = pytest.mark.django_db


def in_room(session: Session, account: Account | None) -> Client:
    client = Client()
    client.cookies[f"salle-{session.number}"] = factories.enter_room(session, account=account)[1]
    return client


def refresh(client: Client, session: Session, version: str = "?v=1.1") -> int:
    return client.get(
        f"/surveillance/{session.number}/etat/{version}", headers={"HX-Request": "true"}
    ).status_code


@pytest.mark.parametrize("version", ["", "?v=1.1"])
def test_room_refuses_a_switched_off_account_in_the_same_query(
    session: Session, admin: Account, version: str
) -> None:
    """However it was switched off."""
    client, other = in_room(session, admin), in_room(session, None)
    assert refresh(client, session, version) == 200
    Account.objects.filter(pk=admin.pk).update(is_active=False)

    assert refresh(client, session, version) == 401
    assert client.get(f"/surveillance/{session.number}/").status_code == 302
    assert refresh(other, session, version) == 200


def test_command_closes_sign_ins_and_rooms_and_gives_the_account_back(
    session: Session, admin: Account
) -> None:
    client = Client()
    data = {"email": admin.email, "password": factories.ACCOUNT_PASSWORD}
    client.post("/etablissement/", data)
    rooms = [in_room(one, admin) for one in (session, factories.SessionFactory())]
    told = StringIO()

    call_command("disable_account", f" {admin.email.upper()}", stdout=told)

    assert "Connexions fermées\u00a0: 1\u00a0; accès aux salles\u00a0: 2." in told.getvalue()
    assert not SignIn.objects.exists()
    assert client.get("/etablissement/compte/").status_code == 302
    assert client.post("/etablissement/", data).status_code == 422
    assert not ProctorAccess.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(kind=EventKind.ACCESS_ENDED).count() == 2

    call_command("disable_account", admin.email, enable=True, stdout=StringIO())

    assert refresh(rooms[0], session) == 401  # what was ended stays so
    assert client.post("/etablissement/", data).status_code == 303


def test_command_says_that_nobody_has_that_address(db: None) -> None:
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("disable_account", "nobody@essai.example")
