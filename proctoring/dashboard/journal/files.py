"""The journal as a file: CSV for a program, ODS for a person."""

from collections.abc import Iterable

from proctoring.dashboard.journal.rows import Row
from sessions_app.exports.csv_text import write_csv
from sessions_app.exports.ods import Column, Look, Title, Value, write_ods

TITLES = ("Session", "N°", "Observé", "Reçu", "Qui", "Rôle", "D’où", "Acte", "Candidat", "Phrase")
WIDTHS = (20, 14, 42, 42, 45, 32, 55, 55, 50, 130)


def as_csv(rows: Iterable[Row]) -> bytes:
    return write_csv(
        TITLES,
        (
            (
                *(str(row.session.number), str(row.sequence)),
                *(f"{row.observed:%d/%m/%Y %H:%M:%S}", f"{row.received:%d/%m/%Y %H:%M:%S}"),
                *(row.who, row.role, row.where, row.label, row.candidate, row.sentence),
            )
            for row in rows
        ),
    )


def as_ods(rows: Iterable[Row]) -> bytes:
    """Dates and hours are real: they sort, and can be counted with."""
    head: list[Value] = [Title(text) for text in TITLES]
    body: list[list[Value]] = [
        [
            *(row.session.number, row.sequence, row.observed, row.received),
            *(row.who, row.role, row.where, row.label, row.candidate, row.sentence),
        ]
        for row in rows
    ]
    columns = [
        Column(width, Look.MOMENT if title in {"Observé", "Reçu"} else Look.TEXT)
        for title, width in zip(TITLES, WIDTHS, strict=True)
    ]
    return write_ods("Journal", columns, [head, *body])
