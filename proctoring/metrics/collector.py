"""The state of the rooms as Prometheus gauges, read from the database at each scrape.

Read, not counted: whichever of several web processes is asked, the answer is that of the whole. No rehearsals.
"""

import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.db.models import Count, F, Min, Q, Sum
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from pixsurv import __version__
from proctoring import rules
from proctoring.archives import replica
from proctoring.enums import RUNNING, AlertStatus, AttemptState, CaseState
from proctoring.models import Alert, Attempt, Case, ProctorAccess
from sessions_app.enums import SessionKind, SessionState
from sessions_app.models import Door, GuessPool, Session

LATELY = timedelta(hours=1)  # for guesses
# `rules.standing`, asked of the database: while an incident of the whole room runs, deadlines are judged at its start.
STANDS_STILL = Q(session__incident_since__isnull=False, session__incident_over_at__isnull=True)
REAL = ~Q(session__kind=SessionKind.REHEARSAL)


@dataclass(frozen=True, slots=True)
class Gauge:
    """One family: its values by the value of one label; `label` empty: a single value."""

    name: str
    words: str
    label: str
    values: Mapping[str, float]


def registry(now: datetime) -> CollectorRegistry:
    """All that is told, as of `now`; eight queries whatever the number of rooms."""
    found = CollectorRegistry(auto_describe=False)
    found.register(_Rooms(now))
    return found


class _Rooms(Collector):
    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterable[GaugeMetricFamily]:
        begun = time.perf_counter()
        for gauge in gauges(self.now):
            yield _family(gauge)
        seconds = time.perf_counter() - begun
        yield _family(
            Gauge("scrape_seconds", "How long the database took for all of this.", "", {"": seconds})
        )


def gauges(now: datetime) -> Iterator[Gauge]:
    yield Gauge("info", "The version that answers.", "version", {__version__: 1})
    yield Gauge("sessions_open", "Sessions planned or launched.", "state", _sessions())
    yield Gauge("attempts", "Tests of launched sessions.", "state", _attempts())
    yield Gauge("needs", "Candidates who need a proctor now.", "need", _needs(now))
    yield Gauge("proctors_watching", "Accesses seen within two minutes.", "", {"": _watching(now)})
    yield Gauge("cases_open", "Requests that wait for an admin.", "", {"": _cases()})
    yield Gauge("guesses_failed", "Wrong tries of who tried within an hour.", "door", _guesses(now))
    yield Gauge("clock_behind_seconds", "How long the oldest due act has waited.", "", {"": _behind(now)})
    yield Gauge("disk_used_ratio", "How full the disk is that this machine writes to.", "", {"": _disk()})
    if replica.ALIAS in connections:
        behind = replica.behind()
        yield Gauge(
            "replica_up",
            "Whether the replica of the archives answers and follows.",
            "",
            {"": behind is not None},
        )
        if behind is not None:
            yield Gauge("replica_behind_bytes", "Of the log that it has not replayed.", "", {"": behind})


def _family(gauge: Gauge) -> GaugeMetricFamily:
    labels = [gauge.label] if gauge.label else []
    family = GaugeMetricFamily(f"pixsurv_{gauge.name}", gauge.words, labels=labels)
    for value, number in gauge.values.items():
        family.add_metric([value] if gauge.label else [], number)
    return family


def _sessions() -> dict[str, float]:
    counted = Session.objects.exclude(kind=SessionKind.REHEARSAL).order_by().values_list("state")
    told = dict(counted.filter(state__in=[SessionState.PLANNED, SessionState.LAUNCHED]).annotate(Count("pk")))
    return {state: told.get(state, 0) for state in (SessionState.PLANNED, SessionState.LAUNCHED)}


def _attempts() -> dict[str, float]:
    running = Attempt.objects.filter(REAL, session__state=SessionState.LAUNCHED)
    told = dict(running.order_by().values_list("state").annotate(Count("pk")))
    return {state.value: told.get(state, 0) for state in AttemptState}


def _needs(now: datetime) -> dict[str, float]:
    """The four of the room, each on its own: one candidate may have several (R6)."""
    running = Attempt.objects.filter(REAL, state__in=RUNNING, session__state=SessionState.LAUNCHED)
    over = Q(deadline_at__lte=now) & (~STANDS_STILL | Q(deadline_at__lte=F("session__incident_since")))
    told = running.aggregate(
        resume=Count("pk", filter=Q(resume_requested_at__isnull=False)),
        disconnected=Count("pk", filter=Q(silent_at__lte=now)),
        overtime=Count("pk", filter=over),
    )
    alerts = Alert.objects.filter(status=AlertStatus.OPEN, attempt__in=running)
    return {"alert": alerts.count(), **told}


def _watching(now: datetime) -> float:
    seen = ProctorAccess.objects.filter(REAL, ended_at=None, last_seen_at__gt=now - rules.WATCHING)
    return seen.count()


def _cases() -> float:
    return Case.objects.filter(REAL, state=CaseState.OPEN).count()


def _guesses(now: datetime) -> dict[str, float]:
    lately = GuessPool.objects.filter(seen_at__gt=now - LATELY)
    told = dict(lately.order_by().values_list("door").annotate(Sum("failures")))
    return {door.value: told.get(door, 0) for door in Door}


def _behind(now: datetime) -> float:
    """Nobody watches and no `tick` runs: what fell due waits to be written (mechanics §3)."""
    oldest = Session.objects.filter(next_due_at__lt=now).aggregate(Min("next_due_at"))["next_due_at__min"]
    return (now - oldest).total_seconds() if oldest is not None else 0


def _disk() -> float:
    """Where the embedded database is; with PostgreSQL, whose own disk is not seen from here, where the ledger is."""
    embedded = connection.vendor == "sqlite"
    written = Path(connection.settings_dict["NAME"] if embedded else settings.ELIMINATION_LEDGER)
    usage = shutil.disk_usage(next(folder for folder in written.absolute().parents if folder.exists()))
    return usage.used / (usage.used + usage.free)  # of what may be used: root's reserve is neither
