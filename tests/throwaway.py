"""What a test that starts a real server needs for a while: a port, a database, and a look whether it answers."""

import os
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (loopback)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def database(purpose: str) -> Iterator[str]:
    """A database of its own beside the one of the tests, on PostgreSQL; its address."""
    told = settings.DATABASES["default"]
    secret = f":{told['PASSWORD']}" if told["PASSWORD"] else ""
    server = f"postgres://{told['USER']}{secret}@{told['HOST'] or '127.0.0.1'}:{told['PORT'] or 5432}"
    name = f"pixsurv_{purpose}_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
