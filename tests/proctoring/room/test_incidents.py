"""« Incident » in two taps, the list of the room, corrections (I1)."""

import re
from datetime import timedelta
from typing import Any

import pytest

from proctoring.models import Incident
from proctoring.services import fraud
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Session
from tests import factories
from tests.htmx import Page, both_ways
from tests.proctoring.room.conftest import NOW, Room

OPEN = "Incident concernant Paul DUPONT"


@pytest.fixture
def paul(room: Room) -> Candidate:
    return room.put("in_progress", "DUPONT", "Paul", "1997-05-21")


def report(room: Room, who: Candidate | None = None, htmx: bool = False, **data: Any) -> Any:
    given = {"categorie": "E1", "question": "12", "once": "x", "candidat": who.pk if who else "", **data}
    return room.post(room.url + "incidents/noter/", htmx=htmx, **given)


def choose(page: Page, who: str) -> None:
    """Of the list « Qui ? »."""
    page.get("incident-qui").set("value", who)


@both_ways
def test_two_taps_and_a_number(room: Room, paul: Candidate, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press(OPEN)
    page.press("E1 Image")
    assert "L’image ne s’affiche pas" in page.text()
    page.fill(question="12")
    page.press("Enregistrer")
    incident = Incident.objects.get()
    assert (incident.category, incident.question, incident.candidate) == ("E1", 12, paul)
    assert "1 incident" in page.text(room.row(paul))
    assert "Incident E1, question 12 noté : Paul DUPONT" in page.text("annonces")
    page.assert_like_reload()


@both_ways
def test_just_noted_is_taken_back_in_one_tap(room: Room, paul: Candidate, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press(OPEN)
    page.press("E4 Site indisponible")
    page.fill(question="3")
    page.press("Enregistrer")
    page.press("Annuler l’incident E4, question 3 de Paul DUPONT")
    page.assert_like_reload()
    assert "incident" not in page.text(room.row(paul)).replace("Incident", "")
    assert room.last_event().kind == EventKind.INCIDENT_DELETED


@both_ways
def test_of_the_whole_room_from_the_header(room: Room, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press("Incident")
    choose(page, "salle")
    page.press("C7 Incident technique")
    said = page.text("dialogue") if scripts else page.text()
    assert "Concerne toute la salle." in said
    assert "Notez les faits observés. Pas d’opinion, rien sur la santé ou la famille." in said
    page.fill(description="Coupure de réseau de 3 minutes")
    page.press("Enregistrer")
    incident = Incident.objects.get()
    assert (incident.candidate, incident.description) == (None, "Coupure de réseau de 3 minutes")
    page.assert_like_reload()
    page.press("Annuler l’incident C7 de toute la salle")
    page.assert_like_reload()
    assert Incident.objects.get().deleted_at is not None


@both_ways
def test_nobody_is_preset_and_not_choosing_is_not_the_whole_room(
    room: Room, paul: Candidate, scripts: bool
) -> None:
    page = room.page(scripts=scripts)
    page.press("Incident")
    options = page.get("incident-qui").xpath("./option")
    assert [one.get("value") for one in options] == ["", "salle", str(paul.pk)]
    assert not [one for one in options if one.get("selected") is not None]
    assert page.press("C7 Incident technique").status_code == 422
    assert "Dites d’abord qui est concerné" in page.text("dialogue" if scripts else "contenu")
    choose(page, str(paul.pk))
    assert page.press("C7 Incident technique").status_code == 200
    assert "Paul DUPONT" in page.text("dialogue" if scripts else "contenu")


def test_pupil_of_the_row_is_who_it_concerns(room: Room, paul: Candidate) -> None:
    page = room.page()
    page.press(OPEN)
    assert page.find("incident-qui") is None
    assert "Incident concernant Paul DUPONT" in page.text("dialogue")


def test_a_question_of_nobody_asks_whom(room: Room, paul: Candidate) -> None:
    page = room.page()
    page.press("Incident")
    choose(page, "salle")
    assert page.press("E1 Image").status_code == 422
    assert "Choisissez l’élève concerné" in page.text("dialogue")
    assert report(room).status_code == 422
    assert not Incident.objects.exists()


@both_ways
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"question": ""}, "Cette catégorie demande le numéro de la question."),
        ({"question": "0"}, "Le numéro de la question va de 1 à 500."),
        ({"question": "501"}, "Le numéro de la question va de 1 à 500."),
        ({"question": "douze"}, "Donnez un nombre."),
        ({"categorie": "C7"}, "Cette catégorie demande une description des faits."),
        (
            {"categorie": "C7", "description": "x" * 501},
            "La description tient en 500 caractères\u00a0: il y en a 501.",
        ),
        ({"at": "25:00"}, "Écrivez l’heure ainsi"),
        ({"once": ""}, "Rouvrez ce formulaire"),
    ],
)
def test_a_wrong_form_comes_back_with_its_words(
    room: Room, paul: Candidate, data: dict[str, str], sentence: str, scripts: bool
) -> None:
    before = room.sequence()
    response = report(room, paul, htmx=scripts, **data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert (room.sequence(), Incident.objects.count()) == (before, 0)


def test_line_ends_are_counted_as_the_page_counts_them(room: Room, paul: Candidate) -> None:
    """A text area counts one for each, and sends two."""
    typed = "\r\n".join(["x" * 99] * 5)
    assert len(typed.replace("\r\n", "\n")) == 499 and len(typed) > 500
    assert report(room, paul, htmx=True, categorie="C7", description=typed).status_code == 200
    assert Incident.objects.get().description == " ".join(["x" * 99] * 5)


def test_a_double_click_is_one_incident_and_another_form_another(room: Room, paul: Candidate) -> None:
    for once, count in (("a", 1), ("a", 1), ("b", 2)):
        assert report(room, paul, htmx=True, once=once).status_code == 200
        assert Incident.objects.count() == count


def test_a_candidate_of_another_room_is_not_found(room: Room) -> None:
    stranger = factories.CandidateFactory()
    assert report(room, stranger).status_code == 404
    assert report(room, stranger, htmx=True).status_code == 409
    theirs = report_by_service(stranger)
    for below in ("modifier/", "retirer/"):
        assert room.get(f"{room.url}incidents/{theirs.pk}/{below}").status_code == 404
        assert room.post(f"{room.url}incidents/{theirs.pk}/{below}", question="2").status_code == 404


def report_by_service(candidate: Candidate, code: str = "E1") -> Incident:
    from proctoring.services.incidents import Observed, report_incident

    observed = Observed(code, 1 if code.startswith("E") else None)
    where = {"session_id": candidate.session_id, "candidate_id": candidate.pk}
    return report_incident(**where, observed=observed, actor=factories.PROCTOR, now=NOW)


@both_ways
def test_the_hour_may_be_corrected(room: Room, paul: Candidate, scripts: bool) -> None:
    report(room, paul, htmx=scripts, at="10:12")
    assert room.session.local(Incident.objects.get().observed_at).strftime("%H:%M") == "10:12"
    assert room.last_event().observed_at < room.last_event().received_at
    report(room, paul, htmx=scripts, once="y", at="10:30")
    assert Incident.objects.order_by("pk").last().observed_at == NOW


@both_ways
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("21:25", "Cette heure n’est pas encore passée."), ("10:31", "Cette heure n’est pas encore passée.")],
)
def test_an_hour_to_come_is_refused_and_kept(
    room: Room, paul: Candidate, typed: str, sentence: str, scripts: bool
) -> None:
    response = report(room, paul, htmx=scripts, at=typed, description="Écran noir")
    said = response.content.decode()
    assert response.status_code == 422
    assert (sentence in said, f'value="{typed}"' in said, "Écran noir" in said) == (True, True, True)
    assert not Incident.objects.exists()
    noted = report_by_service(paul)
    changed = room.post(f"{room.url}incidents/{noted.pk}/modifier/", htmx=scripts, question="2", at=typed)
    assert (changed.status_code, sentence in changed.content.decode()) == (422, True)
    noted.refresh_from_db()
    assert (noted.observed_at, noted.question) == (NOW, 1)


def test_an_hour_long_before_the_session_is_refused(room: Room, paul: Candidate) -> None:
    Session.objects.filter(pk=room.session.pk).update(starts_at=NOW + timedelta(hours=4))
    response = report(room, paul, at="01:00")
    assert "Cette heure est bien avant le début de la session." in response.content.decode()
    assert response.status_code == 422


def test_after_midnight_an_hour_of_the_evening_is_yesterday_s(room: Room, paul: Candidate) -> None:
    room.travel(hours=15)
    assert report(room, paul, at="20:15").status_code == 303
    incident = Incident.objects.get()
    assert room.session.local(incident.observed_at).strftime("%d %H:%M") == "16 20:15"
    room.post(f"{room.url}incidents/{incident.pk}/modifier/", question="12", at="00:10")
    incident.refresh_from_db()
    assert room.session.local(incident.observed_at).strftime("%d %H:%M") == "17 00:10"


@both_ways
def test_the_list_corrects_and_takes_back(room: Room, paul: Candidate, scripts: bool) -> None:
    report(room, paul)
    room.travel(seconds=20)
    page = room.page(scripts=scripts)
    page.press("Incidents déjà notés")
    said = page.text("dialogue") if scripts else page.text()
    assert "10h30 · DUPONT Paul" in said
    assert "E1, question 12 · L’image ne s’affiche pas" in said
    assert "Perrine Essai" in said
    page.press("Modifier E1, question 12 de DUPONT Paul, 10h30")
    page.fill(question="13")
    page.press("Enregistrer")
    page.assert_like_reload()
    assert (Incident.objects.get().question, Incident.objects.get().observed_at) == (13, NOW)
    page.press("Incidents déjà notés")
    page.press("Retirer E1, question 13 de DUPONT Paul, 10h30")
    page.press("Confirmer")
    page.assert_like_reload()
    assert Incident.objects.get().deleted_at is not None
    page.press("Incidents déjà notés")
    assert "Aucun incident n’est noté." in (page.text("dialogue") if scripts else page.text())


def test_a_wrong_correction_comes_back(room: Room, paul: Candidate) -> None:
    report(room, paul)
    url = f"{room.url}incidents/{Incident.objects.get().pk}/modifier/"
    response = room.post(url, htmx=True, categorie="C4")
    assert response.status_code == 422
    assert "demande une description" in response.content.decode()
    assert Incident.objects.get().category == "E1"


def test_what_was_taken_back_meanwhile_is_said(room: Room, paul: Candidate) -> None:
    report(room, paul)
    other = room.enter("Odile Autre")
    page = room.page()
    page.press("Incidents déjà notés")
    page.press("Modifier E1, question 12 de DUPONT Paul, 10h30")
    incident = Incident.objects.get()
    other.post(f"{room.url}incidents/{incident.pk}/retirer/")
    assert page.press("Enregistrer").status_code == 409
    assert "Cet incident a été retiré entre-temps." in page.text("annonces")
    page.assert_like_reload("annonces")


def test_a_fraud_is_announced_without_a_word_or_a_badge(room: Room, paul: Candidate) -> None:
    page = room.page()
    before = page.text(room.row(paul))
    page.press(OPEN)
    page.press("Suspicion de fraude : prévenir la direction")
    assert not page.get("dialogue").xpath(".//textarea")
    page.press("Confirmer")
    page.assert_like_reload()
    incident = Incident.objects.get()
    assert (incident.category, incident.description) == ("C6", "")
    assert page.text(room.row(paul)) == before
    page.press("Incidents déjà notés")
    assert "C6 — fiche séparée" in page.text("dialogue")
    assert not [name for name in page.names() if name.startswith("Modifier")]
    assert room.get(f"{room.url}incidents/{incident.pk}/modifier/").status_code == 409


def test_the_room_never_shows_the_facts_of_a_fraud(room: Room, paul: Candidate) -> None:
    incident = report_by_service(paul, "C6")
    facts = "Téléphone sur les genoux"
    where = {"session_id": room.session.pk, "incident_id": incident.pk}
    fraud.write_sheet(**where, facts=facts, actor=factories.ADMIN, now=NOW)
    below = ["", "incidents/", f"incidents/{incident.pk}/retirer/", "etat/?v=0.0", f"candidats/{paul.pk}/"]
    for address in below:
        for htmx in (True, False):
            assert "genoux" not in room.get(room.url + address, htmx=htmx).content.decode()
    assert room.post(f"{room.url}incidents/{incident.pk}/retirer/").status_code == 409
    assert Incident.objects.get().deleted_at is None


def test_a_closed_room_lists_and_changes_nothing(room: Room, paul: Candidate) -> None:
    report(room, paul)
    Session.objects.filter(pk=room.session.pk).update(state="closed", closed_at=NOW)
    incident = Incident.objects.get()
    page = room.page("incidents/", scripts=False)
    assert "E1, question 12" in page.text()
    assert not [name for name in page.names() if re.match("Modifier|Retirer|Noter", name)]
    for url in (
        "incidents/noter/",
        f"incidents/{incident.pk}/modifier/",
        f"incidents/{incident.pk}/retirer/",
    ):
        assert room.post(room.url + url, categorie="E1", question="2", once="z").status_code == 409
        assert room.get(room.url + url).status_code == 409
    assert Incident.objects.get().question == 12


@pytest.mark.parametrize("many", [1, 40])
def test_the_list_costs_the_same_for_one_and_for_many(
    room: Room, paul: Candidate, many: int, django_assert_num_queries: Any
) -> None:
    for _ in range(many):
        report_by_service(paul)
    with django_assert_num_queries(2):
        assert room.get(room.url + "incidents/", htmx=True).content.count(b"Modifier") == many


def test_the_number_pad_is_a_plain_field_without_scripts(room: Room, paul: Candidate) -> None:
    page = Page(room.client, f"{room.url}incidents/noter/?candidat={paul.pk}&categorie=E1", scripts=False)
    (field,) = page.root.xpath("//input[@name='question']")
    assert (field.get("type"), field.get("inputmode")) == ("number", "numeric")
    (pad,) = page.root.xpath("//*[@data-pave]")
    assert pad.get("hidden") is not None
    assert pad.get("data-pave") == field.get("id")
