"""The cells of a session, read: number, place, day, hour. As in `values`, what is ambiguous is named."""

import re
import unicodedata
from datetime import date, time

from sessions_app.imports.reading import Cell
from sessions_app.imports.values import Wrong, day_of, limited, text_of

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)  # as the form of a session has them
MINUTES_OF_A_DAY = 24 * 60
LONGEST_NUMBER = 9  # digits; ours have six or seven
NEWEST_YEAR = 2099

_HOUR = re.compile(r"(\d{1,2})\s*[:hH.]\s*(?:(\d{2})(?::\d{2})?)?")


def is_blank(cell: Cell) -> bool:
    """Empty, or nothing that anybody sees."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def number_of(cell: Cell) -> int:
    """The number of a session that exists."""
    text = re.sub(r"\s", "", text_of(cell))
    if not re.fullmatch(rf"[0-9]{{1,{LONGEST_NUMBER}}}", text):
        raise Wrong(
            "number_format",
            "Un numéro de session n’a que des chiffres.",
            "recopiez le numéro de la page «\u00a0Sessions\u00a0», ou videz cette cellule pour créer une séance.",
        )
    return int(text)


def place_of(cell: Cell, what: str, place: str, longest: int) -> str:
    """The site or the room."""
    text = text_of(cell)
    if not text:
        raise Wrong(
            "required", f"{what} est obligatoire pour créer une séance.", f"complétez la cellule {place}."
        )
    return limited(text, longest)


def place_key(text: str) -> str:
    """Equal for two spellings of a place: capitals, accents and spaces don't count, punctuation does.

    « 1-12 » and « 11-2 » are two rooms, which `fold` would take for one.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def session_day_of(cell: Cell) -> date:
    todo = "écrivez la date au format JJ/MM/AAAA."
    if cell is None or is_blank(cell):
        raise Wrong("required", "La date de début est obligatoire pour créer une séance.", todo)
    found = day_of(cell, newest_year=NEWEST_YEAR)
    if not FIRST_DAY <= found < LAST_DAY:
        raise Wrong(
            "date_out_of_range", "Cette date n’est pas celle d’une séance.", f"vérifiez l’année\u00a0; {todo}"
        )
    return found


def hour_of(cell: Cell) -> time:
    """A local hour: 10:00, 10h00, 9h, 10:00:00, or the part of a day that a spreadsheet keeps."""
    todo = "écrivez l’heure au format HH:MM, par exemple 09:30."
    if is_blank(cell):
        raise Wrong("required", "L’heure de début est obligatoire pour créer une séance.", todo)
    if isinstance(cell, float | int):
        minutes = round(cell * MINUTES_OF_A_DAY)
        if not 0 <= cell < 1 or minutes >= MINUTES_OF_A_DAY:
            raise Wrong("hour_format", "Ce nombre n’est pas une heure.", todo)
        return time(minutes // 60, minutes % 60)
    match = _HOUR.fullmatch(text_of(cell)) if isinstance(cell, str) else None
    if match is None:
        raise Wrong("hour_format", "Ceci ne se lit pas comme une heure.", todo)
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 23 or minute > 59:
        raise Wrong("hour_impossible", "Cette heure n’existe pas.", todo)
    return time(hour, minute)
