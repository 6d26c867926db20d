"""A session and its secrets (P3, P4)."""

from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from pixsurv.kernel import crypto
from sessions_app.enums import Role, SessionState
from sessions_app.models import Session
from sessions_app.models.session import draw_access_code, draw_password
from tests.factories import PASSWORD, EstablishmentFactory, MembershipFactory, SessionFactory
from tests.journal import NOW

# Typed from P4.
SYMBOLS = "2346789BCDFGHJKMPQRTVWXY"


def test_password_has_the_form_of_p4() -> None:
    drawn = [draw_password() for _ in range(300)]
    assert all(one.startswith("C-") and len(one) == 8 for one in drawn)
    assert {symbol for one in drawn for symbol in one[2:]} == set(SYMBOLS)
    assert len(set(drawn)) == 300


def test_access_code_has_the_form_of_p4() -> None:
    drawn = [draw_access_code() for _ in range(300)]
    assert {symbol for one in drawn for symbol in one[:4]} == set("BCDFGHJKMPQRTVWXY")
    assert {symbol for one in drawn for symbol in one[4:]} == set("2346789")
    assert {len(one) for one in drawn} == {6}


@pytest.mark.django_db
def test_password_is_sealed_in_the_database_and_readable_again(session: Session) -> None:
    row = str(list(Session.objects.filter(pk=session.pk).values()))
    assert PASSWORD[2:] not in row
    assert Session.objects.get(pk=session.pk).password() == PASSWORD


@pytest.mark.django_db
def test_password_without_its_key_is_unreadable(session: Session, settings: Settings) -> None:
    settings.FIELD_KEYS = ["A" * 43 + "="]
    with pytest.raises(crypto.Unreadable):
        session.password()


@pytest.mark.parametrize(
    ("state", "over"),
    [("planned", False), ("launched", False), ("closed", True), ("cancelled", True), ("eliminated", True)],
)
def test_session_is_over(state: str, over: bool) -> None:
    assert Session(state=SessionState(state)).is_over is over


@pytest.mark.parametrize(
    ("zone", "hour"), [("Europe/Paris", 10), ("Indian/Reunion", 13), ("America/Cayenne", 6)]
)
def test_times_are_those_of_the_school(zone: str, hour: int) -> None:
    session = Session(establishment=EstablishmentFactory.build(time_zone=zone))
    assert session.local(NOW).hour == hour
    assert session.local(NOW) == NOW


def test_times_follow_the_change_of_clocks() -> None:
    """29 March 2026, the night in which 2h becomes 3h."""
    session = Session(establishment=EstablishmentFactory.build(time_zone="Europe/Paris"))
    night = datetime.fromisoformat("2026-03-29T00:59:59+00:00")
    assert session.local(night).strftime("%Hh%M") == "01h59"
    assert session.local(night + timedelta(seconds=1)).strftime("%Hh%M") == "03h00"


@pytest.mark.django_db
def test_session_is_visible_to_the_admins_of_its_school(session: Session) -> None:
    SessionFactory()
    admin = MembershipFactory(establishment=session.establishment).account
    MembershipFactory(account=admin, establishment=session.establishment, role=Role.PROCTOR)
    proctor = MembershipFactory(establishment=session.establishment, role=Role.PROCTOR).account
    assert list(Session.objects.visible_to(admin)) == [session]
    assert list(Session.objects.visible_to(proctor)) == []


@pytest.mark.django_db
def test_session_is_visible_from_each_school_of_an_account(session: Session) -> None:
    other = SessionFactory()
    admin = MembershipFactory(establishment=session.establishment).account
    MembershipFactory(account=admin, establishment=other.establishment)
    assert set(Session.objects.visible_to(admin)) == {session, other}
