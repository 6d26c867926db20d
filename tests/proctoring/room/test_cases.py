"""What a room asks of the direction, as its page shows it (R10, R12, R21)."""

import re
from typing import Any

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.enums import Arrival
from proctoring.models import Case
from proctoring.services import presence
from proctoring.services.cases.answering import answer_case
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Session
from tests import factories
from tests.htmx import Page, both_ways
from tests.proctoring.room.conftest import Room

ASK_LATE = "Demander l’accord de la direction pour Paul DUPONT"
ASK_REOPENING = "Demander la réouverture du test de Paul DUPONT"
NOT_LISTED = "Élève absent de la liste"


@pytest.fixture
def boss(room: Room) -> Actor:
    account = factories.MembershipFactory(establishment=room.session.establishment).account
    return Actor(kind=ActorKind.ADMIN, name="Andréa Essai", account_id=account.pk)


@pytest.fixture
def late(room: Room) -> Candidate:
    """Paul, refused as late at 10h32."""
    room.put("in_progress", "DURAND", "Simon")
    room.travel(minutes=2)
    paul = room.add("DUPONT", "Paul", "2011-05-21")
    refuse(paul)
    return paul


@pytest.fixture
def elsewhere(room: Room) -> Candidate:
    """Paul, on the list of C04 at the same hour."""
    other = factories.SessionFactory(establishment=room.session.establishment, room="C04")
    return factories.CandidateFactory(
        session=other, last_name="DUPONT", first_name="Paul", birth_date=factories.date(2011, 5, 21)
    )


def refuse(candidate: Candidate) -> None:
    presence.confirm_presence(
        session_id=candidate.session_id,
        candidate_id=candidate.pk,
        actor=factories.PROCTOR,
        now=clock.now(),
        arrival=Arrival.LATE,
    )


def answer(boss: Actor, *, accepted: bool = True) -> Case:
    return answer_case(case_id=Case.objects.get().pk, accepted=accepted, actor=boss, now=clock.now())


def search(page: Page, last_name: str = "Dupont", born: str = "21/05/2011") -> None:
    page.press(NOT_LISTED)
    page.fill(last_name=last_name, first_name="Paul", birth_date=born)
    page.press("Chercher cet élève")


# ---- R10 ----


@both_ways
def test_late_pupil_is_sent_up_and_the_row_says_so(room: Room, late: Candidate, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press(ASK_LATE)
    page.fill(reason="bus en panne")
    page.press("Confirmer")
    row = page.text(room.row(late))
    assert "En retard — refusé à 10h32" in row
    assert "Demande envoyée à 10h32" in row
    assert not page.controls(ASK_LATE)
    assert room.last_event().kind == EventKind.CASE_RAISED
    if scripts:
        page.assert_like_reload()


@pytest.mark.parametrize(
    ("accepted", "said"),
    [(True, "Retard accepté par la direction à 10h33"), (False, "Refusé par la direction à 10h33")],
)
def test_answer_reaches_the_row_and_is_announced(
    room: Room, late: Candidate, boss: Actor, accepted: bool, said: str
) -> None:
    page = room.page()
    page.press(ASK_LATE)
    page.press("Confirmer")
    room.travel(minutes=1)
    answer(boss, accepted=accepted)
    page.poll()
    assert said in page.text(room.row(late))
    word = "accepté" if accepted else "refusé"
    assert f"Retard de Paul DUPONT : {word} par Andréa Essai" in page.text("annonces")
    assert (page.box("Présence de Paul DUPONT").get("disabled") is None) is accepted
    page.assert_like_reload()
    room.travel(seconds=61)
    assert "Andréa" not in room.page().text("annonces")


def test_accepted_late_pupil_is_ticked_without_a_question(room: Room, late: Candidate, boss: Actor) -> None:
    room.post(room.at(late, "direction/retard/"))
    answer(boss)
    page = room.page()
    page.tick("Présence de Paul DUPONT")
    assert room.attempt(late).state == "present"
    assert "retard accepté" in page.text(room.row(late))
    page.assert_like_reload()


@both_ways
def test_request_can_be_taken_back(room: Room, late: Candidate, scripts: bool) -> None:
    room.post(room.at(late, "direction/retard/"), reason="bus")
    page = room.page(scripts=scripts)
    page.press("Voir la demande envoyée pour Paul DUPONT")
    assert "« bus »" in page.text()
    page.press("Retirer la demande")
    assert "Demande envoyée" not in page.text(room.row(late))
    assert page.controls(ASK_LATE)
    if scripts:
        page.assert_like_reload()


def test_request_can_be_taken_back_from_the_announcement(room: Room, late: Candidate) -> None:
    page = room.page()
    page.press(ASK_LATE)
    page.press("Confirmer")
    page.press("Retirer la demande pour Paul DUPONT")
    assert Case.objects.get().state == "withdrawn"
    page.assert_like_reload()


def test_asking_twice_is_one_request(room: Room, late: Candidate) -> None:
    for _ in range(2):
        assert room.post(room.at(late, "direction/retard/"), htmx=True).status_code == 200
    assert len(room.events(EventKind.CASE_RAISED)) == 1


def test_proctor_who_decides_himself_has_nothing_to_ask(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    assert room.get(room.at(paul, "direction/retard/")).status_code == 409
    assert room.post(room.at(paul, "direction/retard/"), htmx=True).status_code == 409
    assert room.get(room.at(paul, "direction/autre/"), htmx=True).status_code == 409
    assert not Case.objects.exists()


def test_request_of_another_rooms_candidate_is_refused(room: Room) -> None:
    stranger = factories.CandidateFactory()
    factories.put(stranger, "completed")
    answered = room.post(room.at(stranger, "direction/reouverture/"), reason="x")
    assert answered.status_code == 404
    assert not Case.objects.exists()


def test_admin_in_the_room_need_not_ask_himself(admin_room: Room) -> None:
    admin_room.put("in_progress")
    paul = admin_room.add("DUPONT", "Paul")
    refuse(paul)
    page = admin_room.page()
    page.press(ASK_LATE)
    page.press("Confirmer")
    assert "Retard accepté par la direction" in page.text(admin_room.row(paul))
    assert Case.objects.get().answered_by_id == admin_room.access.account_id  # type: ignore[union-attr]
    page.assert_like_reload()


# ---- R12 ----


@both_ways
def test_reopening_is_asked_with_a_reason(room: Room, scripts: bool) -> None:
    paul = room.put("ended", "DUPONT", "Paul")
    assert not room.page().controls(ASK_REOPENING)
    room.travel(seconds=11)
    page = room.page(scripts=scripts)
    page.press(ASK_REOPENING)
    page.press("Confirmer")
    assert "Dites pourquoi." in page.text()
    page.fill(reason="Terminé par erreur")
    page.press("Confirmer")
    assert "Demande envoyée à 10h30" in page.text(room.row(paul))
    if scripts:
        page.assert_like_reload()


def test_reopening_is_offered_when_the_undo_is_over_by_the_clock(room: Room) -> None:
    room.put("ended", "DUPONT", "Paul")
    page = room.page()
    room.travel(seconds=11)
    page.poll()
    assert page.controls(ASK_REOPENING)
    page.assert_like_reload()


def test_granted_reopening_reaches_the_room(room: Room, boss: Actor) -> None:
    paul = room.put("completed", "DUPONT", "Paul")
    room.post(room.at(paul, "direction/reouverture/"), reason="Erreur")
    page = room.page()
    room.travel(seconds=20)
    answer(boss)
    page.poll()
    assert page.get(room.row(paul)).get("data-state") == "resume_authorised"
    assert "Réouverture du test de Paul DUPONT" in page.text("annonces")
    page.assert_like_reload()


def test_refused_reopening_reaches_the_room(room: Room, boss: Actor) -> None:
    paul = room.put("completed", "DUPONT", "Paul")
    room.post(room.at(paul, "direction/reouverture/"), reason="Erreur")
    page = room.page()
    answer(boss, accepted=False)
    page.poll()
    assert "Réouverture refusée par la direction à 10h30" in page.text(room.row(paul))
    page.assert_like_reload()


# ---- R21 ----


@both_ways
def test_pupil_on_no_list_is_asked_for(room: Room, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    search(page)
    assert "Sur aucune liste d’aujourd’hui." in page.text()
    page.press("Demander l’inscription")
    case = Case.objects.get()
    assert (case.kind, case.candidate) == ("not_listed", None)
    if scripts:
        assert "Demande envoyée à la direction : Paul DUPONT" in page.text("annonces")
        page.assert_like_reload()
    page.press(NOT_LISTED)
    assert "Inscription demandée à 10h30 · En attente" in page.text()


@both_ways
def test_pupil_of_another_room_is_told_with_room_and_hour_only(
    room: Room, elsewhere: Candidate, scripts: bool
) -> None:
    page = room.page(scripts=scripts)
    search(page)
    said = page.text("dialogue") if scripts else page.text()
    assert "Inscrit en salle C04 aujourd’hui à 10h30" in said
    assert page.controls("L’envoyer en salle C04")
    for secret in (elsewhere.class_name, str(elsewhere.session.number), "Homonyme"):
        assert secret not in said
    page.press("Demander le transfert ici")
    assert Case.objects.get().candidate == elsewhere
    if scripts:
        page.assert_like_reload()


def test_transfer_brings_the_row(room: Room, elsewhere: Candidate, boss: Actor) -> None:
    page = room.page()
    search(page)
    page.press("Demander le transfert ici")
    room.travel(seconds=11)
    answer(boss)
    page.poll()
    assert "Transféré ici par la direction à 10h30" in page.text(f"candidat-{elsewhere.pk}")
    page.assert_like_reload()


@pytest.mark.parametrize("accepted", [True, False])
def test_answer_about_a_pupil_without_a_row_is_announced(room: Room, boss: Actor, accepted: bool) -> None:
    page = room.page()
    search(page)
    page.press("Demander l’inscription")
    room.travel(seconds=11)
    answer(boss, accepted=accepted)
    page.poll()
    assert "Inscription de Paul DUPONT" in page.text("annonces")
    page.assert_like_reload()
    page.press(NOT_LISTED)
    assert ("Accepté à 10h30" if accepted else "Refusé à 10h30") in page.text("dialogue")


def test_who_entered_the_other_room_is_not_asked_for(room: Room, elsewhere: Candidate) -> None:
    factories.put(elsewhere, "in_progress")
    page = room.page()
    search(page)
    assert "Le transfert n’est plus possible." in page.text("dialogue")
    assert not page.controls("Demander le transfert ici")
    assert not page.controls("Demander l’inscription")


def test_who_is_on_this_list_is_found_there(room: Room) -> None:
    room.add("DUPONT", "Paul", "2011-05-21")
    page = room.page()
    search(page)
    assert "Cet élève est sur la liste de cette salle." in page.text("dialogue")


@pytest.mark.parametrize("born", ["", "31/02/2011", "demain"])
def test_identity_that_does_not_read_is_refused_with_the_form(room: Room, born: str) -> None:
    page = room.page()
    search(page, born=born)
    assert page.get("dialogue").xpath(".//*[@aria-invalid='true']")
    assert not Case.objects.exists()


def test_pupils_of_another_school_are_not_told(room: Room) -> None:
    factories.CandidateFactory(last_name="DUPONT", first_name="Paul", birth_date=factories.date(2011, 5, 21))
    assert Session.objects.count() == 2
    page = room.page()
    search(page)
    assert "Sur aucune liste d’aujourd’hui." in page.text("dialogue")


@pytest.mark.parametrize("wish", ["x", "99", "1" * 12])
def test_nonsense_is_asked_of_nobody(room: Room, elsewhere: Candidate, wish: str) -> None:
    typed = {"last_name": "Dupont", "first_name": "Paul", "birth_date": "21/05/2011"}
    answered = room.post(f"{room.url}absent-de-la-liste/", htmx=True, **typed, ask=wish)
    assert answered.status_code in {409, 422}
    assert not Case.objects.exists()


def test_names_of_pupils_are_in_no_address(room: Room, elsewhere: Candidate) -> None:
    page = room.page()
    page.press(NOT_LISTED)
    forms = page.get("dialogue").xpath(".//form/@hx-post | .//form/@hx-get")
    assert [re.sub(r"\d+", "", one) for one in forms] == ["/surveillance//absent-de-la-liste/"]
    assert not page.get("dialogue").xpath(".//form[@method='get']")


# ---- the door ----


def test_proctor_of_another_room_and_a_stranger_get_nothing(room: Room, late: Candidate) -> None:
    room.post(room.at(late, "direction/retard/"))
    sequence = Case.objects.get().raised_sequence
    other = Room(factories.SessionFactory(), room.travel).enter()
    for client in (other.client, Client()):
        for url in (
            room.at(late, "direction/retard/"),
            f"{room.url}absent-de-la-liste/",
            f"{room.url}demandes/{sequence}/retirer/",
        ):
            assert client.post(url, headers={"HX-Request": "true"}).status_code == 401
            assert client.post(url).status_code == 302
    assert other.post(f"{other.url}demandes/{sequence}/retirer/").status_code == 404
    assert Case.objects.get().state == "open"


def test_masked_screen_asks_nothing(room: Room, late: Candidate) -> None:
    room.post(f"{room.url}masquer/")
    assert room.post(room.at(late, "direction/retard/")).status_code == 303
    assert room.post(f"{room.url}absent-de-la-liste/").status_code == 303
    assert not Case.objects.exists()


def test_closed_room_asks_nothing(room: Room) -> None:
    paul = room.put("completed", "DUPONT", "Paul")
    room.post(f"{room.url}cloturer/")
    assert not room.page().controls(NOT_LISTED)
    for url in (room.at(paul, "direction/reouverture/"), f"{room.url}absent-de-la-liste/"):
        assert room.get(url, htmx=True).status_code == 409
    assert room.post(room.at(paul, "direction/reouverture/"), htmx=True, reason="x").status_code == 409
    assert not Case.objects.exists()


@pytest.mark.parametrize("rows", [1, 20])
def test_cases_cost_the_room_no_query(
    room: Room, boss: Actor, rows: int, django_assert_num_queries: Any
) -> None:
    room.put("in_progress")
    for _ in range(rows):
        paul = room.add()
        refuse(paul)
        room.post(room.at(paul, "direction/retard/"))
    one_more = room.add()
    room.travel(seconds=61)
    room.page()
    with django_assert_num_queries(4):
        page = room.page()
    assert page.text("liste").count("Demande envoyée") == rows
    refuse(one_more)
    with django_assert_num_queries(2):
        page.poll()
