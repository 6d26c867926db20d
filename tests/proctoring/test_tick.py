"""`manage.py tick`: the clock's work for those who have cron (mechanics §3)."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from pixsurv.kernel import clock
from sessions_app.models import Candidate
from tests.factories import attempt_of, put


def tick() -> str:
    output = StringIO()
    call_command("tick", stdout=output)
    return output.getvalue().strip()


@pytest.mark.django_db
def test_tick_writes_what_fell_due_and_nothing_else(candidate: Candidate) -> None:
    put(candidate, "in_progress")
    assert tick() == "0 session mise à jour."
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert tick() == "1 session mise à jour."
        assert attempt_of(candidate).state == "expired"
        assert tick() == "0 session mise à jour."
