"""Ticking (R8, R9), and who became certifiable (P2). Each with and without scripts."""

from datetime import timedelta

import pytest

from pixsurv.kernel import clock
from proctoring.models import Attempt
from proctoring.selectors.room import Version
from proctoring.services import running
from proctoring.services.entries import candidate_actor
from sessions_app.enums import EventKind
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import accessible_name, both_ways
from tests.proctoring.room.conftest import NOW, Room

TICK = "Présence de Paul DUPONT"


@both_ways
def test_ticking_and_unticking(room: Room, scripts: bool) -> None:
    paul = room.add("DUPONT", "Paul")
    page = room.page(scripts=scripts)
    page.tick(TICK)
    assert room.attempt(paul).state == "present"
    assert page.get(room.row(paul)).get("data-state") == "present"
    assert page.box(TICK).get("checked") is not None
    page.tick(TICK, on=False)
    assert room.attempt(paul).state == "expected"
    assert page.box(TICK).get("checked") is None
    assert [one.kind for one in room.events()][-2:] == [
        EventKind.PRESENCE_CONFIRMED,
        EventKind.PRESENCE_CANCELLED,
    ]


def test_without_scripts_the_answer_leads_back_to_the_row(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    response = room.post(room.at(paul, "presence/"), present="1")
    assert response.status_code == 303
    assert response["Location"] == f"{room.url}#candidat-{paul.pk}"


def test_the_last_of_two_values_is_the_wish(room: Room) -> None:
    """The hidden 0 stands before the box: a browser sends both when it is ticked."""
    paul = room.add("DUPONT", "Paul")
    room.client.post(room.at(paul, "presence/"), {"present": ["0", "1"]})
    assert room.attempt(paul).state == "present"
    room.client.post(room.at(paul, "presence/"), {"present": "0"})
    assert room.attempt(paul).state == "expected"


@pytest.mark.parametrize(
    "data", [{}, {"present": ""}, {"present": "2"}, {"present": "true"}, {"present": "on"}]
)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_missing_wish_is_refused(room: Room, data: dict[str, str], htmx: bool) -> None:
    paul = room.add("DUPONT", "Paul")
    before = room.sequence()
    response = room.post(room.at(paul, "presence/"), htmx=htmx, **data)
    assert response.status_code == 422
    assert "La présence voulue manque" in response.content.decode()
    assert room.sequence() == before


@pytest.mark.parametrize(("state", "wish"), [("present", "1"), ("expected", "0")])
def test_repeating_changes_nothing(room: Room, state: str, wish: str) -> None:
    paul = room.put(state, "DUPONT", "Paul")
    before = room.sequence()
    for htmx in (True, False):
        assert room.post(room.at(paul, "presence/"), htmx=htmx, present=wish).status_code in {200, 303}
    assert room.sequence() == before


@pytest.mark.parametrize("wish", ["0", "1"])
@pytest.mark.parametrize("state", ["in_progress", "resume_authorised", "completed", "ended", "expired"])
def test_who_began_can_be_neither_ticked_nor_unticked(room: Room, state: str, wish: str) -> None:
    paul = room.put(state, "DUPONT", "Paul")
    before = room.sequence()
    response = room.post(room.at(paul, "presence/"), htmx=True, present=wish)
    assert response.status_code == 409
    text = response.content.decode()
    assert "a déjà commencé son test" in text
    assert f'id="candidat-{paul.pk}"' in text, "the fresh row comes along (R20)"
    assert f'data-state="{state}"' in text
    assert room.sequence() == before


def test_a_page_that_is_behind_gets_the_fresh_row(room: Room) -> None:
    paul = room.put("present", "DUPONT", "Paul")
    page = room.page()
    entry = factories.open_entry_for(paul)
    running.start_or_resume(
        entry=entry, access_code=factories.ACCESS_CODE, actor=candidate_actor(entry), now=NOW
    )
    assert page.tick(TICK, on=False).status_code == 409
    assert page.get(room.row(paul)).get("data-state") == "in_progress"
    assert "a déjà commencé son test" in page.text("annonces")


def test_without_scripts_a_refusal_is_said_in_the_room(room: Room) -> None:
    paul = room.put("present", "DUPONT", "Paul")
    page = room.page(scripts=False)
    factories.put(paul, "present")
    entry = factories.open_entry_for(paul)
    running.start_or_resume(
        entry=entry, access_code=factories.ACCESS_CODE, actor=candidate_actor(entry), now=NOW
    )
    page.tick(TICK, on=False)
    assert page.response.status_code == 409
    (alert,) = page.root.xpath("//main//*[@role='alert']")
    assert "a déjà commencé son test" in alert.text_content()
    assert page.get(room.row(paul)).get("data-state") == "in_progress"


@pytest.mark.parametrize("htmx", [True, False])
def test_who_is_not_certifiable_is_refused(room: Room, htmx: bool) -> None:
    paul = room.add("DUPONT", "Paul", certifiable_competences=3)
    response = room.post(room.at(paul, "presence/"), htmx=htmx, present="1")
    assert response.status_code == 409
    assert "Pas encore certifiable" in response.content.decode()
    assert not Attempt.objects.filter(candidate=paul, state="present").exists()


@pytest.mark.parametrize("htmx", [True, False])
def test_a_candidate_of_another_room_is_not_found(room: Room, htmx: bool) -> None:
    stranger = factories.CandidateFactory()
    response = room.post(room.at(stranger, "presence/"), htmx=htmx, present="1")
    # 404 is left alone by the page: with htmx, who looks at this room is told by a conflict.
    assert response.status_code == (409 if htmx else 404)
    text = response.content.decode()
    assert "n’est pas sur la liste de cette session" in text
    assert stranger.last_name not in text
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("candidate_id", [0, 10**18, 2**63, 10**30])
@pytest.mark.parametrize("htmx", [True, False])
def test_a_candidate_who_does_not_exist_is_not_found(room: Room, candidate_id: int, htmx: bool) -> None:
    url = f"{room.url}candidats/{candidate_id}/presence/"
    assert room.post(url, htmx=htmx, present="1").status_code == (409 if htmx else 404)
    assert room.get(url, htmx=htmx).status_code == (409 if htmx else 404)


# ---- the announcement (R9) ----


@both_ways
def test_a_tick_is_announced_for_ten_seconds_with_its_undo(room: Room, scripts: bool) -> None:
    paul = room.add("DUPONT", "Paul", "1997-05-21")
    page = room.page(scripts=scripts)
    page.tick(TICK)
    assert "Présent : Paul DUPONT, né(e) le 21/05/1997" in page.text("annonces")
    assert page.get("annonces").xpath(".//@data-reste") == ["10"]
    page.press("Ce n’est pas lui : retirer la présence de Paul DUPONT")
    assert room.attempt(paul).state == "expected"
    assert not page.text("annonces")


def test_the_announcement_goes_after_ten_seconds(room: Room) -> None:
    room.add("DUPONT", "Paul")
    room.page().tick(TICK)
    room.travel(seconds=9)
    assert room.page().get("annonces").xpath(".//@data-reste") == ["1"]
    room.travel(seconds=1)
    assert not room.page().text("annonces")


def test_a_gesture_is_announced_to_who_made_it(room: Room) -> None:
    room.add("DUPONT", "Paul")
    other = room.enter("Odile Autre")
    room.page().tick(TICK)
    assert not other.page().text("annonces")


# ---- the homonym's confirmation (R9) ----


def asks(room: Room, candidate: Candidate) -> bool:
    """Whether ticking asks; nothing is written while it does."""
    before = room.sequence()
    response = room.post(room.at(candidate, "presence/"), htmx=True, present="1")
    asked = "Est-ce bien" in response.content.decode()
    assert response.status_code == (409 if asked else 200)
    assert (room.sequence() == before) is asked
    return asked


@pytest.mark.parametrize(
    ("first", "born", "asked"),
    [
        ("Martine", "1994-05-21", False),  # another first name, another birth date
        ("Martine", "1997-05-21", True),  # same birth date
        ("Paul", "1994-05-21", True),  # same first name
        ("PÀUL", "1994-05-21", True),
        ("Pauline", "1994-05-21", True),  # begins alike
        ("Pau", "1994-05-21", True),
        ("Paola", "1994-05-21", False),
        ("Pa", "1994-05-21", True),  # one begins the other
        ("Jean-Paul", "1994-05-21", False),
    ],
)
def test_a_tick_asks_only_among_namesakes_who_can_be_confused(
    room: Room, first: str, born: str, asked: bool
) -> None:
    paul = room.add("DUPONT", "Paul", "1997-05-21")
    other = room.add("Dupont", first, born)
    assert asks(room, paul) is asked
    assert asks(room, other) is asked


def test_another_last_name_asks_nothing(room: Room) -> None:
    paul = room.add("DUPONT", "Paul", "1997-05-21")
    room.add("DUPOND", "Paul", "1997-05-21")
    assert not asks(room, paul)


def test_unticking_a_homonym_asks_nothing(room: Room) -> None:
    room.add("DUPONT", "Pauline")
    paul = room.put("present", "DUPONT", "Paul")
    assert room.post(room.at(paul, "presence/"), htmx=True, present="0").status_code == 200


@both_ways
def test_the_confirmation_repeats_who_it_is(room: Room, scripts: bool) -> None:
    paul = room.add("DUPONT", "Paul", "1997-05-21", class_name="3e A")
    room.add("DUPONT", "Pauline", "1998-01-02")
    page = room.page(scripts=scripts)
    page.tick(TICK)
    said = page.text("dialogue") if scripts else page.text()
    for part in ("Est-ce bien Paul DUPONT ?", "né(e) le 21/05/1997", "3e A", "Pauline, 02/01/1998"):
        assert part in said
    assert len(page.controls("Confirmer")) == 1
    if scripts:
        assert page.box(TICK).get("checked") is None, "nothing is claimed before it is so"
    page.press("Confirmer")
    assert room.attempt(paul).state == "present"


@both_ways
def test_going_back_ticks_nobody(room: Room, scripts: bool) -> None:
    paul = room.add("DUPONT", "Paul")
    room.add("DUPONT", "Pauline")
    page = room.page(scripts=scripts)
    page.tick(TICK)
    if scripts:
        page = room.page()
    else:
        page.press("Retour")
    assert page.box(TICK).get("checked") is None
    assert not Attempt.objects.filter(candidate=paul).exists()


# ---- became certifiable (P2) ----


@both_ways
def test_became_certifiable_needs_to_be_seen(room: Room, scripts: bool) -> None:
    paul = room.add("DUPONT", "Paul", certifiable_competences=3)
    page = room.page(scripts=scripts)
    page.press("Devenu certifiable : Paul DUPONT")
    page.press("Confirmer")
    assert "Cochez la case" in page.text()
    assert not room.events(EventKind.BECAME_CERTIFIABLE)
    page.fill(seen="on")
    page.press("Confirmer")
    assert Candidate.objects.get(pk=paul.pk).certifiable is True
    assert not page.box(TICK).get("aria-describedby")
    page.tick(TICK)
    assert room.attempt(paul).state == "present"
    room.post(room.at(paul, "certifiable/"), seen="1")
    assert len(room.events(EventKind.BECAME_CERTIFIABLE)) == 1


# ---- the workstation (R17) ----


@both_ways
def test_the_workstation_is_typed_by_the_proctor(room: Room, scripts: bool) -> None:
    paul = room.add("DUPONT", "Paul")
    page = room.page(scripts=scripts)
    page.press("Détail et autres gestes pour Paul DUPONT")
    page.press("Numéro du poste")
    page.fill(workstation="  14  bis ")
    page.press("Confirmer")
    assert room.attempt(paul).workstation == "14 bis"
    assert "14 bis" in page.text(room.row(paul))


def test_the_same_workstation_again_records_nothing(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    for _ in range(2):
        room.post(room.at(paul, "poste/"), workstation="14")
    assert len(room.events(EventKind.WORKSTATION_CHANGED)) == 1


# ---- when a queued gesture was made (mechanics §7) ----


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        (timedelta(seconds=-40), timedelta(seconds=-40)),
        (timedelta(hours=-3), timedelta(minutes=-1)),  # not before the page was shown
        (timedelta(hours=3), timedelta(0)),  # not after it was received
    ],
)
def test_a_gesture_is_dated_between_what_was_shown_and_what_was_received(
    room: Room, made: timedelta, kept: timedelta
) -> None:
    paul = room.add("DUPONT", "Paul")
    version = Version(room.sequence(), NOW)
    room.travel(minutes=1)
    now = clock.now()
    room.post(
        room.at(paul, "presence/"), present="1", v=str(version), observed=str(clock.milliseconds(now + made))
    )
    event = room.last_event()
    assert event.observed_at == now + kept
    assert event.received_at == now


@pytest.mark.parametrize("observed", ["", "x", "-1", "9" * 40, "²"])
def test_nonsense_about_when_is_not_heard(room: Room, observed: str) -> None:
    paul = room.add("DUPONT", "Paul")
    response = room.post(room.at(paul, "presence/"), present="1", v="1.1", observed=observed)
    assert response.status_code == 303
    assert room.last_event().observed_at == NOW


def test_search_survives_a_tick_without_scripts(room: Room) -> None:
    room.add("DUPONT", "Paul")
    room.add("MARTIN", "Zoé")
    page = room.page("?tri=poste", scripts=False)
    page.fill(q="dup")
    page.press("Chercher")
    page.tick(TICK)
    assert "dup" not in page.url
    assert len(page.get("liste").xpath("./*[not(@hidden)]")) == 1
    assert "tri=poste" in page.url
    assert accessible_name(page.box(TICK)) == TICK


def test_what_was_done_already_is_said(room: Room) -> None:
    """Repeating says so and changes nothing (R20)."""
    paul = room.add("DUPONT", "Paul")
    page = room.page()
    room.post(room.at(paul, "presence/"), present="1")
    page.tick(TICK)
    assert "C’était déjà fait : rien n’a changé." in page.text("annonces")
    assert page.get(room.row(paul)).get("data-state") == "present"
