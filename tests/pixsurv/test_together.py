"""What one act writes, in one statement on PostgreSQL: what a save of each row would have written."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from pixsurv.kernel.together import Write, write_together
from proctoring.enums import AttemptState
from proctoring.models import Attempt
from sessions_app.models import Candidate, Session
from tests import factories
from tests.journal import NOW

pytestmark = pytest.mark.django_db


def columns(one: Any) -> dict[str, Any]:
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}


def test_rows_are_written_as_saves_would(candidate: Candidate) -> None:
    session = Session.objects.get(pk=candidate.session_id)
    session.observations, session.launched_at = "dit\u00a0: « 100 % »", None
    attempt = Attempt(
        candidate=candidate,
        session=session,
        state=AttemptState.PRESENT,
        first_present_at=NOW,
        question_ids=["a"],
    )
    statements = 1 if connection.vendor == "postgresql" else 2
    with CaptureQueriesContext(connection) as captured:
        write_together([Write(session, ("observations",)), Write(attempt)])
    assert len(captured) == statements
    assert columns(Session.objects.get(pk=session.pk)) == columns(session)
    assert columns(Attempt.objects.get(pk=attempt.pk)) == columns(attempt)
    assert not attempt._state.adding


def test_only_the_columns_that_were_named(candidate: Candidate) -> None:
    factories.put(candidate, "in_progress", now=NOW)
    attempt = factories.attempt_of(candidate)
    Attempt.objects.update(question=12)
    attempt.workstation, attempt.question = "7", 3
    write_together([Write(attempt, ("workstation",))])
    again = factories.attempt_of(candidate)
    assert (again.workstation, again.question) == ("7", 12)


def test_a_row_that_is_gone_is_told(candidate: Candidate) -> None:
    factories.put(candidate, "present", now=NOW)
    attempt = factories.attempt_of(candidate)
    Attempt.objects.all().delete()
    attempt.first_present_at = NOW + timedelta(minutes=1)
    with pytest.raises(DatabaseError, match="no row"):
        write_together([Write(attempt, ("first_present_at",))])


def test_nothing_is_no_statement() -> None:
    with CaptureQueriesContext(connection) as captured:
        write_together([])
    assert not len(captured)


def test_a_row_that_is_gone_is_told_wherever_it_stands(candidate: Candidate) -> None:
    factories.put(candidate, "present", now=NOW)
    attempt = factories.attempt_of(candidate)
    session = Session.objects.get(pk=candidate.session_id)
    Attempt.objects.all().delete()
    attempt.first_present_at = NOW + timedelta(minutes=1)
    with pytest.raises(DatabaseError, match="no row"):
        write_together([Write(attempt, ("first_present_at",)), Write(session, ("observations",))])
