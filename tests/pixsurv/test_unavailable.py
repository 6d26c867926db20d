"""A database that is away, busy or full: said with 503 and when to ask again, by any page (quality §2)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError
from django.test import Client

from pixsurv.kernel.errors import Busy
from proctoring.room import visit
from proctoring.services import access as accesses
from sessions_app.models import Session
from tests import factories

ROOM = "/surveillance/123456/"

type Fail = Callable[[Exception], None]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies["salle-123456"] = "x" * 43
    return client


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Fail:
    def fails(error: Exception) -> None:
        def find_access(**_: object) -> None:
            raise error

        monkeypatch.setattr(visit, "find_access", find_access)

    return fails


@pytest.mark.parametrize("error", [OperationalError("connection refused"), InterfaceError("closed")])
def test_page_says_that_the_database_is_away(browser: Client, fail: Fail, error: Exception) -> None:
    fail(error)
    response = browser.get(ROOM)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "La base de données ne répond pas" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_page_says_that_it_is_busy(browser: Client, fail: Fail) -> None:
    fail(Busy())
    response = browser.get(ROOM)
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert "très sollicité" in response.content.decode()


def test_gesture_is_told_and_what_asked_stays(browser: Client, fail: Fail) -> None:
    fail(OperationalError("connection refused"))
    response = browser.post(f"{ROOM}fins/", headers={"HX-Request": "true"})
    assert (response.status_code, response["Retry-After"], response["HX-Reswap"]) == (503, "5", "none")
    assert 'hx-swap-oob="beforeend:#annonces"' in response.content.decode()
    assert "il ne comptera qu’une fois" in response.content.decode()


def test_refresh_is_refused_without_a_word(browser: Client, fail: Fail) -> None:
    """Every three seconds: the age of the list says it already."""
    fail(OperationalError("connection refused"))
    response = browser.get(f"{ROOM}etat/", headers={"HX-Request": "true"})
    assert (response.status_code, response["Retry-After"], response.content) == (503, "5", b"")


@pytest.mark.parametrize("error", [ZeroDivisionError(), ImproperlyConfigured()])
def test_defect_stays_a_defect(browser: Client, fail: Fail, error: Exception) -> None:
    fail(error)
    response = browser.get(ROOM)
    assert response.status_code == 500
    assert "Pixsurv a rencontré une erreur" in response.content.decode()


@pytest.mark.django_db
def test_room_is_read_where_nothing_can_be_written(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk: neither who watches nor what fell due is written, and the list is still there."""
    access, token = factories.enter_room(session)
    access.last_seen_at -= accesses.rules.SEEN_EVERY
    access.save()
    Session.objects.filter(pk=session.pk).update(next_due_at=session.starts_at)

    def full(*_: Any, **__: Any) -> None:
        error = OperationalError("database or disk is full")
        error.__cause__ = type("Cause", (Exception,), {"sqlite_errorname": "SQLITE_FULL"})()
        raise error

    monkeypatch.setattr("django.db.models.query.QuerySet.update", full)
    monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", full)
    client = Client()
    client.cookies[f"salle-{session.number}"] = token
    assert client.get(f"/surveillance/{session.number}/").status_code == 200
