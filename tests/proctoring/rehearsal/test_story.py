"""The four minutes of a rehearsal, told by polls alone (R19)."""

from typing import Any

import pytest

from proctoring.advice import ADVICE
from proctoring.categories import EXTRA_TIME_EXCEEDED
from proctoring.enums import AttemptState, Need
from proctoring.models import Alert, Case, Proposal
from proctoring.rehearsal.checklist import GESTURES, practice_of
from proctoring.rehearsal.script import LAUNCH, OPENING, REFLEXES, SCRIPT, VOICES, Act
from proctoring.rehearsal.voices import heard_now
from proctoring.selectors.room import whole_board
from sessions_app.help import Topic
from sessions_app.models import StoredFile
from tests.htmx import Page
from tests.proctoring.rehearsal.conftest import Trainee
from tests.proctoring.room.conftest import Room

THERE = ("alix", "basile", "camille", "capucine", "dina", "hugo", "ines")
LOU = {"last_name": "LILAS", "first_name": "Lou", "birth_date": "04/09/2011"}
LAST = 255  # seconds


def launched(trainee: Trainee) -> Trainee:
    """Basile and Dina are ticked, the code is on the board, their tests run."""
    trainee.wait(12)
    trainee.tick("basile", "dina")
    trainee.client.get(trainee.url + "code/")
    trainee.wait(8)
    return trainee


def test_whole_run_shows_every_need_and_question_and_lets_every_gesture_be_practised(
    trainee: Trainee,
) -> None:
    trainee.wait(44)  # they arrive; two can't
    trainee.act("jules", "ticket/", once="t1")
    trainee.act("gaspard", "certifiable/", seen="1")
    trainee.wait(16)
    trainee.done("consignes/")
    trainee.tick(*THERE, "gaspard", "jules")
    trainee.client.get(trainee.url + "code/")
    trainee.wait(36)  # tests run; Basile signals, Capucine's computer has crashed, Fanny comes
    trainee.act("basile", "signalement/", alert=Alert.objects.get().pk, outcome="refused")
    trainee.act("capucine", "reprise/")
    trainee.act("camille", "sortie/")
    trainee.act("fanny", "retard/", arrival="late")
    trainee.act("fanny", "direction/retard/")
    trainee.wait(28)  # the direction answered; Hugo's screen is black
    trainee.tick("fanny")
    trainee.act("hugo", "poste-defaillant/", workstation="13", minutes="5", once="s1")
    proposal = Proposal.objects.get(kind="timed_out")
    trainee.act("ines", f"propositions/{proposal.pk}/ignorer/")
    trainee.act("camille", "retour/")
    trainee.wait(12)
    trainee.done("absent-de-la-liste/", **LOU, ask="inscription")
    trainee.wait(20)  # the network is gone
    trainee.done("incident-salle/", quoi="network")
    trainee.wait(20)
    Page(trainee.client, f"{trainee.url}incident-salle/fin/", scripts=False).press("Confirmer")
    trainee.act("lou", "retard/", arrival="late")
    trainee.done("minutes/", candidat=trainee.candidate("ines").pk, minutes="5", once="m1")
    trainee.act("dina", "incident/", categorie="C7", description="Souris", once="i1")
    trainee.act("elie", "fin/")
    trainee.act("elie", "fin/annuler/")
    trainee.act("elie", "fin/")
    trainee.wait(68)
    for key in ("dina", "hugo"):
        trainee.act(key, "fin/")
    trainee.wait(12)
    closed = trainee.done("cloturer/", signature="Perrine Essai", attendance="1")

    assert trainee.needs == {need.value for need in Need}
    assert trainee.heard == {voice.key for voice in VOICES}
    assert [one.key for one in practice_of(trainee.fresh()).left] == []
    states = {key: trainee.attempt(key).state for key in (*THERE, "gaspard", "jules", "fanny", "elie")}
    by_the_proctor = {"dina", "hugo", "elie"}
    assert states == {
        key: AttemptState.ENDED if key in by_the_proctor else AttemptState.COMPLETED for key in states
    }
    assert not hasattr(trainee.candidate("katia"), "attempt")
    assert trainee.seconds <= LAST + 1
    assert closed["Location"] == f"{trainee.url}entrainement/"
    page = trainee.client.get(closed["Location"]).content.decode()
    assert "Tous les gestes" in page
    assert "Rien n’en part aux archives" in page
    assert not StoredFile.objects.exists()


def test_every_question_of_the_help_is_met() -> None:
    assert {voice.topic for voice in VOICES if voice.topic is not None} == set(Topic)


def test_every_gesture_that_the_help_gives_is_practised() -> None:
    """What « Que faire si… » tells to do in the room stands in the list of what one has done (R18, R19)."""
    practised = {
        "retard/": "retard",
        "direction/retard/": "direction",
        "certifiable/": "certifiable",
        "absent-de-la-liste/": "hors-liste",
        "reprise/": "reprise",
        "poste-defaillant/": "poste",
        "signalement/": "signalement",
        "incident/": "incident",
        f"incident/?categorie={EXTRA_TIME_EXCEEDED}": "incident",
        "direction/reouverture/": "direction",
    }
    known = {gesture.key for gesture in GESTURES}
    assert {way.path for advice in ADVICE for way in advice.ways} == set(practised)
    assert set(practised.values()) <= known
    assert {"sortie", "incident-salle"} <= known


def test_what_is_heard_is_what_the_panel_puts_first(trainee: Trainee) -> None:
    """Of the pupil one hears of, « Que faire si… » tells that very subject first, whatever happens meanwhile."""
    asked: set[Topic] = set()

    def look() -> None:
        for voice in VOICES:
            if voice.topic is None or not voice.pupil or voice.topic in asked:
                continue
            if voice.key not in {one.key for one in heard_now(trainee.fresh(), now=trainee.now)}:
                continue
            if voice.topic == Topic.NOT_ON_THE_LIST:
                page = Page(trainee.client, f"{trainee.url}aide/", scripts=False)
            else:
                page = Page(
                    trainee.client,
                    f"{trainee.url}candidats/{trainee.candidate(voice.pupil).pk}/aide/",
                    scripts=False,
                )
            entry = page.get(f"aide-{voice.topic.value}")
            assert entry.get("open") is not None, voice.key
            asked.add(voice.topic)

    for _ in range(11):
        trainee.wait(4)
        look()
    trainee.act("gaspard", "certifiable/", seen="1")
    trainee.tick(*THERE, "gaspard")
    trainee.client.get(trainee.url + "code/")
    for _ in range(25):
        trainee.wait(4)
        look()
    assert asked == set(Topic) - {Topic.DISCONNECTED, Topic.UNREACHABLE}


def test_network_comes_back_once_its_loss_was_noted(trainee: Trainee) -> None:
    """« Incident dans toute la salle » waits for the proctor, like the rest."""
    launched(trainee).wait(92)
    assert "reseau" in {one.key for one in heard_now(trainee.fresh(), now=trainee.now)}
    trainee.wait(16)
    assert "reseau-revenu" not in trainee.heard
    trainee.done("incident-salle/", quoi="network")
    trainee.wait(20)
    told = {one.key for one in heard_now(trainee.fresh(), now=trainee.now)}
    assert "reseau-revenu" in told
    assert "reseau" not in told
    Page(trainee.client, f"{trainee.url}incident-salle/fin/", scripts=False).press("Confirmer")
    trainee.wait(4)
    assert "reseau-revenu" not in {one.key for one in heard_now(trainee.fresh(), now=trainee.now)}


def test_who_went_out_comes_back_once_it_was_noted(trainee: Trainee) -> None:
    trainee.wait(44)
    trainee.tick("camille")
    trainee.client.get(trainee.url + "code/")
    trainee.wait(24)
    assert "sortie" in trainee.heard
    trainee.wait(20)
    assert "retour" not in trainee.heard
    trainee.act("camille", "sortie/")
    trainee.wait(24)
    assert "retour" in {one.key for one in heard_now(trainee.fresh(), now=trainee.now)}
    trainee.act("camille", "retour/")
    trainee.wait(4)
    assert not {"retour", "sortie"} & {one.key for one in heard_now(trainee.fresh(), now=trainee.now)}


def test_script_names_only_what_it_knows() -> None:
    """A step that counts from one that does not exist would never come."""
    reflexes = {f"{step.pupil}.{reflex.act}" for step in SCRIPT for reflex in REFLEXES}
    known = {OPENING, LAUNCH, *reflexes, *(step.key for step in SCRIPT)}
    assert {told.after for told in (*SCRIPT, *VOICES)} <= known
    assert len({step.key for step in SCRIPT}) == len(SCRIPT)
    assert len({gesture.key for gesture in GESTURES}) == len(GESTURES)


# ---- what they do depends on what the proctor does ----


def test_nobody_starts_before_he_is_ticked_and_the_code_is_given(trainee: Trainee) -> None:
    trainee.wait(12)
    trainee.tick("basile")
    trainee.wait(24)
    assert trainee.attempt("basile").state == AttemptState.PRESENT
    trainee.client.get(trainee.url + "code/")
    trainee.wait(12)
    assert trainee.attempt("basile").state == AttemptState.IN_PROGRESS
    assert not hasattr(trainee.candidate("dina"), "attempt") or trainee.attempt("dina").state == "expected"


def test_somebody_reads_the_code_aloud_in_the_end(trainee: Trainee) -> None:
    trainee.wait(8)
    trainee.tick("basile")
    trainee.wait(60)
    assert trainee.attempt("basile").state == AttemptState.IN_PROGRESS


def test_who_is_ticked_and_not_there_does_not_start(trainee: Trainee) -> None:
    launched(trainee).act("katia", "retard/", arrival="in_room")
    trainee.wait(20)
    assert trainee.attempt("katia").state == AttemptState.PRESENT


def test_a_resume_waits_for_the_proctor(trainee: Trainee) -> None:
    trainee.wait(12)
    trainee.tick("capucine")
    trainee.client.get(trainee.url + "code/")
    trainee.wait(60)
    assert trainee.attempt("capucine").resume_requested_at is not None
    trainee.act("capucine", "reprise/")
    trainee.wait(12)
    again = trainee.attempt("capucine")
    assert (again.state, again.resume_requested_at) == (AttemptState.IN_PROGRESS, None)


def test_direction_answers_after_a_while_under_its_own_name(trainee: Trainee) -> None:
    trainee.done("absent-de-la-liste/", **LOU, ask="inscription")
    trainee.wait(16)
    assert Case.objects.get().state == "open"
    trainee.wait(8)
    assert Case.objects.get().state == "accepted"
    assert "Direction (entraînement)" in trainee.client.get(trainee.url).content.decode()


def test_a_refused_step_stops_nothing(trainee: Trainee) -> None:
    """The proctor ended a test that the script still counted on."""
    launched(trainee).act("basile", "fin/")
    trainee.wait(200)
    assert trainee.attempt("basile").state == AttemptState.ENDED
    assert "basile.complete" not in trainee.rehearsal.done


# ---- the clock ----


def test_silence_never_comes_by_accident(trainee: Trainee) -> None:
    """Nobody looked for three minutes: of those whose test runs, who fell silent is silent, and nobody else."""
    launched(trainee)
    trainee.needs.clear()
    trainee.travel.shift(180)
    trainee.poll()
    assert "disconnected" not in trainee.needs
    trainee.wait(48)  # Dina's computer stopped at that poll
    assert "disconnected" in trainee.needs
    needy = [
        row
        for row in whole_board(trainee.fresh(), now=trainee.now).rows
        if "disconnected" in row.needs_attribute
    ]
    assert [row.first_name for row in needy] == ["Dina"]
    assert trainee.attempt("basile").state == AttemptState.IN_PROGRESS  # his question first, then the rest


def test_a_poll_costs_what_a_real_one_costs(trainee: Trainee, django_assert_num_queries: Any) -> None:
    launched(trainee)
    for seconds in (2, 2, 1):
        trainee.travel.shift(seconds)
        trainee.poll()
    trainee.travel.shift(1)
    url = f"{trainee.url}etat/?v={trainee.version}"
    with django_assert_num_queries(1):
        assert trainee.client.get(url, headers={"HX-Request": "true"}).status_code == 204


def test_two_looks_at_the_same_instant_tell_the_story_once(trainee: Trainee) -> None:
    trainee.travel.shift(12)
    for _ in range(2):
        trainee.poll()
    written = trainee.kinds()
    trainee.poll()
    assert trainee.kinds() == written
    assert written.count("workstation_changed") == 1 + len(("alix", "basile", "capucine", "dina", "hugo"))


# ---- its pages ----


@pytest.mark.parametrize(
    "below",
    ["", "code/", "qui-appeler/", "consignes/", "quitter/", "cloturer/", "pv/", "entrainement/", "feuille-de-secours/",
     "absent-de-la-liste/", "incidents/", "incidents/noter/", "minutes/", "<basile>", "<basile>carte/",
     "<basile>ticket/", "<basile>incident/", "<basile>poste/", "<elie>fin/", "<elie>reprise/"],
)  # fmt: skip
def test_every_page_bears_the_mark(trainee: Trainee, below: str) -> None:
    for key in ("basile", "elie"):
        below = below.replace(f"<{key}>", f"candidats/{trainee.candidate(key).pk}/")
    response = trainee.client.get(trainee.url + below)
    assert response.status_code == 200
    assert "<b>ENTRAÎNEMENT</b>" in response.content.decode()


def test_masked_screen_tells_the_password_that_no_kit_has(trainee: Trainee) -> None:
    trainee.done("masquer/")
    page = trainee.client.get(trainee.url).content.decode()
    assert "<b>ENTRAÎNEMENT</b>" in page
    assert trainee.session.password() in page
    trainee.done("demasquer/", password=trainee.session.password())


def test_what_is_heard_comes_with_its_help_and_once(trainee: Trainee) -> None:
    trainee.travel.shift(13)
    heard = trainee.client.get(f"{trainee.url}entrainement/autour/").content.decode()
    assert "Camille CÈDRE ne peut pas ouvrir l’ordinateur" in heard
    assert "mots de passe de l’ordinateur" in heard
    again = trainee.client.get(f"{trainee.url}entrainement/autour/?entendu=ordinateur.arrivees")
    assert again.status_code == 204


def test_practice_is_offered_again_while_something_is_left(trainee: Trainee) -> None:
    page = trainee.client.get(f"{trainee.url}entrainement/").content.decode()
    assert f"0 geste sur {len(GESTURES)}" in page
    trainee.wait(8)
    trainee.tick("basile")
    page = trainee.client.get(f"{trainee.url}entrainement/").content.decode()
    assert f"1 geste sur {len(GESTURES)}" in page
    assert "Recommencer l’entraînement" in page


def test_a_real_room_has_none_of_its_pages(trainee: Trainee, session: Any) -> None:
    room = Room(session, trainee.travel).enter()
    assert "Autour de vous" not in room.get(room.url).content.decode()
    for below in ("entrainement/", "entrainement/autour/"):
        assert room.get(room.url + below).status_code == 404


def test_acts_of_the_script_are_all_played() -> None:
    played = {step.act for step in SCRIPT} | {reflex.act for reflex in REFLEXES} | {Act.ANSWER}
    assert played == set(Act)
