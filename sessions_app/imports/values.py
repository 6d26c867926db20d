"""One cell, read: what is unambiguous is accepted, what is not is named (reference/files.md §4)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from pixsurv.kernel.identity import fold
from sessions_app.enums import SignInMode
from sessions_app.imports.reading import Cell

OLDEST = date(1900, 1, 1)  # pix.md §5.3: later than this day
MOST_EXTRA_TIME = 300
USUAL_EXTRA_TIME = 33
SHEET_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets
SERIALS = range(7_306, 80_000)  # from 1920 on: below, a number is no day
SHEET_ERRORS = (
    "#REF!",
    "#N/A",
    "#VALUE!",
    "#VALEUR!",
    "#NAME?",
    "#NOM?",
    "#DIV/0!",
    "#NUM!",
    "#NOMBRE!",
    "#NUL!",
)
# What the fonts of the documents draw (mechanics §15): Latin letters with every accent that a French name meets.
DRAWN = re.compile("[\u0020-\u024f\u1e00-\u1eff\u2010-\u2015\u2018\u2019]*")

_DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_HOUR = re.compile(r"(?<=\d)[T ]\d{1,2}[:h]\d{2}(:\d{2}([.,]\d+)?)?Z?$")


@dataclass
class Wrong(Exception):
    """What is wrong with a cell, and what to do. `code` is stable."""

    code: str
    fact: str
    todo: str


def shown(cell: Cell) -> str:
    """The cell as people know it from their screen."""
    if cell is None:
        return "(vide)"
    if isinstance(cell, dict):
        return f"{date.fromisoformat(cell['date']):%d/%m/%Y}"
    if isinstance(cell, float | int):
        return f"{cell:.10g}".replace(".", ",")
    return " ".join(cell.split()) or "(vide)"


def text_of(cell: Cell) -> str:
    """One line, NFC, usual spaces. Raises Wrong for what no list of names should hold."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return shown(cell)
    text = " ".join(cell.split()) if cell.isascii() and cell.isprintable() else _composed(cell)
    if re.match("'[=+@-]", text):  # how we write what could be taken for a formula
        text = text[1:]
    elif text.startswith("="):
        raise Wrong(
            "formula",
            "C’est une formule, pas une valeur.",
            "collez la valeur («\u00a0Collage spécial\u00a0», «\u00a0Valeurs\u00a0»).",
        )
    if text.upper() in SHEET_ERRORS:
        raise Wrong(
            "sheet_error", "Le tableur n’a pas su calculer cette cellule.", "tapez la valeur à la main."
        )
    return text


def _composed(cell: str) -> str:
    """What takes a look at every sign: most cells have nothing to compose and nothing to hide."""
    # Zero-width signs come with copies from web pages and are seen by nobody.
    visible = "".join(char for char in cell if unicodedata.category(char) != "Cf")
    text = unicodedata.normalize("NFC", " ".join(visible.split()))
    if any(unicodedata.category(char) in {"Cc", "Cs", "Co"} or char == "\ufffd" for char in text):
        raise Wrong(
            "unreadable",
            "Cette cellule contient un signe qui ne se lit pas.",
            "tapez à nouveau cette cellule.",
        )
    return text


def name_of(cell: Cell, what: str, place: str) -> str:
    """A last or first name of 1 to 100 characters with at least one Latin letter (R14 compares those only)."""
    text = text_of(cell)
    if not text:
        raise Wrong(
            "required", f"{what} est obligatoire.", f"complétez la cellule {place}, ou supprimez la ligne."
        )
    limited(text, 100)
    if not fold(text):
        raise Wrong(
            "no_letter",
            f"{what} n’a aucune lettre latine.",
            "écrivez-le comme sur une pièce d’identité européenne.",
        )
    return text


def limited(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Wrong("too_long", f"Plus de {longest} caractères.", "raccourcissez cette cellule.")
    return text


def date_of(cell: Cell, today: date) -> date:
    """A birth date: date cell, day of a spreadsheet, JJ/MM/AAAA, JJ/MM/AA, AAAA-MM-JJ."""
    todo = "écrivez la date au format JJ/MM/AAAA."
    if cell is None or (isinstance(cell, str) and not text_of(cell)):
        raise Wrong("required", "La date de naissance est obligatoire.", todo)
    found = day_of(cell, newest_year=today.year)
    if found <= OLDEST:
        raise Wrong("date_too_old", "Cette date est antérieure à 1900.", f"vérifiez l’année\u00a0; {todo}")
    if found > today:
        raise Wrong("date_in_future", "Cette date est dans le futur.", f"vérifiez l’année\u00a0; {todo}")
    return found


def day_of(cell: str | float | dict[str, str], *, newest_year: int) -> date:
    """Any day that a filled cell may hold; a year of two digits is the last such year up to `newest_year`."""
    if isinstance(cell, dict):
        return date.fromisoformat(cell["date"])
    if isinstance(cell, str) and not re.fullmatch(r"\d{5}", text_of(cell)):
        return _written_date(text_of(cell), newest_year)
    if int(cell) in SERIALS:  # a CSV saved without « formatted as shown » has the day's number too
        return SHEET_EPOCH + timedelta(days=int(cell))
    raise Wrong("date_format", "Ce nombre n’est pas une date.", "écrivez la date au format JJ/MM/AAAA.")


def _written_date(text: str, newest_year: int) -> date:
    bare = _HOUR.sub("", text)
    if match := _DAY_FIRST.fullmatch(bare):
        day, month, year = (int(part) for part in match.groups())
        if len(match[3]) == 2:
            # 01/03/11 was written by a spreadsheet.
            year += 2000 if 2000 + year <= newest_year else 1900
    elif match := _YEAR_FIRST.fullmatch(bare):
        year, month, day = (int(part) for part in match.groups())
    else:
        raise Wrong(
            "date_format", "Ceci ne se lit pas comme une date.", "écrivez la date au format JJ/MM/AAAA."
        )
    try:
        return date(year, month, day)
    except ValueError as error:
        hint = " Le jour et le mois semblent inversés." if month > 12 >= day else ""
        raise Wrong(
            "date_impossible",
            f"Cette date n’existe pas.{hint}",
            "vérifiez la date dans Pronote ou SIECLE, au format JJ/MM/AAAA.",
        ) from error


def percent_of(cell: Cell) -> int:
    """Extra time in whole per cent: 33, 0,33, 33 %, 33%, 1/3, a cell in per cent; empty or « non » is none."""
    text = text_of(cell)
    sign = "%" in text or "pour cent" in text.lower()
    bare = re.sub(r"[\s%]|pour cent", "", text.lower()).replace(",", ".")
    if bare in {"", "non", "0", "0.0", "0.00", "-", "aucun", "néant", "sans", "faux"}:
        return 0
    if bare in {"1/3", "tiers", "tierstemps", "untiers"}:
        return USUAL_EXTRA_TIME
    todo = "écrivez 33 pour un tiers de temps en plus."
    try:
        number = float(bare) if re.fullmatch(r"\d+(\.\d+)?", bare) else None
    except ValueError:  # pragma: no cover — the pattern admits numbers only
        number = None
    if number is None:
        raise Wrong("extra_time_format", "Le temps majoré est un nombre.", todo)
    if sign and number < 1:
        raise Wrong("extra_time_format", "Le temps majoré se compte en pour cent entiers.", todo)
    if number == 1 and not sign:
        raise Wrong("extra_time_ambiguous", "1 peut vouloir dire 1 % ou 100 %.", f"{todo[:-1]}, ou 100 %.")
    if number > MOST_EXTRA_TIME:  # before it is rounded: four hundred digits are infinite
        raise Wrong("extra_time_too_big", f"Le temps majoré va de 0 à {MOST_EXTRA_TIME}\u00a0%.", todo)
    percent = number * 100 if number < 1 else number
    # A third is no whole number: 33,33 and 0,3333 are what spreadsheets make of it.
    whole = USUAL_EXTRA_TIME if 33 <= percent < 33.4 else round(percent)
    if whole != USUAL_EXTRA_TIME and abs(percent - whole) > 1e-6:
        raise Wrong("extra_time_format", "Le temps majoré se compte en pour cent entiers.", todo)
    return whole


# Folded words of the lists that schools keep; the labels of the page are among them.
_SIGN_IN: dict[str, SignInMode] = {
    **dict.fromkeys(("MEDIACENTRE", "MEDIACENTREENT", "ENT", "GAR", "PRONOTE"), SignInMode.MEDIACENTRE),
    **dict.fromkeys(("IDENTIFIANT", "IDENTIFIANTPIX", "LOGIN", "USERNAME"), SignInMode.USERNAME),
    **dict.fromkeys(("ADRESSEEMAIL", "EMAIL", "MAIL", "COURRIEL", "MEL"), SignInMode.EMAIL),
    **dict.fromkeys(("JAMAISCONNECTE", "JAMAISCONNECTEE", "JAMAIS", "AUCUN", "AUCUNE"), SignInMode.NEVER),
}


def sign_in_mode_of(cell: Cell) -> SignInMode | None:
    """How a pupil signs in on Pix, by the words of the page or of Pix Orga; nothing for « Non renseigné »."""
    text = text_of(cell)
    if (word := fold(text)) in {"", "NONRENSEIGNE", "NONRENSEIGNEE", "INCONNU"}:
        return None
    if word not in _SIGN_IN:
        known = ", ".join(f"«\u00a0{mode.label}\u00a0»" for mode in SignInMode if mode)
        raise Wrong("sign_in_mode", "Ce mode de connexion n’est pas connu.", f"écrivez {known}, ou rien.")
    return _SIGN_IN[word]


def age_on(day: date, birth: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_drawn(text: str) -> bool:
    """Every sign of it is in the fonts of the documents."""
    return DRAWN.fullmatch(text) is not None
