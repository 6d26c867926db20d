"""Which column is what: by the texts of the header, never by position (reference/files.md §2)."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices

from pixsurv.kernel.identity import fold
from sessions_app.imports.reading import Cell, Sheet

HEADER_WITHIN = 60  # lines in which a header is looked for


class Field(TextChoices):
    """All that is kept of a list (reference/files.md §5); the rest is not stored."""

    LAST_NAME = "last_name", "Nom de naissance"
    FIRST_NAME = "first_name", "Prénom"
    BIRTH_DATE = "birth_date", "Date de naissance"
    CLASS_NAME = "class_name", "Classe"
    LOCAL_ID = "local_id", "Identifiant local"
    EXTRA_TIME = "extra_time_percent", "Temps majoré"
    SIGN_IN_MODE = "sign_in_mode", "Mode de connexion"


REQUIRED = (Field.LAST_NAME, Field.FIRST_NAME, Field.BIRTH_DATE)
PUPIL_FIELDS = tuple(Field)
CANDIDATE_FIELDS = tuple(field for field in Field if field != Field.SIGN_IN_MODE)

# Folded texts, the surest first: « Nom d’usage » never stands for the name of birth.
KNOWN: dict[Field, tuple[str, ...]] = {
    Field.LAST_NAME: (
        "NOMDENAISSANCE", "NOMDEFAMILLE", "NOMDELELEVE", "NOMELEVE", "NOMDUCANDIDAT", "NOM",
    ),
    Field.FIRST_NAME: (
        "PRENOM", "PRENOM1", "1ERPRENOM", "PREMIERPRENOM", "PRENOMDELELEVE", "PRENOMELEVE", "PRENOMDUCANDIDAT",
        "PRENOMS",
    ),
    Field.BIRTH_DATE: (
        "DATEDENAISSANCE", "DATENAISSANCE", "DATENAISS", "DATEDENAISS", "NEELE", "NELE", "NEEL", "NAISSANCE", "DDN",
    ),
    Field.CLASS_NAME: ("CLASSE", "DIVISION", "LIBELLECLASSE", "CLASSEDELELEVE", "CODEDIVISION"),
    Field.LOCAL_ID: ("IDENTIFIANTLOCAL", "IDENTIFIANTEXTERNE", "NUMEROINTERNE", "NINTERNE"),
    Field.EXTRA_TIME: ("TEMPSMAJORE", "MAJORATION", "TIERSTEMPS", "TEMPSMAJOREEN"),
    Field.SIGN_IN_MODE: ("MODEDECONNEXION", "METHODEDECONNEXION", "METHODESDECONNEXION", "CONNEXION"),
}  # fmt: skip

type Columns = dict[Field, int]


@dataclass(frozen=True, slots=True)
class Found:
    """Where the header of a list stands. `line` is its last line, counted from 1; 0 says that there is none."""

    sheet: Sheet
    line: int
    labels: list[str]
    columns: Columns

    @property
    def whole(self) -> bool:
        return all(field in self.columns for field in REQUIRED)


def label_of(cell: Cell) -> str:
    """The text of a header cell on one line; nothing for a number or a date."""
    return " ".join(cell.replace("*", " ").split()) if isinstance(cell, str) else ""


def folded(label: str) -> str:
    """« * Date de naissance (format : jj/mm/aaaa) » → DATEDENAISSANCE; « Né(e) le » → NEELE."""
    return fold(re.sub(r"\([^)]{2,}\)?", " ", label))


def columns_of(labels: Sequence[str], fields: Sequence[Field] = CANDIDATE_FIELDS) -> Columns:
    """Those of `fields` whose column is beyond doubt."""
    return matched(labels, {field: KNOWN[field] for field in fields})


def matched[Name: TextChoices](labels: Sequence[str], known: Mapping[Name, Sequence[str]]) -> dict[Name, int]:
    """The fields whose title stands once, by the surest text; a text that stands twice is nobody's."""
    texts = [folded(label) for label in labels]
    found: dict[Name, int] = {}
    for field, spellings in known.items():
        for text in spellings:
            if texts.count(text) == 1:
                found[field] = texts.index(text)
                break
            if text in texts:
                break
    return found


def find_header(
    sheets: Sequence[Sheet], remembered: Mapping[str, Columns], fields: Sequence[Field] = CANDIDATE_FIELDS
) -> Found:
    """The header of the list, in any sheet: known texts, else one that this school mapped before, else a guess.

    A guess is not `whole`: somebody must say which column is what.
    """
    guesses: list[tuple[int, Found]] = []
    for sheet in sheets:
        for line in range(1, min(HEADER_WITHIN, len(sheet.rows)) + 1):
            for labels in _labels(sheet, line):
                last = line + (labels != _alone(sheet, line))
                mapped = remembered.get(signature(labels))
                columns = dict(mapped) if mapped else columns_of(labels, fields)
                found = Found(sheet, last, labels, columns)
                if found.whole:
                    return found
                guesses.append((_likeness(found, line), found))
    return max(guesses, key=lambda guess: guess[0])[1]


def header_at(sheet: Sheet, line: int) -> Found:
    """What somebody says: the titles stand on that line; 0 when there is none."""
    if line == 0:
        return Found(sheet, 0, [""] * width(sheet), {})
    labels = _alone(sheet, min(line, len(sheet.rows)))
    return Found(sheet, line, labels, columns_of(labels))


def width(sheet: Sheet) -> int:
    return max((len(row) for row in sheet.rows), default=0)


def letter(column: int) -> str:
    """0 → A, 26 → AA, as spreadsheets name their columns."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def signature(labels: Sequence[str]) -> str:
    """The same for two lists with the same titles in the same order; nothing for a line without titles."""
    texts = [folded(label) for label in labels]
    while texts and not texts[-1]:
        texts.pop()
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest() if any(texts) else ""


def _alone(sheet: Sheet, line: int) -> list[str]:
    return [label_of(cell) for cell in sheet.rows[line - 1]]


def _labels(sheet: Sheet, line: int) -> list[list[str]]:
    """The line alone, then with the one below: Pix Certif writes groups above and titles beneath."""
    alone = _alone(sheet, line)
    if line == len(sheet.rows):
        return [alone]
    below = _alone(sheet, line + 1)
    if not any(folded(label) in _TITLES for label in below):
        return [alone]
    size = max(len(alone), len(below))
    alone_padded = alone + [""] * (size - len(alone))
    below_padded = below + [""] * (size - len(below))
    return [[low or high for high, low in zip(alone_padded, below_padded, strict=True)], alone]


# Titles of the second line of the two real Pix Certif headers, besides those that we keep.
_TITLES = {"CODEPOSTAL", "CODEINSEE", "NOMDELACOMMUNE", "PAYS"} | {
    text for texts in KNOWN.values() for text in texts
}


def _likeness(found: Found, line: int) -> int:
    """How much a line looks like titles: known words first, then how many texts, the first line on a tie."""
    texts = sum(bool(label) for label in found.labels)
    return len(found.columns) * 10_000 + min(texts, 90) * 100 - line
