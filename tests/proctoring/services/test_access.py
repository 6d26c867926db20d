"""Proctors in a room: enter, leave, be sent out (R1, R2, R3)."""

from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from pixsurv.kernel import clock, crypto
from pixsurv.kernel.errors import DomainError
from proctoring.models import ProctorAccess
from proctoring.services import access as accesses
from proctoring.services.doors import Knocking
from sessions_app.enums import Role
from sessions_app.models import Account, Session
from tests.factories import (
    ADMIN,
    PASSWORD,
    PROCTOR,
    AccountFactory,
    MembershipFactory,
    SessionFactory,
    enter_room,
)
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db


def find(session: Session, password: str = PASSWORD) -> Session:
    return accesses.find_session(who=Knocking(str(session.number)), password=password, now=clock.now())


def enter(session: Session, account: Account | None = None, now: datetime = NOW) -> ProctorAccess:
    return accesses.enter(session=session, name="Perrine Essai", account=account, device="Essai", now=now)[0]


@pytest.mark.parametrize(
    "typed",
    [
        "C-K7MPQR",
        "c-k7mpqr",
        "K7MPQR",
        "k7 mpq r",
        " C - K7MPQR ",
        "C–K7MPQR",
        "CK7MPQR",
        "C‑K7MPQR",
        "K7M-PQR",
    ],
)
def test_password_is_accepted_as_people_type_it(session: Session, typed: str) -> None:
    assert find(session, typed) == session


@pytest.mark.parametrize(
    ("password", "typed"), [("C-C7MPQR", "C7MPQR"), ("C-C7MPQR", "CC7MPQR"), ("C-CCCCCC", "cccccc")]
)
def test_password_that_begins_with_c_keeps_its_c(password: str, typed: str) -> None:
    session = SessionFactory(password=password)
    assert find(session, typed) == session


def test_prefix_of_a_password_is_not_taken_twice() -> None:
    session = SessionFactory(password="C-C7MPQR")
    with pytest.raises(DomainError, match="wrong_credentials"):
        find(session, "7MPQR")


@pytest.mark.parametrize("typed", ["", "C-", "C-K7MPQ", "C-K7MPQRR", "K7MPQS", "C-K7MPQR\x00", "\ud800", "é"])
def test_wrong_password_and_wrong_number_are_one_refusal(session: Session, typed: str) -> None:
    with pytest.raises(DomainError) as wrong_password:
        find(session, typed)
    with pytest.raises(DomainError) as wrong_number:
        accesses.find_session(who=Knocking("1"), password=typed, now=clock.now())
    assert (wrong_password.value.code, wrong_password.value.sentence, wrong_password.value.status) == (
        wrong_number.value.code,
        wrong_number.value.sentence,
        wrong_number.value.status,
    )


@pytest.mark.parametrize("number", ["", "abc", "-1", "1e3", "١٢٣", "9" * 30, "100001.0", " "])
def test_number_that_is_none_is_a_wrong_one(session: Session, number: str) -> None:
    with pytest.raises(DomainError, match="wrong_credentials"):
        accesses.find_session(who=Knocking(number), password=PASSWORD, now=clock.now())


def test_unknown_number_costs_the_same_work(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """mechanics §14: the same decryption and comparison, of a dummy."""
    unsealed: list[str] = []
    compared: list[tuple[str, str]] = []
    unseal, equal = crypto.unseal, crypto.equal

    def count_unseal(token: str) -> str:
        unsealed.append(token)
        return unseal(token)

    def count_equal(one: str, other: str) -> bool:
        compared.append((one, other))
        return equal(one, other)

    monkeypatch.setattr(crypto, "unseal", count_unseal)
    monkeypatch.setattr(crypto, "equal", count_equal)
    for number in (str(session.number), "1", "not a number"):
        with pytest.raises(DomainError, match="wrong_credentials"):
            accesses.find_session(who=Knocking(number), password="C-222222", now=clock.now())

    assert len(unsealed) == len(compared) == 3
    assert len({len(token) for token in unsealed}) == 1
    assert len({len(one) for one, _ in compared}) == 1


def test_password_of_the_dummy_opens_nothing(session: Session) -> None:
    with pytest.raises(DomainError, match="wrong_credentials"):
        accesses.find_session(who=Knocking("1"), password="C-000000", now=clock.now())


def test_password_whose_key_is_lost_opens_nothing(session: Session, settings: Settings) -> None:
    settings.FIELD_KEYS = ["A" * 43 + "="]
    with pytest.raises(DomainError, match="wrong_credentials"):
        find(session)


@pytest.mark.parametrize("typed", ["BCRQ72", "bcrq72", " BCRQ 72"])
def test_access_code_typed_as_password_is_told(session: Session, typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        find(session, typed)
    assert "Cela ressemble au code d’accès des candidats (n°\u00a03 du kit)." in refusal.value.sentence


def test_entering_is_an_event_and_changes_nothing_else(session: Session) -> None:
    access, token = enter_room(session)
    assert access.token_fingerprint == crypto.fingerprint(token)
    assert len(token) == 43
    event = last_event(session)
    assert (event.kind, event.candidate_id) == ("proctor_entered", None)
    assert event.facts["actor"] == {"kind": "proctor", "name": "Perrine Essai", "access": access.pk}
    assert_sound(session)


def test_entering_writes_no_secret(session: Session) -> None:
    _, token = enter_room(session)
    assert token not in str(everything(session))
    assert PASSWORD[2:] not in str(everything(session))


@pytest.mark.parametrize(
    ("hour", "confirmed"), [(22, True), (23, False)], ids=["same evening", "next day at the school"]
)
def test_room_is_confirmed_by_itself_on_the_day(session: Session, hour: int, confirmed: bool) -> None:
    """23h UTC is already the next day in Paris."""
    session.starts_at = NOW
    session.save()
    access = enter(session, now=NOW.replace(hour=hour))
    assert (access.room_confirmed_at is not None) is confirmed
    accesses.confirm_room(access=access, now=NOW)
    access.refresh_from_db()
    assert access.room_confirmed_at is not None


def test_account_may_be_required(session: Session) -> None:
    session.establishment.account_required = True
    session.establishment.save()
    member = MembershipFactory(establishment=session.establishment, role=Role.PROCTOR).account
    for account in (None, AccountFactory(), MembershipFactory().account):
        with pytest.raises(DomainError, match="account_required") as refusal:
            enter(session, account)
        assert refusal.value.status == 403
    assert enter(session, member).account == member


@pytest.mark.parametrize(("role", "is_admin"), [(Role.ADMIN, True), (Role.PROCTOR, False)])
def test_admin_of_the_school_acts_as_admin(session: Session, role: Role, is_admin: bool) -> None:
    account = MembershipFactory(establishment=session.establishment, role=role).account
    access = enter(session, account)
    assert access.is_admin is is_admin
    assert accesses.actor_of(access).kind == ("admin" if is_admin else "proctor")
    assert accesses.actor_of(access).account_id == account.pk


def test_admin_of_another_school_is_a_proctor_here(session: Session) -> None:
    assert not enter(session, MembershipFactory().account).is_admin


def test_leaving_ends_this_access_only(session: Session) -> None:
    access, other = enter(session), enter(session)
    for _ in range(2):
        accesses.leave(access=access, now=NOW)
    access.refresh_from_db()
    other.refresh_from_db()
    assert (access.ended_how, other.ended_at) == ("left", None)
    assert kinds(session) == ["proctor_entered", "proctor_entered", "proctor_left"]


def test_access_is_revoked_by_an_admin(session: Session) -> None:
    access = enter(session)
    with pytest.raises(DomainError, match="not_allowed"):
        accesses.revoke(access=access, actor=PROCTOR, now=NOW)
    accesses.revoke(access=access, actor=ADMIN, now=NOW)
    accesses.leave(access=access, now=NOW + timedelta(seconds=1))
    access.refresh_from_db()
    assert (access.ended_how, access.ended_at) == ("revoked", NOW)
    assert kinds(session)[-1] == "access_ended"
    assert last_event(session).facts["access"] == access.pk


def test_access_to_a_closed_session_ends_without_an_event(session: Session) -> None:
    access = enter(session)
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=NOW)
    before = everything(session)
    accesses.leave(access=access, now=NOW)
    access.refresh_from_db()
    assert access.ended_at == NOW
    assert everything(session) == before


def test_masked_screen_needs_the_password(session: Session) -> None:
    access = enter(session)
    accesses.mask(access=access, now=NOW)
    accesses.mask(access=access, now=NOW + timedelta(minutes=1))
    access = ProctorAccess.objects.select_related("session").get(pk=access.pk)
    assert access.masked_at == NOW
    with pytest.raises(DomainError, match="wrong_credentials"):
        accesses.unmask(access=access, password="C-222222", now=clock.now())
    accesses.unmask(access=access, password="k7mpqr", now=clock.now())
    access.refresh_from_db()
    assert access.masked_at is None


def test_roll_call_lasts_ten_minutes(session: Session) -> None:
    access = enter(session)
    accesses.settle_by_roll_call(access=access, now=NOW)
    access.refresh_from_db()
    assert access.roll_call_until == NOW + timedelta(minutes=10)


def test_watching_is_noted_once_a_minute(session: Session) -> None:
    access = enter(session)
    accesses.note_seen(access, now=NOW + timedelta(seconds=59))
    access.refresh_from_db()
    assert access.last_seen_at == NOW
    accesses.note_seen(access, now=NOW + timedelta(seconds=60))
    access.refresh_from_db()
    assert access.last_seen_at == NOW + timedelta(seconds=60)
