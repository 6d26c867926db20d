"""What stands around the rows, rendered once a process for as long as nothing of it changes.

Whoever acts gets the new counts and the lane with his answer; each page of the room asks for the same ones next. As
with rows (`room_rows`), what a part shows is its key: nothing has to be invalidated. None of them holds a token.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from proctoring.room.listing import Listing
from proctoring.selectors.room import Board, Lane, Numbers
from proctoring.selectors.steps import Day
from sessions_app.models import Session

register = template.Library()

REMEMBERED = 500  # parts, of about 2 kB each


class Stage(NamedTuple):
    """What these parts show of a session."""

    is_over: bool
    launched_at: bool

    @classmethod
    def of(cls, session: Session) -> "Stage":
        return cls(session.is_over, session.launched_at is not None)


@register.simple_tag(takes_context=True)
def room_counts(context: template.Context) -> SafeString:
    """The counts, the filters and the number on the « À traiter » tab."""
    board: Board = context["board"]
    return _counts(board.numbers, board.to_do, context["listing"], Stage.of(context["session"]))


@register.simple_tag(takes_context=True)
def room_lane(context: template.Context) -> SafeString:
    """« À traiter »."""
    board: Board = context["board"]
    return _lane(board.lane, context["room_url"], Stage.of(context["session"]))


@register.simple_tag(takes_context=True)
def room_step(context: template.Context) -> SafeString:
    """The day as steps."""
    return _step(context["day"], context["room_url"])


@lru_cache(maxsize=REMEMBERED)
def _counts(numbers: Numbers, to_do: int, listing: Listing, session: Stage) -> SafeString:
    board = {"counts": numbers}
    fragments = [
        _written(name, board=board, listing=listing, session=session)
        for name in ("room/counts.html", "room/filters.html")
    ]
    badge = f'<span class="pastille" id="pastille" hx-swap-oob="true">{to_do}</span>'
    return mark_safe("".join([*fragments, badge]))  # noqa: S308


@lru_cache(maxsize=REMEMBERED)
def _lane(lane: Lane, room_url: str, session: Stage) -> SafeString:
    return _written("room/lane.html", board=lane, room_url=room_url, session=session)


@lru_cache(maxsize=REMEMBERED)
def _step(day: Day, room_url: str) -> SafeString:
    return _written("room/step.html", day=day, room_url=room_url)


def _written(name: str, **known: Any) -> SafeString:
    """The engine's own template: that of `render` would give the page's variables."""
    engine_template = get_template(name).template  # type: ignore[attr-defined]
    written: SafeString = engine_template.render(template.Context({**known, "oob": True}))
    return written
