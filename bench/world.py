"""What is measured: rooms as they are at half past ten, made through the services. Prints where they are, as JSON.

Run as a process of its own (`python -m bench.world`), on the empty database that its environment names.
"""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

STATES = ("expected", "present", "in_progress", "completed")
SCHOOL_ROOMS, SCHOOL_ROOM = 12, 35  # quality §1: one school
TICK_ROOMS, TICK_ROOM = 8, 10


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    made = {
        "room": mixed_room(40),
        "small": mixed_room(10),
        "big": mixed_room(200),
        "beats": running_room(40),
        "ticks": [waiting_room(TICK_ROOM) for _ in range(TICK_ROOMS)],
        "school": [running_room(SCHOOL_ROOM) for _ in range(school_rooms())],
        "statics": static_weights(),
    }
    json.dump(made, sys.stdout)


def school_rooms() -> int:
    return SCHOOL_ROOMS if os.environ["DATABASE_URL"].startswith("sqlite") else 0


def mixed_room(size: int) -> dict[str, Any]:
    """A quarter in each state. Nobody falls silent by himself: what is unchanged must stay so for a whole run."""
    from pixsurv.kernel import clock
    from proctoring.services.entries import set_workstation
    from tests import factories

    session = factories.SessionFactory()
    people = [factories.CandidateFactory(session=session) for _ in range(size)]
    for number, candidate in enumerate(people):
        state = STATES[number % len(STATES)]
        if state == "expected":
            continue
        factories.put(candidate, "present")
        if state != "present":
            start(candidate, heartbeat=None)
        if state == "completed":
            complete(candidate)
    told = describe(session)
    before = told["sequence"]
    for candidate, workstation in ((people[0], "07"),):
        set_workstation(
            session_id=session.pk,
            candidate_id=candidate.pk,
            workstation=workstation,
            actor=factories.PROCTOR,
            now=clock.now(),
        )
    return {**told, "sequence": before + 1, "before": before}


def running_room(size: int) -> dict[str, Any]:
    """Tests that a platform tells about."""
    from tests import factories

    session = factories.SessionFactory()
    key = factories.ApiKeyFactory(establishment=session.establishment)
    tokens = []
    for _ in range(size):
        candidate = factories.CandidateFactory(session=session)
        factories.put(candidate, "present")
        tokens.append(start(candidate, heartbeat=15, key=key))
    return {**describe(session), "tokens": tokens}


def waiting_room(size: int) -> dict[str, Any]:
    from tests import factories

    session = factories.SessionFactory()
    expected = [factories.CandidateFactory(session=session).pk for _ in range(size)]
    return {**describe(session), "expected": expected}


def start(candidate: Any, *, heartbeat: int | None, key: Any = None) -> str:
    """The candidate begins; the token of his entry."""
    from pixsurv.kernel import clock
    from proctoring.services.entries import candidate_actor, open_entry, token_of
    from proctoring.services.running import start_or_resume

    now = clock.now()
    entry = open_entry(
        session=candidate.session,
        last_name=candidate.last_name,
        first_name=candidate.first_name,
        birth_date=candidate.birth_date,
        heartbeat=heartbeat,
        api_key=key,
        now=now,
    )
    code = candidate.session.access_code
    start_or_resume(entry=entry, access_code=code, actor=candidate_actor(entry), now=now)
    return token_of(entry)


def complete(candidate: Any) -> None:
    from pixsurv.kernel import clock
    from proctoring.models import Entry
    from proctoring.services.entries import candidate_actor
    from proctoring.services.running import complete as finish

    entry = Entry.objects.get(candidate=candidate)
    finish(entry=entry, actor=candidate_actor(entry), now=clock.now())


def describe(session: Any) -> dict[str, Any]:
    """A proctor goes in; how his browser asks."""
    from pixsurv.kernel import clock
    from proctoring.rules import WATCHING
    from proctoring.selectors.room import whole_board
    from sessions_app.models import Session
    from tests import factories

    access, token = factories.enter_room(session)
    # The poll notes once a minute that somebody watches: not in the middle of a measure.
    access.last_seen_at += WATCHING + timedelta(hours=1)
    access.save(update_fields=["last_seen_at"])
    fresh = Session.objects.select_related("establishment").get(pk=session.pk)
    # What a page says it shows of the day: it is not sent it again.
    step = whole_board(fresh, now=clock.now()).day(fresh).key
    return {"number": session.number, "token": token, "sequence": fresh.sequence, "step": step}


def static_weights() -> dict[str, int]:
    """Bytes of each static file as it travels."""
    from django.contrib.staticfiles.storage import staticfiles_storage

    weights = {}
    for name, hashed in _manifest().items():
        path = Path(staticfiles_storage.path(hashed))
        # A browser on https takes brotli.
        files = [path, path.with_name(f"{path.name}.br"), path.with_name(f"{path.name}.gz")]
        weights[staticfiles_storage.url(name)] = min(one.stat().st_size for one in files if one.exists())
    return weights


def _manifest() -> dict[str, str]:
    from django.contrib.staticfiles.storage import staticfiles_storage

    return dict(staticfiles_storage.load_manifest()[0])


if __name__ == "__main__":
    main()
