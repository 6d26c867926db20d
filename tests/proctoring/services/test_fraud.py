"""The facts of a suspected fraud: admins write them, the journal holds their digest (I1)."""

import json
from typing import Any

import pytest

from pixsurv.kernel import journal
from pixsurv.kernel.errors import DomainError
from proctoring.models import FraudSheet, Incident
from proctoring.services import fraud, incidents
from sessions_app.models import Candidate, Event, Session
from tests.factories import ADMIN, PROCTOR, CandidateFactory
from tests.journal import NOW, assert_sound, everything, last_event

pytestmark = pytest.mark.django_db
FACTS = "Téléphone sur les genoux à 10h12.\nVu par deux surveillants."


def suspect(candidate: Candidate) -> Incident:
    observed = incidents.Observed("C6")
    return incidents.report_incident(
        session_id=candidate.session_id, candidate_id=candidate.pk, observed=observed, actor=PROCTOR, now=NOW
    )


def write(incident: Incident, facts: str = FACTS, actor: Any = ADMIN) -> FraudSheet:
    return fraud.write_sheet(
        session_id=incident.session_id, incident_id=incident.pk, facts=facts, actor=actor, now=NOW
    )


def test_sheet_is_sealed_by_its_digest_and_told_nowhere(candidate: Candidate) -> None:
    sheet = write(suspect(candidate))
    event = last_event(candidate.session)
    assert (event.kind, event.sequence) == ("incident_changed", sheet.sequence)
    assert sheet.facts == FACTS
    assert event.facts["sheet_digest"] == journal.facts_digest(sheet.salt, {"facts": FACTS})
    told = json.dumps(list(Event.objects.values_list("facts", flat=True)), ensure_ascii=False)
    assert "Téléphone" not in told
    assert_sound(candidate.session)


def test_every_version_stays(candidate: Candidate) -> None:
    incident = suspect(candidate)
    write(incident)
    before = everything(candidate.session)
    write(incident)
    assert everything(candidate.session) == before, "the same again"
    write(incident, "Autre version")
    assert [one.facts for one in incident.sheets.order_by("sequence")] == [FACTS, "Autre version"]


def test_an_admin_notes_one_himself(candidate: Candidate) -> None:
    incident = fraud.report_fraud(
        session_id=candidate.session_id, candidate_id=candidate.pk, facts=FACTS, actor=ADMIN, now=NOW
    )
    assert (incident.category, incident.description, incident.sheets.get().facts) == ("C6", "", FACTS)


def test_a_proctor_neither_writes_nor_takes_back_what_is_written(candidate: Candidate) -> None:
    incident = suspect(candidate)
    with pytest.raises(DomainError, match="not_allowed"):
        write(incident, actor=PROCTOR)
    write(incident)
    where = {"session_id": incident.session_id, "incident_id": incident.pk, "now": NOW}
    with pytest.raises(DomainError, match="sheet_written"):
        incidents.delete_incident(**where, actor=PROCTOR)
    incidents.delete_incident(**where, actor=ADMIN)
    with pytest.raises(DomainError, match="incident_gone"):
        write(incident)


@pytest.mark.parametrize(("facts", "code"), [(" \n ", "facts_missing"), ("x" * 4001, "facts_too_long")])
def test_facts_have_a_measure(candidate: Candidate, facts: str, code: str) -> None:
    incident = suspect(candidate)
    with pytest.raises(DomainError, match=code):
        write(incident, facts)


def test_sheet_of_what_is_no_fraud_of_this_room_or_closed_is_refused(candidate: Candidate) -> None:
    stranger = suspect(CandidateFactory())
    other = incidents.report_incident(
        session_id=candidate.session_id, candidate_id=candidate.pk, observed=incidents.Observed("E1", 3),
        actor=PROCTOR, now=NOW,
    )  # fmt: skip
    for incident_id in (stranger.pk, other.pk):
        with pytest.raises(DomainError, match="incident_not_found"):
            fraud.write_sheet(
                session_id=candidate.session_id, incident_id=incident_id, facts=FACTS, actor=ADMIN, now=NOW
            )
    mine = suspect(candidate)
    Session.objects.filter(pk=candidate.session_id).update(state="closed", closed_at=NOW)
    with pytest.raises(DomainError, match="session_closed"):
        write(mine)
