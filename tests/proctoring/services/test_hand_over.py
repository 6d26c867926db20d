"""Passing a room to another device: once, five minutes, in the admin's name (A3, decision 0015)."""

from datetime import timedelta

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.models import HandOver, ProctorAccess
from proctoring.services import closing, password
from proctoring.services.hand_over import find, offer, take
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind
from sessions_app.models import Account, Event, Membership, Session
from tests import factories
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db


def actor(account: Account) -> Actor:
    return Actor(kind=ActorKind.ADMIN, name=account.name, account_id=account.pk)


def offered(
    session: Session, admin: Account, *, ends: list[int] | None = None, after: timedelta = timedelta()
) -> HandOver:
    return offer(session_id=session.pk, account=admin, ends=ends or [], actor=actor(admin), now=NOW + after)


def taken(
    made: HandOver,
    *,
    name: str = "Odile Relève",
    once: str = "a",
    account: Account | None = None,
    after: timedelta = timedelta(),
    token: str = "",
) -> tuple[ProctorAccess, str]:
    return take(
        token=token or made.token(), name=name, account=account, device="Essai", once=once, now=NOW + after
    )


def code(made: HandOver, *, after: timedelta = timedelta(), once: str = "b") -> str:
    with pytest.raises(DomainError) as refused:
        taken(made, after=after, once=once)
    with pytest.raises(DomainError) as looked:
        find(made.token(), now=NOW + after)
    assert refused.value.code == looked.value.code
    return refused.value.code


def test_token_is_long_enough_and_not_stored(session: Session, admin: Account) -> None:
    made = offered(session, admin)
    assert len(set(made.token())) > 4
    assert 24 ** len(made.token()) > 2**72
    assert made.token() not in str(HandOver.objects.values().get())


def test_looking_uses_nothing_up(session: Session, admin: Account) -> None:
    made = offered(session, admin)
    before = everything(session)
    for _ in range(3):
        assert find(made.token(), now=NOW) == made
    assert everything(session) == before
    assert taken(made)


@pytest.mark.parametrize("spelled", ["lower", "hyphens", "spaces"])
def test_token_is_found_however_it_is_typed(session: Session, admin: Account, spelled: str) -> None:
    made = offered(session, admin)
    typed = {"lower": made.token().lower(), "hyphens": made.spelled, "spaces": f" {made.token()} "}[spelled]
    assert find(typed, now=NOW) == made


def test_taking_writes_both_names(session: Session, admin: Account) -> None:
    made = offered(session, admin)
    access, token = taken(made, name="  Odile   Relève ")
    assert (access.name, access.is_admin, access.account) == ("Odile Relève", False, None)
    event = last_event(session)
    assert event.kind == EventKind.PROCTOR_ENTERED
    assert event.facts["actor"]["name"] == "Odile Relève"
    assert event.facts["handed_by"] == admin.name
    assert event.facts["hand_over"] == made.pk
    assert made.token() not in str(event.facts)
    assert token not in str(ProctorAccess.objects.values())
    assert_sound(session)


def test_code_serves_once(session: Session, admin: Account) -> None:
    made = offered(session, admin)
    taken(made)
    assert code(made) == "hand_over_taken"
    assert kinds(session) == ["proctor_entered"]


def test_same_form_again_is_the_same_access(session: Session, admin: Account) -> None:
    made = offered(session, admin)
    assert taken(made) == taken(made)
    assert ProctorAccess.objects.count() == 1
    with pytest.raises(DomainError, match="hand_over_taken"):
        taken(made, once="")


def test_forms_without_once_never_share_an_access(session: Session, admin: Account) -> None:
    made = offered(session, admin)
    taken(made, once="")
    with pytest.raises(DomainError, match="hand_over_taken"):
        taken(made, once="")


def test_access_that_was_ended_does_not_come_back(session: Session, admin: Account) -> None:
    made = offered(session, admin)
    access, _ = taken(made)
    factories.accesses.revoke(access=access, actor=actor(admin), now=NOW)
    with pytest.raises(DomainError, match="hand_over_taken"):
        taken(made)


def test_code_expires_after_five_minutes(session: Session, admin: Account) -> None:
    made = offered(session, admin)
    assert code(made, after=timedelta(minutes=5)) == "hand_over_expired"
    assert taken(made, after=timedelta(minutes=4, seconds=59))


def test_new_code_replaces_that_of_the_same_admin_alone(session: Session, admin: Account) -> None:
    colleague = factories.MembershipFactory(establishment=session.establishment).account
    old, other = offered(session, admin), offered(session, colleague)
    new = offered(session, admin)
    assert code(old) == "hand_over_unknown"
    assert find(new.token(), now=NOW)
    assert find(other.token(), now=NOW)


def test_closed_session_is_told(session: Session, admin: Account) -> None:
    made = offered(session, admin)
    closing.close_session(session_id=session.pk, actor=factories.PROCTOR, now=NOW)
    assert code(made) == "session_closed"
    with pytest.raises(DomainError, match="session_closed"):
        offered(session, admin)


def test_admin_who_lost_the_role_passes_nothing_on(session: Session, admin: Account) -> None:
    made = offered(session, admin)
    Membership.objects.filter(account=admin).delete()
    assert code(made) == "hand_over_expired"


def test_disconnecting_everybody_withdraws_what_is_open(session: Session, admin: Account) -> None:
    made = offered(session, admin)
    session.refresh_from_db()
    mark = password.mark_of(session)
    password.change_session_password(
        session_id=session.pk, mark=mark, keep=False, actor=actor(admin), now=NOW
    )
    assert code(made) == "hand_over_expired"


def test_account_required_is_vouched_for_by_the_admin(session: Session, admin: Account) -> None:
    session.establishment.account_required = True
    session.establishment.save()
    access, _ = taken(offered(session, admin))
    assert access.account is None


def test_colleague_who_is_signed_in_keeps_his_account(session: Session, admin: Account) -> None:
    colleague = factories.MembershipFactory(establishment=session.establishment).account
    access, _ = taken(offered(session, admin), name=colleague.name, account=colleague)
    assert (access.account, access.is_admin) == (colleague, True)


def test_replacement_ends_the_ticked_accesses_when_it_is_taken(session: Session, admin: Account) -> None:
    gone, _ = factories.enter_room(session, "Perrine Essai")
    stays, _ = factories.enter_room(session, "Luc Essai")
    strange, _ = factories.enter_room(factories.SessionFactory(), "Autre Essai")
    made = offered(session, admin, ends=[gone.pk, strange.pk])
    assert made.ends == [gone.pk]
    gone.refresh_from_db()
    assert gone.ended_at is None
    taken(made)
    for access in (gone, stays, strange):
        access.refresh_from_db()
    assert [one.ended_at is not None for one in (gone, stays, strange)] == [True, False, False]
    event = last_event(session)
    assert event.kind == EventKind.ACCESS_ENDED
    assert event.facts["name"] == "Perrine Essai"
    assert event.facts["actor"]["account"] == admin.pk
    assert_sound(session)


def test_proctor_passes_nothing_on(session: Session, proctor_account: Account) -> None:
    with pytest.raises(DomainError, match="not_allowed"):
        offer(session_id=session.pk, account=proctor_account, ends=[], actor=factories.PROCTOR, now=NOW)
    assert not Event.objects.exists()


@pytest.mark.parametrize("token", ["", "A" * 16, "é" * 16, "A" * 5000])
def test_made_up_codes_open_nothing(session: Session, admin: Account, token: str) -> None:
    offered(session, admin)
    with pytest.raises(DomainError, match="hand_over_unknown"):
        find(token, now=NOW)
