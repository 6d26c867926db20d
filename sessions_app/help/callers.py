"""Which line of « Qui appeler » answers a kind of problem (R18): read from what the school wrote under « Pour quoi ».

The school writes in its own words (P9), so a kind is a few beginnings of words, the surest first. Where none of its
lines has one, nobody is proposed: a wrong number costs more than the whole list.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from sessions_app.models import Contact


class CallFor(StrEnum):
    """Why one calls."""

    COMPUTER = "computer"
    NETWORK = "network"
    ENT = "ent"
    PIX = "pix"
    DIRECTION = "direction"


# Beginnings of words; a point stands for the end of one (« ent » must not be « entrée »).
WORDS: Mapping[CallFor, tuple[str, ...]] = MappingProxyType(
    {
        CallFor.COMPUTER: ("ordinateur", "informati", "poste"),
        CallFor.NETWORK: ("reseau", "internet", "wifi", "informati", "ordinateur"),
        CallFor.ENT: ("ent.", "mediacentre", "educonnect", "numerique"),
        CallFor.PIX: ("pix.", "referent", "numerique"),
        CallFor.DIRECTION: ("direction", "accord", "principal", "proviseur", "chef"),
    }
)


def caller_for(kind: CallFor, contacts: Iterable[Contact]) -> Contact | None:
    """The first contact, in the school's order, that has the surest word; its purpose tells before its name."""
    known = list(contacts)
    for beginning in WORDS[kind]:
        for field in ("purpose", "name"):
            for contact in known:
                if any(word.startswith(beginning) for word in _words(getattr(contact, field))):
                    return contact
    return None


def _words(text: str) -> list[str]:
    """Without accents and case, each closed by a point."""
    letters = (
        char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char)
    )
    return [f"{word}." for word in re.findall(r"[a-z0-9]+", "".join(letters))]
