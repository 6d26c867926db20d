"""One session for its admins: what the page shows, to whom, and at what cost."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pixsurv.kernel import clock
from proctoring.models import ProctorAccess
from proctoring.services import access as accesses
from proctoring.services.closing import close_session
from sessions_app.enums import Role
from sessions_app.models import Account, Session
from tests import factories


def address(session: Session, rest: str = "") -> str:
    return f"/etablissement/sessions/{session.number}/{rest}"


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def page(client: Client, session: Session, rest: str = "") -> str:
    response = client.get(address(session, rest))
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


def test_session_page_shows_number_code_and_details(signed_in: Client, session: Session) -> None:
    shown = page(signed_in, session)
    for words in (
        str(session.number),
        factories.ACCESS_CODE,
        "Salle B12",
        "Site d’essai",
        "Certification",
        "Prévue",
    ):
        assert words in shown


def test_session_page_shows_each_candidate_with_his_state(signed_in: Client, session: Session) -> None:
    expected, running, ended = factories.CandidateFactory.create_batch(3, session=session)
    factories.put(running, "in_progress")
    factories.put(ended, "ended")
    shown = page(signed_in, session)
    for candidate in (expected, running, ended):
        assert f'id="candidat-{candidate.pk}"' in shown
        assert candidate.last_name in shown
    for word in ("Pas encore arrivé", "En cours", "Terminé par le surveillant"):
        assert word in shown
    assert "2/3 présents, dont 1 en cours et 1 terminé" in shown


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"certifiable_competences": 3}, "Pas encore certifiable (3/5)"),
        ({"certifiable_competences": None}, "Non vérifié"),
        ({"certifiable_competences": 3, "became_certifiable_at": "now"}, "Devenu certifiable à"),
        ({"extra_time_percent": 33}, "33 %"),
    ],
)
def test_session_page_shows_what_is_known_of_a_candidate(
    signed_in: Client, session: Session, values: dict[str, Any], words: str
) -> None:
    given = {key: clock.now() if value == "now" else value for key, value in values.items()}
    factories.CandidateFactory(session=session, **given)
    assert words in page(signed_in, session)


def test_session_page_names_who_is_watching(signed_in: Client, session: Session, admin: Account) -> None:
    agent = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    )
    now = clock.now()
    accesses.enter(session=session, name="Perrine Essai", account=None, device=agent, now=now)
    gone, _ = factories.enter_room(session, name="Parti Essai")
    accesses.leave(access=gone, now=now)
    shown = page(signed_in, session)
    assert "Perrine Essai" in shown
    assert "Edge sur Windows" in shown
    assert "en ce moment" in shown
    assert "Parti Essai" not in shown
    assert "1 accès terminé" in shown
    ProctorAccess.objects.update(last_seen_at=now - timedelta(days=2))
    assert "en ce moment" not in page(signed_in, session)


def test_session_page_of_a_closed_session_offers_nothing(signed_in: Client, session: Session) -> None:
    candidate = factories.CandidateFactory(session=session)
    factories.put(candidate, "completed")
    factories.enter_room(session)
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=clock.now())
    shown = page(signed_in, session)
    for gesture in ("Ouvrir la salle", "Rouvrir", "Retirer l’accès", "Annuler le lancement", "hx-trigger"):
        assert gesture not in shown
    assert "Clôturée" in shown


def test_session_page_of_an_unknown_number_does_not_exist(signed_in: Client) -> None:
    assert signed_in.get("/etablissement/sessions/999999999/").status_code == 404


def test_session_page_reads_the_other_school_no_more_than_its_own(
    signed_in: Client, session: Session, admin: Account
) -> None:
    """A secretary here, an admin there: each session answers to the role in its own school."""
    there = factories.SessionFactory()
    factories.MembershipFactory(account=admin, establishment=there.establishment, role=Role.SECRETARIAT)
    assert signed_in.get(address(there)).status_code == 403
    assert signed_in.get(address(session)).status_code == 200


@time_machine.travel("2026-03-10T11:00:00Z", tick=False)
def test_live_part_is_the_one_of_the_page(signed_in: Client, session: Session) -> None:
    factories.put(factories.CandidateFactory(session=session), "ended")
    factories.enter_room(session)
    whole = " ".join(page(signed_in, session).split())
    parts = " ".join(page(signed_in, session, "direct/").split()).split("<section")
    assert parts[0].startswith("<div")
    assert parts.pop().replace(' hx-swap-oob="true"', "") in whole
    assert "<section".join(parts).strip() in whole


@pytest.mark.parametrize("below", ["direct/", "mot-de-passe/"])
def test_lost_login_is_told_above_the_page_and_swaps_nothing_away(
    client: Client, session: Session, below: str
) -> None:
    ask = client.get if below == "direct/" else client.post
    response = ask(address(session, below), headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Reswap"]) == (401, "none")
    assert 'hx-swap-oob="innerHTML:#connexion"' in response.content.decode()


@pytest.mark.parametrize("rest", ["", "direct/"])
def test_session_page_costs_the_same_for_1_and_for_40_candidates(
    signed_in: Client, session: Session, rest: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(signed_in, session, rest)
        return len(captured)

    factories.put(factories.CandidateFactory(session=session, became_certifiable_at=clock.now()), "ended")
    factories.enter_room(session)
    one = queries()
    for candidate in factories.CandidateFactory.create_batch(
        39, session=session, became_certifiable_at=clock.now()
    ):
        factories.put(candidate, "present")
    for _ in range(5):
        factories.enter_room(session)
    assert queries() == one
    assert one <= 6  # browser session, account, session, candidates, accesses, wrong guesses


def test_session_to_come_offers_its_kit_and_a_closed_one_what_is_kept(
    signed_in: Client, session: Session
) -> None:
    to_print = (
        address(session, "kit.pdf"),
        address(session, "secours.pdf"),
        address(session, "mot-de-passe/"),
    )
    kept = [f"/archives/{session.number}/{below}" for below in ("", "kit.pdf", "emargement.pdf")]
    shown = page(signed_in, session)
    assert all(url in shown for url in to_print)
    assert not [url for url in kept if f'href="{url}"' in shown]
    close_session(session_id=session.pk, actor=factories.PROCTOR, now=clock.now())
    shown = page(signed_in, session)
    assert not [url for url in to_print if url in shown]
    assert factories.ACCESS_CODE not in shown
    for url in kept:
        assert f'href="{url}"' in shown
        assert signed_in.get(url).status_code == 200


def test_cancelled_session_offers_nothing_to_print(signed_in: Client, session: Session) -> None:
    signed_in.post(address(session, "annuler/"), {"reason": "Panne"})
    shown = page(signed_in, session)
    assert "Séance annulée" in shown
    assert address(session, "kit.pdf") not in shown
