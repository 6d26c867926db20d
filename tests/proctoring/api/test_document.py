"""The OpenAPI document says all that the API answers, and the API answers nothing else."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from pixsurv.wsgi import application
from proctoring.api.documents import calls
from proctoring.enums import AttemptState
from proctoring.selectors.attempt import AlertObject, AttemptObject
from sessions_app.models import Candidate
from tests.proctoring.api.conftest import Bring

pytestmark = pytest.mark.django_db

# contract.md, Test-platform API: status → codes, of each call.
ALWAYS = {401: {"unauthorized"}, 429: {"too_many_requests"}, 503: {"busy"}}
POST = {422: {"invalid", "idempotency_mismatch"}}
CONTRACT: dict[str, dict[int, set[str]]] = {
    "POST /api/v1/entries": {
        200: set(),
        403: {"not_certifiable"},
        404: {"no_match"},
        410: {"session_closed"},
        **POST,
    },
    "GET /api/v1/attempt": {200: set(), 409: {"entry_superseded"}},
    "POST /api/v1/attempt/start": {
        200: set(),
        403: {"presence_not_confirmed", "resume_not_authorised"},
        404: {"wrong_access_code"},
        409: {"attempt_over"},
        410: {"session_closed"},
        **POST,
    },
    "POST /api/v1/attempt/progress": {200: set(), 409: {"attempt_over", "entry_superseded"}, **POST},
    "POST /api/v1/attempt/alerts": {200: set(), 201: set(), 409: {"entry_superseded"}, **POST},
    "POST /api/v1/attempt/leave": {202: set(), **POST},
    "POST /api/v1/attempt/complete": {200: set(), **POST},
}


def document() -> dict[str, Any]:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert not answer.cookies
    return dict(answer.json())


def test_the_document_declares_every_call_status_and_code_of_the_contract() -> None:
    declared = {f"{call.method} {call.path}": call for call in calls(document())}
    assert set(declared) == set(CONTRACT)
    for name, statuses in CONTRACT.items():
        codes = {answer.status: set(answer.codes) for answer in declared[name].answers}
        for status, wanted in {**statuses, **ALWAYS}.items():
            assert wanted <= codes[status], f"{name} {status}"


def test_refusals_are_declared_as_problems() -> None:
    for operations in document()["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                wanted = "application/json" if int(status) < 400 else "application/problem+json"
                assert list(answer["content"]) == [wanted]


def test_the_declared_attempt_is_the_one_that_is_built() -> None:
    schemas = document()["components"]["schemas"]
    assert list(schemas["AttemptAnswer"]["properties"]) == list(AttemptObject.__annotations__)
    assert list(schemas["AlertAnswer"]["properties"]) == list(AlertObject.__annotations__)
    assert schemas["AttemptAnswer"]["properties"]["state"]["enum"] == AttemptState.values


@contextmanager
def one_connection() -> Iterator[None]:
    """As django.test.Client does around each request: the test's transaction outlives it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("name", CONTRACT)
def test_no_generated_request_gets_an_undeclared_answer(
    name: str, mode: GenerationMode, candidate: Candidate, in_state: Bring
) -> None:
    """What a stranger would send who has nothing but the document, within its bounds and out of them."""
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    method, path = name.split()
    bearer = platform.secret if path.endswith("/entries") else platform.token
    with one_connection():
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def send(case: schemathesis.Case) -> None:
        if mode.is_positive and (key := case.headers.get("Idempotency-Key")):
            case.headers["Idempotency-Key"] = (key + uuid.uuid4().hex)[-200:]  # new for each operation
        case.call_and_validate(headers={"Authorization": f"Bearer {bearer}", "Accept-Encoding": "identity"})

    with one_connection():
        send()


def test_the_page_lists_every_call_and_code_and_runs_nothing() -> None:
    answer = Client().get("/api/v1/docs")
    assert answer.status_code == 200
    page = answer.content.decode()
    for name, statuses in CONTRACT.items():
        assert name in page
        for codes in statuses.values():
            assert all(f"<code>{code}</code>" in page for code in codes)
    assert "curl -X POST http://127.0.0.1:8000/api/v1/entries" in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=|\sstyle=|javascript:", page)


def test_the_root_leads_to_the_page() -> None:
    answer = Client().get("/api/v1/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/api/v1/docs")
