"""The CSV of several sessions, with the exact titles of Pix Certif (reference/files.md §3): empty, or filled."""

import csv
import io
from collections.abc import Iterable, Sequence

from sessions_app.models import Candidate

CSV_TYPE = "text/csv; charset=utf-8"
BOM = "\ufeff"  # Excel reads UTF-8 only with it
SEPARATOR = ";"
TITLES = (
    "Numéro de session préexistante",
    "* Nom du site",
    "* Nom de la salle",
    "* Date de début (format: JJ/MM/AAAA)",
    "* Heure de début (heure locale format: HH:MM)",
    "* Surveillant(s)",
    "Observations (optionnel)",
    "* Nom de naissance",
    "* Prénom",
    "* Date de naissance (format: JJ/MM/AAAA)",
    "* Sexe (M ou F)",
    "Code INSEE de la commune de naissance",
    "Code postal de la commune de naissance",
    "Nom de la commune de naissance",
    "* Pays de naissance",
    "E-mail du destinataire des résultats (formateur, enseignant…)",
    "E-mail de convocation",
    "Identifiant externe",
    "Temps majoré\u00a0? (exemple format: 33%)",
)
NUMBER, LAST_NAME, FIRST_NAME, BIRTH_DATE, LOCAL_ID, EXTRA_TIME = 0, 7, 8, 9, 17, 18


def sessions_file(candidates: Iterable[Candidate]) -> bytes:
    """One line a candidate, by the number of his session: filled in, it changes those lists.

    What Pixsurv does not keep (sex, place of birth, e-mails) stays empty.
    """
    return _written(_line(one) for one in candidates)


def _line(candidate: Candidate) -> list[str]:
    cells = [""] * len(TITLES)
    cells[NUMBER] = str(candidate.session.number)
    cells[LAST_NAME] = candidate.last_name
    cells[FIRST_NAME] = candidate.first_name
    cells[BIRTH_DATE] = f"{candidate.birth_date:%d/%m/%Y}"
    cells[LOCAL_ID] = candidate.local_id
    if candidate.extra_time_percent:
        cells[EXTRA_TIME] = f"{candidate.extra_time_percent}%"
    return cells


def _written(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=SEPARATOR, lineterminator="\r\n")
    writer.writerow(TITLES)
    writer.writerows([_harmless(cell) for cell in line] for line in lines)
    return (BOM + text.getvalue()).encode()


def _harmless(cell: str) -> str:
    """A text that a spreadsheet could take for a formula (quality §3); our own import takes the sign off again."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
