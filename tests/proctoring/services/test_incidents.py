"""Incidents: written, corrected, taken back, always traced (I1)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring import categories
from proctoring.models import Incident
from proctoring.services import incidents
from proctoring.services.incidents import Observed
from sessions_app.models import Candidate, Session
from tests.factories import ADMIN, PROCTOR, CandidateFactory, attempt_of, put
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db


def report(
    candidate: Candidate | None, code: str = "E1", *, session: Session | None = None, **more: Any
) -> Incident:
    session = session or (candidate.session if candidate is not None else None)
    assert session is not None
    now = more.pop("now", NOW)
    return incidents.report_incident(
        session_id=session.pk,
        candidate_id=candidate.pk if candidate is not None else None,
        observed=Observed(code, **more),
        actor=PROCTOR,
        now=now,
    )


def change(incident: Incident, code: str, **more: Any) -> Incident:
    return incidents.change_incident(
        session_id=incident.session_id, incident_id=incident.pk, observed=Observed(code, **more), actor=PROCTOR,
        now=NOW + timedelta(minutes=5),
    )  # fmt: skip


def delete(incident: Incident, actor: Any = PROCTOR) -> Incident:
    return incidents.delete_incident(
        session_id=incident.session_id, incident_id=incident.pk, actor=actor, now=NOW + timedelta(minutes=6)
    )


@pytest.fixture
def paul(candidate: Candidate) -> Candidate:
    put(candidate, "in_progress", now=NOW)
    candidate.attempt = attempt_of(candidate)
    candidate.attempt.workstation = "14"
    candidate.attempt.save()
    return candidate


def test_incident_is_a_row_an_event_and_a_count(paul: Candidate) -> None:
    incident = report(paul, question=12, description="  l’image\n reste blanche ")
    assert (incident.question, incident.workstation, incident.description) == (
        12,
        "14",
        "l’image reste blanche",
    )
    assert (incident.reported_by, incident.source, incident.observed_at) == (PROCTOR.name, "hand", NOW)
    event = last_event(paul.session)
    assert (event.kind, event.candidate_id, event.observed_at) == ("incident_reported", paul.pk, NOW)
    told = {
        name: event.facts[name] for name in ("category", "question", "workstation", "description", "incident")
    }
    assert told == {
        "category": "E1", "question": 12, "workstation": "14", "description": "l’image reste blanche",
        "incident": incident.pk,
    }  # fmt: skip
    assert attempt_of(paul).incidents_noted == 1
    assert_sound(paul.session)


def test_incident_of_who_never_came_and_of_the_room(candidate: Candidate) -> None:
    report(candidate, "C4", description="A signé à la ligne du dessus")
    assert (attempt_of(candidate).state, attempt_of(candidate).incidents_noted) == ("expected", 1)
    room = report(None, "C7", session=candidate.session, description="Coupure de réseau")
    assert (room.candidate_id, last_event(candidate.session).candidate_id) == (None, None)
    assert_sound(candidate.session)


@pytest.mark.parametrize(
    ("code", "more", "refused"),
    [
        ("E1", {}, "question_missing"),
        ("E1", {"question": 0}, "question_out_of_range"),
        ("E1", {"question": 501}, "question_out_of_range"),
        ("C7", {"question": -1, "description": "x"}, "question_out_of_range"),
        ("C7", {}, "description_missing"),
        ("C7", {"description": " \n "}, "description_missing"),
        ("C7", {"description": "x" * 501}, "description_too_long"),
        ("C7", {"description": "a\x00b"}, "invalid"),
        ("C6", {"description": "il a copié"}, "facts_apart"),
        ("E7", {"question": 1}, "category_unknown"),
    ],
)
def test_incident_is_refused(paul: Candidate, code: str, more: dict[str, Any], refused: str) -> None:
    before = everything(paul.session)
    with pytest.raises(DomainError, match=refused) as refusal:
        report(paul, code, **more)
    assert refusal.value.status == 422
    assert everything(paul.session) == before


@pytest.mark.parametrize(("question", "characters"), [(1, 500), (500, 0)])
def test_incident_at_the_limits_is_taken(paul: Candidate, question: int, characters: int) -> None:
    assert report(paul, question=question, description="x" * characters).question == question


def test_only_a_technical_incident_concerns_the_room(session: Session) -> None:
    with pytest.raises(DomainError, match="candidate_missing"):
        report(None, "E1", session=session, question=3)


def test_a_category_out_of_its_dates_is_refused(paul: Candidate, monkeypatch: pytest.MonkeyPatch) -> None:
    day = paul.session.local(NOW).date()
    table = {"E1": replace(categories.CATEGORIES["E1"], valid_to=day - timedelta(days=1))}
    monkeypatch.setattr(incidents, "CATEGORIES", table)
    with pytest.raises(DomainError, match="category_not_valid"):
        report(paul, question=1)
    table["E1"] = replace(table["E1"], valid_to=day)
    report(paul, question=1)


def test_incident_of_another_room_is_not_found(paul: Candidate) -> None:
    stranger = CandidateFactory()
    with pytest.raises(DomainError) as refusal:
        report(stranger, session=paul.session, question=1)
    assert refusal.value.status == 404
    theirs = report(stranger, question=1)
    for act in (incidents.change_incident, incidents.delete_incident):
        more = {"observed": Observed("E2", 1)} if act is incidents.change_incident else {}
        with pytest.raises(DomainError, match="incident_not_found") as refusal:
            act(session_id=paul.session_id, incident_id=theirs.pk, actor=PROCTOR, now=NOW, **more)
        assert refusal.value.status == 404


def test_after_closing_everything_is_refused(paul: Candidate) -> None:
    incident = report(paul, question=1)
    Session.objects.filter(pk=paul.session_id).update(state="closed", closed_at=NOW)
    before = everything(paul.session)
    acts: list[Callable[[], object]] = [
        lambda: report(paul, question=2),
        lambda: change(incident, "E2", question=1),
        lambda: delete(incident),
    ]
    for act in acts:
        with pytest.raises(DomainError, match="session_closed"):
            act()
    assert everything(paul.session) == before


def test_the_hour_is_neither_ahead_nor_long_before(paul: Candidate) -> None:
    assert report(paul, question=1, at=NOW + timedelta(hours=1)).observed_at == NOW
    early = report(paul, question=1, at=NOW - timedelta(days=9)).observed_at
    assert early == NOW - timedelta(hours=24)
    assert report(paul, question=1, at=NOW - timedelta(minutes=9)).observed_at == NOW - timedelta(minutes=9)


def test_incident_is_changed_with_before_and_after(paul: Candidate) -> None:
    incident = change(report(paul, question=1), "E3", question=2, description="fichier vide")
    facts = last_event(paul.session).facts
    assert (facts["before"]["category"], facts["before"]["question"]) == ("E1", 1)
    assert (facts["after"]["category"], facts["after"]["question"]) == ("E3", 2)
    incident.refresh_from_db()
    assert (incident.category, incident.observed_at) == ("E3", NOW)
    before = everything(paul.session)
    change(incident, "E3", question=2, description="fichier vide")
    assert everything(paul.session) == before


def test_a_change_is_checked_like_a_report(paul: Candidate) -> None:
    incident = report(paul, question=1)
    with pytest.raises(DomainError, match="question_missing"):
        change(incident, "E3")
    with pytest.raises(DomainError, match="category_fixed"):
        change(incident, "C6")
    fraud = report(paul, "C6")
    with pytest.raises(DomainError, match="category_fixed"):
        change(fraud, "C7", description="x")


def test_incident_is_taken_back_once(paul: Candidate) -> None:
    incident = report(paul, question=1)
    delete(incident)
    assert kinds(paul.session)[-1] == "incident_deleted"
    assert last_event(paul.session).facts["before"]["question"] == 1
    assert attempt_of(paul).incidents_noted == 0
    before = everything(paul.session)
    delete(incident)
    assert everything(paul.session) == before
    with pytest.raises(DomainError, match="incident_gone"):
        change(incident, "E2", question=1)


def test_a_suspected_fraud_is_not_counted(paul: Candidate) -> None:
    fraud = report(paul, "C6")
    assert attempt_of(paul).incidents_noted == 0
    delete(fraud, ADMIN)
    assert attempt_of(paul).incidents_noted == 0
