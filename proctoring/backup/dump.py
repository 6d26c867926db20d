"""Writing a backup: one consistent view of the database, streamed, while everybody goes on working."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.db import connection, models, transaction

from proctoring.backup.tables import (
    FORMAT,
    JOURNALS,
    MANIFEST,
    VERSION,
    applied_migrations,
    columns,
    high_water,
    rows,
    tables,
    to_json,
)
from sessions_app.models import Session


def write_backup(path: Path, *, now: datetime) -> dict[str, Any]:
    """The manifest of the file that stands at `path`, whole, when this returns; nothing stands there before.

    Raises FileExistsError, and OSError for a place that can't be written. Mode 0600.
    """
    if path.exists():
        raise FileExistsError(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with one_view():
                manifest = _write(file, now)
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)  # unlike a rename, it refuses to take somebody else's place
    finally:
        partial.unlink()
    return manifest


@contextmanager
def one_view() -> Iterator[None]:
    """Reads see the database as it is now, whatever is written meanwhile, and hold nobody up.

    SQLite: a deferred transaction, which our settings never open, for an immediate one would take the writer's place.
    PostgreSQL: one snapshot; the limits that protect the web processes are lifted for it alone.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            with _row_by_row():
                yield


@contextmanager
def _row_by_row() -> Iterator[None]:
    """A cursor of the server, which inside one transaction any pooler lets live (decision 0042)."""
    told = connection.settings_dict
    before = told.get("DISABLE_SERVER_SIDE_CURSORS", False)
    told["DISABLE_SERVER_SIDE_CURSORS"] = False
    try:
        yield
    finally:
        told["DISABLE_SERVER_SIDE_CURSORS"] = before


def _write(file: IO[bytes], now: datetime) -> dict[str, Any]:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        told = {model._meta.db_table: _table(archive, model) for model in tables()}
        heads = (
            list(head)
            for head in Session.objects.order_by("number")
            .values_list("number", "sequence", "head_hash")
            .iterator(chunk_size=1000)
        )
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": now.isoformat(),
            "database": connection.vendor,
            "migrations": applied_migrations(),
            "tables": told,
            "journals": _entry(archive, JOURNALS, heads),
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
    return manifest


def _table(archive: zipfile.ZipFile, model: type[models.Model]) -> dict[str, Any]:
    def lines() -> Iterator[list[Any]]:
        yield [field.column for field in columns(model)]
        for row in rows(model):
            yield [to_json(value) for value in row]

    told = _entry(archive, f"tables/{model._meta.db_table}.jsonl", lines())
    return {**told, "rows": told["rows"] - 1, "high_water": high_water(model)}


def _entry(archive: zipfile.ZipFile, name: str, lines: Iterable[list[Any]]) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as out:
        for line in lines:
            # Keys in order: PostgreSQL keeps those of a JSON column in its own.
            text = json.dumps(line, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            content = text.encode() + b"\n"
            digest.update(content)
            out.write(content)
            count += 1
    return {"rows": count, "sha256": digest.hexdigest()}
