"""Who may open the archive, and what stands in it."""

from django.test import Client

from sessions_app.enums import SessionKind
from sessions_app.models import Account, Session
from tests import factories


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
