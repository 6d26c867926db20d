"""The country's peak hour on machines that are not here: `python -m bench.simulate` (quoted in docs/scale.md).

Costs are those of `bench.scale` (the latest var/bench/scale-*.json); how many rooms there are is derived in
docs/scale.md. The same model is first asked for what one machine really gave.
"""

import argparse
import itertools
import json
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import scale_table
from bench.queue_model import Arrival, Cost, Machines, Outcome, simulate
from bench.server import BENCH

SECONDS, WARM = 20.0, 4.0
HALF = 0.5  # of its processors, at most: the rest is for the hour that nobody foresaw
GOAL = 300.0  # ms, p99 (quality §1)


@dataclass(frozen=True, slots=True)
class Hour:
    """A peak: how many rooms at once, and how often they ask. Seconds."""

    name: str
    rooms: int
    candidates: int = 20  # of a room
    proctors: float = 1.3  # browsers of a room
    refresh_every: float = 4.0
    changed: float = 0.35  # of the refreshes: something happened since
    heartbeat_every: float = 15.0
    wave: float = 600.0  # within which every room starts its tests
    together: float = 1.0  # within which those of one room start

    @property
    def people(self) -> int:
        return self.rooms * self.candidates

    def per_second(self) -> dict[str, float]:
        refreshes = self.rooms * self.proctors / self.refresh_every
        starts = self.people / self.wave
        return {
            "heartbeat": self.people / self.heartbeat_every,
            "unchanged": refreshes * (1 - self.changed),
            "one_row": refreshes * self.changed,
            "tick": starts,
            "start": starts,
        }


ACADEMY = Hour("une académie : 300 salles de 40", rooms=300, candidates=40)
COUNTRY = Hour("le pays, pointe : 900 salles de 20", rooms=900)
STRESS = Hour("le pays, pire journée : 1 500 salles de 20", rooms=1500)
START = 1.6  # ticks: what `make bench-load` finds, which plays both
# Whether it waits for the disk, and for the lock of its room.
WAITS = {
    "heartbeat": (True, False),
    "unchanged": (False, False),
    "one_row": (False, False),
    "tick": (True, True),
}
# Who is simulated, on what: PostgreSQL's cores are of one machine.
CASES = (
    (ACADEMY, Machines(processes=4, database_cores=2)),
    (ACADEMY, Machines(processes=8, database_cores=4)),
    (COUNTRY, Machines(processes=8, database_cores=4)),
    (COUNTRY, Machines(processes=16, database_cores=8, proxy_cores=2)),
    (STRESS, Machines(processes=24, database_cores=8, proxy_cores=2)),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.simulate", description=__doc__)
    parser.add_argument("--measured", type=Path, help="a var/bench/scale-*.json; the latest by default")
    given = parser.parse_args()
    path = given.measured or max(BENCH.glob("scale-*.json"), default=None)
    if path is None:
        print("Mesurez d’abord : python -m bench.scale", file=sys.stderr)
        return 1
    told = json.loads(path.read_text())
    costs = costs_of(told)
    print(f"Coûts mesurés : {path.name}, {dearer(told):.2f} fois plus chers à charge partielle")
    print("\n".join(beside(told, costs)))
    print(f"\nSimulé, {SECONDS:.0f} s de la pointe (p50 et p99 en ms ; occupation des cœurs) :")
    print(HEAD)
    for hour, machines in CASES:
        print(row(hour, machines, simulate(arrivals(hour), costs, machines, warm=WARM)))
    return 0


def costs_of(told: Mapping[str, Any]) -> dict[str, Cost]:
    """Of each kind, from what it took alone, dearer by what a half-empty machine makes of the mix: its caches are cold
    at each request."""
    medians, times = told["medians"], dearer(told)
    found = {}
    for name, (writes, locks) in WAITS.items():
        one = medians[f"kind_{name}"]
        around = one["nginx_ms"] + one["pgbouncer_ms"]
        found[name] = Cost(times * one["web_ms"], times * one["postgresql_ms"], times * around, writes, locks)
    tick = found["tick"]
    found["start"] = Cost(START * tick.web, START * tick.database, tick.around, writes=True, locks=True)
    return found


def dearer(told: Mapping[str, Any]) -> float:
    """What a request of the mix cost at a partial load, beside the same requests one kind after the other at full."""
    medians, mix = told["medians"], told["mix"]
    alone = sum(count * scale_table.all_tiers(medians[f"kind_{name}"]) for name, count in mix.items())
    return max(1.0, scale_table.all_tiers(medians["paced_1"]) * sum(mix.values()) / alone)


def arrivals(hour: Hour, seconds: float = SECONDS, seed: int = 1) -> list[Arrival]:
    """Every request of that many seconds, in the middle of the starting wave."""
    chance = random.Random(seed)
    found: list[Arrival] = []
    browsers = round(hour.rooms * hour.proctors)
    for number in range(browsers):
        for at in regularly(chance, hour.refresh_every, seconds):
            kind = "one_row" if chance.random() < hour.changed else "unchanged"
            found.append(Arrival(at, kind, number % hour.rooms))
    for number in range(hour.people):
        beats = regularly(chance, hour.heartbeat_every, seconds)
        found += [Arrival(at, "heartbeat", number % hour.rooms) for at in beats]
    begins = chance.uniform(0, hour.wave / hour.rooms)
    for room in itertools.count():
        if begins >= seconds:
            break
        for _ in range(hour.candidates):
            found.append(Arrival(begins + chance.uniform(0, hour.together), "start", room))
            found.append(Arrival(chance.uniform(0, seconds), "tick", room))
        begins += hour.wave / hour.rooms
    return found


def regularly(chance: random.Random, every: float, seconds: float) -> Iterator[float]:
    """From some moment on, at that pace, a tenth of it more or less: browsers draw lots too."""
    at = chance.uniform(0, every)
    while at < seconds:
        yield at
        at += every * chance.uniform(0.9, 1.1)


def cores_needed(hour: Hour, costs: Mapping[str, Cost]) -> dict[str, float]:
    """Cores that would be busy all the time: arithmetic, beside what the queue says of waiting."""
    pace = hour.per_second()
    return {
        "web": sum(pace[name] * costs[name].web for name in pace) / 1000,
        "database": sum(pace[name] * costs[name].database for name in pace) / 1000,
        "proxy": sum(pace[name] * costs[name].around for name in pace) / 1000,
    }


def beside(told: Mapping[str, Any], costs: dict[str, Cost]) -> list[str]:
    """The model against what this machine gave at a partial load, with one web process and with two."""
    lines = [f"{'':<36}{'mesuré p50':>11}{'simulé':>8}{'mesuré, processus':>19}{'simulé':>8}"]
    for processes in (1, 2):
        real = told["medians"][f"paced_{processes}"]
        machines = Machines(processes=processes, database_cores=1, threads=4)
        found = simulate(paced(told["mix"], told["rate"]), costs, machines, warm=WARM)
        busy = real["web_ms"] * told["rate"] / 1000 / processes
        lines.append(
            f"{told['rate']:.0f} requêtes/s, {processes} processus".ljust(36)
            + f"{real['p50']:>11.1f}{found.overall(0.5):>8.1f}{busy:>18.0%} {found.busy['web']:>7.0%}"
        )
    return lines


def paced(mix: Mapping[str, int], rate: float, seconds: float = SECONDS) -> list[Arrival]:
    kinds = itertools.cycle(scale_table.spread(mix))
    return [Arrival(number / rate, next(kinds), number) for number in range(int(rate * seconds))]


HEAD = (
    f"{'':<44}{'web':>10}{'base':>8}{'req/s':>7}{'p50':>6}{'p99':>6}{'départ p99':>11}"
    f"{'web':>6}{'base':>6}{'proxy':>7}"
)


def row(hour: Hour, machines: Machines, found: Outcome) -> str:
    pace = sum(hour.per_second().values())
    busy = found.busy
    verdict = "tenu" if found.overall(0.99) < GOAL and max(busy["web"], busy["database"]) <= HALF else (
        "sans marge" if found.overall(0.99) < GOAL else "MANQUÉ"
    )  # fmt: skip
    return (
        f"{hour.name:<44}{machines.processes:>5} proc{machines.database_cores:>3} cœurs{pace:>6.0f}"
        f"{found.overall(0.5):>6.0f}{found.overall(0.99):>6.0f}{found.percentile('start', 0.99):>11.0f}"
        f"{busy['web']:>6.0%}{busy['database']:>6.0%}{busy['proxy']:>7.0%}  {verdict}"
    )


if __name__ == "__main__":
    sys.exit(main())
