"""How two spellings of a person are compared (R9, R14), and how a typed name is cleaned (mechanics §15)."""

import re
import unicodedata
from datetime import date

# Letters that NFKD leaves whole.
LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O"}
)
LONGEST = 250
ALIKE = 3  # first letters that make two first names « begin alike » (R9)


def fold(text: str) -> str:
    """Upper-case A–Z and 0–9 only: ligatures expanded, accents, spaces and punctuation dropped (R14).

    Cut to LONGEST: one glyph may fold to several letters (Ⅷ), and the columns that keep keys have an end.
    """
    # Decomposed first: an accented ligature (ǽ, ǿ) is a ligature only then.
    expanded = unicodedata.normalize("NFKD", text).translate(LIGATURES)
    return re.sub(r"[^A-Z0-9]", "", expanded.upper())[:LONGEST]


def identity_key(last_name: str, first_name: str, birth_date: date) -> str:
    """Two candidates are the same person exactly when their keys are equal (R14, P6)."""
    return f"{fold(last_name)}|{fold(first_name)}|{birth_date.isoformat()}"


def begins_alike(one: str, other: str) -> bool:
    """First names that a hurried eye confuses: equal, or the same first three letters (R9)."""
    first, second = fold(one), fold(other)
    return first[:ALIKE] == second[:ALIKE] or first.startswith(second) or second.startswith(first)


def begins(search: str, *, first: str, last: str) -> bool:
    """Prefix of first, last, "first last" or "last first", ignoring case, accents, punctuation (R7)."""
    wanted, one, other = fold(search), fold(first), fold(last)
    return any(text.startswith(wanted) for text in (one, other, one + other, other + one))


def visible(text: str) -> str:
    """NFC, without what only steers how text is drawn (Cf: direction overrides, zero-width, soft hyphens).

    Such a character makes a text read otherwise than it is written, and hides a name from a search.
    """
    return unicodedata.normalize("NFC", "".join(char for char in text if unicodedata.category(char) != "Cf"))


def clean_name(text: str) -> str:
    """NFC, single spaces, nothing invisible; raises ValueError on a control character."""
    composed = visible(text)
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in composed):
        raise ValueError("control character")
    return " ".join(composed.split())
