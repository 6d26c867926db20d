"""What is searched for is in no address but sealed, and opens where it was sealed alone (ADR 0038)."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory

from pixsurv.kernel import sealed_words
from pixsurv.kernel.crypto import seal

NAMES = ("q",)
PLACE = "archives 1"


def sent(request: HttpRequest) -> str:
    """Where the browser is sent."""
    answer = sealed_words.sent(request, NAMES, PLACE)
    assert answer is not None
    assert answer.status_code == 303
    return str(answer["Location"])


def asked(token: str, place: str = PLACE) -> str:
    query = QueryDict(mutable=True)
    query["r"] = token
    return sealed_words.asked(query, NAMES, place).get("q", "")


def test_a_name_goes_sealed_and_the_rest_as_it_is(rf: RequestFactory) -> None:
    form = {"q": " Dupont Éloïse ", "annee": "2026", "page": "3", "csrfmiddlewaretoken": "x"}
    where = urlsplit(sent(rf.post("/archives/?etablissement=4&r=before", form)))
    query = parse_qs(where.query)
    assert where.path == "/archives/"
    assert {name: query[name] for name in query if name != "r"} == {"annee": ["2026"], "etablissement": ["4"]}
    assert "dupont" not in where.query.lower()
    assert asked(query["r"][0]) == "Dupont Éloïse"


def test_an_old_bookmark_is_sealed_too(rf: RequestFactory) -> None:
    where = sent(rf.get("/archives/?q=dupont&filtre=recus"))
    assert where.startswith("/archives/?filtre=recus&r=gAAAA")


def test_nothing_sent_is_nothing_done_and_nothing_typed_is_no_token(rf: RequestFactory) -> None:
    assert sealed_words.sent(rf.get("/archives/?r=x&filtre=recus"), NAMES, PLACE) is None
    assert sealed_words.sent(rf.post("/archives/", {"eleve": "3"}), NAMES, PLACE) is None
    assert sent(rf.post("/archives/", {"q": "  "})) == "/archives/"


def test_an_address_stays_short_enough_whatever_is_typed(rf: RequestFactory) -> None:
    where = sent(rf.post("/archives/", {"q": "\U0001f600" * 5000}))
    assert len(where) < 2000
    assert asked(parse_qs(urlsplit(where).query)["r"][0]) == "\U0001f600" * sealed_words.LONGEST


def test_plain_words_in_an_address_are_not_heard() -> None:
    assert "q" not in sealed_words.asked(QueryDict("q=dupont&annee=2026"), NAMES, PLACE)


@pytest.mark.parametrize("token", ["", "x", "gAAAA", "é", "\x00", "a" * 5000, "gAAAAABq=", '"><b>'])
def test_an_unreadable_token_is_an_empty_search(token: str) -> None:
    assert asked(token) == ""


def test_a_token_opens_where_it_was_sealed_alone() -> None:
    token = sealed_words.sealed({"q": "dupont"}, PLACE)
    assert asked(token) == "dupont"
    assert asked(token, "archives 2") == ""


@pytest.mark.parametrize(
    "text",
    ["C-VW7XQT", "{}", "[]", "[1, 2, 3]", json.dumps(["x", PLACE, {"q": "secret"}]), '{"a":1,"b":2,"c":3}'],
)
def test_another_sealed_text_is_never_shown(text: str) -> None:
    """Or the page of a search would read a stolen database aloud."""
    assert asked(seal(text)) == ""
