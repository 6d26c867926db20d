"""Whether a server of PostgreSQL follows another one: the same cluster, the same database, the same timeline.

Asked with functions that any account may call, so that nothing is to be granted: what a standby receives at this moment
(pg_stat_wal_receiver) is hidden from an ordinary one. In their place stands the timeline of the last record that it
noted to have replayed. Behind a new primary it is noted late, within its checkpoint_timeout at most: too little is
believed then, never too much.
"""

from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper


class Place(NamedTuple):
    """In the log of a primary: all that was acknowledged stands before `position`."""

    position: str  # pg_lsn, comparable within one cluster and one timeline only
    cluster: int
    database: int
    timeline: int


class Standing(NamedTuple):
    """Of another server, towards a place: on its line of the log, and at it or behind it."""

    follows: bool
    lacks: float | None  # bytes not replayed yet, negative when it is past; None where nothing is replayed

    @property
    def is_there(self) -> bool:
        return self.follows and self.lacks is not None and self.lacks <= 0


# A file of the log is named after its timeline; pg_control_checkpoint() goes on telling the one before a promotion.
_PLACE = """
    SELECT flushed::text, system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()),
        ('x' || left(pg_walfile_name(flushed), 8))::bit(32)::int
    FROM pg_current_wal_flush_lsn() AS flushed, pg_control_system()
"""
_STANDING = """
    SELECT pg_is_in_recovery() AND system_identifier = %s AND min_recovery_end_timeline = %s
            AND (SELECT oid FROM pg_database WHERE datname = current_database()) = %s,
        pg_wal_lsn_diff(%s::pg_lsn, pg_last_wal_replay_lsn())
    FROM pg_control_system(), pg_control_recovery()
"""


def place(primary: BaseDatabaseWrapper) -> Place:
    """Up to where its log is safe. One statement."""
    return Place(*_row(primary, _PLACE))


def standing(other: BaseDatabaseWrapper, there: Place) -> Standing:
    """Of `other` towards a place of its supposed primary. One statement."""
    follows, lacks = _row(other, _STANDING, there.cluster, there.timeline, there.database, there.position)
    return Standing(bool(follows), None if lacks is None else float(lacks))


def _row(connection: BaseDatabaseWrapper, statement: str, *values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
