"""« Poste défaillant »: four acts in one gesture, and one undo (R17)."""

from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.models import Incident
from proctoring.services import entries, running
from proctoring.services.entries import candidate_actor
from proctoring.services.workstations import swap_workstation, undo_swap
from sessions_app.models import Candidate, Session
from tests.factories import ACCESS_CODE, PROCTOR, CandidateFactory, attempt_of, open_entry_for, put
from tests.journal import NOW, assert_sound, everything, kinds

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def paul(candidate: Candidate) -> Candidate:
    put(candidate, "in_progress", now=NOW)
    sit(candidate, "14")
    return candidate


def sit(candidate: Candidate, workstation: str) -> None:
    entries.set_workstation(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        workstation=workstation,
        actor=PROCTOR,
        now=NOW,
    )


def swap(candidate: Candidate, workstation: str = "26", lost: int = 5, **more: Any) -> Incident:
    return swap_workstation(
        session_id=candidate.session_id, candidate_id=candidate.pk, workstation=workstation, lost=lost,
        actor=PROCTOR, now=NOW, **more,
    )  # fmt: skip


def undo(incident: Incident, after: float = 9) -> Incident:
    assert incident.candidate_id is not None
    return undo_swap(
        session_id=incident.session_id, candidate_id=incident.candidate_id, incident_id=incident.pk,
        actor=PROCTOR, now=NOW + after * SECOND,
    )  # fmt: skip


def test_swap_is_four_acts_at_once(paul: Candidate) -> None:
    before = attempt_of(paul)
    incident = swap(paul)
    after = attempt_of(paul)
    assert kinds(paul.session)[-4:] == [
        "incident_reported", "workstation_changed", "minutes_given", "resume_authorised",
    ]  # fmt: skip
    assert (incident.category, incident.workstation, incident.source) == ("C7", "14", "workstation")
    assert incident.description == "Poste 14 défaillant, élève installé au poste 26"
    assert (after.workstation, after.state, after.given_minutes) == ("26", "resume_authorised", 5)
    assert after.deadline_at == before.deadline_at + timedelta(minutes=5)
    assert_sound(paul.session)


def test_swap_before_the_start_moves_and_notes_only(candidate: Candidate) -> None:
    put(candidate, "present", now=NOW)
    swap(candidate)
    assert kinds(candidate.session)[-2:] == ["incident_reported", "workstation_changed"]
    assert (attempt_of(candidate).state, attempt_of(candidate).given_minutes) == ("present", 0)


def test_swap_without_lost_minutes_gives_none(paul: Candidate) -> None:
    swap(paul, lost=0)
    assert "minutes_given" not in kinds(paul.session)


@pytest.mark.parametrize(
    ("workstation", "lost", "code"),
    [("  ", 5, "workstation_missing"), ("14", 5, "same_workstation"), ("3", 5, "workstation_taken"),
     ("26", 121, "out_of_range"), ("26", -1, "out_of_range")],
)  # fmt: skip
def test_swap_is_refused(paul: Candidate, workstation: str, lost: int, code: str) -> None:
    neighbour = CandidateFactory(session=paul.session)
    sit(neighbour, "3")
    before = everything(paul.session)
    with pytest.raises(DomainError, match=code):
        swap(paul, workstation, lost)
    assert everything(paul.session) == before


def test_swap_to_the_place_of_who_has_finished(paul: Candidate) -> None:
    neighbour = CandidateFactory(session=paul.session)
    put(neighbour, "completed", now=NOW)
    sit(neighbour, "3")
    swap(paul, "3")
    assert attempt_of(paul).workstation == "3"


def test_swap_of_a_test_that_is_over_or_of_a_closed_session_is_refused(paul: Candidate) -> None:
    done = CandidateFactory(session=paul.session)
    put(done, "completed", now=NOW)
    with pytest.raises(DomainError, match="attempt_over"):
        swap(done)
    Session.objects.filter(pk=paul.session_id).update(state="closed", closed_at=NOW)
    with pytest.raises(DomainError, match="session_closed"):
        swap(paul)


def test_one_undo_takes_all_back(paul: Candidate) -> None:
    before = attempt_of(paul)
    incident = undo(swap(paul))
    after = attempt_of(paul)
    for name in ("workstation", "state", "given_minutes", "deadline_at", "incidents_noted"):
        assert getattr(after, name) == getattr(before, name), name
    assert incident.deleted_at is not None
    everything_now = everything(paul.session)
    undo(incident, after=11)
    assert everything(paul.session) == everything_now
    assert_sound(paul.session)


def test_undo_comes_too_late(paul: Candidate) -> None:
    incident = swap(paul)
    with pytest.raises(DomainError, match="swap_stands"):
        undo(incident, after=15)
    entry = open_entry_for(paul, now=NOW)
    running.start_or_resume(
        entry=entry, access_code=ACCESS_CODE, actor=candidate_actor(entry), now=NOW + 4 * SECOND
    )
    with pytest.raises(DomainError, match="swap_stands"):
        undo(incident, after=5)


def test_undo_of_another_incident_is_not_found(paul: Candidate) -> None:
    incident = swap(paul)
    other = CandidateFactory(session=paul.session)
    with pytest.raises(DomainError, match="incident_not_found"):
        undo_swap(
            session_id=paul.session_id, candidate_id=other.pk, incident_id=incident.pk, actor=PROCTOR, now=NOW
        )
