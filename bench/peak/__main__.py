"""`make bench-load`: plays the peak of an académie on PostgreSQL and of a school on SQLite, a step higher each time,
until a request of a hundred takes 300 ms. Results in var/bench/pic-*.json, the report on the standard output."""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import child, say
from bench.peak import figures, words
from bench.peak.calibrate import Calibration
from bench.peak.cast import Room
from bench.peak.day import ACADEMIE, SCHOOL, Day, Stage
from bench.peak.driver import Driver, Played
from bench.peak.scripts import Play, Told
from bench.peak.watch import Costs, Watch
from bench.server import BENCH, environment, serving
from tests.crash.postgres import Cluster, new_folder, programs

DATABASE = "pixsurv_peak"
CALIBRATED = (4, 4)  # rooms that wait and that run, kept apart for the cost of each kind
OPENINGS = 0.1  # seconds between two rooms that open their page before a step
BREATH = 1.0  # seconds between two steps
CLUSTER = {
    "shared_buffers": "512MB",
    "max_connections": "100",
    "shared_preload_libraries": "pg_stat_statements",
}


def main() -> int:
    given = arguments()
    BENCH.mkdir(parents=True, exist_ok=True)
    runs: dict[str, Any] = {}
    for name, day, play in (("academie", ACADEMIE, on_postgres), ("ecole", SCHOOL, on_sqlite)):
        if given.only not in {"", name}:
            continue
        try:
            with play(day, given) as run:
                runs[name] = run
                print(words.words(day, run), end="\n\n", flush=True)
        except pytest.skip.Exception as missing:  # what `tests.crash.postgres` needs is not here
            say(f"{day.name} n’est pas joué : {missing}")
    path = BENCH / f"pic-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps({"given": vars(given), **runs}, indent=1, ensure_ascii=False))
    print(f"Détail : var/bench/{path.name}")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.peak", description=__doc__)
    parser.add_argument("--steps", default="10,20,30,40,50,60,80,100", help="percents of the académie's peak")
    parser.add_argument("--school-steps", default="100,200,400", help="percents of the school's")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each step")
    parser.add_argument("--port", type=int, default=8150, help="the first of a few ports")
    parser.add_argument(
        "--web", type=int, default=2, help="web process groups behind the proxy, on PostgreSQL"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes in each of them")
    parser.add_argument(
        "--threads", type=int, default=0, help="in each process; 0: as many as it takes by itself"
    )
    parser.add_argument("--school-workers", type=int, default=2, help="processes of the school's one group")
    parser.add_argument("--only", default="", choices=["", "academie", "ecole"])
    parser.add_argument("--all-steps", action="store_true", help="go on after the knee")
    parser.add_argument("--no-costs", action="store_true", help="leave out the cost of each kind")
    return parser.parse_args()


@contextmanager
def on_postgres(day: Day, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A cluster of its own, with the settings of PostgreSQL that keep what was acknowledged."""
    programs()
    with ExitStack() as stack:
        folder = Path(new_folder())
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        cluster = Cluster(folder, **CLUSTER)
        cluster.init()
        cluster.start()
        stack.callback(cluster.stop, fast=True)
        cluster.ask("postgres", f"CREATE DATABASE {DATABASE}")
        cluster.ask("postgres", "CREATE EXTENSION pg_stat_statements")
        url = cluster.url(DATABASE)
        world = made(day, url, given, steps=percents(given.steps), schools=100)
        cluster.ask(DATABASE, "VACUUM ANALYZE")
        cluster.ask("postgres", "CHECKPOINT")
        servers = [
            stack.enter_context(group(url, given.port + number, given.workers, given.threads))
            for number in range(given.web)
        ]
        cluster.ask("postgres", "SELECT pg_stat_statements_reset()")
        watch = Watch(servers, cluster, DATABASE)
        yield played(day, url, watch, world, given, percents(given.steps))


@contextmanager
def on_sqlite(day: Day, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One group of processes, as `make run` has."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pixsurv-peak-"))
        url = f"sqlite:///{Path(folder) / 'school.sqlite3'}"
        world = made(day, url, given, steps=percents(given.school_steps), schools=1)
        server = stack.enter_context(group(url, given.port + 5, given.school_workers, given.threads))
        yield played(day, url, Watch([server]), world, given, percents(given.school_steps))


def group(url: str, port: int, workers: int, threads: int) -> Any:
    env = environment(url, port) | {"WEB_CONCURRENCY": str(workers), "WEB_THREADS": str(threads)}
    if not threads:
        del env["WEB_THREADS"]
    command = [sys.executable, "-m", "gunicorn", "-c", "python:pixsurv.gunicorn", "pixsurv.wsgi"]
    return serving(f"pic-{port}", command, port, env, ready="/sante/vivant")


def made(
    day: Day, url: str, given: argparse.Namespace, *, steps: list[float], schools: int
) -> dict[str, Any]:
    """The rooms, as many as the steps will play."""
    start = time.perf_counter()
    waves = sum(max(1, round(fraction * day.rooms * given.seconds / day.wave)) for fraction in steps)
    asked = {
        "running": round(max(steps) * day.rooms) + CALIBRATED[1],
        "waiting": waves + len(steps) + CALIBRATED[0],
        "size": day.size,
        "schools": schools,
    }
    say(f"{day.name} : {asked['running'] + asked['waiting']} salles sont préparées …")
    world: dict[str, Any] = child("bench.peak.world", url, given.port, asked)
    world["told"] = {**asked, "seconds": time.perf_counter() - start}
    return world


def played(
    day: Day, url: str, watch: Watch, world: dict[str, Any], given: argparse.Namespace, steps: list[float]
) -> dict[str, Any]:
    since, load = datetime.now(UTC).isoformat(), os.getloadavg()
    running, waiting = ([Room.of(one) for one in world[kind]] for kind in ("running", "waiting"))
    told = Told()
    play = Play(day, told, random.Random(20_261_127))
    driver = Driver(server.port for server in watch.servers)
    costs: dict[str, Any] = {}
    try:
        apart = [waiting.pop() for _ in range(CALIBRATED[0])], [running.pop() for _ in range(CALIBRATED[1])]
        if not given.no_costs:
            say("Le coût de chaque sorte de requête …")
            costs = Calibration(driver, watch, play, *apart).measured()
        with before_others():
            found = list(climb(Stage(day, running, waiting), play, driver, watch, given, steps))
    finally:
        driver.close()
    say("Rien de perdu ? …")
    checked = child("bench.peak.check", url, given.port, {**asdict(told), "since": since})
    return {
        "rooms": world["told"],
        "load_before": " ".join(f"{one:.2f}" for one in load),
        "calibration": costs,
        "steps": found,
        "check": checked,
        "strange": len(told.strange),
        "tables": watch.tables(),
        "memory": watch.memory(),
        "dearest": watch.dearest(),
    }


@contextmanager
def before_others() -> Iterator[None]:
    """The driver stands for twelve thousand machines: the server's work must not keep it waiting."""
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, usual - 10)
    try:
        yield
    finally:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, usual)


def climb(
    stage: Stage, play: Play, driver: Driver, watch: Watch, given: argparse.Namespace, steps: list[float]
) -> Iterator[dict[str, Any]]:
    """A step higher each time, until one does not hold."""
    for fraction in steps:
        step = stage.step(fraction, given.seconds)
        driver.play(play.opening(step.opening, OPENINGS), until=OPENINGS * len(step.opening))
        with watch.costs() as costs:
            seen = driver.play(play.step(step), until=step.seconds)
        one = measured(fraction, len(stage.active), seen, costs)
        say(
            f"{fraction:.0%} : {one['per_second']:.0f} req/s, p99 {one['p99']:.0f} ms, {one['errors']} erreurs"
        )
        yield one
        if not figures.held(one) and not given.all_steps:
            return
        time.sleep(BREATH)


def measured(fraction: float, rooms: int, seen: Played, costs: Costs) -> dict[str, Any]:
    done, seconds = max(seen.done, 1), costs.seconds
    return {
        "fraction": fraction,
        "rooms": rooms,
        "seconds": seconds,
        **figures.told(seen.all),
        "per_second": seen.done / seen.seconds,
        "errors": seen.failed,
        "refused": seen.errors,
        "kinds": {kind: figures.told(one) for kind, one in seen.latencies.items()},
        "web": costs.web,
        "database": costs.postgres,
        "driver": seen.cpu,
        "web_ms": costs.web_total * 1000 / done,
        "database_ms": costs.postgres * 1000 / done,
        "driver_ms": seen.cpu * 1000 / done,
        "web_cores": costs.web_total / seconds,
        "database_cores": costs.postgres / seconds,
        "driver_cores": seen.cpu / seconds,
        "busy_cores": sum(costs.machine.values()) * (1 - costs.idle) / seconds,
        "idle": costs.idle,
        "machine": costs.machine,
        "late_p99": figures.percentile(seen.lateness, 0.99),
        "opened": seen.opened,
        "statements": costs.statements / done,
        "waits": costs.waits,
        "pools": costs.pools,
        "load": os.getloadavg(),
    }


def percents(text: str) -> list[float]:
    return [float(one) / 100 for one in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
