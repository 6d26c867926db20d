"""Data into a PDF/A-2a and PDF/UA-1 in one file, with typst.

A template never sees text as code: the data goes in as JSON. The same data gives the same bytes: the only date in
the file is that of the data.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sessions_app.documents import typesetter
from sessions_app.documents.glyphs import MISSING, printable, unprintable
from sessions_app.documents.school import Logo
from sessions_app.documents.typesetter import Typesetter

if TYPE_CHECKING:
    # Any dataclass with a `template`: the report's own stands above this package, in `proctoring`.
    from _typeshed import DataclassInstance as Part


@dataclass(frozen=True, slots=True)
class Replaced:
    """A person whose name holds a character that no font of ours can draw."""

    who: str
    name: str
    characters: list[str]

    @property
    def sentence(self) -> str:
        signs = " ".join(f"{char} (U+{ord(char):04X})" for char in self.characters)
        return f"{self.name} ({self.who})\u00a0: {signs} imprimé {MISSING}"


def typeset(
    parts: Sequence["Part"], *, title: str, stamp: datetime, logo: Logo | None = None, apart: bool = False
) -> bytes:
    """One PDF of these parts, each with its own page numbers. `stamp`: the date written in the file.

    `logo`: for the head of the papers that carry one. `apart`: in a process of its own, for a file of many
    parts, which takes about 2 MB a page until it is written; the bytes are the same.
    """
    day = stamp.astimezone(UTC)
    data = {
        "title": printable(title),
        "date": [day.year, day.month, day.day, day.hour, day.minute, day.second],
        "parts": [_ready(part) for part in parts],
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    if logo is not None:
        inputs |= {"logo": logo.svg, "logo_width": str(logo.width)}
    if apart:
        with Typesetter() as own:
            return own.make("main.typ", inputs)
    return typesetter.ours.make("main.typ", inputs)


def replaced_in(part: "Part") -> list[Replaced]:
    """Who is printed with a □, for the footnote and for `avertissements.txt` (mechanics §15)."""
    return list(_replaced(asdict(part)))


def _ready(part: "Part") -> dict[str, Any]:
    content = asdict(part)
    notes = [found.who for found in _replaced(content)]
    ready: dict[str, Any] = _printable(content)
    ready["replaced"] = list(dict.fromkeys(notes))
    return ready


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _printable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_printable(inner) for inner in value]
    return value


def _replaced(value: Any) -> Iterator[Replaced]:
    if isinstance(value, dict):
        if "last_name" in value:
            name = f"{value['first_name']} {value['last_name']}"
            if missing := unprintable(name):
                yield Replaced(who=_who(value), name=name, characters=missing)
        else:
            for inner in value.values():
                yield from _replaced(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _replaced(inner)


def _who(person: dict[str, Any]) -> str:
    """The local identifier; where the school gave none, what else tells the person apart."""
    if person["local_id"]:
        return f"identifiant local {person['local_id']}"
    if person.get("birth"):
        return f"sans identifiant local, naissance le {person['birth']}"
    return f"sans identifiant local, classe {person['class_name'] or 'non renseignée'}"
