"""One row a candidate: what scripts and people rely on (contract.md, R5, R6, R8, R9, R13)."""

import re
from datetime import date

import pytest
from lxml.html import HtmlElement

from proctoring.enums import AttemptState, Source
from proctoring.services import alerts, by_hand, ending, minutes, running
from proctoring.services.entries import candidate_actor
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Session
from tests import factories
from tests.htmx import Page, accessible_name, words
from tests.proctoring.room.conftest import NOW, Room

STATES = list(AttemptState)


def rows(page: Page) -> list[HtmlElement]:
    return page.get("liste").xpath("./*")


def order(page: Page) -> list[str]:
    return [words(row.xpath(".//h3")[0]).removesuffix(" Homonyme") for row in rows(page)]


def row_of(page: Page, candidate: Candidate) -> HtmlElement:
    return page.get(f"candidat-{candidate.pk}")


def buttons(element: HtmlElement) -> list[str]:
    found = element.xpath(".//button[not(ancestor::noscript)]")
    return [accessible_name(one) for one in found]


@pytest.mark.parametrize("state", STATES)
def test_a_row_has_the_id_and_state_of_the_contract(room: Room, state: str) -> None:
    candidate = room.put(state)
    row = row_of(room.page(), candidate)
    assert row.get("data-state") == state
    assert row.get("data-needs") == ""


def test_a_row_with_every_need_names_them_in_order(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    entry = room.bring(paul, "in_progress")
    assert entry is not None
    room.travel(minutes=106)
    alerts.raise_alert(
        entry=entry, question=7, kinds=[], actor=candidate_actor(entry), now=factories.clock.now()
    )
    again = factories.open_entry_for(paul)
    running.request_resume(entry=again, actor=candidate_actor(again), now=factories.clock.now())
    row = row_of(room.page(), paul)
    assert row.get("data-state") == "in_progress", "a need never hides the state (R6)"
    assert row.get("data-needs") == "alert resume disconnected overtime"
    state = words(row.xpath(".//*[@class='rang__etat']")[0])
    for said in ("En cours", "Signalement", "Demande à reprendre", "Sans nouvelles", "Temps écoulé"):
        assert said in state


@pytest.mark.parametrize("state", ["expected", "present"])
def test_the_presence_box_is_a_real_box_with_its_name(room: Room, state: str) -> None:
    paul = room.put(state, "Dupont", "Paul")
    page = room.page()
    box = page.box("Présence de Paul DUPONT")
    assert box.get("type") == "checkbox"
    assert (box.get("checked") is not None) is (state == "present")
    assert box.xpath("ancestor::li/@id") == [f"candidat-{paul.pk}"]


@pytest.mark.parametrize("state", ["expected", "present"])
def test_no_box_takes_a_tick_before_its_form_is_there(room: Room, state: str) -> None:
    room.put(state, "Dupont", "Paul")
    assert room.page(scripts=False).box("Présence de Paul DUPONT").get("disabled") is not None


@pytest.mark.parametrize("state", [one for one in STATES if one not in {"expected", "present"}])
def test_a_test_that_began_has_no_presence_box(room: Room, state: str) -> None:
    candidate = room.put(state)
    assert not row_of(room.page(), candidate).xpath(".//input[@type='checkbox']")


@pytest.mark.parametrize(
    ("state", "named"),
    [
        ("expected", []),
        ("present", []),
        ("in_progress", ["Autoriser la reprise du test de Paul DUPONT", "Terminer le test de Paul DUPONT"]),
        (
            "resume_authorised",
            ["Retirer l’autorisation de reprise de Paul DUPONT", "Terminer le test de Paul DUPONT"],
        ),
        ("completed", ["Demander la réouverture du test de Paul DUPONT"]),
        ("ended", ["Annuler la fin du test de Paul DUPONT"]),
        ("expired", []),
    ],
)
def test_buttons_are_those_the_table_allows(room: Room, state: str, named: list[str]) -> None:
    paul = room.put(state, "Dupont", "Paul")
    found = buttons(row_of(room.page(), paul))
    always = {
        "Détail et autres gestes pour Paul DUPONT",
        "Incident concernant Paul DUPONT",
        "Que faire si… pour Paul DUPONT",
    }
    assert always <= set(found)
    assert ("Poste défaillant : Paul DUPONT" in found) is (
        state in {"present", "in_progress", "resume_authorised"}
    )
    assert ("Sortie de Paul DUPONT" in found) is ("Poste défaillant : Paul DUPONT" in found)
    seldom = always | {"Poste défaillant : Paul DUPONT", "Sortie de Paul DUPONT"}
    assert [one for one in found if one not in seldom] == named


def test_buttons_of_each_need(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    entry = room.bring(paul, "in_progress")
    assert entry is not None
    again = factories.open_entry_for(paul)
    running.request_resume(entry=again, actor=candidate_actor(again), now=NOW)
    assert buttons(row_of(room.page(), paul))[0] == "Autoriser la reprise du test de Paul DUPONT"
    assert "Ignorer la demande de Paul DUPONT" in buttons(row_of(room.page(), paul))
    alerts.raise_alert(entry=entry, question=7, kinds=[], actor=candidate_actor(entry), now=NOW)
    assert buttons(row_of(room.page(), paul))[0] == "Gérer le signalement de Paul DUPONT"


@pytest.mark.parametrize(
    ("state", "before", "after"),
    [
        ("expected", "À cocher", "Pas encore arrivé"),
        ("present", "Présent — n’a pas commencé", "Présent — n’a pas commencé"),
        ("in_progress", None, "En cours"),
        ("resume_authorised", None, "Reprise autorisée"),
        ("completed", None, "Terminé"),
        ("ended", None, "Terminé par le surveillant"),
        ("expired", None, "Délai de 24 h dépassé"),
    ],
)
def test_state_words_before_and_after_the_launch(
    room: Room, state: str, before: str | None, after: str
) -> None:
    candidate = room.put(state)

    def said() -> str:
        return words(row_of(room.page(), candidate).xpath(".//*[@class='etat']")[0])

    if before is not None:
        assert said() == before
        room.put("in_progress")
    assert said() == after


def test_the_detail_says_the_same_state_as_the_row(room: Room) -> None:
    room.add("DUPONT", "Paul")
    room.put("in_progress")
    page = room.page()
    page.press("Détail et autres gestes pour Paul DUPONT")
    assert "Pas encore arrivé" in page.text("dialogue")


def test_a_row_shows_name_birth_class_and_workstation(room: Room) -> None:
    paul = room.add("Dupont", "Jean-Paul", "1997-05-21", class_name="3e A")
    room.post(room.at(paul, "poste/"), workstation="14")
    row = row_of(room.page(), paul)
    assert words(row.xpath(".//h3")[0]) == "DUPONT Jean-Paul"
    assert words(row.xpath(".//h3/b")[0]) == "DUPONT"
    assert "21/05/1997 · 3e A" in words(row)
    assert words(row.xpath(".//*[@class='rang__poste']/b")[0]) == "14"


def test_names_are_shown_as_text(room: Room) -> None:
    evil = room.add("<b>O'Neil</b>", 'Zo"é & <i>Lou</i>', class_name="<script>")
    room.post(room.at(evil, "poste/"), workstation='"><img src=x>')
    page = room.page()
    row = row_of(page, evil)
    assert words(row.xpath(".//h3")[0]) == "<B>O'NEIL</B> Zo\"é & <i>Lou</i>"
    assert not page.root.xpath("//img")
    page.box("Présence de Zo\"é & <i>Lou</i> <B>O'NEIL</B>")


# ---- order (R5) ----


def test_rows_are_sorted_as_in_a_french_list(room: Room) -> None:
    for last, first in [
        ("ÉTIENNE", "Zoé"),
        ("ZOLA", "Émile"),
        ("ETCHEGARAY", "Ana"),
        ("D’ARTAGNAN", "Charles"),
        ("DARC", "Jeanne"),
        ("DE LA TOUR", "Paul"),
        ("DELACROIX", "Eugène"),
        ("DELAVIGNE", "Casimir"),
        ("LE-GOFF", "Yann"),
        ("LE GALL", "Anne"),
        ("LEGER", "Paul"),
        ("ŒUVRARD", "Léa"),
        ("OFFENBACH", "Jacques"),
        ("ODIN", "Max"),
        ("DUPONT", "Émile"),
        ("DUPONT", "Eloi"),
        ("DUPONT", "Zoé"),
        ("DUPON", "Zoé"),
    ]:
        room.add(last, first)
    assert order(room.page()) == [
        "DARC Jeanne",
        "D’ARTAGNAN Charles",
        "DELACROIX Eugène",
        "DE LA TOUR Paul",
        "DELAVIGNE Casimir",
        "DUPON Zoé",
        "DUPONT Eloi",
        "DUPONT Émile",
        "DUPONT Zoé",
        "ETCHEGARAY Ana",
        "ÉTIENNE Zoé",
        "LE GALL Anne",
        "LEGER Paul",
        "LE-GOFF Yann",
        "ODIN Max",
        "ŒUVRARD Léa",
        "OFFENBACH Jacques",
        "ZOLA Émile",
    ]


def test_rows_by_workstation(room: Room) -> None:
    places = {
        "ABADIE": "14",
        "BLANC": "9",
        "COSTE": "",
        "DARC": "B2",
        "EVEN": "10",
        "FAURE": "poste 3",
        "GUY": "fond",
    }
    for last, place in places.items():
        candidate = room.add(last, "Zoé")
        room.post(room.at(candidate, "poste/"), workstation=place)
    page = room.page("?tri=poste")
    assert [one.split()[0] for one in order(page)] == [
        "DARC",
        "FAURE",
        "BLANC",
        "EVEN",
        "ABADIE",
        "GUY",
        "COSTE",
    ]
    assert page.controls("Trier par nom")


def test_an_unknown_order_is_that_of_the_names(room: Room) -> None:
    room.add("ZOLA", "Émile")
    room.add("ABADIE", "Zoé")
    assert order(room.page("?tri=x"))[0] == "ABADIE Zoé"


def test_a_row_never_moves_nor_comes_twice(busy_room: Room) -> None:
    page = busy_room.page()
    names = order(page)
    assert len(names) == len(set(names)) == Candidate.objects.count()
    for box in page.root.xpath("//input[@type='checkbox' and @name='present']"):
        page.tick(accessible_name(box), on=box.get("checked") is None)
    assert order(page) == names


# ---- homonyms (R9) ----


def test_homonyms_are_marked_with_birth_date_and_class_in_bold(room: Room) -> None:
    paul = room.add("DUPONT", "Paul", "1997-05-21", class_name="3e A")
    martine = room.add("Du-Pont", "Martine", "1994-05-21", class_name="3e B")
    simon = room.add("DURAND", "Simon")
    page = room.page()
    for candidate, said in ((paul, "21/05/1997 · 3e A"), (martine, "21/05/1994 · 3e B")):
        row = row_of(page, candidate)
        assert "Homonyme" in words(row.xpath(".//h3")[0])
        (bold,) = row.xpath(".//*[contains(concat(' ', @class, ' '), ' homonyme ')]")
        assert words(bold) == said
    assert not row_of(page, simon).xpath(".//*[contains(@class, 'homonyme')]")
    assert "Homonyme" not in words(row_of(page, simon))


def test_homonyms_of_other_sessions_do_not_count(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    factories.CandidateFactory(last_name="DUPONT", first_name="Martine")
    assert "Homonyme" not in words(row_of(room.page(), paul))


# ---- refusals said before the tick (R8) ----


def test_who_is_not_certifiable_is_told_before_the_tick(room: Room) -> None:
    paul = room.add("DUPONT", "Paul", certifiable_competences=3)
    page = room.page()
    box = page.box("Présence de Paul DUPONT")
    assert box.get("disabled") is not None
    assert page.text(box.get("aria-describedby")) == "Pas encore certifiable (3/5) — parcours SOS"
    assert "Devenu certifiable : Paul DUPONT" in buttons(row_of(page, paul))


@pytest.mark.parametrize("competences", [None, 5, 16])
def test_who_is_not_verified_is_not_refused(room: Room, competences: int | None) -> None:
    room.add("DUPONT", "Paul", certifiable_competences=competences)
    assert room.page().box("Présence de Paul DUPONT").get("disabled") is None


def test_there_is_no_way_to_tick_everybody(busy_room: Room) -> None:
    page = busy_room.page()
    assert not [
        name
        for name in page.names()
        if re.search("tous présents|tout cocher|cocher tou", name, re.IGNORECASE)
    ]


# ---- the clock of a row (R13) ----


@pytest.mark.parametrize(
    ("percent", "before", "end"), [(0, "1 h 45", "12h15"), (33, "2 h 20", "12h50"), (100, "3 h 30", "14h00")]
)
def test_one_clock_a_row(room: Room, percent: int, before: str, end: str) -> None:
    paul = room.put("present", "DUPONT", "Paul", extra_time_percent=percent)
    clock = words(row_of(room.page(), paul).xpath(".//*[@class='horloge']")[0]).replace("\u00a0", " ")
    assert clock == f"{before} à partir du début"
    entry = factories.open_entry_for(paul)
    running.start_or_resume(
        entry=entry, access_code=factories.ACCESS_CODE, actor=candidate_actor(entry), now=NOW
    )
    assert words(row_of(room.page(), paul).xpath(".//*[@class='horloge']")[0]) == f"Fin {end}"


def test_extra_time_is_not_named_in_the_list(room: Room) -> None:
    for percent, first_name in ((33, "Paul"), (50, "Luc"), (100, "Zoé")):
        for state, last_name in (("expected", "DUPONT"), ("present", "DURAND"), ("in_progress", "MARTIN")):
            room.put(state, last_name, first_name, extra_time_percent=percent)
    room.travel(minutes=240)
    page = room.page()
    text = f"{page.text('liste')} {page.text('a-traiter')}".lower()
    for said in ("majoré", "tiers", "33", "50 %", "%", "140 min"):
        assert said not in text, said


def test_the_detail_explains_the_end(room: Room) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul", extra_time_percent=33)
    minutes.give_minutes(
        session_id=room.session.pk, candidate_ids=[paul.pk], minutes=5, actor=factories.PROCTOR, now=NOW
    )
    page = room.page()
    page.press("Détail et autres gestes pour Paul DUPONT")
    said = page.text("dialogue")
    for part in (
        "Début 10h30",
        "Fin théorique 12h15",
        "33 %, soit 35 min",
        "Minutes rendues 5 min",
        "Fin 12h55",
    ):
        assert part in re.sub(r"(Début|théorique|majoré|rendues|Fin)(?=[\d\w])", r"\1 ", said).replace(
            "\u00a0", " "
        ), part


def test_a_test_that_is_over_has_no_end_to_come(room: Room) -> None:
    for state in ("completed", "ended", "expired"):
        candidate = room.put(state)
        assert not row_of(room.page(), candidate).xpath(".//*[contains(@class, 'horloge')]")


def test_a_test_that_is_over_says_when(room: Room) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    room.travel(minutes=17)
    ending.end_test(
        session_id=room.session.pk, candidate_id=paul.pk, actor=factories.PROCTOR, now=factories.clock.now()
    )
    assert "à 10h47" in words(row_of(room.page(), paul))


def test_no_question_number_in_the_rows(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    entry = room.bring(paul, "in_progress")
    assert entry is not None
    alerts.raise_alert(entry=entry, question=417, kinds=[], actor=candidate_actor(entry), now=NOW)
    page = room.page()
    assert "417" not in words(row_of(page, paul))
    assert "question 417" in page.text(f"besoin-{paul.pk}")


# ---- by hand (R22) ----


@pytest.mark.parametrize(
    ("source", "said"),
    [(Source.HAND, "saisi à la main"), (Source.PAPER, "saisi d’après la feuille de secours")],
)
def test_what_was_keyed_is_marked_with_both_times(hand_room: Room, source: Source, said: str) -> None:
    paul = hand_room.put("present", "DUPONT", "Paul")
    hand_room.travel(minutes=20)
    by_hand.start_by_hand(
        session_id=hand_room.session.pk,
        candidate_id=paul.pk,
        at=NOW,
        source=source,
        actor=factories.PROCTOR,
        now=factories.clock.now(),
    )
    row = words(row_of(hand_room.page(), paul))
    assert f"{said} à 10h50" in row
    assert "Fin 12h15" in row


def test_rows_by_hand_offer_what_was_seen(hand_room: Room) -> None:
    expected = {
        "present": "A commencé à… (Paul DUPONT)",
        "resume_authorised": "A repris à… (Paul DUPONT)",
        "in_progress": "A terminé à… (Paul DUPONT)",
    }
    for state, name in expected.items():
        paul = hand_room.put(state, "DUPONT", "Paul", str(date(2011, 1, 1 + len(name) % 20)))
        assert buttons(row_of(hand_room.page(), paul))[0] == name
        Candidate.objects.filter(pk=paul.pk).update(
            last_name=f"VU{state}", last_name_key=f"VU{state}".upper()
        )


def test_a_session_followed_by_pixsurv_offers_nothing_by_hand(busy_room: Room) -> None:
    assert not [name for name in busy_room.page().names() if name.startswith("A ")]


def test_a_closed_room_can_only_be_read(room: Room) -> None:
    room.put("completed", "DUPONT", "Paul")
    late = room.add("PICASSO", "Pablo")
    Session.objects.filter(pk=room.session.pk).update(state="closed", closed_at=NOW)
    page = room.page()
    assert words(row_of(page, late).xpath(".//*[@class='etat']")[0]) == "Absent"
    assert not page.get("liste").xpath(".//button | .//input | .//details")
    assert "Clôturée à 10h30" in page.text("entete")
    assert {one.kind for one in room.events()} >= {EventKind.COMPLETED}


def test_an_address_never_stands_for_two_gestures(room: Room) -> None:
    """A refresh gives the focus back by the address: Enter must not do something else than what was under it."""
    paul = room.put("in_progress", "DUPONT", "Paul")
    leads: dict[str, str] = {}

    def look() -> None:
        menu = row_of(room.page(), paul).xpath(".//details//button")
        assert len({button.get("formaction") for button in menu}) == len(menu)
        for button in menu:
            said = words(button)
            assert leads.setdefault(button.get("formaction"), said) == said

    look()
    ask = factories.open_entry_for(paul)
    running.request_resume(entry=ask, actor=candidate_actor(ask), now=NOW)
    look()
    room.post(room.at(paul, "reprise/"))
    look()
    room.post(room.at(paul, "fin/"))
    look()
    assert len(set(leads.values())) == len(leads) == 10


def test_extra_time_is_said_where_the_school_shows_it(room: Room) -> None:
    establishment = room.session.establishment
    establishment.discreet_extra_time = False
    establishment.save()
    paul = room.put("in_progress", "DUPONT", "Paul", extra_time_percent=33)
    other = room.put("in_progress")
    page = room.page()
    assert "temps majoré 35 min" in words(row_of(page, paul)).replace("\u00a0", " ")
    assert "majoré" not in words(row_of(page, other))
