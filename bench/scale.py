"""`make bench-scale`: one web process of ours, then two, behind nginx and PgBouncer, under the same mix of requests.

What each tier costs a request, and whether a second process costs more or brings as much (quality §1). About four
minutes; figures in var/bench/scale-*.json, which `python -m bench.simulate` reads.
"""

import argparse
import itertools
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench import front, load, postgres, scale_table, scenarios, server
from bench.__main__ import child, say
from bench.load import Call, Measured
from bench.server import BENCH, Server

DATABASE = "pixsurv_scale"
# Of twenty requests at the peak: a test is heard every 15 s, a room of forty asked for every 4 s by one proctor or two.
MIX = {"heartbeat": 16, "unchanged": 2, "one_row": 1, "tick": 1}
CONNECTIONS = 8
WARM_UP = 1.0  # seconds
SHARE = 0.4  # of what one process can do: the load at which both are compared


@dataclass(frozen=True, slots=True)
class Site:
    """What runs, and where its processor time can be read."""

    ports: dict[int, int]  # how many web processes answer → nginx's port
    webs: list[Server]
    nginx: Server
    pgbouncer: int

    def cpu(self) -> dict[str, float]:
        """Seconds so far, by tier. PostgreSQL's are of the connections to our database: PgBouncer keeps them."""
        return {
            "web": sum(one.cpu_seconds() for one in self.webs),
            "postgresql": server.cpu_seconds_of(backends()),
            "pgbouncer": server.cpu_seconds_of([self.pgbouncer]),
            "nginx": self.nginx.cpu_seconds(),
        }


def main() -> int:
    given = arguments()
    missing = [name for name in ("nginx", "pgbouncer") if front.program(name) is None]
    if missing or not postgres.answers():
        say(
            f"Il faut PostgreSQL, nginx et PgBouncer (paquets de Debian) ; il manque : {missing or 'PostgreSQL'}."
        )
        return 1
    BENCH.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database = postgres.fresh(DATABASE)
        stack.callback(postgres.drop, DATABASE)
        say("Les salles sont préparées …")
        world = child("bench.world", database, given.port)
        postgres.settle(DATABASE)
        found = measure(started(stack, given.port), world, given)
    name = f"scale-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    (BENCH / name).write_text(json.dumps(found, indent=1, ensure_ascii=False))
    print(scale_table.words(found))
    print(f"\nDétail : var/bench/{name}")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=3, help="alternating rounds, of which the median counts"
    )
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measure in each round")
    parser.add_argument("--port", type=int, default=8160, help="the first of five ports")
    return parser.parse_args()


def started(stack: ExitStack, port: int) -> Site:
    """PgBouncer, two web processes, nginx: up until the end of the run."""
    at = urlsplit(postgres.SERVER)
    pooled, pid = stack.enter_context(
        front.pgbouncer(
            port,
            server=(at.hostname or "127.0.0.1", at.port or 5432),
            name=DATABASE,
            user=at.username or "postgres",
        )
    )
    command = [sys.executable, "-m", "gunicorn", "-c", "python:pixsurv.gunicorn", "pixsurv.wsgi"]
    webs = [
        stack.enter_context(
            server.serving(f"web-{one}", command, one, server.environment(pooled, one), ready="/sante/vivant")
        )
        for one in (port + 1, port + 2)
    ]
    ports = {1: port + 3, 2: port + 4}
    nginx = stack.enter_context(
        front.nginx({at: [one.port for one in webs[:processes]] for processes, at in ports.items()})
    )
    return Site(ports, webs, nginx, pid)


def measure(site: Site, world: dict[str, Any], given: argparse.Namespace) -> dict[str, Any]:
    """Costs of each kind alone, then the mix: as fast as it goes, and at one load for one process and for two."""
    kinds = calls_of(world)
    for at in site.ports.values():
        closed(site, at, mixed(kinds), WARM_UP)
    rounds: list[dict[str, Any]] = []
    rate = 0.0
    for number in range(given.rounds):
        say(f"Tour {number + 1} sur {given.rounds} …")
        one: dict[str, Any] = {
            f"kind_{name}": closed(site, site.ports[1], make(), given.seconds / 2)
            for name, make in kinds.items()
        }
        # Who goes first changes: what warms up or tires serves both.
        order = sorted(site.ports, reverse=bool(number % 2))
        for processes in order:
            one[f"fast_{processes}"] = closed(site, site.ports[processes], mixed(kinds), given.seconds)
        rate = rate or SHARE * one["fast_1"]["per_second"]
        for processes in order:
            one[f"paced_{processes}"] = paced(
                site, site.ports[processes], mixed(kinds), rate, 2 * given.seconds
            )
        rounds.append(one)
    return {
        "cores": os.cpu_count(),
        "mix": MIX,
        "rate": rate,
        "rounds": rounds,
        "medians": scale_table.medians(rounds),
    }


def calls_of(world: dict[str, Any]) -> dict[str, Callable[[], Iterator[Call]]]:
    return {
        "heartbeat": lambda: scenarios.beats([world["beats"]]),
        "unchanged": lambda: unchanged(world["room"]),
        "one_row": lambda: scenarios.refresh(world["room"], 1),
        "tick": lambda: scenarios.ticks(world["ticks"]),
    }


def unchanged(room: dict[str, Any]) -> Iterator[Call]:
    """Each from a page of its own instant: in a run of minutes something falls due, and an old page would be told."""
    while True:
        yield next(scenarios.refresh(room, 0, 204))


def mixed(kinds: dict[str, Callable[[], Iterator[Call]]]) -> Iterator[Call]:
    """The mix, each kind spread evenly over its turn, the same every time."""
    endless = {name: make() for name, make in kinds.items()}
    for name in itertools.cycle(scale_table.spread(MIX)):
        yield next(endless[name])


def closed(site: Site, port: int, calls: Iterator[Call], seconds: float) -> dict[str, Any]:
    return told(site, lambda: load.closed_loop(port, calls, seconds=seconds, connections=CONNECTIONS))


def paced(site: Site, port: int, calls: Iterator[Call], rate: float, seconds: float) -> dict[str, Any]:
    """Once more when something fell due in its middle."""
    for _ in range(2):
        planned = [(number / rate, next(calls)) for number in range(int(rate * seconds))]
        found = told(site, lambda planned=planned: load.open_loop(port, planned, connections=32))  # type: ignore[misc]
        if not found["errors"]:
            break
    return found


def told(site: Site, act: Callable[[], Measured]) -> dict[str, Any]:
    before = site.cpu()
    measured = act()
    after = site.cpu()
    if measured.errors:
        say(f"refusés : {measured.errors}")
    return {
        "per_second": measured.per_second,
        "p50": measured.percentile(0.5),
        "p99": measured.percentile(0.99),
        "errors": sum(measured.errors.values()),
        **{f"{tier}_ms": (after[tier] - before[tier]) * 1000 / max(measured.done, 1) for tier in after},
    }


def backends() -> Sequence[int]:
    """PostgreSQL's processes that serve our database."""
    with psycopg.connect(postgres.SERVER, autocommit=True) as connection:
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
        return [pid for (pid,) in connection.execute(asked, (DATABASE,))]


if __name__ == "__main__":
    sys.exit(main())
