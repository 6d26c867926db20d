"""The helper that judges answers must itself be able to say no."""

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tests.htmx import Page, accessible_name, by_id, check, differences, fields_of, fragment, parse

CONFIG = """{"responseHandling": [{"code": "204", "swap": false}, {"code": "2..", "swap": true},
 {"code": "409", "swap": true}, {"code": "[45]..", "swap": false}]}"""
PAGE = f"""<!doctype html><html><head><meta name="htmx-config" content='{CONFIG}'></head><body>
<p id="count">1 row</p>
<ol id="list"><li id="one">One <b>a</b></li></ol>
<form id="form" method="post" action="/act/" hx-post="/act/" hx-target="this" hx-swap="none">
<input type="hidden" name="once" value="r4nd0m"><input type="checkbox" id="box" name="present" value="1">
<label for="box">Present</label><button name="say" value="yes">Say<span> it</span></button></form>
<div id="veille" hx-get="/news/?v=1.1" hx-target="this" hx-swap="outerHTML" data-v="1.1">w</div>
<div id="dialogue"></div></body></html>"""

answers: dict[str, HttpResponse] = {}


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


def act(request: HttpRequest) -> HttpResponse:
    return answers["act"]


urlpatterns = [path("", page), path("act/", act), path("news/", act)]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def _public(settings: object) -> Iterator[None]:
    settings.MIDDLEWARE = []  # type: ignore[attr-defined]
    yield
    answers.clear()


@pytest.fixture
def opened() -> Page:
    return Page(Client(), "/")


def answered(text: str, status: int = 200, **headers: str) -> HttpResponse:
    answers["act"] = HttpResponse(
        text, status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    return answers["act"]


def test_a_right_answer_equals_the_reload(opened: Page) -> None:
    answered(
        '<li id="one" hx-swap-oob="true">One  <b>a</b></li><div hx-swap-oob="innerHTML:#dialogue"></div>'
    )
    opened.press("Say it")
    opened.assert_like_reload()


@pytest.mark.parametrize(
    "broken",
    [
        '<li id="one" hx-swap-oob="true">Two <b>a</b></li>',
        '<li id="one" hx-swap-oob="true" class="new">One <b>a</b></li>',
        '<li id="one" hx-swap-oob="true">One <b>a</b> more</li>',
        '<li id="one" hx-swap-oob="true">One</li>',
        '<div hx-swap-oob="innerHTML:#dialogue"><p>left open</p></div>',
        '<ol id="list" hx-swap-oob="true"><li id="one">One <b>a</b></li><li id="two">Two</li></ol>',
    ],
)
def test_an_answer_that_shows_something_else_is_found(opened: Page, broken: str) -> None:
    answered(broken)
    opened.press("Say it")
    with pytest.raises(AssertionError, match="a reload shows something else"):
        opened.assert_like_reload()


def test_an_answer_that_says_too_little_is_found(opened: Page) -> None:
    opened.get("count").text = "2 rows"  # as if the page had been there before
    answered('<li id="one" hx-swap-oob="true">One <b>a</b></li>')
    opened.press("Say it")
    with pytest.raises(AssertionError, match="2 rows"):
        opened.assert_like_reload()


def test_a_part_without_a_place_is_found(opened: Page) -> None:
    answered('<li id="nine" hx-swap-oob="true">Nine</li>')
    with pytest.raises(AssertionError, match="nothing has the id nine"):
        opened.press("Say it")


def test_a_part_that_is_thrown_away_is_found(opened: Page) -> None:
    answered('<li id="one">One</li>')
    with pytest.raises(AssertionError, match="thrown away"):
        opened.press("Say it")


def test_an_id_that_comes_twice_is_found(opened: Page) -> None:
    answered('<div id="veille" data-v="1.2"></div><p id="count">1 row</p>')
    with pytest.raises(AssertionError, match="twice in the page"):
        opened.poll()


def test_what_asks_vanishes_when_its_answer_is_empty(opened: Page) -> None:
    answered("")
    opened.poll()
    assert opened.find("veille") is None


def test_reswap_keeps_what_asks(opened: Page) -> None:
    answered('<p id="count" hx-swap-oob="true">none</p>', HX_Reswap="none")
    opened.poll()
    assert opened.find("veille") is not None
    assert opened.text("count") == "none"


def test_a_status_that_is_not_swapped_leaves_the_page(opened: Page) -> None:
    answered('<p id="count" hx-swap-oob="true">none</p>', status=500)
    opened.press("Say it")
    opened.assert_like_reload()


def test_a_refusal_is_swapped_as_the_page_says(opened: Page) -> None:
    answered('<p id="count" hx-swap-oob="true">none</p>', status=409)
    opened.press("Say it")
    assert opened.text("count") == "none"


def test_redirect_leaves_the_page_alone(opened: Page) -> None:
    answered('<p id="count" hx-swap-oob="true">none</p>', HX_Redirect="/elsewhere/")
    opened.press("Say it")
    assert opened.left_for == "/elsewhere/"
    assert opened.text("count") == "1 row"


def test_what_is_volatile_does_not_count() -> None:
    other = PAGE.replace("r4nd0m", "0th3r").replace("v=1.1", "v=2.7").replace('data-v="1.1"', 'data-v="2.7"')
    assert differences(parse(PAGE), parse(other)) == ""


@pytest.mark.parametrize(
    ("before", "after"), [("1 row", "2 rows"), ('id="list"', 'id="liste"'), ("/news/", "/old/")]
)
def test_all_else_counts(before: str, after: str) -> None:
    assert differences(parse(PAGE), parse(PAGE.replace(before, after)))


def test_left_out_parts_do_not_count() -> None:
    other = parse(PAGE.replace("One", "Two"))
    assert differences(parse(PAGE), other, leaving_out=("list",)) == ""


def test_a_form_sends_what_a_browser_would() -> None:
    form = by_id(parse(PAGE), "form")
    assert form is not None
    assert fields_of(form) == [("once", "r4nd0m")]
    check(form.xpath(".//input[@type='checkbox']")[0])
    assert fields_of(form) == [("once", "r4nd0m"), ("present", "1")]


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<button>Say<span class='vh'> it</span></button>", "Say it"),
        ("<button><svg><title>no</title></svg> Say <i aria-hidden='true'>no</i></button>", "Say"),
        ("<button aria-label='Close'>x</button>", "Close"),
        ("<label>Present <input></label>", "Present"),
        ("<input id='a'><label for='a'>Present</label>", "Present"),
    ],
)
def test_accessible_names(html: str, name: str) -> None:
    parts = fragment(html)
    assert accessible_name(parts.xpath("descendant-or-self::*[self::button or self::input]")[0]) == name
