"""A heartbeat takes no session lock: what it may overwrite, and what may overwrite it (mechanics §1)."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from pixsurv.kernel import clock
from proctoring.models import Attempt, Entry
from proctoring.services import ending, resume, running
from proctoring.services.due import locked_room
from proctoring.services.entries import candidate_actor
from proctoring.services.progress import beat
from sessions_app.enums import EventKind
from sessions_app.models import Candidate
from tests.factories import ACCESS_CODE, PROCTOR, CandidateFactory, attempt_of, open_entry_for, put
from tests.journal import assert_sound
from tests.race.threads import codes, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def candidate(transactional_db: None) -> Candidate:
    return CandidateFactory()


def beating(entry: Entry, question: int) -> Callable[[], Any]:
    actor = candidate_actor(entry)
    return lambda: beat(entry=entry, visible=True, actor=actor, now=clock.now(), question=question)


def while_uncommitted(act: Callable[[], Any], meanwhile: Callable[[], Any]) -> list[Any]:
    """`meanwhile` begins when `act` has written but not committed, and has to wait for it."""
    written = threading.Event()

    def first() -> None:
        with transaction.atomic():
            act()
            written.set()
            time.sleep(0.3)  # long enough for the other to stand at the row's lock

    def second() -> Any:
        assert written.wait(10)
        return meanwhile()

    return together(first, second)


def test_heartbeat_that_waited_for_an_end_is_refused(candidate: Candidate) -> None:
    """« No more answers from the first second »: PostgreSQL must look at the row again, not at what it saw."""
    entry = put(candidate, "in_progress")
    assert entry is not None
    where: dict[str, Any] = {
        "session_id": candidate.session_id,
        "candidate_id": candidate.pk,
        "actor": PROCTOR,
    }

    results = while_uncommitted(lambda: ending.end_test(**where, now=clock.now()), beating(entry, 99))

    assert codes(results) == ["attempt_over"]
    assert attempt_of(candidate).question != 99


def test_heartbeat_that_waited_for_a_new_holder_is_refused(candidate: Candidate) -> None:
    old = put(candidate, "resume_authorised")
    assert old is not None
    new = open_entry_for(candidate)
    actor = candidate_actor(new)

    results = while_uncommitted(
        lambda: running.start_or_resume(entry=new, access_code=ACCESS_CODE, actor=actor, now=clock.now()),
        beating(old, 99),
    )

    assert codes(results) == ["entry_superseded"]
    assert attempt_of(candidate).question != 99


def test_heartbeat_and_act_are_both_kept(candidate: Candidate) -> None:
    entry = put(candidate, "in_progress")
    assert entry is not None
    where: dict[str, Any] = {
        "session_id": candidate.session_id,
        "candidate_id": candidate.pk,
        "actor": PROCTOR,
    }

    while_uncommitted(lambda: resume.authorise_resume(**where, now=clock.now()), beating(entry, 12))

    attempt = attempt_of(candidate)
    assert (attempt.state, attempt.question) == ("resume_authorised", 12)
    assert_sound(candidate.session)


@pytest.mark.postgres
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="on SQLite an act keeps every writer out from its beginning"
)
def test_heartbeat_between_reading_and_writing_of_an_act_is_kept(candidate: Candidate) -> None:
    entry = put(candidate, "in_progress", now=clock.now() - timedelta(minutes=1))
    assert entry is not None
    before = attempt_of(candidate)

    with locked_room(candidate.session_id, now=clock.now()) as room:
        attempt = room.attempt(candidate.pk)
        together(beating(entry, 12))
        room.write(attempt, EventKind.WORKSTATION_CHANGED, actor=PROCTOR, workstation="14")

    after = attempt_of(candidate)
    assert (after.question, after.workstation) == (12, "14")
    assert before.last_seen_at is not None
    assert after.last_seen_at is not None
    assert after.last_seen_at > before.last_seen_at


def test_heartbeats_of_a_class_do_not_wait_for_its_room(candidate: Candidate) -> None:
    """Ten beats while somebody holds the session: on PostgreSQL they pass; on SQLite they wait, none is lost."""
    entries = [put(one, "in_progress") for one in CandidateFactory.create_batch(6, session=candidate.session)]
    acts = [beating(entry, 20) for entry in entries if entry is not None]

    def hold() -> None:
        with locked_room(candidate.session_id, now=clock.now()):
            time.sleep(0.2)

    assert codes(together(hold, *acts)) == []
    assert Attempt.objects.filter(question=20).count() == 6
