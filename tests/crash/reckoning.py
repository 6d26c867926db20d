"""What the database holds after a crash, told by the rules of the house: chain, fold, and every act of the room.

Run as a process of its own (`python -m tests.crash.reckoning`) on the database that the environment names.
"""

import json
import sys

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from proctoring.models import Answer, Attempt, Incident
    from sessions_app.models import Event, Session
    from tests.journal import assert_sound

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    call_command("verify_journal", stdout=sys.stderr)
    session = Session.objects.get()
    assert_sound(session)
    events = Event.objects.filter(session=session).order_by("sequence")
    answers = Answer.objects.order_by("attempt", "position")
    told = {
        "events": list(events.values_list("kind", "candidate_id")),
        "states": dict(Attempt.objects.values_list("candidate_id", "state")),
        "incidents": list(Incident.objects.values_list("description", flat=True)),
        "answers": list(answers.values_list("attempt__candidate_id", "position", "response")),
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
