"""« Devenu certifiable » by an admin, on the page of the session (P2)."""

import pytest
from django.test import Client

from sessions_app.models import Account, Candidate, Session
from tests import factories
from tests.journal import assert_sound, everything, kinds, last_event
from tests.sessions_app.candidates.acts import close, words


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def refused(session: Session) -> Candidate:
    return factories.CandidateFactory(session=session, certifiable_competences=3)


def home(session: Session) -> str:
    return f"/etablissement/sessions/{session.number}/"


def act(candidate: Candidate) -> str:
    return f"{home(candidate.session)}candidats/{candidate.pk}/certifiable/"


def test_it_is_offered_for_whom_entry_is_refused_to(signed_in: Client, refused: Candidate) -> None:
    others = [
        factories.CandidateFactory(session=refused.session, certifiable_competences=value)
        for value in (None, 5)
    ]
    page = signed_in.get(home(refused.session)).content.decode()
    assert act(refused) in page
    for other in others:
        assert act(other) not in page
        assert signed_in.get(act(other)).status_code == 409


def test_it_is_asked_then_written_with_the_hour_and_the_admin(
    signed_in: Client, admin: Account, refused: Candidate
) -> None:
    assert "Pas encore certifiable (3/5)" in words(signed_in.get(act(refused)))
    assert kinds(refused.session) == []
    response = signed_in.post(act(refused))
    assert (response.status_code, response["Location"]) == (303, home(refused.session))
    assert "Devenu certifiable à " in words(signed_in.get(home(refused.session)))
    refused.refresh_from_db()
    assert refused.certifiable
    event = last_event(refused.session)
    assert event.kind == "became_certifiable"
    assert event.facts["actor"]["kind"] == "admin"
    assert event.facts["actor"]["account"] == admin.pk
    assert_sound(refused.session)
    before = everything(refused.session)
    assert signed_in.post(act(refused)).status_code == 303
    assert everything(refused.session) == before
    factories.put(refused, "present")


def test_it_is_refused_once_the_session_is_closed(signed_in: Client, refused: Candidate) -> None:
    close(refused.session)
    assert signed_in.get(act(refused)).status_code == 409
    assert signed_in.post(act(refused)).status_code == 409
    assert kinds(refused.session) == []
