"""From a file to the list of a session: report, confirmation, one transaction or nothing (P5, P6)."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pixsurv.kernel import clock
from sessions_app.models import Candidate, ImportDraft, ImportMapping, Session
from tests import factories
from tests.journal import assert_sound, everything, kinds, last_event
from tests.sessions_app.candidates.acts import (
    close,
    draft_page,
    form_of,
    names,
    signed_in,
    upload,
    uploaded,
    words,
)
from tests.sessions_app.imports import files

TITLES = "Nom;Prénom;Date de naissance;Classe;Temps majoré\n"
LIST = TITLES + "DUPONT;Paul;21/05/2011;3e A;33\nMARTIN;Ana;01/02/2011;3e B;\n"
UNKNOWN = "Patronyme;Petit nom;Jour\nDUPONT;Paul;21/05/2011\n"

__all__ = ["signed_in"]


def confirm(client: Client, draft: ImportDraft, **changed: str) -> Any:
    sent = form_of(client.get(draft_page(draft)))
    return client.post(draft_page(draft), {**sent, "confirm": "1", **changed})


def imported(client: Client, session: Session, content: bytes | str) -> str:
    draft = uploaded(client, session, content)
    response = confirm(client, draft)
    assert response.status_code == 303, words(response)
    return words(client.get(response["Location"]))


def test_import_is_report_then_confirmation(signed_in: Client, session: Session) -> None:
    draft = uploaded(signed_in, session, LIST)
    assert names(session) == []
    shown = words(signed_in.get(draft_page(draft)))
    assert "Rien n’est encore enregistré" in shown
    assert "2 candidats seraient inscrits" in shown
    assert "2 inscrits, 0 corrigé, 0 retiré" in imported(signed_in, session, LIST)
    assert names(session) == ["DUPONT", "MARTIN"]
    assert session.candidates.get(last_name="DUPONT").extra_time_percent == 33
    assert kinds(session) == ["candidate_enrolled"] * 2
    assert_sound(session)


def test_import_of_the_pix_certif_list(signed_in: Client, session: Session) -> None:
    person: list[files.Cell] = ["Dupont", "Paul", date(2011, 5, 21), "M", "75001", None, "Paris", "FRANCE"]
    content = files.pix_certif([[*person, "secret@exemple.fr", None, "X12", 0.33]])
    draft = uploaded(signed_in, session, content, name="liste-candidats-session-1.ods")
    shown = words(signed_in.get(draft_page(draft)))
    assert "Sexe (M ou F)" in shown and "ne sont pas enregistrées" in shown
    # Data minimisation: what is not kept is not even in the draft.
    assert "secret@exemple.fr" not in str(draft.rows) and "75001" not in str(draft.rows)
    confirm(signed_in, draft)
    assert session.candidates.get().local_id == "X12"


def test_report_lists_everything_that_is_wrong(signed_in: Client, session: Session) -> None:
    text = TITLES + ";Paul;31/02/2011;3e A;oui\nMARTIN;Ana;01/02/2011;;\nMartin;ANA;01/02/2011;;50\n"
    draft = uploaded(signed_in, session, text)
    response = signed_in.get(draft_page(draft))
    shown = words(response)
    assert "Rien n’a été enregistré. 4 erreurs empêchent l’import" in shown
    for sentence in (
        "Le nom est obligatoire.", "complétez la cellule A2", "31/02/2011", "Cette date n’existe pas.",
        "Le temps majoré est un nombre.", "Déjà à la ligne 3", "plus d’un tiers",
    ):  # fmt: skip
        assert sentence in shown, sentence
    assert "Déposer le fichier corrigé" in shown
    assert "Enregistrer la liste" not in shown
    assert "plus d’un tiers" not in words(signed_in.get(draft_page(draft) + "?voir=erreurs"))
    assert "Déjà à la ligne 3" not in words(signed_in.get(draft_page(draft) + "?voir=avertissements"))
    file = signed_in.get(reverse("establishment:import_report", args=[session.number, draft.pk]))
    assert file.content.startswith(b"PK")


def test_report_with_errors_can_not_be_confirmed(signed_in: Client, session: Session) -> None:
    seen = form_of_report(signed_in, session)
    draft = uploaded(signed_in, session, TITLES + ";Paul;01/02/2011;;\n")
    response = signed_in.post(draft_page(draft), {"confirm": "1", "seen": seen})
    assert response.status_code == 422
    assert names(session) == []


def form_of_report(client: Client, session: Session) -> str:
    return form_of(client.get(draft_page(uploaded(client, session, LIST))))["seen"]


def test_second_import_replaces_and_says_what_it_removes(signed_in: Client, session: Session) -> None:
    imported(signed_in, session, LIST)
    kept = session.candidates.get(last_name="DUPONT")
    Candidate.objects.filter(pk=kept.pk).update(certifiable_competences=7)
    draft = uploaded(signed_in, session, TITLES + "Dupont;Paul;21/05/2011;3e C;\nNEUF;Bo;03/04/2011;;\n")
    shown = words(signed_in.get(draft_page(draft)))
    assert "1 candidat déjà inscrit serait retiré MARTIN Ana, 01/02/2011" in shown
    assert "Classe : 3e A → 3e C" in shown
    assert "Temps majoré : 33 % → 0 %" in shown
    confirm(signed_in, draft)
    assert names(session) == ["Dupont", "NEUF"]
    kept.refresh_from_db()
    assert (kept.class_name, kept.extra_time_percent, kept.certifiable_competences) == ("3e C", 0, 7)
    assert kinds(session)[2:] == ["candidate_corrected", "candidate_corrected", "candidate_enrolled"]
    assert_sound(session)


def test_column_that_the_file_lacks_changes_nothing(signed_in: Client, session: Session) -> None:
    imported(signed_in, session, LIST)
    imported(signed_in, session, "Nom;Prénom;Date de naissance\nDUPONT;Paul;21/05/2011\n")
    candidate = session.candidates.get()
    assert (candidate.class_name, candidate.extra_time_percent) == ("3e A", 33)


def test_import_of_the_same_list_again_changes_nothing(signed_in: Client, session: Session) -> None:
    imported(signed_in, session, LIST)
    before = everything(session)
    assert "0 inscrit, 0 corrigé, 0 retiré" in imported(signed_in, session, LIST)
    assert everything(session) == before


def test_confirmation_sent_twice_changes_nothing_more(signed_in: Client, session: Session) -> None:
    draft = uploaded(signed_in, session, LIST)
    sent = {**form_of(signed_in.get(draft_page(draft))), "confirm": "1"}
    signed_in.post(draft_page(draft), sent)
    before = everything(session)
    response = signed_in.post(draft_page(draft), sent, follow=True)
    assert "déjà enregistrée" in words(response)
    assert everything(session) == before
    draft.refresh_from_db()
    assert draft.rows == []
    report = reverse("establishment:import_report", args=[session.number, draft.pk])
    assert signed_in.get(report).status_code == 303


def test_list_that_changed_meanwhile_is_shown_again(signed_in: Client, session: Session) -> None:
    draft = uploaded(signed_in, session, LIST)
    sent = {**form_of(signed_in.get(draft_page(draft))), "confirm": "1"}
    factories.CandidateFactory(session=session, last_name="ENTRETEMPS")
    response = signed_in.post(draft_page(draft), sent)
    assert response.status_code == 409
    assert "a changé depuis ce rapport" in words(response)
    assert "ENTRETEMPS" in words(response)
    assert names(session) == ["ENTRETEMPS"]
    assert signed_in.post(draft_page(draft), {**form_of(response), "confirm": "1"}).status_code == 303
    assert names(session) == ["DUPONT", "MARTIN"]


def test_import_is_refused_once_a_candidate_has_entered(
    signed_in: Client, session: Session, candidate: Candidate
) -> None:
    draft = uploaded(signed_in, session, LIST)
    sent = {**form_of(signed_in.get(draft_page(draft))), "confirm": "1"}
    factories.open_entry_for(candidate)
    for response in (
        signed_in.post(draft_page(draft), sent),
        upload(signed_in, session, LIST),
        signed_in.get(reverse("establishment:import", args=[session.number])),
    ):
        assert response.status_code == 409
        assert "ne peut plus être remplacée" in words(response)
    assert names(session) == [candidate.last_name]


def test_import_into_a_closed_session_is_refused(signed_in: Client, session: Session) -> None:
    draft = uploaded(signed_in, session, LIST)
    sent = {**form_of(signed_in.get(draft_page(draft))), "confirm": "1"}
    close(session)
    for response in (signed_in.post(draft_page(draft), sent), upload(signed_in, session, LIST)):
        assert response.status_code == 409
    assert names(session) == []


def test_unknown_titles_are_asked_once_and_remembered(signed_in: Client, session: Session) -> None:
    draft = uploaded(signed_in, session, UNKNOWN)
    page = signed_in.get(draft_page(draft))
    assert "Quelle colonne est quoi" in words(page)
    assert "A — Patronyme" in words(page)
    chosen = {"header_line": "1", "last_name": "0", "first_name": "1", "birth_date": "2"}
    assert signed_in.post(draft_page(draft), chosen).status_code == 303
    assert signed_in.post(draft_page(draft), chosen).status_code == 200  # chosen already: the report
    confirm(signed_in, draft)
    assert names(session) == ["DUPONT"]
    again = uploaded(signed_in, session, UNKNOWN + "NEUF;Bo;03/04/2011\n")
    assert "1 candidat serait inscrit" in words(signed_in.get(draft_page(again)))


def test_columns_are_remembered_for_the_school_alone(
    signed_in: Client, session: Session, client: Client
) -> None:
    draft = uploaded(signed_in, session, UNKNOWN)
    chosen = {"header_line": "1", "last_name": "0", "first_name": "1", "birth_date": "2"}
    signed_in.post(draft_page(draft), chosen)
    assert ImportMapping.objects.get().establishment == session.establishment
    elsewhere = factories.SessionFactory()
    client.force_login(factories.MembershipFactory(establishment=elsewhere.establishment).account)
    assert uploaded(client, elsewhere, UNKNOWN).columns is None


def test_list_without_titles_is_read_by_the_choice(signed_in: Client, session: Session) -> None:
    draft = uploaded(signed_in, session, "DUPONT;Paul;21/05/2011\nMARTIN;Ana;01/02/2011\n")
    chosen = {"header_line": "0", "last_name": "0", "first_name": "1", "birth_date": "2"}
    signed_in.post(draft_page(draft), chosen)
    confirm(signed_in, draft)
    assert names(session) == ["DUPONT", "MARTIN"]
    assert not ImportMapping.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"last_name": ""}, "Choisissez la colonne."),
        ({"first_name": "0"}, "déjà prise pour « Nom de naissance »"),
        ({"header_line": "999"}, "n’est pas dans le fichier"),
        ({"header_line": "2"}, "personne en dessous"),
        ({"birth_date": "9"}, "choix"),
    ],
)
def test_choice_of_columns_that_is_wrong_is_told(
    signed_in: Client, session: Session, chosen: dict[str, str], sentence: str
) -> None:
    draft = uploaded(signed_in, session, UNKNOWN)
    right = {"header_line": "1", "last_name": "0", "first_name": "1", "birth_date": "2"}
    response = signed_in.post(draft_page(draft), {**right, **chosen})
    assert response.status_code == 422
    assert sentence in words(response)
    draft.refresh_from_db()
    assert draft.columns is None


def test_columns_can_be_chosen_although_they_are_known(signed_in: Client, session: Session) -> None:
    draft = uploaded(signed_in, session, LIST, ask_columns="on")
    assert draft.columns is None
    assert form_of(signed_in.get(draft_page(draft)))["birth_date"] == "2"


def test_file_that_is_refused_says_why_at_its_field(signed_in: Client, session: Session) -> None:
    for content, sentence in (
        (b"", "Ce fichier est vide"),
        (b"\x89PNG\r\n\x1a\n", "est une image"),
        (TITLES, "personne en dessous"),
        (b"x" * (7 * 1024 * 1024), "dépasse 5 Mio"),
    ):
        response = upload(signed_in, session, content, name="liste.ods")
        assert response.status_code == 422
        assert sentence in words(response)
    assert not ImportDraft.objects.exists()
    missing = signed_in.post(reverse("establishment:import", args=[session.number]))
    assert missing.status_code == 422
    assert "Choisissez un fichier." in words(missing)


def test_titles_of_the_next_page_and_blank_lines_are_no_candidates(
    signed_in: Client, session: Session
) -> None:
    draft = uploaded(signed_in, session, LIST + "\n;;;;\n ; ;;;\n" + TITLES + "NEUF;Bo;03/04/2011;;\n")
    assert [number for number, _ in draft.rows] == [2, 3, 8]


def test_draft_lives_24_hours_and_the_next_upload_purges_it(signed_in: Client, session: Session) -> None:
    with time_machine.travel(clock.now() - timedelta(hours=24, minutes=1)):
        old = uploaded(signed_in, session, LIST)
    response = signed_in.get(draft_page(old))
    assert response.status_code == 410
    assert "24 heures" in words(response)
    fresh = uploaded(signed_in, session, LIST)
    assert list(ImportDraft.objects.all()) == [fresh]


def test_draft_of_another_session_is_not_found_here(signed_in: Client, session: Session) -> None:
    other = factories.SessionFactory(establishment=session.establishment)
    draft = uploaded(signed_in, other, LIST)
    response = signed_in.get(reverse("establishment:import_draft", args=[session.number, draft.pk]))
    assert response.status_code == 410


def test_pupil_in_two_sessions_at_once_is_a_warning(signed_in: Client, session: Session) -> None:
    other = factories.SessionFactory(
        establishment=session.establishment, starts_at=session.starts_at - timedelta(minutes=60), room="C3"
    )
    later = factories.SessionFactory(
        establishment=session.establishment, starts_at=session.starts_at + timedelta(hours=5)
    )
    for place, name in ((other, "DUPONT"), (later, "MARTIN")):
        first, born = {"DUPONT": ("Paul", date(2011, 5, 21)), "MARTIN": ("Ana", date(2011, 2, 1))}[name]
        factories.CandidateFactory(session=place, last_name=name, first_name=first, birth_date=born)
    shown = words(signed_in.get(draft_page(uploaded(signed_in, session, LIST))))
    assert f"Déjà inscrit au même moment : session {other.number}, salle C3" in shown
    assert str(later.number) not in shown


def test_report_counts_the_extra_time_of_the_other_session(signed_in: Client, session: Session) -> None:
    before = session.starts_at - timedelta(minutes=121)
    other = factories.SessionFactory(establishment=session.establishment, room="C3", starts_at=before)
    factories.CandidateFactory(
        session=other, last_name="DUPONT", first_name="Paul", birth_date=date(2011, 5, 21)
    )
    address = draft_page(uploaded(signed_in, session, LIST))
    assert "même moment" not in words(signed_in.get(address))
    factories.CandidateFactory(session=other, extra_time_percent=33)
    assert f"Déjà inscrit au même moment : session {other.number}" in words(signed_in.get(address))


def test_report_costs_the_same_for_two_and_for_two_hundred(signed_in: Client, session: Session) -> None:
    def cost(content: str) -> int:
        draft = uploaded(signed_in, session, content)
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(draft_page(draft))
        return len(queries)

    many = TITLES + "".join(f"ESSAI;Pr{'abcdefghij'[n % 10]}{n};{1 + n % 28}/02/2011;;\n" for n in range(200))
    assert cost(LIST) == cost(many)


def test_import_writes_names_in_facts_only(signed_in: Client, session: Session) -> None:
    imported(signed_in, session, LIST)
    facts = last_event(session).facts
    assert facts["last_name"] == "MARTIN"
    assert facts["actor"]["kind"] == "admin"


@files.needs_libreoffice
def test_list_file_opens_in_libreoffice_with_real_dates(
    signed_in: Client, session: Session, tmp_path: Any
) -> None:
    factories.CandidateFactory(
        session=session, last_name="=SOMME", first_name="Œdipe & <b>", birth_date=date(2011, 5, 21),
        extra_time_percent=33, local_id="0012",
    )  # fmt: skip
    response = signed_in.get(reverse("establishment:candidates_file", args=[session.number]))
    assert response["Content-Type"] == files.ODS_TYPE
    assert f"liste-candidats-session-{session.number}.ods" in response["Content-Disposition"]
    target = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false"
    text = files.libreoffice(response.content, "ods", target, tmp_path).decode()
    assert "'=SOMME;Œdipe & <b>;21/05/2011;3e A;0012;33%" in text
    # A real date: saved raw, it is a number.
    folder = tmp_path / "flat"
    folder.mkdir()
    flat = files.libreoffice(response.content, "ods", "fods", folder).decode()
    assert 'office:date-value="2011-05-21"' in flat


def test_list_file_comes_back_unchanged(signed_in: Client, session: Session) -> None:
    factories.CandidateFactory(session=session, extra_time_percent=33, local_id="-12")
    before = everything(session)
    content = signed_in.get(reverse("establishment:candidates_file", args=[session.number])).content
    assert "0 inscrit, 0 corrigé, 0 retiré" in imported(signed_in, session, content)
    assert everything(session) == before
