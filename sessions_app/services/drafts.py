"""From an uploaded file to a draft that can be confirmed (P2, P5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from pixsurv.kernel.errors import DomainError
from sessions_app.imports.headers import (
    CANDIDATE_FIELDS,
    Columns,
    Field,
    Found,
    find_header,
    header_at,
    label_of,
    letter,
    signature,
    width,
)
from sessions_app.imports.reading import Cell, Sheet, read_sheets
from sessions_app.imports.refusals import refused_file
from sessions_app.imports.values import shown
from sessions_app.models import Account, Establishment, ImportDraft, ImportMapping, Session, UploadedList

LONGEST_LABEL = 100


def require_replaceable(session: Session) -> None:
    """A list is replaced until the first candidate has entered (P5). Refused with `session_closed`, `list_frozen`."""
    if session.is_over:
        raise DomainError(
            "session_closed", "Cette session est clôturée\u00a0: plus rien ne peut y être changé."
        )
    if session.first_entry_at is not None:
        raise DomainError(
            "list_frozen",
            "Un candidat est déjà entré\u00a0: la liste ne peut plus être remplacée."
            " Vous pouvez encore inscrire des candidats un par un, jusqu’à la clôture.",
        )


def make_draft(
    *, session: Session, account: Account, file_name: str, data: bytes, ask_columns: bool, now: datetime
) -> ImportDraft:
    """Read the file and keep what its list holds; older drafts of everybody are purged.

    The draft has no `columns` yet when somebody must say which is which: unknown titles, or `ask_columns`.
    Refused as in `require_replaceable`, and with a `file_…` code (422).
    """
    require_replaceable(session)
    sheets = read_sheets(data)
    ImportDraft.objects.expired(now).delete()
    draft = ImportDraft(session=session, account=account, created_at=now)
    hold(draft, sheets, session.establishment, file_name=file_name, ask_columns=ask_columns)
    draft.save(force_insert=True)
    return draft


def hold(
    draft: UploadedList,
    sheets: Sequence[Sheet],
    establishment: Establishment,
    *,
    file_name: str,
    ask_columns: bool,
    fields: Sequence[Field] = CANDIDATE_FIELDS,
) -> None:
    """Put the list of these sheets into a draft that is not saved yet; `columns` as in `make_draft`."""
    found = find_header(sheets, _remembered(establishment, fields), fields)
    draft.file_name = printable(file_name)
    draft.sheet_name = printable(found.sheet.name)
    _fill(draft, found)
    if found.whole and not ask_columns:
        _settle(draft, found.columns)


def choose_columns(
    *, draft: UploadedList, establishment: Establishment, header_line: int, columns: Columns
) -> None:
    """Say which column is what, once; remembered for the next list with the same titles.

    Refused with `columns_chosen` when somebody did meanwhile, `columns_invalid` for a column that is not there.
    """
    with transaction.atomic():
        fresh = type(draft)._default_manager.select_for_update().get(pk=draft.pk)
        if fresh.columns is not None:
            raise DomainError("columns_chosen", "Les colonnes de ce fichier ont déjà été choisies.")
        sheet = draft_sheet(fresh)
        if header_line > len(sheet.rows) or max(columns.values(), default=0) >= max(width(sheet), 1):
            raise DomainError(
                "columns_invalid", "Cette colonne ou cette ligne n’est pas dans le fichier.", status=422
            )
        found = header_at(sheet, header_line)
        _fill(fresh, Found(sheet, found.line, found.labels, columns))
        _settle(fresh, columns)
        fresh.save()
        if titles := signature(found.labels):
            ImportMapping.objects.update_or_create(
                establishment=establishment,
                signature=titles,
                defaults={"columns": {field.value: at for field, at in columns.items()}},
            )


def draft_sheet(draft: UploadedList) -> Sheet:
    """The sheet again, lines at their places: for the choice of the columns."""
    last = max((number for number, _ in draft.rows), default=0)
    rows: list[list[Cell]] = [[] for _ in range(last)]
    for number, cells in draft.rows:
        rows[number - 1] = cells
    return Sheet(draft.sheet_name, rows)


def _fill(draft: UploadedList, found: Found) -> None:
    """Every filled line of the sheet, titles included, until somebody has said which column is what."""
    draft.header_line = found.line
    draft.labels = [label[:LONGEST_LABEL] for label in found.labels]
    draft.rows = [[number, row] for number, row in enumerate(found.sheet.rows, start=1) if row]


def _settle(draft: UploadedList, columns: Columns) -> None:
    """Keep the cells of our columns below the titles, and nothing else."""
    kept = set(columns.values())
    draft.columns = {field.value: at for field, at in columns.items()}
    draft.rows = [
        [number, [cell if at in kept else None for at, cell in enumerate(cells)][: max(kept) + 1]]
        for number, cells in draft.rows
        if number > draft.header_line and not _titles_again(cells, draft.labels, columns)
    ]
    if not draft.rows:
        raise refused_file("file_no_people")


def _titles_again(cells: Sequence[Cell], labels: Sequence[str], columns: Columns) -> bool:
    """The titles of the next printed page, or a line that holds blanks only."""
    read = [label_of(cells[at]) if at < len(cells) else "" for at in columns.values()]
    titles = [labels[at] if at < len(labels) else "" for at in columns.values()]
    return (any(titles) and read == titles) or not any(
        label_of(cell) if isinstance(cell, str) else cell is not None for cell in cells
    )


def _remembered(establishment: Establishment, fields: Sequence[Field]) -> Mapping[str, Columns]:
    mappings = ImportMapping.objects.filter(establishment=establishment).order_by("pk")
    return {
        mapping.signature: {field: mapping.columns[field] for field in fields if field in mapping.columns}
        for mapping in mappings
    }


def printable(text: str) -> str:
    """What a browser says of a file: printable, and not longer than its column."""
    return "".join(char for char in text if char.isprintable())[:200]


def column_choices(draft: UploadedList) -> list[tuple[str, str]]:
    """« A — Nom », « B — DUPONT »: the letter, then the title or the first value below."""
    sheet = draft_sheet(draft)
    choices = []
    for at in range(width(sheet)):
        texts = (label_of(row[at]) for row in sheet.rows[max(draft.header_line - 1, 0) :] if at < len(row))
        title = draft.labels[at] if at < len(draft.labels) else ""
        words = title or next(filter(None, texts), "")
        choices.append((str(at), f"{letter(at)} — {words[:60]}" if words else letter(at)))
    return choices


def sample(sheet: Sheet, header_line: int, lines: int) -> list[tuple[int, list[str]]]:
    """A few lines as people see them, from the titles on, each with as many cells as the sheet has columns."""
    size = width(sheet)
    first = max(header_line, 1)
    found = [(number, sheet.rows[number - 1]) for number in range(first, len(sheet.rows) + 1)]
    filled = [(number, row) for number, row in found if row][:lines]
    return [
        (number, ["" if cell is None else shown(cell)[:40] for cell in row] + [""] * (size - len(row)))
        for number, row in filled
    ]
