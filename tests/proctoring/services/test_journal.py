"""Every kind of act in one session: chained, numbered, personal data in facts only, eliminated when it is time."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from proctoring.enums import Arrival, CaseKind, Source
from proctoring.models import Incident, Proposal
from proctoring.services import access as accesses
from proctoring.services import (
    alerts,
    by_hand,
    closing,
    due,
    ending,
    entries,
    fraud,
    incidents,
    minutes,
    outings,
    presence,
    resume,
    room_incident,
    running,
)
from proctoring.services.cases import answering, asking, settling
from proctoring.services.entries import candidate_actor
from proctoring.services.incidents import Observed
from proctoring.services.progress import beat
from proctoring.services.proposal_answers import dismiss_proposal, keep_proposal
from proctoring.services.workstations import swap_workstation, undo_swap
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Event, Session
from sessions_app.services.enrolment import enrol
from sessions_app.services.verification import verify_session
from tests.factories import (
    ACCESS_CODE,
    ADMIN,
    PROCTOR,
    CandidateFactory,
    SessionFactory,
    enter_room,
    open_entry_for,
)
from tests.journal import NOW, assert_sound, kinds

pytestmark = pytest.mark.django_db

# What of contract.md no service writes yet.
NOT_WRITTEN_YET = {
    "instructions_read",
    "ticket_issued",
    "ticket_used",
    "candidate_corrected",
    "password_changed",
    "comment_changed",
    "addendum",
    "receipt",
    "paper_scanned",
    "paper_removed",
    "passage_hidden",
    "passage_shown",
}
PERSONAL = [
    "Perrine",
    "Admin Essai",
    "ESSAI",
    "ora",
    "Bus en panne",
    "Amina",
    "Erreur de manipulation",
    "Poste 14",
    "2011-05-21",
]


class Day:
    """One exam day, a second between two acts."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.seconds = 0

    def now(self) -> Any:
        self.seconds += 1
        return NOW + timedelta(seconds=self.seconds)

    def act(self, service: Any, candidate: Candidate, actor: Any = PROCTOR, **more: Any) -> Any:
        return service(
            session_id=self.session.pk, candidate_id=candidate.pk, actor=actor, now=self.now(), **more
        )

    def start(self, candidate: Candidate) -> Any:
        entry = open_entry_for(candidate, now=self.now())
        running.start_or_resume(
            entry=entry, access_code=ACCESS_CODE, actor=candidate_actor(entry), now=self.now()
        )
        return entry

    def send_up(self, late: Candidate) -> None:
        """Asked, taken back, asked again and refused; and somebody comes from another room."""
        where: dict[str, Any] = {"session_id": self.session.pk, "actor": PROCTOR}
        asked = {"kind": CaseKind.LATE, "reason": "Bus en panne"}
        case = self.act(asking.ask_about_candidate, late, **asked)
        settling.withdraw_case(**where, raised_sequence=case.raised_sequence, now=self.now())
        case = self.act(asking.ask_about_candidate, late, **asked)
        answering.answer_case(case_id=case.pk, accepted=False, actor=ADMIN, now=self.now())
        school = self.session.establishment
        other = CandidateFactory(session=SessionFactory(establishment=school, starts_at=NOW))
        case = asking.ask_to_transfer(
            **where,
            who=asking.Identity(other.last_name, other.first_name, other.birth_date),
            from_number=other.session.number,
            reason="",
            now=self.now(),
        )
        answering.answer_case(case_id=case.pk, accepted=True, actor=ADMIN, now=self.now())


@pytest.fixture
def session(session: Session) -> Session:
    session.starts_at = NOW
    session.establishment.late_policy = "proctor_decides"
    session.establishment.save()
    session.save()
    return session


@pytest.fixture
def told(session: Session) -> Session:
    """A session in which everything happened that can happen."""
    day = Day(session)
    one, two, three, four, five = CandidateFactory.build_batch(
        5, session=session, birth_date=date(2011, 5, 21)
    )
    enrol(session_id=session.pk, candidates=[one, two, three, four, five], actor=ADMIN, now=day.now())
    access, _ = enter_room(session)
    other, _ = enter_room(session)
    Candidate.objects.filter(pk=two.pk).update(certifiable_competences=3)
    day.act(presence.become_certifiable, two)
    for candidate in (one, two, three):
        day.act(presence.confirm_presence, candidate)
    day.act(presence.cancel_presence, three)
    day.act(minutes.set_extra_time, two, percent=33)
    day.act(entries.set_workstation, one, workstation="Poste 14")

    entry = day.start(one)
    closing.take_launch_back(session_id=session.pk, actor=ADMIN, now=day.now())
    day.start(two)
    session.establishment.late_policy = "refuse"
    session.establishment.save()
    day.act(presence.confirm_presence, four, arrival=Arrival.LATE)
    day.send_up(four)
    session.establishment.late_policy = "proctor_decides"
    session.establishment.save()
    day.act(presence.confirm_presence, four, arrival=Arrival.LATE, late_reason="Bus en panne")
    actor = candidate_actor(entry)
    for question, confirmed in ((4, True), (5, False)):
        alert, _ = alerts.raise_alert(
            entry=entry, question=question, kinds=["image"], actor=actor, now=day.now()
        )
        day.act(alerts.answer_alert, one, alert_id=alert.pk, confirmed=confirmed, category="E11")
    day.act(alerts.undo_answer, one, alert_id=alert.pk)
    day.act(incidents.report_incident, one, observed=Observed("C7", description="Souris d’Amina en panne"))
    noted = Incident.objects.latest("pk").pk
    where = {"session_id": session.pk, "incident_id": noted, "actor": PROCTOR}
    incidents.change_incident(**where, observed=Observed("C8", description="Amina sortie"), now=day.now())
    incidents.delete_incident(**where, now=day.now())
    suspected = fraud.report_fraud(
        session_id=session.pk, candidate_id=two.pk, facts="Antisèche", actor=ADMIN, now=day.now()
    )
    assert suspected.sheets.get().facts == "Antisèche"
    for settle in (dismiss_proposal, keep_proposal):
        minutes.set_extra_time(
            session_id=session.pk, candidate_id=one.pk, actor=PROCTOR, now=day.now(),
            percent=10 if settle is dismiss_proposal else 20,
        )  # fmt: skip
        open_ = Proposal.objects.get(attempt__candidate=one, outcome="")
        day.act(settle, one, proposal_id=open_.pk)
    swapped = swap_workstation(
        session_id=session.pk, candidate_id=one.pk, workstation="26", lost=5, actor=PROCTOR, now=day.now()
    )
    day.act(undo_swap, one, incident_id=swapped.pk)
    chosen = {"session_id": session.pk, "candidate_ids": [one.pk], "minutes": 5, "actor": PROCTOR}
    minutes.give_minutes(**chosen, reason="Bus en panne", now=day.now())
    minutes.take_minutes_back(**chosen, now=day.now())
    running.leave(entry=entry, actor=actor, now=day.now())
    again = open_entry_for(one, now=day.now())
    running.request_resume(entry=again, actor=candidate_actor(again), now=day.now())
    day.act(resume.dismiss_request, one)
    beat(entry=entry, visible=True, actor=actor, now=day.now())
    day.act(resume.authorise_resume, one)
    day.act(resume.cancel_resume, one)
    day.act(resume.authorise_resume, one)
    running.start_or_resume(entry=again, access_code=ACCESS_CODE, actor=candidate_actor(again), now=day.now())
    alerts.raise_alert(entry=again, question=5, kinds=[], actor=candidate_actor(again), now=day.now())
    day.act(outings.go_out, one)
    day.act(outings.come_back, one)
    here: dict[str, Any] = {"session_id": session.pk, "actor": PROCTOR}
    begun = room_incident.start_room_incident(**here, kind="power", now=day.now()).incident_key
    assert begun is not None
    until = day.now()
    lost = room_incident.Settlement(until - timedelta(seconds=1), until, (one.pk,), (two.pk,))
    room_incident.end_room_incident(**here, key=begun, settlement=lost, now=day.now())
    day.act(ending.end_test, one)
    day.act(ending.undo_end, one)
    running.complete(entry=again, actor=candidate_actor(again), now=day.now())
    day.act(ending.reopen, one, actor=ADMIN, reason="Erreur de manipulation")
    day.act(by_hand.start_by_hand, four, at=NOW, source=Source.PAPER)
    accesses.leave(access=access, now=day.now())
    accesses.revoke(access=other, actor=ADMIN, now=day.now())
    due.advance_session(session.pk, now=NOW + timedelta(hours=25))
    closing.close_session(session_id=session.pk, actor=PROCTOR, now=NOW + timedelta(hours=26))
    return session


def test_journal_of_every_act_verifies(told: Session) -> None:
    assert set(kinds(told)) == set(EventKind.values) - NOT_WRITTEN_YET
    assert_sound(told)


def test_journal_is_numbered_without_a_gap_and_chained(told: Session) -> None:
    events = list(Event.objects.filter(session=told).order_by("sequence"))
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert events[0].previous_hash == "0" * 64
    assert [event.previous_hash for event in events[1:]] == [event.hash for event in events[:-1]]
    fresh = Session.objects.get(pk=told.pk)
    assert (fresh.sequence, fresh.head_hash) == (len(events), events[-1].hash)


def test_journal_names_who_acted_in_every_event(told: Session) -> None:
    for event in Event.objects.filter(session=told):
        assert event.facts["actor"]["kind"] in {"proctor", "admin", "candidate", "clock"}, event.kind
        assert event.facts["actor"]["name"], event.kind


def test_journal_has_a_salt_of_its_own_for_every_event(told: Session) -> None:
    salts = list(Event.objects.filter(session=told).values_list("salt", flat=True))
    assert len(set(salts)) == len(salts)
    assert {len(salt) for salt in salts} == {32}


def test_personal_data_is_in_the_facts_only(told: Session) -> None:
    """Columns: opaque ids, kinds, numbers, times and digests."""
    found = set()
    for row in Event.objects.filter(session=told).values():
        facts = json.dumps(row.pop("facts"), ensure_ascii=False)
        columns = " ".join(str(value) for value in row.values())
        found |= {word for word in PERSONAL if word in facts}
        assert not [word for word in PERSONAL if word in columns], row["kind"]
    # A word that stands nowhere would prove nothing.
    assert found == set(PERSONAL)


def test_secrets_are_in_no_event(told: Session) -> None:
    facts = str(list(Event.objects.filter(session=told).values()))
    assert ACCESS_CODE not in facts
    assert told.password() not in facts


def test_facts_read_back_are_those_that_were_hashed(told: Session) -> None:
    """What the database made of the JSON must not change its canonical form."""
    verified = verify_session(Session.objects.get(pk=told.pk))
    assert (verified.broken, verified.by_digest) == (None, 0)


def test_elimination_leaves_a_chain_that_verifies_by_digest(told: Session) -> None:
    Session.objects.filter(pk=told.pk).update(eliminating_at=NOW)
    assert Event.objects.filter(session=told).update(facts=None, salt=None) == len(kinds(told))

    found = verify_session(Session.objects.get(pk=told.pk))

    assert found.broken is None
    assert found.by_digest == found.events == len(kinds(told))
    rows = str(list(Event.objects.filter(session=told).values()))
    assert not [word for word in PERSONAL if word in rows]
