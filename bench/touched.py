"""What does not depend on the machine: statements of each page, and the rows that PostgreSQL read for it.

Rows of a sequential scan and entries of every index scan, of our own tables, as the transaction's own counters have
them. Run as a process of its own, on a world given on its standard input; prints JSON.
"""

import json
import sys
from typing import Any

import django

WARM_UP = 2  # calls that have what a process asks once behind them
EVERY_TEST = 41  # what a process asks once an entry, for the forty tests of the room that beats
COUNTERS = """SELECT coalesce(sum(pg_stat_get_xact_tuples_returned(oid)), 0) FROM pg_class
    WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"""


def main() -> None:
    django.setup()
    world = json.load(sys.stdin)
    from bench.grown_pages import pages

    json.dump({one.name: touched(one) for one in pages(world)}, sys.stdout)


def touched(scenario: Any) -> dict[str, float]:
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from bench.counts import ask

    calls = scenario.calls()
    for _ in range(EVERY_TEST if scenario.name == "heartbeat" else WARM_UP):
        ask(next(calls))
    with CaptureQueriesContext(connection) as asked:
        ask(next(calls))
    queries = len(asked)  # the next request empties the log
    with transaction.atomic():
        before = rows()
        ask(next(calls))
        after = rows()
    return {"queries": queries, "rows": after - before}


def rows() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(COUNTERS)
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
