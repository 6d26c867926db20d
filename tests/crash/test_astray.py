"""Standbys that must not be believed: of somebody else's cluster, and left behind by the promotion of another one."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest

from sessions_app.standby import place, standing
from tests.crash.conftest import a_cluster
from tests.crash.postgres import Cluster

WITHIN = 100  # looks, a twentieth of a second apart
AHEAD = "0000000100000FFF00000010"  # a place in the log that no other one here comes to


def pause() -> None:
    threading.Event().wait(0.05)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def asked(stack: ExitStack, cluster: Cluster) -> Any:
    """A connection of an account without rights, which is all that the two questions need of Django's."""
    made = psycopg.connect(f"host=127.0.0.1 port={cluster.port} user=reader dbname=postgres", autocommit=True)
    return stack.enter_context(made)


def test_standby_that_does_not_follow_is_told(stack: ExitStack) -> None:
    primary, foreign, copy, sibling = (stack.enter_context(a_cluster()) for _ in range(4))
    for cluster in (primary, foreign):
        cluster.init("--no-sync")
        if cluster is foreign:
            cluster.do("pg_resetwal", "--force", "--next-wal-file", AHEAD, str(cluster.data))
        cluster.start()
        cluster.ask("postgres", "CREATE ROLE reader LOGIN")
    for cluster in (copy, sibling):
        cluster.standby_of(primary)
        cluster.start()
    here = place(asked(stack, primary))
    copied = asked(stack, copy)
    for _ in range(WITHIN):
        if standing(copied, here).is_there:
            break
        pause()
    assert standing(copied, here).is_there
    assert not standing(copied, here._replace(database=here.database + 1)).follows

    # Somebody else's, a standby too, with a longer log.
    foreign.stop(fast=True)
    (foreign.data / "standby.signal").touch()
    foreign.start()
    found = standing(asked(stack, foreign), here)
    assert found.lacks is not None and found.lacks < 0
    assert (found.follows, found.is_there) == (False, False)

    # Its sibling takes over; it waits for the old primary, then is told of the new one.
    primary.kill()
    sibling.ask("postgres", "SELECT pg_promote()")
    promoted = asked(stack, sibling)
    here = place(promoted)
    assert here.timeline == 2
    assert not standing(copied, here._replace(position="0/0")).follows
    assert not standing(promoted, here).follows
    told = f"host=127.0.0.1 port={sibling.port} user=postgres"
    copy.ask("postgres", f"ALTER SYSTEM SET primary_conninfo = '{told}'")
    copy.ask("postgres", "SELECT pg_reload_conf()")
    for _ in range(WITHIN):
        copy.ask("postgres", "CHECKPOINT")  # it notes its timeline; by itself it does so within minutes
        if standing(copied, here).is_there:
            return
        pause()
    pytest.fail("The copy of the old primary follows the new one, and is not believed")
