"""Reading a backup into an empty database: all of it, checked, or nothing."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction

from proctoring.backup.tables import (
    FORMAT,
    JOURNALS,
    MANIFEST,
    VERSION,
    applied_migrations,
    columns,
    raise_high_water,
    rows_at_once,
    tables,
    to_database,
)
from sessions_app import triggers
from sessions_app.models import Session

LONGEST_MANIFEST = 10_000_000  # bytes
LONGEST_LINE = 64 * 1024 * 1024  # a row with its file of 5 MiB is a tenth of it
# RuntimeError: encrypted, packed as nobody does, or nested without end.
UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError)
OF_DJANGO = (ValidationError, DatabaseError)


class Unusable(Exception):
    """Why this file, or this database, can't be used: a sentence in French."""


@dataclass(frozen=True, slots=True)
class Loaded:
    rows: int
    sessions: int
    made_at: str


def load_backup(path: Path) -> Loaded:
    """Put everything back under its own ids, in one transaction. Raises `Unusable`; then nothing was written."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            _require_same_version(manifest)
            with transaction.atomic():
                _lift_limits()
                _require_empty()
                count = sum(_load(archive, manifest, model) for model in tables())
                for model in tables():
                    raise_high_water(model, manifest["tables"][model._meta.db_table]["high_water"])
                sessions = _compare_heads(archive, manifest)
                connection.check_constraints()
        triggers.install(connection)
    except FileNotFoundError as error:
        raise Unusable(f"{path} n’existe pas.") from error
    except UNREADABLE as error:
        raise Unusable(f"{path} n’est pas une sauvegarde lisible.") from error
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, *OF_DJANGO) as error:
        raise Unusable(f"La sauvegarde ne se relit pas\u00a0: {error}") from error
    return Loaded(count, sessions, str(manifest["made_at"]))


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        told = archive.getinfo(MANIFEST)
    except KeyError as error:
        raise Unusable("Ce fichier n’est pas une sauvegarde de Pixsurv.") from error
    if told.file_size > LONGEST_MANIFEST:
        raise Unusable("Ce fichier n’est pas une sauvegarde de Pixsurv.")
    manifest: Any = json.loads(archive.read(told))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Unusable("Ce fichier n’est pas une sauvegarde de Pixsurv.")
    if manifest.get("version") != VERSION:
        raise Unusable("Cette sauvegarde est d’un format que cette version de Pixsurv ne connaît pas.")
    return dict(manifest)


def _require_same_version(manifest: dict[str, Any]) -> None:
    """Columns are those of a version: restore with the version that saved, then upgrade."""
    theirs, ours = manifest["migrations"], applied_migrations()
    if theirs == ours:
        return
    last = ", ".join(f"{app} {names[-1]}" for app, names in theirs.items() if names)
    raise Unusable(
        "Cette sauvegarde vient d’une autre version de Pixsurv. Restaurez-la avec la version qui l’a faite"
        f" ({last}), puis mettez à jour."
    )


def _require_empty() -> None:
    for model in tables():
        if model._base_manager.exists():
            raise Unusable(
                f"Cette base n’est pas vide (table {model._meta.db_table}). Rien n’a été écrit\u00a0:"
                " restaurez dans une base neuve."
            )


def _lift_limits() -> None:
    """PostgreSQL ends the long statements of web processes; this transaction is not one of theirs."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def _load(archive: zipfile.ZipFile, manifest: dict[str, Any], model: type[models.Model]) -> int:
    table = model._meta.db_table
    told = manifest["tables"][table]
    lines = _lines(archive, f"tables/{table}.jsonl", told["sha256"])
    fields = columns(model)
    if next(lines, None) != [field.column for field in fields]:
        raise Unusable(f"Les colonnes de la table {table} ne sont pas celles de cette version.")
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})"  # noqa: S608
    count = 0
    with connection.cursor() as cursor:
        for some in batched(lines, rows_at_once(model), strict=False):
            values = [
                [to_database(field, value) for field, value in zip(fields, line, strict=True)]
                for line in some
            ]
            cursor.executemany(statement, values)
            count += len(values)
    if count != told["rows"]:
        raise Unusable(f"La table {table} a {count} lignes au lieu de {told['rows']}.")
    return count


def _lines(archive: zipfile.ZipFile, name: str, sha256: str) -> Iterator[list[Any]]:
    """Raises `Unusable` at the end of what is not what was written: the transaction undoes the rest."""
    digest = hashlib.sha256()
    with archive.open(name) as file:
        while content := file.readline(LONGEST_LINE):
            if len(content) >= LONGEST_LINE:  # a ZIP may give a little more than it is asked for
                raise Unusable(f"{name} a une ligne démesurée.")
            digest.update(content)
            yield json.loads(content)
    if digest.hexdigest() != sha256:
        raise Unusable(f"{name} a été modifié depuis la sauvegarde.")


def _compare_heads(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> int:
    """The journals end where they ended when the backup was made."""
    saved = {number: (sequence, head) for number, sequence, head in _heads(archive, manifest)}
    found = {
        number: (sequence, head)
        for number, sequence, head in Session.objects.values_list("number", "sequence", "head_hash")
    }
    if saved != found:
        raise Unusable("Les journaux restaurés ne sont pas ceux de la sauvegarde.")
    return len(found)


def _heads(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> Iterator[list[Any]]:
    return _lines(archive, JOURNALS, manifest["journals"]["sha256"])
