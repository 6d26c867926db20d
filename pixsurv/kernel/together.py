"""What one act writes, in one statement where the database can (docs/decisions/0040-hot-paths.md).

PostgreSQL writes several rows of several tables in one statement (`WITH … INSERT …, … UPDATE …`): one way to the
database and back under the session's lock instead of three. SQLite, which lives in our process, takes them one by one.
The text of a write depends on its model and columns alone, so it is made once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Field, Model

from pixsurv.kernel.kept import numbered, prepared_cursor


@dataclass(frozen=True, slots=True)
class Write:
    """An INSERT of all columns (`columns` is None), or an UPDATE of these of one row."""

    one: Model
    columns: tuple[str, ...] | None = None

    @property
    def text(self) -> str:
        return _text(type(self.one), self.columns)

    def params(self) -> list[Any]:
        fields = _fields(type(self.one), self.columns)
        adding = self.columns is None
        values = [
            field.get_db_prep_save(field.pre_save(self.one, adding), connection=connection)
            for field in fields
        ]
        return values if adding else [*values, self.one._meta.pk.get_db_prep_value(self.one.pk, connection)]


def write_together(writes: Sequence[Write]) -> None:
    """Write them all. At most one row is new of which the number is wanted: it stands last, and gets it."""
    if not writes:
        return
    at_once = [writes] if connection.vendor == "postgresql" else [[write] for write in writes]
    for several in at_once:
        text = _all_in_one(tuple(write.text for write in several))
        number = _execute(text, [value for write in several for value in write.params()])
    last = writes[-1]
    if last.columns is None:
        last.one.pk = number
        last.one._state.adding, last.one._state.db = False, connection.alias


def _execute(text: str, params: list[Any]) -> Any:
    """The number of the last row. As `save` does, raises where there is no row to update."""
    with prepared_cursor() as cursor:
        cursor.execute(_as_sent(connection.vendor, text), params)
        found = cursor.fetchone()
    if found is None or None in found:
        raise DatabaseError("no row was updated")
    return found[-1]


@lru_cache(maxsize=500)
def _as_sent(vendor: str, text: str) -> str:
    return numbered(text)


@lru_cache(maxsize=500)
def _all_in_one(texts: tuple[str, ...]) -> str:
    """Asked for one after the other, they are also written in that order: so far as ids can tell, the journal's."""
    if len(texts) == 1:
        return texts[0]
    named = ", ".join(f"w{place} AS ({text})" for place, text in enumerate(texts))
    numbers = ", ".join(f"(SELECT written FROM w{place})" for place in range(len(texts)))  # noqa: S608  # our own
    return f"WITH {named} SELECT {numbers}"


@lru_cache(maxsize=500)
def _text(model: type[Model], columns: tuple[str, ...] | None) -> str:
    """Names are those of our own models: nothing in it comes from outside."""
    table, key = f'"{model._meta.db_table}"', f'"{model._meta.pk.column}"'
    named = [f'"{field.column}"' for field in _fields(model, columns)]
    if columns is None:
        places = ", ".join(["%s"] * len(named))
        return f"INSERT INTO {table} ({', '.join(named)}) VALUES ({places}) RETURNING {key} AS written"  # noqa: S608
    told = ", ".join(f"{name} = %s" for name in named)
    return f"UPDATE {table} SET {told} WHERE {key} = %s RETURNING {key} AS written"  # noqa: S608


@lru_cache(maxsize=500)
def _fields(model: type[Model], columns: tuple[str, ...] | None) -> tuple["Field[Any, Any]", ...]:
    if columns is None:
        return tuple(field for field in model._meta.concrete_fields if not field.primary_key)
    return tuple(_field(model, name) for name in columns)


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field
