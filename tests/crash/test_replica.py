"""The archive read from a streaming standby: never older than the primary, and no page the poorer when it is gone."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.crash.conftest import NAME, Install, Installation, a_cluster, tell
from tests.crash.crew import BACK_WITHIN, Line
from tests.crash.postgres import Cluster
from tests.crash.web import ROOT, environment

FOUND = 'FROM "sessions_app_session"'


def search(room: Installation, kept: dict[str, Any]) -> str:
    """The page that finds every pupil called so; its words are sealed in the address first."""
    line = Line(room.web.port)
    answer = line.ask("GET", "/archives/?q=dupont", kept["cookie"])
    assert answer is not None and answer.status == 303
    answer = line.ask("GET", answer.headers["Location"], kept["cookie"])
    line.close()
    assert answer is not None and answer.status == 200
    return answer.body


def reads(standby: Cluster) -> int:
    return (standby.folder / "log").read_text().count(FOUND)


def manage(database: str, *words: str, **more: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env=environment(database, 8000, **more), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_archive_is_read_from_a_standby(install: Install, tmp_path: Path) -> None:
    room = install("postgresql")
    primary = room.cluster
    assert primary is not None
    with a_cluster() as standby:
        standby.settings["log_statement"] = "all"
        standby.standby_of(primary)
        standby.start()
        copy = standby.url(NAME)
        manage(room.url, "check", "--database", "replica", DATABASE_REPLICA_URL=copy)
        room.web.kill()
        room.web.env |= {"DATABASE_REPLICA_URL": copy, "WEB_CONCURRENCY": "1"}
        room.web.start()

        # Closed this very moment: the standby has it, or is waited for.
        first = tell("keeper", room.url)
        assert str(first["number"]) in search(room, first)
        read = reads(standby)
        assert read > 0

        # It falls behind: what was closed a second ago is found all the same.
        standby.ask("postgres", "SELECT pg_wal_replay_pause()")
        second = tell("keeper", room.url)
        assert str(second["number"]) in search(room, first)
        assert reads(standby) == read
        assert "is more than 0.2 s late" in room.web.words()
        assert room.web.ask("/sante/pret") == 200

        # Well again, it is used again.
        standby.ask("postgres", "SELECT pg_wal_replay_resume()")
        waited = threading.Event()
        for _ in range(BACK_WITHIN):
            assert str(second["number"]) in search(room, first)
            if reads(standby) > read:
                break
            waited.wait(1)
        assert reads(standby) > read

        # A copy of everything can be taken from it too.
        manage(copy, "backup", str(tmp_path / "copy.zip"))

        standby.kill()
        assert str(second["number"]) in search(room, first)
        said = room.web.words()
        assert "the replica failed" in said or "the replica does not answer" in said
        assert room.web.ask("/sante/pret") == 200
