"""A queue of requests through web processes, one PostgreSQL and the locks of the rooms; time is simulated.

What each stage takes comes from a measure; what waits for what comes from the program: a process computes for one
request at a time, PostgreSQL for as many as it has cores, one room writes one thing at a time and holds its lock until
the disk has it, and everything that the disk is asked while it writes goes with its next write.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

type Then = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor of one request, by tier; `writes`: it waits for the disk; `locks`: and for its room."""

    web: float
    database: float
    around: float = 0.0  # nginx and PgBouncer
    writes: bool = False
    locks: bool = False


@dataclass(frozen=True, slots=True)
class Machines:
    """`processes`: web processes in all, each of a core of its own. `flush`: milliseconds of one write to the disk."""

    processes: int
    database_cores: int
    threads: int = 8
    flush: float = 2.0
    proxy_cores: int = 1


@dataclass(frozen=True, slots=True)
class Arrival:
    at: float  # seconds
    kind: str
    room: int = 0


@dataclass(slots=True)
class Outcome:
    """Latencies in milliseconds by kind; how busy each tier was, from 0 to 1."""

    latencies: dict[str, list[float]] = field(default_factory=dict)
    busy: dict[str, float] = field(default_factory=dict)

    def percentile(self, kind: str, share: float) -> float:
        ordered = sorted(self.latencies.get(kind, []))
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0

    def overall(self, share: float) -> float:
        ordered = sorted(one for some in self.latencies.values() for one in some)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Clock:
    """What happens next; milliseconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self._waiting: list[tuple[float, int, Then]] = []
        self._count = 0

    def at(self, when: float, then: Then) -> None:
        self._count += 1
        heapq.heappush(self._waiting, (when, self._count, then))

    def run(self) -> None:
        while self._waiting:
            self.now, _, then = heapq.heappop(self._waiting)
            then()


class Line:
    """`servers` who serve one at a time each, first come first served."""

    def __init__(self, clock: Clock, servers: int) -> None:
        self.clock, self.free, self.worked = clock, servers, 0.0
        self.waiting: deque[tuple[float, Then]] = deque()

    def serve(self, takes: float, then: Then) -> None:
        if self.free:
            self.free -= 1
            self._begin(takes, then)
        else:
            self.waiting.append((takes, then))

    def _begin(self, takes: float, then: Then) -> None:
        self.worked += takes

        def done() -> None:
            if self.waiting:
                self._begin(*self.waiting.popleft())
            else:
                self.free += 1
            then()

        self.clock.at(self.clock.now + takes, done)


class Held:
    """What `places` may hold at once, for as long as they need: the threads of a process, the lock of a room."""

    def __init__(self, places: int) -> None:
        self.free, self.waiting = places, deque[Then]()

    def take(self, then: Then) -> None:
        if self.free:
            self.free -= 1
            then()
        else:
            self.waiting.append(then)

    def give(self) -> None:
        if self.waiting:
            self.waiting.popleft()()
        else:
            self.free += 1


class Disk:
    """One write at a time; all that asks meanwhile goes with the next."""

    def __init__(self, clock: Clock, flush: float) -> None:
        self.clock, self.flush, self.writing = clock, flush, False
        self.next: list[Then] = []

    def write(self, then: Then) -> None:
        self.next.append(then)
        if not self.writing:
            self._begin()

    def _begin(self) -> None:
        going, self.next, self.writing = self.next, [], True

        def done() -> None:
            self.writing = False
            if self.next:
                self._begin()
            for then in going:
                then()

        self.clock.at(self.clock.now + self.flush, done)


@dataclass(slots=True)
class _Process:
    core: Line
    threads: Held
    inside: int = 0


BEFORE = 0.4  # of a writing request's work in Python, done before it holds the room's lock


class Site:
    """The machines, and who is where in them."""

    def __init__(self, costs: dict[str, Cost], machines: Machines, seed: int, warm: float) -> None:
        self.costs, self.machines, self.warm = costs, machines, warm * 1000
        self.clock, self.chance, self.outcome = Clock(), random.Random(seed), Outcome()
        self.proxy = Line(self.clock, machines.proxy_cores)
        self.database = Line(self.clock, machines.database_cores)
        self.disk = Disk(self.clock, machines.flush)
        self.rooms: dict[int, Held] = {}
        self.processes = [
            _Process(Line(self.clock, 1), Held(machines.threads)) for _ in range(machines.processes)
        ]

    def about(self, mean: float) -> float:
        """No two requests are the same: from half to half more."""
        return mean * self.chance.uniform(0.5, 1.5)

    def room(self, number: int) -> Held:
        return self.rooms.setdefault(number, Held(1))

    def busy(self) -> dict[str, float]:
        span = max(self.clock.now, 1e-9)
        web = sum(one.core.worked for one in self.processes)
        return {
            "web": web / (span * self.machines.processes),
            "database": self.database.worked / (span * self.machines.database_cores),
            "proxy": self.proxy.worked / (span * self.machines.proxy_cores),
        }


class _Request:
    """One request on its way: proxy, a thread of a process, Python, its room's lock, PostgreSQL, the disk."""

    def __init__(self, site: Site, arrival: Arrival) -> None:
        self.site, self.arrival, self.cost = site, arrival, site.costs[arrival.kind]
        self.web = site.about(self.cost.web)
        self.process = min(site.processes, key=lambda one: one.inside)
        self.lock = site.room(arrival.room) if self.cost.locks else None
        self.begun = site.clock.now
        self.process.inside += 1
        site.proxy.serve(site.about(self.cost.around), lambda: self.process.threads.take(self._computes))

    def _computes(self) -> None:
        if self.lock is None:
            self.process.core.serve(self.web, self._asks)
        else:
            lock = self.lock
            self.process.core.serve(self.web * BEFORE, lambda: lock.take(self._holds))

    def _holds(self) -> None:
        self.process.core.serve(self.web * (1 - BEFORE), self._asks)

    def _asks(self) -> None:
        self.site.database.serve(self.site.about(self.cost.database), self._answered)

    def _answered(self) -> None:
        if self.cost.writes:
            self.site.disk.write(self._ends)
        else:
            self._ends()

    def _ends(self) -> None:
        self.process.inside -= 1
        self.process.threads.give()
        if self.lock is not None:
            self.lock.give()
        if self.begun >= self.site.warm:
            took = self.site.clock.now - self.begun
            self.site.outcome.latencies.setdefault(self.arrival.kind, []).append(took)


def simulate(
    arrivals: Iterable[Arrival],
    costs: dict[str, Cost],
    machines: Machines,
    *,
    seed: int = 1,
    warm: float = 0.0,
) -> Outcome:
    """Every arrival through the tiers; those of the first `warm` seconds are served, not counted."""
    site = Site(costs, machines, seed, warm)
    for one in arrivals:
        site.clock.at(one.at * 1000, partial(_Request, site, one))
    site.clock.run()
    site.outcome.busy = site.busy()
    return site.outcome
