"""`{% room_row row %}`: a row of the room, rendered once a process for as long as nothing of it changes.

Forty rows cost more than the rest of their page, and the answer to an act holds the row that the refresh of the
others asks for next. A row has all that its template shows, so the row itself is the key: what changed is another
row. What is of a request, a room or a person (tokens, addresses) is not in it; only where the list stands at another
address than its room does (a refused act without scripts) do its addresses begin with the room's.
"""

import re
from functools import lru_cache

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from proctoring.selectors import row_menu
from proctoring.selectors.gesture import Gesture
from proctoring.selectors.row import Row

register = template.Library()

REMEMBERED = 2_000  # rows, of about 1 kB each
BETWEEN = re.compile(r">\n+")  # lines of the template: they show nothing, and travel forty times


@register.simple_tag(takes_context=True)
def room_row(context: template.Context, row: Row, *, oob: bool) -> SafeString:
    """As it stands in the list, or (`oob`) as it finds its place there."""
    if oob:
        return _rendered(row, oob=True, hidden=False, room="")
    return _rendered(row, oob=False, hidden=row.id in context["hidden"], room=context["rows_room"])


@register.simple_tag
def whole_menu() -> list[tuple[str, Gesture]]:
    """Every gesture that the menu of a row may hold, with the key by which a row names it."""
    return row_menu.whole_menu()


@lru_cache(maxsize=REMEMBERED)
def _rendered(row: Row, *, oob: bool, hidden: bool, room: str) -> SafeString:
    # The engine's own template: that of `render` would give the page's variables and a token of nobody.
    engine_template = get_template("room/row.html").template  # type: ignore[attr-defined]
    written = engine_template.render(
        template.Context({"row": row, "oob": oob, "hidden": hidden, "room": room})
    )
    return mark_safe(BETWEEN.sub(">", str(written).strip()))  # noqa: S308
