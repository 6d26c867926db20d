"""Data into a PDF/A-2a and PDF/UA-1 in one file, with typst.

A template never sees text as code: the data goes in as JSON. The same data gives the same bytes: the only date in
the file is that of the data.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sessions_app.documents import compiler
from sessions_app.documents.glyphs import MISSING, printable, unprintable

if TYPE_CHECKING:
    # Any dataclass with a `template`: the report's own stands above this package, in `proctoring`.
    from _typeshed import DataclassInstance as Part

CHILD_SECONDS = 300  # a file of the greatest size takes a tenth of it on an idle machine


@dataclass(frozen=True, slots=True)
class Replaced:
    """A person whose name holds a character that no font of ours can draw."""

    who: str
    name: str
    characters: list[str]

    @property
    def sentence(self) -> str:
        signs = " ".join(f"{char} (U+{ord(char):04X})" for char in self.characters)
        return f"{self.name} ({self.who}) : {signs} imprimé {MISSING}"


def typeset(parts: Sequence["Part"], *, title: str, stamp: datetime, apart: bool = False) -> bytes:
    """One PDF of these parts, each with its own page numbers. `stamp`: the date written in the file.

    `apart`: in a process of its own, for a file of many parts; the bytes are the same.
    """
    day = stamp.astimezone(UTC)
    data = {
        "title": printable(title),
        "date": [day.year, day.month, day.day, day.hour, day.minute, day.second],
        "parts": [_ready(part) for part in parts],
    }
    text = json.dumps(data, ensure_ascii=False)
    return _compile_apart(text) if apart else compiler.compile_here(text)


def replaced_in(part: "Part") -> list[Replaced]:
    """Who is printed with a □, for the footnote and for `avertissements.txt` (mechanics §15)."""
    return list(_replaced(asdict(part)))


def _compile_apart(text: str) -> bytes:
    """A page laid out takes about 2 MB until the whole file is written: too much to leave behind in a worker."""
    command = [sys.executable, compiler.__file__]
    done = subprocess.run(
        command, input=text.encode(), capture_output=True, timeout=CHILD_SECONDS, check=True
    )
    return done.stdout


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
