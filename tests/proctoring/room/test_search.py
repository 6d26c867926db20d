"""Search, filters and their counts, without scripts as with them (R7)."""

import pytest

from sessions_app.models import Candidate
from tests.htmx import Page, words
from tests.proctoring.room.conftest import Room

PEOPLE = {
    "delarue": ("DELARUE", "Sophie", "expected"),
    "martine": ("DUPONT", "Martine", "present"),
    "paul": ("DUPONT", "Paul", "in_progress"),
    "simon": ("DURAND", "Simon", "resume_authorised"),
    "pablo": ("PICASSO", "Pablo", "completed"),
    "helene": ("D’ŒUVRE-ÉTÉ", "Hélène Marie", "ended"),
    "paula": ("MARTIN", "Paula", "expired"),
}


@pytest.fixture
def people(room: Room) -> dict[str, Candidate]:
    """One in each state."""
    return {
        key: room.put(state, last, first)
        for key, (last, first, state) in sorted(PEOPLE.items(), key=lambda item: item[1][2] != "expired")
    }


def shown(page: Page) -> set[str]:
    rows = page.get("liste").xpath("./*[not(@hidden)]")
    return {words(row.xpath(".//h3")[0]).removesuffix(" Homonyme") for row in rows}


def named(*keys: str) -> set[str]:
    return {f"{PEOPLE[key][0]} {PEOPLE[key][1]}" for key in keys}


def counts(page: Page) -> dict[str, int]:
    return {
        words(one).rsplit(" ", 1)[0]: int(words(one.xpath("./b")[0]))
        for one in page.get("filtres").xpath("./a")
    }


def current(page: Page) -> list[str]:
    return [words(one).rsplit(" ", 1)[0] for one in page.get("filtres").xpath("./a[@aria-current='true']")]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", PEOPLE),
        ("dup", ["martine", "paul"]),
        ("DuPoNt", ["martine", "paul"]),
        ("pa", ["paul", "pablo", "paula"]),
        ("paul", ["paul", "paula"]),
        ("paul dup", ["paul"]),
        ("dupont p", ["paul"]),
        ("dupontpaul", ["paul"]),
        ("doeuvre", ["helene"]),
        ("d'œu", ["helene"]),
        ("D’OEUVRE ETE", ["helene"]),
        ("HELENE", ["helene"]),
        ("hélène-marie d", ["helene"]),
        ("œuvre", []),  # a prefix of the name as it is written, not of a part of it
        ("marie", []),
        ("ont", []),
        ("xyz", []),
        ("  simon ", ["simon"]),
        ("!?", PEOPLE),
        ("%", PEOPLE),
    ],
)
def test_search_by_prefix(room: Room, people: dict[str, Candidate], search: str, found: list[str]) -> None:
    page = room.page(scripts=False)
    page.fill(q=search)
    page.press("Chercher")
    assert page.response.status_code == 200
    assert shown(page) == named(*found)
    assert len(page.get("liste")) == len(PEOPLE), "all rows stay in the page: a script may show them again"


@pytest.mark.parametrize(
    ("state", "found", "label"),
    [
        ("expected", ["delarue"], "Pas arrivés"),
        ("present", ["martine"], "Pas commencé"),
        ("in_progress", ["paul"], "En cours"),
        ("resume_authorised", ["simon"], "Reprise"),
        ("over", ["pablo", "helene", "paula"], "Terminés"),
        ("", PEOPLE, "Tous"),
        ("nonsense", PEOPLE, "Tous"),
        ("completed", PEOPLE, "Tous"),
        ("<script>", PEOPLE, "Tous"),
    ],
)
def test_filter_by_state(
    room: Room, people: dict[str, Candidate], state: str, found: list[str], label: str
) -> None:
    page = room.page(f"?etat={state}")
    assert shown(page) == named(*found)
    assert current(page) == [label]


def test_filters_and_search_go_together(room: Room, people: dict[str, Candidate]) -> None:
    page = room.page("?q=dup&tri=poste", scripts=False)
    page.press("Pas commencé 1")
    assert shown(page) == named("martine")
    assert page.root.xpath("//input[@name='q']/@value") == ["dup"]
    assert page.controls("Trier par nom")
    page.fill(q="m")
    page.press("Chercher")
    assert shown(page) == named("martine")
    assert current(page) == ["Pas commencé"]
    page.press("Trier par nom")
    assert current(page) == ["Pas commencé"]
    page.press("Tous 7")
    assert shown(page) == named("martine", "paula")


def test_counts_are_of_all(room: Room, people: dict[str, Candidate]) -> None:
    whole = counts(room.page())
    assert whole == {
        "Tous": 7,
        "Pas arrivés": 1,
        "Pas commencé": 1,
        "En cours": 1,
        "Reprise": 1,
        "Terminés": 3,
    }
    page = room.page("?q=dup&etat=over")
    assert counts(page) == whole
    assert page.text("compteur") == room.page().text("compteur")


@pytest.mark.parametrize("query", ["?q=xyz", "?etat=over&q=dup"])
def test_nobody_is_said(room: Room, people: dict[str, Candidate], query: str) -> None:
    page = room.page(query)
    assert page.get("aucun").get("hidden") is None
    assert page.text("aucun") == "Aucun candidat ne correspond."


@pytest.mark.parametrize("query", ["", "?q=dup", "?etat=over", "?q=!"])
def test_somebody_is_not_nobody(room: Room, people: dict[str, Candidate], query: str) -> None:
    assert room.page(query).get("aucun").get("hidden") is not None


def test_a_room_without_candidates_says_so(room: Room) -> None:
    for query in ("", "?q=x", "?etat=over"):
        assert "Aucun candidat inscrit à cette session." in room.page(query).text("candidats")


@pytest.mark.parametrize("search", ['"><script>alert(1)</script>', "a" * 5000, "\x00", "é" * 200, "[", "%00"])
def test_any_search_is_only_text(room: Room, people: dict[str, Candidate], search: str) -> None:
    response = room.client.get(room.url, {"q": search})
    assert response.status_code == 200
    assert b"alert(1)</script>" not in response.content


def test_the_lane_is_not_filtered(room: Room, people: dict[str, Candidate]) -> None:
    """A filter hides rows, never somebody who needs the proctor."""
    room.travel(minutes=4)
    page = room.page("?etat=over")
    assert page.find(f"besoin-{people['paul'].pk}") is not None


def test_a_search_survives_an_act_and_the_refresh(room: Room, people: dict[str, Candidate]) -> None:
    page = room.page("?q=del", scripts=False)
    page.tick("Présence de Sophie DELARUE")
    page.press("Déjà dans la salle au lancement")
    assert "presence" not in page.url
    page = room.page("?q=mart", scripts=False)
    page.tick("Présence de Martine DUPONT", on=False)
    assert page.url.split("#")[0].endswith("?q=mart")
    assert shown(page) == named("martine", "paula")


def test_fragments_hide_nothing_by_themselves(room: Room, people: dict[str, Candidate]) -> None:
    """The page's script hides what it is asked to: an answer must not disagree with it."""
    page = room.page("?q=picasso")
    response = page.tick("Présence de Martine DUPONT", on=False)
    row = page.get(room.row(people["martine"]))
    assert response.status_code == 200
    assert row.get("hidden") is None


# ---- the counter (R7) ----


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], "0/1 présent"),
        (["present"], "1/2 présent"),
        (["present", "present"], "2/3 présents"),
        (["in_progress"], "1/2 présent, dont 1 en cours"),
        (["in_progress", "resume_authorised", "present"], "3/4 présents, dont 2 en cours"),
        (["completed", "ended"], "2/3 présents"),
    ],
)
def test_the_counter(room: Room, states: list[str], said: str) -> None:
    room.add()
    for state in states:
        room.put(state)
    assert room.page().text("compteur") == said


def test_the_counter_of_an_answer_is_that_of_the_page(room: Room) -> None:
    for number in range(20):
        room.put("in_progress") if number < 12 else room.add()
    room.add("DUPONT", "Paul")
    page = room.page()
    page.tick("Présence de Paul DUPONT")
    page.press("Déjà dans la salle au lancement")
    assert page.text("compteur") == "13/21 présents, dont 12 en cours"
    assert counts(page)["Pas commencé"] == 1
