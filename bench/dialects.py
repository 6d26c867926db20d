"""How each database says what `bench.copies` needs: moved days, digests, text that becomes JSON."""

import hashlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Dialect:
    """Templates with `{}` in the place of an expression; `k` of the copy is `c.k`."""

    begin: tuple[str, ...]  # no look at foreign keys, no limit of time
    end: tuple[str, ...]
    settled: str  # statistics and visibility, as after a while
    moved: str  # an instant, by the days of the copy
    instant: str  # of the text of RFC 3339, in UTC
    uuid: str
    fresh: str  # 64 letters that no other copy has
    json: str
    bytes: str  # of hexadecimal digits
    digest: str  # of salt and facts
    sha: str

    def prepare(self, connection: Any) -> None:
        """What the statements call and SQLite does not have."""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            make = connection.connection.create_function
            make("bench_sha", 1, lambda text: hashlib.sha256(text.encode()).hexdigest(), deterministic=True)
            make("bench_digest", 2, _digest, deterministic=True)


def _digest(salt: str, facts: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + facts.encode()).hexdigest()


POSTGRESQL = Dialect(
    begin=(
        "SET session_replication_role = replica",
        "SET statement_timeout = 0",
        # Each step of a chain joins few rows by their key; what the planner supposes of a recursion is too much.
        "SET enable_hashjoin = off",
        "SET enable_mergejoin = off",
    ),
    end=(
        "RESET session_replication_role",
        "RESET statement_timeout",
        "RESET enable_hashjoin",
        "RESET enable_mergejoin",
    ),
    settled="VACUUM ANALYZE",
    moved="{} + c.days * interval '1 day'",
    instant="CAST({} AS timestamptz)",
    uuid="CAST(md5({}::text || ':' || c.k) AS uuid)",
    fresh="md5({0}::text || ':' || c.k) || md5({0}::text || c.k)",
    json="CAST({} AS jsonb)",
    bytes="decode('{}', 'hex')",
    digest="encode(sha256(decode({}, 'hex') || convert_to({}, 'UTF8')), 'hex')",
    sha="encode(sha256(convert_to({}, 'UTF8')), 'hex')",
)
SQLITE = Dialect(
    # Neither pragma can be changed in a transaction, and neither is needed: keys are looked at when it commits.
    begin=(),
    end=(),
    settled="PRAGMA wal_checkpoint(TRUNCATE)",  # nobody analyses an embedded database: its planner goes by rules
    moved="date(substr({0}, 1, 10), c.days || ' days') || substr({0}, 11)",
    instant="replace(replace({}, 'T', ' '), 'Z', '')",
    uuid="md5({} || ':' || c.k)",  # Django's function
    fresh="md5({0} || ':' || c.k) || md5({0} || c.k)",
    json="{}",
    bytes="X'{}'",
    digest="bench_digest({}, {})",
    sha="bench_sha({})",
)


def dialect_of(vendor: str) -> Dialect:
    return {"postgresql": POSTGRESQL, "sqlite": SQLITE}[vendor]
