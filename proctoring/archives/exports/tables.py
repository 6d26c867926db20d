"""The three lists of an export, each as ODS and as CSV, row by row: sessions, candidates, incidents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from proctoring.archives.exports.reading import Kept, eliminated_words
from proctoring.report.content import Person, Report
from sessions_app.exports.csv_text import CsvFile
from sessions_app.exports.ods import Column, Look, OdsFile, Title, Value
from sessions_app.wording import clock_time


@dataclass(frozen=True, slots=True)
class Table:
    """Titles with the width of their column in millimetres; dates are real ones in the ODS."""

    stem: str
    name: str
    columns: tuple[tuple[str, int], ...]
    dates: frozenset[str] = frozenset({"Date", "Né(e) le", "Clôturée le"})

    @property
    def titles(self) -> list[str]:
        return [title for title, _ in self.columns]


SESSIONS = Table(
    "sessions",
    "Sessions",
    (
        *(("Session", 20), ("Date", 24), ("Heure", 16), ("Nature", 38), ("Site", 50), ("Salle", 30)),
        *(("Surveillants", 60), ("Inscrits", 18), ("Présents", 18), ("Absents", 18), ("Incidents", 18)),
        *(("Signalements", 24), ("Additifs", 18), ("Clôturée le", 26), ("État", 70), ("Sceau", 130)),
    ),
)
CANDIDATES = Table(
    "candidats",
    "Candidats",
    (
        *(("Session", 20), ("Date", 24), ("Salle", 30), ("Nom", 45), ("Prénom", 40), ("Né(e) le", 24)),
        *(("Classe", 22), ("Identifiant local", 36), ("Poste", 16), ("Début", 18), ("Fin", 18)),
        *(("Situation", 60), ("Motif", 60)),
    ),
)
INCIDENTS = Table(
    "incidents",
    "Incidents",
    (
        *(("Session", 20), ("Date", 24), ("Salle", 30), ("Sorte", 26), ("Heure", 18), ("Code", 14)),
        *(("Fait", 160), ("Note", 50)),
    ),
)


def rows_of(table: Table, kept: Kept) -> Iterator[list[Value]]:
    """What one session adds to a list. An eliminated one has its own line, and nothing of its people."""
    if table is SESSIONS:
        yield _session(kept)
    elif kept.report is not None:
        where: list[Value] = [kept.session.number, kept.starts.date(), kept.head.room]
        told = _candidates(kept.report) if table is CANDIDATES else _incidents(kept.report)
        for row in told:
            yield [*where, *row]


def _session(kept: Kept) -> list[Value]:
    session, report, head, start = kept.session, kept.report, kept.head, kept.starts
    closed = session.closed_at.astimezone(head.zone).date() if session.closed_at is not None else None
    counts: list[Value] = [None] * 6
    proctors, state = "", eliminated_words(session)
    if report is not None:
        state = session.get_state_display()
        proctors = ", ".join(watch.name for watch in report.proctors)
        people = (len(report.people), len(report.present), len(report.absent))
        counts = [*people, len(report.incidents), len(report.alerts), len(report.addenda)]
    return [
        *(session.number, start.date(), clock_time(start), head.kind),
        *(head.site, head.room, proctors, *counts, closed, state, session.seal),
    ]


def _candidates(report: Report) -> Iterator[list[Value]]:
    """Without the extra time: a list travels further than the report that has to say it (needs §3.1)."""
    for one in report.people:
        yield [
            *(one.last_name, one.first_name, _birth(one), one.class_name, one.local_id, one.workstation),
            *(one.started, one.over, one.standing, one.reason),
        ]


def _incidents(report: Report) -> Iterator[list[Value]]:
    for kind, lines in (("Incident", report.incidents), ("Signalement", report.alerts)):
        for line in lines:
            yield [kind, line.time, line.code, line.words, line.note]


def _birth(person: Person) -> Value:
    """A real date; what an old journal has otherwise stays as it is."""
    try:
        day, month, year = (int(part) for part in person.birth.split("/"))
        return date(year, month, day)
    except ValueError:
        return person.birth


class TableFiles:
    """One list being written on the disk, in the forms asked for."""

    def __init__(self, folder: Path, table: Table, forms: Sequence[str] = ("ods", "csv")) -> None:
        self.table = table
        self.paths = {form: folder / f"{table.stem}.{form}" for form in forms}
        columns = [
            Column(width, Look.DATE if title in table.dates else Look.TEXT) for title, width in table.columns
        ]
        self._ods_file = self.paths["ods"].open("wb") if "ods" in forms else None
        self._csv_file = self.paths["csv"].open("w", encoding="utf-8", newline="") if "csv" in forms else None
        self._ods = OdsFile(self._ods_file, table.name, columns) if self._ods_file else None
        self._csv = CsvFile(self._csv_file, table.titles) if self._csv_file else None
        if self._ods:
            self._ods.add([Title(title) for title in table.titles])

    def add(self, kept: Kept) -> None:
        for row in rows_of(self.table, kept):
            if self._ods:
                self._ods.add(row)
            if self._csv:
                self._csv.add([_text(value) for value in row])

    def close(self) -> None:
        """The files are whole only now."""
        if self._ods and self._ods_file:
            self._ods.close()
            self._ods_file.close()
        if self._csv_file:
            self._csv_file.close()


def _text(value: Value) -> str:
    if value is None:
        return ""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
