"""Was anything lost? Every acknowledged act is in its journal, once, the row says the same, and each chain verifies.

Run as a process of its own, on what was told (`Told`) as JSON on its standard input; prints JSON.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any

import django

STATES = {
    "presence_confirmed": "present",
    "presence_cancelled": "expected",
    "started": "in_progress",
    "resume_authorised": "resume_authorised",
    "resumed": "in_progress",
    "completed": "completed",
    "ended": "ended",
}
KINDS = [*STATES, "resume_requested", "alert_raised"]


def main() -> None:
    django.setup()
    given = json.load(sys.stdin)
    json.dump(
        check([tuple(one) for one in given["acknowledged"]], given["in_doubt"], given["since"]), sys.stdout
    )


def check(acknowledged: list[tuple[str, int]], in_doubt: list[Any], since: str) -> dict[str, Any]:
    """`since`: what the rooms lived before the load is not counted."""
    from proctoring.models import Attempt
    from sessions_app.models import Event, Session
    from sessions_app.services.verification import verify_session

    events = Event.objects.filter(received_at__gte=since, kind__in=KINDS)
    written = Counter(events.values_list("kind", "candidate_id"))
    states = dict(Attempt.objects.values_list("candidate_id", "state"))
    broken = [
        one.number for one in Session.objects.select_related("establishment") if verify_session(one).broken
    ]
    doubtful = {candidate for _, candidate in in_doubt}
    return {
        "acknowledged": len(acknowledged),
        "in_doubt": len(in_doubt),
        "lost": missing(acknowledged, written),
        "twice": [] if in_doubt else missing(written.elements(), Counter(acknowledged)),
        "otherwise": [
            (candidate, wanted, states.get(candidate))
            for candidate, wanted in last_states(acknowledged).items()
            if states.get(candidate) != wanted and candidate not in doubtful
        ],
        "journals": Session.objects.count(),
        "events": Event.objects.count(),
        "broken": broken,
    }


def missing(wanted: Iterable[tuple[str, int]], there: Counter[tuple[str, int]]) -> list[tuple[str, int]]:
    """What is wanted more often than it is there."""
    return sorted((Counter(wanted) - there).elements())


def last_states(acknowledged: Iterable[tuple[str, int]]) -> dict[int, str]:
    """The state of each attempt as the last acknowledged act left it."""
    return {candidate: STATES[kind] for kind, candidate in acknowledged if kind in STATES}


if __name__ == "__main__":
    main()
