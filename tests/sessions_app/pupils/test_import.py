"""A school's list: report, ticks, confirmation, one transaction or nothing (P2)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions_app.enums import SignInMode
from sessions_app.models import Candidate, Establishment, ImportMapping, Pupil, PupilDraft, Session
from tests import factories
from tests.journal import assert_sound, kinds, last_event
from tests.sessions_app.candidates import acts
from tests.sessions_app.candidates.acts import form_of, words
from tests.sessions_app.imports import files
from tests.sessions_app.pupils.acts import (
    TITLES,
    TODAY,
    confirm,
    draft_page,
    imported,
    people,
    pix_orga,
    profile,
    report,
    school,
    session,
    signed_in,
    today,
    upload,
    uploaded,
)

__all__ = ["school", "session", "signed_in", "today"]

LIST = TITLES + "DUPONT;Paul;21/05/2011;3e A\nMARTIN;Ana;01/02/2011;3e B\nPETIT;Lou;03/04/2011;3e B\n"
UNKNOWN = "Patronyme;Petit nom;Jour;Groupe\nDUPONT;Paul;21/05/2011;3e A\n"
CHOSEN = {"header_line": "1", "last_name": "0", "first_name": "1", "birth_date": "2", "class_name": "3"}


def test_import_is_report_then_confirmation(signed_in: Client, school: Establishment) -> None:
    draft = uploaded(signed_in, LIST)
    assert people() == []
    assert "3 nouveaux, 0 changement de classe, 0 parti" in report(signed_in, draft)
    text = imported(signed_in, LIST)
    assert "3 ajoutés, 0 corrigé, 0 retiré" in text
    assert people()[0] == ("DUPONT", "Paul", date(2011, 5, 21), "3e A")
    pupil = Pupil.objects.get(last_name="DUPONT")
    assert (pupil.establishment, pupil.school_year, pupil.certifiable) == (school, 2026, None)


def test_second_import_shows_what_changes_and_deletes_nobody_without_a_tick(
    signed_in: Client, school: Establishment
) -> None:
    imported(signed_in, LIST)
    Pupil.objects.filter(last_name="DUPONT").update(certifiable_competences=7, extra_time_percent=33)
    other = factories.PupilFactory(establishment=school, class_name="6e Z", last_name="AUTRECLASSE")
    factories.PupilFactory(establishment=school, school_year=2025)
    second = TITLES + "Dupont;Paul;21/05/2011;3e B\nNEUF;Bo;05/06/2011;3e A\nMARTIN;Ana;01/02/2011;3e B\n"
    draft = uploaded(signed_in, second)
    text = report(signed_in, draft)
    assert "1 nouveau, 1 changement de classe, 1 parti ; 1 sans changement" in text
    assert "Classe : 3e A → 3e B" in text
    assert "PETIT Lou, 03/04/2011, 3e B" in text
    assert "1 élève d’une classe que le fichier n’a pas" in text
    assert " checked" not in signed_in.get(draft_page(draft)).content.decode()
    confirm(signed_in, draft)
    assert Pupil.objects.filter(school_year=2026).count() == 5
    paul = Pupil.objects.get(last_name="Dupont")
    assert (paul.class_name, paul.certifiable_competences, paul.extra_time_percent) == ("3e B", 7, 33)
    assert Pupil.objects.filter(pk=other.pk).exists()


def test_only_those_who_left_and_are_ticked_are_removed(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    imported(signed_in, LIST)
    ana, lou, paul = (Pupil.objects.get(first_name=name) for name in ("Ana", "Lou", "Paul"))
    candidate = factories.CandidateFactory(session=session, pupil=lou)
    shorter = TITLES + "DUPONT;Paul;21/05/2011;3e B\n"
    text = imported(signed_in, shorter, remove=[str(lou.pk), str(paul.pk), "x"])
    assert "0 ajouté, 1 corrigé, 1 retiré" in text
    assert set(Pupil.objects.all()) == {ana, paul}
    candidate.refresh_from_db()
    assert candidate.pupil is None


def test_all_those_who_left_are_removed_by_one_tick(signed_in: Client, school: Establishment) -> None:
    imported(signed_in, LIST)
    elsewhere = factories.PupilFactory(establishment=school, class_name="6e Z")
    shorter = TITLES + "DUPONT;Paul;21/05/2011;3e B\n"
    assert "2 retirés" in imported(signed_in, shorter, remove_all=["gone"])
    assert Pupil.objects.filter(pk=elsewhere.pk).exists()
    assert "1 retiré" in imported(signed_in, shorter, remove_all=["gone", "elsewhere"])
    assert [name for name, *_ in people()] == ["DUPONT"]


def test_column_that_the_file_lacks_changes_nothing(signed_in: Client, school: Establishment) -> None:
    full = "Nom;Prénom;Né(e) le;Classe;Temps majoré;Identifiant local;Mode de connexion\n"
    imported(signed_in, full + "DUPONT;Paul;21/05/2011;3e A;33;X1;Identifiant\n")
    imported(signed_in, "Nom;Prénom;Né(e) le\nDUPONT;Paul;21/05/2011\n")
    pupil = Pupil.objects.get()
    assert (pupil.class_name, pupil.extra_time_percent, pupil.local_id) == ("3e A", 33, "X1")
    # An empty cell says nothing of how he signs in; it does say that he has no extra time.
    imported(signed_in, full + "DUPONT;Paul;21/05/2011;3e A;;X1;\n")
    pupil.refresh_from_db()
    assert (pupil.sign_in_mode, pupil.extra_time_percent) == (SignInMode.USERNAME, 0)


def test_report_lists_everything_with_line_column_and_remedy(
    signed_in: Client, school: Establishment
) -> None:
    titles = "Nom;Prénom;Né(e) le;Classe;Temps majoré;Mode de connexion;Sexe;E-mail\n"
    wrong = titles + (
        "DUPONT;Paul;31/02/2010;3e A;330;Télépathie;M;x@exemple.fr\n"
        ";Ana;2010-5-3;3e A;0,33;;F;\n"
        "NEUF;Léa;21/05/94;3e B;33 %;;F;\nNeuf;Lea;21/05/1994;3e B;33;;F;\n"
    )
    draft = uploaded(signed_in, wrong)
    text = report(signed_in, draft)
    assert "Rien n’a été enregistré. 5 erreurs empêchent l’import" in text
    for sentence in (
        "31/02/2010", "Cette date n’existe pas.", "de 0 à 300", "Ce mode de connexion n’est pas connu.",
        "complétez la cellule A3", "Déjà à la ligne 4", "Sexe", "E-mail", "ne sont pas enregistrées",
    ):  # fmt: skip
        assert sentence in text, sentence
    assert "Enregistrer la liste" not in text
    assert "x@exemple.fr" not in str(PupilDraft.objects.get(pk=draft.pk).rows)
    file = signed_in.get(reverse("establishment:pupil_report", args=[draft.pk]))
    assert file.content.startswith(b"PK")
    assert signed_in.post(draft_page(draft), {"confirm": "1", "seen": "x"}).status_code == 409
    seen = form_of(signed_in.get(draft_page(draft)))["seen"]
    assert signed_in.post(draft_page(draft), {"confirm": "1", "seen": seen}).status_code == 422
    assert people() == []


def test_homonyms_of_a_school_share_both_names(signed_in: Client, school: Establishment) -> None:
    draft = uploaded(signed_in, LIST + "DUPONT;Zoé;01/01/2011;3e A\nMartin;Ana;09/09/2011;3e A\n")
    text = report(signed_in, draft)
    assert "Porte le même nom que MARTIN Ana (ligne 6)" in text
    assert "DUPONT Zoé (ligne" not in text


def test_swapped_columns_and_corrected_birth_dates_are_told(signed_in: Client, school: Establishment) -> None:
    imported(signed_in, LIST)
    swapped = uploaded(signed_in, TITLES + "Paul;DUPONT;21/05/2011;3e A\nAna;MARTIN;01/02/2011;3e B\n")
    assert "2 élèves du fichier sont déjà dans la liste, nom et prénom échangés" in report(signed_in, swapped)
    corrected = uploaded(signed_in, LIST.replace("21/05/2011", "22/05/2011"))
    assert "Ressemble à Paul DUPONT, 21/05/2011, 3e A, qui n’est pas dans le fichier" in report(
        signed_in, corrected
    )


def test_first_names_in_capitals_where_last_names_are_not_are_told(
    signed_in: Client, school: Establishment
) -> None:
    text = TITLES + "".join(f"Nom{x};PRÉNOM;0{n}/01/2011;3e A\n" for n, x in enumerate("abc", start=1))
    assert "les deux colonnes semblent inversées" in report(signed_in, uploaded(signed_in, text))


def test_confirmation_sent_twice_imports_once(signed_in: Client, school: Establishment) -> None:
    draft = uploaded(signed_in, LIST)
    sent = {**form_of(signed_in.get(draft_page(draft))), "confirm": "1", "remove": [], "remove_all": []}
    for sentence in ("3 ajoutés", "déjà enregistré : rien n’a changé"):
        response = signed_in.post(draft_page(draft), sent)
        assert response.status_code == 303
        assert sentence in words(signed_in.get(response["Location"]))
        Pupil.objects.filter(last_name="PETIT").delete()
    assert [name for name, *_ in people()] == ["DUPONT", "MARTIN"]
    draft.refresh_from_db()
    assert draft.rows == []


def test_list_that_changed_meanwhile_is_shown_again(signed_in: Client, school: Establishment) -> None:
    draft = uploaded(signed_in, LIST)
    sent = {**form_of(signed_in.get(draft_page(draft))), "confirm": "1", "remove": [], "remove_all": []}
    factories.PupilFactory(establishment=school, last_name="ENTRETEMPS")
    response = signed_in.post(draft_page(draft), sent)
    assert response.status_code == 409
    assert "a changé depuis ce rapport" in words(response)
    assert "ENTRETEMPS" in words(response)
    assert Pupil.objects.count() == 1


def test_failure_in_the_middle_leaves_nothing(
    signed_in: Client, school: Establishment, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(signed_in, LIST)
    before = people()
    draft = uploaded(signed_in, TITLES + "DUPONT;Paul;21/05/2011;3e Z\nNEUF;Bo;05/06/2011;3e A\n")

    def broken(*args: object, **kwargs: object) -> int:
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr("sessions_app.services.pupil_imports.link_candidates", broken)
    with pytest.raises(RuntimeError):
        confirm(signed_in, draft, remove_all=["gone", "elsewhere"])
    assert people() == before


def test_unknown_titles_are_asked_once_and_remembered(signed_in: Client, school: Establishment) -> None:
    draft = uploaded(signed_in, UNKNOWN)
    assert "Quelle colonne est quoi" in report(signed_in, draft)
    assert signed_in.post(draft_page(draft), {**CHOSEN, "class_name": "9"}).status_code == 422
    assert signed_in.post(draft_page(draft), CHOSEN).status_code == 303
    assert "1 nouveau" in report(signed_in, draft)
    assert ImportMapping.objects.get().establishment == school
    assert "1 nouveau" in report(signed_in, uploaded(signed_in, UNKNOWN))


def test_what_is_remembered_of_pupils_serves_candidates_too(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    text = "Patronyme;Petit nom;Jour;Accès\nDUPONT;Paul;21/05/2011;ENT\n"
    draft = uploaded(signed_in, text)
    signed_in.post(draft_page(draft), {**CHOSEN, "class_name": "", "sign_in_mode": "3"})
    candidates = acts.uploaded(signed_in, session, text)
    assert candidates.columns == {"last_name": 0, "first_name": 1, "birth_date": 2}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Ce fichier est vide"),
        (b"\x89PNG\r\n\x1a\n", "est une image"),
        (TITLES.encode(), "personne en dessous"),
        (b"x" * (7 * 1024 * 1024), "dépasse 5 Mio"),
        (files.xlsx([["Nom"]])[:200], "incomplet, abîmé"),
        (files.xlsx([["Nom"]], extra={"xl/vbaProject.bin": b"x"}), "macros"),
        (files.archive({"a.txt": b"0" * 3_000_000}), "démesuré"),
        (";".join("abc" for _ in range(300)).encode(), "dépasse 200 colonnes"),
        ((TITLES + "D;é;1/1/2011;A\n").encode() + "É;Zoé;1/1/2011;A\n".encode("cp1252"), "deux façons"),
        (
            b"Nom du Participant;Pr\xc3\xa9nom du Participant;% de progression\nA;B;50\n",
            "pas d’une campagne de « collecte de profils »",
        ),
    ],
    ids=[
        "empty", "picture", "titles", "huge", "truncated", "macros", "bomb", "columns", "mixed", "other-campaign",
    ],
)  # fmt: skip
def test_file_that_is_refused_says_why_at_its_field(
    signed_in: Client, school: Establishment, content: bytes, sentence: str
) -> None:
    response = upload(signed_in, content, name="liste.ods")
    assert response.status_code == 422
    assert sentence in words(response)
    assert not PupilDraft.objects.exists()


def test_missing_file_and_unknown_year_are_told(signed_in: Client, school: Establishment) -> None:
    address = reverse("establishment:import_pupils")
    assert "Choisissez un fichier." in words(signed_in.post(address))
    assert upload(signed_in, LIST, year=2031).status_code == 404


@pytest.mark.parametrize("made", [files.xlsx, files.ods], ids=["excel", "ods"])
def test_workbooks_are_read_with_their_date_cells(signed_in: Client, school: Establishment, made) -> None:
    imported(signed_in, made([["Collège"], [], files.TITLES, *files.PEOPLE]))
    assert {name: (first, day) for name, first, day, _ in people()} == {
        name: (first, day) for name, first, day, *_ in files.EXPECTED
    }
    assert Pupil.objects.get(last_name="Lefèvre-Nuñez").extra_time_percent == 33


@files.needs_libreoffice
def test_csv_of_libreoffice_is_read(signed_in: Client, school: Establishment, tmp_path: Path) -> None:
    source = files.ods([files.TITLES, *files.PEOPLE])
    imported(
        signed_in, files.libreoffice(source, "ods", "csv:Text - txt - csv (StarCalc):59,34,76", tmp_path)
    )
    assert [name for name, *_ in people()] == ["DUPONT", "Lefèvre-Nuñez", "LE GOFF"]


def test_draft_lives_24_hours(signed_in: Client, school: Establishment) -> None:
    with time_machine.travel(TODAY - timedelta(hours=24, minutes=1), tick=False):
        old = uploaded(signed_in, LIST)
    response = signed_in.get(draft_page(old))
    assert response.status_code == 410
    assert "24 heures" in words(response)
    uploaded(signed_in, LIST)
    assert not PupilDraft.objects.filter(pk=old.pk).exists()


def test_import_costs_the_same_for_few_and_for_many(signed_in: Client, school: Establishment) -> None:
    def queries(count: int) -> int:
        lines = "".join(
            f"NOM{chr(65 + n // 26)}{chr(65 + n % 26)};Jo;01/02/2011;3e A\n" for n in range(count)
        )
        draft = uploaded(signed_in, TITLES + lines)
        with CaptureQueriesContext(connection) as caught:
            assert confirm(signed_in, draft).status_code == 303
        return len(caught)

    queries(1)
    assert queries(3) == queries(150)


def test_candidates_of_the_year_are_linked_and_told_how_they_sign_in(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    paul = factories.CandidateFactory(
        session=session, last_name="Dupont", first_name="Paul", birth_date=date(2011, 5, 21)
    )
    last_year = factories.SessionFactory(establishment=school, starts_at=TODAY - timedelta(days=300))
    factories.CandidateFactory(
        session=last_year, last_name="Dupont", first_name="Paul", birth_date=date(2011, 5, 21)
    )
    text = imported(
        signed_in, "Nom;Prénom;Né(e) le;Mode de connexion\nDUPONT;Paul;21/05/2011;Jamais connecté\n"
    )
    assert "1 candidat de sessions à venir" in text
    assert Candidate.objects.get(pupil__isnull=False) == paul
    paul.refresh_from_db()
    assert paul.sign_in_mode == SignInMode.NEVER
    assert kinds(session) == ["candidate_corrected"]
    assert last_event(session).facts["after"] == {"sign_in_mode": "never"}
    assert_sound(session)


def test_list_and_profiles_are_told_apart_by_their_titles(signed_in: Client, school: Establishment) -> None:
    assert not uploaded(signed_in, LIST).holds_profiles
    assert uploaded(signed_in, pix_orga(profile("DUPONT", "Paul", 5))).holds_profiles
