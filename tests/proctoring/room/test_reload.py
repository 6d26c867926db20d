"""Every answer of the room, applied to the page, is the page loaded again (architecture §3)."""

from collections.abc import Callable

import pytest

from proctoring.enums import AttemptState
from proctoring.services import alerts, closing, presence, progress, running
from proctoring.services.entries import candidate_actor
from sessions_app.enums import LatePolicy
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import Page
from tests.proctoring.room.conftest import Room

Act = Callable[[Room, Page, Candidate], object]


def opened(
    room: Room, state: AttemptState | str, *, others: int = 3, **more: object
) -> tuple[Page, Candidate]:
    """A page on Paul DUPONT in that state, among others of whom some need the proctor."""
    for _ in range(others):
        room.add()
    room.put(AttemptState.PRESENT)
    paul = room.add("DUPONT", "Paul", "1997-05-21", **more)
    room.bring(paul, state)
    return room.page(), paul


def overdue(room: Room) -> tuple[Page, Candidate]:
    """Paul and two more whose time is over."""
    for _ in range(2):
        room.put(AttemptState.IN_PROGRESS)
    paul = room.put(AttemptState.IN_PROGRESS, "DUPONT", "Paul")
    room.travel(minutes=106)
    return room.page(), paul


def raised(room: Room) -> tuple[Page, Candidate]:
    """Paul says that his question 7 is broken."""
    paul = room.add("DUPONT", "Paul")
    entry = room.bring(paul, AttemptState.IN_PROGRESS)
    assert entry is not None
    room.add()
    alerts.raise_alert(
        entry=entry, question=7, kinds=["image"], actor=candidate_actor(entry), now=factories.clock.now()
    )
    return room.page(), paul


def asking(room: Room) -> tuple[Page, Candidate]:
    """Paul came back on another computer."""
    paul = room.put(AttemptState.IN_PROGRESS, "DUPONT", "Paul")
    again = factories.open_entry_for(paul)
    running.request_resume(entry=again, actor=candidate_actor(again), now=factories.clock.now())
    return room.page(), paul


def test_tick(room: Room) -> None:
    page, _ = opened(room, "expected")
    page.tick("Présence de Paul DUPONT")
    page.assert_like_reload()
    assert page.get("annonces").xpath(".//button")


def test_untick(room: Room) -> None:
    page, _ = opened(room, "present")
    page.tick("Présence de Paul DUPONT", on=False)
    page.assert_like_reload()


def test_tick_taken_back(room: Room) -> None:
    page, _ = opened(room, "expected")
    page.tick("Présence de Paul DUPONT")
    page.press("Ce n’est pas lui : retirer la présence de Paul DUPONT")
    page.assert_like_reload()


def test_tick_of_a_homonym(room: Room) -> None:
    page, paul = opened(room, "expected")
    room.add("DUPONT", "Pauline")
    page = room.page()
    page.tick("Présence de Paul DUPONT")
    page.assert_like_reload("dialogue")
    page.press("Confirmer")
    page.assert_like_reload()
    assert room.attempt(paul).state == AttemptState.PRESENT


def test_late_already_in_the_room(room: Room) -> None:
    page, _ = opened(room, "expected")
    room.put(AttemptState.IN_PROGRESS)
    page = room.page()
    page.tick("Présence de Paul DUPONT")
    page.assert_like_reload("dialogue")
    page.press("Déjà dans la salle au lancement")
    page.assert_like_reload()


@pytest.mark.parametrize("policy", LatePolicy.values)
def test_late_refused_or_accepted(room: Room, policy: str) -> None:
    establishment = room.session.establishment
    establishment.late_policy = policy
    establishment.save()
    opened(room, "expected")
    room.put(AttemptState.IN_PROGRESS)
    page = room.page()
    page.tick("Présence de Paul DUPONT")
    if policy == LatePolicy.PROCTOR_DECIDES:
        page.press("Arrive en retard")
        page.assert_like_reload("dialogue")
        page.fill(reason="bus en panne")
    page.press("Arrive en retard")
    page.assert_like_reload()


def test_became_certifiable(room: Room) -> None:
    page, _ = opened(room, "expected", certifiable_competences=3)
    page.press("Devenu certifiable : Paul DUPONT")
    page.fill(seen="on")
    page.press("Confirmer")
    page.assert_like_reload()


def test_workstation(room: Room) -> None:
    page, _ = opened(room, "expected")
    page.press("Détail et autres gestes pour Paul DUPONT")
    page.press("Numéro du poste")
    page.fill(workstation="14")
    page.press("Confirmer")
    page.assert_like_reload()


@pytest.mark.parametrize("named", ["Autoriser la reprise du test de Paul DUPONT"])
def test_resume_and_its_take_back(room: Room, named: str) -> None:
    page, _ = opened(room, "in_progress")
    page.press(named)
    page.press("Confirmer")
    page.assert_like_reload()
    page.press("Retirer l’autorisation de reprise de Paul DUPONT")
    page.assert_like_reload()


def test_resume_taken_back_from_the_announcement(room: Room) -> None:
    page, _ = opened(room, "in_progress")
    page.press("Autoriser la reprise du test de Paul DUPONT")
    page.press("Confirmer")
    page.press("Retirer l’autorisation de reprise de Paul DUPONT")
    page.assert_like_reload()


def test_request_authorised(room: Room) -> None:
    page, _ = asking(room)
    page.press("Autoriser la reprise du test de Paul DUPONT")
    page.press("Confirmer")
    page.assert_like_reload()


def test_request_dismissed(room: Room) -> None:
    page, _ = asking(room)
    page.press("Ignorer la demande de Paul DUPONT")
    page.assert_like_reload()


@pytest.mark.parametrize("state", ["in_progress", "resume_authorised"])
def test_end_and_its_undo(room: Room, state: str) -> None:
    page, _ = opened(room, state)
    page.press("Terminer le test de Paul DUPONT")
    page.press("Confirmer")
    page.assert_like_reload()
    page.press("Annuler la fin du test de Paul DUPONT")
    page.assert_like_reload()


def test_end_of_all_whose_time_is_over_and_its_undo(room: Room) -> None:
    page, _ = overdue(room)
    page.press("Terminer les 3 tests dont le temps est écoulé")
    page.press("Confirmer")
    page.assert_like_reload()
    page.press("Annuler la fin de 3 tests")
    page.assert_like_reload()


def test_minutes_and_their_undo(room: Room) -> None:
    page, _ = opened(room, "in_progress")
    page.press("Détail et autres gestes pour Paul DUPONT")
    page.press("Minutes perdues")
    page.press("Voir les nouvelles heures de fin")
    page.press("Confirmer")
    page.assert_like_reload()
    page.press("Annuler les 5 min rendues à Paul DUPONT")
    page.assert_like_reload()


def test_minutes_for_several_and_their_undo(room: Room) -> None:
    page, _ = overdue(room)
    room.travel(minutes=-2)
    page = room.page()
    page.press("Minutes perdues pour plusieurs élèves")
    for box in page.get("dialogue").xpath(".//input[@name='candidat']"):
        box.set("checked", "checked")
    page.fill(minutes="10")
    page.press("Voir les nouvelles heures de fin")
    page.press("Confirmer")
    page.assert_like_reload()
    page.press("Annuler les 10 min rendues à 3 élèves")
    page.assert_like_reload()


def test_extra_time_and_its_undo(room: Room) -> None:
    page, _ = opened(room, "in_progress")
    page.press("Détail et autres gestes pour Paul DUPONT")
    page.press("Temps majoré")
    page.press("Voir la nouvelle heure de fin")
    page.press("Confirmer")
    page.assert_like_reload()
    page.press("Annuler le temps majoré de Paul DUPONT")
    page.assert_like_reload()


@pytest.mark.parametrize(
    "answer", ["Pas de problème : reprendre la question", "Problème confirmé : passer à la question suivante"]
)
def test_alert_answered(room: Room, answer: str) -> None:
    page, _ = raised(room)
    page.press("Gérer le signalement de Paul DUPONT")
    page.press(answer)
    if answer.startswith("Problème"):
        page.assert_like_reload("dialogue")
        page.press("Confirmer")
    page.assert_like_reload()


def test_first_start_by_hand_gives_the_whole_list(hand_room: Room) -> None:
    page, _ = opened(hand_room, "present")
    response = page.press("A commencé à… (Paul DUPONT)")
    response = page.press("Confirmer")
    assert response.content.count(b'class="rang') > 3
    page.assert_like_reload()


def test_first_start_by_hand_keeps_the_order_of_the_page(hand_room: Room) -> None:
    paul = hand_room.put(AttemptState.PRESENT, "DUPONT", "Paul")
    picasso = hand_room.put(AttemptState.PRESENT, "PICASSO", "Pablo")
    for candidate, place in ((paul, "9"), (picasso, "3")):
        hand_room.post(hand_room.at(candidate, "poste/"), workstation=place)
    page = hand_room.page("?tri=poste")
    page.press("A commencé à… (Paul DUPONT)")
    page.press("Confirmer")
    page.assert_like_reload()


def test_whole_room_started_by_hand(hand_room: Room) -> None:
    page, _ = opened(hand_room, "present")
    page.press("Toute la salle a commencé à…")
    page.press("Confirmer")
    page.assert_like_reload()


@pytest.mark.parametrize(
    ("state", "gesture"),
    [("resume_authorised", "A repris à… (Paul DUPONT)"), ("in_progress", "A terminé à… (Paul DUPONT)")],
)
def test_gestures_by_hand(hand_room: Room, state: str, gesture: str) -> None:
    page, _ = opened(hand_room, state)
    page.press(gesture)
    page.press("Confirmer")
    page.assert_like_reload()


def test_closing(room: Room) -> None:
    page, _ = opened(room, "completed")
    page.press("Clôturer")
    page.press("Confirmer")
    page.assert_like_reload()


def test_refusal_of_a_stale_page(room: Room) -> None:
    page, paul = opened(room, "in_progress")
    page.press("Terminer le test de Paul DUPONT")
    entry = room.attempt(paul).holder
    assert entry is not None
    running.complete(entry=entry, actor=candidate_actor(entry), now=factories.clock.now())
    response = page.press("Confirmer")
    assert response.status_code == 409
    page.assert_like_reload("annonces", "dialogue")
    assert "n’est pas en cours" in page.text("annonces")


# ---- the refresh ----


def by_another(room: Room, candidate: Candidate) -> None:
    """Another proctor ticks him."""
    other = room.enter("Odile Autre")
    assert other.post(other.at(candidate, "presence/"), present="1").status_code == 303


def test_poll_after_a_tick_by_another(room: Room) -> None:
    page, paul = opened(room, "expected")
    by_another(room, paul)
    assert page.poll().status_code == 200
    page.assert_like_reload()
    assert page.poll().status_code == 204


def test_poll_after_another_proctor_came_and_left(room: Room) -> None:
    page, _ = opened(room, "expected")
    other = room.enter("Odile Autre")
    assert page.poll().status_code == 200
    assert "Odile Autre" in page.text("plus-haut")
    page.assert_like_reload()
    other.post(other.url + "quitter/")
    page.poll()
    assert "Odile Autre" not in page.text("plus-haut")
    page.assert_like_reload()


def test_poll_after_the_launch_gives_the_whole_list(room: Room) -> None:
    page, paul = opened(room, "present")
    entry = factories.open_entry_for(paul)
    running.start_or_resume(
        entry=entry,
        access_code=factories.ACCESS_CODE,
        actor=candidate_actor(entry),
        now=factories.clock.now(),
    )
    response = page.poll()
    assert response.content.count(b"data-state=") == 5
    assert "Pas encore arrivé" in page.text("candidats")
    page.assert_like_reload()
    assert page.poll().status_code == 204


def test_poll_keeps_the_order_of_the_page(room: Room) -> None:
    opened(room, "present")
    page = room.page("?tri=poste")
    room.put(AttemptState.IN_PROGRESS)
    page.poll()
    page.assert_like_reload()


def test_poll_after_an_enrolment_gives_the_whole_list(room: Room) -> None:
    from sessions_app.services.enrolment import enrol, new_candidate

    page, _ = opened(room, "expected")
    late = new_candidate(last_name="ABADIE", first_name="Zoé", birth_date=factories.date(2010, 1, 1))
    enrol(session_id=room.session.pk, candidates=[late], actor=factories.ADMIN, now=factories.clock.now())
    page.poll()
    page.assert_like_reload()
    assert "ABADIE" in page.text("liste")


def test_poll_after_a_candidate_came_back(room: Room) -> None:
    page, paul = opened(room, "in_progress")
    room.travel(minutes=4)
    page.poll()
    page.assert_like_reload()
    assert page.find(f"besoin-{paul.pk}") is not None
    room.travel(seconds=2)
    entry = room.attempt(paul).holder
    assert entry is not None
    progress.beat(
        entry=entry, actor=candidate_actor(entry), visible=True, question=3, now=factories.clock.now()
    )
    page.poll()
    page.assert_like_reload()
    assert page.find(f"besoin-{paul.pk}") is None


def test_poll_after_the_deadlines(room: Room) -> None:
    opened(room, "in_progress")
    page = room.page()
    room.travel(minutes=106)
    page.poll()
    page.assert_like_reload()


def test_poll_after_24_hours(room: Room) -> None:
    opened(room, "in_progress")
    page = room.page()
    room.came_later(hours=2)
    room.travel(hours=24)
    page.poll()
    page.assert_like_reload()
    assert "Délai de 24 h dépassé" in page.text("liste")


def test_poll_after_closing_by_another(room: Room) -> None:
    page, _ = opened(room, "completed")
    other = room.enter("Odile Autre")
    page.poll()
    closing.close_session(session_id=room.session.pk, actor=factories.PROCTOR, now=factories.clock.now())
    page.poll()
    page.assert_like_reload()
    assert page.get("veille").get("hx-get") is None, "a closed room has no news to ask for"
    assert other.fresh().is_over


def test_poll_with_a_dialog_open_leaves_it(room: Room) -> None:
    page, paul = opened(room, "in_progress")
    other = room.add("ABADIE", "Zoé")
    page = room.page()
    page.press("Terminer le test de Paul DUPONT")
    before = page.text("dialogue")
    by_another_now = presence.confirm_presence
    by_another_now(
        session_id=room.session.pk,
        candidate_id=other.pk,
        actor=factories.PROCTOR,
        now=factories.clock.now(),
        arrival=presence.Arrival.IN_ROOM,
    )
    page.poll()
    assert page.text("dialogue") == before
    page.assert_like_reload("dialogue")
    assert paul.pk


def test_ticket(room: Room) -> None:
    page, _ = opened(room, "expected")
    page.press("Détail et autres gestes pour Paul DUPONT")
    page.press("Faire entrer cet élève")
    page.press("Confirmer")
    page.assert_like_reload("dialogue")
    page.press("Remplacer ce ticket")
    page.assert_like_reload("dialogue")
