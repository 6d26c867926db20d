"""One request of one member, of which nothing is left but the answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from tests.everywhere.rows import FORBIDDEN, IN, LOGIN, UNKNOWN

NOT_ALLOWED = "405"
FORM = "application/x-www-form-urlencoded"
# What asking itself writes: the browser's session, and who was seen when.
ASIDE = ("django_session", "sessions_app_signin")


@dataclass
class Answer:
    """`written`: the statements that changed something while it was asked for."""

    response: HttpResponse
    content: bytes
    written: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "")

    @property
    def asks_who(self) -> bool:
        """401, or the way to one of the three doors, or back to the page that leads there."""
        return self.status == 401 or (
            (
                self.status == 302
                and (
                    "?next=" in self.location or "?numero=" in self.location or self.location.endswith("/pv/")
                )
            )
            or (self.status == 303 and self.location == "/candidat/")
        )

    @property
    def outcome(self) -> str:
        assert self.status < 500, self.content[:500]
        refusals = {403: FORBIDDEN, 404: UNKNOWN, 405: NOT_ALLOWED}
        return LOGIN if self.asks_who else refusals.get(self.status, IN)


def ask(browser: Client, method: str, address: str, data: Any = None, **headers: str) -> Answer:
    """What it wrote is taken back, and the browser keeps the cookies that it had."""
    kept = {name: one.value for name, one in browser.cookies.items()}
    body = urlencode(data or {}) if method != "GET" else ""
    with taken_back(), watched() as written:
        response: Any = browser.generic(method, address, body, FORM, headers=headers)
        content = b"".join(response.streaming_content) if response.streaming else response.content
    browser.cookies.clear()
    for name, value in kept.items():
        browser.cookies[name] = value
    return Answer(response, content, written)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def watched() -> Iterator[list[str]]:
    found: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and not any(table in sql for table in ASIDE):
            found.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield found
