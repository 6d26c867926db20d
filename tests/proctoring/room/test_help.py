"""« Que faire si… » in the room (R18): what fits stands first, with the one gesture or the one contact it needs."""

from collections.abc import Callable
from typing import Any

import pytest
from lxml.html import HtmlElement

from proctoring.advice import ADVICE, Situation
from proctoring.enums import AttemptState
from proctoring.models import Attempt
from proctoring.services import alerts, closing, room_incident, running
from proctoring.services.entries import candidate_actor
from sessions_app.enums import EventKind, RoomIncidentKind, SignInMode
from sessions_app.help import PROPOSED, Topic
from sessions_app.help.tutorial import FORGOTTEN_CODES, SOS_STEPS
from sessions_app.models import Candidate, HelpText
from tests import factories
from tests.htmx import Page, accessible_name, both_ways, words
from tests.proctoring.room.conftest import NOW, Room


def panel(room: Room, candidate: Candidate | None = None, *, scripts: bool = True) -> Page:
    """Opened from the row of that pupil, or from « Plus »."""
    page = room.page(scripts=scripts)
    page.press(f"Que faire si… pour {candidate.full_name}" if candidate else "Que faire si…")
    return page


def entries(page: Page, *, first: bool) -> list[str]:
    """The subjects, in their order: those that fit are open."""
    found = page.root.xpath("//div[@class='aide']/details")
    return [one.get("id").removeprefix("aide-") for one in found if (one.get("open") is not None) is first]


def entry(page: Page, topic: Topic) -> HtmlElement:
    return page.get(f"aide-{topic.value}")


def controls(page: Page, topic: Topic) -> list[str]:
    """Gestures and telephone numbers of one subject."""
    return [accessible_name(one) for one in entry(page, topic).xpath(".//button | .//a[@href]")]


def with_alert(room: Room) -> Candidate:
    paul = room.add("DUPONT", "Paul")
    entry_ = room.bring(paul, "in_progress")
    assert entry_ is not None
    alerts.raise_alert(entry=entry_, question=7, kinds=["image"], actor=candidate_actor(entry_), now=NOW)
    return paul


def who_asks_to_resume(room: Room) -> Candidate:
    paul = room.put("in_progress", "DUPONT", "Paul")
    again = factories.open_entry_for(paul)
    running.request_resume(entry=again, actor=candidate_actor(again), now=NOW)
    return paul


def who_is_silent(room: Room) -> Candidate:
    paul = room.put("in_progress", "DUPONT", "Paul")
    room.travel(minutes=4)
    return paul


def whose_time_is_over(room: Room) -> Candidate:
    paul = room.put("in_progress", "DUPONT", "Paul")
    Attempt.objects.update(deadline_at=NOW)
    return paul


def who_is_late(room: Room) -> Candidate:
    room.put("in_progress")
    return room.add("DUPONT", "Paul")


def who_is_refused_as_late(room: Room) -> Candidate:
    paul = who_is_late(room)
    room.post(room.at(paul, "retard/"), arrival="late")
    return paul


def who_was_ended(room: Room) -> Candidate:
    paul = room.put("ended", "DUPONT", "Paul")
    room.travel(seconds=30)
    return paul


def put(state: str, **more: Any) -> Callable[[Room], Candidate]:
    return lambda room: room.put(state, "DUPONT", "Paul", **more)


FITS: list[tuple[Callable[[Room], Candidate], Topic, list[str]]] = [
    (with_alert, Topic.QUESTION, ["Gérer le signalement de Paul DUPONT"]),
    (who_asks_to_resume, Topic.WORKSTATION, ["Autoriser la reprise du test de Paul DUPONT"]),
    (who_is_silent, Topic.WORKSTATION, ["Poste défaillant : Paul DUPONT"]),
    (whose_time_is_over, Topic.WORKSTATION, ["Poste défaillant : Paul DUPONT"]),
    (put("in_progress", extra_time_percent=33), Topic.TIMED_QUESTION, ["Noter E8 pour Paul DUPONT"]),
    (put("in_progress"), Topic.WORKSTATION, ["Poste défaillant : Paul DUPONT"]),
    (put("resume_authorised"), Topic.WORKSTATION, ["Poste défaillant : Paul DUPONT"]),
    (who_is_late, Topic.LATE, ["Arrivée après le lancement de Paul DUPONT"]),
    (who_is_refused_as_late, Topic.LATE, ["Demander l’accord de la direction pour Paul DUPONT"]),
    (put("expected", certifiable_competences=3), Topic.NEVER_CONNECTED, ["Devenu certifiable : Paul DUPONT"]),
    (put("expected", sign_in_mode=SignInMode.NEVER), Topic.NEVER_CONNECTED, []),
    (put("expected", sign_in_mode=SignInMode.USERNAME), Topic.COMPUTER_LOGIN, []),
    (put("present", sign_in_mode=SignInMode.EMAIL), Topic.COMPUTER_LOGIN, []),
]


@pytest.mark.parametrize(("situation", "topic", "gesture"), FITS)
@both_ways
def test_what_fits_a_pupil_stands_first_with_its_gesture(
    room: Room, situation: Callable[[Room], Candidate], topic: Topic, gesture: list[str], scripts: bool
) -> None:
    paul = situation(room)
    page = panel(room, paul, scripts=scripts)
    assert topic.value in entries(page, first=True)
    if topic != Topic.COMPUTER_LOGIN:
        assert entries(page, first=True)[0] in {topic.value, Topic.COMPUTER_LOGIN.value}
    assert controls(page, topic) == gesture
    assert {*entries(page, first=True), *entries(page, first=False)} == {one.value for one in Topic}


def test_the_strongest_situation_comes_first(room: Room) -> None:
    """An open alert of a pupil with extra time: his question, then the rest."""
    paul = with_alert(room)
    Candidate.objects.filter(pk=paul.pk).update(extra_time_percent=33)
    assert entries(panel(room, paul), first=True) == ["question", "chronometre", "poste"]


def test_every_row_gesture_that_is_shown_is_one_that_the_table_allows(room: Room) -> None:
    """In every state: what the panel offers leads to a question, never to a refusal (R20)."""
    for number, state in enumerate(AttemptState):
        paul = room.put(state, f"DUPONT{chr(65 + number)}", "Paul")
        page = panel(room, paul)
        for link in page.get("dialogue").xpath(".//a[@hx-get][not(ancestor::*[@class='dialogue__actions'])]"):
            answer = room.get(link.get("href"), htmx=True)
            assert answer.status_code == 200, (state, link.get("href"))


@pytest.mark.parametrize(
    ("situation", "topic", "reason"),
    [
        (put("expected"), Topic.LATE, "La session n’est pas lancée : il n’est pas en retard. Cochez-le."),
        (put("present"), Topic.LATE, "Sa présence est déjà notée."),
        (put("in_progress"), Topic.LATE, "Il a commencé son test."),
        (put("expected"), Topic.WORKSTATION, "Il n’a pas commencé son test : il n’a rien perdu."),
        (put("expired"), Topic.WORKSTATION, "Son test est terminé."),
        (put("present"), Topic.QUESTION, "Il n’a pas commencé son test : il n’a rien perdu."),
        (put("completed"), Topic.NEVER_CONNECTED, "Il a commencé son test."),
    ],
)
def test_a_gesture_that_is_not_allowed_gives_its_reason(
    room: Room, situation: Callable[[Room], Candidate], topic: Topic, reason: str
) -> None:
    page = panel(room, situation(room))
    assert reason in words(entry(page, topic))
    assert controls(page, topic) == []


def test_a_test_that_is_over_may_be_asked_back(room: Room) -> None:
    page = panel(room, who_was_ended(room))
    assert controls(page, Topic.WORKSTATION) == ["Demander la réouverture du test de Paul DUPONT"]


def test_now_says_the_state_and_shows_the_gesture_of_the_row(room: Room) -> None:
    page = panel(room, whose_time_is_over(room))
    now = page.root.xpath("//section[@class='aide__maintenant']")[0]
    assert "En cours · Temps écoulé" in words(now)
    assert "Minutes perdues" in words(now)
    assert [accessible_name(one) for one in now.xpath(".//a | .//button")] == [
        "Terminer le test de Paul DUPONT"
    ]


@both_ways
def test_a_gesture_of_the_panel_acts_and_the_page_equals_its_reload(room: Room, scripts: bool) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    room.post(room.at(paul, "sortie/"))
    page = panel(room, paul, scripts=scripts)
    page.press("Retour de Paul DUPONT")
    assert room.last_event().kind == EventKind.CAME_BACK
    if scripts:
        assert page.text("dialogue") == ""
        page.assert_like_reload("annonces")


@both_ways
def test_a_question_of_the_panel_is_asked_and_confirmed(room: Room, scripts: bool) -> None:
    paul = who_asks_to_resume(room)
    page = panel(room, paul, scripts=scripts)
    page.press("Autoriser la reprise du test de Paul DUPONT")
    page.press("Confirmer")
    assert room.attempt(paul).state == AttemptState.RESUME_AUTHORISED


def test_certifiable_is_offered_where_the_sos_is_told(room: Room) -> None:
    """« J’ai vu son profil certifiable à l’écran » (P2), beside the steps that lead there."""
    paul = room.add("DUPONT", "Paul", certifiable_competences=3, sign_in_mode=SignInMode.NEVER)
    page = panel(room, paul)
    said = words(entry(page, Topic.NEVER_CONNECTED))
    for step in SOS_STEPS:
        assert step.title in said
    page.press("Devenu certifiable : Paul DUPONT")
    check_ = page.box("J’ai vu son profil certifiable à l’écran")
    check_.set("checked", "")
    page.press("Confirmer")
    assert room.last_event().kind == EventKind.BECAME_CERTIFIABLE


# ---- of the room ----


def test_before_the_launch_the_room_is_told_of_logins_first(room: Room) -> None:
    room.add("DUPONT", "Paul")
    first = entries(panel(room), first=True)
    assert first == ["ordinateur", "codes-pix", "jamais-connecte", "hors-liste"]


def test_after_the_launch_the_room_is_told_of_tests_first(room: Room) -> None:
    room.put("in_progress", "DUPONT", "Paul")
    first = entries(panel(room), first=True)
    assert first == ["hors-liste", "poste", "question"]


def test_one_alert_in_the_room_brings_its_own_gesture(room: Room) -> None:
    with_alert(room)
    page = panel(room)
    assert entries(page, first=True)[0] == "question"
    assert controls(page, Topic.QUESTION) == ["Gérer le signalement de Paul DUPONT"]


def test_two_alerts_in_the_room_ask_which_pupil(room: Room) -> None:
    with_alert(room)
    zoe = room.add("ABADIE", "Zoé")
    entry_ = room.bring(zoe, "in_progress")
    assert entry_ is not None
    alerts.raise_alert(entry=entry_, question=3, kinds=[], actor=candidate_actor(entry_), now=NOW)
    page = panel(room)
    assert controls(page, Topic.QUESTION) == []
    assert "Choisissez d’abord l’élève" in words(entry(page, Topic.QUESTION))


@both_ways
def test_a_pupil_is_chosen_in_the_panel(room: Room, scripts: bool) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    page = panel(room, scripts=scripts)
    page.root.xpath("//select[@name='candidat']")[0].set("value", str(paul.pk))
    page.press("Choisir")
    assert "Paul DUPONT" in page.text("dialogue" if scripts else "contenu")
    assert controls(page, Topic.WORKSTATION) == ["Poste défaillant : Paul DUPONT"]
    page.press("Pour toute la salle")
    assert controls(page, Topic.WORKSTATION) == []


def test_running_incident_stands_first_and_can_be_ended_from_there(room: Room) -> None:
    room.put("in_progress", "DUPONT", "Paul")
    room_incident.start_room_incident(
        session_id=room.session.pk, kind=RoomIncidentKind.NETWORK, actor=factories.PROCTOR, now=NOW
    )
    page = panel(room)
    now = page.root.xpath("//section[@class='aide__maintenant']")[0]
    assert "Incident dans toute la salle : panne de réseau, depuis 10h30" in words(now)
    assert [accessible_name(one) for one in now.xpath(".//a")] == ["Fin de l’incident"]
    assert entries(page, first=True)[:3] == ["poste", "deconnexion", "page-absente"]


def test_four_silent_workstations_propose_the_incident_of_the_room(room: Room) -> None:
    for _ in range(4):
        room.put("in_progress")
    room.travel(minutes=4)
    page = panel(room)
    now = page.root.xpath("//section[@class='aide__maintenant']")[0]
    assert "4 postes sans nouvelles" in words(now)
    assert [accessible_name(one) for one in now.xpath(".//a")] == ["Incident dans toute la salle"]
    assert "page-absente" in entries(page, first=True)


def test_closed_session_still_tells_and_offers_nothing(room: Room) -> None:
    room.put("completed", "DUPONT", "Paul")
    closing.close_session(session_id=room.session.pk, actor=factories.PROCTOR, now=NOW)
    page = panel(room)
    assert entries(page, first=True) == []
    for topic in Topic:
        assert [one for one in controls(page, topic) if not one.startswith("01")] == []
    assert "La session est clôturée" in words(entry(page, Topic.NOT_ON_THE_LIST))


# ---- texts, contacts, codes ----


def test_panel_tells_the_words_of_the_school_and_ours_where_it_wrote_none(room: Room) -> None:
    school = room.session.establishment
    HelpText.objects.create(
        establishment=school, topic=Topic.LATE, text="Sonnez au bureau 3.", link="https://exemple.fr/retard",
        checked_on=NOW.date(),
    )  # fmt: skip
    HelpText.objects.create(
        establishment=factories.EstablishmentFactory(), topic=Topic.QUESTION, text="Ailleurs."
    )
    page = panel(room)
    assert "Sonnez au bureau 3." in words(entry(page, Topic.LATE))
    assert "vérifié le 16/03/2026" in words(entry(page, Topic.LATE))
    link = entry(page, Topic.LATE).xpath(".//a")[0]
    assert (link.get("href"), link.get("target")) == ("https://exemple.fr/retard", "_blank")
    assert PROPOSED[Topic.QUESTION].replace("\u00a0", " ") in words(entry(page, Topic.QUESTION))


@pytest.mark.parametrize(
    ("mode", "who"),
    [
        (SignInMode.MEDIACENTRE, "Ève Ent"),
        (SignInMode.USERNAME, "Rémi Référent"),
        (SignInMode.EMAIL, "Rémi Référent"),
    ],
)
def test_forgotten_codes_are_told_by_sign_in_mode_with_whom_to_call(
    room: Room, mode: SignInMode, who: str
) -> None:
    school = room.session.establishment
    factories.ContactFactory(
        establishment=school, purpose="Codes de l’ENT", name="Ève Ent", phone="0199001210"
    )
    factories.ContactFactory(
        establishment=school, purpose="Pix", name="Rémi Référent", place="Bureau 2", hours="8h à 12h"
    )
    paul = room.add("DUPONT", "Paul", sign_in_mode=mode)
    told = entry(panel(room, paul), Topic.PIX_CODES)
    assert who in words(told)
    assert FORGOTTEN_CODES[mode][0].replace("\u00a0", " ") in words(told)
    assert len(told.xpath(".//ul")) == 1
    assert told.xpath(".//a[starts-with(@href, 'tel:')]")


def test_room_tells_every_mode_and_says_when_nobody_is_noted(room: Room) -> None:
    told = entry(panel(room), Topic.PIX_CODES)
    assert len(told.xpath(".//ul")) == len(SignInMode)
    assert "n’a pas noté qui appeler" in words(told)


def test_every_subject_has_its_advice_and_one_way_out() -> None:
    assert [one.topic for one in ADVICE] == list(Topic)
    for advice in ADVICE:
        assert bool(advice.ways) != (advice.call is not None), advice.topic
        assert advice.for_room or advice.for_pupil
        assert not advice.ways or Situation.CLOSED in dict(advice.why_not)


# ---- who may read it, what it costs ----


def test_panel_is_for_who_is_in_the_room(room: Room, empty_room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    other = Room(factories.SessionFactory(), room.travel).enter()
    for url in (f"{room.url}aide/", room.at(paul, "aide/"), f"{room.url}aide/?candidat={paul.pk}"):
        assert other.get(url).status_code == 302
    stranger = factories.CandidateFactory()
    assert room.get(f"{room.url}aide/?candidat={stranger.pk}", htmx=True).status_code == 409
    assert room.get(f"{room.url}aide/?candidat=x", htmx=True).status_code == 422


def test_panel_costs_the_same_for_one_row_and_for_twenty(room: Room, django_assert_num_queries: Any) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    for _ in range(2):
        for url, most in ((f"{room.url}aide/", 4), (room.at(paul, "aide/"), 5)):
            room.get(url, htmx=True)
            with django_assert_num_queries(most):
                room.get(url, htmx=True)
        for _ in range(19):
            room.put("in_progress")
