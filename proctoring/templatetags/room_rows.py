"""`{% room_row row %}`: a row of the room, rendered once a process for as long as nothing of it changes.

Forty rows cost more than the rest of their page, and the answer to an act holds the row that the refresh of the
others asks for next. A row has all that its template shows, so the row itself is the key: what changed is another
row. The token of the forms is of each request, and put in afterwards.
"""

import re
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from proctoring.selectors.row import Row

register = template.Library()

REMEMBERED = 2_000  # rows, of about 2 kB each
BETWEEN = re.compile(r">\n+")  # lines of the template: they show nothing, and travel forty times
TOKEN = "\x1ajeton\x1a"  # no name and no word holds it: control characters are refused


@register.simple_tag(takes_context=True)
def room_row(context: template.Context, row: Row, *, oob: bool) -> SafeString:
    """As it stands in the list, or (`oob`) as it finds its place there."""
    hidden = not oob and row.id in context["hidden"]
    fragment = _rendered(row, context["room_url"], oob=oob, hidden=hidden)
    return mark_safe(fragment.replace(TOKEN, str(context["csrf_token"])))  # noqa: S308


@lru_cache(maxsize=REMEMBERED)
def _rendered(row: Row, room_url: str, *, oob: bool, hidden: bool) -> str:
    known: dict[str, Any] = {"row": row, "room_url": room_url, "oob": oob, "hidden": hidden}
    # The engine's own template: that of `render` would give the page's variables and a token of nobody.
    engine_template = get_template("room/row.html").template  # type: ignore[attr-defined]
    written = engine_template.render(template.Context({**known, "csrf_token": TOKEN}))
    return BETWEEN.sub(">", str(written).strip())
