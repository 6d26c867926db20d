"""« Séance de rattrapage » (P10)."""

from uuid import uuid4

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.services.presence import Arrival, confirm_presence
from sessions_app.models import Account, Candidate, Session
from tests import factories


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def room(session: Session) -> dict[str, Candidate]:
    """One who starts, one absent, one late and refused, one not certifiable."""
    found = {
        name: factories.CandidateFactory(session=session, last_name=name.upper())
        for name in ("started", "absent", "late")
    }
    found["uncertain"] = factories.CandidateFactory(
        session=session, last_name="UNCERTAIN", certifiable_competences=3
    )
    factories.put(found["started"], "in_progress")
    confirm_presence(
        session_id=session.pk,
        candidate_id=found["late"].pk,
        actor=factories.PROCTOR,
        now=clock.now(),
        arrival=Arrival.LATE,
    )
    return found


def address(session: Session) -> str:
    return f"/etablissement/sessions/{session.number}/rattrapage/"


def form(**more: object) -> dict[str, object]:
    data = {
        "day": "2027-03-17",
        "hour": "13:45",
        "duration": "105",
        "site": "Site d’essai",
        "room": "C04",
        "spare_workstations": "1",
        "kind": "certification",
        "followed": "pixsurv",
        "once": str(uuid4()),
    }
    return {**data, **more}


def test_catch_up_offers_the_absentees_and_the_refused(
    signed_in: Client, session: Session, room: dict[str, Candidate]
) -> None:
    page = signed_in.get(address(session))
    shown = page.content.decode()
    assert "STARTED" not in shown
    for words in ("absent", "en retard, refusé", "pas encore certifiable"):
        assert words in shown
    assert shown.count("checked") == 3


def test_catch_up_takes_who_was_chosen(
    signed_in: Client, session: Session, room: dict[str, Candidate]
) -> None:
    response = signed_in.post(address(session), form(candidates=[room["absent"].pk, room["late"].pk]))
    later = Session.objects.get(follows=session)
    assert response["Location"] == f"/etablissement/sessions/{later.number}/"
    names = Candidate.objects.filter(session=later).order_by("pk").values_list("last_name", flat=True)
    assert list(names) == ["ABSENT", "LATE"]


def test_catch_up_refuses_who_started_and_strangers(
    signed_in: Client, session: Session, room: dict[str, Candidate]
) -> None:
    stranger = factories.CandidateFactory()
    for pk in (room["started"].pk, stranger.pk):
        assert signed_in.post(address(session), form(candidates=[pk])).status_code == 422
    assert not Session.objects.filter(follows=session).exists()


def test_catch_up_needs_a_launch(signed_in: Client, session: Session) -> None:
    assert signed_in.get(address(session)).status_code == 409
    assert "rattrapage/" not in signed_in.get(f"/etablissement/sessions/{session.number}/").content.decode()
