"""PgBouncer as `deploy/pgbouncer.ini` has it, in front of a cluster; Debian's package."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from bench import front
from tests.crash import postgres
from tests.throwaway import free_port


@contextmanager
def pooler(cluster: postgres.Cluster, name: str) -> Iterator[str]:
    """The address of database `name` through it."""
    if front.program("pgbouncer") is None:
        pytest.skip("pgbouncer is not installed")
    server = ("127.0.0.1", cluster.port)
    with front.pgbouncer(free_port(), server=server, name=name, user=postgres.USER) as (pooled, _):
        yield pooled


def servers(pooled: str) -> int:
    """How many connections it has to PostgreSQL."""
    address = pooled.partition("?")[0].rpartition("/")[0]
    with psycopg.connect(f"{address}/pgbouncer", autocommit=True) as connection:
        cursor = psycopg.ClientCursor(connection)  # its own console knows plain queries only
        return len(cursor.execute("SHOW SERVERS").fetchall())
