"""The link of a calendar: who sees it, what it shows, and when it opens nothing any more (P11)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pixsurv.kernel import crypto
from sessions_app.enums import Role
from sessions_app.models import Account, CalendarFeed, Establishment, Session
from sessions_app.services import feeds, planning
from sessions_app.services.enrolment import enrol
from tests import factories
from tests.factories import ADMIN
from tests.sessions_app.candidates.acts import form_of, signed_in, words
from tests.sessions_app.feeds.parser import Component, events, parse

__all__ = ["signed_in"]

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
OWN = "/etablissement/compte/agenda/"


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def school(session: Session) -> Establishment:
    Session.objects.filter(pk=session.pk).update(proctor_names="Perrine Essai, Luc Démo")
    return session.establishment


@pytest.fixture
def feed(school: Establishment) -> CalendarFeed:
    return factories.CalendarFeedFactory(establishment=school)


def path(feed: CalendarFeed) -> str:
    return reverse("establishment:feed", args=[feed.token()])


def read(feed: CalendarFeed) -> list[Component]:
    """As a calendar program does: without a cookie."""
    response = Client().get(path(feed))
    assert response.status_code == 200
    return events(response.content)


def proctor(school: Establishment, name: str = "Perrine Essai") -> Account:
    account = factories.AccountFactory(name=name)
    factories.MembershipFactory(account=account, establishment=school, role=Role.PROCTOR)
    return account


def test_school_calendar_shows_each_session_without_a_name_or_a_code(
    feed: CalendarFeed, session: Session
) -> None:
    pupil = factories.CandidateFactory(session=session, last_name="Dupont", first_name="Zénaïde")
    [event] = read(feed)
    assert event.text("SUMMARY") == "Surveillance salle B12"
    assert event.text("LOCATION") == f"Salle B12, Site d’essai, {feed.establishment.name}"  # type: ignore[union-attr]
    assert event.text("DESCRIPTION").startswith("1 candidat\n")
    # 15 min and 105 min after noon.
    assert (event.one("DTSTART"), event.one("DTEND")) == ("20260310T110000Z", "20260310T130000Z")
    body = Client().get(path(feed)).content.decode().replace("\r\n ", "")
    for secret in (
        pupil.last_name,
        pupil.first_name,
        session.access_code,
        session.password(),
        str(session.number),
    ):
        assert secret not in body


def test_answer_is_a_calendar_that_nobody_may_keep(feed: CalendarFeed) -> None:
    response = Client().get(path(feed))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in response and "Cookie" not in response.get("Vary", "")


def test_unchanged_calendar_is_not_sent_again(feed: CalendarFeed, session: Session) -> None:
    tag = Client().get(path(feed))["ETag"]
    assert Client().get(path(feed), headers={"If-None-Match": tag}).status_code == 304
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        assert Client().get(path(feed), headers={"If-None-Match": tag}).status_code == 304
    session.delete()
    assert Client().get(path(feed), headers={"If-None-Match": tag}).status_code == 200


def test_uid_stays_and_last_modified_moves(feed: CalendarFeed, session: Session) -> None:
    [before] = read(feed)
    later = NOON + timedelta(hours=2)
    session.refresh_from_db()
    values = {name: getattr(session, name) for name in planning.Plan.__dataclass_fields__}
    plan = planning.Plan(**{**values, "room": "C04"})
    planning.change_session(session_id=session.pk, plan=plan, now=later)
    [after] = read(feed)
    assert after.one("UID") == before.one("UID")
    assert after.text("SUMMARY") == "Surveillance salle C04"
    assert (before.one("LAST-MODIFIED"), after.one("LAST-MODIFIED")) == (
        "20260310T110000Z",
        "20260310T130000Z",
    )
    evening = NOON + timedelta(hours=9)
    candidate = factories.CandidateFactory.build(session=session)
    enrol(session_id=session.pk, candidates=[candidate], actor=ADMIN, now=evening)
    assert read(feed)[0].one("LAST-MODIFIED") == "20260310T200000Z"


def test_what_no_calendar_tells_does_not_touch_its_date(feed: CalendarFeed, session: Session) -> None:
    candidate = factories.CandidateFactory(session=session)
    before = read(feed)[0].one("LAST-MODIFIED")
    factories.put(candidate, "in_progress", now=NOON + timedelta(minutes=1))
    Session.objects.filter(pk=session.pk, state="launched").get()
    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        factories.enter_room(session)
    session.refresh_from_db()
    # The launch is a change of state; somebody entering the room is none.
    assert read(feed)[0].one("LAST-MODIFIED") == "20260310T110100Z" != before


def test_cancelled_session_stays_marked(feed: CalendarFeed, session: Session) -> None:
    planning.cancel_session(session_id=session.pk, reason="x", now=NOON)
    [event] = read(feed)
    assert event.one("STATUS") == "CANCELLED"
    assert event.text("SUMMARY") == "Annulée\u00a0: Surveillance salle B12"


def test_old_and_rehearsed_sessions_are_not_in_it(feed: CalendarFeed, school: Establishment) -> None:
    factories.SessionFactory(establishment=school, starts_at=NOON - timedelta(days=93))
    factories.SessionFactory(establishment=school, kind="rehearsal")
    factories.SessionFactory()
    assert len(read(feed)) == 1


def test_own_calendar_shows_where_the_name_is_written(school: Establishment, session: Session) -> None:
    account = proctor(school)
    factories.SessionFactory(establishment=school, proctor_names="Luc Démo")
    elsewhere = factories.SessionFactory(proctor_names="Perrine Essai")
    feed = feeds.make_own_feed(account=account, now=NOON)
    [event] = read(feed)
    assert event.text("DESCRIPTION").endswith("Perrine Essai, Luc Démo")
    factories.MembershipFactory(account=account, establishment=elsewhere.establishment, role=Role.PROCTOR)
    assert len(read(feed)) == 2
    account.memberships.all().delete()
    assert read(feed) == []


def test_calendar_of_nothing_is_still_one(school: Establishment) -> None:
    feed = feeds.make_own_feed(account=factories.AccountFactory(), now=NOON)
    assert parse(Client().get(path(feed)).content)


@pytest.mark.parametrize("how", ["revoked", "wrong", "shut"])
def test_link_that_stands_for_nothing_is_404(feed: CalendarFeed, school: Establishment, how: str) -> None:
    if how == "revoked":
        feeds.revoke_feed(feed=feed, now=NOON)
    elif how == "wrong":
        feed.nonce = "something else"
    else:
        account = proctor(school)
        feed = feeds.make_own_feed(account=account, now=NOON)
        Account.objects.filter(pk=account.pk).update(is_active=False)
    assert Client().get(path(feed)).status_code == 404


def test_database_alone_opens_nothing(feed: CalendarFeed) -> None:
    row = CalendarFeed.objects.filter(pk=feed.pk).values().get()
    assert feed.token() not in str(row)
    assert crypto.fingerprint(feed.token()) == row["fingerprint"]


def test_number_of_queries_does_not_grow(feed: CalendarFeed, school: Establishment) -> None:
    own = feeds.make_own_feed(account=proctor(school), now=NOON)

    def asked(one: CalendarFeed) -> int:
        with CaptureQueriesContext(connection) as queries:
            read(one)
        return len(queries)

    few = asked(feed), asked(own)
    for _ in range(10):
        factories.CandidateFactory(
            session=factories.SessionFactory(establishment=school, proctor_names="Perrine Essai")
        )
    assert (asked(feed), asked(own)) == few == (2, 2)


def test_admin_makes_shows_and_revokes_a_link(signed_in: Client, school: Establishment) -> None:
    made = signed_in.post(
        f"/etablissement/planning/agendas/creer/?etablissement={school.pk}", {"name": "ENT"}
    )
    assert made.status_code == 303
    page = signed_in.get(made["Location"])
    feed = CalendarFeed.objects.get()
    assert f"http://127.0.0.1:8000{path(feed)}" in page.content.decode()
    again = signed_in.post(
        f"/etablissement/planning/agendas/creer/?etablissement={school.pk}", {"name": "ENT"}
    )
    assert again.status_code == 409 and "porte déjà ce nom" in words(again)
    nameless = signed_in.post(
        f"/etablissement/planning/agendas/creer/?etablissement={school.pk}", {"name": " "}
    )
    assert nameless.status_code == 422 and "Dites pour qui" in words(nameless)
    address = f"/etablissement/planning/agendas/{feed.pk}/revoquer/"
    assert "Révoquer le lien « ENT » ?" in words(signed_in.get(address))
    assert [signed_in.post(address).status_code for _ in range(2)] == [303, 303]
    assert Client().get(path(feed)).status_code == 404
    assert signed_in.get(made["Location"]).status_code == 410
    assert signed_in.get(address).status_code == 303


def test_proctor_makes_shows_and_revokes_his_own_link(client: Client, school: Establishment) -> None:
    account = proctor(school)
    client.force_login(account)
    assert OWN in client.get("/etablissement/compte/").content.decode()
    page = client.get(OWN)
    assert ".ics" not in page.content.decode()
    assert [client.post(OWN, form_of(page)).status_code for _ in range(2)] == [303, 303]
    feed = CalendarFeed.objects.get(account=account)
    assert f"http://127.0.0.1:8000{path(feed)}" in client.get(OWN).content.decode()
    assert "Révoquer le lien de votre agenda ?" in words(client.get(f"{OWN}revoquer/"))
    assert [client.post(f"{OWN}revoquer/").status_code for _ in range(2)] == [303, 303]
    assert Client().get(path(feed)).status_code == 404
    client.post(OWN)
    assert CalendarFeed.objects.filter(account=account).count() == 2


def test_own_page_says_how_many_sessions_bear_the_name(client: Client, school: Establishment) -> None:
    client.force_login(proctor(school))
    assert "Aucune séance à venir ne porte votre nom" in words(client.get(OWN))
    factories.SessionFactory(
        establishment=school, proctor_names="Mme ESSAI Perrine", starts_at=NOON + timedelta(days=1)
    )
    assert "1 séance à venir porte votre nom" in words(client.get(OWN))


def test_link_of_a_person_is_hidden_from_the_admin(signed_in: Client, school: Establishment) -> None:
    feed = feeds.make_own_feed(account=proctor(school), now=NOON)
    assert signed_in.get(f"/etablissement/planning/agendas/{feed.pk}/").status_code == 404
    assert signed_in.post(f"/etablissement/planning/agendas/{feed.pk}/revoquer/").status_code == 404


def test_link_of_another_key_is_said_to_be_dead(
    client: Client, feed: CalendarFeed, admin: Account, settings: Any
) -> None:
    settings.SECRET_KEY = "another key, of the same length or nearly so"
    client.force_login(admin)
    page = client.get(f"/etablissement/planning/agendas/{feed.pk}/")
    assert "Ce lien ne sert plus" in words(page) and ".ics" not in page.content.decode()
