"""« Minutes perdues » and « Temps majoré »: the new end is shown before it is confirmed, and undone (R13)."""

from datetime import timedelta

import pytest

from proctoring.models import Attempt
from sessions_app.enums import EventKind
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import Page, both_ways
from tests.proctoring.room.conftest import NOW, Room

DURATION = timedelta(minutes=105)


@pytest.fixture
def paul(room: Room) -> Candidate:
    return room.put("in_progress", "DUPONT", "Paul", "1997-05-21")


def given(candidate: Candidate) -> int:
    return factories.attempt_of(candidate).given_minutes


def deadline(candidate: Candidate) -> timedelta:
    ends = factories.attempt_of(candidate).deadline_at
    assert ends is not None
    return ends - NOW


def preview(room: Room, minutes: str = "5", *, scripts: bool = True) -> Page:
    page = room.page(scripts=scripts)
    page.press("Détail et autres gestes pour Paul DUPONT")
    page.press("Minutes perdues")
    page.fill(minutes=minutes)
    page.press("Voir les nouvelles heures de fin")
    return page


@both_ways
def test_minutes_for_one_show_the_new_end_first(room: Room, paul: Candidate, scripts: bool) -> None:
    before = room.sequence()
    page = preview(room, scripts=scripts)
    said = page.text("dialogue") if scripts else page.text()
    assert "Rendre 5 min à Paul DUPONT ?" in said.replace("\u00a0", " ")
    assert "fin 12h15" in said
    assert "12h20" in said
    assert room.sequence() == before
    page.press("Confirmer")
    assert deadline(paul) == DURATION + timedelta(minutes=5)
    assert "Fin 12h20" in page.text(room.row(paul))
    assert "5 min rendues à Paul DUPONT" in page.text("annonces").replace("\u00a0", " ")


@both_ways
def test_minutes_are_taken_back_at_once(room: Room, paul: Candidate, scripts: bool) -> None:
    page = preview(room, scripts=scripts)
    page.press("Confirmer")
    page.press("Annuler les 5 min rendues à Paul DUPONT")
    assert deadline(paul) == DURATION
    assert given(paul) == 0
    assert room.last_event().kind == EventKind.MINUTES_TAKEN_BACK


@both_ways
def test_minutes_for_a_selection(room: Room, paul: Candidate, scripts: bool) -> None:
    zoe = room.put("in_progress", "ABADIE", "Zoé")
    lea = room.put("in_progress", "BLANC", "Léa")
    page = room.page(scripts=scripts)
    page.press("Minutes perdues pour plusieurs élèves")
    for chosen in (paul, zoe):
        box = page.root.xpath("//input[@name='candidat' and @value=$id]", id=str(chosen.pk))[0]
        box.set("checked", "checked")
    page.fill(minutes="10")
    page.press("Voir les nouvelles heures de fin")
    assert "Rendre 10 min à 2 élèves ?" in page.text().replace("\u00a0", " ")
    page.press("Confirmer")
    assert [given(one) for one in (paul, zoe, lea)] == [10, 10, 0]
    page.press("Annuler les 10 min rendues à 2 élèves")
    assert [given(one) for one in (paul, zoe, lea)] == [0, 0, 0]


@both_ways
def test_a_double_click_gives_once(room: Room, paul: Candidate, scripts: bool) -> None:
    page = preview(room, scripts=scripts)
    form = page.controls("Confirmer")[0].xpath("ancestor::form")[0]
    data = {
        field.get("name"): field.get("value")
        for field in form.xpath(".//input")
        if field.get("name") != "csrfmiddlewaretoken"
    }
    assert data["once"]
    for _ in range(3):
        assert room.post(room.url + "minutes/", htmx=scripts, **data).status_code == (200 if scripts else 303)
    assert given(paul) == 5
    assert len(room.events(EventKind.MINUTES_GIVEN)) == 1


def test_two_previews_give_twice(room: Room, paul: Candidate) -> None:
    for _ in range(2):
        preview(room).press("Confirmer")
    assert given(paul) == 10


def test_the_same_once_for_something_else_is_refused(room: Room, paul: Candidate) -> None:
    room.post(room.url + "minutes/", candidat=paul.pk, minutes=5, once="a")
    response = room.post(room.url + "minutes/", htmx=True, candidat=paul.pk, minutes=50, once="a")
    assert response.status_code == 422
    assert given(paul) == 5


def test_a_double_click_on_the_undo_takes_back_once(room: Room, paul: Candidate) -> None:
    preview(room, "10").press("Confirmer")
    room.travel(seconds=1)
    page = preview(room, "5")
    page.press("Confirmer")
    name = "Annuler les 5 min rendues à Paul DUPONT"
    form = page.controls(name)[0].xpath("ancestor::form")[0]
    for _ in range(2):
        page.submit(form)
    assert given(paul) == 10


@pytest.mark.parametrize("typed", ["0", "-5", "121", "x", "", "1e3", "5.5"])
@both_ways
def test_nonsense_minutes_are_said(room: Room, paul: Candidate, typed: str, scripts: bool) -> None:
    page = preview(room, typed, scripts=scripts)
    assert not page.controls("Confirmer")
    assert page.root.xpath("//*[contains(@class, 'message-erreur')]")
    response = room.post(room.url + "minutes/", htmx=scripts, candidat=paul.pk, minutes=typed)
    assert response.status_code == 422
    assert given(paul) == 0


@both_ways
def test_nobody_chosen_is_said(room: Room, paul: Candidate, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press("Minutes perdues pour plusieurs élèves")
    page.press("Voir les nouvelles heures de fin")
    assert "Choisissez au moins un élève dont le test est en cours." in page.text()
    assert room.post(room.url + "minutes/", htmx=scripts, minutes=5).status_code == 422


@pytest.mark.parametrize("htmx", [True, False])
def test_minutes_of_who_finished_meanwhile(room: Room, paul: Candidate, htmx: bool) -> None:
    """All or none; and no preview of nothing."""
    martin = room.put("completed", "MARTIN", "Zoé")
    shown = room.get(f"{room.url}minutes/?candidat={martin.pk}&minutes=5", htmx=htmx)
    assert shown.status_code == 422
    assert "Confirmer" not in shown.content.decode()
    response = room.post(room.url + "minutes/", htmx=htmx, candidat=[paul.pk, martin.pk], minutes=5)
    assert response.status_code == 409
    assert given(paul) == 0


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("below", ["minutes/", "minutes/reprendre/"])
def test_minutes_of_a_stranger(room: Room, paul: Candidate, htmx: bool, below: str) -> None:
    stranger = factories.CandidateFactory()
    factories.put(stranger, "in_progress")
    response = room.post(room.url + below, htmx=htmx, candidat=[paul.pk, stranger.pk], minutes=5)
    assert response.status_code == (409 if htmx else 404)
    assert given(stranger) == given(paul) == 0
    shown = room.get(f"{room.url}minutes/?candidat={stranger.pk}&minutes=5")
    assert stranger.last_name not in shown.content.decode()


def test_no_more_is_taken_back_than_was_given(room: Room, paul: Candidate) -> None:
    room.post(room.url + "minutes/", candidat=paul.pk, minutes=5)
    response = room.post(room.url + "minutes/reprendre/", htmx=True, candidat=paul.pk, minutes=6)
    assert response.status_code == 409
    assert given(paul) == 5


def test_minutes_are_not_taken_back_below_what_has_elapsed(room: Room, paul: Candidate) -> None:
    room.post(room.url + "minutes/", candidat=paul.pk, minutes=5)
    room.travel(minutes=108)
    page = room.page()
    response = room.post(room.url + "minutes/reprendre/", htmx=True, candidat=paul.pk, minutes=5)
    assert response.status_code == 409
    assert "serait déjà passée" in response.content.decode()
    assert given(paul) == 5
    assert page.get(room.row(paul)).get("data-needs") == "disconnected"


def test_minutes_given_end_the_overtime(room: Room, paul: Candidate) -> None:
    room.travel(minutes=106)
    page = preview(room, "10")
    page.press("Confirmer")
    assert "overtime" not in page.get(room.row(paul)).get("data-needs")


def test_no_test_runs(room: Room) -> None:
    room.put("present")
    assert "Aucun test n’est en cours" in room.page("minutes/", scripts=False).text()


@both_ways
@pytest.mark.parametrize("usual", ["5", "10"])
def test_quick_buttons_show_the_new_end_too(room: Room, paul: Candidate, usual: str, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press("Détail et autres gestes pour Paul DUPONT")
    page.press("Minutes perdues")
    page.press(f"{usual} min")
    assert f"Rendre {usual} min à Paul DUPONT ?" in page.text().replace("\u00a0", " ")
    page.press("Confirmer")
    assert given(paul) == int(usual)


@pytest.mark.parametrize("below", ["minutes/?candidat={}", "candidats/{}/temps-majore/"])
def test_enter_sends_what_was_typed_not_a_quick_button(room: Room, paul: Candidate, below: str) -> None:
    """A browser presses the first button of the form."""
    page = room.page(below.format(paul.pk), scripts=False)
    first = page.root.xpath("//main//form//button")[0]
    assert first.get("name") is None
    assert first.get("tabindex") == "-1"
    assert first.get("hidden") is None, "some browsers pass over what is not shown at all"


@both_ways
def test_some_of_the_minutes_are_taken_back_later(room: Room, paul: Candidate, scripts: bool) -> None:
    room.post(room.url + "minutes/", candidat=paul.pk, minutes=10, once="a")
    room.travel(minutes=20)
    page = room.page(scripts=scripts)
    page.press("Détail et autres gestes pour Paul DUPONT")
    page.press("Reprendre des minutes rendues")
    assert "10 min rendues" in page.text().replace("\u00a0", " ")
    page.fill(minutes="4")
    page.press("Confirmer")
    assert given(paul) == 6
    assert "Fin 12h21" in page.text(room.row(paul))


def test_several_in_one_take_back_have_ids_of_their_own(room: Room, paul: Candidate) -> None:
    zoe = room.put("in_progress", "ABADIE", "Zoé")
    room.post(room.url + "minutes/", candidat=[paul.pk, zoe.pk], minutes=10, once="a")
    page = room.page(f"minutes/reprendre/?candidat={paul.pk}&candidat={zoe.pk}", scripts=False)
    assert len(page.root.xpath("//main//form")) == 2


def test_nothing_to_take_back_is_said(room: Room, paul: Candidate) -> None:
    page = room.page(f"minutes/reprendre/?candidat={paul.pk}", scripts=False)
    assert "Aucune minute n’a été rendue à cet élève" in page.text()
    assert not page.controls("Confirmer")


@pytest.mark.parametrize("once", ["é", "x" * 101, "a\nb"])
def test_a_strange_once_gives_nothing(room: Room, paul: Candidate, once: str) -> None:
    assert room.post(room.url + "minutes/", candidat=paul.pk, minutes=5, once=once).status_code == 422
    assert given(paul) == 0


# ---- extra time ----


def extra(room: Room, percent: str | None = None, *, scripts: bool = True) -> Page:
    page = room.page(scripts=scripts)
    page.press("Détail et autres gestes pour Paul DUPONT")
    page.press("Temps majoré")
    if percent is not None:
        page.fill(percent=percent)
    page.press("Voir la nouvelle heure de fin")
    return page


def percent_of(paul: Candidate) -> int:
    return Candidate.objects.values_list("extra_time_percent", flat=True).get(pk=paul.pk)


@both_ways
def test_one_third_is_proposed_and_its_end_shown_first(room: Room, paul: Candidate, scripts: bool) -> None:
    page = extra(room, scripts=scripts)
    said = (page.text("dialogue") if scripts else page.text()).replace("\u00a0", " ")
    assert "Donner 33 % de temps majoré à Paul DUPONT ?" in said
    assert "fin 12h15" in said
    assert "12h50" in said
    assert percent_of(paul) == 0
    page.press("Confirmer")
    assert percent_of(paul) == 33
    assert deadline(paul) == DURATION + timedelta(minutes=35)
    assert "Fin 12h50" in page.text(room.row(paul))


@both_ways
def test_extra_time_is_undone_at_once(room: Room, paul: Candidate, scripts: bool) -> None:
    page = extra(room, scripts=scripts)
    page.press("Confirmer")
    page.press("Annuler le temps majoré de Paul DUPONT")
    assert percent_of(paul) == 0
    assert deadline(paul) == DURATION


def test_extra_time_before_the_start_counts_from_it(room: Room) -> None:
    paul = room.put("present", "DUPONT", "Paul")
    page = extra(room)
    assert "35 min de plus, à partir du début de son test." in page.text("dialogue").replace("\u00a0", " ")
    page.press("Confirmer")
    assert "2 h 20" in page.text(room.row(paul)).replace("\u00a0", " ")


@both_ways
def test_over_one_third_is_refused_to_a_proctor(room: Room, paul: Candidate, scripts: bool) -> None:
    page = extra(room, "34", scripts=scripts)
    assert "un administrateur doit le faire" in page.text()
    assert not page.root.xpath("//input[@name='decision']")
    assert not [name for name in page.names() if name == "Confirmer"]
    for decision in ("1", ""):
        response = room.post(room.at(paul, "temps-majore/"), htmx=scripts, percent=50, decision=decision)
        assert response.status_code == 422
    assert percent_of(paul) == 0


@both_ways
def test_over_one_third_is_given_by_an_admin_with_the_tick(admin_room: Room, scripts: bool) -> None:
    paul = admin_room.put("in_progress", "DUPONT", "Paul")
    page = extra(admin_room, "50", scripts=scripts)
    page.press("Confirmer")
    assert percent_of(paul) == 0
    page.fill(decision="on")
    page.press("Confirmer")
    assert percent_of(paul) == 50
    assert (admin_room.last_event().facts or {})["written_decision"] is True
    assert "Fin 13h08" in page.text(admin_room.row(paul))


@pytest.mark.parametrize("typed", ["-1", "301", "x", "", "33.3", "1e2"])
@both_ways
def test_nonsense_percentages_are_said(room: Room, paul: Candidate, typed: str, scripts: bool) -> None:
    page = extra(room, typed, scripts=scripts)
    assert not page.controls("Confirmer")
    assert page.root.xpath("//*[contains(@class, 'message-erreur')]")
    assert room.post(room.at(paul, "temps-majore/"), htmx=scripts, percent=typed).status_code == 422


def test_extra_time_set_again_records_nothing(room: Room, paul: Candidate) -> None:
    for _ in range(2):
        assert room.post(room.at(paul, "temps-majore/"), percent=33).status_code == 303
    assert len(room.events(EventKind.EXTRA_TIME_SET)) == 1


@pytest.mark.parametrize("state", ["completed", "ended", "expired"])
def test_no_extra_time_once_it_is_over(room: Room, state: str) -> None:
    candidate = room.put(state)
    before = room.sequence()
    assert room.post(room.at(candidate, "temps-majore/"), htmx=True, percent=33).status_code == 409
    assert room.sequence() == before


def test_extra_time_lowered_by_a_proctor_can_be_undone(room: Room) -> None:
    """Both gestures have an undo (R13), also from over one third."""
    paul = room.put("in_progress", "DUPONT", "Paul", extra_time_percent=50)
    page = extra(room, "33")
    page.press("Confirmer")
    assert percent_of(paul) == 33
    page.press("Annuler le temps majoré de Paul DUPONT")
    assert percent_of(paul) == 50
    assert (room.last_event().facts or {})["written_decision"] is False


@pytest.mark.parametrize(("seconds", "percent"), [(15, 50), (0, 51), (0, 49)])
def test_the_undo_of_a_lowering_gives_no_more_and_no_later(room: Room, seconds: int, percent: int) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul", extra_time_percent=50)
    room.post(room.at(paul, "temps-majore/"), percent=33)
    room.travel(seconds=seconds)
    assert room.post(room.at(paul, "temps-majore/"), htmx=True, percent=percent).status_code == 422
    assert percent_of(paul) == 33


def test_extra_time_is_not_lowered_below_what_has_elapsed(room: Room) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul", extra_time_percent=33)
    room.travel(minutes=120)
    response = room.post(room.at(paul, "temps-majore/"), htmx=True, percent=0)
    assert response.status_code == 409
    assert percent_of(paul) == 33
    assert Attempt.objects.get(candidate=paul).deadline_at == NOW + timedelta(minutes=140)


@both_ways
def test_the_quick_button_proposes_one_third(room: Room, paul: Candidate, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press("Détail et autres gestes pour Paul DUPONT")
    page.press("Temps majoré")
    page.fill(percent="20")
    page.press("Un tiers (33 %)")
    assert "Donner 33 % de temps majoré" in page.text().replace("\u00a0", " ")
