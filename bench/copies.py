"""A session of `bench.pattern`, copied by the database itself: set-based SQL in the dialect of the connection.

Ids move by a stride, days by whole days, names and numbers are replaced in columns and in facts, and the chain of
every journal is computed again. Columns and their kinds come from the models, so that a new one is copied without a
word here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bench.dialects import dialect_of
from bench.pattern import BOX, PROCTOR, ROOM, Pattern

STEP = 7_919  # from the names of one session to those of the next
AT_ONCE = 100  # journals of one statement: their events lie as those of as many rooms of one hour
ANSWERED = 25  # one session in so many was held at the built-in desk: elsewhere no answer is kept
NOBODY = "\x7f"  # stands in no text
NEXT_HASH = (
    """'[{version},"' || chain.hash || '",' || c.number || ',' || w.sequence || ',"' || w.kind || '",'"""
    """ || coalesce(CAST(w.candidate AS text), 'null') || ',"' || c.day || w.observed || '","' || c.day"""
    """ || w.received || '","' || w.digest || '"]'"""
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One copy: where it goes, and what is its own."""

    number: int
    day: date
    establishment: int
    name: str
    room: str
    proctor: str
    box: str


class Copying:
    """Between `begin` and `end` foreign keys are not looked at."""

    def __init__(self) -> None:
        from django.db import connection

        self._connection = connection
        self._sql = dialect_of(connection.vendor)
        self._strides: dict[Any, int] = {}
        self._words: dict[str, str] = {}
        self._people = 0

    def begin(self, people: Sequence[tuple[str, str]]) -> None:
        """`people`: last and first names, plain letters; a prime number of them."""
        self._sql.prepare(self._connection)
        self._run(*self._sql.begin)
        self._run(
            "CREATE TEMP TABLE bench_person (n integer PRIMARY KEY, last text, first text, folded text)"
        )
        rows = [(n, last, first, first.upper()) for n, (last, first) in enumerate(people)]
        self._many("INSERT INTO bench_person VALUES (%s, %s, %s, %s)", rows)
        self._people = len(rows)

    def end(self) -> None:
        """Statistics and visibility as a database has them after a while; not in a transaction of who asked."""
        self._run("DROP TABLE bench_person", *self._sql.end)
        if not self._connection.in_atomic_block:
            self._run(self._sql.settled)

    def copy(self, pattern: Pattern, plans: Sequence[Plan]) -> None:
        from django.db import transaction

        if not plans:
            return
        with transaction.atomic():
            self._prepare(pattern, plans)
            for model in models_of_a_session():
                self._copy_rows(model, pattern)
            self._prepare_journals(pattern)
            for first in range(1, len(plans) + 1, AT_ONCE):
                self._copy_journals(pattern, first, first + AT_ONCE - 1)
            self._close_chains(pattern)
            self._run(*(f"DROP TABLE bench_{name}" for name in ("copy", "role", "told")))
            self._reset_sequences()

    def _prepare(self, pattern: Pattern, plans: Sequence[Plan]) -> None:
        session = pattern.session
        origin = date.fromisoformat(pattern.day)
        self._run(
            "CREATE TEMP TABLE bench_copy (k integer PRIMARY KEY, days integer, day text, number integer,"
            " establishment bigint, name text, room text, proctor text, box text)",
            "CREATE TEMP TABLE bench_role"
            " (candidate bigint PRIMARY KEY, place integer, last text, first text, folded text)",
        )
        rows = [
            (k, (one.day - origin).days, one.day.isoformat(), *(getattr(one, name) for name in _OWN))
            for k, one in enumerate(plans, start=1)
        ]
        self._many(f"INSERT INTO bench_copy VALUES ({_marks(9)})", rows)
        roles = [
            (pk, place, last, first, first.upper()) for place, (pk, last, first) in enumerate(pattern.people)
        ]
        self._many(f"INSERT INTO bench_role VALUES ({_marks(5)})", roles)
        self._words = {
            ROOM: "c.room",
            PROCTOR: "c.proctor",
            BOX: "c.box",
            BOX.upper(): "c.box",
            f'"number":{session.number}': """'"number":' || c.number""",
            f"session-{session.number}": "'session-' || c.number",
            session.establishment.name: "c.name",
            pattern.day: "c.day",
        }
        self._strides = {model: self._stride(model, pattern) for model in models_of_a_session()}

    def _stride(self, model: Any, pattern: Pattern) -> int:
        """How far apart the ids of two copies are: as far as those of the pattern reach, which were made last."""
        from django.db.models import Max, Min, UUIDField

        if isinstance(model._meta.pk, UUIDField):
            return 0
        first = _rows_of(model, pattern.session.pk).aggregate(first=Min("pk"))["first"]
        if first is None:
            return 0
        return int(model._base_manager.aggregate(last=Max("pk"))["last"] - first + 1)

    def _copy_rows(self, model: Any, pattern: Pattern) -> None:
        if not _rows_of(model, pattern.session.pk).exists():
            return
        named = model.__name__ == "Candidate"
        fields = model._meta.concrete_fields
        table = f'"{model._meta.db_table}"'
        ids = _rows_of(model, pattern.session.pk).order_by().values_list("pk", flat=True)
        given = ", ".join(f"'{pk.hex}'" if hasattr(pk, "hex") else str(pk) for pk in ids)
        joins = f"{table} t CROSS JOIN bench_copy c"
        if named:
            joins += f" JOIN bench_role w ON w.candidate = t.id JOIN bench_person n ON n.n = {self._person()}"
        if model.__name__ == "Answer":
            given += f") AND (c.k % {ANSWERED} = 0"
        columns = ", ".join(f'"{field.column}"' for field in fields)
        values = ", ".join(self._value(model, field, named=named) for field in fields)
        self._run(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {joins} WHERE t.id IN ({given}) ORDER BY c.k, t.id"
        )

    def _value(self, model: Any, field: Any, *, named: bool) -> str:
        """What a copy has in this column."""
        from django.db import models

        name = f't."{field.column}"'
        target = field.remote_field.model if field.remote_field else model if field.primary_key else None
        if (model.__name__, field.name) == ("Session", "number"):
            return "c.number"
        if target is not None:
            return self._key(name, target)
        if isinstance(field, models.DateTimeField):
            return self._sql.moved.format(name)
        if not isinstance(field, models.CharField | models.TextField) or field.choices:
            return name
        if field.unique:
            return self._sql.fresh.format(name)
        return self._with_person(name) if named else self._with_words(name)

    def _key(self, name: str, target: Any) -> str:
        from django.db import models

        if target not in self._strides:
            return "c.establishment" if target.__name__ == "Establishment" else name
        if isinstance(target._meta.pk, models.UUIDField):
            return self._sql.uuid.format(name)
        return f"{name} + c.k * {self._strides[target]}"

    def _person(self) -> str:
        return f"(w.place + c.k * {STEP}) % {self._people}"

    def _with_words(self, text: str) -> str:
        for word, other in self._words.items():
            escaped = word.replace("'", "''")
            text = f"replace({text}, '{escaped}', {other})"
        return text

    @staticmethod
    def _with_person(text: str) -> str:
        return f"replace(replace(replace({text}, w.last, n.last), w.first, n.first), w.folded, n.folded)"

    def _prepare_journals(self, pattern: Pattern) -> None:
        from pixsurv.kernel.journal import canonical
        from sessions_app.models import Event

        people = {pk: (place, last, first) for place, (pk, last, first) in enumerate(pattern.people)}
        rows = []
        for event in Event.objects.filter(session=pattern.session).order_by("sequence"):
            place, last, first = people.get(event.candidate_id or 0, (0, NOBODY, NOBODY))
            who = (event.candidate_id, place, last, first, first.upper())
            tails = [f"{at:T%H:%M:%S.%fZ}" for at in (event.observed_at, event.received_at)]
            rows.append(
                (event.sequence, event.kind, *who, *tails, event.salt, canonical(event.facts).decode())
            )
        self._run(
            "CREATE TEMP TABLE bench_told (sequence integer PRIMARY KEY, kind text, candidate bigint, place integer,"
            " last text, first text, folded text, observed text, received text, salt text, facts text)"
        )
        self._many(f"INSERT INTO bench_told VALUES ({_marks(11)})", rows)

    def _copy_journals(self, pattern: Pattern, first: int, last: int) -> None:
        """Facts of each event, then the chain: each step of the recursion is the next event of every copy."""
        from pixsurv.kernel.journal import FORMAT_VERSION, GENESIS
        from sessions_app.models import Candidate, Event, Session

        stride = self._strides
        facts = self._with_words(self._with_person("w.facts"))
        hashed = self._sql.sha.format(NEXT_HASH.format(version=FORMAT_VERSION))
        at = [self._sql.instant.format(f"c.day || w.{column}") for column in ("observed", "received")]
        self._run(
            "CREATE TEMP TABLE bench_step (k integer, sequence integer, kind text, candidate bigint, observed text,"
            " received text, salt text, facts text, digest text, PRIMARY KEY (k, sequence))",
            f"""INSERT INTO bench_step SELECT f.*, {self._sql.digest.format("f.salt", "f.facts")} FROM (
                SELECT c.k, w.sequence, w.kind, w.candidate + c.k * {stride[Candidate]} AS candidate, w.observed,
                    w.received, w.salt, {facts} AS facts
                FROM bench_told w CROSS JOIN bench_copy c JOIN bench_person n ON n.n = {self._person()}
                WHERE c.k BETWEEN {first} AND {last}) f""",
            f"""INSERT INTO "{Event._meta.db_table}" (session_id, sequence, kind, candidate_id, observed_at,
                received_at, facts, salt, facts_digest, previous_hash, hash)
            WITH RECURSIVE chain (k, sequence, previous, hash) AS (
                SELECT c.k, 0, '', '{GENESIS}' FROM bench_copy c WHERE c.k BETWEEN {first} AND {last}
                UNION ALL
                SELECT c.k, w.sequence, chain.hash, {hashed}
                FROM chain JOIN bench_step w ON w.k = chain.k AND w.sequence = chain.sequence + 1
                JOIN bench_copy c ON c.k = chain.k)
            SELECT {pattern.session.pk} + c.k * {stride[Session]}, w.sequence, w.kind, w.candidate, {at[0]}, {at[1]},
                {self._sql.json.format("w.facts")}, w.salt, w.digest, chain.previous, chain.hash
            FROM chain JOIN bench_step w ON w.k = chain.k AND w.sequence = chain.sequence
            JOIN bench_copy c ON c.k = chain.k""",
            "DROP TABLE bench_step",
        )

    def _close_chains(self, pattern: Pattern) -> None:
        """Where each journal ends, and the seal."""
        from sessions_app.models import Event, Session

        events, sessions = (f'"{one._meta.db_table}"' for one in (Event, Session))
        first = pattern.session.pk + self._strides[Session]
        hash_at = f"(SELECT e.hash FROM {events} e WHERE e.session_id = {sessions}.id AND e.sequence = {{}})"
        told = Event.objects.filter(session=pattern.session)
        sealed = told.filter(kind="closed").values_list("sequence", flat=True).first()
        seal = f", seal = {hash_at.format(sealed)}" if sealed else ""
        head = hash_at.format(pattern.session.sequence)
        self._run(f"UPDATE {sessions} SET head_hash = {head}{seal} WHERE id >= {first}")

    def _reset_sequences(self) -> None:
        from django.core.management.color import no_style

        models = [one for one, stride in self._strides.items() if stride]
        self._run(*self._connection.ops.sequence_reset_sql(no_style(), models))

    def _run(self, *statements: str) -> None:
        with self._connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def _many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(statement, list(rows))


_OWN = ("number", "establishment", "name", "room", "proctor", "box")


def _marks(count: int) -> str:
    return ", ".join(["%s"] * count)


def models_of_a_session() -> list[Any]:
    """Whose rows belong to one session; the journal is copied apart."""
    from proctoring.models import Alert, Answer, Attempt, Entry, Incident, ProctorAccess, Receipt
    from sessions_app.models import Candidate, Session, StoredFile

    return [Session, Candidate, ProctorAccess, Entry, Attempt, Alert, Answer, Incident, Receipt, StoredFile]


def _rows_of(model: Any, session_id: int) -> Any:
    names = {field.name for field in model._meta.concrete_fields}
    path = "pk" if model.__name__ == "Session" else "session" if "session" in names else "attempt__session"
    return model._base_manager.filter(**{path: session_id})
