"""The one locked way to act in a session, and the only writer of the journal (architecture §2)."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from pixsurv.kernel.errors import Busy
from sessions_app.actors import CLOCK, Actor, ActorKind
from sessions_app.enums import EventKind
from sessions_app.models import Event, Session
from sessions_app.services.journal import busy_when_locked, is_lock_timeout, locked_session
from tests.factories import ADMIN, PROCTOR
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db


def test_record_writes_the_event_and_moves_the_head(session: Session) -> None:
    with locked_session(session.pk, now=NOW) as lock:
        event = lock.record(
            EventKind.INSTRUCTIONS_READ, actor=PROCTOR, observed_at=NOW - timedelta(minutes=1), facts={"n": 1}
        )
    session.refresh_from_db()
    assert (session.sequence, session.head_hash, session.list_sequence) == (1, event.hash, 0)
    stored = Event.objects.get(session=session)
    assert stored.facts == {"actor": {"kind": "proctor", "name": "Perrine Essai"}, "n": 1}
    assert (stored.observed_at, stored.received_at) == (NOW - timedelta(minutes=1), NOW)
    assert_sound(session)


def test_several_events_of_one_act_are_chained(session: Session) -> None:
    with locked_session(session.pk, now=NOW) as lock:
        for _ in range(3):
            lock.record(EventKind.INSTRUCTIONS_READ, actor=ADMIN, changes_list=True)
    session.refresh_from_db()
    assert (session.sequence, session.list_sequence) == (3, 3)
    assert_sound(session)


def test_act_that_fails_leaves_nothing(session: Session) -> None:
    before = everything(session)

    def fail() -> None:
        with locked_session(session.pk, now=NOW) as lock:
            lock.record(EventKind.INSTRUCTIONS_READ, actor=PROCTOR)
            lock.change(room="B13")
            lock.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert everything(session) == before


def test_facts_without_a_canonical_form_are_refused_before_anything_is_written(session: Session) -> None:
    before = everything(session)
    with pytest.raises(ValueError, match="float"), locked_session(session.pk, now=NOW) as lock:
        lock.record(EventKind.INSTRUCTIONS_READ, actor=PROCTOR, facts={"rate": 0.5})  # type: ignore[dict-item]
    assert everything(session) == before


def test_facts_cannot_pretend_another_actor(session: Session) -> None:
    with locked_session(session.pk, now=NOW) as lock:
        lock.record(
            EventKind.INSTRUCTIONS_READ, actor=PROCTOR, facts={"actor": {"kind": "admin", "name": "X"}}
        )
    assert last_event(session).facts["actor"] == {"kind": "proctor", "name": "Perrine Essai"}


def test_change_writes_these_columns_only(session: Session) -> None:
    with (
        CaptureQueriesContext(
            connection,
        ) as captured,
        locked_session(session.pk, now=NOW) as lock,
    ):
        lock.change(next_due_at=NOW)
        Session.objects.filter(pk=session.pk).update(observations="d’un autre")
    session.refresh_from_db()
    assert (session.next_due_at, session.observations) == (NOW, "d’un autre")
    assert kinds(session) == []
    updates = [query["sql"] for query in captured if query["sql"].startswith("UPDATE")]
    assert len(updates) == 2


def test_act_that_changes_nothing_writes_nothing(session: Session) -> None:
    with CaptureQueriesContext(connection) as captured, locked_session(session.pk, now=NOW):
        pass
    assert not [query for query in captured if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_unknown_session_is_not_found(db: None) -> None:
    with pytest.raises(Session.DoesNotExist), locked_session(0, now=NOW):
        pass


@pytest.mark.parametrize(
    ("message", "sqlstate", "busy"),
    [
        ("database is locked", None, True),
        ("database table is locked", None, True),
        ("canceling statement due to lock timeout", "55P03", True),
        ("server closed the connection unexpectedly", None, False),
        ("disk I/O error", "58030", False),
    ],
)
def test_busy_is_a_lock_not_had_and_nothing_else(message: str, sqlstate: str | None, busy: bool) -> None:
    class Cause(Exception):
        pass

    Cause.sqlstate = sqlstate  # type: ignore[attr-defined]
    error = OperationalError(message)
    error.__cause__ = Cause()
    assert is_lock_timeout(error) is busy
    with pytest.raises(Busy if busy else OperationalError), busy_when_locked():
        raise error


def test_busy_says_when_to_ask_again() -> None:
    assert (Busy().code, Busy().status, Busy().retry_after) == ("busy", 503, 2)


def test_actor_tells_what_it_knows_only() -> None:
    assert CLOCK.facts() == {"kind": "clock", "name": "horloge"}
    known = Actor(kind=ActorKind.PROCTOR, name="P", access_id=1, account_id=2, entry_id="e")
    assert known.facts() == {"kind": "proctor", "name": "P", "access": 1, "account": 2, "entry": "e"}
