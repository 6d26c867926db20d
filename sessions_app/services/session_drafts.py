"""From an uploaded file of several sessions to a draft that can be confirmed (P5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sessions_app.enums import Followed, SessionKind
from sessions_app.imports.reading import Cell, read_sheets
from sessions_app.imports.refusals import refused_file
from sessions_app.imports.session_columns import find_sessions_header
from sessions_app.imports.session_values import is_blank
from sessions_app.models import Account, Establishment, SessionsDraft
from sessions_app.services.drafts import LONGEST_LABEL, printable


def make_sessions_draft(
    *,
    establishment: Establishment,
    account: Account,
    file_name: str,
    data: bytes,
    kind: SessionKind,
    followed: Followed,
    duration: int,
    workstations: int | None,
    now: datetime,
) -> SessionsDraft:
    """Read the file and keep the cells of our columns; older drafts of everybody are purged.

    Refused with a `file_…` code (422).
    """
    header = find_sessions_header(read_sheets(data))
    found = header.found
    columns = header.as_json()
    SessionsDraft.objects.expired(now).delete()
    draft = SessionsDraft(
        establishment=establishment,
        account=account,
        file_name=printable(file_name),
        sheet_name=printable(found.sheet.name),
        labels=[label[:LONGEST_LABEL] for label in found.labels],
        columns=columns,
        rows=_rows(found.sheet.rows[found.line :], found.line, columns),
        kind=kind,
        followed=followed,
        duration=duration,
        workstations=workstations,
        created_at=now,
    )
    if not draft.rows:
        raise refused_file("file_no_people")
    draft.save(force_insert=True)
    return draft


def _rows(below: Sequence[Sequence[Cell]], line: int, columns: Mapping[str, int]) -> list[list[object]]:
    """What is not kept is not stored either; a line that holds nothing of ours is dropped."""
    kept = set(columns.values())
    rows: list[list[object]] = []
    for number, cells in enumerate(below, start=line + 1):
        ours = [cell if at in kept else None for at, cell in enumerate(cells)][: max(kept) + 1]
        if not all(is_blank(cell) for cell in ours):
            rows.append([number, ours])
    return rows
