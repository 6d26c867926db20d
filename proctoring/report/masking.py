"""The names of others, taken out of what one candidate is given (I5, I7).

The rule, and its limits, are in decision 0021: every word of a name of another candidate is masked wherever it stands,
in any case, with or without accents, and whatever parts its letters (« Benali » for BEN ALI, as R14); a nickname, a
misspelling, an initial, or the name of who never was in the session cannot be known. So a person reads the page before
it is handed over.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pixsurv.kernel.identity import fold, visible

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
# Letters with their marks, and digits: what a hyphen, an apostrophe, a space or an invisible character parts.
WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
BETWEEN = re.compile(r"[\s'’ʼ`´\-‐‑–._·]{0,3}")

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

    Names are compared by their letters alone, from the beginning of a word to the end of one. A word that is his own
    stays, unless it stands beside a word that makes it another's whole name: « DUPONT » stays for Paul DUPONT,
    « DUPONT Martine » goes. Who has exactly his name cannot be told apart by it, and is not masked.
    """

    def __init__(self, own: Iterable[Name], others: Iterable[Name]) -> None:
        own, others = list(own), list(others)
        self._kept: dict[
            str, set[Words]
        ] = {}  # letters alone, as R14 compares → the words that they are cut in
        for name in own:
            for words in (*_wholes(name), *_parts(name)):
                self._kept.setdefault("".join(words), set()).add(words)
        own_words = {word for name in own for whole in _wholes(name) for word in whole}
        self._hidden: set[str] = set()
        for name in others:
            mine = [
                one for one in _parts(name) if not set(one) <= own_words and "".join(one) not in self._kept
            ]
            self._hidden |= {"".join(words) for words in (*_wholes(name), *mine)}
        # Not « de la », were that somebody's whole name.
        wholes = [one for name in others for one in _wholes(name)]
        self._wholes = {"".join(one) for one in wholes if not set(one) <= PARTICLES}
        self._longest = max(map(len, (*self._kept, *self._hidden)), default=0)
        self._own = {letters for name in own for letters in _telling(name)} or own_words

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
        text = unicodedata.normalize("NFC", text)
        words = list(_words(text))
        return any(
            _letters(run) in self._own
            for at in range(len(words))
            for run in _runs(text, words, at, self._longest)
        )

    def _match(self, text: str, words: list[_Word], at: int) -> tuple[int, bool]:
        """The longest name that begins at this word: how many words, and whether it is another's.

        His own letters in other words (« la Martin » for LAMARTIN) are his only where they are one word.
        """
        for run in reversed(list(_runs(text, words, at, self._longest))):
            letters, folded = _letters(run), tuple(word.folded for word in run)
            if folded in (own := self._kept.get(letters, set())) or (own and len(run) == 1):
                return len(run), False
            if letters in self._hidden and (letters in self._wholes or _written_as_a_name(text, run)):
                return len(run), True
        return 1, False


def _wholes(name: Name) -> list[Words]:
    last, first = _folded(name[0]), _folded(name[1])
    return [one for one in dict.fromkeys((last + first, first + last)) if one]


def _parts(name: Name) -> list[Words]:
    """Last name, first name, and each of their telling words."""
    found = [words for words in map(_folded, name) if words]
    return [*found, *((word,) for words in found for word in words if _tells(word))]


def _telling(name: Name) -> list[str]:
    return [
        letters for words in _parts(name) if _tells(letters := "".join(words)) and any(map(_tells, words))
    ]


def _folded(text: str) -> Words:
    return tuple(word.folded for word in _words(unicodedata.normalize("NFC", text)))


def _words(text: str) -> Iterator[_Word]:
    for found in WORD.finditer(text):
        word = found.group()
        # A script that R14 does not know folds to nothing: there the letters themselves are compared.
        yield _Word(found.start(), found.end(), fold(word) or word.casefold(), not word[0].islower())


def _runs(text: str, words: list[_Word], at: int, longest: int) -> Iterator[list[_Word]]:
    """The words from here on that may be one name, one word more each time, of at most `longest` letters."""
    length = 0
    for end in range(at, len(words)):
        length += len(words[end].folded)
        if length > longest or (end > at and not _joined(text, words[end - 1], words[end])):
            return
        yield words[at : end + 1]


def _letters(run: list[_Word]) -> str:
    return "".join(word.folded for word in run)


def _joined(text: str, one: _Word, other: _Word) -> bool:
    return BETWEEN.fullmatch(visible(text[one.end : other.start])) is not None


def _tells(word: str) -> bool:
    """Worth masking by itself: neither a particle nor a word of one or two letters."""
    return len(word) >= SHORT and word not in PARTICLES


def _written_as_a_name(text: str, run: list[_Word]) -> bool:
    """A telling word as the eye sees it, whatever invisible stands inside; short ones each with a capital."""
    seen = visible(text[run[0].start : run[-1].end])
    return any(_tells(word.folded) for word in _words(seen)) or all(word.capital for word in run)
