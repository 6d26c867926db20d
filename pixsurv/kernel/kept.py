"""Queries whose SQL is made once a process (quality §1, docs/decisions/0024-performance.md).

What a room asks every four seconds is always the same statement: making it again cost ten times what the database
needs to answer it. A kept query is an ordinary queryset, compiled once with a mark in the place of each parameter;
afterwards only the parameters change. What it finds is the same as without (tests/proctoring/selectors/test_kept.py).
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import count
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
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
    params: tuple[Any, ...]  # `_Given`, and the constants that have no plain literal
    converters: tuple[tuple[int, Any, Any], ...]  # position, functions, expression
    reading: "_Reading | None"  # None where no model comes out


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a row becomes a model, its related ones and its annotations: what Django works out at each query."""

    model: Any
    names: list[str]
    first: int
    last: int
    related: list[Any]
    annotations: dict[str, int]
    fetch_mode: Any

    @classmethod
    def of(cls, compiler: Any, fetch_mode: Any) -> "_Reading | None":
        info, select = compiler.klass_info, compiler.select
        if info is None:
            return None
        fields = info["select_fields"]
        first, last = fields[0], fields[-1] + 1
        related = get_related_populators(info, select, DEFAULT_DB_ALIAS, fetch_mode)
        _hasten(related, fetch_mode)
        return cls(
            model=info["model"],
            names=[column[0].target.attname for column in select[first:last]],
            first=first,
            last=last,
            related=related,
            annotations=compiler.annotation_col_map,
            fetch_mode=fetch_mode,
        )

    def read(self, row: Any) -> Any:
        values = row[self.first : self.last]
        one = _made(self.model, self.fetch_mode, self.names, values)
        for populator in self.related:
            populator.populate(row, one)
        for name, position in self.annotations.items():
            setattr(one, name, row[position])
        return one


def _made(model: Any, fetch_mode: Any, names: list[str], values: Any) -> Any:
    """A model of a whole row, as `from_db` makes it, without what that does for each column: nothing of ours listens to
    a model being made, and what was read needs no defaults."""
    one = model.__new__(model)
    state = ModelState()
    state.adding, state.db, state.fetch_mode = False, DEFAULT_DB_ALIAS, fetch_mode
    one.__dict__.update(zip(names, values, strict=True), _state=state)
    return one


def _hasten(populators: list[Any], fetch_mode: Any) -> None:
    """Related models are made likewise."""
    for populator in populators:
        making = partial(_made, populator.model_cls, fetch_mode)
        populator.from_db = lambda _, names, values, making=making: making(names, values)
        _hasten(populator.related_populators, fetch_mode)


class Kept[M: Model]:
    """`make` returns the queryset for its keyword arguments, which must all reach the database as they are, or
    shifted by a constant time. `kinds` says the type of each."""

    def __init__(
        self, make: Callable[..., QuerySet[M, Any]], **kinds: type[int] | type[str] | type[datetime]
    ):
        self._make, self._kinds = make, kinds
        self._statements: dict[str, _Statement] = {}

    def fetch(self, **values: Value) -> list[M]:
        """The models, with what was selected along and annotated."""
        statement = self._statement()
        assert statement.reading is not None, "a query of values has no models"
        return [statement.reading.read(row) for row in self._rows(statement, values)]

    def rows(self, **values: Value) -> list[tuple[Any, ...]]:
        """What a `values_list` would give."""
        return [tuple(row) for row in self._rows(self._statement(), values)]

    def _rows(self, statement: _Statement, values: dict[str, Value]) -> list[Any]:
        adapt = connection.ops.adapt_datetimefield_value

        def filled(param: Any) -> Any:
            if not isinstance(param, _Given):
                return param
            value = values[param.name]
            return adapt(value + param.shift) if param.shift is not None else value  # type: ignore[operator]

        with prepared_cursor() as cursor:
            cursor.execute(statement.sql, tuple(map(filled, statement.params)))
            rows = cursor.fetchall()
        return [_converted(row, statement.converters) for row in rows] if statement.converters else rows

    def _statement(self) -> _Statement:
        vendor = connection.vendor
        if vendor not in self._statements:
            self._statements[vendor] = self._compiled()
        return self._statements[vendor]

    def _compiled(self) -> _Statement:
        marks = {
            name: self._mark(position, kind) for position, (name, kind) in enumerate(self._kinds.items())
        }
        queryset = self._make(**marks)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        places = tuple(self._place(param, marks) for param in params)
        missing = marks.keys() - {place.name for place in places if isinstance(place, _Given)}
        if missing:
            raise TypeError(f"a kept query lost its parameters {sorted(missing)}")
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        return _Statement(
            *_with_constants(sql, places),
            tuple((position, *how) for position, how in converters.items()),
            _Reading.of(compiler, queryset._fetch_mode),  # type: ignore[attr-defined]
        )

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


def _with_constants(sql: str, params: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """States and the like written into the statement: a partial index serves only who is seen to ask for it."""
    waiting = iter(params)
    left: list[Any] = []

    def written(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        param = next(waiting)
        if isinstance(param, str):
            return "'{}'".format(param.replace("'", "''").replace("%", "%%"))
        left.append(param)
        return "%s"

    return numbered(re.sub("%[s%]", written, sql)), tuple(left)


def numbered(sql: str) -> str:
    """As `prepared_cursor` wants it: with the places that PostgreSQL itself knows, `$1` for the first parameter."""
    if connection.vendor != "postgresql":
        return sql
    numbers = count(1)
    return re.sub("%[s%]", lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql)


def named(sql: str, values: dict[str, Any]) -> tuple[str, Any]:
    """As `numbered`, for a statement written by hand whose parameters have names, each used as often as it likes."""
    if connection.vendor != "postgresql":
        return sql, values
    text, names = _names_numbered(sql)
    return text, [values[name] for name in names]


@cache
def _names_numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
    places = {name: f"${number}" for number, name in enumerate(names, start=1)}
    return re.sub(r"%\((\w+)\)s", lambda found: places[found[1]], sql), names


def _converted(row: Any, converters: tuple[tuple[int, Any, Any], ...]) -> list[Any]:
    values = list(row)
    for position, functions, expression in converters:
        for function in functions:
            values[position] = function(values[position], expression, connection)
    return values


def prepared_cursor() -> AbstractContextManager[Any]:
    """For statements that are `numbered`. PostgreSQL gets them apart from their parameters, so that they are planned
    once a connection (OPTIONS prepare_threshold), and as they are: looking for the places of the parameters in 4 kB of
    SQL cost more than asking it."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    from psycopg import RawCursor

    connection.ensure_connection()
    return connection._prepare_cursor(RawCursor(connection.connection))  # type: ignore[attr-defined,no-any-return]


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
