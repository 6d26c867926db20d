"""A rehearsal is in no list, no count and no door but its own (R19, mechanics §13).

It is put into the very school that looks: nothing but its kind then keeps it out.
"""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.archives.access import archived
from proctoring.selectors.day import day_of
from proctoring.selectors.elsewhere import enrolled_elsewhere
from proctoring.services.access import find_session
from proctoring.services.doors import Knocking
from proctoring.verify.selectors import answer_to
from sessions_app.enums import SessionKind
from sessions_app.feeds.content import feed_bytes
from sessions_app.models import Account, Candidate, Establishment, Session
from sessions_app.readiness.facts import upcoming
from sessions_app.selectors import Shelf, filters, sessions_on
from sessions_app.selectors.kit import kit_mark, kit_mark_valid
from sessions_app.selectors.planning import same_room
from sessions_app.services.people import make_admin
from sessions_app.timetable.board import sessions_between
from tests import factories
from tests.proctoring.rehearsal.conftest import NOW, Trainee

ROOM = "FICTIVE9"
IDENTITY = {"last_name": "BOULEAU", "first_name": "Basile", "birth_date": "21/05/2011"}


@pytest.fixture
def school(travel: Any) -> Establishment:
    return factories.EstablishmentFactory()


@pytest.fixture
def admin(school: Establishment) -> Account:
    return factories.MembershipFactory(establishment=school).account


@pytest.fixture
def rehearsal(school: Establishment) -> Session:
    session = factories.SessionFactory(establishment=school, room=ROOM, kind=SessionKind.REHEARSAL)
    factories.CandidateFactory(
        session=session, last_name="BOULEAU", first_name="Basile", birth_date=date(2011, 5, 21)
    )
    return session


def lists_of(school: Establishment) -> dict[str, list[Session]]:
    """Every list of sessions that a school has."""
    today = clock.now().date()
    twin = factories.SessionFactory(establishment=school, room=ROOM)
    named = Session.objects.filter(establishment=school)
    found = {f"shelf {shelf}": list(sessions_on(shelf, school, today)) for shelf in Shelf}
    found |= {
        "related": list(school.sessions.all()),
        "archive": list(archived(school)),
        "board": day_of(school, clock.now()).sessions,
        "planning": list(sessions_between(school, NOW - timedelta(days=1), NOW + timedelta(days=1))),
        "readiness": upcoming(school, NOW - timedelta(days=1), None),
        "same room": same_room(twin),
        "all": list(named),
    }
    return {name: [one for one in rows if one.pk != twin.pk] for name, rows in found.items()}


@pytest.mark.parametrize("closed", [False, True])
def test_no_list_of_a_school_has_it(school: Establishment, rehearsal: Session, closed: bool) -> None:
    if closed:
        Session.with_rehearsals.filter(pk=rehearsal.pk).update(state="closed", closed_at=NOW)
    assert {name: rows for name, rows in lists_of(school).items() if rows} == {}
    assert all(shelf.count <= 1 for shelf in filters(school, NOW.date()))  # the twin's


def test_the_same_lists_have_an_exam(school: Establishment) -> None:
    """Or the test before this one proves nothing."""
    exam = factories.SessionFactory(establishment=school, room=ROOM)
    factories.CandidateFactory(session=exam)
    found = lists_of(school)
    assert all(found[name] == [exam] for name in ("related", "board", "planning", "readiness", "all"))


@pytest.mark.parametrize(
    "path",
    [
        "/etablissement/sessions/", "/etablissement/planning/", "/etablissement/tableau-de-bord/",
        "/etablissement/verifier/", "/etablissement/sessions/?q=BOULEAU", "/etablissement/documents/", "/archives/",
    ],
)  # fmt: skip
def test_no_page_of_a_school_names_it(admin: Account, rehearsal: Session, path: str) -> None:
    client = Client()
    client.force_login(admin)
    response = client.get(path, follow=True)
    assert ROOM not in response.content.decode()
    assert str(rehearsal.number) not in response.content.decode()


@pytest.mark.parametrize("below", ["", "journal/", "kit.pdf", "emargement.pdf", "pv/", "salle/", "direct/"])
def test_its_pages_are_those_of_a_stranger_even_to_an_admin(
    admin: Account, rehearsal: Session, below: str
) -> None:
    client = Client()
    client.force_login(admin)
    assert client.get(f"/etablissement/sessions/{rehearsal.number}/{below}").status_code in {404, 405}


def test_no_calendar_has_it(school: Establishment, rehearsal: Session) -> None:
    feed = factories.CalendarFeedFactory(establishment=school)
    assert b"VEVENT" not in feed_bytes(feed, clock.now())


def test_number_and_password_open_nothing(rehearsal: Session) -> None:
    with pytest.raises(DomainError, match="wrong_credentials"):
        find_session(who=Knocking(str(rehearsal.number)), password=factories.PASSWORD, now=clock.now())
    assert not kit_mark_valid(str(rehearsal.number), kit_mark(rehearsal))


def test_no_pupil_comes_in_by_the_join_page(trainee: Trainee) -> None:
    """Refused as an unknown number is, whatever is known of that room."""
    known = {"number": str(trainee.session.number), **IDENTITY, "workstation": "", "once": "j"}
    response, unknown = (
        Client().post("/candidat/", {**known, **more}) for more in ({}, {"number": "123456"})
    )
    assert response.status_code == unknown.status_code == 422
    ticket = {"number": str(trainee.session.number), "ticket": "123456", "workstation": "", "once": "t"}
    assert Client().post("/candidat/ticket/", ticket).status_code == 422


def test_no_platform_comes_in_by_the_api(school: Establishment, rehearsal: Session) -> None:
    """Not even with a key of the establishment that it belongs to."""
    secret = factories.ApiKeyFactory(establishment=school).secret
    body = {"session_number": rehearsal.number, **IDENTITY, "birth_date": "2011-05-21"}
    response = Client().post(
        "/api/v1/entries",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert (response.status_code, response.json()["code"]) == (404, "no_match")


def test_pupils_of_other_rehearsals_are_not_elsewhere(trainee: Trainee, travel: Any) -> None:
    other = Trainee(travel)
    other.begin()
    basile = trainee.candidate("basile")
    assert enrolled_elsewhere(other.fresh(), basile.identity_key) == []


def test_journals_verified_and_seals_read_are_those_of_exams(
    rehearsal: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_journal")
    assert capsys.readouterr().out == ""
    with pytest.raises(CommandError):
        call_command("verify_journal", session=rehearsal.number)
    Session.with_rehearsals.filter(pk=rehearsal.pk).update(state="closed", closed_at=NOW)
    assert answer_to(rehearsal.number, "0" * 64) is None


def test_school_of_rehearsals_is_chosen_by_nobody(trainee: Trainee) -> None:
    """A school of that name that somebody makes is another one."""
    made = make_admin(
        email="chef@exemple.fr",
        name="Chef Essai",
        password=factories.ACCOUNT_PASSWORD,
        establishment_name="Entraînement",
        time_zone=None,
    )
    assert made.establishment_is_new
    assert [one.is_hidden for one in Establishment.objects.all()] == [False]


def test_demonstration_loads_after_a_rehearsal(trainee: Trainee) -> None:
    """A database where somebody only trained is still empty of schools."""
    assert not Establishment.objects.filter(is_demo=False).exists()
    assert not Candidate.objects.exclude(session__kind=SessionKind.REHEARSAL).exists()
