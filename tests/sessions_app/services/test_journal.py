"""The one locked way to act in a session, and the only writer of the journal (architecture §2)."""

from datetime import timedelta

import pytest
from django.db import Error, InterfaceError, InternalError, OperationalError, ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from pixsurv.kernel.errors import Away, Busy, Full
from sessions_app.actors import CLOCK, Actor, ActorKind
from sessions_app.enums import EventKind
from sessions_app.models import Event, Session
from sessions_app.services.journal import busy_when_locked, locked_session
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


def test_a_row_that_waits_is_not_written_from_two_readings(session: Session) -> None:
    """One statement would write it once: half of the act would be lost."""
    one, again = (Session.objects.get(pk=session.pk) for _ in range(2))
    with locked_session(session.pk, now=NOW) as lock:
        lock.write_later(one, ["observations"])
        lock.write_later(one, ["site"])
        with pytest.raises(RuntimeError, match="waits"):
            lock.write_later(again, ["observations"])


def test_act_that_changes_nothing_writes_nothing(session: Session) -> None:
    with CaptureQueriesContext(connection) as captured, locked_session(session.pk, now=NOW):
        pass
    assert not [query for query in captured if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_unknown_session_is_not_found(db: None) -> None:
    with pytest.raises(Session.DoesNotExist), locked_session(0, now=NOW):
        pass


TROUBLES: list[tuple[Error, dict[str, str], type[Busy] | None]] = [
    (OperationalError("database is locked"), {"sqlite_errorname": "SQLITE_BUSY"}, Busy),
    (OperationalError("database table is locked"), {"sqlite_errorname": "SQLITE_LOCKED"}, Busy),
    (OperationalError("canceling statement due to lock timeout"), {"sqlstate": "55P03"}, Busy),
    (OperationalError("deadlock detected"), {"sqlstate": "40P01"}, Busy),
    (OperationalError("database or disk is full"), {"sqlite_errorname": "SQLITE_FULL"}, Full),
    (OperationalError("could not extend file: No space left on device"), {"sqlstate": "53100"}, Full),
    (OperationalError("disk I/O error"), {"sqlite_errorname": "SQLITE_IOERR_WRITE"}, Away),
    (OperationalError("server closed the connection unexpectedly"), {}, Away),
    (OperationalError("the database system is starting up"), {"sqlstate": "57P03"}, Away),
    (InterfaceError("connection already closed"), {}, Away),
    (InternalError("cannot execute UPDATE in a read-only transaction"), {"sqlstate": "25006"}, Away),
    (OperationalError("no such column: a"), {"sqlite_errorname": "SQLITE_ERROR"}, None),
    (ProgrammingError("column a does not exist"), {"sqlstate": "42703"}, None),
    (InternalError("current transaction is aborted"), {"sqlstate": "25P02"}, None),
]


@pytest.mark.parametrize(("error", "told", "refusal"), TROUBLES, ids=lambda value: str(value)[:40])
def test_trouble_of_the_database_is_told_from_a_defect(
    error: Error, told: dict[str, str], refusal: type[Busy] | None
) -> None:
    error.__cause__ = type("Cause", (Exception,), told)()
    with pytest.raises(refusal or type(error)) as raised, busy_when_locked():
        raise error
    assert type(raised.value) is (refusal or type(error))


def test_busy_says_when_to_ask_again() -> None:
    assert (Busy().code, Busy().status, Busy().retry_after) == ("busy", 503, 2)


def test_actor_tells_what_it_knows_only() -> None:
    assert CLOCK.facts() == {"kind": "clock", "name": "horloge"}
    known = Actor(kind=ActorKind.PROCTOR, name="P", access_id=1, account_id=2, entry_id="e")
    assert known.facts() == {"kind": "proctor", "name": "P", "access": 1, "account": 2, "entry": "e"}


def test_events_of_one_act_get_their_numbers_in_order(session: Session) -> None:
    """A dump, or whoever reads the table by its ids, sees them as they happened."""
    with locked_session(session.pk, now=NOW) as lock:
        for _ in range(3):
            lock.record(EventKind.INSTRUCTIONS_READ, actor=PROCTOR)
    written = list(Event.objects.filter(session=session).order_by("pk").values_list("sequence", flat=True))
    assert written == sorted(written)
    assert len(written) >= 3
