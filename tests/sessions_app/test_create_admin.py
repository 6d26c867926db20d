"""`manage.py create_admin`: the first administrator of a school (P1)."""

from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from pixsurv.kernel.errors import DomainError
from sessions_app.enums import Role
from sessions_app.models import Account, Establishment, Membership
from sessions_app.services.people import make_admin
from tests import factories

GOOD = "une phrase que rien ne devine"
WHO = {"email": "Chef@Exemple.fr", "name": "Camille Chef", "establishment": "Collège Neuf"}


@pytest.fixture(autouse=True)
def _password(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIXSURV_ADMIN_PASSWORD", GOOD)


def run(**options: Any) -> str:
    out = StringIO()
    call_command("create_admin", stdout=out, **{"no_input": True, **WHO, **options})
    return out.getvalue().replace("\u00a0", " ")


def test_create_admin_makes_account_school_and_role() -> None:
    said = run(time_zone="Indian/Reunion")
    account = Account.objects.get()
    assert (account.email, account.name) == ("chef@exemple.fr", "Camille Chef")
    assert account.check_password(GOOD)
    membership = Membership.objects.get(account=account, role=Role.ADMIN)
    assert membership.establishment.name == "Collège Neuf"
    assert membership.establishment.time_zone == "Indian/Reunion"
    assert not membership.establishment.is_demo
    assert "Compte chef@exemple.fr : créé." in said


def test_create_admin_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    monkeypatch.setenv("PIXSURV_ADMIN_PASSWORD", "une tout autre phrase")
    said = run(establishment="collège neuf", name="Autre Nom", time_zone="Indian/Reunion")
    assert (Account.objects.count(), Establishment.objects.count(), Membership.objects.count()) == (1, 1, 1)
    assert Account.objects.get().check_password(GOOD)
    assert Account.objects.get().name == "Camille Chef"
    assert "déjà là" in said
    assert "reste Europe/Paris" in said


def test_create_admin_extends_an_account_to_a_second_school_and_role() -> None:
    account = factories.MembershipFactory(role=Role.PROCTOR, account__email="chef@exemple.fr").account
    said = run()
    assert set(account.memberships.values_list("role", flat=True)) == {Role.PROCTOR, Role.ADMIN}
    assert account.check_password(factories.ACCOUNT_PASSWORD)
    assert "son mot de passe n’ont pas changé" in said


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("court-mais42", None),
        ("trop-court", "12"),
        ("1234567890123", "numérique|courant"),
        ("chef@exemple", "semblable|ressemble|proche"),
    ],
)
def test_create_admin_wants_a_password_that_is_hard_to_guess(
    monkeypatch: pytest.MonkeyPatch, password: str, why: str | None
) -> None:
    monkeypatch.setenv("PIXSURV_ADMIN_PASSWORD", password)
    if why is None:
        run()
        return
    with pytest.raises(CommandError, match=why):
        run()
    assert not Account.objects.exists()
    assert not Establishment.objects.exists()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"email": "pas une adresse"}, "adresse"),
        ({"email": ""}, "--email"),
        ({"name": ""}, "--name"),
        ({"establishment": ""}, "--establishment"),
        ({"establishment": "Nom\x07"}, "caractère interdit"),
        ({"time_zone": "Lune/Mer"}, "fuseau"),
        ({"password_file": "/nulle/part"}, "ne se lit pas"),
    ],
)
def test_create_admin_says_what_is_wrong_and_makes_nothing(options: dict[str, Any], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        run(**options)
    assert not Account.objects.exists()
    assert not Establishment.objects.exists()


def test_create_admin_without_terminal_or_password_names_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIXSURV_ADMIN_PASSWORD")
    with pytest.raises(CommandError, match="PIXSURV_ADMIN_PASSWORD"):
        run()
    with patch("sys.stdin.isatty", return_value=False), pytest.raises(CommandError, match="--password-file"):
        run(no_input=False)


def test_create_admin_reads_the_first_line_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{GOOD} du fichier\r\nrien d’autre\n", encoding="utf-8")
    run(password_file=str(file))
    assert Account.objects.get().check_password(f"{GOOD} du fichier")


@pytest.mark.parametrize("second", [GOOD, "pas pareil"])
def test_create_admin_asks_what_is_missing(second: str) -> None:
    answers = iter(["chef@exemple.fr", "Camille Chef", "Collège Neuf"])
    asked = {"no_input": False, "email": "", "name": "", "establishment": ""}
    with (
        patch("sys.stdin.isatty", return_value=True),
        patch("builtins.input", lambda _: next(answers)),
        patch("getpass.getpass", side_effect=[GOOD, second]),
    ):
        if second == GOOD:
            run(**asked)
            assert Account.objects.get().check_password(GOOD)
        else:
            with pytest.raises(CommandError, match="différents"):
                run(**asked)
            assert not Account.objects.exists()


def test_create_admin_leaves_an_account_that_was_switched_off_alone() -> None:
    Account.objects.filter(pk=factories.AccountFactory(email="chef@exemple.fr").pk).update(is_active=False)
    with pytest.raises(CommandError, match="désactivé"):
        run()
    assert not Establishment.objects.exists()


def test_create_admin_cannot_choose_between_two_schools_of_one_name() -> None:
    factories.EstablishmentFactory.create_batch(2, name="Collège Neuf")
    with pytest.raises(CommandError, match="Plusieurs"):
        run()
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"password": None}, "password_missing"),
        ({"password": ""}, "password_missing"),
        ({"name": "  "}, "invalid"),
        ({"establishment_name": " "}, "invalid"),
        ({"establishment_name": "x" * 201}, "invalid"),
    ],
)
def test_make_admin_refuses_what_is_incomplete(values: dict[str, Any], code: str) -> None:
    good = {
        "email": "a@exemple.fr",
        "name": "A",
        "password": GOOD,
        "establishment_name": "E",
        "time_zone": None,
    }
    with pytest.raises(DomainError) as refused:
        make_admin(**{**good, **values})
    assert refused.value.code == code
    assert not Account.objects.exists()
    assert not Establishment.objects.exists()
