"""What a heartbeat costs PostgreSQL (quality §1): no index entry, no new page, nothing of the session locked."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from proctoring.services.heartbeat import beat_at_once
from sessions_app.models import Candidate
from tests.factories import ApiKeyFactory, put
from tests.journal import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def entry_id(candidate: Candidate) -> uuid.UUID:
    """Of a platform's running test."""
    entry = put(candidate, "in_progress", now=NOW)
    assert entry is not None
    entry.api_key = ApiKeyFactory(establishment=candidate.session.establishment)
    entry.save()
    return entry.pk


def updates() -> tuple[int, int]:
    """Of attempts, in this transaction: all, and those that touched no index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'proctoring_attempt'"
        )
        found: tuple[int, int] = cursor.fetchone()
    return found


def test_heartbeats_touch_no_index(entry_id: uuid.UUID) -> None:
    before = updates()
    for number in (1, 2, 3):
        beat = beat_at_once(
            entry_id=entry_id, question=number, visible=number != 2, now=NOW + number * timedelta(seconds=15)
        )
        assert beat is not None
    after = updates()
    assert (after[0] - before[0], after[1] - before[1]) == (3, 3)


def test_pages_of_attempts_keep_room_for_heartbeats(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'proctoring_attempt'")
        assert cursor.fetchone()[0] == ["fillfactor=70"]


def test_a_heartbeat_is_one_statement_that_locks_its_own_row(entry_id: uuid.UUID) -> None:
    usual = {"entry_id": entry_id, "question": 1, "visible": True}
    beat_at_once(**usual, now=NOW)  # the pace of an entry is asked once a process
    with CaptureQueriesContext(connection) as asked:
        beat_at_once(**usual, now=NOW + timedelta(seconds=15))
    assert len(asked) == 1
    assert "FOR UPDATE" not in asked[0]["sql"]
