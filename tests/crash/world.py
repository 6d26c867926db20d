"""A room at half past ten, made through the services in the empty database that the environment names.

Run as a process of its own (`python -m tests.crash.world`); prints where things are, as JSON.
"""

import json
import sys
from typing import Any

import django

EXPECTED, ANSWERING, ENDING = 16, 8, 12


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    json.dump(room(), sys.stdout)


def room() -> dict[str, Any]:
    from proctoring.models import Attempt
    from proctoring.questions.bank import bank
    from proctoring.services.entries import token_of
    from tests import factories

    session = factories.SessionFactory()
    people = factories.CandidateFactory.create_batch(EXPECTED + ANSWERING + ENDING, session=session)
    running = [(one, factories.put(one, "in_progress")) for one in people[EXPECTED:]]
    # A timed question must be begun first: the desk's other questions say as much about a crash.
    untimed = [name for name, question in sorted(bank().items()) if question.time_limit is None]
    Attempt.objects.filter(session=session).update(question_ids=untimed, question=1)
    tokens = [factories.enter_room(session, name=name)[1] for name in ("Perrine Essai", "Paul Essai")]
    return {
        "number": session.number,
        "proctors": tokens,
        "expected": [one.pk for one in people[:EXPECTED]],
        "desks": {one.pk: token_of(entry) for one, entry in running[:ANSWERING] if entry is not None},
        "ending": [one.pk for one, _ in running[ANSWERING:]],
        "kinds": [bank()[name].kind.value for name in untimed],
    }


if __name__ == "__main__":
    main()
