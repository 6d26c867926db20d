"""« Élèves »: the list of a school year, and a pupil typed, corrected, removed (P2)."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from sessions_app.enums import SignInMode
from sessions_app.models import Establishment, Pupil, Session
from sessions_app.pupils.listing import PAGE
from tests import factories
from tests.sessions_app.candidates.acts import form_of, words
from tests.sessions_app.pupils.acts import page, school, session, signed_in, today

__all__ = ["school", "session", "signed_in", "today"]

PAUL = {"last_name": "Dupont", "first_name": "Paul", "birth_date": "21/05/2011", "class_name": "3e A"}


def shown(client: Client, school: Establishment, **asked: object) -> str:
    response = client.get(page(school, **asked))
    assert response.status_code == 200
    return words(response)


def test_list_is_of_the_current_year_and_this_school(signed_in: Client, school: Establishment) -> None:
    factories.PupilFactory(establishment=school, last_name="ACTUEL")
    factories.PupilFactory(establishment=school, last_name="ANCIEN", school_year=2025)
    factories.PupilFactory(last_name="AILLEURS")
    text = words(signed_in.get(reverse("establishment:pupils")))
    assert "année scolaire 2026-2027 · 1 élève" in text
    assert "ACTUEL" in text and "ANCIEN" not in text and "AILLEURS" not in text
    assert "ANCIEN" in shown(signed_in, school, annee=2025)
    assert signed_in.get(page(school, annee=1999)).status_code == 404
    assert signed_in.get(page(school, annee="x")).status_code == 200


def test_list_says_profile_connection_extra_time_and_sessions(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    pupil = factories.PupilFactory(
        establishment=school, certifiable_competences=3, sign_in_mode=SignInMode.NEVER, extra_time_percent=33
    )
    factories.PupilFactory(establishment=school, certifiable_competences=None)
    factories.CandidateFactory(session=session, pupil=pupil)
    cancelled = factories.SessionFactory(establishment=school, room="ANNULÉE")
    factories.CandidateFactory(session=cancelled, pupil=pupil)
    Session.objects.filter(pk=cancelled.pk).update(state="cancelled", cancelled_at=session.starts_at)
    text = shown(signed_in, school)
    for words_ in (
        "Pas encore certifiable (3/5)", "Non vérifié", "Jamais connecté", "33 %", "02/12/2026, salle B12",
    ):  # fmt: skip
        assert words_ in text, words_
    assert "ANNULÉE" not in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("le goff", {"LE GOFF"}),
        ("LEG", {"LE GOFF", "Legrand"}),
        ("oedi", {"LE GOFF"}),
        ("Œdipe le-g", {"LE GOFF"}),
        ("legoff oe", {"LE GOFF"}),
        ("goff", set()),
        ("%", {"LE GOFF", "Legrand"}),
    ],
)
def test_search_is_by_beginning_of_name(
    signed_in: Client, school: Establishment, asked: str, found: set[str]
) -> None:
    factories.PupilFactory(establishment=school, last_name="LE GOFF", first_name="Œdipe")
    factories.PupilFactory(establishment=school, last_name="Legrand", first_name="Éva")
    response = signed_in.post(reverse("establishment:pupils"), {"q": asked}, follow=True)
    listed = {row.pupil.last_name for group in response.context["listing"].groups for row in group.rows}
    assert listed == found


def test_filters_by_class_and_profile_count_what_is_searched(
    signed_in: Client, school: Establishment
) -> None:
    for class_name, competences in (("3e A", 7), ("3e A", 4), ("3e B", None), ("", 5)):
        factories.PupilFactory(
            establishment=school, class_name=class_name, certifiable_competences=competences
        )
    text = shown(signed_in, school)
    assert "Certifiable 2 Pas encore certifiable 1 Non vérifié 1" in text
    assert "3e A (2)" in text and "Sans classe (1)" in text
    text = shown(signed_in, school, classe="3e A")
    assert "Certifiable 1 Pas encore certifiable 1 Non vérifié 0" in text
    assert "2 élèves sur 4" in text
    assert "1 élève sur 4" in shown(signed_in, school, classe="3e A", profil="pas-encore")
    assert "1 élève sur 4" in shown(signed_in, school, classe="-")
    assert "Aucun élève ne correspond" in shown(signed_in, school, classe="3e B", profil="certifiables")


def test_list_costs_the_same_for_one_and_for_many(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            signed_in.get(page(school))
        return len(caught)

    factories.CandidateFactory(session=session, pupil=factories.PupilFactory(establishment=school))
    queries()  # the first visit remembers the school
    one = queries()
    for number in range(9):
        pupil = factories.PupilFactory(establishment=school, class_name=f"3e {number}")
        factories.CandidateFactory(session=factories.SessionFactory(establishment=school), pupil=pupil)
    assert queries() == one


def test_list_has_pages(signed_in: Client, school: Establishment) -> None:
    made = []
    for number in range(101):
        pupil = factories.PupilFactory.build(
            establishment=school, last_name=f"PUPILLE{number:03}", class_name="3e A"
        )
        pupil.derive_keys()
        made.append(pupil)
    Pupil.objects.bulk_create(made)
    first, second = shown(signed_in, school), shown(signed_in, school, page=2)
    assert "Page 1 sur 2" in first and "PUPILLE099" in first and "PUPILLE100" not in first
    assert "PUPILLE100" in second


def test_pupil_is_added_once(signed_in: Client, school: Establishment) -> None:
    address = reverse("establishment:add_pupil") + "?annee=2026"
    response = signed_in.post(
        address,
        {**PAUL, "extra_time_percent": "1/3", "sign_in_mode": "email", "certifiable_competences": "4"},
    )
    assert response.status_code == 303
    assert "Paul DUPONT est dans la liste 2026-2027" in words(signed_in.get(response["Location"]))
    [pupil] = Pupil.objects.all()
    assert (pupil.establishment, pupil.school_year, pupil.birth_date) == (school, 2026, date(2011, 5, 21))
    assert (pupil.extra_time_percent, pupil.sign_in_mode, pupil.certifiable) == (33, "email", False)
    again = signed_in.post(address, {**PAUL, "last_name": "DU-PONT"})
    assert again.status_code == 409
    assert "déjà dans la liste 2026-2027" in words(again)
    assert Pupil.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"last_name": ""}, "Le nom est obligatoire."),
        ({"birth_date": "31/02/2010"}, "Cette date n’existe pas."),
        ({"extra_time_percent": "330"}, "de 0 à 300"),
        ({"certifiable_competences": "17"}, "de 0 à 16"),
        ({"sign_in_mode": "pigeon"}, "choix"),
    ],
)
def test_wrong_form_says_why(
    signed_in: Client, school: Establishment, wrong: dict[str, str], sentence: str
) -> None:
    response = signed_in.post(reverse("establishment:add_pupil"), {**PAUL, **wrong})
    assert response.status_code == 422
    assert sentence in words(response)
    assert not Pupil.objects.exists()


def correction(client: Client, pupil: Pupil, **changed: str) -> Any:
    address = reverse("establishment:correct_pupil", args=[pupil.pk])
    return client.post(address, {**form_of(client.get(address)), **changed})


def test_pupil_is_corrected(signed_in: Client, school: Establishment) -> None:
    pupil = factories.PupilFactory(establishment=school, last_name="Avant")
    response = correction(signed_in, pupil, last_name="Après", certifiable_competences="")
    assert response.status_code == 303
    assert "correction enregistrée" in words(signed_in.get(response["Location"]))
    pupil.refresh_from_db()
    assert (pupil.last_name, pupil.last_name_key, pupil.certifiable) == ("Après", "APRES", None)
    assert "rien n’a changé" in words(signed_in.get(correction(signed_in, pupil)["Location"]))


def test_correction_of_what_somebody_else_has_corrected_is_refused(
    signed_in: Client, school: Establishment
) -> None:
    pupil = factories.PupilFactory(establishment=school)
    address = reverse("establishment:correct_pupil", args=[pupil.pk])
    sent = form_of(signed_in.get(address))
    Pupil.objects.filter(pk=pupil.pk).update(class_name="3e Z")
    response = signed_in.post(address, {**sent, "class_name": "3e C"})
    assert response.status_code == 409
    assert "vient de corriger" in words(response)
    assert form_of(response)["class_name"] == "3e Z"
    pupil.refresh_from_db()
    assert pupil.class_name == "3e Z"


def test_correction_into_another_pupil_is_refused(signed_in: Client, school: Establishment) -> None:
    one, other = factories.PupilFactory.create_batch(2, establishment=school)
    response = correction(
        signed_in, one, last_name=other.last_name, first_name=other.first_name,
        birth_date=f"{other.birth_date:%d/%m/%Y}",
    )  # fmt: skip
    assert response.status_code == 409
    assert "déjà dans la liste" in words(response)


def test_pupil_who_is_removed_stays_a_candidate(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    pupil = factories.PupilFactory(establishment=school)
    candidate = factories.CandidateFactory(session=session, pupil=pupil)
    address = reverse("establishment:remove_pupil", args=[pupil.pk])
    assert "il reste candidat" in words(signed_in.get(address))
    assert Pupil.objects.exists()
    assert signed_in.post(address).status_code == 303
    assert not Pupil.objects.exists()
    candidate.refresh_from_db()
    assert candidate.pupil is None
    again = signed_in.post(address)
    assert again.status_code == 303
    assert "n’est plus dans la liste" in words(signed_in.get(again["Location"]))


def test_search_goes_on_through_pages_and_filters_without_the_name(
    signed_in: Client, school: Establishment
) -> None:
    for number in range(PAGE + 1):
        factories.PupilFactory(establishment=school, last_name="LE GOFF", first_name=f"Élève {number}")
    factories.PupilFactory(establishment=school, last_name="AUTRE")
    there = f"{reverse('establishment:pupils')}?etablissement={school.pk}"
    found = signed_in.post(there, {"q": "le goff", "classe": "", "profil": ""}, follow=True)
    links = html.fromstring(found.content).xpath("//a[@rel='next' or contains(@class, 'filtre')]/@href")
    assert len(links) > 2
    for link in links:
        assert "goff" not in link.lower()
        assert (
            signed_in.get(reverse("establishment:pupils") + link).context["listing"].wanted.search
            == "le goff"
        )
