"""What every answer carries, to whomever, whatever its status (quality §3); and no page that fetches elsewhere."""

import re
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import lxml.html
import pytest
from django.test import Client

from tests.everywhere import cast
from tests.everywhere.asking import Answer, ask
from tests.everywhere.rows import IN, Row
from tests.everywhere.table import ROWS
from tests.everywhere.test_access import name_of
from tests.everywhere.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# Typed from quality.md §3.
CSP = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "manifest-src 'self'",
}  # fmt: skip
SAME_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Pixsurv": "1",
}
SHUT = {"microphone=()", "geolocation=()", "payment=()", "usb=()"}
# A browser may keep these, and asks each time whether they are still good.
ASKED_AGAIN = {"establishment:logo", "establishment:feed"}
INLINE = re.compile(rb"<style|\sstyle=|\son\w+=|hx-on|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)
LOADED = (
    "//*[@src]/@src | //link/@href | //form/@action | //@formaction | //@hx-get | //@hx-post | //@poster | //@srcset"
    " | //object/@data | //use/@href"
)


def require_headers(row: str, answer: Answer) -> None:
    headers = answer.response.headers
    assert set(headers["Content-Security-Policy"].split("; ")) == CSP
    for name, value in SAME_EVERYWHERE.items():
        assert headers[name] == value, name
    assert set(headers["Permissions-Policy"].split(", ")) >= SHUT
    assert "HX-Request" in headers["Vary"]
    kept = row in ASKED_AGAIN and answer.status in {200, 304}
    assert headers["Cache-Control"] == ("private, no-cache" if kept else "no-store")
    assert not {"Server", "X-Powered-By"} & set(headers)
    require_cookies(answer.response.cookies)


def require_cookies(cookies: "SimpleCookie") -> None:
    for name, one in cookies.items():
        deleted = one["max-age"] == 0
        assert one["samesite"] == "Lax", name
        assert one["httponly"] or deleted, name
        assert one["path"] == "/" and not one["domain"], name


def require_nothing_from_elsewhere(answer: Answer) -> None:
    """No address of another host in anything that a browser fetches or sends to; no script or style in the page."""
    if (
        not answer.response.headers.get("Content-Type", "").startswith("text/html")
        or not answer.content.strip()
    ):
        return
    found = INLINE.search(answer.content)
    assert not found, answer.content[found.start() - 60 : found.end() + 60]
    root = lxml.html.document_fromstring(answer.content.decode())
    foreign = [
        one for one in root.xpath(LOADED) if urlsplit(one).netloc or urlsplit(one).scheme not in {"", "data"}
    ]
    assert not foreign


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_every_answer_carries_the_headers(world: World, browsers: dict[str, Client], row: Row) -> None:
    """To who may, to a stranger, to who is refused; as a page, as a fragment, by a method that is not taken."""
    inside = next((one for one in reversed(cast.CAST) if row.who[one] == IN), cast.ADMIN)
    refused = next((one for one in reversed(cast.CAST) if row.who[one] != IN), cast.STRANGER)
    for member in dict.fromkeys((inside, cast.STRANGER, refused)):
        for method in dict.fromkeys((*row.methods, "DELETE")):
            for fragment in ({}, {"HX-Request": "true"}) if member == inside else ({},):
                answer = ask(browsers[member], method, row.address(world), row.data(world), **fragment)
                require_headers(row.name, answer)
                require_nothing_from_elsewhere(answer)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if "POST" in row.methods and IN in row.who.values()], ids=name_of
)
def test_every_post_needs_the_token_of_a_page(world: World, browsers: dict[str, Client], row: Row) -> None:
    """Another site can send a form with the cookies of who is signed in; it cannot read our pages.

    The API alone takes none: its bearer is no cookie.
    """
    inside = next(one for one in reversed(cast.CAST) if row.who[one] == IN)
    browser = Client(enforce_csrf_checks=True, headers=cast.headers_of(world, inside))
    for name, value in cast.cookies_of(browsers[inside]).items():
        browser.cookies[name] = value
    answer = ask(browser, "POST", row.address(world), row.data(world))
    if row.name.startswith("api:"):
        assert answer.outcome == IN
        assert not answer.response.cookies
        return
    assert answer.status == 403
    assert "restée ouverte trop longtemps" in answer.content.decode()
    assert not answer.written
    require_headers(row.name, answer)
    require_nothing_from_elsewhere(answer)
