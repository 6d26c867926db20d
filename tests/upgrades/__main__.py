"""`make release-data`: keeps the demonstration database of this version, for the next one to be upgraded from.

Run at each release, on both databases; the result is committed. The keys are those of the test, known to everybody.
Environment: PIXSURV_TEST_POSTGRES (a server's URL where the user may create databases).
"""

import lzma
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from pixsurv import __version__
from tests.run import POSTGRES

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "SECRET_KEY": "known to this test and to nobody who matters, and long",
    "FIELD_KEYS": "bWFrZSBjaGVjayBlbmNyeXB0cyBub3RoaW5nIGF0IGE=",
}
NAME = "pixsurv_release_data"


def manage(database: str, *words: str) -> str:
    env = {**os.environ, **KEYS, "DATABASE_URL": database, "PIXSURV_DEMO": "1"}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def filled(database: str) -> None:
    manage(database, "migrate", "--no-input", "--verbosity", "0")
    manage(database, "demo")


def main() -> None:
    folder = Path(__file__).parent / __version__
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as kept:
        file = Path(kept) / "demo.sqlite3"
        filled(f"sqlite:///{file}")
        manage(f"sqlite:///{file}", "shell", "--command", _TIDY)
        (folder / "demo.sqlite3.xz").write_bytes(
            lzma.compress(file.read_bytes(), preset=9 | lzma.PRESET_EXTREME)
        )
    server, _, _ = POSTGRES.rpartition("/")
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME}")
        connection.execute(f"CREATE DATABASE {NAME}")
        try:
            filled(f"{server}/{NAME}")
            dump = subprocess.run(
                ["pg_dump", "--no-owner", f"--dbname={server}/{NAME}"], check=True, stdout=subprocess.PIPE
            ).stdout
        finally:
            connection.execute(f"DROP DATABASE {NAME}")
    (folder / "demo.sql.xz").write_bytes(lzma.compress(dump, preset=9 | lzma.PRESET_EXTREME))
    sys.stdout.write(f"{folder.relative_to(ROOT)}\n")


_TIDY = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cursor.execute("VACUUM")
"""

if __name__ == "__main__":
    main()
