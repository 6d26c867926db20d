"""What Pixsurv proposes: E8 after a timed question (R16), C2 after extra time, minutes after a wait (R15)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.enums import ProposalKind
from proctoring.models import Entry, Incident, Proposal
from proctoring.services import alerts, minutes, proposals, running
from proctoring.services.due import locked_room
from proctoring.services.entries import candidate_actor
from proctoring.services.progress import beat
from proctoring.services.proposal_answers import dismiss_proposal, keep_proposal
from sessions_app.models import Candidate, Session
from tests.factories import PROCTOR, CandidateFactory, attempt_of, open_entry_for, put
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def helped(session: Session) -> Entry:
    """The test of a candidate with a third more time."""
    entry = put(CandidateFactory(session=session, extra_time_percent=33), "in_progress", now=NOW)
    assert entry is not None
    return entry


def time_out(entry: Entry, question: int = 12, now: datetime = NOW) -> None:
    beat(entry=entry, visible=True, question=question, timed_out=True, actor=candidate_actor(entry), now=now)


def keep(proposal: Proposal, **more: Any) -> Proposal:
    attempt = proposal.attempt
    where = {
        "session_id": attempt.session_id,
        "candidate_id": attempt.candidate_id,
        "proposal_id": proposal.pk,
    }
    return keep_proposal(**where, actor=PROCTOR, now=NOW + MINUTE, **more)


def dismiss(proposal: Proposal) -> Proposal:
    attempt = proposal.attempt
    where = {
        "session_id": attempt.session_id,
        "candidate_id": attempt.candidate_id,
        "proposal_id": proposal.pk,
    }
    return dismiss_proposal(**where, actor=PROCTOR, now=NOW + MINUTE)


def test_e8_is_proposed_without_an_event_and_once(helped: Entry) -> None:
    before = kinds(helped.session)
    time_out(helped)
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.question) == ("timed_out", 12)
    attempt = attempt_of(helped.candidate)
    assert (attempt.proposals_open, attempt.proposed_at) == (1, NOW)
    assert kinds(helped.session) == before
    time_out(helped, now=NOW + MINUTE)
    assert Proposal.objects.count() == 1
    time_out(helped, question=13)
    assert attempt_of(helped.candidate).proposals_open == 2


@pytest.mark.parametrize("settle", [keep, dismiss])
def test_e8_settled_does_not_come_back(helped: Entry, settle: Any) -> None:
    time_out(helped)
    settle(Proposal.objects.get())
    time_out(helped, now=NOW + 2 * MINUTE)
    assert (Proposal.objects.count(), attempt_of(helped.candidate).proposals_open) == (1, 0)


def test_e8_needs_extra_time_the_holder_and_a_running_test(session: Session, helped: Entry) -> None:
    plain = put(CandidateFactory(session=session), "in_progress", now=NOW)
    assert plain is not None
    time_out(plain)
    with pytest.raises(DomainError, match="entry_superseded"):
        time_out(open_entry_for(helped.candidate))
    beat(entry=helped, visible=True, question=12, actor=candidate_actor(helped), now=NOW)
    running.complete(entry=helped, actor=candidate_actor(helped), now=NOW)
    with pytest.raises(DomainError, match="attempt_over"):
        time_out(helped)
    assert not Proposal.objects.exists()


def test_e8_kept_is_an_incident_with_its_question(helped: Entry) -> None:
    time_out(helped)
    keep(Proposal.objects.get())
    incident = Incident.objects.get()
    assert (incident.category, incident.question, incident.source) == ("E8", 12, "proposal")
    assert incident.observed_at == NOW
    before = everything(helped.session)
    keep(Proposal.objects.get())
    assert everything(helped.session) == before
    with pytest.raises(DomainError, match="proposal_gone"):
        dismiss(Proposal.objects.get())
    assert_sound(helped.session)


def test_ignored_is_an_event_and_changes_nothing_else(helped: Entry) -> None:
    time_out(helped)
    dismiss(Proposal.objects.get())
    facts = last_event(helped.session).facts
    assert (kinds(helped.session)[-1], facts["category"], facts["question"]) == (
        "proposal_dismissed",
        "E8",
        12,
    )
    assert not Incident.objects.exists()
    before = everything(helped.session)
    dismiss(Proposal.objects.get())
    assert everything(helped.session) == before
    with pytest.raises(DomainError, match="proposal_gone"):
        keep(Proposal.objects.get())


def test_c2_is_proposed_after_extra_time_with_its_words(candidate: Candidate) -> None:
    where = {"session_id": candidate.session_id, "candidate_id": candidate.pk, "actor": PROCTOR}
    minutes.set_extra_time(**where, percent=33, now=NOW)
    minutes.set_extra_time(**where, percent=20, now=NOW + MINUTE)
    open_ = Proposal.objects.get(outcome="")
    assert open_.description == "Temps majoré\u00a0: 20\u00a0%, au lieu de 33\u00a0%"
    keep(open_)
    incident = Incident.objects.get()
    assert (incident.category, incident.description) == ("C2", "Temps majoré : 20 %, au lieu de 33 %")


def test_c2_is_not_proposed_after_an_undo(candidate: Candidate) -> None:
    where = {"session_id": candidate.session_id, "candidate_id": candidate.pk, "actor": PROCTOR}
    minutes.set_extra_time(**where, percent=33, now=NOW)
    minutes.set_extra_time(**where, percent=0, now=NOW + timedelta(seconds=5))
    assert not Proposal.objects.filter(outcome="").exists()
    assert attempt_of(candidate).proposals_open == 0


def test_a_line_without_words_asks_for_them(candidate: Candidate) -> None:
    """The hook for a ticket (R21): C1, whose words only the proctor knows."""
    put(candidate, "in_progress", now=NOW)
    with locked_room(candidate.session_id, now=NOW) as room:
        proposal = proposals.propose(room, room.attempt(candidate.pk), ProposalKind.IDENTITY)
    with pytest.raises(DomainError, match="description_missing"):
        keep(proposal)
    assert Proposal.objects.get().outcome == ""
    keep(proposal, description="Né le 21/05/1997")
    assert Incident.objects.get().category == "C1"


@pytest.mark.parametrize(("waited", "proposed"), [(120, None), (121, 3), (180, 3), (200, 4), (9 * 3600, 120)])
def test_minutes_are_proposed_after_two_minutes_of_waiting(
    helped: Entry, waited: int, proposed: int | None
) -> None:
    alert, _ = alerts.raise_alert(entry=helped, question=4, kinds=[], actor=candidate_actor(helped), now=NOW)
    then = NOW + timedelta(seconds=waited)
    where = {"session_id": helped.session_id, "candidate_id": helped.candidate_id, "alert_id": alert.pk}
    alerts.answer_alert(**where, confirmed=False, actor=PROCTOR, now=then)
    found = Proposal.objects.filter(kind="alert_waited").first()
    assert (found.minutes if found else None) == proposed
    if found and proposed and waited < 3600:
        before = attempt_of(helped.candidate).deadline_at
        keep(found)
        assert attempt_of(helped.candidate).deadline_at == before + proposed * MINUTE
        assert last_event(helped.session).facts["minutes"] == proposed
    assert_sound(helped.session)


def test_minutes_are_no_longer_proposed_once_the_answer_is_undone(helped: Entry) -> None:
    alert, _ = alerts.raise_alert(entry=helped, question=4, kinds=[], actor=candidate_actor(helped), now=NOW)
    where = {"session_id": helped.session_id, "candidate_id": helped.candidate_id, "alert_id": alert.pk}
    alerts.answer_alert(**where, confirmed=False, actor=PROCTOR, now=NOW + 4 * MINUTE)
    alerts.undo_answer(**where, actor=PROCTOR, now=NOW + 4 * MINUTE + timedelta(seconds=9))
    assert Proposal.objects.get().outcome == "lapsed"
    assert attempt_of(helped.candidate).proposals_open == 0


def test_proposals_of_another_candidate_or_after_closing_are_refused(helped: Entry) -> None:
    time_out(helped)
    proposal = Proposal.objects.get()
    other = CandidateFactory(session=helped.session)
    with pytest.raises(DomainError, match="proposal_gone") as refusal:
        keep_proposal(
            session_id=helped.session_id,
            candidate_id=other.pk,
            proposal_id=proposal.pk,
            actor=PROCTOR,
            now=NOW,
        )
    assert refusal.value.status == 404
    Session.objects.filter(pk=helped.session_id).update(state="closed", closed_at=NOW)
    for settle in (keep, dismiss):
        with pytest.raises(DomainError, match="session_closed"):
            settle(proposal)
