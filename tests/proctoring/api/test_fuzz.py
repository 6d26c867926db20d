"""The API under requests made from its own document: in every state of a test, in any order, under any bearer."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pixsurv.wsgi import application
from proctoring.enums import AttemptState
from sessions_app.models import Candidate
from tests import factories
from tests.everywhere.asking import taken_back
from tests.proctoring.api.conftest import Bring
from tests.proctoring.api.platform import code_of
from tests.proctoring.api.test_document import CONTRACT, one_connection

pytestmark = pytest.mark.django_db

CALLS = [tuple(name.split()) for name in CONTRACT if not name.endswith("/entries")]


def go_on(candidate: Candidate, bearer: str, examples: int, steps: int = 6) -> None:
    """Calls in any order on one test, which each of them may bring elsewhere; then it is as it was."""
    with one_connection():
        schema: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    made = {call: schema[call[1]][call[0]].as_strategy() for call in CALLS}

    @given(data=st.data())
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def play(data: st.DataObject) -> None:
        with taken_back():
            for call in data.draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=steps)):
                case = data.draw(made[call])
                if call[1].endswith("/start") and data.draw(st.booleans()):
                    case.body = {"access_code": candidate.session.access_code}
                case.headers.pop("Idempotency-Key", None)  # `test_once` has those
                case.call_and_validate(
                    headers={"Authorization": f"Bearer {bearer}", "Accept-Encoding": "identity"}
                )

    with one_connection():
        play()


@pytest.mark.parametrize("state", list(AttemptState))
def test_no_order_of_calls_gets_an_undeclared_answer(
    state: AttemptState, candidate: Candidate, in_state: Bring
) -> None:
    go_on(candidate, in_state(candidate, state).token, examples=5)


@pytest.mark.soak
@pytest.mark.parametrize("state", list(AttemptState))
def test_no_long_order_of_calls_gets_an_undeclared_answer(
    state: AttemptState, candidate: Candidate, in_state: Bring
) -> None:
    go_on(candidate, in_state(candidate, state).token, examples=200, steps=20)


@pytest.mark.parametrize("name", CONTRACT)
def test_no_call_takes_another_bearer_than_its_own(name: str, candidate: Candidate, in_state: Bring) -> None:
    """Neither none, nor a forged one, a revoked key, the key where an entry is asked, the entry where a key is."""
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    method, path = name.split()
    path = path.removeprefix("/api/v1")
    revoked = factories.ApiKeyFactory(
        establishment=candidate.session.establishment, name="Ancienne", revoked_at=candidate.session.starts_at
    )
    entry = platform.token
    wrong = ["", "x", f"{entry}x", entry[:-1], f"{entry.split('.')[0]}.{'A' * 43}", "pxs_" + "0" * 40]
    wrong += [revoked.secret, entry if path == "/entries" else platform.secret]  # type: ignore[attr-defined]
    for bearer in wrong:
        answer = platform.call(method, path, {} if method == "POST" else None, bearer=bearer)
        assert code_of(answer) == (401, "unauthorized"), bearer
        assert not answer.cookies
