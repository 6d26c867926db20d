"""`Idempotency-Key`: the same key and body have one effect and one answer."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse

from pixsurv.kernel import clock
from proctoring.enums import AttemptState
from proctoring.models import Alert, Entry, Once
from proctoring.services import presence
from sessions_app.models import Candidate, Event
from tests import factories
from tests.proctoring.api.conftest import Bring
from tests.proctoring.api.platform import Platform, code_of

pytestmark = pytest.mark.django_db

CODE = {"access_code": factories.ACCESS_CODE}


def test_a_replayed_entry_is_the_same_entry(platform: Platform, candidate: Candidate) -> None:
    first = platform.enter(candidate, once="k1")
    with time_machine.travel(clock.now() + timedelta(hours=47), tick=False):
        again = platform.enter(candidate, once="k1")
    assert (again.status_code, again.content) == (200, first.content)
    assert Entry.objects.count() == 1
    assert platform.enter(candidate, once="k2").content != first.content
    assert Entry.objects.count() == 2


def test_the_table_of_keys_holds_neither_token_nor_name(platform: Platform, candidate: Candidate) -> None:
    platform.enter(candidate, once="k1")
    row = str(Once.objects.values().get())
    assert platform.token not in row
    assert candidate.last_name not in row
    assert platform.token.rpartition(".")[2] not in row


@pytest.mark.parametrize(
    ("call", "body", "other"),
    [
        ("progress", {"question": 3}, {"question": 4}),
        ("alerts", {"question": 3}, {"question": 4}),
        ("start", CODE, {"access_code": "XXXX22"}),
    ],
)
def test_every_call_is_replayed_or_refused(
    candidate: Candidate, in_state: Bring, call: str, body: dict[str, object], other: dict[str, object]
) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    first = platform.post(call, body, once="k")
    count = Event.objects.count()
    again = platform.post(call, body, once="k")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert code_of(platform.post(call, other, once="k")) == (422, "idempotency_mismatch")
    assert Event.objects.count() == count


@pytest.mark.parametrize("call", ["leave", "complete"])
def test_calls_without_body_are_replayed(candidate: Candidate, in_state: Bring, call: str) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    first = platform.post(call, once="k")
    again = platform.post(call, once="k")
    assert (again.status_code, again.content) == (first.status_code, first.content)


def test_an_alert_raised_again_under_its_key_is_new_again(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    assert platform.post("alerts", {"question": 3}, once="k").status_code == 201
    assert platform.post("alerts", {"question": 3}, once="k").status_code == 201
    assert platform.post("alerts", {"question": 3}).status_code == 200
    assert Alert.objects.count() == 1


def test_a_refusal_is_kept_with_the_request_that_it_filed(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    platform.enter(candidate)
    first = platform.post("start", CODE, once="k")
    assert code_of(first) == (403, "resume_not_authorised")
    assert factories.attempt_of(candidate).resume_requested_at is not None
    again = platform.post("start", CODE, once="k")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert [event.kind for event in Event.objects.all()].count("resume_requested") == 1


def test_a_key_belongs_to_its_caller_and_its_call(platform: Platform, candidate: Candidate) -> None:
    other = factories.CandidateFactory(session=candidate.session)
    for one in (candidate, other):
        presence.confirm_presence(
            session_id=one.session_id, candidate_id=one.pk, actor=factories.PROCTOR, now=clock.now()
        )
    for one in (candidate, other):
        assert platform.enter(one, once=f"entry-{one.pk}").status_code == 200
        assert platform.post("start", CODE, once="k").status_code == 200
        assert platform.post("progress", {"question": 2}, once="k").status_code == 200


def test_a_wrong_request_takes_no_key(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    assert code_of(platform.post("progress", {}, once="k")) == (422, "invalid")
    assert platform.post("progress", {"question": 1}, once="k").status_code == 200


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_under_one_key_act_once(platform: Platform, candidate: Candidate) -> None:
    together = threading.Barrier(2)

    def send(_: int) -> HttpResponse:
        mine = Platform.__new__(Platform)
        mine.__dict__.update(platform.__dict__)
        together.wait()
        try:
            return mine.enter(candidate, once="k")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, range(2)))
    # « busy » is an honest answer to a duplicate; asking again gets the first one's.
    done = [answer for answer in answers if answer.status_code == 200]
    assert done
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert {answer.content for answer in [*done, platform.enter(candidate, once="k")]} == {done[0].content}
    assert Entry.objects.count() == Once.objects.count() == 1
