"""What the peak costs and where it waits: processor time of each process, memory, statements, locks, pools."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg

from bench.server import PAGE, TICKS, Server
from tests.crash.postgres import Cluster

EVERY = 0.25  # seconds between two looks at what PostgreSQL waits for
WAITS = """SELECT coalesce(wait_event_type || ' : ' || wait_event, 'au travail'), count(*) FROM pg_stat_activity
    WHERE datname = %s AND state <> 'idle' GROUP BY 1"""
TABLES = """SELECT relname, n_tup_upd, n_tup_hot_upd, n_live_tup, n_dead_tup, autovacuum_count
    FROM pg_stat_user_tables
    WHERE relname IN ('proctoring_attempt', 'sessions_app_session') ORDER BY 1"""
# BEGIN and COMMIT are statements too: each is a way to the server and back.
STATEMENTS = """SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
    WHERE d.datname = %s"""
DEAREST = """SELECT calls, round(total_exec_time::numeric, 1), round(mean_exec_time::numeric, 3),
    left(regexp_replace(query, '\\s+', ' ', 'g'), 110)
    FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
    WHERE d.datname = %s ORDER BY total_exec_time DESC LIMIT 8"""


@dataclass
class Costs:
    """Between two moments. Processor seconds by process, of the machine by how it spent its time."""

    seconds: float = 0.0
    web: dict[str, float] = field(default_factory=dict)
    postgres: float = 0.0
    statements: int = 0
    machine: dict[str, float] = field(default_factory=dict)
    waits: dict[str, int] = field(default_factory=dict)
    pools: list[Mapping[str, int]] = field(default_factory=list)

    @property
    def web_total(self) -> float:
        return sum(self.web.values())

    @property
    def idle(self) -> float:
        """Share of the machine that nobody used."""
        return self.machine.get("idle", 0.0) / max(sum(self.machine.values()), 0.001)


@dataclass
class Watch:
    servers: list[Server]
    cluster: Cluster | None = None
    database: str = ""

    @contextmanager
    def costs(self) -> Iterator[Costs]:
        """What the block took; known once it has ended."""
        found = Costs()
        before, start = self._now(), time.perf_counter()
        with self._waits(found):
            yield found
        found.seconds = time.perf_counter() - start
        after = self._now()
        found.web = {name: spent - before.web.get(name, 0.0) for name, spent in after.web.items()}
        found.postgres = after.postgres - before.postgres
        found.statements = after.statements - before.statements
        found.machine = {name: spent - before.machine[name] for name, spent in after.machine.items()}
        found.pools = [
            {name: count - old.get(name, 0) for name, count in pool.items()}
            for pool, old in zip(after.pools, before.pools, strict=True)
        ]

    def _now(self) -> Costs:
        return Costs(
            web={
                f"web {server.port}/{number}": spent(pid)
                for server in self.servers
                for number, pid in enumerate(server.workers(), start=1)
            },
            postgres=self._postgres(),
            statements=self._statements(),
            machine=machine(),
            pools=[pool_of(server.port) for server in self.servers],
        )

    def _postgres(self) -> float:
        """All its processes; what those that ended took is their parent's."""
        if self.cluster is None:
            return 0.0
        first, *children = self.cluster.processes()
        return spent(first, ended=True) + sum(spent(pid) for pid in children)

    def _statements(self) -> int:
        if self.cluster is None:
            return 0
        return int(str(self.ask(STATEMENTS, self.database)[0][0]))

    def ask(self, statement: str, *parameters: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        assert self.cluster is not None
        with psycopg.connect(self.cluster.url(database), autocommit=True) as connection:
            return connection.execute(statement.encode(), parameters or None).fetchall()

    def tables(self) -> list[dict[str, Any]]:
        names = ("table", "updates", "hot", "live", "dead", "autovacuums")
        if self.cluster is None:
            return []
        return [dict(zip(names, row, strict=True)) for row in self.ask(TABLES, database=self.database)]

    def dearest(self) -> list[tuple[Any, ...]]:
        if self.cluster is None:
            return []
        return [
            (calls, float(total), float(mean), text)
            for calls, total, mean, text in self.ask(DEAREST, self.database)
        ]

    def memory(self) -> dict[str, float]:
        """Resident megabytes of each worker."""
        return {
            f"web {server.port}/{number}": stat(pid)[21] * PAGE / 1e6
            for server in self.servers
            for number, pid in enumerate(server.workers(), start=1)
        }

    @contextmanager
    def _waits(self, found: Costs) -> Iterator[None]:
        if self.cluster is None:
            yield
            return
        stop, seen = threading.Event(), Counter[str]()

        def look() -> None:
            assert self.cluster is not None
            with psycopg.connect(self.cluster.url("postgres"), autocommit=True) as connection:
                while not stop.wait(EVERY):
                    seen.update(dict(connection.execute(WAITS.encode(), (self.database,)).fetchall()))

        looker = threading.Thread(target=look, daemon=True)
        looker.start()
        try:
            yield
        finally:
            stop.set()
            looker.join()
            found.waits = dict(seen.most_common(8))


def stat(pid: int) -> list[int]:
    """/proc/<pid>/stat from its third field on; letters count 0."""
    text = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    return [int(word) if word.lstrip("-").isdigit() else 0 for word in text.split()]


def spent(pid: int, *, ended: bool = False) -> float:
    """Processor seconds of a process, with its ended children's; 0 for one that is gone."""
    try:
        told = stat(pid)
    except OSError:
        return 0.0
    return sum(told[11 : 15 if ended else 13]) / TICKS


def machine() -> dict[str, float]:
    """Seconds of all cores by what they did."""
    names = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
    with Path("/proc/stat").open() as lines:
        told = next(lines).split()[1:9]
    return {name: int(ticks) / TICKS for name, ticks in zip(names, told, strict=True)}


def pool_of(port: int) -> dict[str, int]:
    """Of the worker that answers: who waited for a connection to the database, and how long."""
    with urlopen(f"http://127.0.0.1:{port}/bench/bassin/", timeout=10) as answer:
        told: dict[str, int] = json.load(answer)
    return told
