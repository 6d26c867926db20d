"""A class that guesses cannot get in, nor keep the proctor out (mechanics §8)."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from sessions_app.models import Account, Session
from sessions_app.selectors.kit import kit_mark
from tests import factories

NINE = datetime(2026, 3, 14, 9, tzinfo=UTC)
LOGIN = "/surveillance/"


@pytest.fixture
def clock_at_nine() -> "time_machine.Traveller":
    with time_machine.travel(NINE, tick=False) as travel:
        yield travel


def knock(client: Client, session: Session, password: str, **more: str) -> int:
    typed = {"number": str(session.number), "password": password, "name": "Perrine Essai", **more}
    # All behind the one address of the school: nothing may depend on it.
    return client.post(LOGIN, typed, REMOTE_ADDR="192.0.2.1").status_code


def attack(session: Session, travel: "time_machine.Traveller", seconds: int) -> list[int]:
    """Thirty-five pupils, each on a browser of his own, each guessing once a second."""
    answers = []
    for second in range(seconds):
        pupils = 35 if second < 3 else 2  # the pool is shut by then: two show it as well as thirty-five
        answers += [knock(Client(), session, "C-222222") for _ in range(pupils)]
        travel.shift(1)
    return answers


def test_a_class_of_attackers_is_slowed_to_a_trickle(
    session: Session, clock_at_nine: "time_machine.Traveller"
) -> None:
    answers = attack(session, clock_at_nine, 20)

    judged = answers.count(422)
    assert judged <= 5 + 5  # five free, then after 1, 2, 4, 8 seconds
    assert answers.count(429) == len(answers) - judged


def test_a_shut_pool_answers_a_right_password_as_a_wrong_one(
    session: Session, clock_at_nine: "time_machine.Traveller"
) -> None:
    attack(session, clock_at_nine, 20)
    pages = [
        Client().post(LOGIN, {"number": str(session.number), "password": password, "name": "X Y"})
        for password in ("C-222222", factories.PASSWORD)
    ]

    assert [page.status_code for page in pages] == [429, 429]
    said = [page.context["form"].non_field_errors() for page in pages]
    assert said[0] == said[1]
    assert all(int(page.headers["Retry-After"]) > 0 for page in pages)


def test_a_proctor_with_a_new_phone_and_the_kit_gets_in_under_attack(
    session: Session, clock_at_nine: "time_machine.Traveller"
) -> None:
    attack(session, clock_at_nine, 20)

    assert knock(Client(), session, factories.PASSWORD) == 429
    assert knock(Client(), session, factories.PASSWORD, kit=kit_mark(session)) == 303


def test_a_member_of_the_school_and_a_device_that_got_in_before_get_in_under_attack(
    session: Session, proctor_account: Account, other_admin: Account, clock_at_nine: "time_machine.Traveller"
) -> None:
    known = Client()
    assert knock(known, session, factories.PASSWORD) == 303
    other_room = factories.SessionFactory(establishment=session.establishment)
    attack(session, clock_at_nine, 20)
    attack(other_room, clock_at_nine, 20)
    member, stranger = Client(), Client()
    member.force_login(proctor_account)
    stranger.force_login(other_admin)

    assert knock(known, session, factories.PASSWORD) == 303
    assert knock(known, other_room, factories.PASSWORD) == 303  # the mark is the school's
    assert knock(member, session, factories.PASSWORD) == 303
    assert knock(stranger, other_room, factories.PASSWORD) == 429


def test_a_known_device_is_slowed_too_and_alone(
    session: Session, clock_at_nine: "time_machine.Traveller"
) -> None:
    known = Client()
    knock(known, session, factories.PASSWORD)

    answers = [knock(known, session, "C-222222") for _ in range(13)]

    assert answers == [422] * 11 + [429] * 2
    assert knock(Client(), session, factories.PASSWORD) == 303


@pytest.mark.parametrize("cookie", ["1.forged", "", "x", "1.a:b:c"])
def test_a_forged_device_mark_is_worth_nothing(
    session: Session, clock_at_nine: "time_machine.Traveller", cookie: str
) -> None:
    attack(session, clock_at_nine, 6)
    client = Client()
    client.cookies["appareil"] = cookie

    assert knock(client, session, factories.PASSWORD) == 429


def test_a_number_that_does_not_exist_waits_like_any_other(
    session: Session, clock_at_nine: "time_machine.Traveller"
) -> None:
    nowhere = Session(number=session.number + 1)

    assert [knock(Client(), nowhere, "C-222222") for _ in range(8)] == [422] * 6 + [429] * 2


def test_the_admin_sees_that_somebody_guesses(
    client: Client, session: Session, admin: Account, clock_at_nine: "time_machine.Traveller"
) -> None:
    client.force_login(admin)
    page = f"/etablissement/sessions/{session.number}/"
    knock(Client(), session, "C-222222")
    assert 'id="essais"' not in client.get(page).content.decode()  # people mistype

    attack(session, clock_at_nine, 20)

    assert 'id="essais"' in client.get(page).content.decode()


def test_a_pupil_who_finds_a_masked_tablet_is_slowed(
    session: Session, clock_at_nine: "time_machine.Traveller"
) -> None:
    tablet = Client()
    knock(tablet, session, factories.PASSWORD)
    tablet.post(f"/surveillance/{session.number}/masquer/")
    path = f"/surveillance/{session.number}/demasquer/"

    answers = [tablet.post(path, {"password": "C-222222"}).status_code for _ in range(12)]

    assert answers == [422] * 11 + [429]
