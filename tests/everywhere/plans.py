"""How the database would find the rows of a statement: through an index, or by reading a whole table that grows."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from pixsurv.kernel.kept import prepared_cursor

# Whose rows are counted by candidates, acts or years. A school has a few accounts, contacts, keys, slips; and no more
# than a few hundred rehearsals stand at a time.
GROWING = {
    "sessions_app_session", "sessions_app_candidate", "sessions_app_pupil", "sessions_app_event",
    "sessions_app_storedfile", "sessions_app_guesspool", "proctoring_attempt", "proctoring_entry",
    "proctoring_answer", "proctoring_alert", "proctoring_incident", "proctoring_case", "proctoring_proposal",
    "proctoring_proctoraccess", "proctoring_receipt", "proctoring_once", "proctoring_ticket", "proctoring_handover",
    "proctoring_paperpage", "proctoring_fraudsheet", "proctoring_eliminationslip",
    "django_session", "sessions_app_signin",
}  # fmt: skip
_READS = re.compile(r"\s*(SELECT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_NAMED = re.compile(r'"(\w+)" (?:AS )?"?(\w+)"?')
_SCAN = re.compile(r"^SCAN (\w+)")


TIMES = 1_000
# Who and what a row belongs to grows with the rows; its states and kinds do not.
_DISTINCT = """UPDATE pg_statistic SET stadistinct = -stadistinct / c.reltuples FROM pg_class c, pg_attribute a
    WHERE starelid = c.oid AND a.attrelid = c.oid AND a.attnum = staattnum AND a.attname LIKE %s
    AND stadistinct > 0 AND c.reltuples > 0 AND c.relname = ANY(%s)"""
# Nothing is learnt from three rows: without statistics the planner supposes that a key has few.
_FORGET = """DELETE FROM pg_statistic USING pg_class c
    WHERE starelid = c.oid AND c.reltuples < 100 AND c.relname = ANY(%s)"""
_ROWS = """UPDATE pg_class SET reltuples = greatest(reltuples * %s, 400000), relpages = greatest(relpages, 1)
    WHERE relname = ANY(%s) OR oid IN (
        SELECT indexrelid FROM pg_index JOIN pg_class t ON t.oid = indrelid WHERE t.relname = ANY(%s))"""


def believe_grown() -> None:
    """Tell PostgreSQL, until the transaction ends, that each of these tables holds a thousand times its rows, and
    400,000 at least: what it chooses then is what it chooses after years. SQLite chooses by rules and knows no sizes.
    """
    if connection.vendor != "postgresql":
        return
    names = sorted(GROWING)
    with connection.cursor() as cursor:
        # Ours alone: the catalogue that all databases share is locked by another test process as well.
        cursor.execute(f"ANALYZE {', '.join(sorted(connection.introspection.table_names(cursor)))}")
        cursor.execute(_DISTINCT, ["%_id", names])
        cursor.execute(_FORGET, [names])
        cursor.execute(_ROWS, [TIMES, names, names])


@contextmanager
def collected() -> Iterator[dict[str, Any]]:
    """Each statement that reads, with one set of its parameters."""
    found: dict[str, Any] = {}

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if _READS.match(sql) and not many:
            found.setdefault(sql, params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def whole_tables(sql: str, params: Any) -> set[str]:
    """The growing tables that this statement would read from end to end; empty when an index serves each.

    An index that is read without a condition is read from end to end too, unless a limit stops it.
    """
    if connection.vendor == "postgresql":
        # A kept query has the places of its parameters as PostgreSQL writes them.
        with prepared_cursor() if "$1" in sql else connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            plan = cursor.fetchone()[0]
        return set(_unserved(plan if isinstance(plan, list) else json.loads(plan)))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        steps = [row[3] for row in cursor.fetchall()]
    tables = {alias: table for table, alias in _NAMED.findall(sql) if table in GROWING}
    scanned = {match[1] for step in steps if (match := _SCAN.match(step))}
    return {tables.get(name, name) for name in scanned} & GROWING


def _unserved(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _unserved(one)
        return
    kind, table = node.get("Node Type", ""), node.get("Relation Name", "")
    if table in GROWING and (kind == "Seq Scan" or (kind.startswith("Index") and "Index Cond" not in node)):
        yield table
    for inner in (node.get("Plan"), node.get("Plans")):
        if inner is not None:
            yield from _unserved(inner)
