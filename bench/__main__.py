"""`make bench`: one run, everything side by side. Results in var/bench/*.json, the table on the standard output."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import load, peers, postgres, scenarios, server, table
from bench.scenarios import Scenario
from bench.server import BENCH, ROOT, Server

# Two runs at a time do not drop each other's.
DATABASE, ARCHIVE = "pixsurv_bench_{port}", "pixsurv_bench_archive_{port}"
CONNECTIONS = 4  # as many as the server has threads
WARM_UP = 0.3  # seconds
SCHOOL_DAY = 20.0


def main() -> int:
    given = arguments()
    BENCH.mkdir(parents=True, exist_ok=True)
    measured, names = run(given)
    found = table.medians(measured)
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    told = {"rounds": measured, "medians": found, "names": names, "given": vars(given)}
    (BENCH / f"{name}.json").write_text(json.dumps(told, indent=1, ensure_ascii=False))
    print(table.words(found, names))
    print(f"\nDétail : var/bench/{name}.json")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=3, help="alternating rounds, of which the median counts"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="of each scenario in each round")
    parser.add_argument("--port", type=int, default=8120, help="the first of four ports")
    parser.add_argument("--only", default="", help="scenarios, by name, separated by commas")
    parser.add_argument(
        "--sqlite", action="store_true", help="our pages on SQLite even where PostgreSQL answers"
    )
    return parser.parse_args()


def run(given: argparse.Namespace) -> tuple[list[dict[str, dict[str, float]]], dict[str, str]]:
    """The rounds, and the words for each scenario."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pixsurv-bench-")))
        embedded = f"sqlite:///{folder / 'school.sqlite3'}"
        with_postgres = postgres.answers() and not given.sqlite
        database = embedded
        if with_postgres:
            name = DATABASE.format(port=given.port)
            database = postgres.fresh(name)
            stack.callback(postgres.drop, name)
        say("Les salles sont préparées …")
        world = child("bench.world", database, given.port)
        if with_postgres:
            postgres.settle(name)
        once = [child("bench.counts", database, given.port, world)]
        once.append(child("bench.works", database, given.port))
        asked, servers = started(stack, given, database, world, with_postgres=with_postgres)
        rounds = [*once, *alternating(asked, servers, given)]
        names = {one.name: one.what for one in asked}
        rounds += archives(given, folder, with_postgres=with_postgres)
        if not given.only or "streams" in given.only.split(","):
            say("Papiers et archives en ZIP …")
            rounds.append(child("bench.streams", f"sqlite:///{folder / 'streams.sqlite3'}", given.port + 4))
        if not given.only:
            say("Une école sur SQLite …")
            school = world if database == embedded else child("bench.world", embedded, given.port)
            rounds.append({"school_sqlite": school_day(embedded, given.port + 4, school)})
            names["school_sqlite"] = "une école de 12 × 35 sur SQLite"
    return rounds, names


def started(
    stack: ExitStack, given: argparse.Namespace, database: str, world: dict[str, Any], *, with_postgres: bool
) -> tuple[list[Scenario], dict[str, Server]]:
    """Every server of the run, up until its end; idle ones cost nothing. What can't be measured is said."""
    asked = [scenarios.bare(), *scenarios.ours(world)]
    running = [server.bare(given.port), server.ours(database, given.port + 1)]
    for number, peer in enumerate(peers.PEERS, start=2):
        if with_postgres and peer.is_prepared():
            asked += peer.scenarios()
            running.append(peer.serve(given.port + number))
        else:
            say(f"{peer.name} n’est pas mesuré : `make bench-peers` le prépare, avec PostgreSQL.")
    up = [stack.enter_context(one) for one in running]
    only = set(filter(None, given.only.split(",")))
    return [one for one in asked if not only or one.name in only], {one.name: one for one in up}


def archives(
    given: argparse.Namespace, folder: Path, *, with_postgres: bool
) -> Iterable[dict[str, dict[str, float]]]:
    """The secretariat's search, on a database of its own of each kind, once everything else was measured."""
    if given.only and "archive" not in given.only.split(","):
        return
    say("Les archives de 200 000 candidats …")
    embedded = f"sqlite:///{folder / 'archive.sqlite3'}"
    yield {"archive_sqlite": child("bench.archive", embedded, given.port + 4)}
    if with_postgres:
        name = ARCHIVE.format(port=given.port)
        try:
            yield {"archive_postgres": child("bench.archive", postgres.fresh(name), given.port + 4)}
        finally:
            postgres.drop(name)


def alternating(
    asked: list[Scenario], servers: dict[str, Server], given: argparse.Namespace
) -> Iterable[dict[str, dict[str, float]]]:
    for number in range(given.rounds):
        say(f"Tour {number + 1} sur {given.rounds} …")
        found = {one.name: measure(one, servers[one.server], given.seconds) for one in asked}
        yield found | {"server": {"megabytes": servers["pixsurv"].memory_megabytes()}}


def measure(scenario: Scenario, at: Server, seconds: float) -> dict[str, float]:
    calls = scenario.calls()
    if not scenario.once:
        load.closed_loop(at.port, calls, seconds=WARM_UP, connections=CONNECTIONS)
    before = at.cpu_seconds()
    measured = load.closed_loop(at.port, calls, seconds=seconds, connections=CONNECTIONS)
    cpu = at.cpu_seconds() - before
    if measured.errors:
        say(f"{scenario.name} : {measured.errors}")
    return told(measured, cpu)


def told(measured: load.Measured, cpu: float) -> dict[str, float]:
    return {
        "per_second": measured.per_second,
        "p50": measured.percentile(0.5),
        "p99": measured.percentile(0.99),
        "bytes": measured.bytes,
        "errors": sum(measured.errors.values()),
        "cpu_ms": cpu * 1000 / max(measured.done, 1),
    }


def school_day(database: str, port: int, world: dict[str, Any]) -> dict[str, float]:
    """One process, as `make run` has on a small machine; every call leaves at its own second."""
    with server.ours(database, port) as ours:
        planned = scenarios.school_day(world, SCHOOL_DAY)
        # As every scenario: the day is measured, not the first second after a start.
        load.closed_loop(ours.port, scenarios.school_morning(world), seconds=1.0, connections=CONNECTIONS)
        before = ours.cpu_seconds()
        measured = load.open_loop(ours.port, planned, connections=32)
        if measured.errors:
            say(f"école : {measured.errors}")
        return told(measured, ours.cpu_seconds() - before)


def child(module: str, database: str, port: int, given: Any = None) -> Any:
    """What a process of our settings says, on that database."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=server.environment(database, port + 1),
        input=json.dumps(given).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def say(sentence: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
