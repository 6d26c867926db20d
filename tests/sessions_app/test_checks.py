"""A demonstration must not be open to the world by mistake (mechanics §16)."""

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from tests import factories


def check() -> None:
    call_command("check", tags=["database"], databases=["default"])


@pytest.fixture
def demo(db: None) -> None:
    factories.MembershipFactory(establishment__is_demo=True)


def test_demonstration_accounts_behind_https_are_an_error(demo: None, settings: Any) -> None:
    settings.HTTPS = True
    with pytest.raises(SystemCheckError, match=r"sessions_app\.E001"):
        check()


@pytest.mark.parametrize(("https", "meant"), [(False, False), (True, True)])
def test_demonstration_accounts_are_no_error_elsewhere(
    demo: None, settings: Any, https: bool, meant: bool
) -> None:
    settings.HTTPS, settings.DEMO = https, meant
    check()


def test_real_accounts_behind_https_are_no_error(db: None, settings: Any) -> None:
    settings.HTTPS = True
    factories.MembershipFactory()
    check()


def test_check_without_database_asks_nothing(demo: None, settings: Any) -> None:
    settings.HTTPS = True
    assert "sessions_app.E001" not in [message.id for message in run_checks()]


@pytest.mark.postgres
def test_database_where_a_lock_is_awaited_for_ever_is_an_error(db: None) -> None:
    check()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
    with pytest.raises(SystemCheckError, match=r"sessions_app\.E002"):
        check()
