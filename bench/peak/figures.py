"""Pure arithmetic of the peak: percentiles, the knee, and the same peak scaled to other machines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

GOAL_MS = 300.0
LATE_MS = 20.0  # of the driver itself, at p99: above it measures itself
FULL = 0.70  # of the processor that may be used before queues grow: what the knee of a step is scaled by


def percentile(values: Sequence[float], share: float) -> float:
    """By nearest rank; 0 of nothing."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    rank = -int(-share * len(ordered) // 1)  # rounded up
    return ordered[max(rank, 1) - 1]


def told(latencies: Sequence[float]) -> dict[str, float]:
    """Milliseconds."""
    return {
        "count": len(latencies),
        "p50": percentile(latencies, 0.50),
        "p95": percentile(latencies, 0.95),
        "p99": percentile(latencies, 0.99),
        "max": max(latencies, default=0.0),
    }


def held(step: Mapping[str, float]) -> bool:
    """Whether a step keeps what the peak must keep."""
    return step["p99"] < GOAL_MS and not step["errors"]


def knee[Step: Mapping[str, float]](steps: Sequence[Step]) -> tuple[Step | None, Step | None]:
    """The last step before the first that failed, and that one; None where there is none."""
    best: Step | None = None
    for step in steps:
        if not held(step):
            return best, step
        best = step
    return best, None


@dataclass(frozen=True, slots=True)
class Need:
    """Busy cores of the web processes and of the database for a whole peak."""

    web: float
    database: float

    @property
    def cores(self) -> float:
        return self.web + self.database

    def reaches(self, cores: float, *, full: float = FULL) -> float:
        """Share of the peak that so many cores carry, used to `full`."""
        return cores * full / self.cores if self.cores else 0.0

    def asks_for(self, *, full: float = FULL) -> float:
        """Cores for the whole peak, used to `full`."""
        return self.cores / full


def need(offered: Mapping[str, float], web_ms: Mapping[str, float], database_ms: Mapping[str, float]) -> Need:
    """By the processor time of each kind of request (ms); a kind that was not measured costs the mean of the others."""

    def cores(costs: Mapping[str, float]) -> float:
        mean = sum(costs.values()) / max(len(costs), 1)
        return sum(rate * costs.get(kind, mean) for kind, rate in offered.items()) / 1000

    return Need(cores(web_ms), cores(database_ms))


def need_as_played(web_ms: float, database_ms: float, per_second: float) -> Need:
    """By what one request of the mix that was played cost (ms)."""
    return Need(web_ms * per_second / 1000, database_ms * per_second / 1000)


def shares(rates: Mapping[str, float], changed: float) -> dict[str, float]:
    """The offered rates with each refresh told apart: `changed` of them bring something."""
    split = dict(rates)
    refresh = split.pop("refresh", 0.0)
    return {**split, "unchanged": refresh * (1 - changed), "changed": refresh * changed}


def uneven(spent: Iterable[float]) -> float:
    """How many times its fair share the busiest worker did; 1 is even."""
    each = list(spent)
    whole = sum(each)
    return max(each) * len(each) / whole if whole else 1.0
