"""« Incident dans toute la salle » in the room (R23): banner, common silence, names and minutes, undo."""

from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel import clock
from proctoring.services import entries, progress, running
from proctoring.services.entries import candidate_actor
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import Page, words
from tests.proctoring.room.conftest import NOW, Room
from tests.proctoring.room.test_poll import poll, version

MIN = timedelta(minutes=1)
AT_ALL = "Incident dans toute la salle"


def begin(room: Room, kind: str = "power", **more: Any) -> int:
    assert room.post(f"{room.url}incident-salle/", quoi=kind, **more).status_code == 303
    key = room.fresh().incident_key
    assert key is not None
    return key


def open_end(page: Page) -> None:
    page.press("Fin de l’incident")


def ticked(page: Page, name: str) -> list[str]:
    return page.get("dialogue").xpath(f".//input[@name='{name}'][@checked]/@value")


@pytest.fixture
def four(room: Room) -> list[Candidate]:
    """Four tests that run."""
    return [room.put("in_progress", name, "Zoé") for name in ("ABADIE", "BLANC", "COSTE", "DARC")]


# ---- begun ----


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "plain"])
def test_two_taps_begin_it_and_everybody_sees_it(room: Room, four: list[Candidate], scripts: bool) -> None:
    other = room.enter("Odile Autre").page()
    page = room.page(scripts=scripts)
    page.press(AT_ALL)
    assert [name for name in page.names() if "Panne" in name or "Alarme" in name] == [
        "Panne de réseau",
        "Alarme, évacuation",
    ]
    page.press("Coupure de courant")
    room.travel(minutes=6)
    other.poll()
    other.assert_like_reload("annonces")
    assert other.text("incident-salle").startswith(f"{AT_ALL} : coupure de courant, depuis 10h30 (6 min).")
    assert other.get("incident-salle").xpath(".//time/@data-depuis") == [NOW.isoformat()]


def test_start_page_equals_reload_and_can_be_undone(room: Room, four: list[Candidate]) -> None:
    page = room.page()
    page.press(AT_ALL)
    page.press("Alarme, évacuation")
    page.assert_like_reload()
    page.press("Annuler cet incident")
    page.assert_like_reload()
    assert page.get("incident-salle").get("hidden") is not None


def test_second_proctor_who_begins_one_is_told(room: Room, four: list[Candidate]) -> None:
    late = room.enter("Odile Autre").page()
    late.press(AT_ALL)
    begin(room)
    before = room.sequence()
    late.press("Coupure de courant")
    assert "C’était déjà fait" in late.text("annonces")
    assert room.sequence() == before
    late.press(AT_ALL)
    assert "Un incident est déjà en cours : coupure de courant" in late.text("dialogue")


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "plain"])
def test_start_of_another_kind_says_which_one_runs(room: Room, four: list[Candidate], scripts: bool) -> None:
    late = room.enter("Odile Autre").page(scripts=scripts)
    late.press(AT_ALL)
    begin(room)
    before = room.sequence()
    answer = late.press("Panne de réseau")
    assert answer.status_code == 409
    told = words(late.root.find("body"))
    assert "Un incident est déjà en cours : coupure de courant, depuis 10h30." in told
    assert "C’était déjà fait" not in told
    assert room.sequence() == before


def test_start_cannot_be_corrected_behind_the_incident_before(room: Room, four: list[Candidate]) -> None:
    begin(room)
    room.travel(minutes=10, seconds=23)
    first = room.page()
    open_end(first)
    first.press("Confirmer")
    room.travel(minutes=5)
    begin(room, "alarm")
    room.travel(minutes=4, seconds=37)
    page = room.page()
    open_end(page)
    (field,) = page.get("dialogue").xpath(".//input[@name='since']")
    assert field.get("min") == "10:40"
    assert "Pas avant 10h40, fin de l’incident précédent." in page.text("dialogue")
    page.fill(since="10:35")
    page.press("Confirmer")
    page.press("Confirmer")
    assert "L’incident précédent a duré jusqu’à 10h40" in page.text("dialogue")
    assert page.get("dialogue").xpath(".//input[@name='since']/@value") == ["10:35"]
    page.fill(since="10:40")
    page.press("Confirmer")
    page.press("Confirmer")
    assert not room.fresh().incident_runs
    assert {room.attempt(one).given_minutes for one in four} == {11 + 10}


def test_nobody_runs_out_of_time_on_any_page(room: Room, four: list[Candidate]) -> None:
    begin(room)
    room.travel(minutes=104)
    seen = version(room)
    room.travel(minutes=3)
    page = room.page()
    assert "Temps écoulé" not in page.text("liste")
    assert not page.root.xpath("//*[contains(@class, 'horloge--passee')]")
    assert page.find("terminer-tous") is None
    assert poll(room, seen).status_code == 204  # a deadline that passes is no news meanwhile


def test_page_without_scripts_stays_while_an_alarm_rings(room: Room) -> None:
    """It refreshes itself; with the network cut an error would take the place of the names."""
    refresh = "//noscript/meta[@http-equiv='refresh']"
    begin(room, "power")
    assert room.page().root.xpath(refresh)
    factories_end(room)
    begin(room, "alarm")
    assert not room.page().root.xpath(refresh)


def factories_end(room: Room) -> None:
    form = {"since": "10:30", "until": "10:30", "minutes": "0", "fini": clock.milliseconds(clock.now())}
    key = room.fresh().incident_key
    assert room.post(f"{room.url}incident-salle/fin/", incident=key, **form).status_code == 303


# ---- many silent at once ----


@pytest.mark.parametrize("how_many", [3, 4])
def test_from_four_on_a_common_silence_is_one_line(room: Room, how_many: int) -> None:
    people = [room.put("in_progress") for _ in range(how_many)]
    room.put("completed")
    room.travel(minutes=4)
    page = room.page()
    cards = page.get("a-traiter").xpath(".//li/@id")
    needs = {one.get("data-needs") for one in page.root.xpath("//*[@data-state='in_progress']")}
    assert needs == {"disconnected"}
    if how_many == 3:
        assert cards == [f"besoin-{one.pk}" for one in people]
    else:
        assert cards == ["silence-commun"]
        assert page.text("silence-commun").startswith("4 postes sans nouvelles depuis 10h30")
        assert page.text("pastille") == "1"


def test_common_silence_comes_with_the_fourth_and_goes_with_a_return(
    room: Room, four: list[Candidate]
) -> None:
    page = room.page()
    room.travel(seconds=45)
    page.poll()
    page.assert_like_reload()
    assert page.find("silence-commun") is not None
    room.travel(seconds=1)
    attempt = room.attempt(four[0])
    assert attempt.holder is not None
    progress.beat(
        entry=attempt.holder, visible=True, actor=candidate_actor(attempt.holder), now=clock.now(), question=2
    )
    page.poll()
    page.assert_like_reload("candidats")  # a row that did not change counts its age in the browser
    assert page.find("silence-commun") is None


def test_silences_far_apart_are_lines_of_their_own(room: Room) -> None:
    for _ in range(4):
        room.put("in_progress")
        room.travel(seconds=61)
    room.travel(minutes=3)
    assert len(room.page().get("a-traiter").xpath(".//li[starts-with(@id, 'besoin-')]")) == 4


def test_who_asks_to_resume_keeps_his_card_beside_the_line(room: Room, four: list[Candidate]) -> None:
    again = factories.open_entry_for(four[1])
    running.request_resume(entry=again, actor=candidate_actor(again), now=NOW)
    room.travel(minutes=4)
    page = room.page()
    assert page.get("a-traiter").xpath(".//li/@id") == ["silence-commun", f"besoin-{four[1].pk}"]
    assert "Demande à reprendre" in page.text(f"besoin-{four[1].pk}")


def test_line_begins_the_incident_when_the_silence_began(room: Room, four: list[Candidate]) -> None:
    room.travel(minutes=4)
    page = room.page()
    page.press(f"{AT_ALL} ?")
    assert "Il sera daté de 10h30" in page.text("dialogue")
    page.press("Coupure de courant")
    page.assert_like_reload()
    assert room.fresh().incident_since == NOW
    assert "depuis 10h30 (4 min)" in page.text("incident-salle")
    assert not page.controls(f"{AT_ALL} ?")


def test_hand_room_has_incidents_and_no_silence(hand_room: Room) -> None:
    people = [hand_room.add() for _ in range(4)]
    for one in people:
        hand_room.post(hand_room.at(one, "presence/"), present="1")
    for one in people:
        hand_room.post(hand_room.at(one, "a-la-main/commence/"), at="10:30")
    begin(hand_room)
    hand_room.travel(minutes=7)
    page = hand_room.page()
    assert page.find("silence-commun") is None
    open_end(page)
    assert "Rendre 7 min à 4 élèves" in page.text("dialogue")
    page.press("Confirmer")
    assert [hand_room.attempt(one).given_minutes for one in people] == [7] * 4
    assert {hand_room.attempt(one).state for one in people} == {"in_progress"}


# ---- ended ----


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "plain"])
def test_end_names_whom_it_concerns_and_one_undo_takes_all_back(
    room: Room, four: list[Candidate], scripts: bool
) -> None:
    begin(room)
    room.travel(minutes=7)
    late = room.put("in_progress", "EDEN", "Zoé")
    room.put("completed")
    page = room.page(scripts=scripts)
    open_end(page)
    told = words(page.root.find("body")) if not scripts else page.text("dialogue")
    assert "Rendre 7 min à 4 élèves" in told
    assert "Autoriser la reprise de 4 élèves" in told
    assert "EDEN Zoé a commencé à 10h37" in told
    page.press("Confirmer")
    if scripts:
        page.assert_like_reload()
    assert "Incident terminé : 7 min rendues à 4 élèves" in page.text("annonces")
    assert [room.attempt(one).given_minutes for one in (*four, late)] == [7, 7, 7, 7, 0]
    assert {room.attempt(one).state for one in four} == {"resume_authorised"}
    assert "Fin 12h22" in page.text(room.row(four[0]))
    page.press("Annuler la fin de l’incident")
    if scripts:
        page.assert_like_reload()
    assert [room.attempt(one).given_minutes for one in four] == [0] * 4
    assert {room.attempt(one).state for one in four} == {"in_progress"}
    assert "depuis 10h30 (7 min)" in page.text("incident-salle")


def test_ticks_are_the_proctors_choice(room: Room, four: list[Candidate]) -> None:
    begin(room)
    room.travel(minutes=2)
    page = room.page()
    open_end(page)
    for box in page.get("dialogue").xpath(".//input[@type='checkbox']"):
        if box.get("value") != str(four[0].pk) or box.get("name") == "reprise":
            del box.attrib["checked"]
    page.press("Confirmer")
    assert [room.attempt(one).given_minutes for one in four] == [2, 0, 0, 0]
    assert {room.attempt(one).state for one in four} == {"in_progress"}


def test_corrected_hours_are_shown_before_they_count(room: Room, four: list[Candidate]) -> None:
    begin(room)
    room.travel(minutes=7)
    page = room.page()
    open_end(page)
    page.fill(until="10:35")
    page.press("Confirmer")
    assert "Avec ces heures, 5 min ont été perdues" in page.text("dialogue")
    assert "Rendre 5 min à 4 élèves" in page.text("dialogue")
    assert room.fresh().incident_runs
    page.press("Confirmer")
    assert [room.attempt(one).given_minutes for one in four] == [5] * 4
    ended = room.events()[-9]
    assert (ended.kind, ended.observed_at, ended.facts["minutes"]) == (
        "room_incident_ended",
        NOW + 5 * MIN,
        5,
    )


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({"since": "10:36", "until": "10:35"}, "La fin est avant le début"),
        ({"since": "09:10", "until": "10:35"}, "avant le lancement"),
        ({"since": "10:30", "until": "10:59"}, "n’est pas encore passée"),
        ({"since": "", "until": "10:35"}, "Ce champ est obligatoire."),
        ({"since": "x", "until": "10:35"}, "Écrivez l’heure ainsi"),
    ],
)
def test_impossible_hours_are_told_in_the_dialog(
    room: Room, four: list[Candidate], hours: dict[str, str], said: str
) -> None:
    key = begin(room)
    room.travel(minutes=7)
    # Whatever the minutes that such hours make: nothing is given before they were shown.
    for minutes in ("0", "7", "85", "29"):
        response = room.post(f"{room.url}incident-salle/fin/", incident=key, minutes=minutes, **hours)
        assert response.status_code == 422
        if said in response.content.decode().replace("\u00a0", " "):
            break
    else:
        pytest.fail(f"{said!r} is never told")
    assert room.fresh().incident_runs


def test_names_come_ticked_once_the_hours_are_mended(room: Room, four: list[Candidate]) -> None:
    """Nobody unticked them: an end before the start shows no list at all."""
    begin(room)
    room.travel(minutes=7)
    page = room.page()
    open_end(page)
    page.fill(since="10:36", until="10:35")
    page.press("Confirmer")
    assert ticked(page, "candidat") == []
    page.fill(since="10:30", until="10:35")
    page.press("Confirmer")

    assert len(ticked(page, "candidat")) == len(four)
    page.press("Confirmer")
    assert [room.attempt(one).given_minutes for one in four] == [5] * 4


def test_end_of_a_page_that_is_too_old_is_refused(room: Room, four: list[Candidate]) -> None:
    key = begin(room)
    page = room.page()
    open_end(page)
    factories_end(room)
    page.press("Confirmer")
    assert "C’était déjà fait" in page.text("annonces")
    again = begin(room)
    response = room.post(f"{room.url}incident-salle/fin/", htmx=True, incident=key, minutes="0")
    assert response.status_code == 409
    assert "un autre est en cours" in response.content.decode()
    assert room.fresh().incident_key == again


@pytest.mark.parametrize("nonsense", ["", "x", "²", "9" * 30])
def test_nonsense_is_refused(room: Room, nonsense: str) -> None:
    url = f"{room.url}incident-salle/"
    assert room.post(url, quoi=nonsense or "flood").status_code == 422
    assert room.get(f"{url}?depuis={nonsense}").status_code == 200
    begin(room, depuis=nonsense)
    for below in ("fin/", "annuler/", "fin/annuler/"):
        assert room.post(url + below, incident=nonsense).status_code in {409, 422}
    assert room.fresh().incident_runs


def test_end_of_none_says_so(room: Room) -> None:
    assert "Aucun incident n’est en cours" in room.page("incident-salle/fin/").text()


def test_closing_page_says_that_it_runs(room: Room) -> None:
    begin(room)
    page = room.page("cloturer/")
    assert "Un incident dans toute la salle est encore en cours" in page.text("manques")
    assert page.find("bouton-clore") is None


# ---- evacuation ----


def test_evacuation_list_is_the_page_itself(room: Room) -> None:
    """No request: an address within the page, rows with their state; what the poll brings is in it."""
    late = room.add("DUPONT", "Paul")
    page = room.page()
    (link,) = page.get("plus-evacuation-haut").xpath("./@href")
    assert link == "#evacuation"
    assert page.get("evacuation").xpath("./following-sibling::*//ol[@id='liste']")
    room.bring(late, "present")
    page.poll()
    assert page.get(room.row(late)).get("data-state") == "present"


# ---- what it costs ----


def test_running_incident_costs_no_query(
    room: Room, four: list[Candidate], django_assert_num_queries: Any
) -> None:
    begin(room)
    room.travel(seconds=20)
    room.page()
    with django_assert_num_queries(4):
        room.page()
    seen = version(room)
    with django_assert_num_queries(1):
        assert poll(room, seen).status_code == 204
    entries.set_workstation(
        session_id=room.session.pk,
        candidate_id=four[0].pk,
        workstation="3",
        actor=factories.PROCTOR,
        now=clock.now(),
    )
    with django_assert_num_queries(2):
        assert poll(room, seen).status_code == 200
