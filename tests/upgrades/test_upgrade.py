"""The database of every released version becomes one of ours, with all that was in it (quality §2, Upgrades)."""

import json
import lzma
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

import psycopg
import pytest

from tests import throwaway
from tests.upgrades.__main__ import KEYS, ROOT

HERE = Path(__file__).parent
RELEASES = sorted(folder.name for folder in HERE.iterdir() if (folder / "demo.sql.xz").exists())

# What somebody who kept it would look at: counted before with the tables' own words, afterwards by our code.
COUNTED = {
    "Session": "sessions_app_session",
    "Candidate": "sessions_app_candidate",
    "Event": "sessions_app_event",
    "Pupil": "sessions_app_pupil",
    "Account": "sessions_app_account",
}
LOOK = """
import json
from sessions_app import models
from sessions_app.models import Session
from pixsurv.kernel import crypto
opened = [bool(crypto.unseal(one.sealed_password)) for one in Session.objects.all()]
print(json.dumps({
    "counts": {name: getattr(models, name)._base_manager.count() for name in %r},
    "passwords": all(opened),
}))
""" % (list(COUNTED),)  # noqa: UP031 (braces of JSON)


@pytest.fixture(params=RELEASES)
def sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    file = tmp_path / "kept.sqlite3"
    file.write_bytes(lzma.decompress((HERE / request.param / "demo.sqlite3.xz").read_bytes()))
    return f"sqlite:///{file}"


@pytest.fixture(params=RELEASES)
def postgres(request: pytest.FixtureRequest) -> Iterator[str]:
    with throwaway.database("kept") as address:
        dump = lzma.decompress((HERE / request.param / "demo.sql.xz").read_bytes())
        subprocess.run(["psql", "--quiet", address], input=dump, check=True, stdout=subprocess.DEVNULL)
        yield address


def manage(database: str, *words: str) -> str:
    env = {**os.environ, **KEYS, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "pixsurv.settings"}
    done = subprocess.run(
        [sys.executable, "manage.py", *words], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def becomes_ours(database: str, before: dict[str, int]) -> None:
    assert min(before.values()) > 0
    manage(database, "migrate", "--no-input", "--verbosity", "0")
    found: dict[str, Any] = json.loads(manage(database, "shell", "--verbosity", "0", "--command", LOOK))
    assert found["counts"] == before
    assert found["passwords"]
    assert manage(database, "verify_journal").count("événements vérifiés") == before["Session"]
    again = json.loads(manage(database, "demo", "--json"))
    assert len(again["sessions"]) >= 4


def counted(execute: Callable[[Any], Any]) -> dict[str, int]:
    return {
        name: execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 (our own names)
        for name, table in COUNTED.items()
    }


def test_released_sqlite_database_is_upgraded(sqlite: str) -> None:
    with closing(connect(sqlite.removeprefix("sqlite:///"))) as kept:
        before = counted(kept.execute)
    becomes_ours(sqlite, before)


@pytest.mark.postgres
def test_released_postgresql_database_is_upgraded(postgres: str) -> None:
    with psycopg.connect(postgres) as kept:
        before = counted(kept.execute)
    becomes_ours(postgres, before)


def test_there_is_a_release_to_come_from() -> None:
    assert RELEASES
