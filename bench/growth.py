"""`make bench-growth`: the same pages on a young database and on a grown one, in alternating rounds of one run.

Ratios of processor time and of latency, statements and rows touched, each against « rapport ≤ 1,2 » (issue « Fast, and
it stays fast »). Results in var/bench/growth-*.json, the table on the standard output.
"""

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bench import grown_pages, postgres, server
from bench.__main__ import child, measure, say
from bench.country import Shape
from bench.table import medians

# The first school of the grown one has held 400 sessions a year: as many as a large one, or a school that others join.
YOUNG = Shape(sessions=120, schools=2, first=60)
GROWN = Shape(sessions=10_000, schools=40, first=2_000)
SIZES = ("young", "grown")
ALLOWED = 1.2
FEW_ROWS = (
    500  # what a page reads more without anybody noticing: versions not yet vacuumed, one row more of a list
)


def main() -> int:
    given = arguments()
    if not postgres.answers():
        say("PostgreSQL ne répond pas (PIXSURV_TEST_POSTGRES) : rien n’est mesuré.")
        return 1
    server.BENCH.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        worlds = {which: prepared(stack, which, given) for which in SIZES}
        urls = {which: postgres.url(name_of(which, given)) for which in SIZES}
        rounds: dict[str, list[Any]] = {
            which: [child("bench.touched", urls[which], given.port, worlds[which])] for which in SIZES
        }
        servers = {
            which: stack.enter_context(server.ours(urls[which], given.port + place))
            for place, which in enumerate(SIZES)
        }
        for number in range(given.rounds):
            say(f"Tour {number + 1} sur {given.rounds} …")
            for one in zip(*(grown_pages.pages(worlds[which]) for which in SIZES), strict=True):
                for which, page in zip(SIZES, one, strict=True):
                    if not given.only or page.name in given.only.split(","):
                        found = {page.name: measure(page, servers[which], given.seconds)}
                        rounds[which].append(found)
        found = {which: medians(told) for which, told in rounds.items()}
    names = {one.name: one.what for one in grown_pages.pages(worlds["young"])}
    told = {"medians": found, "rounds": rounds, "worlds": worlds, "names": names}
    path = server.BENCH / f"growth-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False))
    print(words(found, names, worlds))
    print(f"\nDétail : var/bench/{path.name}")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=3, help="alternating rounds, of which the median counts"
    )
    parser.add_argument("--seconds", type=float, default=1.0, help="of each page in each round")
    parser.add_argument("--port", type=int, default=8120, help="the first of two ports")
    parser.add_argument("--only", default="", help="pages, by name, separated by commas")
    parser.add_argument(
        "--keep", action="store_true", help="leave both databases, and use them if they are there"
    )
    parser.add_argument("--prefix", default="pixsurv_bench", help="of the names of both databases")
    return parser.parse_args()


def name_of(which: str, given: argparse.Namespace) -> str:
    return f"{given.prefix}_{which}"


def prepared(stack: ExitStack, which: str, given: argparse.Namespace) -> dict[str, Any]:
    """The database of that name, and what to ask of it."""
    name = name_of(which, given)
    kept = server.BENCH / f"{name}.json"
    if given.keep and kept.exists() and postgres.exists(name):
        return json.loads(kept.read_text())  # type: ignore[no-any-return]
    shape = GROWN if which == "grown" else YOUNG
    say(f"{shape.sessions} sessions …")
    url = postgres.fresh(name)
    if not given.keep:
        stack.callback(postgres.drop, name)
    world: dict[str, Any] = child("bench.grown_pages", url, given.port, asdict(shape))
    postgres.settle(name)
    say(f"{world['country']['candidates']} candidats en {world['country']['seconds']} s")
    if given.keep:
        kept.write_text(json.dumps(world))
    return world


def words(found: dict[str, dict[str, Any]], names: dict[str, str], worlds: dict[str, Any]) -> str:
    young, grown = found["young"], found["grown"]
    sizes = [worlds[which]["country"] for which in SIZES]
    parts = [
        "De {sessions} sessions et {candidates} candidats".format(**sizes[0])
        + " à {sessions} sessions, {candidates} candidats, {events} événements".format(**sizes[1]),
        f"{'':<46}{'CPU ms':>16}{'rapport':>9}{'p50 ms':>18}{'rapport':>9}{'SQL':>10}{'lignes lues':>18}",
    ]
    missed = []
    for name, what in names.items():
        if name not in young or "cpu_ms" not in young[name]:
            continue
        pair = young[name], grown[name]
        ratios = {measure: ratio(pair, measure) for measure in ("cpu_ms", "p50", "queries", "rows")}
        parts.append(
            f"{what[:45]:<46}{two(pair, 'cpu_ms', 2):>16}{ratios['cpu_ms']:>9.2f}{two(pair, 'p50', 1):>18}"
            f"{ratios['p50']:>9.2f}{two(pair, 'queries', 0):>10}{two(pair, 'rows', 0):>18}"
        )
        if pair[1]["rows"] - pair[0]["rows"] < FEW_ROWS:
            ratios["rows"] = min(ratios["rows"], ALLOWED)
        over = [f"{MEASURES[one]} × {value:.2f}" for one, value in ratios.items() if value > ALLOWED]
        if errors := pair[0]["errors"] + pair[1]["errors"]:
            over.append(f"{errors:.0f} erreurs")
        if over:
            missed.append(f"  {what} : {', '.join(over)}")
    verdict = "Au-delà du rapport de 1,2 :" if missed else "Rapport ≤ 1,2 : tenu partout."
    return "\n".join([*parts, "", verdict, *missed])


MEASURES = {"cpu_ms": "processeur", "p50": "temps", "queries": "instructions", "rows": "lignes lues"}


def ratio(pair: tuple[Any, Any], measure: str) -> float:
    before, after = (one.get(measure, 0) for one in pair)
    return after / before if before else 1.0 if not after else float("inf")


def two(pair: tuple[Any, Any], measure: str, decimals: int) -> str:
    return " → ".join(f"{one.get(measure, 0):.{decimals}f}" for one in pair)


if __name__ == "__main__":
    sys.exit(main())
