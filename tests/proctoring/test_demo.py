"""`manage.py demo`: the demonstration school (contract.md, mechanics §16)."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client

from pixsurv.context import demonstration
from pixsurv.kernel import clock, crypto
from proctoring import rules
from proctoring.demo import people, school, secrets
from proctoring.models import Attempt
from proctoring.report.reading import report_of
from proctoring.services.access import find_session
from proctoring.services.doors import Knocking
from proctoring.services.presence import confirm_presence
from sessions_app.enums import EventKind, SignInMode
from sessions_app.models import Account, ApiKey, Candidate, Establishment, Event, Pupil, Session
from sessions_app.models.pupil import school_year_of
from sessions_app.models.session import DIGITS, LETTERS
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    pass


@pytest.fixture
def unlived(monkeypatch: pytest.MonkeyPatch) -> None:
    """The closed session keeps its list and its date, but is not lived through: most of the load is that."""
    monkeypatch.setattr(school, "live_through", lambda session, admin: None)


def demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def described(*arguments: str) -> dict[str, Any]:
    return json.loads(demo("--json", *arguments))


def identity(candidate: dict[str, Any]) -> tuple[str, str, str]:
    return candidate["first_name"], candidate["last_name"], candidate["birth_date"]


def test_demo_json_has_the_shape_of_the_contract() -> None:
    told = described()
    assert list(told) == ["establishment", "admin", "secretariat", "api_key", "sessions"]
    assert told["establishment"] == {"name": "Collège de démonstration", "time_zone": "Europe/Paris"}
    assert set(told["admin"]) == set(told["secretariat"]) == {"email", "password"}
    session_keys = {"number", "password", "access_code", "state", "kind", "followed", "candidates"}
    candidate_keys = {"id", "last_name", "first_name", "birth_date", "extra_time_percent", "certifiable"}
    for session in told["sessions"]:
        assert set(session) == session_keys
        assert isinstance(session["number"], int)
        assert all(set(candidate) == candidate_keys for candidate in session["candidates"])
    states = [(session["state"], session["kind"], session["followed"]) for session in told["sessions"]]
    assert states == [
        ("planned", "certification", "pixsurv"),
        ("planned", "certification", "pixsurv"),
        ("closed", "certification", "pixsurv"),
        ("planned", "certification", "by_hand"),
    ]


@pytest.mark.usefixtures("unlived")
def test_demo_first_session_has_the_seed_and_twenty_more() -> None:
    candidates = described()["sessions"][0]["candidates"]
    assert len(candidates) == 25
    assert [identity(candidate) for candidate in candidates[:5]] == [
        ("Sophie", "DELARUE", "2001-07-04"),
        ("Martine", "DUPONT", "1994-05-21"),
        ("Paul", "DUPONT", "1997-05-21"),
        ("Simon", "DURAND", "1988-03-09"),
        ("Pablo", "PICASSO", "1954-09-23"),
    ]
    assert all(c["certifiable"] is True and c["extra_time_percent"] == 0 for c in candidates[:5])
    more = candidates[5:]
    assert sorted(c["extra_time_percent"] for c in more if c["extra_time_percent"]) == [33, 50, 100]
    assert Counter(c["certifiable"] for c in more) == {True: 18, False: 1, None: 1}
    pairs = [name for name, count in Counter(c["last_name"] for c in more).items() if count == 2]
    firsts = [[c["first_name"] for c in more if c["last_name"] == name] for name in pairs]
    assert sorted(rules.begins_alike(*names) for names in firsts) == [False, True]
    refused = Candidate.objects.get(session__number=school.FIRST, certifiable_competences=3)
    assert refused.certifiable is False
    assert Session.objects.get(number=school.FIRST).room == "B12"


@pytest.mark.usefixtures("unlived")
def test_demo_other_sessions_have_their_candidates() -> None:
    _, second, third, fourth = described()["sessions"]
    assert Counter(c["certifiable"] for c in second["candidates"]) == {True: 38, False: 2}
    assert len(fourth["candidates"]) == len(third["candidates"]) == 12
    for session in (second, third, fourth):
        assert len({c["last_name"] for c in session["candidates"]}) == len(session["candidates"])


@time_machine.travel("2026-03-10T08:58:31Z", tick=False)
@pytest.mark.usefixtures("unlived")
def test_demo_sessions_of_today_start_at_the_hour_of_loading() -> None:
    demo()
    starts = dict(Session.objects.values_list("number", "starts_at"))
    now = datetime(2026, 3, 10, 9, 55, tzinfo=PARIS)
    assert starts[school.FIRST] == starts[school.SECOND] == starts[school.FOURTH] == now
    assert starts[school.THIRD].astimezone(PARIS).date() < now.date()


@pytest.mark.parametrize("day", [f"2026-03-{day:02d}T22:59:00Z" for day in range(9, 16)])
@pytest.mark.usefixtures("unlived")
def test_demo_closed_session_was_on_a_school_day(day: str) -> None:
    with time_machine.travel(day, tick=False):
        demo()
        session = Session.objects.get(number=school.THIRD)
        local = session.local(session.starts_at)
        assert local.weekday() < 5
        assert timedelta(days=6) < clock.now() - session.starts_at < timedelta(days=10)


def test_demo_closed_session_was_lived_through_the_services() -> None:
    demo()
    session = Session.objects.get(number=school.THIRD)
    lived = list(Event.objects.filter(session=session).order_by("sequence"))
    kinds = Counter(event.kind for event in lived)
    for kind in ("resumed", "reopened", "ended", "end_undone", "late_refused", "alert_validated", "closed"):
        assert kinds[EventKind(kind)], kind
    assert all(event.received_at <= clock.now() for event in lived)
    assert [event.received_at for event in lived] == sorted(event.received_at for event in lived)
    states = Counter(Attempt.objects.filter(session=session).values_list("state", flat=True))
    assert states == {"completed": 9, "ended": 1, "expected": 1}
    absent = Candidate.objects.filter(session=session, attempt=None)
    assert absent.count() == 1
    assert [event.kind for event in lived[-4::2]] == [EventKind.CLOSED, EventKind.ADDENDUM]


def test_demo_closed_session_has_its_sealed_report_and_an_addendum() -> None:
    demo()
    session = Session.objects.select_related("establishment").get(number=school.THIRD)
    report = report_of(session)
    assert report.closing is not None
    assert (report.closing.seal, report.closing.gaps) == (session.seal, ())
    assert report.comment.text
    assert len(report.addenda) == 1
    papers = {file.purpose: bytes(file.content) for file in session.files.order_by("pk")}
    assert set(papers) == {"report", "addendum"}
    assert all(content.startswith(b"%PDF") for content in papers.values())


def test_demo_secrets_open_what_they_should(client: Client) -> None:
    told = described()
    for session in told["sessions"]:
        number, password, code = session["number"], session["password"], session["access_code"]
        assert Session.objects.get(number=number).access_code == code
        assert password.startswith("C-")
        assert len(password) == 8
        assert set(password[2:]) <= set(DIGITS + LETTERS)
        assert set(code[:4]) <= set(LETTERS)
        assert set(code[4:]) <= set(DIGITS)
        if session["state"] == "planned":
            assert (
                find_session(who=Knocking(str(number)), password=password, now=clock.now()).number == number
            )
    assert told["api_key"].startswith("pxs_")
    assert ApiKey.objects.filter(fingerprint=ApiKey.fingerprint_of(told["api_key"])).exists()
    for role, status in (("admin", 200), ("secretariat", 403)):
        account = Account.objects.get(email=told[role]["email"])
        validate_password(told[role]["password"], account)
        assert client.post("/etablissement/", told[role]).status_code == 303
        assert client.get("/etablissement/sessions/").status_code == status
        client.logout()


def test_demo_again_changes_nothing_and_prints_the_same() -> None:
    first = described()
    before = (
        Session.objects.count(),
        Candidate.objects.count(),
        Event.objects.count(),
        Account.objects.count(),
    )
    assert described() == first
    after = (
        Session.objects.count(),
        Candidate.objects.count(),
        Event.objects.count(),
        Account.objects.count(),
    )
    assert after == before


def test_demo_secrets_are_the_same_in_another_process() -> None:
    code = (
        "import django; django.setup(); from proctoring.demo import secrets as s;"
        "print(s.session_password(123456), s.access_code(123456), s.account_password('admin'), s.api_key())"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONHASHSEED": "7"}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == [
        secrets.session_password(123456),
        secrets.access_code(123456),
        secrets.account_password("admin"),
        secrets.api_key(),
    ]


@pytest.mark.usefixtures("unlived")
def test_demo_secrets_depend_on_the_installation_and_on_their_name(settings: Any) -> None:
    one = {secrets.session_password(number) for number in range(50)}
    assert len(one) == 50
    settings.SECRET_KEY = "another installation"
    assert not one & {secrets.session_password(number) for number in range(50)}


@pytest.mark.usefixtures("unlived")
def test_demo_says_null_for_what_was_changed() -> None:
    demo()
    admin = Account.objects.get(email=school.ADMIN_EMAIL)
    admin.set_password("un autre mot de passe")
    admin.save()
    Account.objects.get(email=school.SECRETARIAT_EMAIL).delete()
    ApiKey.objects.update(revoked_at=clock.now())
    Session.objects.filter(number=school.FIRST).update(sealed_password=crypto.seal("C-222222"))
    Session.objects.filter(number=school.SECOND).update(access_code="BBBB22")
    Session.objects.filter(number=school.FOURTH).update(sealed_password="illisible")
    told = described()
    assert told["admin"] == {"email": school.ADMIN_EMAIL, "password": None}
    assert told["secretariat"] == {"email": school.SECRETARIAT_EMAIL, "password": None}
    assert told["api_key"] is None
    assert [session["password"] is None for session in told["sessions"]] == [True, False, False, True]
    assert [session["access_code"] is None for session in told["sessions"]] == [False, True, False, False]
    assert "(mot de passe changé)" in demo()
    assert not Account.objects.filter(email=school.SECRETARIAT_EMAIL).exists()


@pytest.mark.usefixtures("unlived")
def test_demo_moves_the_untouched_sessions_of_yesterday_to_today() -> None:
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False):
        demo("--sessions", "1", "--candidates", "2")
        touched = Candidate.objects.filter(session__number=school.SECOND, certifiable_competences=16).first()
        assert touched is not None
        confirm_presence(
            session_id=touched.session_id, candidate_id=touched.pk, actor=factories.PROCTOR, now=clock.now()
        )
    before = dict(Session.objects.values_list("number", "starts_at"))
    with time_machine.travel("2026-03-11T13:07:00Z", tick=False):
        demo()
    after = dict(Session.objects.values_list("number", "starts_at"))
    moved = {number for number in before if before[number] != after[number]}
    assert moved == {school.FIRST, school.FOURTH, school.LOAD_NUMBERS[0]}
    assert after[school.FIRST] == datetime(2026, 3, 11, 14, 5, tzinfo=PARIS)


@pytest.mark.usefixtures("unlived")
def test_demo_later_the_same_day_leaves_the_hour() -> None:
    for hour in ("08", "15"):
        with time_machine.travel(f"2026-03-10T{hour}:00:00Z", tick=False):
            demo()
    assert Session.objects.get(number=school.FIRST).starts_at == datetime(2026, 3, 10, 9, 0, tzinfo=PARIS)


@pytest.mark.usefixtures("unlived")
def test_demo_refuses_a_real_school_unless_forced() -> None:
    factories.EstablishmentFactory()
    with pytest.raises(CommandError, match="--force"):
        demo()
    assert not Session.objects.exists()
    demo("--force")
    assert Session.objects.count() == 4
    assert Establishment.objects.filter(is_demo=True).count() == 1
    with pytest.raises(CommandError, match="--force"):
        demo("--json")


@pytest.mark.parametrize("number", [school.THIRD, school.LOAD_NUMBERS[3]])
@pytest.mark.usefixtures("unlived")
def test_demo_forced_beside_a_school_that_has_its_number_is_refused(number: int) -> None:
    factories.SessionFactory(number=number)
    with pytest.raises(CommandError, match=str(number)):
        demo("--force", "--sessions", "5", "--candidates", "1")
    assert Session.objects.filter(number=number).count() == 1


@pytest.mark.usefixtures("unlived")
def test_demo_if_empty_brings_untouched_sessions_to_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make run` on another day shows today's sessions again."""
    monkeypatch.setattr("proctoring.demo.school.on_embedded_database", lambda: True)
    assert described("--if-empty")["sessions"]
    later = clock.now() + timedelta(days=3)
    with time_machine.travel(later):
        assert described("--if-empty")["sessions"]
        starts = Session.objects.filter(number__in=school.TODAYS).values_list("starts_at", flat=True)
        assert {start.date() for start in starts} <= {later.date(), (later - timedelta(minutes=5)).date()}


@pytest.mark.usefixtures("unlived")
def test_demo_if_empty_leaves_a_real_school_alone() -> None:
    factories.EstablishmentFactory()
    assert demo("--if-empty", "--json") == ""
    assert not Session.objects.exists()


@pytest.mark.parametrize("meant", [True, False])
@pytest.mark.usefixtures("unlived")
def test_demo_loads_by_itself_on_a_server_only_when_meant(
    settings: Any, monkeypatch: pytest.MonkeyPatch, meant: bool
) -> None:
    settings.DEMO = meant
    monkeypatch.setattr("proctoring.demo.school.on_embedded_database", lambda: False)
    demo("--if-empty")
    assert Establishment.objects.exists() is meant


@pytest.mark.usefixtures("unlived")
def test_demo_load_sessions_are_topped_up() -> None:
    told = described("--sessions", "2", "--candidates", "3")["sessions"][4:]
    assert [len(session["candidates"]) for session in told] == [3, 3]
    ids = {candidate["id"] for session in told for candidate in session["candidates"]}
    told = described("--sessions", "3", "--candidates", "45")["sessions"][4:]
    assert [len(session["candidates"]) for session in told] == [45, 45, 45]
    assert ids < {candidate["id"] for session in told for candidate in session["candidates"]}
    assert len(described("--sessions", "1", "--candidates", "1")["sessions"]) == 7
    assert len(described()["sessions"]) == 7
    assert all(c["certifiable"] for session in told for c in session["candidates"])


@pytest.mark.usefixtures("unlived")
def test_demo_load_session_that_is_closed_is_left_alone() -> None:
    demo("--sessions", "1", "--candidates", "2")
    Session.objects.filter(number=school.LOAD_NUMBERS[0]).update(state="closed", closed_at=clock.now())
    told = described("--sessions", "1", "--candidates", "4")["sessions"]
    assert len(told[4]["candidates"]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("--sessions", "2"),
        ("--candidates", "2"),
        ("--sessions", "-1", "--candidates", "1"),
        ("--sessions", "1", "--candidates", "99999"),
    ],
)
def test_demo_refuses_nonsense(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        demo(*arguments)
    assert not Establishment.objects.exists()


@pytest.mark.usefixtures("unlived")
def test_demo_summary_names_the_logins() -> None:
    said = demo("--sessions", "1", "--candidates", "1")
    told = described()
    for secret in (
        told["admin"]["password"],
        told["secretariat"]["email"],
        told["api_key"],
        str(school.FIRST),
    ):
        assert secret in said
    assert told["sessions"][0]["password"] in said
    assert "1 session de charge" in said


def test_crowd_is_unique_up_to_its_limit() -> None:
    names = [person.last_name for person in people.crowd(people.MOST, salt=1)]
    assert len(set(names)) == people.MOST
    assert people.crowd(5, salt=9) == people.crowd(9, salt=9)[:5]


def test_embedded_database_is_sqlite() -> None:
    assert school.on_embedded_database() is (connection.vendor == "sqlite")


# --- the banner ---


def banner(client: Client) -> bool:
    return "Données de démonstration" in client.get("/etablissement/").content.decode()


def test_banner_shows_when_a_demonstration_school_exists(client: Client, settings: Any) -> None:
    demonstration.forget()
    assert not banner(client)
    factories.EstablishmentFactory(is_demo=True)
    assert not banner(client)  # remembered for a minute
    demonstration.forget()
    assert banner(client)
    Establishment.objects.update(is_demo=False)
    demonstration.forget()
    assert not banner(client)
    settings.DEMO = True
    assert banner(client)


def test_banner_holds_when_the_database_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise DatabaseError

    demonstration.forget()
    monkeypatch.setattr(Establishment.objects, "filter", fail)
    assert not demonstration


@pytest.mark.usefixtures("unlived")
def test_demonstration_has_the_pupils_of_the_year() -> None:
    demo()
    pupils = list(Pupil.objects.all())
    assert {pupil.school_year for pupil in pupils} == {school_year_of(clock.now().astimezone(PARIS).date())}
    assert {"3e A", "3e B", "3e C"} < {pupil.class_name for pupil in pupils}
    assert {pupil.certifiable for pupil in pupils} == {True, False, None}
    assert any(pupil.sign_in_mode == SignInMode.NEVER for pupil in pupils)
    assert any(pupil.extra_time_percent for pupil in pupils)
    assert Pupil.objects.filter(candidates=None).count() == len(people.NOT_ENROLLED)
    for candidate in Candidate.objects.filter(session__number=school.FIRST).select_related("pupil"):
        assert candidate.pupil is not None
        assert candidate.pupil.identity_key == candidate.identity_key
    pupils[0].delete()
    demo()
    assert Pupil.objects.count() == len(pupils) - 1
