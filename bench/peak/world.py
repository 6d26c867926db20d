"""The rooms of the peak: one of each kind lived through the services, the others copies of its rows with other ids and
a journal chained anew, so that a page, a call and `verify_journal` find them as real as the first.

Run as a process of its own on the empty database that its environment names; prints where the rooms are, as JSON.
"""

import json
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import django

FIRST_NUMBER = 700_001
BATCH = 1_000
NOT_SILENT_FOR = timedelta(hours=1)  # rooms that are not played yet: nobody of them falls silent by himself


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    given = json.load(sys.stdin)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    schools = make_schools(given["schools"])
    rooms: dict[str, list[dict[str, Any]]] = {}
    with transaction.atomic():
        number = FIRST_NUMBER
        for kind in ("running", "waiting"):
            template = Template.lived(given["size"], starts=kind == "running")
            rooms[kind] = copies(template, schools, given[kind], number)
            number += given[kind]
    json.dump(rooms, sys.stdout)


@dataclass(frozen=True, slots=True)
class School:
    id: int
    key_id: int
    secret: str


def make_schools(count: int) -> list[School]:
    from tests import factories

    made = []
    for _ in range(count):
        key = factories.ApiKeyFactory(establishment=factories.EstablishmentFactory())
        made.append(School(key.establishment_id, key.pk, key.secret))
    return made


@dataclass(frozen=True, slots=True)
class Template:
    """A room as its services left it."""

    session: Any
    candidates: list[Any]
    access: Any
    entries: list[Any]
    attempts: list[Any]
    events: list[Any]
    code: str

    @classmethod
    def lived(cls, size: int, *, starts: bool) -> "Template":
        from bench.world import start
        from pixsurv.kernel import clock
        from proctoring.models import Attempt, Entry
        from sessions_app.models import Candidate, Event
        from sessions_app.services.enrolment import enrol
        from tests import factories

        session = factories.SessionFactory()
        people = [
            factories.CandidateFactory.build(session=None, pupil=None, class_name="3e A") for _ in range(size)
        ]
        enrol(session_id=session.pk, candidates=people, actor=factories.ADMIN, now=clock.now())
        access, _ = factories.enter_room(session)
        if starts:
            key = factories.ApiKeyFactory(establishment=session.establishment)
            for one in Candidate.objects.filter(session=session).order_by("pk"):
                factories.put(one, "present")
            for one in Candidate.objects.select_related("session").filter(session=session).order_by("pk"):
                start(one, heartbeat=15, key=key)
        session.refresh_from_db()
        attempts = list(Attempt.objects.filter(session=session).order_by("pk"))
        for attempt in attempts:
            attempt.silent_at = attempt.silent_at and attempt.silent_at + NOT_SILENT_FOR
        return cls(
            session,
            list(Candidate.objects.filter(session=session).order_by("pk")),
            access,
            list(Entry.objects.filter(session=session).order_by("created_at", "pk")),
            attempts,
            list(Event.objects.filter(session=session).order_by("sequence")),
            session.access_code,
        )


def clone(row: Any, **changes: Any) -> Any:
    """The same row with another id, not saved yet."""
    columns = {
        one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if not one.primary_key
    }
    return type(row)(**{**columns, **changes})


def copies(template: Template, schools: list[School], count: int, first: int) -> list[dict[str, Any]]:
    from pixsurv.kernel import crypto
    from proctoring.models import Attempt, Entry, ProctorAccess
    from proctoring.services.entries import token_of
    from sessions_app.models import Candidate, Event, Session

    homes = [schools[position % len(schools)] for position in range(count)]
    sessions = Session.objects.bulk_create(
        [
            clone(template.session, number=first + position, establishment_id=home.id, revised_at=None)
            for position, home in enumerate(homes)
        ]
    )
    tokens = [crypto.derive(f"bench:{session.pk}") for session in sessions]
    accesses = ProctorAccess.objects.bulk_create(
        [
            clone(template.access, session_id=session.pk, token_fingerprint=crypto.fingerprint(token))
            for session, token in zip(sessions, tokens, strict=True)
        ]
    )
    people = Candidate.objects.bulk_create(
        [clone(one, session_id=session.pk) for session in sessions for one in template.candidates],
        batch_size=BATCH,
    )
    told, entries, attempts, events = [], [], [], []
    size = len(template.candidates)
    for position, (session, home, access) in enumerate(zip(sessions, homes, accesses, strict=True)):
        room_people = people[position * size : (position + 1) * size]
        who = {old.pk: new.pk for old, new in zip(template.candidates, room_people, strict=True)}
        came = {old.pk: uuid.uuid4() for old in template.entries}
        held = {}
        for old in template.entries:
            entry = clone(
                old, session_id=session.pk, candidate_id=who[old.candidate_id], api_key_id=home.key_id
            )
            entry.id = came[old.pk]
            entries.append(entry)
            held[entry.candidate_id] = token_of(entry)
        for old in template.attempts:
            attempt = clone(old, session_id=session.pk, candidate_id=who[old.candidate_id])
            attempt.holder_id = came.get(old.holder_id)
            attempts.append(attempt)
        ids = {"access": {template.access.pk: access.pk}, "entry": {str(a): str(b) for a, b in came.items()}}
        events += chained(template.events, session, who, ids)
        told.append(describe(session, tokens[position], home, room_people, held))
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    Attempt.objects.bulk_create(attempts, batch_size=BATCH)
    Event.objects.bulk_create(events, batch_size=BATCH)
    Session.objects.bulk_update(sessions, ["head_hash"], batch_size=100)
    return told


def chained(
    events: list[Any], session: Any, who: Mapping[int, int], ids: Mapping[str, Mapping[Any, Any]]
) -> list[Any]:
    """The same story about other people, chained from the beginning; the session gets its head."""
    from pixsurv.kernel import journal

    session.head_hash = journal.GENESIS
    made = []
    for old in events:
        event = clone(old, session_id=session.pk, salt=journal.new_salt(), previous_hash=session.head_hash)
        event.candidate_id = old.candidate_id and who[old.candidate_id]
        event.facts = renamed(old.facts, ids)
        event.facts_digest = journal.facts_digest(event.salt, event.facts)
        event.hash = session.head_hash = journal.event_hash(
            previous=event.previous_hash,
            session_number=session.number,
            sequence=event.sequence,
            kind=event.kind,
            candidate_id=event.candidate_id,
            observed_at=event.observed_at,
            received_at=event.received_at,
            digest=event.facts_digest,
        )
        made.append(event)
    return made


def renamed(facts: Any, ids: Mapping[str, Mapping[Any, Any]]) -> Any:
    """Ids of an access or of an entry, wherever they stand, are those of the copy."""
    if not isinstance(facts, dict):
        return facts
    return {
        name: ids[name].get(told, told) if name in ids else renamed(told, ids) for name, told in facts.items()
    }


def describe(
    session: Any, token: str, home: School, people: list[Any], held: Mapping[int, str]
) -> dict[str, Any]:
    return {
        "number": session.number,
        "code": session.access_code,
        "token": token,
        "key": home.secret,
        "candidates": [
            {
                "id": one.pk,
                "last": one.last_name,
                "first": one.first_name,
                "birth": one.birth_date.isoformat(),
                "token": held.get(one.pk, ""),
                "state": "in_progress" if one.pk in held else "expected",
            }
            for one in people
        ],
    }


if __name__ == "__main__":
    main()
