"""`POST /entries`: who comes in, who does not, and that nothing more is told."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse

from pixsurv.kernel import clock
from proctoring.enums import AttemptState
from proctoring.models import Entry, Once, TicketDoor
from proctoring.services import closing
from proctoring.services.entries import entry_of
from proctoring.services.tickets import issue_ticket
from sessions_app.models import ApiKey, Candidate, Event, Session
from tests import factories
from tests.proctoring.api.conftest import Bring
from tests.proctoring.api.platform import Platform, code_of

pytestmark = pytest.mark.django_db

ATTEMPT_KEYS = {
    "state",
    "question",
    "started_at",
    "deadline_at",
    "server_time",
    "heartbeat_seconds",
    "alert",
    "over_reason",
    "over_final_at",
}


def test_enter_answers_a_token_and_the_attempt(platform: Platform, candidate: Candidate) -> None:
    answer = platform.enter(candidate)
    assert answer.status_code == 200
    assert set(answer.json()) == {"entry_token", "attempt"}
    attempt = answer.json()["attempt"]
    assert set(attempt) == ATTEMPT_KEYS
    server_time = attempt.pop("server_time")
    assert server_time[-6:] in {"+01:00", "+02:00"}
    assert len(server_time) == len("2026-11-22T22:50:00.000+01:00")
    assert attempt == {
        "state": "expected",
        "question": None,
        "started_at": None,
        "deadline_at": None,
        "heartbeat_seconds": 15,
        "alert": None,
        "over_reason": None,
        "over_final_at": None,
    }


def test_enter_sets_no_cookie(platform: Platform, candidate: Candidate) -> None:
    assert not platform.enter(candidate).cookies
    assert not platform.get().cookies


def test_enter_ignores_case_accents_and_punctuation(platform: Platform, session: Session) -> None:
    candidate = factories.CandidateFactory(session=session, last_name="Lefèvre-Œillet", first_name="Zoë")
    assert platform.enter(candidate, last_name="LEFEVRE OEILLET", first_name="zoe").status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"last_name": "AUTRE"}, {"first_name": "Autre"}, {"birth_date": "1990-01-01"}, {"session_number": 1}],
)
def test_enter_answers_the_same_to_every_mismatch(
    platform: Platform, candidate: Candidate, change: dict[str, object]
) -> None:
    refused = platform.enter(candidate, **change)
    assert code_of(refused) == (404, "no_match")
    nobody = platform.enter(candidate, session_number=2**31 - 1)
    assert refused.content == nobody.content


def test_enter_of_another_establishment_looks_like_no_match(candidate: Candidate) -> None:
    other = Platform(factories.ApiKeyFactory())
    refused = other.enter(candidate)
    assert code_of(refused) == (404, "no_match")
    assert refused.content == other.enter(candidate, session_number=1).content
    assert not Entry.objects.exists()


def by_ticket(
    platform: Platform, session: Session, ticket: str, *, once: str = "", **more: object
) -> HttpResponse:
    body = {"session_number": session.number, "ticket": ticket, **more}
    return platform.call("POST", "/entries", body, bearer=platform.secret, once=once)


def ticket_of(candidate: Candidate) -> str:
    given = issue_ticket(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=factories.PROCTOR, now=clock.now()
    )
    return given.digits


def test_enter_with_a_ticket_works_once(platform: Platform, session: Session, candidate: Candidate) -> None:
    ticket = ticket_of(candidate)
    answer = by_ticket(platform, session, ticket, workstation="14", heartbeat=15)
    assert answer.status_code == 200
    entry = entry_of(answer.json()["entry_token"])
    assert entry is not None
    assert (entry.candidate_id, entry.heartbeat) == (candidate.pk, 15)
    assert factories.attempt_of(candidate).workstation == "14"
    assert code_of(by_ticket(platform, session, ticket)) == (404, "no_match")


def test_enter_with_a_ticket_again_under_the_same_key_is_the_same_entry(
    platform: Platform, session: Session, candidate: Candidate
) -> None:
    ticket = ticket_of(candidate)
    first, again = (by_ticket(platform, session, ticket, once="k1") for _ in range(2))
    assert first.status_code == 200
    assert first.content == again.content
    assert ticket not in str(Once.objects.values())


def test_enter_answers_the_same_to_a_wrong_ticket_as_to_a_wrong_name(
    platform: Platform, session: Session, candidate: Candidate
) -> None:
    ticket = ticket_of(candidate)
    wrong = by_ticket(platform, session, f"{(int(ticket) + 1) % 10**6:06d}")
    assert code_of(wrong) == (404, "no_match")
    assert wrong.content == platform.enter(candidate, last_name="AUTRE").content
    stranger = Platform(factories.ApiKeyFactory())
    assert by_ticket(stranger, session, ticket).content == wrong.content


def test_wrong_tickets_of_a_platform_count_under_an_idempotency_key_too(
    platform: Platform, session: Session, candidate: Candidate
) -> None:
    ticket = ticket_of(candidate)
    by_ticket(platform, session, f"{(int(ticket) + 1) % 10**6:06d}", once="k1")
    assert TicketDoor.objects.get(session=session).wrong == 1


def test_enter_refuses_who_is_not_certifiable(platform: Platform, session: Session) -> None:
    candidate = factories.CandidateFactory(session=session, certifiable_competences=3)
    assert code_of(platform.enter(candidate)) == (403, "not_certifiable")


def test_enter_refuses_a_closed_session(platform: Platform, candidate: Candidate) -> None:
    closing.close_session(session_id=candidate.session_id, actor=factories.PROCTOR, now=clock.now())
    assert code_of(platform.enter(candidate)) == (410, "session_closed")


def test_enter_writes_the_workstation_to_the_journal(platform: Platform, candidate: Candidate) -> None:
    assert platform.enter(candidate, workstation=" 14 ").status_code == 200
    assert factories.attempt_of(candidate).workstation == "14"
    assert [event.kind for event in Event.objects.all()] == ["workstation_changed"]


@pytest.mark.parametrize(
    ("announced", "wanted"), [(None, 15), (5, 15), (15, 15), (20, 20), (30, 30), (60, 30)]
)
def test_enter_tells_the_pace_that_the_server_wants(
    platform: Platform, candidate: Candidate, announced: int | None, wanted: int
) -> None:
    answer = platform.enter(candidate, heartbeat=announced)
    assert answer.json()["attempt"]["heartbeat_seconds"] == wanted
    entry = entry_of(platform.token)
    assert entry is not None
    assert entry.heartbeat == announced


@pytest.mark.parametrize("bearer", ["", "pxs_wrong", "wrong", "pxe_00.00", "é"])
def test_enter_needs_a_key(platform: Platform, candidate: Candidate, bearer: str) -> None:
    answer = platform.call("POST", "/entries", {}, bearer=bearer)
    assert code_of(answer) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_enter_with_an_entry_token_is_unauthorized(platform: Platform, candidate: Candidate) -> None:
    platform.enter(candidate)
    assert code_of(platform.call("POST", "/entries", {}, bearer=platform.token)) == (401, "unauthorized")


def test_a_revoked_key_opens_nothing_any_more(platform: Platform, candidate: Candidate) -> None:
    platform.enter(candidate)
    ApiKey.objects.update(revoked_at=clock.now())
    assert code_of(platform.enter(candidate)) == (401, "unauthorized")
    assert code_of(platform.get()) == (401, "unauthorized")
    assert code_of(platform.post("start", {"access_code": "X"})) == (401, "unauthorized")
    assert code_of(platform.post("progress", {"question": 1})) == (401, "unauthorized")


def test_a_deleted_key_opens_nothing_any_more(platform: Platform, candidate: Candidate) -> None:
    platform.enter(candidate)
    ApiKey.objects.all().delete()
    assert code_of(platform.get()) == (401, "unauthorized")


def test_an_entry_of_the_desk_is_no_entry_of_a_platform(platform: Platform, candidate: Candidate) -> None:
    from proctoring.services.entries import token_of

    token = token_of(factories.open_entry_for(candidate))
    assert code_of(platform.get(bearer=token)) == (401, "unauthorized")


def test_a_forged_token_is_unauthorized(platform: Platform, candidate: Candidate) -> None:
    platform.enter(candidate)
    forged = platform.token[:-1] + ("A" if platform.token[-1] != "A" else "B")
    for bearer in ("", forged, "pxe_zz", "pxe_" + "0" * 32 + ".x", "pxs_whatever"):
        assert code_of(platform.get(bearer=bearer)) == (401, "unauthorized")


def test_enter_writes_first_what_fell_due(platform: Platform, candidate: Candidate, in_state: Bring) -> None:
    in_state(candidate, AttemptState.IN_PROGRESS)
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        assert platform.enter(candidate).json()["attempt"]["state"] == "expired"
    assert factories.attempt_of(candidate).state == "expired"
