"""The columns of a file of several sessions (reference/files.md §3): those of the session beside the candidate's."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices

from sessions_app.imports.headers import REQUIRED, Columns, Field, Found, find_header, matched
from sessions_app.imports.reading import Sheet
from sessions_app.imports.refusals import columns_missing


class SessionField(TextChoices):
    NUMBER = "number", "Numéro de session préexistante"
    SITE = "site", "Nom du site"
    ROOM = "room", "Nom de la salle"
    DAY = "day", "Date de début"
    HOUR = "hour", "Heure de début"
    PROCTORS = "proctor_names", "Surveillant(s)"
    OBSERVATIONS = "observations", "Observations"


NEEDED_TO_CREATE = (SessionField.SITE, SessionField.ROOM, SessionField.DAY, SessionField.HOUR)

# Folded texts, the surest first, as `headers.KNOWN` for a candidate.
KNOWN: dict[SessionField, tuple[str, ...]] = {
    SessionField.NUMBER: (
        "NUMERODESESSIONPREEXISTANTE",
        "NUMERODESESSION",
        "NUMERODELASESSION",
        "NDESESSION",
    ),
    SessionField.SITE: ("NOMDUSITE", "SITE"),
    SessionField.ROOM: ("NOMDELASALLE", "SALLE"),
    SessionField.DAY: ("DATEDEDEBUT", "DATEDELASESSION", "DATEDESESSION"),
    SessionField.HOUR: ("HEUREDEDEBUT", "HEUREDELASESSION", "HEURE", "DEBUT"),
    SessionField.PROCTORS: ("SURVEILLANTS", "SURVEILLANT"),
    SessionField.OBSERVATIONS: ("OBSERVATIONS", "OBSERVATION"),
}

type SessionColumns = dict[SessionField, int]


@dataclass(frozen=True, slots=True)
class SessionsHeader:
    """Where the titles stand, and which column is what."""

    found: Found
    session: SessionColumns

    @property
    def candidate(self) -> Columns:
        return self.found.columns

    def as_json(self) -> dict[str, int]:
        both = [*self.session.items(), *self.candidate.items()]
        return {field.value: at for field, at in both}


def find_sessions_header(sheets: Sequence[Sheet]) -> SessionsHeader:
    """The header of the file, in any sheet. Refused (`file_columns_missing`, 422) with the titles that lack.

    No choice of columns here: the file has a model, and a title that is not in it was altered.
    """
    found = find_header(sheets, {})
    session = matched(found.labels, KNOWN)
    lacking = [field.label for field in REQUIRED if field not in found.columns]
    if SessionField.NUMBER not in session or any(field in session for field in NEEDED_TO_CREATE):
        lacking = [field.label for field in NEEDED_TO_CREATE if field not in session] + lacking
    if lacking:
        raise columns_missing(lacking)
    return SessionsHeader(found, session)


def columns_from_json(columns: dict[str, int]) -> tuple[SessionColumns, Columns]:
    session = {field: columns[field.value] for field in SessionField if field.value in columns}
    candidate = {field: columns[field.value] for field in Field if field.value in columns}
    return session, candidate
