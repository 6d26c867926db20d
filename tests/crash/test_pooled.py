"""Behind PgBouncer in transaction mode, as deploy/ has it: a room works, waits for nobody, and outlives PostgreSQL."""

from pathlib import Path

from tests.crash.conftest import NAME, Install, tell
from tests.crash.pooler import pooler, servers
from tests.crash.test_away import HOLDS, outage, table_held
from tests.crash.test_replica import manage, search

SOME = 15


def test_room_works_behind_a_pooler(install: Install, tmp_path: Path) -> None:
    room = install("postgresql")
    assert room.cluster is not None
    with pooler(room.cluster, NAME) as pooled:
        room.web.kill()
        room.web.env["DATABASE_URL"] = pooled
        room.web.start()
        # A lock is refused after two seconds: the limits of its connections are ours.
        outage(room, table_held, HOLDS["postgresql"])
        assert servers(pooled) <= 20
        with room.crew() as crew:
            crew.await_acks(SOME)
            room.cluster.kill()
            crew.await_refusal("La base de données ne répond pas")
            room.cluster.start()
            crew.await_acks(SOME)
        # Services and commands of their own process go through it too, whole reads row by row.
        manage(pooled, "migrate")
        manage(pooled, "backup", str(tmp_path / "copy.zip"))
        kept = tell("keeper", pooled)
        assert str(kept["number"]) in search(room, kept)
