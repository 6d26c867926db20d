"""What the acts of every minute cost the database (quality §1): statements of a whole request, BEGIN and COMMIT in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from proctoring.services import alerts
from proctoring.services.entries import candidate_actor
from sessions_app.models import Candidate
from tests.proctoring.room.conftest import NOW, Room

POSTGRES = connection.vendor == "postgresql"
# The access; BEGIN, the lock, the attempt, what is written, COMMIT; the rows with the counts, what can be taken back.
# SQLite writes the event, the session and the attempt one by one: it lives in our process.
MOST = 8 if POSTGRES else 10
IN_THE_LOCK = 3 if POSTGRES else 5  # mechanics §9: four ways to the database at most


def statements(act: Callable[[], Any]) -> list[str]:
    """In a test the whole is a transaction already: a savepoint stands for BEGIN, its release for COMMIT."""
    with CaptureQueriesContext(connection) as captured:
        assert act().status_code == 200
    return [query["sql"] for query in captured]


def within(asked: list[str]) -> int:
    begin, end = (next(n for n, sql in enumerate(asked) if word in sql) for word in ("SAVEPOINT", "RELEASE"))
    return end - begin - 1


@pytest.mark.parametrize(
    ("state", "path", "data"),
    [
        ("expected", "presence/", {"present": "1"}),
        ("present", "presence/", {"present": "0"}),
        ("in_progress", "reprise/", {}),
        ("resume_authorised", "reprise/retirer/", {}),
        ("in_progress", "fin/", {}),
    ],
)
def test_an_act_of_every_minute(room: Room, state: str, path: str, data: dict[str, str]) -> None:
    one, other = room.put(state), room.put(state)
    for _ in range(20):
        room.add()
    room.travel(seconds=11)
    room.post(room.at(other, path), htmx=True, **data)  # what is asked once a process
    room.travel(seconds=11)
    asked = statements(lambda: room.post(room.at(one, path), htmx=True, **data))
    assert len(asked) == MOST
    assert within(asked) == IN_THE_LOCK
    assert room.attempt(one).state != state


def test_an_end_that_leaves_alerts_without_object(room: Room) -> None:
    """Their state and their events come along; still four ways to the database within the lock."""
    one = room.put("in_progress")
    entry = room.attempt(one).holder
    assert entry is not None
    alerts.raise_alert(entry=entry, question=3, kinds=[], actor=candidate_actor(entry), now=NOW)
    asked = statements(lambda: room.post(room.at(one, "fin/"), htmx=True))
    assert within(asked) <= IN_THE_LOCK + (2 if POSTGRES else 4)
    assert [event.kind for event in room.events()][-2:] == ["ended", "alert_lapsed"]
    assert room.attempt(one).last_sequence == room.sequence()


def test_ticking_at_speed_asks_for_nobody_else(room: Room) -> None:
    """The undo of the last tick alone is offered, and its pupil was read with his row."""
    people: list[Candidate] = [room.add() for _ in range(4)]
    asked = [
        len(statements(lambda one=one: room.post(room.at(one, "presence/"), htmx=True, present="1")))  # type: ignore[misc]
        for one in people
    ]
    assert asked[1:] == [MOST] * 3
