"""« Double authentification » (issue 7, ASVS 6.3.3)."""

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import TOTP

from pixsurv.kernel import clock
from sessions_app.models import Account, SecondFactor
from sessions_app.services import second_factor
from tests import factories

NINE = datetime(2026, 3, 14, 9, tzinfo=UTC)
ACCOUNT = "/etablissement/compte/"
SET_UP = f"{ACCOUNT}double-authentification/"
CODE = "/etablissement/code/"


@pytest.fixture
def at_nine() -> "time_machine.Traveller":
    with time_machine.travel(NINE, tick=False) as travel:
        yield travel


def shown(secret: str, *, steps: int = 0) -> str:
    """What the application displays now, or so many steps of 30 s later."""
    application = TOTP(base64.b32decode(secret), drift=steps)
    application.time = clock.now().timestamp()
    return f"{application.token():06}"


def protect(account: Account) -> tuple[str, list[str]]:
    """Secret and recovery codes of an account that has just set it up, one step ago."""
    secret = second_factor.begin(account)
    codes = second_factor.confirm(account=account, code=shown(secret, steps=-1), now=clock.now())
    return secret, codes


def give_password(account: Account, client: Client | None = None, **more: str) -> tuple[Client, Any]:
    client = client or Client()
    data = {"email": account.email, "password": factories.ACCOUNT_PASSWORD, **more}
    return client, client.post("/etablissement/", data)


def set_up(client: Client, code: str, password: str = factories.ACCOUNT_PASSWORD) -> Any:
    return client.post(SET_UP, {"code": code, "password": password})


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def test_set_up_shows_recovery_codes_once(admin: Account, client: Client, at_nine: object) -> None:
    client.force_login(admin)
    page = client.get(SET_UP).content.decode()
    key = re.search(r'class="adresse" translate="no">(.*?)</p>', page)
    assert key is not None
    secret = "".join(re.findall(r">([A-Z2-7]{1,4})<", key[1]))
    assert "<svg" in page
    assert not second_factor.has_second_factor(admin)

    answer = set_up(client, shown(secret)).content.decode()

    codes = re.findall(r"\b[a-z0-9]{6}-[a-z0-9]{6}\b", answer)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert second_factor.has_second_factor(admin)
    assert client.get(SET_UP).status_code == 409
    stored = SecondFactor.objects.get()
    assert secret not in stored.sealed_secret
    assert not set(codes) & set(stored.recovery)


def test_a_wrong_first_code_changes_nothing(admin: Account, client: Client, at_nine: object) -> None:
    client.force_login(admin)
    client.get(SET_UP)

    assert set_up(client, "000000").status_code == 422

    assert not second_factor.has_second_factor(admin)


def test_an_open_session_alone_sets_nothing_up(admin: Account, client: Client, at_nine: object) -> None:
    client.force_login(admin)
    code = shown(second_factor.begin(admin))

    assert "n’est pas le bon" in set_up(client, code, "not the owner's").content.decode()
    assert client.post(SET_UP, {"code": code}).status_code == 422
    assert not second_factor.has_second_factor(admin)

    admin.set_unusable_password()  # a provider signs him in: there is none to ask for
    admin.save()
    client.force_login(admin)
    assert client.post(SET_UP, {"code": code}).status_code == 200
    assert second_factor.has_second_factor(admin)


def test_password_alone_opens_nothing(admin: Account, at_nine: object) -> None:
    protect(admin)

    client, answer = give_password(admin)

    assert answer["Location"] == CODE
    assert not is_in(client)
    assert client.post(CODE, {"code": "000000"}).status_code == 422
    assert not is_in(client)


def test_code_of_the_application_opens_and_leads_where_one_was_going(admin: Account, at_nine: object) -> None:
    secret, _ = protect(admin)
    client, _ = give_password(admin, next="/etablissement/equipe/")

    answer = client.post(CODE, {"code": f" {shown(secret)[:3]} {shown(secret)[3:]} "})

    assert answer["Location"] == "/etablissement/equipe/"
    assert is_in(client)


def test_a_code_serves_once(admin: Account, at_nine: object) -> None:
    secret, _ = protect(admin)
    code = shown(secret)
    first, _ = give_password(admin)
    over_the_shoulder, _ = give_password(admin)

    first.post(CODE, {"code": code})

    assert over_the_shoulder.post(CODE, {"code": code}).status_code == 422
    assert not is_in(over_the_shoulder)


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_a_little_off(
    admin: Account, at_nine: "time_machine.Traveller", steps: int, opens: bool
) -> None:
    secret, _ = protect(admin)
    at_nine.shift(timedelta(minutes=10))
    client, _ = give_password(admin)

    client.post(CODE, {"code": shown(secret, steps=steps)})

    assert is_in(client) is opens


def test_a_recovery_code_serves_once(admin: Account, at_nine: object) -> None:
    _, codes = protect(admin)

    for typed, opens in ((codes[0].upper().replace("-", " "), True), (codes[0], False), (codes[1], True)):
        client, _ = give_password(admin)
        client.post(CODE, {"code": typed})
        assert is_in(client) is opens

    assert len(SecondFactor.objects.get().recovery) == second_factor.RECOVERY_CODES - 2


def test_guessing_the_code_is_slowed(admin: Account, at_nine: object) -> None:
    secret, _ = protect(admin)
    client, _ = give_password(admin)

    answers = [client.post(CODE, {"code": f"{n:06}"}).status_code for n in range(7)]

    assert answers == [422] * 6 + [429]
    assert client.post(CODE, {"code": shown(secret)}).status_code == 429


def test_half_way_lasts_ten_minutes_and_needs_a_password(
    admin: Account, at_nine: "time_machine.Traveller"
) -> None:
    secret, _ = protect(admin)
    client, _ = give_password(admin)
    at_nine.shift(timedelta(minutes=11))

    assert client.post(CODE, {"code": shown(secret)})["Location"] == "/etablissement/"
    assert Client().get(CODE)["Location"] == "/etablissement/"
    assert not is_in(client)


def test_removing_it_asks_the_password(admin: Account, client: Client, at_nine: object) -> None:
    protect(admin)
    client.force_login(admin)
    path = f"{SET_UP}retirer/"

    assert client.post(path, {"password": "not mine at all"}).status_code == 422
    assert second_factor.has_second_factor(admin)
    assert client.post(path, {"password": factories.ACCOUNT_PASSWORD}).status_code == 303

    assert not second_factor.has_second_factor(admin)


@pytest.mark.parametrize("recovery", [False, True])
def test_who_has_no_password_removes_it_with_a_code(
    admin: Account, client: Client, at_nine: object, recovery: bool
) -> None:
    """A provider signs him in."""
    secret, codes = protect(admin)
    admin.set_unusable_password()
    admin.save()
    client.force_login(admin)
    path = f"{SET_UP}retirer/"

    assert 'name="code"' in client.get(path).content.decode()
    for wrong in ({"password": "anything"}, {"code": "anything"}, {"code": "000000"}):
        assert client.post(path, wrong).status_code == 422
    assert second_factor.has_second_factor(admin)
    assert client.post(path, {"code": codes[0] if recovery else shown(secret)}).status_code == 303

    assert not second_factor.has_second_factor(admin)


@pytest.mark.parametrize("policy", ["optional", "required"])
def test_removing_what_the_operator_requires_leaves_nothing_else_open(
    admin: Account, settings: Any, at_nine: object, policy: str
) -> None:
    settings.SECOND_FACTOR = policy
    secret, codes = protect(admin)
    other, _ = give_password(admin)
    other.post(CODE, {"code": codes[0]})
    client, _ = give_password(admin)
    client.post(CODE, {"code": shown(secret)})

    client.post(f"{SET_UP}retirer/", {"password": factories.ACCOUNT_PASSWORD})

    assert is_in(client) is is_in(other) is (policy == "optional")
    if policy == "required":
        assert client.get(ACCOUNT)["Location"] == SET_UP


@pytest.mark.parametrize(
    ("who", "held"), [("admin", True), ("secretariat", True), ("proctor_account", False)]
)
def test_an_operator_may_require_it_of_who_reads_files(
    request: pytest.FixtureRequest, settings: Any, at_nine: object, who: str, held: bool
) -> None:
    settings.SECOND_FACTOR = "required"
    account: Account = request.getfixturevalue(who)
    client, _ = give_password(account)

    answer = client.get(ACCOUNT)

    if not held:
        assert answer.status_code == 200
        return
    assert answer["Location"] == SET_UP
    secret = second_factor.begin(account)
    set_up(client, shown(secret))
    assert is_in(client)


def test_command_removes_it_for_who_lost_everything(admin: Account, at_nine: object) -> None:
    protect(admin)

    call_command("reset_second_factor", admin.email.upper())

    assert not second_factor.has_second_factor(admin)
    for email in (admin.email, "nobody@essai.example"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", email)
