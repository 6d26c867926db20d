"""« Terminer le test », alone or together, and its undo (R12, mechanics §5)."""

import pytest

from proctoring.services import ending, running
from proctoring.services.entries import candidate_actor
from sessions_app.enums import EventKind
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import Page, both_ways
from tests.proctoring.room.conftest import Room
from tests.proctoring.room.test_alerts import raise_alert

END = "Terminer le test de Paul DUPONT"
UNDO = "Annuler la fin du test de Paul DUPONT"
END_THREE = "Terminer les 3 tests dont le temps est écoulé"


@pytest.fixture
def paul(room: Room) -> Candidate:
    return room.put("in_progress", "DUPONT", "Paul", "1997-05-21")


def ended(room: Room, *, scripts: bool = True) -> Page:
    page = room.page(scripts=scripts)
    page.press(END)
    page.press("Confirmer")
    return page


@both_ways
def test_ending_asks_then_acts(room: Room, paul: Candidate, scripts: bool) -> None:
    page = room.page(scripts=scripts)
    before = room.sequence()
    page.press(END)
    said = page.text("dialogue") if scripts else page.text()
    assert "Terminer le test de Paul DUPONT ?" in said
    assert "né(e) le 21/05/1997" in said
    assert room.sequence() == before
    page.press("Confirmer")
    assert page.get(room.row(paul)).get("data-state") == "ended"
    assert "Test de Paul DUPONT terminé" in page.text("annonces")
    assert "L’élève sera prévenu dans 10 s." in page.text("annonces")


@both_ways
def test_an_end_says_that_an_alert_waits_and_its_undo_brings_it_back(
    room: Room, paul: Candidate, scripts: bool
) -> None:
    page = room.page(scripts=scripts)
    page.press(END)
    unanswered = "Son signalement n’a pas encore reçu de réponse."
    assert unanswered not in page.text()
    raise_alert(room, paul)
    page = room.page(scripts=scripts)
    page.press(END)
    assert unanswered in page.text()
    page.press("Confirmer")
    assert "Gérer le signalement" not in page.text()
    page.press(UNDO)
    assert "Gérer le signalement" in page.text(room.row(paul))
    assert "Gérer le signalement" in room.page().text("a-traiter")


def test_those_who_wait_for_an_answer_are_marked_among_the_overdue(room: Room, paul: Candidate) -> None:
    raise_alert(room, paul)
    room.put("in_progress", "MARTIN", "Zoé")
    room.travel(minutes=110)
    words = room.page("fins/").text()
    assert words.count("signalement sans réponse") == 1
    assert words.index("DUPONT") < words.index("signalement sans réponse") < words.index("MARTIN")


@both_ways
@pytest.mark.parametrize("state", ["in_progress", "resume_authorised"])
def test_an_end_is_undone_to_the_state_before(room: Room, state: str, scripts: bool) -> None:
    paul = room.put(state, "DUPONT", "Paul")
    page = ended(room, scripts=scripts)
    room.travel(seconds=9)
    page.press(UNDO)
    assert room.attempt(paul).state == state
    assert page.get(room.row(paul)).get("data-state") == state
    assert room.last_event().kind == EventKind.END_UNDONE


@pytest.mark.parametrize(
    ("seconds", "undone"), [(0, True), (10, True), (14.9, True), (15, False), (3600, False)]
)
def test_an_undo_counts_for_ten_seconds_and_five_of_grace(
    room: Room, paul: Candidate, seconds: float, undone: bool
) -> None:
    page = ended(room)
    room.travel(seconds=seconds)
    response = page.press(UNDO)
    assert response.status_code == (200 if undone else 409)
    assert room.attempt(paul).state == ("in_progress" if undone else "ended")
    if not undone:
        assert "Les 10 secondes pour annuler sont passées." in page.text("annonces")
        assert page.get(room.row(paul)).get("data-state") == "ended"


def test_the_undo_is_offered_for_ten_seconds_and_survives_a_reload(room: Room, paul: Candidate) -> None:
    ended(room)
    room.travel(seconds=9)
    assert room.page().controls(UNDO)
    room.travel(seconds=1)
    assert not room.page().controls(UNDO)


def test_homonyms_are_named_before_an_end(room: Room, paul: Candidate) -> None:
    room.add("DUPONT", "Martine", "1994-05-21")
    page = room.page()
    page.press(END)
    assert "2 élèves s’appellent DUPONT" in page.text("dialogue")


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("below", ["fin/", "fin/annuler/"])
def test_repeating_changes_nothing(room: Room, paul: Candidate, htmx: bool, below: str) -> None:
    room.post(room.at(paul, "fin/"))
    room.post(room.at(paul, below))
    before = room.sequence()
    assert room.post(room.at(paul, below), htmx=htmx).status_code == (200 if htmx else 303)
    assert room.sequence() == before


@pytest.mark.parametrize("state", ["expected", "present", "completed", "expired"])
@pytest.mark.parametrize("below", ["fin/", "fin/annuler/"])
def test_what_does_not_run_is_not_ended(room: Room, state: str, below: str) -> None:
    candidate = room.put(state)
    before = room.sequence()
    response = room.post(room.at(candidate, below), htmx=True)
    assert response.status_code == 409
    assert f'id="candidat-{candidate.pk}"' in response.content.decode()
    assert room.sequence() == before


def test_who_finished_meanwhile_is_not_ended(room: Room, paul: Candidate) -> None:
    page = room.page(scripts=False)
    page.press(END)
    entry = room.attempt(paul).holder
    assert entry is not None
    running.complete(entry=entry, actor=candidate_actor(entry), now=factories.clock.now())
    page.press("Confirmer")
    assert page.response.status_code == 409
    assert "Le test de cet élève n’est pas en cours." in page.text()
    assert page.get(room.row(paul)).get("data-state") == "completed"


def test_an_end_that_the_undo_of_another_took_back(room: Room, paul: Candidate) -> None:
    page = ended(room)
    other = room.enter("Odile Autre")
    other.post(other.at(paul, "fin/annuler/"))
    before = room.sequence()
    page.press(UNDO)
    assert room.sequence() == before
    assert room.attempt(paul).state == "in_progress"


def test_another_proctor_can_undo_an_end_too(room: Room, paul: Candidate) -> None:
    ended(room)
    other = room.enter("Odile Autre")
    page = other.page()
    assert not page.text("annonces")
    page.press(UNDO)
    assert room.attempt(paul).state == "in_progress"
    page.assert_like_reload()


def test_the_undo_goes_from_the_row_by_the_clock(room: Room, paul: Candidate) -> None:
    ended(room)
    page = room.enter("Odile Autre").page()
    assert page.poll().status_code == 204
    room.travel(seconds=10)
    assert page.poll().status_code == 200
    assert not page.controls(UNDO)
    page.assert_like_reload()
    assert page.poll().status_code == 204


# ---- all whose time is over ----


@pytest.fixture
def three(room: Room) -> list[Candidate]:
    """Three whose time is over, one whose time is not."""
    found = [room.put("in_progress", "DUPONT", "Paul")]
    found += [room.put("in_progress") for _ in range(2)]
    room.put("in_progress", "MARTIN", "Zoé", extra_time_percent=100)
    room.travel(minutes=105)
    return found


def ended_together(room: Room, scripts: bool = True) -> Page:
    page = room.page(scripts=scripts)
    page.press(END_THREE)
    page.press("Confirmer")
    return page


@both_ways
def test_all_are_ended_in_one_gesture(room: Room, three: list[Candidate], scripts: bool) -> None:
    page = room.page(scripts=scripts)
    page.press(END_THREE)
    said = page.text("dialogue") if scripts else page.text()
    assert "Terminer les tests dont le temps est écoulé ?" in said
    assert all(candidate.last_name in said for candidate in three)
    assert "MARTIN" not in said
    page.press("Confirmer")
    assert [room.attempt(one).state for one in three] == ["ended"] * 3
    assert len({room.attempt(one).end_batch for one in three}) == 1
    assert len(room.events(EventKind.ENDED)) == 3
    assert "3 tests terminés" in page.text("annonces")


@both_ways
def test_all_are_undone_in_one_gesture(room: Room, three: list[Candidate], scripts: bool) -> None:
    page = ended_together(room, scripts)
    room.travel(seconds=9)
    page.press("Annuler la fin de 3 tests")
    assert [room.attempt(one).state for one in three] == ["in_progress"] * 3
    assert len(room.events(EventKind.END_UNDONE)) == 3


def test_an_undo_of_all_that_comes_too_late(room: Room, three: list[Candidate]) -> None:
    page = ended_together(room)
    room.travel(seconds=15)
    assert page.press("Annuler la fin de 3 tests").status_code == 409
    assert [room.attempt(one).state for one in three] == ["ended"] * 3


def test_one_left_out_goes_on(room: Room, three: list[Candidate]) -> None:
    page = room.page()
    page.press(END_THREE)
    box = page.get("dialogue").xpath(".//input[@name='candidat' and @value=$id]", id=str(three[1].pk))[0]
    box.attrib.pop("checked")
    page.press("Confirmer")
    assert [room.attempt(one).state for one in three] == ["ended", "in_progress", "ended"]
    assert "2 tests terminés" in page.text("annonces")


def test_only_those_whose_time_is_still_over_are_ended(room: Room, three: list[Candidate]) -> None:
    page = room.page()
    page.press(END_THREE)
    entry = room.attempt(three[0]).holder
    assert entry is not None
    running.complete(entry=entry, actor=candidate_actor(entry), now=factories.clock.now())
    page.press("Confirmer")
    assert [room.attempt(one).state for one in three] == ["completed", "ended", "ended"]


def test_one_who_has_time_left_is_not_ended_whatever_is_sent(room: Room, three: list[Candidate]) -> None:
    zoe = Candidate.objects.get(last_name="MARTIN")
    response = room.post(room.url + "fins/", candidat=[zoe.pk])
    assert response.status_code == 409
    assert room.attempt(zoe).state == "in_progress"


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("chosen", "plain"), [([], 409), (["x"], 422), (["9" * 40], 422), (["-1"], 422), (["999999999"], 404)]
)
def test_nonsense_ends_nobody(
    room: Room, three: list[Candidate], htmx: bool, chosen: list[str], plain: int
) -> None:
    before = room.sequence()
    response = room.post(room.url + "fins/", htmx=htmx, candidat=chosen)
    assert response.status_code == (409 if htmx and plain == 404 else plain)
    assert room.sequence() == before


def test_a_second_click_on_all_changes_nothing_and_says_so(room: Room, three: list[Candidate]) -> None:
    ids = [one.pk for one in three]
    room.post(room.url + "fins/", candidat=ids)
    before = room.sequence()
    response = room.post(room.url + "fins/", htmx=True, candidat=ids)
    assert response.status_code == 200
    assert "C’était déjà fait" in response.content.decode()
    assert room.sequence() == before


@pytest.mark.parametrize("batch", ["", "nonsense", "x" * 5000])
def test_an_unknown_batch_undoes_nothing(room: Room, three: list[Candidate], batch: str) -> None:
    for one in three:
        ending.end_test(
            session_id=room.session.pk,
            candidate_id=one.pk,
            actor=factories.PROCTOR,
            now=factories.clock.now(),
        )
    assert room.post(room.url + "fins/annuler/", htmx=True, batch=batch).status_code == 409
    assert [room.attempt(one).state for one in three] == ["ended"] * 3


def test_nobody_over_time_is_said(room: Room, paul: Candidate) -> None:
    page = room.page("fins/", scripts=False)
    assert "Aucun test n’a dépassé son heure de fin" in page.text()
    assert not page.controls("Confirmer")


def test_one_alone_over_time_has_no_button_for_all(room: Room, paul: Candidate) -> None:
    room.travel(minutes=106)
    assert not [name for name in room.page().names() if name.startswith("Terminer les")]


def test_nothing_stops_by_itself_at_the_deadline(room: Room, paul: Candidate) -> None:
    room.travel(minutes=120)
    page = room.page()
    assert page.get(room.row(paul)).get("data-state") == "in_progress"
    assert page.get(room.row(paul)).get("data-needs") == "disconnected overtime"


def test_a_school_may_let_the_clock_end_tests(room: Room) -> None:
    establishment = room.session.establishment
    establishment.ends_by_itself = True
    establishment.save()
    paul = room.put("in_progress", "DUPONT", "Paul")
    room.travel(minutes=105)
    page = room.page()
    assert page.get(room.row(paul)).get("data-state") == "ended"
    assert not page.controls(UNDO)
