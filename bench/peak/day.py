"""The day that is played: how much is offered at its peak, and which room does what in a step. No clock here."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.peak.cast import Candidate, Room

ONCE_STARTED = 0.9  # of a step: no burst later, its answers belong to the step


@dataclass(frozen=True, slots=True)
class Day:
    """A peak: every room refreshed every `refresh` seconds, every test heard every `heartbeat`, and each room ticked,
    entered and started once in `wave` seconds. Acts of `acts` are per second, of the whole peak."""

    name: str
    rooms: int
    size: int
    refresh: float = 4.0
    heartbeat: float = 15.0
    wave: float = 600.0

    @property
    def candidates(self) -> int:
        return self.rooms * self.size

    @property
    def acts(self) -> dict[str, float]:
        """In a test of 75 minutes: all complete, one in eighteen comes in again, one in nine has a broken question …"""
        share = self.candidates / 12_000
        return {"complete": 4 * share, "alert": share, "reentry": share, "end": 0.5 * share, "page": share}

    def offered(self) -> dict[str, float]:
        """Requests per second of each kind at the peak. What a refresh finds is not ours to offer."""
        acts = self.acts
        waves = self.candidates / self.wave
        return {
            "refresh": self.rooms / self.refresh,
            "heartbeat": self.candidates / self.heartbeat,
            "tick": waves,
            "start": waves,
            "entry": waves + acts["reentry"],
            "refused": acts["reentry"],
            "authorise": acts["reentry"],
            "resume": acts["reentry"],
            "page": acts["page"] + self.rooms / self.wave,
            **{kind: acts[kind] for kind in ("complete", "alert", "end")},
        }


ACADEMIE = Day("une académie, 300 salles × 40, PostgreSQL", 300, 40)
SCHOOL = Day("une école, 12 salles × 35, SQLite", 12, 35)


@dataclass
class Step:
    """Who does what in the next seconds. `opening`: rooms whose page must be opened first."""

    seconds: float
    watched: list[Room]
    beating: list[Room]
    opening: list[Room]
    starting: list[tuple[float, Room]]  # the second at which its candidates press « Commencer »
    acts: list[tuple[float, str, Candidate]]


@dataclass
class Stage:
    """The rooms of the day. What was begun in a step goes on in the next ones."""

    day: Day
    running: list[Room]
    waiting: list[Room]
    chance: random.Random = field(default_factory=lambda: random.Random(20_261_126))
    active: list[Room] = field(default_factory=list)
    _owed: float = 0.0

    def step(self, fraction: float, seconds: float) -> Step:
        """`fraction` of the peak for `seconds`. At least one room starts, so that each step has its burst."""
        day = self.day
        self._owed += fraction * day.rooms * seconds / day.wave
        starting = [self.waiting.pop() for _ in range(min(max(1, int(self._owed)), len(self.waiting)))]
        self._owed -= len(starting)
        missing = max(round(fraction * day.rooms) - len(self.active) - len(starting), 0)
        opening = [self.running.pop() for _ in range(min(missing, len(self.running)))]
        beating = [*self.active, *opening]
        self.active = [*beating, *starting]
        acts = sorted(self._acts(beating, fraction, seconds), key=lambda act: act[0])
        return Step(
            seconds, list(self.active), beating, [*opening, *starting], self._bursts(starting, seconds), acts
        )

    def _bursts(self, starting: list[Room], seconds: float) -> list[tuple[float, Room]]:
        """From the middle of the step on, one after the other: before, they are ticked and come in."""
        first, last = seconds * 0.6, seconds * ONCE_STARTED
        apart = (last - first) / max(len(starting), 1)
        return [(first + position * apart, room) for position, room in enumerate(starting)]

    def _acts(
        self, beating: list[Room], fraction: float, seconds: float
    ) -> Iterator[tuple[float, str, Candidate]]:
        """Each of somebody else: two acts of one candidate in a step would wait for one another."""
        free = [one for room in beating for one in room.candidates if one.runs]
        self.chance.shuffle(free)
        for kind, rate in self.day.acts.items():
            wanted = rate * fraction * seconds
            for _ in range(int(wanted) + (self.chance.random() < wanted % 1)):
                if not free:
                    return
                yield self.chance.uniform(0, seconds * (0.7 if kind == "reentry" else 1)), kind, free.pop()


def spread(first: float, every: float, until: float) -> Iterator[float]:
    while first < until:
        yield first
        first += every
