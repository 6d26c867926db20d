"""The ratios of a run against the goals of quality §1, and in plain words what falls short."""

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

type Medians = Mapping[str, Mapping[str, float]]  # scenario → per_second, cpu_ms, p50, p99, bytes, queries …


@dataclass(frozen=True, slots=True)
class Goal:
    """`measure` of `of`, as a multiple of that of `beside` where there is one, is at least or at most `limit`."""

    what: str
    of: str
    limit: float
    beside: str = ""
    measure: str = "per_second"
    at_most: bool = False

    def reached(self, medians: Medians) -> "Line | None":
        """None where something was not measured."""
        if self.of not in medians or (self.beside and self.beside not in medians):
            return None
        value = medians[self.of].get(self.measure)
        if value is None:
            return None
        if self.beside:
            other = medians[self.beside].get(self.measure)
            if not other:
                return None
            value /= other
        kept = value <= self.limit if self.at_most else value >= self.limit
        return Line(self, value, kept)


@dataclass(frozen=True, slots=True)
class Line:
    goal: Goal
    value: float
    kept: bool

    def __str__(self) -> str:
        sign = "×" if self.goal.beside else ""
        bound = "≤" if self.goal.at_most else "≥"
        verdict = "tenu" if self.kept else "MANQUÉ"
        return f"{verdict:<7}{_short(self.value):>9}{sign:<2}{bound} {_short(self.goal.limit):<7} {self.goal.what}"


# A room of edx-proctoring is two of its pages.
GOALS = (
    Goal("actualisation sans changement / vue vide", "unchanged", 0.50, "empty"),
    Goal("actualisation sans changement / liste d’edx-proctoring", "unchanged", 150, "edx_half_room"),
    Goal("actualisation sans changement : requêtes SQL", "unchanged", 1, measure="queries", at_most=True),
    Goal("actualisation sans changement : octets", "unchanged", 300, measure="bytes", at_most=True),
    Goal("une ligne changée / vue vide", "one_row", 0.30, "empty"),
    Goal("une ligne changée : requêtes SQL", "one_row", 3, measure="queries", at_most=True),
    Goal("une ligne changée : octets compressés", "one_row", 1_000, measure="bytes", at_most=True),
    Goal(
        "une ligne changée, salle de 200 / de 10 : coût",
        "one_row_200",
        1.3,
        "one_row_10",
        measure="cpu_ms",
        at_most=True,
    ),
    Goal("page de 40 / salle entière d’edx-proctoring", "page", 50, "edx_room"),
    Goal("page de 40 / page d’entrée de pretix", "page", 10, "pretix_page"),
    Goal("page de 40 : requêtes SQL", "page", 6, measure="queries", at_most=True),
    Goal("page de 40 : octets des lignes", "page", 25_000, measure="rows_bytes", at_most=True),
    Goal("page de 40 : octets des lignes, compressés", "page", 2_500, measure="rows_gzip", at_most=True),
    Goal(
        "première ouverture de la salle, tout compris : octets",
        "page",
        60_000,
        measure="first_load",
        at_most=True,
    ),
    Goal("cocher une présence / « redeem » de pretix", "tick", 12, "pretix_redeem"),
    Goal("cocher une présence / « mark ready » d’edx-proctoring", "tick", 2, "edx_resume"),
    Goal("cocher une présence : instructions SQL", "tick", 8, measure="queries", at_most=True),
    Goal("battement / vue vide", "heartbeat", 0.40, "empty"),
    Goal("battement : instructions SQL", "heartbeat", 1, measure="queries", at_most=True),
    Goal("école de 12 × 35 sur SQLite : p99, ms", "school_sqlite", 300, measure="p99", at_most=True),
    Goal("école de 12 × 35 sur SQLite : erreurs", "school_sqlite", 0, measure="errors", at_most=True),
    Goal("kit surveillant à chaud, ms", "kit", 60, measure="ms", at_most=True),
    Goal("import de 2 000 candidats, lecture : s", "import", 3, measure="report_s", at_most=True),
    Goal("import de 2 000 candidats, confirmation : s", "import", 3, measure="confirm_s", at_most=True),
    Goal("import de 2 000 candidats : Mo", "import", 200, measure="megabytes", at_most=True),
    Goal("recherche parmi 200 000 candidats, SQLite : ms", "archive_sqlite", 200, measure="ms", at_most=True),
    Goal(
        "recherche parmi 200 000 candidats, PostgreSQL : ms",
        "archive_postgres",
        200,
        measure="ms",
        at_most=True,
    ),
    Goal("300 kits et feuilles d’émargement en un ZIP : s", "papers", 60, measure="s", at_most=True),
    Goal(
        "kits en un ZIP, mémoire de beaucoup sur peu : Mo",
        "papers",
        20,
        measure="more_megabytes",
        at_most=True,
    ),
    Goal("export d’archives, premier octet : s", "export", 1, measure="first_byte_s", at_most=True),
    Goal("export, mémoire de beaucoup sur peu : Mo", "export", 20, measure="more_megabytes", at_most=True),
    Goal("mémoire du processus, Mo", "server", 120, measure="megabytes", at_most=True),
)


def medians(rounds: Iterable[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """Of each measure of each scenario, over the rounds that have it; errors are added up, not averaged away."""
    gathered: dict[str, dict[str, list[float]]] = {}
    for one in rounds:
        for scenario, measures in one.items():
            for measure, value in measures.items():
                gathered.setdefault(scenario, {}).setdefault(measure, []).append(value)
    found = {
        scenario: {
            measure: sum(values) if measure == "errors" else statistics.median(values)
            for measure, values in measures.items()
        }
        for scenario, measures in gathered.items()
    }
    if (half := found.get("edx_half_room")) is not None:
        found["edx_room"] = {"per_second": half["per_second"] / 2, "cpu_ms": half["cpu_ms"] * 2}
    return found


def lines(found: Medians) -> list[Line]:
    return [line for goal in GOALS if (line := goal.reached(found)) is not None]


def by_processor(found: Medians) -> dict[str, float]:
    """What each scenario costs the web process, the empty view being 1: what other work on the machine hardly
    changes."""
    empty = found.get("empty", {}).get("cpu_ms", 0)
    return {name: one["cpu_ms"] / empty for name, one in found.items() if empty and one.get("cpu_ms")}


def words(found: Medians, names: Mapping[str, str]) -> str:
    """The whole report, in the order of a reader's questions."""
    told = [_row(names.get(name, name), one) for name, one in found.items() if "per_second" in one]
    head = f"{'':<58}{'req/s':>8}{'p50':>8}{'p99':>8}{'CPU ms':>8}{'SQL':>5}{'octets':>9}{'err.':>6}"
    reached = lines(found)
    short = [line for line in reached if not line.kept]
    unknown = [goal.what for goal in GOALS if goal.reached(found) is None]
    parts = [head, *told, "", "Coût pour le processus web, la vue vide étant 1 :"]
    parts += [f"  {cost:>8.1f}  {names.get(name, name)}" for name, cost in by_processor(found).items()]
    parts += ["", "Objectifs (quality.md §1) :", *map(str, reached)]
    parts += ["", f"{len(short)} manqué{'s' if len(short) > 1 else ''} sur {len(reached)}."]
    parts += [f"Non mesuré : {what}." for what in unknown]
    return "\n".join(parts)


def _row(name: str, one: Mapping[str, Any]) -> str:
    def told(measure: str, decimals: int = 0) -> str:
        return f"{one[measure]:.{decimals}f}" if measure in one else "–"

    return (
        f"{name[:57]:<58}{told('per_second'):>8}{told('p50', 1):>8}{told('p99', 1):>8}{told('cpu_ms', 2):>8}"
        f"{told('queries'):>5}{told('bytes'):>9}{told('errors'):>6}"
    )


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 10 and value != int(value) else f"{value:.0f}"
