"""Who may open the archive, and what stands in it."""

import pytest
from django.test import Client

from sessions_app.enums import SessionKind
from sessions_app.models import Account, Session
from tests import factories


@pytest.fixture
def kept(session: Session) -> Session:
    return factories.SessionFactory(establishment=session.establishment, closed=True)


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretariat", 200), ("admin", 200), ("proctor_account", 403), ("other_admin", 404)],
)
def test_a_kept_session_is_shown_to_who_keeps_the_archive(
    client: Client, kept: Session, request: pytest.FixtureRequest, who: str, status: int
) -> None:
    account: Account = request.getfixturevalue(who)
    client.force_login(account)

    assert client.get(f"/archives/{kept.number}/").status_code == status


def test_an_open_session_and_a_rehearsal_are_not_in_the_archive(
    client: Client, session: Session, secretariat: Account
) -> None:
    rehearsal = factories.SessionFactory(
        establishment=session.establishment, closed=True, kind=SessionKind.REHEARSAL
    )
    client.force_login(secretariat)

    page = client.get("/archives/")

    assert page.status_code == 200
    for one in (session, rehearsal):
        assert str(one.number) not in page.content.decode()
        assert client.get(f"/archives/{one.number}/").status_code == 404


def test_a_stranger_is_asked_to_sign_in(client: Client, kept: Session) -> None:
    assert client.get("/archives/").status_code == 302
    assert client.get(f"/archives/{kept.number}/").status_code == 302
