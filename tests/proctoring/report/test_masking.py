"""The names of others, taken out of free text: which words go, which stay (I5, I7)."""

import pytest

from proctoring.report.masking import MASKED, Mask

OWN = ("DUPONT", "Paul")


def masked(text: str, *others: tuple[str, str], own: tuple[str, str] = OWN) -> str:
    return Mask([own], others).applied(text).replace(MASKED, "█")


@pytest.mark.parametrize(
    ("text", "others", "shown"),
    [
        ("Zoé Martin a toussé.", [("MARTIN", "Zoé")], "█ a toussé."),
        ("MARTIN Zoé a toussé, puis zoe, puis Martin.", [("MARTIN", "Zoé")], "█ a toussé, puis █, puis █."),
        ("Souris de ZOÉ\u00a0MARTIN en panne.", [("MARTIN", "Zoé")], "Souris de █ en panne."),
        ("Zoe\u0301 est sortie.", [("MARTIN", "Zoé")], "█ est sortie."),
        # Whole words only, but each word of a compound name.
        ("Le martinet de Martine.", [("MARTIN", "Zoé")], "Le martinet de Martine."),
        ("Jean-Marc et Marc.", [("PETIT", "Jean-Marc")], "█ et █."),
        ("Anne a parlé à Lise.", [("LEROY", "Anne-Lise")], "█ a parlé à █."),
        ("M. D’Artagnan, d'artagnan, ARTAGNAN.", [("D’ARTAGNAN", "Loïc")], "M. █, █, █."),
        ("Mme de La Tour a dit la vérité.", [("DE LA TOUR", "Ève")], "Mme █ a dit la vérité."),
        # His own name stays, alone and whole; beside a word that makes it another's, it goes.
        ("DUPONT Paul et DUPONT Martine.", [("DUPONT", "Martine")], "DUPONT Paul et █."),
        ("Martine Dupont parle à Dupont.", [("DUPONT", "Martine")], "█ parle à Dupont."),
        ("Paul Durand et Paul.", [("DURAND", "Paul")], "█ et Paul."),
        ("DUPONT Paul, né en 2011.", [("DUPONT", "Paul")], "DUPONT Paul, né en 2011."),
        # A name that is also an ordinary word is masked too: rather one word too many.
        ("Un petit incident.", [("PETIT", "Léa")], "Un █ incident."),
        # A short one only where it is written as a name.
        ("Li et on lit, LI et li.", [("LI", "Bo")], "█ et on lit, █ et li."),
        ("Le test de la salle, de Do.", [("DO", "Minh")], "Le test de la salle, de █."),
        # Scripts that R14 folds to nothing.
        ("Ольга et Анна.", [("ШЕВЧЕНКО", "Ольга")], "█ et Анна."),
        ("Cœur et Sœur.", [("O'CONNOR", "Sœur")], "Cœur et █."),
        ("Rien à dire.", [("", "")], "Rien à dire."),
        # Letters alone are compared, as R14 does: whatever parts them, on either side.
        ("Dartagnan et d artagnan.", [("D'ARTAGNAN", "Loïc")], "█ et █."),
        ("Benali, BEN-ALI, ben ali.", [("BEN ALI", "Inès")], "█, █, █."),
        ("obrien et O Brien.", [("O'BRIEN", "Ana")], "█ et █."),
        ("Ben Ali.", [("BENALI", "Inès")], "█."),
        ("Jeanmarc.", [("PETIT", "Jean-Marc")], "█."),
        ("Le benalien, unbenali.", [("BEN ALI", "Inès")], "Le benalien, unbenali."),
        # A character that nobody sees.
        ("Du\u00adrand, d\u200bu\u200br\u200ba\u200bn\u200bd.", [("DURAND", "Ana")], "█, █."),
        ("et\u200bDurand\u202e.", [("DURAND", "Ana")], "et\u200b█\u202e."),
        # A whole short name goes in any case, unless it is but particles; one of them does not.
        ("li an, an li, li.", [("LI", "An")], "█, █, li."),
        ("Le bruit de la rue, De La.", [("DE", "La")], "Le bruit de la rue, █."),
        ("Le bruit de la rue.", [("DELA", "Ana")], "Le bruit de la rue."),
    ],
)  # fmt: skip
def test_names_of_others_go_and_his_own_stays(text: str, others: list[tuple[str, str]], shown: str) -> None:
    assert masked(text, *others) == shown


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Dupont a bien travaillé.", True),
        ("paul.", True),
        ("Le duponte.", False),
        ("", False),
        ("de la", False),
    ],
)
def test_text_that_names_him_is_known(text: str, named: bool) -> None:
    assert Mask([("DUPONT DE LA", "Paul")], []).names_own(text) is named


def test_own_name_without_its_separators_stays_and_names_him() -> None:
    own = ("D’ARTAGNAN", "Paul")
    assert masked("Dartagnan, artagnan.", ("MARTIN", "Zoé"), own=own) == "Dartagnan, artagnan."
    assert masked("La Martin.", ("MARTIN", "Zoé"), own=("LAMARTIN", "Paul")) == "La █."
    assert Mask([own], []).names_own("Hier, dartagnan est sorti.")


def test_text_that_names_somebody_with_a_short_name_is_known() -> None:
    assert Mask([("LI", "Bo")], []).names_own("Li est sorti.")
