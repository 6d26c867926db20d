"""« Suspicions de fraude »: for the admins of the school, and nobody else (I1)."""

from typing import Any

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.models import FraudSheet, Incident
from proctoring.services import incidents
from sessions_app.models import Account, Candidate, Session
from tests import factories

FACTS = "Téléphone sur les genoux à 10h12."


@pytest.fixture
def suspected(candidate: Candidate) -> Incident:
    """Announced from the room, while his test runs."""
    factories.put(candidate, "in_progress")
    return incidents.report_incident(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        observed=incidents.Observed("C6"),
        actor=factories.PROCTOR,
        now=clock.now(),
    )


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def address(session: Session, rest: str = "") -> str:
    return f"/etablissement/sessions/{session.number}/fraudes/{rest}"


def test_session_page_says_it_and_leads_to_the_sheet(signed_in: Client, suspected: Incident) -> None:
    session = suspected.session
    page = signed_in.get(f"/etablissement/sessions/{session.number}/").content.decode()
    assert f'id="fraude-{suspected.candidate_id}"' in page
    listed = signed_in.get(address(session)).content.decode()
    assert "La fiche n’est pas encore écrite." in listed
    done = signed_in.post(address(session, f"{suspected.pk}/"), {"facts": FACTS})
    assert (done.status_code, done["Location"]) == (303, address(session))
    listed = signed_in.get(address(session)).content.decode()
    assert FACTS in listed
    assert "par Compte Essai" in listed


def test_an_admin_notes_one_and_a_double_click_is_one(signed_in: Client, candidate: Candidate) -> None:
    data = {"facts": FACTS, "candidate": candidate.pk, "once": "a"}
    for _ in range(2):
        assert signed_in.post(address(candidate.session), data).status_code == 303
    assert (Incident.objects.get().category, FraudSheet.objects.get().facts) == ("C6", FACTS)


@pytest.mark.parametrize("missing", ["facts", "candidate", "once"])
def test_a_wrong_form_comes_back(signed_in: Client, candidate: Candidate, missing: str) -> None:
    data = {"facts": FACTS, "candidate": str(candidate.pk), "once": "a", missing: ""}
    assert signed_in.post(address(candidate.session), data).status_code == 422
    assert not Incident.objects.exists()


def test_a_candidate_of_another_session_is_no_choice(signed_in: Client, candidate: Candidate) -> None:
    data = {"facts": FACTS, "candidate": factories.CandidateFactory().pk, "once": "a"}
    assert signed_in.post(address(candidate.session), data).status_code == 422


def test_sheet_of_another_session_or_of_no_fraud_is_not_found(signed_in: Client, suspected: Incident) -> None:
    other = factories.SessionFactory(establishment=suspected.session.establishment)
    assert signed_in.get(address(other, f"{suspected.pk}/")).status_code == 404
    assert signed_in.post(address(other, f"{suspected.pk}/"), {"facts": FACTS}).status_code == 404


def test_after_closing_sheets_are_read_only(signed_in: Client, suspected: Incident) -> None:
    session = suspected.session
    signed_in.post(address(session, f"{suspected.pk}/"), {"facts": FACTS})
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=clock.now())
    assert FACTS in signed_in.get(address(session)).content.decode()
    assert "Enregistrer" not in signed_in.get(address(session, f"{suspected.pk}/")).content.decode()
    assert signed_in.post(address(session, f"{suspected.pk}/"), {"facts": "Autre"}).status_code == 409
    data: dict[str, Any] = {"facts": "Autre", "candidate": suspected.candidate_id, "once": "b"}
    assert signed_in.post(address(session), data).status_code == 409
    assert FraudSheet.objects.get().facts == FACTS


@pytest.mark.parametrize("many", [1, 12])
def test_list_costs_the_same_for_one_and_for_many(
    signed_in: Client, session: Session, many: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(many):
        candidate = factories.CandidateFactory(session=session)
        data = {"facts": FACTS, "candidate": candidate.pk, "once": f"o{candidate.pk}"}
        assert signed_in.post(address(session), data).status_code == 303
    with django_assert_max_num_queries(12):
        assert signed_in.get(address(session)).content.decode().count(FACTS) == many
