"""Passwords that everybody here would try first: words of the trade or of every day, sequences (ASVS 6.1.2, 6.2.4)."""

import re
from collections.abc import Iterable
from string import digits, whitespace

from django.core.exceptions import ValidationError

from pixsurv.kernel.identity import fold
from sessions_app.everyday_words import EVERYDAY_WORDS, WALKS
from sessions_app.models import Account, Establishment

# The product, the exam, the roles and the places, folded as identities are.
CONTEXT_WORDS = (
    "PIXSURV", "PIX", "CERTIFICATION", "CERTIF", "COMPETENCES", "NUMERIQUE", "SURVEILLANT", "SURVEILLANCE",
    "ESPACE", "ADMINISTRATEUR", "ADMINISTRATION", "ADMIN", "DIRECTION", "PRINCIPAL", "PROVISEUR", "SECRETARIAT",
    "REFERENT", "PROFESSEUR", "PROF", "ENSEIGNANT", "ELEVE", "ELEVES", "ETABLISSEMENT", "ECOLE", "COLLEGE", "LYCEE",
    "ACADEMIE", "EDUCATION", "NATIONALE", "MOTDEPASSE", "PASSWORD", "SESSION", "SALLE", "COMPTE", "EXAMEN",
)  # fmt: skip
LEFT_AT_LEAST = 6  # different letters and digits, without these words and a year
SHORTEST_WORD = 3  # of the name of a school
DIFFERENT = 5  # characters, at least
PHRASE = 3  # everyday words, at least
WALK = 4  # keys in a row
ALL_WALKS = frozenset(
    row[start:end]
    for walk in WALKS
    for row in (walk, walk[::-1])
    for start in range(len(row))
    for end in range(start + WALK, len(row) + 1)
)


class ContextWordsValidator:
    """For AUTH_PASSWORD_VALIDATORS: words of the trade, of every day and of that account's schools; sequences."""

    def validate(self, password: str, user: Account | None = None) -> None:
        schools = (
            Establishment.objects.filter(memberships__account=user).values_list("name", flat=True)
            if user is not None and user.pk is not None
            else ()
        )
        refuse_context_words(password, schools=schools)

    def get_help_text(self) -> str:
        return "Le nom de l’établissement, un mot courant ou une suite de touches ne suffisent pas à un mot de passe."


def refuse_context_words(password: str, *, schools: Iterable[str] = ()) -> None:
    """Raises ValidationError when little is left without these words, a year, sequences and everyday words."""
    typed = fold(password)
    # Letters that a fold drops (Cyrillic, Greek) are letters all the same.
    others = {character for character in password if character.isalpha() and not fold(character)}
    words = {*CONTEXT_WORDS, *(word for name in schools for word in _words(name))}
    left = _without_walks(re.sub(r"(19|20)\d\d", "", _without(words, typed)))
    # Several everyday words make a phrase; one or two, with digits or without, are what is tried first.
    if len(set(_any_of(EVERYDAY_WORDS).findall(left))) < PHRASE:
        left = _without(EVERYDAY_WORDS, left)
    few = left != typed and len({*left, *others}) < LEFT_AT_LEAST
    digits_only = bool(typed) and not others and not re.search("[A-Z]", left)
    if few or digits_only:
        raise ValidationError(
            "Ce mot de passe est fait de mots ou de suites que tout le monde essaierait ici. Choisissez-en d’autres.",
            code="context_words",
        )
    if len(set(password.casefold()) - set(whitespace)) < DIFFERENT or (
        typed and not others and _repeats(typed)
    ):
        raise ValidationError(
            "Ce mot de passe répète les mêmes caractères. Choisissez plusieurs mots sans lien entre eux.",
            code="repeated",
        )


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


def _without(words: Iterable[str], text: str) -> str:
    return _any_of(words).sub("", text)


def _repeats(typed: str) -> bool:
    """One block, again and again, with digits around it or not."""
    block = typed.strip(digits) or typed
    return block in (block + block)[1:-1]


def _without_walks(text: str) -> str:
    """Without steps along the alphabet, the digits or a row of keys, in either direction."""
    left, at = "", 0
    while at < len(text):
        long = WALK
        while at + long <= len(text) and text[at : at + long] in ALL_WALKS:
            long += 1
        if long > WALK:
            at += long - 1
        else:
            left += text[at]
            at += 1
    return left


def _words(name: str) -> list[str]:
    return [word for part in re.split(r"\W+", name) if len(word := fold(part)) >= SHORTEST_WORD]
