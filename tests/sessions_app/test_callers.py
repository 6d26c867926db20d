"""Whom « Que faire si… » proposes to call, read from what the school wrote (P9, R18)."""

import pytest

from sessions_app.help.callers import WORDS, CallFor, caller_for
from sessions_app.models import Contact

SCHOOL = (
    ("Mot de passe de l’ordinateur", "Camille Essai, référente numérique"),
    ("Codes de l’ENT", "Vie scolaire"),
    ("Retard, décision, incident grave", "Direction"),
)


def contacts(*lines: tuple[str, str]) -> list[Contact]:
    return [Contact(purpose=purpose, name=name) for purpose, name in lines]


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        (CallFor.COMPUTER, "Camille Essai, référente numérique"),
        (CallFor.NETWORK, "Camille Essai, référente numérique"),
        (CallFor.ENT, "Vie scolaire"),
        (CallFor.PIX, "Camille Essai, référente numérique"),
        (CallFor.DIRECTION, "Direction"),
    ],
)
def test_each_kind_finds_its_line(kind: CallFor, who: str) -> None:
    found = caller_for(kind, contacts(*SCHOOL))
    assert found is not None
    assert found.name == who


@pytest.mark.parametrize(
    ("kind", "lines", "who"),
    [
        # The surest word wins over the order, the purpose over the name, the order between two that say the same.
        (CallFor.NETWORK, [("Informatique", "A"), ("Réseau, wifi", "B")], "B"),
        (CallFor.DIRECTION, [("Élèves", "La direction"), ("Direction", "B")], "B"),
        (CallFor.PIX, [("Aide Pix", "A"), ("Pix", "B")], "A"),
        # Words begin: « entrée » is no ENT, « pixel » no Pix, « suspension » nothing.
        (CallFor.ENT, [("Entrée en salle", "A")], None),
        (CallFor.PIX, [("Pixels", "A")], None),
        (CallFor.COMPUTER, [], None),
        (CallFor.COMPUTER, [("", "")], None),
        (CallFor.COMPUTER, [("SERVICE INFORMATIQUE", "A")], "A"),
    ],
)
def test_nobody_is_proposed_for_what_no_line_says(
    kind: CallFor, lines: list[tuple[str, str]], who: str | None
) -> None:
    found = caller_for(kind, contacts(*lines))
    assert (found.name if found is not None else None) == who


def test_every_kind_has_words() -> None:
    assert set(WORDS) == set(CallFor)
