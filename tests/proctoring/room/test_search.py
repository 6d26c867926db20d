"""Search, filters and their counts, without scripts as with them (R7)."""

import pytest

from pixsurv.kernel import sealed_words
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


def search(room: Room, text: str, below: str = "") -> Page:
    """The page after a search, without scripts."""
    page = room.page(below, scripts=False)
    page.fill(q=text)
    page.press("Chercher")
    return page


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
    page = search(room, "dup", "?tri=poste")
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
    page = room.page("?etat=over&q=dup")
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
    response = room.client.post(room.url, {"q": search}, follow=True)
    assert response.status_code == 200
    assert b"alert(1)</script>" not in response.content


def test_the_lane_is_not_filtered(room: Room, people: dict[str, Candidate]) -> None:
    """A filter hides rows, never somebody who needs the proctor."""
    room.travel(minutes=4)
    page = room.page("?etat=over")
    assert page.find(f"besoin-{people['paul'].pk}") is not None


def test_a_search_survives_an_act_and_the_refresh(room: Room, people: dict[str, Candidate]) -> None:
    page = search(room, "del")
    page.tick("Présence de Sophie DELARUE")
    page.press("Déjà dans la salle au lancement")
    assert "presence" not in page.url
    page = search(room, "mart")
    searched = page.url
    page.tick("Présence de Martine DUPONT", on=False)
    assert page.url.split("#")[0] == searched
    assert shown(page) == named("martine", "paula")


def test_no_address_of_a_searched_room_has_the_words(room: Room, people: dict[str, Candidate]) -> None:
    page = search(room, "dupont", "?etat=over&tri=poste")
    addresses = page.root.xpath("//@href | //@action | //@hx-get | //@hx-post | //meta/@content")
    assert "etat=over" in page.url and "tri=poste" in page.url
    assert not [one for one in (page.url, *addresses) if "dupont" in one.lower()]
    token = page.url.partition("&r=")[2].partition("&")[0]
    assert token
    assert [one for one in addresses if token in one and "etat=present" in one], "a filter keeps the search"
    assert token not in page.get("veille").get("hx-get")


def test_a_refresh_opens_nothing(
    room: Room, people: dict[str, Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether there is news or none: the rows that come in are sifted by the page's own script."""
    page = room.page(search(room, "dup").url.removeprefix(f"http://testserver{room.url}"))
    monkeypatch.setattr("pixsurv.kernel.sealed_words.unseal", pytest.fail)
    assert page.poll().status_code == 204
    room.post(room.at(people["martine"], "presence/"), present="0")
    assert page.poll().status_code == 200
    assert "r=gAAAA" in page.get("filtre-over").get("href")


@pytest.mark.parametrize("token", ["x", "gAAAAABq", '"><b>', "%00", "a" * 5000])
def test_an_unreadable_search_shows_everybody(room: Room, people: dict[str, Candidate], token: str) -> None:
    page = room.page(f"?r={token}")
    assert shown(page) == named(*PEOPLE)
    assert page.root.xpath("//input[@name='q']/@value") == [""]


def test_a_search_of_another_room_shows_everybody(room: Room, people: dict[str, Candidate]) -> None:
    elsewhere = sealed_words.sealed({"q": "dup"}, f"/surveillance/{room.session.number + 1}/")
    assert shown(room.page(f"?r={elsewhere}")) == named(*PEOPLE)
    assert shown(room.page(f"?r={sealed_words.sealed({'q': 'dup'}, room.url)}")) == named("martine", "paul")


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
