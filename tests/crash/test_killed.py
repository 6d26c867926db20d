"""Killed in the middle of their work, with -9: a web process, the whole server, PostgreSQL."""

import pytest

from tests.crash.conftest import Install

SOME = 15  # acknowledged acts between two crashes


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_web_is_killed(install: Install, vendor: str, rounds: int) -> None:
    """A process, and gunicorn starts another; then all of it, and somebody starts it again."""
    room = install(vendor)
    with room.crew() as crew:
        for _ in range(rounds):
            for _ in range(3):
                crew.await_acks(SOME)
                room.web.kill_a_worker()
            crew.await_acks(SOME)
            room.web.kill()
            room.web.start()
        crew.await_acks(SOME)
    assert crew.unanswered
    crew.reckon(room.url)


def test_postgresql_is_killed(install: Install, rounds: int) -> None:
    """The web processes go on: they say that the database is away, and come back by themselves."""
    room = install("postgresql")
    assert room.cluster is not None
    before = room.web.workers()
    with room.crew() as crew:
        for _ in range(rounds):
            crew.await_acks(SOME)
            room.cluster.kill()
            crew.await_refusal("La base de données ne répond pas")
            assert room.web.ask("/sante/vivant") == 200
            assert room.web.ask("/sante/pret") == 503
            room.cluster.start()
            crew.await_acks(SOME)
    crew.reckon(room.url)
    room.cluster.kill()
    room.cluster.start()
    # Nobody asked meanwhile: the connections that were kept are dead, and no request pays for that.
    assert {room.web.ask("/sante/pret") for _ in range(16)} == {200}
    assert room.web.workers() == before
