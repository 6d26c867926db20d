"""« Changer le mot de passe » of a session (P4)."""

import pytest
from django.test import Client

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.models import ProctorAccess
from proctoring.services.password import change_session_password, mark_of
from sessions_app.enums import EventKind
from sessions_app.models import Account, Event, Session
from tests import factories


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def address(session: Session) -> str:
    return f"/etablissement/sessions/{session.number}/mot-de-passe/changer/"


def change(client: Client, session: Session, proctors: str):
    session.refresh_from_db()
    return client.post(address(session), {"proctors": proctors, "mark": mark_of(session)})


def test_password_change_names_who_is_watching(signed_in: Client, session: Session) -> None:
    factories.enter_room(session, "Perrine Essai")
    page = signed_in.get(address(session))
    assert "Perrine Essai" in page.content.decode()
    assert session.password() not in page.content.decode()


@pytest.mark.parametrize(("running", "default"), [(True, "garder"), (False, "deconnecter")])
def test_password_change_keeps_proctors_by_default_while_tests_run(
    signed_in: Client, session: Session, running: bool, default: str
) -> None:
    if running:
        factories.put(factories.CandidateFactory(session=session), "in_progress")
    assert signed_in.get(address(session)).context["form"]["proctors"].initial == default


def test_password_change_can_keep_the_proctors(signed_in: Client, session: Session) -> None:
    factories.enter_room(session)
    before = session.password()
    assert change(signed_in, session, "garder").status_code == 303
    session.refresh_from_db()
    assert session.password() != before
    assert ProctorAccess.objects.filter(ended_at=None).count() == 1
    event = Event.objects.get(session=session, kind=EventKind.PASSWORD_CHANGED)
    assert event.facts is not None
    assert event.facts["accesses_kept"] is True
    assert session.password() not in str(event.facts)
    login = Client().post(
        "/surveillance/", {"number": session.number, "password": before, "name": "Ancien mot"}
    )
    assert login.status_code == 422


def test_password_change_can_sign_everybody_out(signed_in: Client, session: Session) -> None:
    _, token = factories.enter_room(session)
    factories.enter_room(session, "Luc Essai")
    proctor = Client()
    proctor.cookies[f"salle-{session.number}"] = token
    assert proctor.get(f"/surveillance/{session.number}/").status_code == 200
    assert change(signed_in, session, "deconnecter").status_code == 303
    assert not ProctorAccess.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(session=session, kind=EventKind.ACCESS_ENDED).count() == 2
    assert proctor.get(f"/surveillance/{session.number}/").status_code == 302


def test_password_change_sent_twice_changes_it_once(signed_in: Client, session: Session) -> None:
    data = {"proctors": "garder", "mark": mark_of(session)}
    signed_in.post(address(session), data)
    session.refresh_from_db()
    first = session.password()
    again = signed_in.post(address(session), data)
    assert again.status_code == 409
    assert "déjà été changé" in again.content.decode()
    session.refresh_from_db()
    assert session.password() == first


def test_password_change_needs_a_choice_and_an_open_session(signed_in: Client, session: Session) -> None:
    assert signed_in.post(address(session), {"mark": "x"}).status_code == 422
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=clock.now())
    assert signed_in.get(address(session)).status_code == 409
    assert change(signed_in, session, "garder").status_code == 409


def test_password_change_is_for_an_admin(session: Session) -> None:
    with pytest.raises(DomainError) as refused:
        change_session_password(
            session_id=session.pk,
            mark=mark_of(session),
            keep=True,
            actor=factories.PROCTOR,
            now=clock.now(),
        )
    assert refused.value.code == "not_allowed"
