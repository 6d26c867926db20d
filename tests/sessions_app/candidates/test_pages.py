"""« Candidats »: enrolled one by one, corrected, removed; who may (P5, P6)."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions_app.models import Candidate, Session
from tests import factories
from tests.journal import assert_sound, everything, kinds, last_event
from tests.sessions_app.candidates.acts import close, form_of, names, signed_in, words

PAUL = {"last_name": "Dupont", "first_name": "Paul", "birth_date": "21/05/2011", "class_name": "3e A"}

__all__ = ["signed_in"]


def listing(session: Session) -> str:
    return reverse("establishment:candidates", args=[session.number])


def correction(candidate: Candidate) -> str:
    return reverse("establishment:correct_candidate", args=[candidate.session.number, candidate.pk])


def removal(candidate: Candidate) -> str:
    return reverse("establishment:remove_candidate", args=[candidate.session.number, candidate.pk])


def test_session_page_leads_to_the_list(signed_in: Client, session: Session) -> None:
    shown = signed_in.get(f"/etablissement/sessions/{session.number}/").content.decode()
    assert listing(session) in shown
    assert "Inscrire des candidats" in shown


def test_candidate_is_enrolled_one_by_one(signed_in: Client, session: Session) -> None:
    response = signed_in.post(listing(session), {**PAUL, "extra_time_percent": "33 %", "local_id": "X1"})
    assert (response.status_code, response["Location"]) == (303, listing(session))
    [candidate] = session.candidates.all()
    assert (candidate.birth_date, candidate.extra_time_percent) == (date(2011, 5, 21), 33)
    assert kinds(session) == ["candidate_enrolled"]
    assert "Paul DUPONT est inscrit." in words(signed_in.get(listing(session)))


def test_enrolment_sent_twice_says_so_and_changes_nothing(signed_in: Client, session: Session) -> None:
    signed_in.post(listing(session), PAUL)
    before = everything(session)
    response = signed_in.post(listing(session), {**PAUL, "last_name": "DU-PONT"})
    assert response.status_code == 409
    assert "déjà inscrit" in words(response)
    assert everything(session) == before


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"last_name": ""}, "Le nom est obligatoire."),
        ({"first_name": "李"}, "aucune lettre latine"),
        ({"birth_date": "31/02/2011"}, "Cette date n’existe pas."),
        ({"birth_date": "01/01/2090"}, "dans le futur"),
        ({"extra_time_percent": "oui"}, "Le temps majoré est un nombre."),
        ({"class_name": "x" * 51}, "50"),
        ({"local_id": "=1"}, "formule"),
    ],
)
def test_enrolment_that_is_wrong_is_answered_with_the_form(
    signed_in: Client, session: Session, changed: dict[str, str], sentence: str
) -> None:
    response = signed_in.post(listing(session), {**PAUL, **changed})
    assert response.status_code == 422
    assert sentence in words(response)
    assert not session.candidates.exists()


def test_enrolment_tells_what_is_strange(signed_in: Client, session: Session) -> None:
    other = factories.SessionFactory(establishment=session.establishment, starts_at=session.starts_at)
    factories.CandidateFactory(
        session=other, last_name="Dupont", first_name="Paul", birth_date=date(2011, 5, 21)
    )
    factories.CandidateFactory(session=session, last_name="DUPONT", first_name="Martine")
    signed_in.post(listing(session), {**PAUL, "extra_time_percent": "50"})
    shown = words(signed_in.get(listing(session)))
    assert "même nom que Martine DUPONT" in shown
    assert f"session {other.number}, au même moment" in shown
    assert "décision écrite" in shown
    assert shown.count("Homonyme") == 2


def test_enrolment_stays_open_after_the_launch_and_ends_with_closing(
    signed_in: Client, session: Session, candidate: Candidate
) -> None:
    factories.put(candidate, "in_progress")
    assert signed_in.post(listing(session), PAUL).status_code == 303
    close(session)
    response = signed_in.post(listing(session), {**PAUL, "first_name": "Ana"})
    assert response.status_code == 409
    assert "clôturée" in words(response)
    assert "Inscrire ce candidat" not in words(response)


def test_candidate_is_corrected(signed_in: Client, session: Session, candidate: Candidate) -> None:
    sent = form_of(signed_in.get(correction(candidate)))
    response = signed_in.post(
        correction(candidate),
        {**sent, "last_name": "Martin", "birth_date": "02/03/2010", "extra_time_percent": "25"},
    )
    assert response.status_code == 303
    candidate.refresh_from_db()
    assert (candidate.last_name, candidate.last_name_key) == ("Martin", "MARTIN")
    assert (candidate.birth_date, candidate.extra_time_percent) == (date(2010, 3, 2), 25)
    facts = last_event(session).facts
    assert kinds(session) == ["candidate_corrected"]
    assert facts["after"] == {"last_name": "Martin", "birth_date": "2010-03-02", "extra_time_percent": 25}
    assert set(facts["before"]) == set(facts["after"])
    assert_sound(session)


def test_correction_sent_twice_changes_nothing_more(
    signed_in: Client, session: Session, candidate: Candidate
) -> None:
    sent = {**form_of(signed_in.get(correction(candidate))), "class_name": "3e Z"}
    signed_in.post(correction(candidate), sent)
    before = everything(session)
    assert signed_in.post(correction(candidate), sent).status_code == 303
    assert everything(session) == before


def test_correction_of_a_stale_page_is_refused_with_fresh_data(
    signed_in: Client, session: Session, candidate: Candidate
) -> None:
    sent = form_of(signed_in.get(correction(candidate)))
    Candidate.objects.filter(pk=candidate.pk).update(class_name="4e Z")
    response = signed_in.post(correction(candidate), {**sent, "local_id": "X"})
    assert response.status_code == 409
    assert form_of(response)["class_name"] == "4e Z"
    assert form_of(response)["seen"] != sent["seen"]
    assert kinds(session) == []


def test_correction_into_somebody_else_is_refused(
    signed_in: Client, session: Session, candidate: Candidate
) -> None:
    signed_in.post(listing(session), PAUL)
    sent = form_of(signed_in.get(correction(candidate)))
    response = signed_in.post(correction(candidate), {**sent, **PAUL})
    assert response.status_code == 409
    assert "déjà inscrit" in words(response)


def test_correction_is_over_once_he_entered(
    signed_in: Client, session: Session, candidate: Candidate
) -> None:
    sent = form_of(signed_in.get(correction(candidate)))
    factories.put(candidate, "in_progress")
    before = everything(session)
    for response in (
        signed_in.get(correction(candidate)),
        signed_in.post(correction(candidate), {**sent, "last_name": "Autre"}),
        signed_in.post(removal(candidate)),
    ):
        assert response.status_code == 409
    assert "Est entré" in words(signed_in.get(listing(session)))
    assert everything(session) == before


def test_presence_alone_does_not_stop_a_correction(
    signed_in: Client, session: Session, candidate: Candidate
) -> None:
    factories.put(candidate, "present")
    sent = form_of(signed_in.get(correction(candidate)))
    assert signed_in.post(correction(candidate), {**sent, "first_name": "Autre"}).status_code == 303


def test_candidate_is_removed(signed_in: Client, session: Session, candidate: Candidate) -> None:
    factories.open_entry_for(candidate)  # typed his name at the desk, waits
    assert candidate.full_name in words(signed_in.get(removal(candidate)))
    assert signed_in.post(removal(candidate)).status_code == 303
    assert names(session) == []
    facts = last_event(session).facts
    assert facts["removed"] is True
    assert facts["before"]["last_name"] == candidate.last_name
    assert_sound(session)
    again = signed_in.post(removal(candidate), follow=True)
    assert "n’est plus sur la liste" in words(again)
    assert len(kinds(session)) == 1


def test_candidate_who_is_present_is_not_removed(
    signed_in: Client, session: Session, candidate: Candidate
) -> None:
    factories.put(candidate, "present")
    assert "coché présent" in words(signed_in.get(removal(candidate)))
    response = signed_in.post(removal(candidate))
    assert response.status_code == 409
    assert "Décochez-le" in words(response)
    assert names(session) == [candidate.last_name]


def test_list_costs_the_same_for_one_and_for_forty(
    signed_in: Client, session: Session, candidate: Candidate
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(listing(session))
        return len(queries)

    alone = cost()
    factories.CandidateFactory.create_batch(39, session=session)
    assert cost() == alone
