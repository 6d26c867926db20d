"""The journal is append-only, whoever asks, on both databases and after all migrations (mechanics §1)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from proctoring.services.closing import close_session, take_launch_back
from sessions_app import triggers
from sessions_app.enums import SessionKind
from sessions_app.models import Candidate, Event, Session
from tests.factories import ADMIN, PROCTOR, CandidateFactory, SessionFactory, put
from tests.journal import NOW

ON_SQLITE = connection.vendor == "sqlite"


@pytest.fixture
def event(candidate: Candidate) -> Event:
    """The first event of a session that was launched."""
    put(candidate, "in_progress", now=NOW)
    return Event.objects.get(session=candidate.session, sequence=1)


@pytest.fixture
def quiet(candidate: Candidate) -> Event:
    """The only event of a session in which nothing started."""
    put(candidate, "present", now=NOW)
    return Event.objects.get(session=candidate.session)


def execute(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def rows() -> list[dict[str, Any]]:
    return list(Event.objects.order_by("pk").values())


def refused(act: Callable[[], object], words: str = "journal: ") -> None:
    """The act fails, in words of ours, and leaves everything as it was."""
    before = rows()
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        act()
    assert rows() == before


CHANGES: dict[str, Any] = {
    "sequence": 99,
    "kind": "ended",
    "candidate_id": 99,
    "observed_at": NOW.replace(year=2025),
    "received_at": NOW.replace(year=2025),
    "facts": {"actor": {}},
    "salt": "00" * 16,
    "facts_digest": "0" * 64,
    "previous_hash": "1" * 64,
    "hash": "1" * 64,
}


def test_columns_of_the_guard_are_those_of_the_table() -> None:
    """A column added to the table and forgotten in the guard could be changed during an elimination."""
    columns = {field.column for field in Event._meta.concrete_fields}
    assert set(triggers.KEPT) | {"facts", "salt"} == columns
    assert set(CHANGES) == columns - {"id", "session_id"}


@pytest.mark.django_db
@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("eliminating", [False, True])
def test_event_is_not_changed(event: Event, column: str, eliminating: bool) -> None:
    if eliminating:
        Session.objects.filter(pk=event.session_id).update(eliminating_at=NOW)
    refused(lambda: Event.objects.filter(pk=event.pk).update(**{column: CHANGES[column]}), "journal: update")


@pytest.mark.django_db
@pytest.mark.parametrize("column", [column for column in CHANGES if column not in {"facts", "salt"}])
def test_event_is_not_changed_along_with_its_elimination(event: Event, column: str) -> None:
    Session.objects.filter(pk=event.session_id).update(eliminating_at=NOW)
    refused(
        lambda: Event.objects.filter(pk=event.pk).update(facts=None, salt=None, **{column: CHANGES[column]}),
        "journal: update",
    )


@pytest.mark.django_db
def test_event_does_not_move_to_another_session_or_id(event: Event) -> None:
    other = SessionFactory()
    Session.objects.filter(pk=event.session_id).update(eliminating_at=NOW)
    refused(
        lambda: execute("UPDATE sessions_app_event SET session_id = %s WHERE id = %s", other.pk, event.pk)
    )
    refused(lambda: execute("UPDATE sessions_app_event SET id = 999999 WHERE id = %s", event.pk))


@pytest.mark.django_db
def test_facts_are_eliminated_only_under_elimination(event: Event) -> None:
    def eliminate() -> None:
        Event.objects.filter(pk=event.pk).update(facts=None, salt=None)

    refused(eliminate, "journal: update")
    Session.objects.filter(pk=event.session_id).update(eliminating_at=NOW)
    eliminate()
    event.refresh_from_db()
    assert (event.facts, event.salt) == (None, None)
    eliminate()  # again is harmless
    refused(lambda: Event.objects.filter(pk=event.pk).update(facts={}, salt="00" * 16), "journal: update")


@pytest.mark.django_db
@pytest.mark.parametrize("gone", [{"facts": None}, {"salt": None}])
def test_facts_and_salt_are_eliminated_together(event: Event, gone: dict[str, None]) -> None:
    Session.objects.filter(pk=event.session_id).update(eliminating_at=NOW)
    refused(lambda: Event.objects.filter(pk=event.pk).update(**gone), "journal: update")


@pytest.mark.django_db
def test_elimination_of_one_session_opens_no_other(event: Event) -> None:
    Session.objects.filter(pk=SessionFactory().pk).update(eliminating_at=NOW)
    refused(lambda: Event.objects.filter(pk=event.pk).update(facts=None, salt=None), "journal: update")


@pytest.mark.django_db
def test_event_of_a_launched_session_is_not_deleted(event: Event) -> None:
    refused(event.delete, "journal: delete")
    refused(lambda: Event.objects.all().delete(), "journal: delete")
    refused(lambda: execute("DELETE FROM sessions_app_event"), "journal: delete")


@pytest.mark.django_db
def test_event_of_a_closed_session_is_not_deleted(quiet: Event) -> None:
    close_session(session_id=quiet.session_id, actor=PROCTOR, now=NOW)
    refused(quiet.delete, "journal: delete")


@pytest.mark.django_db
def test_event_of_a_launch_taken_back_is_not_deleted(event: Event) -> None:
    take_launch_back(session_id=event.session_id, actor=ADMIN, now=NOW)
    refused(event.delete, "journal: delete")


@pytest.mark.django_db
def test_event_of_a_session_under_elimination_is_not_deleted(event: Event) -> None:
    Session.objects.filter(pk=event.session_id).update(eliminating_at=NOW)
    refused(event.delete, "journal: delete")


@pytest.mark.django_db
def test_event_of_a_session_that_was_never_launched_is_deleted(quiet: Event) -> None:
    """P10: such a session can be deleted."""
    quiet.delete()
    assert rows() == []


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["in_progress", "completed"])
def test_events_of_a_rehearsal_are_deleted(state: str) -> None:
    session = SessionFactory(kind=SessionKind.REHEARSAL)
    put(CandidateFactory(session=session), state, now=NOW)
    Event.objects.filter(session=session).delete()
    assert rows() == []


@pytest.mark.django_db
def test_events_of_the_neighbour_stay(event: Event) -> None:
    """A rehearsal beside an exam, deleted in one statement: all or nothing."""
    session = SessionFactory(kind=SessionKind.REHEARSAL)
    put(CandidateFactory(session=session), "in_progress", now=NOW)
    refused(lambda: execute("DELETE FROM sessions_app_event"), "journal: delete")


COPIED = "session_id, sequence, kind, candidate_id, observed_at, received_at, facts, salt, facts_digest, previous_hash"


def insert(
    event: Event, *, verb: str = "INSERT", row_id: str = "NULL", tail: str = "", sequence: str = "sequence"
) -> str:
    """A statement that copies `event` under an id and a sequence, with another hash."""
    columns = COPIED.replace("sequence", sequence, 1)
    with_id = "" if row_id == "NULL" else "id, "
    values = "" if row_id == "NULL" else f"{row_id}, "
    copied = f"({with_id}{COPIED}, hash) SELECT {values}{columns}, 'x'"
    return f"{verb} INTO {Event._meta.db_table} {copied} FROM {Event._meta.db_table} WHERE id = {event.pk} {tail}"


@pytest.mark.django_db
def test_sequence_is_not_written_twice(event: Event) -> None:
    refused(lambda: execute(insert(event)), ".+")


@pytest.mark.django_db
def test_id_is_not_written_twice(event: Event) -> None:
    refused(lambda: execute(insert(event, row_id=str(event.pk), sequence="99")), ".+")


@pytest.mark.django_db
def test_event_is_appended(event: Event) -> None:
    """The guard refuses no more than it should."""
    execute(insert(event, sequence="99"))
    assert Event.objects.filter(sequence=99).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("launched", [True, False])
@pytest.mark.skipif(not ON_SQLITE, reason="SQLite's own verb")
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
@pytest.mark.parametrize("recursive", ["ON", "OFF"], ids=["our connection", "another program"])
def test_event_is_not_replaced(candidate: Candidate, launched: bool, verb: str, recursive: str) -> None:
    """Neither by its sequence nor by its id, in no session, and without trusting the connection's pragma."""
    put(candidate, "in_progress" if launched else "present", now=NOW)
    event = Event.objects.get(session=candidate.session, sequence=1)
    execute(f"PRAGMA recursive_triggers={recursive}")
    try:
        refused(lambda: execute(insert(event, verb=verb)))
        refused(lambda: execute(insert(event, verb=verb, row_id=str(event.pk), sequence="99")))
    finally:
        execute("PRAGMA recursive_triggers=ON")


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["(id)", "(session_id, sequence)"])
def test_event_is_not_changed_on_conflict(event: Event, target: str) -> None:
    same = {"(id)": {"row_id": str(event.pk), "sequence": "99"}, "(session_id, sequence)": {}}[target]
    refused(lambda: execute(insert(event, **same, tail=f"ON CONFLICT {target} DO UPDATE SET kind = 'ended'")))


@pytest.mark.django_db
@pytest.mark.skipif(ON_SQLITE, reason="PostgreSQL's own verb")
@pytest.mark.parametrize(
    "statement", ["TRUNCATE sessions_app_event", "TRUNCATE sessions_app_session CASCADE"]
)
def test_journal_is_not_truncated(event: Event, statement: str) -> None:
    # What the test itself wrote must be checked now: PostgreSQL truncates no table with work still to do.
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    refused(lambda: execute(statement), "journal: truncate refused")


@pytest.mark.django_db
def test_session_with_events_is_not_deleted(event: Event) -> None:
    with pytest.raises(models.ProtectedError):
        event.session.delete()


@pytest.mark.django_db
def test_guard_is_put_back_by_migrate(event: Event) -> None:
    triggers.remove(connection)
    call_command("migrate", verbosity=0)
    refused(event.delete, "journal: delete")
    call_command("migrate", "proctoring", verbosity=0)
    refused(event.delete, "journal: delete")


@pytest.mark.django_db
def test_guard_put_up_twice_is_one_guard(event: Event) -> None:
    triggers.install(connection)
    triggers.install(connection)
    refused(event.delete, "journal: delete")
    triggers.remove(connection)
    with transaction.atomic():
        event.delete()
        transaction.set_rollback(True)
    triggers.install(connection)


@pytest.mark.django_db(transaction=True)
def test_guard_survives_a_rebuilt_table_through_migrate() -> None:
    """On SQLite an AlterField rebuilds the table and drops its triggers without a word."""
    field = Event._meta.get_field("kind")
    wider = models.CharField(max_length=31, choices=field.choices)
    wider.set_attributes_from_name("kind")
    wider.model = Event
    with connection.schema_editor() as editor:
        editor.alter_field(Event, field, wider)
    with connection.schema_editor() as editor:
        editor.alter_field(Event, wider, field)
    call_command("migrate", verbosity=0)

    candidate = CandidateFactory()
    put(candidate, "in_progress", now=NOW)
    refused(lambda: Event.objects.filter(sequence=1).update(kind="ended"), "journal: update")


@pytest.mark.django_db(transaction=True)
def test_guard_is_put_back_by_flush() -> None:
    triggers.remove(connection)
    call_command("flush", verbosity=0, interactive=False)

    put(CandidateFactory(), "in_progress", now=NOW)
    refused(lambda: Event.objects.all().delete(), "journal: delete")


@pytest.mark.django_db(transaction=True)
def test_flush_of_a_journal_is_refused() -> None:
    """`manage.py flush` is a slip of the finger on a school's database."""
    put(CandidateFactory(), "in_progress", now=NOW)
    before = rows()
    with pytest.raises(Exception, match=r"journal: (delete|truncate)|flush"):
        call_command("flush", verbosity=0, interactive=False)
    assert rows() == before


@pytest.mark.django_db
def test_refusals_are_integrity_errors_of_the_database(event: Event) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        event.delete()
