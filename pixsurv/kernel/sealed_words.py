"""What somebody searches for, often a name: in no address but sealed (quality §3, ADR 0038).

A search is POSTed to its own page. The answer sends the browser to that page with the words sealed in `?r=`, so that
its links, its other pages, a refresh and the way back ask the same again, and the server keeps nothing.
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from pixsurv.kernel.crypto import Unreadable, seal, unseal

SEALED = "r"
LONGEST = 210  # characters of one field: the name of a proctor, and a few
_TOKEN = re.compile(r"[A-Za-z0-9_=-]{1,4000}")
_LEFT_BEHIND = {SEALED, "page", "csrfmiddlewaretoken"}


def sent(request: HttpRequest, names: tuple[str, ...], place: str) -> HttpResponse | None:
    """The way to this page with the fields `names` sealed, where they were sent; None where they were not.

    An address with one of them, of an old bookmark, leads there too. All other fields stay readable.
    """
    said = {**request.GET.dict(), **request.POST.dict()}
    if said.keys().isdisjoint(names):
        return None
    query = {name: text for name, text in said.items() if name not in _LEFT_BEHIND.union(names)}
    words = {name: said[name].strip()[:LONGEST] for name in names if said.get(name, "").strip()}
    if words:
        query[SEALED] = sealed(words, place)
    return HttpResponseRedirect(f"{request.path}?{urlencode(query)}" if query else request.path, status=303)


def sealed(words: Mapping[str, str], place: str) -> str:
    """`place` is what the words are looked for in: nowhere else does the token open."""
    return seal(json.dumps([SEALED, place, words], ensure_ascii=False))


def token_of(query: QueryDict) -> str:
    """The token of an address, unopened; empty when it cannot be one."""
    token = query.get(SEALED, "")
    return token if _TOKEN.fullmatch(token) else ""


def opened(token: str, place: str) -> dict[str, str]:
    """The fields that were sealed for this place; a token that does not open searches for nothing.

    A sealed password is no token, nor is a token of another page: a page that shows what it opens shows nothing else.
    """
    if not token:
        return {}
    try:
        mark, made_for, words = json.loads(unseal(token))
    except (Unreadable, ValueError, TypeError):
        return {}
    return words if (mark, made_for) == (SEALED, place) and isinstance(words, dict) else {}


def asked(query: QueryDict, names: tuple[str, ...], place: str) -> QueryDict:
    """The query with these fields as they were typed, and only as they were sealed."""
    found = query.copy()
    words = opened(token_of(query), place)
    for name in names:
        found.pop(name, None)
        if name in words:
            found[name] = words[name]
    return found
