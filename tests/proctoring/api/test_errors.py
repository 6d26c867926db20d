"""Wrong requests and failures: always problem+json, always a code, never a 500 for what a caller sent."""

import json

import pytest
from django.db import OperationalError
from django.test import Client

from pixsurv.kernel.errors import Busy
from proctoring.api import attempt as attempt_calls
from proctoring.enums import AttemptState
from proctoring.services import running
from sessions_app.models import Candidate
from tests.proctoring.api.conftest import Bring
from tests.proctoring.api.platform import Platform, code_of

pytestmark = pytest.mark.django_db

PERSON = {"session_number": 123456, "last_name": "DUPONT", "first_name": "Paul", "birth_date": "1997-05-21"}
NASTY = ["\x00", "\x1f", "\x7f", "\x85", "\ud800", ""]


def fields_of(answer: object) -> dict[str, str]:
    assert code_of(answer) == (422, "invalid")  # type: ignore[arg-type]
    return {found["field"]: found["message"] for found in answer.json()["fields"]}  # type: ignore[attr-defined]


def enter(platform: Platform, **change: object) -> dict[str, str]:
    body = {**PERSON, **change}
    return fields_of(platform.call("POST", "/entries", body, bearer=platform.secret))


@pytest.mark.parametrize("name", PERSON)
def test_a_missing_field_is_named(platform: Platform, name: str) -> None:
    body = {key: value for key, value in PERSON.items() if key != name}
    answer = platform.call("POST", "/entries", body, bearer=platform.secret)
    assert fields_of(answer) == {name: "Ce champ est obligatoire."}


@pytest.mark.parametrize("name", ["last_name", "first_name"])
@pytest.mark.parametrize("bad", [*(f"A{char}B" for char in NASTY[:-1]), "", "x" * 101, 12, None, ["A"]])
def test_a_name_that_cannot_be_is_refused(platform: Platform, name: str, bad: object) -> None:
    assert set(enter(platform, **{name: bad})) == {name}


@pytest.mark.parametrize(
    "bad", ["21/05/1997", "19970521", "1997-W21-3", "1997-02-30", "", 19970521, None, "\x00"]
)
def test_a_date_that_cannot_be_is_refused(platform: Platform, bad: object) -> None:
    assert set(enter(platform, birth_date=bad)) == {"birth_date"}


@pytest.mark.parametrize("bad", [0, -1, 2**31, 10**30, "123456", 1.5, True, None])
def test_a_number_that_cannot_be_is_refused(platform: Platform, bad: object) -> None:
    assert set(enter(platform, session_number=bad)) == {"session_number"}


@pytest.mark.parametrize("bad", [4, 61, "15", 15.5, True, 10**30])
def test_a_heartbeat_out_of_range_is_refused(platform: Platform, bad: object) -> None:
    assert set(enter(platform, heartbeat=bad)) == {"heartbeat"}


@pytest.mark.parametrize("bad", ["\x00", "x" * 21, 14])
def test_a_workstation_that_cannot_be_is_refused(platform: Platform, bad: object) -> None:
    assert set(enter(platform, workstation=bad)) == {"workstation"}


def test_an_unknown_field_is_refused(platform: Platform) -> None:
    assert enter(platform, surname="DUPONT") == {"surname": "Ce champ n’existe pas."}


def test_a_ticket_and_an_identity_together_are_refused(platform: Platform) -> None:
    assert set(enter(platform, ticket="123456")) == {"last_name", "first_name", "birth_date"}


@pytest.mark.parametrize(
    ("call", "body", "field"),
    [
        ("start", {}, "access_code"),
        ("start", {"access_code": "\x00"}, "access_code"),
        ("start", {"access_code": ""}, "access_code"),
        ("start", {"access_code": "x" * 21}, "access_code"),
        ("start", {"access_code": 1}, "access_code"),
        ("progress", {}, "question"),
        ("progress", {"question": 0}, "question"),
        ("progress", {"question": 501}, "question"),
        ("progress", {"question": 10**40}, "question"),
        ("progress", {"question": True}, "question"),
        ("progress", {"question": 1, "visible": "yes"}, "visible"),
        ("progress", {"question": 1, "timed": None}, "timed"),
        ("progress", {"question": 1, "timed_out": 1}, "timed_out"),
        ("alerts", {"kinds": []}, "question"),
        ("alerts", {"question": 1, "kinds": ["sound"]}, "kinds.0"),
        ("alerts", {"question": 1, "kinds": "image"}, "kinds"),
        ("alerts", {"question": 1, "kinds": ["image"] * 5}, "kinds"),
        ("progress", [], "body"),
        ("progress", 12, "body"),
    ],
)
def test_a_wrong_field_is_named(
    candidate: Candidate, in_state: Bring, call: str, body: object, field: str
) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    assert set(fields_of(platform.post(call, body))) == {field}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"{'a': 1}",
        b"[" * 100_000,
        b'{"question": ' + b"9" * 5000 + b"}",
        b'{"question": NaN}',
    ],
)
def test_what_is_no_json_is_refused(candidate: Candidate, in_state: Bring, raw: bytes) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    assert fields_of(platform.post("progress", raw=raw))


def test_a_huge_body_is_refused(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    raw = json.dumps({"question": 1, "x": "y" * 1_100_000})
    assert code_of(platform.post("progress", raw=raw)) == (413, "too_large")


@pytest.mark.parametrize("key", ["with space", "é", "x" * 201])
def test_an_idempotency_key_that_cannot_be_is_refused(
    candidate: Candidate, in_state: Bring, key: str
) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    assert set(fields_of(platform.post("leave", once=key))) == {"Idempotency-Key"}


@pytest.mark.parametrize("path", ["/nowhere", "/attempt/", "/entries/", "/attempt/nowhere", "/docs/", "/%00"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_a_problem(platform: Platform, method: str, path: str) -> None:
    assert code_of(platform.call(method, path)) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [("GET", "/entries", "POST"), ("DELETE", "/attempt", "GET"), ("PUT", "/attempt/start", "POST")],
)
def test_another_method_is_a_problem(platform: Platform, method: str, path: str, allow: str) -> None:
    answer = platform.call(method, path)
    assert code_of(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == allow


def test_busy_says_when_to_ask_again(
    candidate: Candidate, in_state: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)

    def busy(**_: object) -> None:
        raise Busy

    monkeypatch.setattr(running, "complete", busy)
    answer = platform.post("complete")
    assert code_of(answer) == (503, "busy")
    assert answer.headers["Retry-After"] == "2"


def test_a_database_that_fails_is_busy(
    candidate: Candidate, in_state: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("the server went away")

    monkeypatch.setattr(attempt_calls, "standing", fail)
    assert code_of(platform.get()) == (503, "busy")


def test_a_defect_is_a_problem_too(
    candidate: Candidate, in_state: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(attempt_calls, "standing", fail)
    platform.client = Client(raise_request_exception=False)
    assert code_of(platform.get()) == (500, "server_error")


def test_a_defect_is_not_hidden_from_tests(
    candidate: Candidate, in_state: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(attempt_calls, "standing", fail)
    with pytest.raises(ZeroDivisionError):
        platform.get()
