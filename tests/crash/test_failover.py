"""Two clusters, the second kept in step: the first is killed under load, the second takes over, the rooms go on."""

from tests.crash.conftest import NAME, Install, a_cluster

SOME = 15


def test_standby_takes_over(install: Install) -> None:
    room = install("postgresql")
    primary = room.cluster
    assert primary is not None
    with a_cluster() as standby:
        standby.standby_of(primary)
        standby.start()
        # An acknowledged act is on both from now on.
        primary.ask("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.ask("postgres", "SELECT pg_reload_conf()")
        room.web.kill()
        hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
        room.web.env["DATABASE_URL"] = f"postgres://postgres@{hosts}/{NAME}?target_session_attrs=read-write"
        room.web.start()
        before = room.web.workers()
        with room.crew() as crew:
            crew.await_acks(SOME)
            crew.until(
                lambda: primary.ask("postgres", "SELECT sync_state FROM pg_stat_replication") == [("sync",)]
            )
            crew.await_acks(SOME)
            primary.kill()
            crew.await_refusal("La base de données ne répond pas")
            standby.ask("postgres", "SELECT pg_promote()")
            crew.await_acks(SOME)
        # Nobody died; a slow machine may have counted one too few.
        assert set(before) <= set(room.web.workers())
        crew.reckon(standby.url(NAME))
