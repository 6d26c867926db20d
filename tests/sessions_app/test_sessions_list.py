"""The list of sessions of one establishment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessions_app.models import Account, Establishment, Session
from tests import factories

SESSIONS = "/etablissement/sessions/"
# 23h30 on the 9th in Paris, 1h30 on the 10th in La Réunion.
NIGHT = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.fixture
def school(db: None) -> Establishment:
    return factories.EstablishmentFactory(name="Collège Les Tilleuls")


@pytest.fixture
def member(school: Establishment, client: Client) -> Account:
    account: Account = factories.MembershipFactory(establishment=school).account
    client.force_login(account)
    return account


def page(client: Client, **query: Any) -> str:
    response = client.get(SESSIONS, query)
    assert response.status_code == 200
    return response.content.decode()


def numbers(client: Client, **query: Any) -> list[int]:
    listed = client.get(SESSIONS, query).context["days"]
    return [session.number for day in listed for session in day.sessions]


def closed(session: Session) -> Session:
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=session.starts_at)
    return session


@time_machine.travel(NOON, tick=False)
def test_sessions_list_shows_day_hour_room_kind_candidates_and_state(
    client: Client, member: Account, school: Establishment
) -> None:
    session = factories.SessionFactory(establishment=school, starts_at=NOON + timedelta(hours=2), room="C04")
    factories.CandidateFactory.create_batch(2, session=session)
    shown = page(client)
    for words in ("Mardi 10 mars 2026", "14h00", "Salle C04 · Certification", "2 candidats", "Prévue"):
        assert words in shown
    assert f"/etablissement/sessions/{session.number}/" in shown
    assert "Collège Les Tilleuls" in shown


@time_machine.travel(NOON, tick=False)
def test_sessions_list_filters_by_day_and_state(
    client: Client, member: Account, school: Establishment
) -> None:
    def make(days: int) -> Session:
        return factories.SessionFactory(establishment=school, starts_at=NOON + timedelta(days=days))

    today, later, forgotten, done, today_done = make(0), make(2), make(-1), closed(make(-3)), closed(make(0))
    cancelled = make(1)
    Session.objects.filter(pk=cancelled.pk).update(state="cancelled", cancelled_at=NOON)
    assert sorted(numbers(client)) == sorted([today.number, today_done.number])
    assert numbers(client, filtre="a-venir") == [later.number]
    assert numbers(client, filtre="a-cloturer") == [forgotten.number]
    assert numbers(client, filtre="cloturees") == [today_done.number, done.number]
    assert numbers(client, filtre="annulees") == [cancelled.number]
    assert {entry.shelf.name: entry.count for entry in client.get(SESSIONS).context["filters"]} == {
        "UPCOMING": 1,
        "TODAY": 2,
        "TO_CLOSE": 1,
        "CLOSED": 2,
        "CANCELLED": 1,
    }


@pytest.mark.parametrize(("days", "shelf"), [(1, "a-venir"), (-1, "a-cloturer"), (0, "aujourdhui")])
@time_machine.travel(NOON, tick=False)
def test_sessions_list_opens_where_there_is_something(
    client: Client, member: Account, school: Establishment, days: int, shelf: str
) -> None:
    session = factories.SessionFactory(establishment=school, starts_at=NOON + timedelta(days=days))
    response = client.get(SESSIONS)
    assert response.context["shelf"] == shelf
    assert numbers(client) == [session.number]


def test_sessions_list_says_when_it_is_empty(client: Client, member: Account) -> None:
    for shown in (page(client), page(client, filtre="inconnu")):
        assert "Aucune session dans «\u00a0À venir\u00a0»." in shown
        assert "créez une session</a>" in shown


@time_machine.travel(NIGHT, tick=False)
@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/Paris", "Lundi 9 mars"), ("Indian/Reunion", "Mardi 10 mars")]
)
def test_sessions_list_reads_the_clock_of_the_school(
    client: Client, member: Account, school: Establishment, zone: str, day: str
) -> None:
    Establishment.objects.filter(pk=school.pk).update(time_zone=zone)
    factories.SessionFactory(establishment=school, starts_at=NIGHT)
    assert day in page(client, filtre="aujourdhui")


def test_sessions_list_shows_one_school_at_a_time(
    client: Client, member: Account, school: Establishment
) -> None:
    second = factories.EstablishmentFactory(name="Lycée Voisin")
    factories.MembershipFactory(account=member, establishment=second)
    here = factories.SessionFactory(establishment=school)
    there = factories.SessionFactory(establishment=second)
    assert numbers(client) == [here.number]
    assert numbers(client, etablissement=second.pk) == [there.number]


def test_sessions_list_of_a_stranger_school_does_not_exist(client: Client, member: Account) -> None:
    stranger = factories.SessionFactory()
    assert client.get(SESSIONS, {"etablissement": stranger.establishment_id}).status_code == 404
    assert client.get(SESSIONS, {"etablissement": "abc"}).status_code == 404
    assert numbers(client) == []


def test_sessions_list_goes_page_by_page(
    client: Client, member: Account, school: Establishment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions_app.selectors.PAGE", 2)
    made = factories.SessionFactory.create_batch(5, establishment=school)
    found = [number for turn in (1, 2, 3) for number in numbers(client, page=turn)]
    assert sorted(found) == sorted(session.number for session in made)
    assert "Page 2 sur 3" in page(client, page=2)
    for turn, link in ((2, 1), (2, 3)):
        shown = page(client, etablissement=school.pk, page=turn)
        assert f'href="?etablissement={school.pk}&amp;page={link}"' in shown
    assert numbers(client, page=99) == numbers(client, page=3)


def test_sessions_list_costs_the_same_for_1_and_for_40_sessions(
    client: Client, member: Account, school: Establishment
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, filtre="aujourdhui")
        return len(captured)

    factories.CandidateFactory(session__establishment=school)
    one = queries()
    factories.CandidateFactory.create_batch(3, session=factories.SessionFactory(establishment=school))
    factories.SessionFactory.create_batch(38, establishment=school)
    assert queries() == one
    assert one <= 5  # browser session, account, memberships, counts, sessions
