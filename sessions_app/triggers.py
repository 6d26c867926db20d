"""Append-only journal, held by the database itself (mechanics §1).

Installed after every migrate, because on SQLite an `AlterField` rebuilds the table and silently drops its triggers.
One predicate on both databases:

- DELETE only where the session is a rehearsal, or is open and no test of it ever started (a launch that was
  taken back still counts);
- UPDATE only of `facts` and `salt` to NULL, all else equal, where the session is under elimination: from the instant
  that its row says until it is eliminated, which shuts the door again (decision 0023);
- INSERT refuses an existing id or (session, sequence): the keys do on PostgreSQL; on SQLite INSERT OR REPLACE would
  delete the row in the way, past the DELETE trigger wherever `recursive_triggers` is off: a trigger looks first;
- on PostgreSQL also TRUNCATE.
"""

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "sessions_app_event"
KEPT = (
    "id",
    "session_id",
    "sequence",
    "kind",
    "candidate_id",
    "observed_at",
    "received_at",
    "facts_digest",
    "previous_hash",
    "hash",
)
MAY_DELETE = """EXISTS (SELECT 1 FROM sessions_app_session s
    WHERE s.id = OLD.session_id AND (s.kind = 'rehearsal'
        OR s.closed_at IS NULL AND s.state <> 'eliminated' AND NOT EXISTS
            (SELECT 1 FROM sessions_app_event e WHERE e.session_id = s.id AND e.kind = 'started')))"""
UNDER_ELIMINATION = """EXISTS (SELECT 1 FROM sessions_app_session s
    WHERE s.id = OLD.session_id AND s.eliminating_at IS NOT NULL AND s.state <> 'eliminated')"""

STANDS = """EXISTS (SELECT 1 FROM sessions_app_event e
    WHERE e.id = NEW.id OR e.session_id = NEW.session_id AND e.sequence = NEW.sequence)"""


def _same(column: str, operator: str) -> str:
    return f"NEW.{column} {operator} OLD.{column}"


def _sqlite() -> list[str]:
    same = " AND ".join(_same(column, "IS") for column in KEPT)
    return [
        f"""CREATE TRIGGER event_no_delete BEFORE DELETE ON {TABLE} WHEN NOT {MAY_DELETE}
            BEGIN SELECT RAISE(ABORT, 'journal: delete refused'); END""",
        f"""CREATE TRIGGER event_no_update BEFORE UPDATE ON {TABLE}
            WHEN NOT (NEW.facts IS NULL AND NEW.salt IS NULL AND {same} AND {UNDER_ELIMINATION})
            BEGIN SELECT RAISE(ABORT, 'journal: update refused'); END""",
        f"""CREATE TRIGGER event_no_replace BEFORE INSERT ON {TABLE}
            WHEN {STANDS}
            BEGIN SELECT RAISE(ABORT, 'journal: insert refused'); END""",
    ]


def _postgresql() -> list[str]:
    same = " AND ".join(_same(column, "IS NOT DISTINCT FROM") for column in KEPT)
    return [
        f"""CREATE OR REPLACE FUNCTION event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    IF {MAY_DELETE} THEN RETURN OLD; END IF;
                ELSIF TG_OP = 'UPDATE' THEN
                    IF NEW.facts IS NULL AND NEW.salt IS NULL AND {same} AND {UNDER_ELIMINATION} THEN
                        RETURN NEW;
                    END IF;
                END IF;
                RAISE EXCEPTION 'journal: % refused', lower(TG_OP) USING ERRCODE = 'integrity_constraint_violation';
            END $$""",
        f"""CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON {TABLE}
            FOR EACH ROW EXECUTE FUNCTION event_guard()""",
        f"""CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON {TABLE}
            FOR EACH STATEMENT EXECUTE FUNCTION event_guard()""",
    ]


def remove(connection: BaseDatabaseWrapper) -> None:
    """Lift the guard: for a reinstall, and for the tests' flush."""
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    names = {
        "postgresql": ("event_no_change", "event_no_truncate"),
        "sqlite": ("event_no_delete", "event_no_update", "event_no_replace"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the guard in place; again is harmless."""
    if TABLE not in connection.introspection.table_names():
        return
    remove(connection)
    with connection.cursor() as cursor:
        for statement in {"postgresql": _postgresql, "sqlite": _sqlite}[connection.vendor]():
            cursor.execute(statement)


def install_after_migrate(*, using: str, **_: Any) -> None:
    """Receiver of `post_migrate`."""
    install(connections[using])
