"""« Qui appeler » in the room (R3, P9)."""

from django.test import Client

from sessions_app.models import Session
from tests import factories


def test_contacts_are_those_of_the_school_with_links_to_call(client: Client, session: Session) -> None:
    factories.ContactFactory(establishment=session.establishment, place="Bureau 12", hours="8h à 18h")
    factories.ContactFactory(name="Ailleurs")
    _, token = factories.enter_room(session)
    client.cookies[f"salle-{session.number}"] = token
    page = client.get(f"/surveillance/{session.number}/qui-appeler/").content.decode()
    for words in ("Camille Essai", "Bureau 12", "8h à 18h", 'href="tel:0123456789"'):
        assert words in page
    assert "Ailleurs" not in page
    room = client.get(f"/surveillance/{session.number}/").content.decode()
    assert f'href="/surveillance/{session.number}/qui-appeler/"' in room


def test_contacts_say_when_there_are_none(client: Client, session: Session) -> None:
    _, token = factories.enter_room(session)
    client.cookies[f"salle-{session.number}"] = token
    assert "pas noté" in client.get(f"/surveillance/{session.number}/qui-appeler/").content.decode()


def test_contacts_are_for_who_is_in_the_room(client: Client, session: Session) -> None:
    assert client.get(f"/surveillance/{session.number}/qui-appeler/").status_code == 302
