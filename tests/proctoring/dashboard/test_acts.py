"""What only an admin may do to a session, and how it is refused."""

from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from pixsurv.kernel import clock
from pixsurv.kernel.errors import Busy
from proctoring.enums import SENTENCES, AttemptState
from proctoring.models import ProctorAccess
from proctoring.services import access as accesses
from proctoring.services import resume
from sessions_app.enums import EventKind
from sessions_app.models import Account, Candidate, Event, Session
from tests import factories


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def address(session: Session, rest: str = "") -> str:
    return f"/etablissement/sessions/{session.number}/{rest}"


def text(response: HttpResponse) -> str:
    return response.content.decode()


def events(session: Session, kind: EventKind) -> list[Event]:
    return list(Event.objects.filter(session=session, kind=kind))


def close(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=clock.now())


# --- « Ouvrir la salle » ---


def test_open_room_gives_an_admin_access_and_the_room_cookie(
    signed_in: Client, session: Session, admin: Account
) -> None:
    response = signed_in.post(address(session, "salle/"), headers={"User-Agent": "Firefox/140 Linux"})
    assert (response.status_code, response["Location"]) == (303, f"/surveillance/{session.number}/")
    access = ProctorAccess.objects.get(session=session)
    assert (access.account, access.name, access.is_admin) == (admin, admin.name, True)
    cookie = response.cookies[f"salle-{session.number}"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert signed_in.get(response["Location"]).status_code == 200


def test_open_room_again_in_the_same_browser_adds_no_access(signed_in: Client, session: Session) -> None:
    for _ in range(2):
        assert signed_in.post(address(session, "salle/")).status_code == 303
    assert ProctorAccess.objects.count() == 1


def test_open_room_gives_a_new_access_when_the_browser_holds_a_lesser_one(
    signed_in: Client, session: Session
) -> None:
    _, token = factories.enter_room(session)
    signed_in.cookies[f"salle-{session.number}"] = token
    signed_in.post(address(session, "salle/"))
    assert ProctorAccess.objects.filter(is_admin=True).count() == 1


def test_open_room_gives_a_new_access_after_the_first_was_taken(
    signed_in: Client, session: Session, admin: Account
) -> None:
    signed_in.post(address(session, "salle/"))
    accesses.revoke(access=ProctorAccess.objects.get(), actor=factories.ADMIN, now=clock.now())
    signed_in.post(address(session, "salle/"))
    assert ProctorAccess.objects.filter(ended_at=None).count() == 1


def test_open_room_of_a_closed_session_is_refused_with_the_page(signed_in: Client, session: Session) -> None:
    close(session)
    response = signed_in.post(address(session, "salle/"))
    assert response.status_code == 409
    assert SENTENCES["session_closed"] in text(response)
    assert "Clôturée" in text(response)
    assert not ProctorAccess.objects.exists()


@pytest.mark.parametrize("rest", ["salle/"])
def test_open_room_by_a_link_goes_back_to_the_page(signed_in: Client, session: Session, rest: str) -> None:
    assert signed_in.get(address(session, rest))["Location"] == address(session)
    assert not ProctorAccess.objects.exists()


# --- « Retirer l’accès » ---


def test_revoke_access_asks_then_ends_this_access_only(
    signed_in: Client, session: Session, admin: Account
) -> None:
    access, _ = factories.enter_room(session, name="Perrine Essai")
    other, _ = factories.enter_room(session, name="Luc Essai")
    url = address(session, f"acces/{access.pk}/retirer/")
    asked = signed_in.get(url)
    assert "Retirer l’accès de Perrine Essai\u00a0?" in text(asked)
    assert "Confirmer" in text(asked)
    assert not events(session, EventKind.ACCESS_ENDED)

    done = signed_in.post(url, follow=True)
    assert done.redirect_chain == [(address(session), 303)]
    assert "L’accès est retiré" in text(done)
    access.refresh_from_db()
    other.refresh_from_db()
    assert (access.ended_how, other.ended_at) == ("revoked", None)
    (event,) = events(session, EventKind.ACCESS_ENDED)
    assert event.facts["actor"] == {"kind": "admin", "name": admin.name, "account": admin.pk}


def test_revoke_access_twice_records_once(signed_in: Client, session: Session) -> None:
    access, _ = factories.enter_room(session)
    url = address(session, f"acces/{access.pk}/retirer/")
    for _ in range(2):
        assert signed_in.post(url).status_code == 303
    assert len(events(session, EventKind.ACCESS_ENDED)) == 1
    asked = signed_in.get(url)
    assert asked.status_code == 409
    assert "Cet accès est déjà terminé." in text(asked)


# --- « Rouvrir le test » ---


def reopening(session: Session, candidate: Candidate) -> str:
    return address(session, f"candidats/{candidate.pk}/rouvrir/")


@pytest.mark.parametrize("state", ["ended", "completed"])
def test_reopen_asks_with_the_identity_then_reopens(
    signed_in: Client, session: Session, candidate: Candidate, admin: Account, state: str
) -> None:
    factories.put(candidate, state)
    url = reopening(session, candidate)
    assert url in text(signed_in.get(address(session)))
    asked = text(signed_in.get(url))
    assert candidate.full_name in asked
    assert candidate.birth_date.strftime("%d/%m/%Y") in asked
    assert "data-state" not in asked

    done = signed_in.post(url, {"reason": "  Fin   par erreur "}, follow=True)
    assert "Le test est rouvert" in text(done)
    assert factories.attempt_of(candidate).state == AttemptState.RESUME_AUTHORISED
    (event,) = events(session, EventKind.REOPENED)
    assert event.facts["reason"] == "Fin par erreur"
    assert event.facts["actor"]["account"] == admin.pk


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_reopen_wants_a_reason_of_at_most_200_characters(
    signed_in: Client, session: Session, candidate: Candidate, reason: str
) -> None:
    factories.put(candidate, "ended")
    response = signed_in.post(reopening(session, candidate), {"reason": reason})
    assert response.status_code == 422
    assert candidate.full_name in text(response)
    assert factories.attempt_of(candidate).state == AttemptState.ENDED


def test_reopen_accepts_200_characters(signed_in: Client, session: Session, candidate: Candidate) -> None:
    factories.put(candidate, "ended")
    assert signed_in.post(reopening(session, candidate), {"reason": "x" * 200}).status_code == 303


def test_reopen_twice_records_once(signed_in: Client, session: Session, candidate: Candidate) -> None:
    factories.put(candidate, "ended")
    for _ in range(2):
        assert signed_in.post(reopening(session, candidate), {"reason": "Erreur"}).status_code == 303
    assert len(events(session, EventKind.REOPENED)) == 1


@pytest.mark.parametrize("state", ["expected", "present", "in_progress", "resume_authorised", "expired"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_reopen_of_a_test_that_is_not_over_is_refused_with_fresh_data(
    signed_in: Client, session: Session, candidate: Candidate, state: str, method: str
) -> None:
    factories.put(candidate, state)
    assert reopening(session, candidate) not in text(signed_in.get(address(session)))
    response = getattr(signed_in, method)(reopening(session, candidate), {"reason": "Erreur"})
    assert response.status_code == 409
    assert SENTENCES["not_over"] in text(response)
    assert f'id="candidat-{candidate.pk}"' in text(response)
    assert not events(session, EventKind.REOPENED)


def test_reopen_after_closing_is_refused(signed_in: Client, session: Session, candidate: Candidate) -> None:
    factories.put(candidate, "completed")
    close(session)
    for method in ("get", "post"):
        response = getattr(signed_in, method)(reopening(session, candidate), {"reason": "Erreur"})
        assert response.status_code == 409
        assert SENTENCES["session_closed"] in text(response)


# --- « Annuler le lancement » ---

LAUNCH = "lancement/annuler/"


def test_take_launch_back_asks_then_does(signed_in: Client, session: Session, candidate: Candidate) -> None:
    factories.put(candidate, "in_progress")
    assert "Annuler le lancement" in text(signed_in.get(address(session)))
    assert "Confirmer" in text(signed_in.get(address(session, LAUNCH)))
    done = signed_in.post(address(session, LAUNCH), follow=True)
    assert "Le lancement est annulé." in text(done)
    session.refresh_from_db()
    assert (session.state, session.launched_at) == ("planned", None)
    assert len(events(session, EventKind.LAUNCH_TAKEN_BACK)) == 1


def test_take_launch_back_of_a_session_not_launched_is_refused(signed_in: Client, session: Session) -> None:
    assert "Annuler le lancement" not in text(signed_in.get(address(session)))
    for method in ("get", "post"):
        response = getattr(signed_in, method)(address(session, LAUNCH))
        assert response.status_code == 409
        assert SENTENCES["never_launched"] in text(response)


@pytest.mark.parametrize("why", ["two tests", "five minutes"])
def test_take_launch_back_is_refused_once_it_stands(signed_in: Client, session: Session, why: str) -> None:
    for candidate in factories.CandidateFactory.create_batch(2 if why == "two tests" else 1, session=session):
        factories.put(candidate, "in_progress")
    later = clock.now() + timedelta(minutes=6 if why == "five minutes" else 0)
    with time_machine.travel(later):
        assert "Annuler le lancement" not in text(signed_in.get(address(session)))
        for method in ("get", "post"):
            response = getattr(signed_in, method)(address(session, LAUNCH))
            assert response.status_code == 409
            assert SENTENCES["launch_stands"] in text(response)
    session.refresh_from_db()
    assert session.state == "launched"


# --- every act ---


def test_busy_session_says_when_to_ask_again(
    signed_in: Client, session: Session, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.put(candidate, "ended")

    @contextmanager
    def busy(*_: Any, **__: Any) -> Any:
        raise Busy
        yield

    monkeypatch.setattr("proctoring.services.ending.locked_room", busy)
    response = signed_in.post(reopening(session, candidate), {"reason": "Erreur"})
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert "très sollicité" in text(response)


def test_refused_act_shows_what_somebody_else_did(
    signed_in: Client, session: Session, candidate: Candidate
) -> None:
    """R20: the page was stale; the answer carries the fresh row."""
    factories.put(candidate, "ended")
    signed_in.post(reopening(session, candidate), {"reason": "Erreur"})
    resume.cancel_resume(
        session_id=session.pk, candidate_id=candidate.pk, actor=factories.PROCTOR, now=clock.now()
    )
    response = signed_in.post(reopening(session, candidate), {"reason": "Erreur"})
    assert response.status_code == 409
    assert "En cours" in text(response)
