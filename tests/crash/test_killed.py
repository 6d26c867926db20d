"""Killed in the middle of their work, with -9: a web process, the whole server, PostgreSQL."""

import random
from collections.abc import Callable

import pytest

from tests.crash.conftest import Install, Installation
from tests.crash.crew import Crew
from tests.soak import Share

BOTH = pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
SOME = 15  # acknowledged acts between two crashes


def kill_a_process(room: Installation, crew: Crew) -> None:
    """Another one serves meanwhile, and gunicorn replaces it."""
    room.web.kill_a_worker()


def kill_the_server(room: Installation, crew: Crew) -> None:
    """And somebody, or systemd, starts it again."""
    room.web.kill()
    room.web.start()


def kill_postgresql(room: Installation, crew: Crew) -> None:
    """The web processes stay, say that the database is away, and find it again."""
    assert room.cluster is not None
    room.cluster.kill()
    crew.await_refusal("La base de données ne répond pas")
    assert room.web.ask("/sante/vivant") == 200
    assert room.web.ask("/sante/pret") == 503
    room.cluster.start()


CRASHES: dict[str, list[Callable[[Installation, Crew], None]]] = {
    "sqlite": [kill_a_process, kill_the_server],
    "postgresql": [kill_a_process, kill_the_server, kill_postgresql],
}


@BOTH
def test_web_is_killed(install: Install, vendor: str) -> None:
    room = install(vendor)
    with room.crew() as crew:
        for crash in (kill_a_process, kill_a_process, kill_the_server):
            crew.await_acks(SOME)
            crash(room, crew)
        crew.await_acks(SOME)
    assert crew.unanswered
    crew.reckon(room.url)


def test_postgresql_is_killed(install: Install) -> None:
    room = install("postgresql")
    assert room.cluster is not None
    before = room.web.workers()
    with room.crew() as crew:
        crew.await_acks(SOME)
        kill_postgresql(room, crew)
        crew.await_acks(SOME)
    crew.reckon(room.url)
    room.cluster.kill()
    room.cluster.start()
    # Nobody asked meanwhile: the connections that were kept are dead, and no request pays for that.
    assert {room.web.ask("/sante/pret") for _ in range(16)} == {200}
    assert set(before) <= set(room.web.workers())  # nobody died; a slow machine may have counted one too few


@BOTH
@pytest.mark.soak
def test_crashes_without_end(install: Install, vendor: str, share: Share) -> None:
    chance = random.Random()
    room = install(vendor)
    with room.crew() as crew:
        while share.lasts:
            crew.await_acks(chance.randint(1, 4 * SOME))
            chance.choice(CRASHES[vendor])(room, crew)
            crew.refused.clear()
        crew.await_acks(SOME)
    crew.reckon(room.url)
