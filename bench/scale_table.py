"""The figures of `bench.scale` against the goals of quality §1, and what a machine of two cores can't show."""

import statistics
from collections.abc import Iterable, Mapping
from typing import Any

TIERS = ("web", "postgresql", "pgbouncer", "nginx")
PROCESSES = 2
CPU_AT_MOST, THROUGHPUT_AT_LEAST = 1.15, 1.8
NAMES = {
    "heartbeat": "battement d’un candidat",
    "unchanged": "actualisation, rien de neuf",
    "one_row": "actualisation, une ligne sur 40",
    "tick": "cocher une présence",
    "start": "commencer un test",
}

type Medians = Mapping[str, Mapping[str, float]]


def spread(mix: Mapping[str, int]) -> list[str]:
    """One turn of the mix, each kind as far from its like as it can be."""
    places = [((turn + 0.5) / count, name) for name, count in mix.items() for turn in range(count)]
    return [name for _, name in sorted(places)]


def medians(rounds: Iterable[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """Of each figure of each measure; errors are added up, not averaged away."""
    gathered: dict[str, dict[str, list[float]]] = {}
    for one in rounds:
        for measure, figures in one.items():
            for name, value in figures.items():
                gathered.setdefault(measure, {}).setdefault(name, []).append(value)
    return {
        measure: {
            name: sum(values) if name == "errors" else statistics.median(values)
            for name, values in figures.items()
        }
        for measure, figures in gathered.items()
    }


def all_tiers(figures: Mapping[str, float]) -> float:
    """Processor time of a request in milliseconds, the driver's own left out."""
    return sum(figures[f"{tier}_ms"] for tier in TIERS)


def ratios(found: Medians) -> dict[str, float]:
    """Two processes against one. `cpu` and `cpu_web` at the same load, below what one can do."""
    one, two = found["paced_1"], found["paced_2"]
    return {
        "cpu": all_tiers(two) / all_tiers(one),
        "cpu_web": two["web_ms"] / one["web_ms"],
        "throughput": found["fast_2"]["per_second"] / found["fast_1"]["per_second"],
    }


def told_by_cores(found: Medians, cores: int) -> list[str]:
    """What the throughput ratio is worth on a machine of so many cores: with fewer than four, nothing."""
    ratio = ratios(found)["throughput"]
    one, web = found["fast_1"], found["fast_1"]["web_ms"]
    if cores >= PROCESSES + 2:
        return [_goal(ratio, "≥", THROUGHPUT_AT_LEAST, "débit de deux processus / d’un seul")]
    return [
        _goal(ratio, "", None, "débit de deux processus / d’un seul : ne prouve rien ici."),
        f"{'':17}Deux processus demandent {PROCESSES + 2} cœurs ; il y en a {cores}, que se partagent aussi",
        f"{'':17}PostgreSQL, PgBouncer, nginx et celui qui demande. Une requête prend {all_tiers(one):.2f} ms en tout,",
        f"{'':17}dont {web:.2f} dans le processus web, qui borne un seul processus à {1000 / web:.0f} requêtes/s.",
        _goal(PROCESSES / ratios(found)["cpu_web"], "", None, "ce que deux donneraient sur assez de cœurs,"),
        f"{'':17}d’après leur temps de processeur à la même charge.",
    ]


def words(told: Mapping[str, Any]) -> str:
    found: Medians = told["medians"]
    head = (
        f"{'':<44}{'req/s':>8}{'p50':>8}{'p99':>8}"
        + "".join(f"{tier:>12}" for tier in TIERS)
        + f"{'err.':>6}"
    )
    rows = [(f"kind_{name}", f"{NAMES[name]}, un processus") for name in told["mix"]]
    rows += [(f"fast_{n}", f"mélange, à fond, {n} processus") for n in (1, 2)]
    rows += [(f"paced_{n}", f"mélange, {told['rate']:.0f} req/s, {n} processus") for n in (1, 2)]
    ratio = ratios(found)
    cost = "temps de processeur par requête, tous étages, à la même charge"
    return "\n".join(
        [
            "Temps de processeur par requête et par étage, en ms.",
            head,
            *(_row(name, found[key]) for key, name in rows),
            "",
            "Objectifs (quality.md §1), deux processus web / un seul :",
            _goal(ratio["cpu"], "≤", CPU_AT_MOST, cost),
            _goal(ratio["cpu_web"], "", None, "les processus web seuls"),
            *told_by_cores(found, told["cores"]),
        ]
    )


def _goal(value: float, sign: str, limit: float | None, what: str) -> str:
    verdict, bound = "", ""
    if limit is not None:
        verdict = "tenu" if (value <= limit if sign == "≤" else value >= limit) else "MANQUÉ"
        bound = f"{sign} {limit}"
    return f"{verdict:<7}{value:>6.2f}×  {bound:<8}{what}"


def _row(name: str, one: Mapping[str, float]) -> str:
    tiers = "".join(f"{one[f'{tier}_ms']:>12.2f}" for tier in TIERS)
    return f"{name[:43]:<44}{one['per_second']:>8.0f}{one['p50']:>8.1f}{one['p99']:>8.1f}{tiers}{one['errors']:>6.0f}"
