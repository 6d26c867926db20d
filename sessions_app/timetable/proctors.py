"""The proctors of a session are free text (P3): who is meant, and whether two texts mean the same person."""

import re

from pixsurv.kernel.identity import fold

_BETWEEN_NAMES = re.compile(r"[,;/&+\n]|\bet\b", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s.’'‐-―-]+")
_TITLES = frozenset({"M", "MR", "MME", "MLLE", "MONSIEUR", "MADAME", "MADEMOISELLE"})

type NameKey = tuple[str, ...]


def names_in(text: str) -> list[str]:
    """« Perrine Essai, Luc Démo et Mme Zoé » → the three names, as written."""
    return [name for part in _BETWEEN_NAMES.split(text) if (name := " ".join(part.split()))]


def name_key(name: str) -> NameKey:
    """Equal for two spellings of a name: words folded (R14), in any order, « Mme » left out before a whole name.

    « M. Essai » keeps its title: with one word only, it is what tells two people apart.
    """
    words = [folded for word in _BETWEEN_WORDS.split(name) if (folded := fold(word))]
    bare = [word for word in words if word not in _TITLES]
    kept = bare if len(bare) > 1 else words
    return tuple(sorted(kept)) or (name.casefold(),)


def watches(account_name: str, proctor_names: str) -> bool:
    """Whether that person is among them: one of the names has every word of his."""
    wanted = set(name_key(account_name))
    return any(
        wanted <= {fold(word) for word in _BETWEEN_WORDS.split(name)} for name in names_in(proctor_names)
    )


def together(texts: list[str]) -> list[str]:
    """Every name of these texts once, as first written."""
    found: dict[NameKey, str] = {}
    for text in texts:
        for name in names_in(text):
            found.setdefault(name_key(name), name)
    return list(found.values())
