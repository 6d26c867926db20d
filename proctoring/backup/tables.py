"""What a backup holds: the tables of our two applications, and how their values travel as JSON."""

import base64
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

from sessions_app.models import GuessPool, SignIn

FORMAT = "pixsurv-backup"
VERSION = 1
APPS = ("sessions_app", "proctoring")
MANIFEST = "manifest.json"
JOURNALS = "journals.jsonl"
BIG, SMALL = 8, 1000  # rows read at once: of files up to 5 MiB each, and of anything else


# Of the running service alone: a key of a signed-in browser must not lie in a file, and nobody guesses at a copy.
LEFT_OUT: frozenset[type[models.Model]] = frozenset({SignIn, GuessPool})


def tables() -> list[type[models.Model]]:
    """In the order of their declaration; no row of them refers to a table outside."""
    return [
        model
        for label in APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model not in LEFT_OUT
    ]


def columns(model: type[models.Model]) -> list[models.Field]:  # type: ignore[type-arg]
    return list(model._meta.concrete_fields)


def rows_at_once(model: type[models.Model]) -> int:
    return BIG if any(isinstance(field, models.BinaryField) for field in columns(model)) else SMALL


def rows(model: type[models.Model]) -> Iterator[tuple[Any, ...]]:
    """Every row as Python values, a few at a time, in the order of the keys."""
    names = [field.attname for field in columns(model)]
    found = model._base_manager.order_by("pk").values_list(*names)
    yield from found.iterator(chunk_size=rows_at_once(model))


def to_json(value: Any) -> Any:
    """Text, numbers, booleans, None and what a JSON column holds stay as they are."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return value


def to_database(field: models.Field, value: Any) -> Any:  # type: ignore[type-arg]
    """The parameter of an INSERT, for the database at hand. Raises ValidationError for what the column can't be."""
    if value is None:
        return None
    given = base64.b64decode(value, validate=True) if isinstance(field, models.BinaryField) else value
    if not isinstance(field, models.JSONField | models.BinaryField):
        given = field.to_python(given)
    return field.get_db_prep_save(given, connection=connection)


def applied_migrations() -> dict[str, list[str]]:
    """By application, in the order of their names: what the columns of a backup are."""
    applied = MigrationRecorder(connection).applied_migrations()
    return {label: sorted(name for app, name in applied if app == label) for label in APPS}


def high_water(model: type[models.Model]) -> int | None:
    """The greatest key ever given, even to a row that is gone: a journal may speak of it. None: keys are drawn."""
    key = model._meta.pk
    if not isinstance(key, models.AutoField | models.BigAutoField):
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        else:
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {_sequence(model)}")  # noqa: S608
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def raise_high_water(model: type[models.Model], mark: int | None) -> None:
    """The next key is greater than `mark` and than any key of the table."""
    key = model._meta.pk
    if mark is None or key is None:
        return
    greatest = model._base_manager.aggregate(last=models.Max(key.attname))["last"] or 0
    mark, table = max(mark, greatest), model._meta.db_table
    if not mark:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, mark])
        else:
            cursor.execute("SELECT setval(%s::regclass, %s)", [_sequence(model), mark])


def _sequence(model: type[models.Model]) -> str:
    key = model._meta.pk
    assert key is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, key.column])
        return str(cursor.fetchone()[0])
