"""The heartbeat of a test platform in one statement, answer included (quality §1).

It is what the API is asked most: every running test, every 15 to 30 s. Written by hand because making the SQL of
the two ORM statements that it replaces (`selectors.attempt.standing`, `progress.beat`) costs ten times what the
database needs for them. It handles the usual beat only; all else is left to them.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DEFAULT_DB_ALIAS, connection

from pixsurv.kernel.kept import named, prepared_cursor
from proctoring import rules
from proctoring.models import Attempt, Entry
from sessions_app.services.journal import busy_when_locked

ENTRIES_REMEMBERED = 20_000
TOLD = ("id", "state", "started_at", "deadline_at", "over_final_at", "question")  # in the order of the model

# Quals on the attempt's own columns are looked at again by PostgreSQL if an end changes the row meanwhile.
UPDATE = """
UPDATE proctoring_attempt SET
    last_seen_at = %(now)s,
    last_visible = %(visible)s,
    question = %(question)s,
    left_at = NULL,
    silent_at = COALESCE(%(silent_at)s, silent_at),
    reconnected_at = CASE
        WHEN silent_at <= %(now)s OR left_at IS NOT NULL THEN %(now)s ELSE reconnected_at
    END
WHERE {unwaited} holder_id = %(entry)s
    AND state IN ('in_progress', 'resume_authorised')
    AND resume_requested_at IS NULL
    AND started_at > %(oldest)s
    AND EXISTS (
        SELECT 1 FROM proctoring_entry e JOIN sessions_app_apikey k ON k.id = e.api_key_id
        WHERE e.id = %(entry)s AND k.revoked_at IS NULL
    )
    AND NOT EXISTS (
        SELECT 1 FROM sessions_app_session s
        WHERE s.id = proctoring_attempt.session_id AND s.next_due_at <= %(now)s
    )
RETURNING id, state, started_at, deadline_at, over_final_at, question,
    (
        SELECT b.time_zone FROM sessions_app_session s
        JOIN sessions_app_establishment b ON b.id = s.establishment_id
        WHERE s.id = proctoring_attempt.session_id
    ) AS time_zone,
    (
        SELECT CASE WHEN l.final_at > %(now)s THEN 'open' ELSE l.status END FROM proctoring_alert l
        WHERE l.attempt_id = proctoring_attempt.id AND l.question = %(question)s
        ORDER BY l.id DESC LIMIT 1
    ) AS alert_status
"""


# Of this transaction alone: its commit is answered before the disk has it (quality §1: a beat is no acknowledged data).
UNWAITED = "set_config('synchronous_commit', 'off', true) IS NOT NULL AND"


@dataclass(frozen=True, slots=True)
class Beat:
    """What the platform is to be told of the attempt, as the statement left it."""

    attempt: Attempt
    alert_status: str | None
    heartbeat: int | None
    zone: ZoneInfo


def beat_at_once(*, entry_id: uuid.UUID, question: int, visible: bool, now: datetime) -> Beat | None:
    """The holder is there, at this question. None, and nothing written, unless this is the usual beat: a running
    test, no resume request, nothing fallen due, a key that still opens."""
    heartbeat = _announced(entry_id)
    limit = rules.silence_limit(heartbeat=heartbeat, visible=visible) if heartbeat is not None else None
    instants = {"now": now, "oldest": now - rules.LIFE_OF_A_TEST, "silent_at": now + limit if limit else None}
    params = {
        **{name: connection.ops.adapt_datetimefield_value(value) for name, value in instants.items()},
        "entry": Entry._meta.pk.get_db_prep_value(entry_id, connection),
        "question": question,
        "visible": visible,
    }
    with busy_when_locked(), _unwaited() as unwaited, prepared_cursor() as cursor:
        cursor.execute(*named(UPDATE.format(unwaited=unwaited), params))
        found = cursor.fetchall()
    if not found:
        return None
    *told, time_zone, alert_status = found[0]
    attempt = Attempt.from_db(DEFAULT_DB_ALIAS, TOLD, [_read(value) for value in told])
    return Beat(attempt, alert_status, heartbeat, ZoneInfo(time_zone))


@contextmanager
def _unwaited() -> Iterator[str]:
    """What the statement says to be committed without waiting for the disk; SQLite is told apart, for this connection.

    Every other commit waits for all that was written before it too: nothing is kept that stands on what was lost.
    """
    if connection.in_atomic_block:
        yield ""  # the commit is somebody else's
    elif connection.vendor == "postgresql":
        yield UNWAITED
    else:
        connection.ensure_connection()
        told = connection.connection.execute
        (usual,) = told("PRAGMA synchronous").fetchone()
        told("PRAGMA synchronous=NORMAL")
        try:
            yield ""
        finally:
            told(f"PRAGMA synchronous={usual:d}")


def _read(value: Any) -> Any:
    """SQLite gives instants back without their zone."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


@lru_cache(maxsize=ENTRIES_REMEMBERED)
def _announced(entry_id: uuid.UUID) -> int | None:
    """The pace that a platform announced never changes: asked once a process. None for an entry that is gone."""
    return Entry.objects.filter(pk=entry_id).values_list("heartbeat", flat=True).first()
