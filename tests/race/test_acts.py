"""Thousands of random acts that contradict one another, by eight at once: no lost update, no double event, no error."""

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.enums import Arrival, Source
from proctoring.models import Attempt, Ticket
from proctoring.services import (
    alerts,
    by_hand,
    ending,
    incidents,
    minutes,
    outings,
    presence,
    resume,
    room_incident,
    running,
    tickets,
)
from proctoring.services.entries import candidate_actor, set_workstation
from proctoring.services.progress import beat
from sessions_app.models import Candidate, Event, Session
from tests.factories import ACCESS_CODE, ADMIN, PROCTOR, CandidateFactory, SessionFactory, open_entry_for
from tests.journal import assert_sound
from tests.race.threads import together
from tests.soak import Share

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ACTS, THREADS, CANDIDATES = 2000, 8, 5
SIGNS = {"minutes_given": 1, "minutes_taken_back": -1}
SECONDS = 20  # a machine that is busy with something else does as many as it can


class Chaos:
    """One thread: a proctor and the computers of the whole class at once, each act drawn from a seed."""

    def __init__(
        self, seed: int, candidates: list[Candidate], entries: dict[int, list[Any]], *, until: float
    ) -> None:
        self.random = random.Random(seed)
        self.candidates = candidates
        self.entries = entries
        self.done: Counter[str] = Counter()
        self.until = until

    def __call__(self) -> Counter[str]:
        for _ in range(ACTS // THREADS):
            if time.monotonic() > self.until:
                break
            candidate = self.random.choice(self.candidates)
            name = self.random.choice(list(self.acts))
            try:
                self.acts[name](self, candidate)
            except DomainError as refusal:
                self.done[refusal.code] += 1
            else:
                self.done["passed"] += 1
        return self.done

    def proctor(self, service: Callable[..., Any], candidate: Candidate, **more: Any) -> None:
        service(
            **{"session_id": candidate.session_id, "candidate_id": candidate.pk, "actor": PROCTOR, **more},
            now=clock.now(),
        )

    def computer(self, service: Callable[..., Any], candidate: Candidate, **more: Any) -> None:
        entry = self.random.choice(self.entries[candidate.pk])
        service(entry=entry, actor=candidate_actor(entry), now=clock.now(), **more)

    acts: dict[str, Callable[["Chaos", Candidate], None]] = {
        "tick": lambda it, one: it.proctor(presence.confirm_presence, one, arrival=Arrival.IN_ROOM),
        "untick": lambda it, one: it.proctor(presence.cancel_presence, one),
        "start": lambda it, one: it.computer(running.start_or_resume, one, access_code=ACCESS_CODE),
        "start with a wrong code": lambda it, one: it.computer(running.start_or_resume, one, access_code="X"),
        "beat": lambda it, one: it.computer(beat, one, visible=True, question=it.random.randint(1, 30)),
        "leave": lambda it, one: it.computer(running.leave, one),
        "alert": lambda it, one: it.computer(
            alerts.raise_alert, one, question=it.random.randint(1, 3), kinds=[]
        ),
        "complete": lambda it, one: it.computer(running.complete, one),
        "authorise": lambda it, one: it.proctor(resume.authorise_resume, one),
        "take back": lambda it, one: it.proctor(resume.cancel_resume, one),
        "ignore": lambda it, one: it.proctor(resume.dismiss_request, one),
        "end": lambda it, one: it.proctor(ending.end_test, one),
        "undo": lambda it, one: it.proctor(ending.undo_end, one),
        "reopen": lambda it, one: it.proctor(ending.reopen, one, actor=ADMIN, reason="Erreur"),
        "extra time": lambda it, one: it.proctor(
            minutes.set_extra_time, one, percent=it.random.choice([0, 20, 33])
        ),
        "workstation": lambda it, one: it.proctor(
            set_workstation, one, workstation=str(it.random.randint(1, 9))
        ),
        "minutes": lambda it, one: it.give(one),
        "out": lambda it, one: it.proctor(outings.go_out, one),
        "back": lambda it, one: it.proctor(outings.come_back, one),
        "incident": lambda it, one: it.proctor(
            incidents.report_incident,
            one,
            observed=incidents.Observed("E11", question=it.random.randint(1, 9)),
        ),
        "paper": lambda it, one: it.proctor(by_hand.start_by_hand, one, at=clock.now(), source=Source.PAPER),
        "ticket": lambda it, one: it.proctor(tickets.issue_ticket, one),
        "come in": lambda it, one: it.come_in(one),
        "power cut": lambda it, one: it.room(room_incident.start_room_incident, kind="power"),
        "power back": lambda it, one: it.power_back(),
        "no power cut": lambda it, one: it.room(room_incident.undo_start, key=it.session().incident_key or 0),
    }

    def room(self, service: Callable[..., Any], **more: Any) -> None:
        service(session_id=self.candidates[0].session_id, actor=PROCTOR, now=clock.now(), **more)

    def session(self) -> Session:
        return Session.objects.get(pk=self.candidates[0].session_id)

    def power_back(self) -> None:
        session, now = self.session(), clock.now()
        ids = tuple(one.pk for one in self.candidates)
        settlement = room_incident.Settlement(session.incident_since or now, now, ids, ids)
        self.room(room_incident.end_room_incident, key=session.incident_key or 0, settlement=settlement)

    def come_in(self, candidate: Candidate) -> None:
        """By the last ticket, which another thread may have used."""
        last = Ticket.objects.filter(candidate=candidate).order_by("-pk").first()
        digits = last.digits if last is not None else "000000"
        arrival = tickets.Arrival(ticket=digits, heartbeat=None)
        entry = tickets.enter_by_ticket(session=self.session(), arrival=arrival, now=clock.now())
        entries = self.entries[candidate.pk]
        entries[self.random.randrange(len(entries))] = entry

    def give(self, candidate: Candidate) -> None:
        minutes.give_minutes(
            session_id=candidate.session_id,
            candidate_ids=[candidate.pk],
            minutes=1,
            actor=PROCTOR,
            now=clock.now(),
        )


def chaos(seeds: int, *, seconds: float) -> None:
    """A session in which everybody acts at once, then what must hold of it."""
    session: Session = SessionFactory()
    candidates = CandidateFactory.create_batch(CANDIDATES, session=session)
    entries = {one.pk: [open_entry_for(one) for _ in range(2)] for one in candidates}
    until = time.monotonic() + seconds

    acting = (Chaos(seeds + thread, candidates, entries, until=until) for thread in range(THREADS))
    done = sum(together(*acting), Counter[str]())

    assert done["busy"] == 0, done  # and no « database is locked » was raised by together()
    # A run in which next to nothing is done, or nearly everything refused, would prove nothing.
    assert done.total() > ACTS / 8
    assert done["passed"] > done.total() / 5
    events = Event.objects.filter(session=session)
    assert events.count() > done.total() / 8
    assert_sound(session)
    tickets_used = events.filter(kind="ticket_used").values_list("facts__ticket", flat=True)
    assert len(tickets_used) == len(set(tickets_used))
    to_all = set(
        events.filter(kind__startswith="room_incident", candidate_id=None).values_list("sequence", flat=True)
    )
    for attempt in Attempt.objects.select_related("candidate").filter(session=session):
        told = list(events.filter(candidate_id=attempt.candidate_id).order_by("sequence"))
        # What is told to the whole room moves each running test too.
        assert attempt.last_sequence in {
            told[-1].sequence,
            *(one for one in to_all if one > told[-1].sequence),
        }
        given = sum(SIGNS.get(event.kind, 0) * (event.facts or {}).get("minutes", 0) for event in told)
        assert attempt.given_minutes == given
        noted = [event for event in told if event.kind == "incident_reported"]
        assert attempt.candidate.incidents.filter(category="E11").count() == len(noted)
        if attempt.started_at is not None:
            percent = attempt.candidate.extra_time_percent
            extra = -(-session.duration * percent // 100)
            assert attempt.deadline_at == attempt.started_at + timedelta(
                minutes=session.duration + extra + given
            )


def test_two_thousand_acts_leave_a_sound_journal(transactional_db: None) -> None:
    chaos(0, seconds=SECONDS)


@pytest.mark.soak
def test_acts_without_end(transactional_db: None, share: Share) -> None:
    for seeds in itertools.count(THREADS, THREADS):
        if not share.lasts:
            break
        chaos(seeds, seconds=SECONDS)
