"""What every paper of one school may need beside the session: read once, whatever the number of papers."""

import base64
from dataclasses import dataclass, field

from sessions_app.documents.content import Caller, Help
from sessions_app.documents.logo import size_of
from sessions_app.models import Establishment
from sessions_app.selectors.help import help_entries
from sessions_app.selectors.logo import logo_of
from sessions_app.selectors.school import contacts

CALLERS_AT_MOST = 12  # on the back of the kit; the room shows them all


LOGO_WIDTH, LOGO_HEIGHT = 40.0, 14.0  # millimetres, at most


@dataclass(frozen=True, slots=True)
class Logo:
    """An SVG around the picture, and how wide it is printed, in millimetres."""

    svg: str
    width: float


@dataclass(frozen=True, slots=True)
class School:
    """`callers_more`: those that the kit leaves out."""

    help: list[Help] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    callers_more: int = 0
    logo: Logo | None = None


def school_of(establishment: Establishment) -> School:
    everybody = contacts(establishment)
    stored = logo_of(establishment.pk)
    return School(
        help=[Help(entry.title, entry.text, entry.link) for entry in help_entries(establishment)],
        callers=[
            Caller(one.purpose, one.name, one.phone, one.place, one.hours)
            for one in everybody[:CALLERS_AT_MOST]
        ],
        callers_more=max(0, len(everybody) - CALLERS_AT_MOST),
        logo=_logo(bytes(stored.content)) if stored else None,
    )


def _logo(png: bytes) -> Logo:
    """typst takes text from outside, not bytes: the picture travels inside an SVG, which it does draw."""
    width, height = size_of(png) or (1, 1)
    data = base64.b64encode(png).decode()
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )
    return Logo(svg, round(min(LOGO_WIDTH, LOGO_HEIGHT * width / height), 2))
