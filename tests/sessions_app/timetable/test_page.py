"""« Planning » by week and by day: what stands on it, and what each session still lacks (P11)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from sessions_app.models import Account, Establishment, Session
from tests import factories
from tests.sessions_app.candidates.acts import signed_in, words

__all__ = ["signed_in"]

PAGE = "/etablissement/planning/"
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)  # a Tuesday, 12h00 in Paris

pytestmark = pytest.mark.usefixtures("_at_noon")


@pytest.fixture
def _at_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def school(session: Session) -> Establishment:
    return session.establishment


def planned(school: Establishment, hours: float, **values: Any) -> Session:
    ready: dict[str, Any] = {"proctor_names": "Luc Démo", "workstations": 10, "room": "C04", **values}
    return factories.SessionFactory(establishment=school, starts_at=NOON + timedelta(hours=hours), **ready)


def row(response: Any, session: Session) -> str:
    [found] = html.fromstring(response.content.decode()).xpath(f"//*[@id='session-{session.number}']")
    return " ".join(found.text_content().split())


def headings(response: Any) -> list[str]:
    tree = html.fromstring(response.content.decode())
    return [" ".join(one.text_content().split()) for one in tree.xpath("//h2/time")]


def test_week_shows_its_days_and_moves_by_seven(signed_in: Client, school: Establishment) -> None:
    sunday = planned(school, 24 * 5, room="DIM")
    monday_after = planned(school, 24 * 6)
    shown = signed_in.get(PAGE)
    assert "semaine du 9 au 15 mars 2026" in words(shown)
    assert headings(shown) == [
        "Lundi 9 mars", "Mardi 10 mars — aujourd’hui", "Mercredi 11 mars", "Jeudi 12 mars", "Vendredi 13 mars",
        "Dimanche 15 mars",
    ]  # fmt: skip
    assert "Salle DIM" in row(shown, sunday)
    assert str(monday_after.number) not in words(shown)
    assert "jour=2026-03-02" in shown.content.decode() and "jour=2026-03-16" in shown.content.decode()
    assert str(monday_after.number) in words(signed_in.get(f"{PAGE}?jour=2026-03-18"))


def test_day_shows_one_day_even_without_sessions(signed_in: Client, school: Establishment) -> None:
    shown = signed_in.get(f"{PAGE}?vue=jour&jour=2026-03-14")
    assert headings(shown) == ["Samedi 14 mars"]
    assert "Aucune session" in words(shown)
    assert "jour=2026-03-13" in shown.content.decode() and "jour=2026-03-15" in shown.content.decode()


@pytest.mark.parametrize(
    "asked", ["?jour=hier", "?jour=0001-01-01", "?jour=9999-12-31", "?vue=siecle", "?jour="]
)
def test_nonsense_in_the_address_still_shows_a_page(signed_in: Client, asked: str) -> None:
    assert signed_in.get(PAGE + asked).status_code == 200


def test_days_are_those_of_the_school(signed_in: Client, school: Establishment) -> None:
    Establishment.objects.filter(pk=school.pk).update(time_zone="Indian/Reunion")
    # 22h00 on Tuesday in Paris is 1h00 on Wednesday there.
    late = planned(school, 10)
    shown = signed_in.get(f"{PAGE}?vue=jour&jour=2026-03-11")
    assert "1h00" in row(shown, late)


def test_row_says_what_is_missing(signed_in: Client, school: Establishment) -> None:
    bare = planned(school, 24, proctor_names="", workstations=None)
    full = planned(school, 48, workstations=3)
    for _ in range(3):
        factories.CandidateFactory(session=full)
    shown = signed_in.get(PAGE)
    for word in ("Pas de surveillant", "Aucun candidat", "Nombre de postes à préciser"):
        assert word in row(shown, bare)
    assert "3 candidats pour 2 postes" in row(shown, full)
    assert "Aucun candidat" not in row(shown, full)


def test_row_says_until_when_the_room_is_taken(signed_in: Client, school: Establishment) -> None:
    session = planned(school, 24)
    factories.CandidateFactory(session=session, extra_time_percent=33)
    assert "12h00 à 14h35" in row(signed_in.get(PAGE), session)


def test_nothing_is_missing_in_what_is_ready_or_over(signed_in: Client, school: Establishment) -> None:
    ready = planned(school, 24)
    factories.CandidateFactory(session=ready)
    closed = planned(school, -24, proctor_names="", workstations=None)
    Session.objects.filter(pk=closed.pk).update(state="closed", closed_at=NOON)
    shown = signed_in.get(PAGE)
    for session in (ready, closed):
        assert "À régler" not in html.tostring(_element(shown, session), encoding="unicode")


def _element(response: Any, session: Session) -> Any:
    [found] = html.fromstring(response.content.decode()).xpath(f"//*[@id='session-{session.number}']")
    return found


def test_conflicts_are_named_with_links(signed_in: Client, school: Establishment) -> None:
    one = planned(school, 24, proctor_names="Perrine Essai")
    two = planned(school, 25, proctor_names="Mme ESSAI Perrine")
    pupil = factories.CandidateFactory(session=one, first_name="Paul", last_name="Dupont")
    factories.CandidateFactory(
        session=two, first_name="paul", last_name="DUPONT", birth_date=pupil.birth_date
    )
    shown = signed_in.get(PAGE)
    told = words(shown)
    assert "3 conflits" in told
    for sentence in ("Même salle en même temps, C04", "Perrine Essai —", "Paul DUPONT —"):
        assert sentence in told or sentence.replace("Perrine Essai", "Mme ESSAI Perrine") in told
    for session in (one, two):
        assert f'href="/etablissement/sessions/{session.number}/candidats/"' in shown.content.decode()
        assert row(shown, session).count("voir le conflit") == 3


def test_cancelled_session_is_marked_and_in_nobodys_way(signed_in: Client, school: Establishment) -> None:
    one = planned(school, 24)
    gone = planned(school, 24, proctor_names="")
    factories.CandidateFactory(session=gone)
    Session.objects.filter(pk=gone.pk).update(state="cancelled", cancelled_at=NOON)
    shown = signed_in.get(PAGE)
    assert "aucun conflit" in words(shown)
    assert "Annulée" in row(shown, gone) and "Pas de surveillant" not in row(shown, gone)
    assert "seance--annulee" in _element(shown, gone).get("class")
    assert "Annulée" not in row(shown, one)
    assert "1 session · 0 candidat" in words(shown)


def test_conflict_with_a_session_of_the_day_before_is_told(signed_in: Client, school: Establishment) -> None:
    # 23h00 on Monday and 0h30 on Tuesday, in Paris.
    planned(school, -13)
    late = planned(school, -11.5)
    shown = signed_in.get(f"{PAGE}?vue=jour&jour=2026-03-10")
    assert "Même salle" in row(shown, late)


def test_conflicts_of_another_school_stay_there(signed_in: Client, school: Establishment) -> None:
    one = planned(school, 24)
    planned(factories.EstablishmentFactory(), 24)
    shown = signed_in.get(PAGE)
    assert "aucun conflit" in words(shown)
    assert words(shown).count("Salle C04") == 1
    assert str(one.number) in words(shown)


def test_many_pupils_in_two_sessions_are_counted(signed_in: Client, school: Establishment) -> None:
    one, two = planned(school, 24), planned(school, 24, room="CDI", proctor_names="Zoé Démo")
    for number in range(11):
        name = "ABCDEFGHIJK"[number]
        for session in (one, two):
            factories.CandidateFactory(
                session=session, last_name=f"Nom{name}", first_name="Bo", birth_date=NOON.date()
            )
    told = words(signed_in.get(PAGE))
    assert "1 conflit" in told and "et 3 autres" in told


def test_number_of_queries_does_not_grow(signed_in: Client, school: Establishment, admin: Account) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert signed_in.get(PAGE).status_code == 200
        return len(queries)

    planned(school, 1)
    signed_in.get(PAGE)
    few = asked()
    for number in range(12):
        session = planned(school, number, room=f"R{number % 3}")
        factories.CandidateFactory(
            session=session, last_name="Dupont", first_name="Paul", birth_date=NOON.date()
        )
        factories.CalendarFeedFactory(establishment=school, actor=admin)
    assert asked() == few <= 8


def test_secret_links_are_not_on_the_page(signed_in: Client, school: Establishment) -> None:
    feed = factories.CalendarFeedFactory(establishment=school)
    shown = signed_in.get(PAGE).content.decode()
    assert feed.name in shown
    assert feed.token() not in shown and ".ics" not in shown
