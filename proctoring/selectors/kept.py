"""Queries whose SQL is made once a process (quality §1, docs/decisions/0024-performance.md).

What a room asks every four seconds is always the same statement: making it again cost ten times what the database
needs to answer it. A kept query is an ordinary queryset, compiled once with a mark in the place of each parameter;
afterwards only the parameters change. What it finds is the same as without (tests/proctoring/selectors/test_kept.py).
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

# Marks that no constant of a query comes near: instants of other centuries, numbers and words of nobody.
_NUMBERS = 1_987_654_000
_CENTURY = datetime(1200, 1, 1, tzinfo=UTC)
_APART = timedelta(days=3652)

type Value = int | str | datetime


@dataclass(frozen=True, slots=True)
class _Given:
    """A parameter that changes: the one of that name, shifted where the query looks before or after an instant."""

    name: str
    shift: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    params: tuple[Any, ...]  # constants, and `_Given` in the places of the others
    compiler: Any


class Kept[M: Model]:
    """`make` returns the queryset for its keyword arguments, which must all reach the database as they are, or
    shifted by a constant time. `kinds` says the type of each."""

    def __init__(self, make: Callable[..., QuerySet[M, Any]], **kinds: type[int] | type[str] | type[datetime]):
        self._make, self._kinds = make, kinds
        self._statements: dict[str, _Statement] = {}

    def fetch(self, **values: Value) -> list[M]:
        """The models, with what was selected along and annotated."""
        statement = self._statement()
        rows = self._rows(statement, values)
        compiler = statement.compiler
        info, select = compiler.klass_info, compiler.select
        fields = info["select_fields"]
        first, last = fields[0], fields[-1] + 1
        names = [column[0].target.attname for column in select[first:last]]
        fetch_mode = self._fetch_mode
        related = get_related_populators(info, select, DEFAULT_DB_ALIAS, fetch_mode)
        found = []
        for row in rows:
            one = info["model"].from_db(DEFAULT_DB_ALIAS, names, row[first:last], fetch_mode=fetch_mode)
            for populator in related:
                populator.populate(row, one)
            for name, position in compiler.annotation_col_map.items():
                setattr(one, name, row[position])
            found.append(one)
        return found

    def rows(self, **values: Value) -> list[tuple[Any, ...]]:
        """What a `values_list` would give."""
        return [tuple(row) for row in self._rows(self._statement(), values)]

    def _rows(self, statement: _Statement, values: dict[str, Value]) -> Iterable[Any]:
        adapt = connection.ops.adapt_datetimefield_value

        def filled(param: Any) -> Any:
            if not isinstance(param, _Given):
                return param
            value = values[param.name]
            return adapt(value + param.shift) if param.shift is not None else value  # type: ignore[operator]

        with _cursor() as cursor:
            cursor.execute(statement.sql, tuple(map(filled, statement.params)))
            rows: list[Any] = cursor.fetchall()
        return statement.compiler.results_iter([rows])  # type: ignore[no-any-return]

    def _statement(self) -> _Statement:
        vendor = connection.vendor
        if vendor not in self._statements:
            self._statements[vendor] = self._compiled()
        return self._statements[vendor]

    def _compiled(self) -> _Statement:
        marks = {name: self._mark(position, kind) for position, (name, kind) in enumerate(self._kinds.items())}
        queryset = self._make(**marks)
        self._fetch_mode = queryset._fetch_mode  # type: ignore[attr-defined]
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        places = tuple(self._place(param, marks) for param in params)
        missing = marks.keys() - {place.name for place in places if isinstance(place, _Given)}
        if missing:
            raise TypeError(f"a kept query lost its parameters {sorted(missing)}")
        return _Statement(sql, places, compiler)

    @staticmethod
    def _mark(position: int, kind: type) -> Value:
        if kind is datetime:
            return _CENTURY + position * _APART
        return _NUMBERS + position if kind is int else f"\u2063{position}\u2063"

    def _place(self, param: Any, marks: dict[str, Value]) -> Any:
        for name, mark in marks.items():
            if isinstance(mark, datetime):
                instant = _instant(param)
                if instant is not None and abs(instant - mark) < _APART / 2:
                    return _Given(name, instant - mark)
            elif isinstance(param, type(mark)) and param == mark:
                return _Given(name)
        return param


def _cursor() -> AbstractContextManager[Any]:
    """On PostgreSQL the statement is sent apart from its parameters, so that it is also planned once a connection
    (OPTIONS prepare_threshold)."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    return connection._prepare_cursor(ServerBindingCursor(connection.connection))  # type: ignore[attr-defined,no-any-return]


def _instant(param: Any) -> datetime | None:
    """SQLite is given instants as text."""
    if isinstance(param, str):
        try:
            param = datetime.fromisoformat(param)
        except ValueError:
            return None
    if not isinstance(param, datetime):
        return None
    return param if param.tzinfo is not None else param.replace(tzinfo=UTC)
