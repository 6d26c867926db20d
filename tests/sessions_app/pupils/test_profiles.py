"""The export of a « collecte de profils » campaign: certifiability, and who is who (P2)."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions_app.models import Candidate, Establishment, Pupil, PupilDraft, Session
from tests import factories
from tests.journal import assert_sound, everything, kinds, last_event
from tests.sessions_app.candidates.acts import form_of, words
from tests.sessions_app.imports import files
from tests.sessions_app.pupils.acts import (
    confirm,
    draft_page,
    imported,
    pix_orga,
    profile,
    report,
    school,
    session,
    signed_in,
    today,
    uploaded,
)

__all__ = ["school", "session", "signed_in", "today"]


def known(school: Establishment, last: str = "DUPONT", first: str = "Paul", **values: Any) -> Pupil:
    return factories.PupilFactory(
        establishment=school, last_name=last, first_name=first, **{"certifiable_competences": None, **values}
    )


def matching_page(draft: PupilDraft) -> str:
    return reverse("establishment:match_pupils", args=[draft.pk])


@pytest.mark.parametrize(
    ("competences", "certifiable"), [(0, False), (4, False), (5, True), (16, True), (None, None)]
)
def test_profile_completes_the_pupil_of_that_name(
    signed_in: Client, school: Establishment, competences: int | None, certifiable: bool | None
) -> None:
    pupil = known(school)
    imported(signed_in, pix_orga(profile("Dupont", "PAUL", competences)))
    pupil.refresh_from_db()
    assert (pupil.certifiable_competences, pupil.certifiable) == (competences, certifiable)
    assert pupil.profile_sent_on == (None if competences is None else date(2026, 11, 2))


def test_profile_that_was_not_sent_takes_nothing_back(signed_in: Client, school: Establishment) -> None:
    pupil = known(school, certifiable_competences=7)
    draft = uploaded(signed_in, pix_orga(profile("DUPONT", "Paul", None)))
    assert "1 profil non envoyé : ce qui est connu ne change pas" in report(signed_in, draft)
    confirm(signed_in, draft)
    pupil.refresh_from_db()
    assert (pupil.certifiable_competences, pupil.profile_sent_on) == (7, None)


def test_count_that_disagrees_with_the_levels_is_told_and_the_levels_win(
    signed_in: Client, school: Establishment
) -> None:
    pupil, other = known(school), known(school, "MARTIN", "Ana")
    lines = profile("DUPONT", "Paul", 6, stated="4"), profile("MARTIN", "Ana", 3, certifiable="Oui")
    draft = uploaded(signed_in, pix_orga(*lines))
    text = report(signed_in, draft)
    assert "annonce 4 compétences certifiables ; ses niveaux en donnent 6" in text
    assert "Le fichier dit « Oui », pour 3 compétences acquises." in text
    assert "Non vérifié → Certifiable (6/16)" in text
    confirm(signed_in, draft)
    pupil.refresh_from_db()
    other.refresh_from_db()
    assert (pupil.certifiable_competences, other.certifiable_competences) == (6, 3)


def test_older_profile_does_not_replace_a_newer_one(signed_in: Client, school: Establishment) -> None:
    pupil = known(school, certifiable_competences=9, profile_sent_on=date(2026, 11, 20))
    draft = uploaded(signed_in, pix_orga(profile("DUPONT", "Paul", 3)))
    assert "un profil plus récent, du 20/11/2026, est déjà connu" in report(signed_in, draft)
    confirm(signed_in, draft)
    pupil.refresh_from_db()
    assert pupil.certifiable_competences == 9


def test_what_can_not_be_read_blocks_with_its_cell(signed_in: Client, school: Establishment) -> None:
    broken = profile("DUPONT", "Paul", 6)
    broken[11], broken[6] = "x", "Peut-être"
    draft = uploaded(signed_in, pix_orga(broken, profile("", "Ana", 5), profile("A", "B", 5, sent_on="hier")))
    text = report(signed_in, draft)
    assert "2 erreurs empêchent l’import" in text
    assert "ni « Oui » ni « Non »" in text
    assert "complétez la cellule D3" in text
    assert "Ceci ne se lit pas comme une date." in text
    sent = profile("DUPONT", "Paul", 6)
    sent[11] = "x"
    assert "Ceci n’est ni un nombre, ni « NA »." in report(signed_in, uploaded(signed_in, pix_orga(sent)))


def test_lines_without_a_match_are_listed_and_add_nobody(signed_in: Client, school: Establishment) -> None:
    known(school)
    draft = uploaded(signed_in, pix_orga(profile("INCONNU", "Jean", 5, class_name="3e D")))
    text = report(signed_in, draft)
    assert "Ligne 2 : INCONNU Jean, 3e D" in text
    assert "1 élève de la liste n’est pas dans ce fichier" in text
    confirm(signed_in, draft)
    assert Pupil.objects.count() == 1


def test_only_what_is_ours_is_kept_of_the_export(signed_in: Client, school: Establishment) -> None:
    draft = uploaded(signed_in, pix_orga(profile("DUPONT", "Paul", 5)))
    assert "Collecte" not in str(draft.rows) and "120" not in str(draft.rows)
    assert "Nombre de pix total" in report(signed_in, draft)


def test_export_saved_again_as_a_workbook_is_read(signed_in: Client, school: Establishment) -> None:
    pupil = known(school)
    titles, line = (
        [cell.strip('"\ufeff') for cell in text.split(";")]
        for text in pix_orga(profile("DUPONT", "Paul", 5)).splitlines()
    )
    cells: list[files.Cell] = [float(cell) if cell.isdecimal() else cell for cell in line]
    cells[7] = date(2026, 11, 2)
    imported(signed_in, files.xlsx([titles, cells]))
    pupil.refresh_from_db()
    assert (pupil.certifiable_competences, pupil.profile_sent_on) == (5, date(2026, 11, 2))


def test_export_without_the_levels_is_read_by_its_count(signed_in: Client, school: Establishment) -> None:
    pupil = known(school)
    titles, line = (text.split(";")[:13] for text in pix_orga(profile("DUPONT", "Paul", 5)).splitlines())
    imported(signed_in, ";".join(titles) + "\n" + ";".join(line) + "\n")
    pupil.refresh_from_db()
    assert pupil.certifiable_competences == 5


def test_ambiguous_names_are_asked_and_nothing_is_guessed(signed_in: Client, school: Establishment) -> None:
    one = known(school, class_name="3e A")
    other = known(school, class_name="3e A")
    near = known(school, "MARTIN", "Anaëlle")
    lines = profile("DUPONT", "Paul", 6), profile("MARTIN", "Ana", 7), profile("Anaelle", "Martin", 8)
    draft = uploaded(signed_in, pix_orga(*lines))
    page = signed_in.get(draft_page(draft))
    assert "3 lignes ne disent pas assez sûrement" in words(page)
    assert b'name="confirm"' not in page.content
    seen = "0" * 32
    assert signed_in.post(draft_page(draft), {"confirm": "1", "seen": seen}).status_code == 409
    asked = signed_in.get(matching_page(draft))
    assert " checked" not in asked.content.decode()
    refused = signed_in.post(matching_page(draft), {"ligne-2": str(one.pk), "ligne-3": str(near.pk)})
    assert refused.status_code == 422
    twice = {"ligne-2": str(one.pk), "ligne-3": str(near.pk), "ligne-4": str(near.pk)}
    assert "déjà choisi pour la ligne 3" in words(signed_in.post(matching_page(draft), twice))
    answered = signed_in.post(matching_page(draft), {**twice, "ligne-4": "0"})
    assert (answered.status_code, answered["Location"]) == (303, draft_page(draft))
    assert "ANAELLE Martin" in report(signed_in, draft)
    confirm(signed_in, draft)
    for pupil, competences in ((one, 6), (other, None), (near, 7)):
        pupil.refresh_from_db()
        assert pupil.certifiable_competences == competences


def test_profiles_can_not_be_confirmed_while_a_name_is_open(signed_in: Client, school: Establishment) -> None:
    known(school, "MARTIN", "Anaëlle")
    draft = uploaded(signed_in, pix_orga(profile("MARTIN", "Ana", 7)))
    seen = signed_in.get(draft_page(draft)).context["report"].seen
    response = signed_in.post(draft_page(draft), {"confirm": "1", "seen": seen})
    assert response.status_code == 409
    assert "Il reste des noms à rapprocher." in words(response)
    assert Pupil.objects.get().certifiable is None


def test_many_names_are_asked_a_page_at_a_time(signed_in: Client, school: Establishment) -> None:
    lines = []
    for number in range(27):
        name = f"NOM{chr(65 + number)}"
        known(school, name, "Anaëlle")
        lines.append(profile(name, "Ana", 5))
    draft = uploaded(signed_in, pix_orga(*lines))
    first = signed_in.get(matching_page(draft))
    assert "page 1 sur 2" in words(first)
    answers = {f"ligne-{n}": "0" for n in range(2, 27)}
    response = signed_in.post(matching_page(draft), answers)
    assert response["Location"] == f"{matching_page(draft)}?page=2"
    assert "2 lignes ne disent pas" in report(signed_in, draft)
    last = signed_in.post(f"{matching_page(draft)}?page=2", {"ligne-27": "0", "ligne-28": "0"})
    assert last["Location"] == draft_page(draft)
    assert "Revoir mes 27 réponses" in report(signed_in, draft)
    assert form_of(signed_in.get(matching_page(draft)))["ligne-2"] == "0"


def test_confirmation_sent_twice_completes_once(signed_in: Client, school: Establishment) -> None:
    pupil = known(school)
    draft = uploaded(signed_in, pix_orga(profile("DUPONT", "Paul", 5)))
    sent = {**form_of(signed_in.get(draft_page(draft))), "confirm": "1"}
    assert "1 élève mis à jour" in words(signed_in.post(draft_page(draft), sent, follow=True))
    Pupil.objects.filter(pk=pupil.pk).update(certifiable_competences=1)
    assert "déjà enregistré" in words(signed_in.post(draft_page(draft), sent, follow=True))
    pupil.refresh_from_db()
    assert pupil.certifiable_competences == 1


def test_candidates_of_planned_sessions_follow(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    candidate = factories.CandidateFactory(session=session, pupil=known(school), certifiable_competences=3)
    text = imported(signed_in, pix_orga(profile("DUPONT", "Paul", 6)))
    assert "1 candidat de sessions à venir" in text
    candidate.refresh_from_db()
    assert candidate.certifiable_competences == 6
    facts = last_event(session).facts
    assert (facts["before"], facts["after"]) == (
        {"certifiable_competences": 3},
        {"certifiable_competences": 6},
    )
    assert_sound(session)
    before = everything(session)
    imported(signed_in, pix_orga(profile("DUPONT", "Paul", 6)))
    assert everything(session) == before


def test_what_a_room_shows_does_not_change_under_it(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    ticked = factories.CandidateFactory(session=session, pupil=known(school), certifiable_competences=7)
    factories.put(ticked, "present")
    launched = factories.SessionFactory(establishment=school)
    running = factories.CandidateFactory(
        session=launched, pupil=known(school, "MARTIN", "Ana"), certifiable_competences=7
    )
    waiting = factories.CandidateFactory(
        session=launched, pupil=known(school, "PETIT", "Lou"), certifiable_competences=7
    )
    factories.put(running, "in_progress")
    lines = [profile(*names, 2) for names in (("DUPONT", "Paul"), ("MARTIN", "Ana"), ("PETIT", "Lou"))]
    imported(signed_in, pix_orga(*lines))
    assert set(Pupil.objects.values_list("certifiable_competences", flat=True)) == {2}
    for candidate in (ticked, running, waiting):
        candidate.refresh_from_db()
        assert candidate.certifiable_competences == 7
    assert "candidate_corrected" not in kinds(session) + kinds(launched)


def test_typed_correction_reaches_planned_sessions_also_when_it_takes_back(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    pupil = known(school, certifiable_competences=3)
    candidate = factories.CandidateFactory(session=session, pupil=pupil, certifiable_competences=3)
    address = reverse("establishment:correct_pupil", args=[pupil.pk])
    sent = {**form_of(signed_in.get(address)), "certifiable_competences": "", "class_name": "3e Z"}
    signed_in.post(address, sent)
    candidate.refresh_from_db()
    assert (candidate.certifiable, candidate.class_name) == (None, "3e A")


def test_completion_costs_the_same_for_few_and_for_many(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    def queries(count: int) -> int:
        Candidate.objects.all().delete()
        Pupil.objects.all().delete()
        lines = []
        for number in range(count):
            name = f"NOM{chr(65 + number)}"
            factories.CandidateFactory(session=session, pupil=known(school, name, "Jo"), last_name=name)
            lines.append(profile(name, "Jo", 5))
        draft = uploaded(signed_in, pix_orga(*lines))
        Candidate.objects.update(certifiable_competences=1)
        with CaptureQueriesContext(connection) as caught:
            assert confirm(signed_in, draft).status_code == 303
        return len(caught)

    queries(1)
    assert queries(10) == queries(20)  # the events of a few are written one by one
