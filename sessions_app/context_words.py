"""Passwords made of the words that everybody here would try first (ASVS 6.1.2, 6.2.11)."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError

from pixsurv.kernel.identity import fold
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


class ContextWordsValidator:
    """For AUTH_PASSWORD_VALIDATORS: the words of the trade, and of the schools of that account."""

    def validate(self, password: str, user: Account | None = None) -> None:
        schools = (
            Establishment.objects.filter(memberships__account=user).values_list("name", flat=True)
            if user is not None and user.pk is not None
            else ()
        )
        refuse_context_words(password, schools=schools)

    def get_help_text(self) -> str:
        return "Le nom de l’établissement ou du service ne suffit pas à faire un mot de passe."


def refuse_context_words(password: str, *, schools: Iterable[str] = ()) -> None:
    """Raises ValidationError when little is left without these words and a year."""
    typed = fold(password)
    words = {*CONTEXT_WORDS, *(word for name in schools for word in _words(name))}
    longest_first = sorted(words, key=len, reverse=True)
    left = re.sub(r"(19|20)\d\d", "", re.sub("|".join(longest_first), "", typed))
    if left != typed and len(set(left)) < LEFT_AT_LEAST:
        raise ValidationError(
            "Ce mot de passe est fait de mots que tout le monde essaierait ici. Choisissez-en d’autres.",
            code="context_words",
        )


def _words(name: str) -> list[str]:
    return [word for part in re.split(r"\W+", name) if len(word := fold(part)) >= SHORTEST_WORD]
