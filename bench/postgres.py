"""Throw-away databases on the PostgreSQL that the tests use too."""

import os
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

SERVER = os.environ.get("PIXSURV_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")


def answers() -> bool:
    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def fresh(name: str) -> str:
    """The URL of an empty database of that name; one that was there is dropped."""
    drop(name)
    _do("CREATE DATABASE {}", name)
    return url(name)


def exists(name: str) -> bool:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


def drop(name: str) -> None:
    _do("DROP DATABASE IF EXISTS {}", name)


def url(name: str) -> str:
    return urlsplit(SERVER)._replace(path=f"/{name}").geturl()


def settle(name: str) -> None:
    """As autovacuum would have done by half past ten: statistics, visibility."""
    run(name, "VACUUM ANALYZE")


def run(name: str, statement: str) -> None:
    """One statement of ours in the database of that name."""
    with psycopg.connect(url(name), autocommit=True) as connection:
        connection.execute(sql.SQL(statement))


def _do(statement: str, name: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
