"""The report, in French, in a reader's order: what held, what gave way, what it costs, what it needs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.peak.day import Day
from bench.peak.figures import FULL, GOAL_MS, LATE_MS, Need, knee, need, need_as_played, shares, uneven

type Told = Mapping[str, Any]

WORDS = {
    "empty": "vue vide (même processus)",
    "unchanged": "actualisation, rien de neuf",
    "changed": "actualisation, du nouveau",
    "page": "page entière de la salle",
    "tick": "présence cochée",
    "entry": "entrée d’un candidat",
    "start": "« Commencer », à quarante",
    "heartbeat": "battement",
    "crossed": "battement croisant une fin",
    "alert": "signalement",
    "complete": "« J’ai terminé »",
    "refused": "nouvelle entrée, refusée",
    "authorise": "reprise autorisée",
    "resume": "reprise",
    "reentry": "reprise entière (4 requêtes)",
    "end": "test terminé par le surveillant",
}
ROUND_MACHINES = (2, 4, 8, 16, 32)
BUSY_MACHINE = 0.06  # share of the machine left idle: below, the processor is what there is no more of


def words(day: Day, run: Told) -> str:
    parts = [f"== {day.name} ==", _prepared(run)]
    parts += ["", *_steps(day, run["steps"])]
    best, broke = knee(run["steps"])
    for one, title in ((best, "Le plus haut palier tenu"), (broke, "Le premier qui cède")):
        if one is not None:
            parts += ["", f"{title} : {one['fraction']:.0%} du pic", *_kinds(one), *_where(one)]
    parts += ["", *_verdict(day, run, best, broke)]
    if run["calibration"]:
        parts += ["", *_costs(run["calibration"])]
    parts += ["", *_scaled(day, run, best)]
    parts += ["", *_after(run)]
    return "\n".join(parts)


def _prepared(run: Told) -> str:
    rooms = run["rooms"]
    return (
        f"{rooms['running']} salles en cours et {rooms['waiting']} qui se remplissent, préparées en"
        f" {rooms['seconds']:.0f} s ; charge de la machine au début : {run['load_before']}"
    )


def _steps(day: Day, steps: Sequence[Told]) -> Iterator[str]:
    yield (
        f"{'palier':>7}{'salles':>8}{'req/s':>8}{'p50':>7}{'p95':>7}{'p99':>8}{'max':>8}{'err.':>6}"
        f"{'web':>7}{'base':>7}{'pilote':>8}{'inactif':>9}{'retard':>8}{'SQL/req':>9}"
    )
    for one in steps:
        yield (
            f"{one['fraction']:>7.0%}{one['rooms']:>8}{one['per_second']:>8.0f}{one['p50']:>7.0f}{one['p95']:>7.0f}"
            f"{one['p99']:>8.0f}{one['max']:>8.0f}{one['errors']:>6}{one['web_cores']:>7.2f}"
            f"{one['database_cores']:>7.2f}{one['driver_cores']:>8.2f}{one['idle']:>9.0%}{one['late_p99']:>8.1f}"
            f"{one['statements']:>9.1f}"
        )
    yield "(p50 à max et retard du pilote au p99 en ms ; web, base et pilote en cœurs occupés)"


def _kinds(step: Told) -> Iterator[str]:
    yield f"  {'':<34}{'nombre':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}"
    for kind, one in step["kinds"].items():
        yield (
            f"  {WORDS.get(kind, kind):<34}{one['count']:>8}{one['p50']:>8.0f}{one['p95']:>8.0f}"
            f"{one['p99']:>8.0f}{one['max']:>8.0f}"
        )
    for name, told in step["refused"].items():
        yield f"  refus de {WORDS.get(name, name)} : {told}"


def _where(step: Told) -> Iterator[str]:
    web = ", ".join(f"{name} {spent:.1f} s" for name, spent in step["web"].items())
    yield f"  processeur : {web} ; base {step['database']:.1f} s ; pilote {step['driver']:.1f} s"
    if len(step["web"]) > 1:
        yield f"  le processus web le plus chargé fait {uneven(step['web'].values()):.2f} fois sa part"
    if step["waits"]:
        yield "  PostgreSQL, vu en train de : " + ", ".join(
            f"{what} ({n})" for what, n in step["waits"].items()
        )
    for pool in step["pools"]:
        if pool.get("requests_num"):
            yield (
                f"  bassin : {pool['requests_num']} demandes, {pool.get('requests_queued', 0)} ont attendu,"
                f" {pool.get('requests_wait_ms', 0)} ms en tout, {pool.get('requests_errors', 0)} en vain"
            )


def _verdict(day: Day, run: Told, best: Told | None, broke: Told | None) -> Iterator[str]:
    reached = best["fraction"] if best is not None else 0.0
    if broke is None:
        yield f"Tenu jusqu’au bout : {reached:.0%} du pic, p99 < {GOAL_MS:.0f} ms et sans erreur."
    else:
        yield f"Genou : {reached:.0%} tenu, {broke['fraction']:.0%} ne l’est plus. Sature : {saturates(broke)}."
    kept = "TENU" if reached >= 1 else "PAS ICI (voir « le même pic à N cœurs »)"
    yield f"Objectif « le pic entier sous {GOAL_MS:.0f} ms » : {kept}."
    if any(one["late_p99"] > LATE_MS for one in run["steps"] if best is None or one["fraction"] <= reached):
        yield f"ATTENTION : le pilote lui-même a envoyé en retard (p99 > {LATE_MS:.0f} ms) à un palier tenu."


def saturates(step: Told) -> str:
    """What gave way, by what was seen."""
    found = []
    if step["late_p99"] > LATE_MS and step["driver_cores"] > 0.85:
        found.append("le pilote")
    if step["idle"] < BUSY_MACHINE:
        ours = step["web_cores"] + step["database_cores"] + step["driver_cores"]
        parts = [
            ("web", step["web_cores"]),
            ("PostgreSQL", step["database_cores"]),
            ("pilote", step["driver_cores"]),
        ]
        parts.append(("autres travaux de la machine", max(step["busy_cores"] - ours, 0.0)))
        told = ", ".join(f"{name} {cores:.2f}" for name, cores in parts if cores >= 0.05)
        found.append(f"le processeur de la machine ({told} cœurs)")
    one_thread = [name for name, spent in step["web"].items() if spent > 0.9 * step["seconds"]]
    if one_thread:
        found.append(f"un cœur entier par processus web ({', '.join(one_thread)})")
    waits = sum(pool.get("requests_wait_ms", 0) for pool in step["pools"])
    if waits > 50 * max(step["count"], 1):
        found.append("le bassin de connexions")
    whole = sum(step["waits"].values()) or 1
    for what, number in step["waits"].items():
        if not what.startswith(("au travail", "Client")) and number > 0.3 * whole:
            found.append(f"une attente de PostgreSQL ({what})")
    if step["errors"] and not found:
        found.append(f"rien de tout cela : des refus ({step['refused']})")
    return " ; ".join(found) or "une attente que ces mesures ne nomment pas"


def _costs(calibration: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    yield "Coût d’une requête, une sorte à la fois (ms de processeur, instructions SQL avec BEGIN et COMMIT) :"
    yield f"  {'':<34}{'web':>8}{'base':>8}{'SQL':>7}{'vues vides':>12}"
    empty = calibration["empty"]["web_ms"]
    for kind, one in calibration.items():
        yield (
            f"  {WORDS.get(kind, kind):<34}{one['web_ms']:>8.2f}{one['database_ms']:>8.2f}"
            f"{one['statements']:>7.1f}{one['web_ms'] / empty if empty else 0:>12.1f}"
        )


def needs(day: Day, run: Told, best: Told | None) -> dict[str, Need]:
    """Cores for the whole peak: by the mix as it was played, and by the cost of each kind."""
    found = {}
    if best is not None:
        per_second = best["per_second"] / best["fraction"]
        found["au coût du mélange joué"] = need_as_played(best["web_ms"], best["database_ms"], per_second)
    if run["calibration"]:
        kinds = best["kinds"] if best is not None else {}
        seen = {kind: kinds.get(kind, {"count": 0})["count"] for kind in ("unchanged", "changed")}
        changed = seen["changed"] / (sum(seen.values()) or 1)
        costs = run["calibration"]
        # A re-entry was measured whole: each of its four requests is taken for a quarter.
        web = {kind: one["web_ms"] for kind, one in costs.items() if kind not in {"empty", "reentry"}}
        database = {
            kind: one["database_ms"] for kind, one in costs.items() if kind not in {"empty", "reentry"}
        }
        for kind in ("refused", "authorise", "resume"):
            web[kind], database[kind] = costs["reentry"]["web_ms"], costs["reentry"]["database_ms"]
        found["au coût de chaque sorte"] = need(shares(day.offered(), changed), web, database)
    return found


def _scaled(day: Day, run: Told, best: Told | None) -> Iterator[str]:
    rates = day.offered()
    yield f"Le même pic entier ({sum(rates.values()):.0f} requêtes/s) :"
    for how, one in needs(day, run, best).items():
        yield (
            f"  {how} : {one.web:.2f} cœurs de web et {one.database:.2f} de base occupés,"
            f" donc {one.asks_for():.1f} cœurs remplis à {FULL:.0%}, sans le pilote"
        )
        if run["calibration"]:
            empty = run["calibration"]["empty"]["web_ms"]
            yield f"    soit le prix de {one.cores * 1000 / empty:.0f} vues vides par seconde"
        at = ", ".join(f"{cores} cœurs {one.reaches(cores):.0%}" for cores in ROUND_MACHINES)
        yield f"    le même pic à N cœurs : {at}"


def _after(run: Told) -> Iterator[str]:
    kept = run["check"]
    lost = len(kept["lost"]) + len(kept["otherwise"])
    yield (
        f"Écritures confirmées : {kept['acknowledged']} ; perdues : {lost} ; en double : {len(kept['twice'])} ;"
        f" sans réponse : {kept['in_doubt']}."
    )
    yield f"Journaux : {kept['journals']}, {kept['events']} événements, rompus : {len(kept['broken'])}."
    if run["strange"]:
        yield f"Battements refusés à tort : {run['strange']}."
    for one in run["tables"]:
        share = one["hot"] / one["updates"] if one["updates"] else 0.0
        yield (
            f"{one['table']} : {one['updates']} mises à jour, {share:.1%} sur place (HOT),"
            f" {one['dead']} lignes mortes pour {one['live']}, {one['autovacuums']} autovacuum."
        )
    memory = ", ".join(f"{name} {size:.0f} Mo" for name, size in run["memory"].items())
    yield f"Mémoire : {memory}."
    if run["dearest"]:
        yield "Instructions les plus coûteuses (appels, ms en tout, ms chacune) :"
        yield from (
            f"  {calls:>8}{total:>10.0f}{mean:>9.3f}  {text}" for calls, total, mean, text in run["dearest"]
        )
