"""Times and durations as a teacher says them (product §1)."""

import re
from datetime import date, datetime, timedelta

NBSP = "\u00a0"


def clock_time(local: datetime) -> str:
    """« 13h45 », « 9h05 »."""
    return f"{local.hour}h{local.minute:02d}"


def day(value: date) -> str:
    """« 21/05/1997 »."""
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def short_day(value: date) -> str:
    """« 14/03 »."""
    return f"{value.day:02d}/{value.month:02d}"


def duration_words(minutes: int) -> str:
    """« 1 h 45 », « 45 min »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"


MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre"),
    *("novembre", "décembre"),
)
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def long_day(value: date) -> str:
    """« 1 août 2022 », as the kit has it."""
    return f"{value.day}{NBSP}{MONTHS[value.month - 1]}{NBSP}{value.year}"


def week_day(value: date) -> str:
    """« lundi 1 août 2022 »."""
    return f"{WEEKDAYS[value.weekday()]} {long_day(value)}"


def age_words(age: timedelta) -> str:
    """« 40 s », « 2 min », « 1 h 05 »: as `room.js` goes on counting it."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 60:
        return f"{seconds}{NBSP}s"
    minutes = seconds // 60
    return f"{minutes}{NBSP}min" if minutes < 60 else f"{minutes // 60}{NBSP}h{NBSP}{minutes % 60:02d}"


def keep_words(years: int) -> str:
    """Its place and its term, as the school set it (P9)."""
    span = f"{years} an{'s' if years > 1 else ''}"
    return f"À conserver {span} par l’établissement — à remettre au secrétariat de scolarité"


_NAMES_ITSELF = re.compile(r"salle(s?)\b", re.IGNORECASE)


def room_title(name: str) -> str:
    """« Salle B12 », and « Salle des conseils »: the word is never written twice."""
    return _NAMES_ITSELF.sub(r"Salle\1", name, count=1) if _NAMES_ITSELF.match(name) else f"Salle {name}"


def in_room(name: str) -> str:
    """« salle B12 », « salle des conseils »: inside a sentence."""
    return _NAMES_ITSELF.sub(r"salle\1", name, count=1) if _NAMES_ITSELF.match(name) else f"salle {name}"
