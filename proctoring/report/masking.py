"""The names of others, taken out of what one candidate is given (I5, I7).

The rule, and its limits, are in decision 0021: every word of a name of another candidate is masked wherever it stands,
in any case and with or without accents; a nickname, a misspelling, an initial, or the name of who never was in the
session cannot be known. So a person reads the page before it is handed over.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pixsurv.kernel.identity import fold

MASKED = "[autre candidat]"
SHORT = 3  # letters: a shorter word is masked only where it is written as a name, with a capital
PARTICLES = frozenset(
    {
        "A",
        "AL",
        "AT",
        "BEN",
        "BINT",
        "D",
        "DA",
        "DAS",
        "DE",
        "DEL",
        "DELLA",
        "DEN",
        "DER",
        "DES",
        "DI",
        "DO",
        "DOS",
    }
    | {
        "DU",
        "EL",
        "EN",
        "ET",
        "IBN",
        "L",
        "LA",
        "LAS",
        "LE",
        "LES",
        "LOS",
        "SAINT",
        "SAINTE",
        "SAN",
        "ST",
        "STE",
    }
    | {"TEN", "TER", "VAN", "VON", "Y", "ZU"}
)
# Letters with their marks, and digits: what a hyphen, an apostrophe or a space parts.
WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
BETWEEN = re.compile(r"[\s\u200b'’ʼ\-‐‑–.]{1,3}")

type Name = tuple[str, str]  # last, first
type Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    folded: str
    capital: bool


class Mask:
    """Hides `others`; `own` are the candidate's own names, which stay.

    A word that is his own stays, unless it stands beside a word that makes it another's whole name: « DUPONT » stays
    for Paul DUPONT, « DUPONT Martine » goes. Who has exactly his name cannot be told apart by it, and is not masked.
    """

    def __init__(self, own: Iterable[Name], others: Iterable[Name]) -> None:
        self._kept = {whole for name in own for whole in _wholes(name)}
        own_words = {word for whole in self._kept for word in whole}
        self._hidden: set[Words] = set()
        for name in others:
            self._hidden |= set(_wholes(name))
            for part in name:
                words = _folded(part)
                parts = {words} | {(word,) for word in words if _tells(word)}
                self._hidden |= {one for one in parts if one and not set(one) <= own_words}
        self._longest = max((len(one) for one in (*self._kept, *self._hidden)), default=0)

    def applied(self, text: str) -> str:
        """`text` with « [autre candidat] » for each name, its letters composed: an accent is one with its letter."""
        text = unicodedata.normalize("NFC", text)
        words = list(_words(text))
        parts, at, copied = [], 0, 0
        while at < len(words):
            length, hide = self._match(text, words, at)
            if hide:
                parts += [text[copied : words[at].start], MASKED]
                copied = words[at + length - 1].end
            at += length
        return "".join([*parts, text[copied:]])

    def names_own(self, text: str) -> bool:
        """Is his last name, his first name, or a telling part of them in it?"""
        own = {word for whole in self._kept for word in whole if _tells(word)}
        own = own or {word for whole in self._kept for word in whole}
        return any(word.folded in own for word in _words(unicodedata.normalize("NFC", text)))

    def _match(self, text: str, words: list[_Word], at: int) -> tuple[int, bool]:
        """The longest name that begins at this word: how many words, and whether it is another's."""
        for length in range(min(self._longest, len(words) - at), 0, -1):
            run = words[at : at + length]
            if not _joined(text, run):
                continue
            folded = tuple(word.folded for word in run)
            if folded in self._kept:
                return length, False
            if folded in self._hidden and _written_as_a_name(run):
                return length, True
        return 1, False


def _wholes(name: Name) -> list[Words]:
    last, first = _folded(name[0]), _folded(name[1])
    return [one for one in (last + first, first + last) if one]


def _folded(text: str) -> Words:
    return tuple(word.folded for word in _words(unicodedata.normalize("NFC", text)))


def _words(text: str) -> Iterator[_Word]:
    for found in WORD.finditer(text):
        word = found.group()
        # A script that R14 does not know folds to nothing: there the letters themselves are compared.
        yield _Word(found.start(), found.end(), fold(word) or word.casefold(), not word[0].islower())


def _joined(text: str, run: list[_Word]) -> bool:
    return all(BETWEEN.fullmatch(text, one.end, other.start) for one, other in pairwise(run))


def _tells(word: str) -> bool:
    """Worth masking by itself: neither a particle nor a word of one or two letters."""
    return len(word) >= SHORT and word not in PARTICLES


def _written_as_a_name(run: list[_Word]) -> bool:
    return any(_tells(word.folded) for word in run) or all(word.capital for word in run)
