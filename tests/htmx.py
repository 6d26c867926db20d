"""What a browser makes of our answers: with htmx, which applies them to the page it has, and without.

The promise to hold (architecture §3): an answer applied to the page equals the page loaded again. Whoever breaks it
shows one thing to the proctor who acted and another to the one who reloads.
"""

import difflib
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import lxml.html
import pytest
from django.http import HttpResponse
from django.test import Client
from lxml.html import HtmlElement

from tests.made_rows import make_rows

# The same act, through htmx and by the page's own forms: what it asks of the database is the same.
both_ways = pytest.mark.parametrize(
    "scripts", [True, pytest.param(False, marks=pytest.mark.any_database)], ids=["scripts", "plain"]
)

# Told apart by the reload alone: they say when the page was made, and for whom (queue.js), not what it shows.
VOLATILE_ATTRIBUTES = {
    "data-acces",
    "data-v",
    "data-a",
    "data-a-traiter",
    "data-reste",
    "hx-headers",
    "hx-swap-oob",
}
VOLATILE_FIELDS = {"csrfmiddlewaretoken", "once"}
VOLATILE_TEXTS = {"heure", "fraicheur"}  # by id: the clock, and how old the news is
REFRESH_VERSION = re.compile(r"([?&]v=)[\d.]+")
MOST_REDIRECTS = 5


def parse(html: str | bytes) -> HtmlElement:
    """A whole page."""
    text = html.decode() if isinstance(html, bytes) else html
    return lxml.html.document_fromstring(text, ensure_head_body=True)


def fragment(html: str | bytes) -> HtmlElement:
    """The parts of a fragment, under an element of their own."""
    text = html.decode() if isinstance(html, bytes) else html
    return lxml.html.fragment_fromstring(text, create_parent="div")


def by_id(root: HtmlElement, name: str) -> HtmlElement | None:
    """The one element of that id."""
    found = root.xpath("descendant-or-self::*[@id=$name]", name=name)
    assert len(found) < 2, f"{len(found)} elements have the id {name}"
    return found[0] if found else None


def words(element: HtmlElement) -> str:
    """What is read: the text, without what is hidden from everybody or from a screen reader."""
    return " ".join("".join(_read(element)).split())


def _read(element: HtmlElement) -> Iterator[str]:
    if element.get("aria-hidden") == "true" or element.get("hidden") is not None:
        return
    if not isinstance(element.tag, str) or element.tag in {"script", "style", "template", "svg"}:
        return
    yield element.text or ""
    for child in element:
        yield from _read(child)
        yield child.tail or ""
    if element.tag in {"p", "div", "li", "h1", "h2", "h3", "br", "button"}:
        yield " "


def accessible_name(element: HtmlElement) -> str:
    """How assistive technology, and so a test, calls a control."""
    if label := element.get("aria-label"):
        return label
    root = element.getroottree().getroot()
    if labelled := element.get("aria-labelledby"):
        parts = [by_id(root, one) for one in labelled.split()]
        return " ".join(words(part) for part in parts if part is not None)
    if element.tag in {"input", "select", "textarea"} and element.get("type") not in {"submit", "button"}:
        around = element.xpath("ancestor::label[1]")
        named = root.xpath("//label[@for=$name]", name=element.get("id")) if element.get("id") else []
        return words((around or named)[0]) if around or named else element.get("placeholder", "")
    return words(element)


def outline(element: HtmlElement, *, leaving_out: tuple[str, ...] = (), depth: int = 0) -> Iterator[str]:
    """One line an element or text, attributes in order, without what is volatile: two equal pages give equal lines."""
    if not isinstance(element.tag, str):
        return
    identifier = element.get("id", "")
    if identifier and identifier in leaving_out:
        yield f"{'  ' * depth}<{element.tag} #{identifier}> (left out)"
        return
    attributes = " ".join(
        f"{name}={_attribute(element, name)!r}" for name in sorted(element.attrib) if _counts(element, name)
    )
    yield f"{'  ' * depth}<{element.tag} {attributes}>"
    if identifier in VOLATILE_TEXTS:
        return
    yield from _text(element.text, depth + 1)
    for child in element:
        yield from outline(child, leaving_out=leaving_out, depth=depth + 1)
        yield from _text(child.tail, depth + 1)


def _counts(element: HtmlElement, name: str) -> bool:
    if name in VOLATILE_ATTRIBUTES:
        return False
    return not (name == "value" and element.get("name") in VOLATILE_FIELDS)


def _attribute(element: HtmlElement, name: str) -> str:
    return " ".join(REFRESH_VERSION.sub(r"\1…", element.get(name, "")).split())


def _text(text: str | None, depth: int) -> Iterator[str]:
    if collapsed := " ".join((text or "").split()):
        yield f"{'  ' * depth}{collapsed}"


def differences(one: HtmlElement, other: HtmlElement, *, leaving_out: tuple[str, ...] = ()) -> str:
    """Empty when both bodies are the same page; otherwise what differs, to be read by a person."""
    first, second = (list(outline(page.find("body"), leaving_out=leaving_out)) for page in (one, other))
    return "\n".join(difflib.unified_diff(first, second, "applied", "loaded again", lineterm="", n=2))


class Page:
    """A page in a browser. With `scripts`, htmx sends and applies; without, forms and links lead to other pages."""

    def __init__(self, client: Client, url: str, *, scripts: bool = True) -> None:
        self.client = client
        self.scripts = scripts
        self.left_for = ""  # where htmx was told to go (HX-Redirect)
        self.response: Any = self._go(url)

    # ---- looking ----
    def find(self, name: str) -> HtmlElement | None:
        """By id."""
        return by_id(self.root, name)

    def get(self, name: str) -> HtmlElement:
        """By id; it must be there."""
        found = self.find(name)
        assert found is not None, f"nothing has the id {name}"
        return found

    def text(self, name: str = "") -> str:
        """What is read, of the whole or of one element."""
        return words(self.get(name) if name else self.root.find("body"))

    def controls(self, name: str) -> list[HtmlElement]:
        """Buttons and links of that accessible name. Those of <noscript> are there only without scripts."""
        return [one for one in self._all_controls() if accessible_name(one) == name]

    def names(self) -> list[str]:
        """Accessible names of all buttons and links."""
        return [accessible_name(one) for one in self._all_controls()]

    def _all_controls(self) -> list[HtmlElement]:
        found = self.root.xpath("(//button | //a[@href] | //input[@type='submit'])[not(ancestor::template)]")
        return [one for one in found if self._exists(one)]

    def box(self, name: str) -> HtmlElement:
        """The check-box of that accessible name."""
        found = [one for one in self.root.xpath("//input[@type='checkbox']") if accessible_name(one) == name]
        assert len(found) == 1, f"{len(found)} check-boxes are named {name!r}"
        return found[0]

    def _exists(self, control: HtmlElement) -> bool:
        # What a script alone can serve is hidden until that script shows it.
        return control.get("hidden") is None and not (self.scripts and control.xpath("ancestor::noscript"))

    # ---- acting ----
    def press(self, name: str) -> HttpResponse:
        """Press the button, or follow the link, of that name. Two of one name must do the same.

        Without scripts a gesture of a row's menu is on the page of its candidate.
        """
        found = self.controls(name)
        if not found and not self.scripts and self._opens_the_page_of_a_row(name):
            if name.startswith("Détail et autres gestes"):  # it is that page
                return self.response  # type: ignore[no-any-return]
            found = self.controls(name)
        assert found, f"no control is named {name!r}; there are {self.names()}"
        ways = {self._leads_to(one) for one in found}
        assert len(ways) == 1, f"controls named {name!r} do different things: {ways}"
        control = found[0]
        if control.tag == "a":
            return self._ask(control, "get", control.get("href"), [])
        return self.submit(self._form_of(control), submitter=control)

    def _opens_the_page_of_a_row(self, name: str) -> bool:
        """Of the candidate whose name the control's ends with."""
        for link in self.root.xpath("//li[@class='rang']/a"):
            if name.endswith(words(link).removeprefix("Autres gestes pour")):
                self._ask(link, "get", link.get("href"), [])
                return True
        return False

    def _leads_to(self, control: HtmlElement) -> tuple[str, str]:
        if control.tag == "a":
            return urljoin(self.url, control.get("href")), ""
        where = control.get("formaction") or self._form_of(control).get("action", "")
        return urljoin(self.url, where), control.get("value", "")

    def tick(self, name: str, *, on: bool = True) -> HttpResponse:
        """Tick or un-tick a box that sends itself; without scripts, through the button beside it."""
        box = self.box(name)
        around = box.xpath("ancestor::form")
        if around:
            assert box.get("disabled") is None, f"{name!r} is disabled"
            check(box, on=on)
            return self.submit(around[0])
        assert box.get("disabled") is not None, "without its form a tick would be sent by nothing"
        (button,) = box.xpath("ancestor::label/following-sibling::noscript/button")
        return self.submit(self._form_of(button), submitter=button)

    def fill(self, **fields: str) -> None:
        """Type into the fields of these names; a box takes « on » or an empty text."""
        for name, value in fields.items():
            found = self.root.xpath(
                "//*[self::input or self::textarea][@name=$name and not(@type='hidden')]", name=name
            )
            assert len(found) == 1, f"{len(found)} fields are named {name!r}"
            if found[0].get("type") == "checkbox":
                check(found[0], on=bool(value))
            else:
                found[0].set("value", value)

    def submit(self, form: HtmlElement, *, submitter: HtmlElement | None = None) -> HttpResponse:
        """Send a form as its button, or itself, says."""
        data = fields_of(form)
        own = ""
        if submitter is not None:
            if name := submitter.get("name"):
                data.append((name, submitter.get("value", "")))
            own = submitter.get("formaction", "")
        method = (form.get("method") or "get").lower()
        return self._ask(form, method, own or form.get("action", ""), data, instead=own)

    def poll(self) -> HttpResponse:
        """Ask for news, as the page does every three seconds; the page is as it was when there is none."""
        watch = self.get("veille")
        told = watch.xpath("ancestor-or-self::*[@hx-include][1]/@hx-include")  # htmx inherits it
        more = fields_of(self.get(told[0].removeprefix("#"))) if told else []
        return self._ask(watch, "get", watch.get("hx-get"), more)

    def _ask(
        self,
        asker: HtmlElement,
        method: str,
        plain_url: str,
        data: list[tuple[str, str]],
        *,
        instead: str = "",
    ) -> HttpResponse:
        """`instead`: the button's own address, which goes before the element's with htmx too."""
        verb = "post" if asker.get("hx-post") else "get" if asker.get("hx-get") else ""
        if not (self.scripts and verb):
            return self._navigate(method, plain_url, data)
        headers = {"HX-Request": "true", "HX-Current-URL": self.url}
        response: HttpResponse = self._send(verb, instead or asker.get(f"hx-{verb}"), data, headers=headers)
        self.apply(response, asker)
        return response

    def _send(self, verb: str, url: str, data: list[tuple[str, str]], headers: dict[str, str]) -> Any:
        url = urljoin(self.url, url) if url else self.url
        if verb == "post":
            return self.client.post(
                url,
                urlencode(data),
                content_type="application/x-www-form-urlencoded",
                headers={"Referer": self.url, **headers},
            )
        parts = urlsplit(url)
        query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *data])
        return self.client.get(parts.path + (f"?{query}" if query else ""), headers=headers)

    def _navigate(self, method: str, url: str, data: list[tuple[str, str]]) -> Any:
        if method == "get" and data:
            # A form that is sent by GET replaces the query of its address.
            url = url.split("?")[0]
        self.response = self._send(method, url, data, headers={})
        where = self.response.request["PATH_INFO"] + "?" + self.response.request["QUERY_STRING"]
        self._follow(where.rstrip("?"))
        return self.response

    def _go(self, url: str) -> Any:
        self.response = self.client.get(url)
        self._follow(url)
        return self.response

    def _follow(self, url: str) -> None:
        for _ in range(MOST_REDIRECTS):
            if self.response.status_code not in {301, 302, 303}:
                break
            url = urljoin(url, self.response["Location"])
            self.response = self.client.get(url.split("#")[0])
        self.url = f"http://testserver{url}" if url.startswith("/") else url
        self.root = self._made(parse(self.response.content))

    def _made(self, root: HtmlElement) -> HtmlElement:
        """A page as its scripts leave it."""
        if self.scripts:
            self._make_rows(root, root)
        return root

    def _make_rows(self, part: HtmlElement, page: HtmlElement) -> None:
        room = page.xpath("//form[@id='geste']/@hx-post")
        if room:
            make_rows(part, page, room[0])

    def _form_of(self, control: HtmlElement) -> HtmlElement:
        if owner := control.get("form"):
            return self.get(owner)
        around = control.xpath("ancestor::form[1]")
        assert around, f"{accessible_name(control)!r} belongs to no form"
        return around[0]

    # ---- what htmx does with an answer ----
    def apply(self, response: HttpResponse, asker: HtmlElement) -> None:
        """Swap the answer in, as the page's own htmx-config and the element that asked say."""
        if goes := response.headers.get("HX-Redirect"):
            self.left_for = goes
            return
        if not self._handling(response.status_code).get("swap"):
            return
        if response.status_code == 401 and len(self.get("connexion")):
            return  # pixsurv.js: the form already open keeps what was typed in it
        style = response.headers.get("HX-Reswap") or asker.get("hx-swap")
        assert style, f"<{asker.tag} #{asker.get('id')}> asks without saying its hx-swap"
        target = self._target(asker)
        parts = fragment(response.content)
        for part in parts.xpath(".//*[@hx-swap-oob]"):
            self._swap_out_of_band(part)
        self._swap(style, target, parts)
        self._require_single_ids()

    def _handling(self, status: int) -> dict[str, Any]:
        config = self.root.xpath("//meta[@name='htmx-config']/@content")
        for rule in json.loads(config[0])["responseHandling"]:
            if re.search(rule["code"], str(status)):
                return dict(rule)
        return {}

    def _target(self, asker: HtmlElement) -> HtmlElement:
        where = asker.get("hx-target")
        assert where, f"<{asker.tag} #{asker.get('id')}> asks without saying its hx-target"
        return asker if where == "this" else self.get(where.removeprefix("#"))

    def _swap_out_of_band(self, part: HtmlElement) -> None:
        assert not part.xpath("ancestor::*[@hx-swap-oob]"), "out of band inside out of band"
        how = part.attrib.pop("hx-swap-oob")
        _detach(part)
        self._make_rows(part, self.root)
        if how == "true":
            assert part.get("id"), "an out-of-band element without an id finds no place"
            _replace(self.get(part.get("id")), [part])
            return
        style, _, selector = how.partition(":")
        assert style == "innerHTML" and selector.startswith("#"), f"not spoken here: hx-swap-oob={how!r}"
        _fill(self.get(selector.removeprefix("#")), part)

    def _swap(self, style: str, target: HtmlElement, parts: HtmlElement) -> None:
        if style == "none":
            assert not words(parts) and not len(parts), f"thrown away: {lxml.html.tostring(parts)!r}"
        elif style == "innerHTML":
            _fill(target, parts)
        else:
            assert style == "outerHTML", f"not spoken here: hx-swap={style!r}"
            _replace(target, list(parts))

    def _require_single_ids(self) -> None:
        ids = self.root.xpath("//@id")
        twice = sorted({one for one in ids if ids.count(one) > 1})
        assert not twice, f"ids that stand twice in the page: {twice}"

    # ---- the promise ----
    def reloaded(self) -> HtmlElement:
        """The same address, loaded again."""
        return self._made(parse(self.client.get(self.url).content))

    def assert_like_reload(self, *leaving_out: str) -> None:
        """The page as the answers made it is the page that a reload shows."""
        found = differences(self.root, self.reloaded(), leaving_out=leaving_out)
        assert not found, f"a reload shows something else:\n{found}"


def fields_of(form: HtmlElement) -> list[tuple[str, str]]:
    """What a form sends, without its buttons."""
    root = form.getroottree().getroot()
    owned = [one for one in form.xpath(".//input | .//textarea | .//select") if not one.get("form")]
    if form.get("id"):
        owned += root.xpath("//input[@form=$name]", name=form.get("id"))
    sent = []
    for field in owned:
        if not field.get("name") or field.get("disabled") is not None:
            continue
        if field.get("type") in {"checkbox", "radio"}:
            if field.get("checked") is not None:
                sent.append((field.get("name"), field.get("value", "on")))
        elif field.get("type") not in {"submit", "button", "image", "reset"}:
            sent.append((field.get("name"), field.get("value", "") or ""))
    return sent


def check(box: HtmlElement, *, on: bool = True) -> None:
    """Set or clear the tick of a box."""
    if on:
        box.set("checked", "checked")
    else:
        box.attrib.pop("checked", None)


def _detach(element: HtmlElement) -> None:
    """Out of its parent, which keeps the text that followed."""
    element.drop_tree()
    element.tail = None


def _replace(old: HtmlElement, new: list[HtmlElement]) -> None:
    for one in new:
        old.addprevious(one)
    old.drop_tree()


def _fill(element: HtmlElement, content: HtmlElement) -> None:
    for child in list(element):
        element.remove(child)
    element.text = content.text
    for child in list(content):
        element.append(child)
