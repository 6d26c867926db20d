"""What stands between a session and its closing (I3, mechanics §6), judged from the rows, under the lock or not."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from proctoring import rules
from proctoring.enums import OVER, RUNNING, AlertStatus, AttemptState, EndReason
from proctoring.models import Alert, Attempt
from proctoring.report.tally import Tally
from sessions_app.enums import EventKind
from sessions_app.models import Event, Session
from sessions_app.wording import NBSP


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A test that is over without « J’ai terminé »: it asks a reason."""

    id: int
    name: str
    how: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing that a closing may state."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What who closes has typed. `mark`: the situation that the form showed; None: he was shown none."""

    signature: str = ""
    attendance_signed: bool = False
    reasons: Mapping[int, str] = field(default_factory=dict)
    mark: str | None = None

    def reason_of(self, one: Unfinished) -> str:
        reason = self.reasons.get(one.id, "")
        return reason if reason in EndReason.values else ""


@dataclass(frozen=True, slots=True)
class Gate:
    """`running`, `undo_seconds` and `incident_runs` block; the others ask."""

    running: list[str]
    undo_seconds: int
    unfinished: list[Unfinished]
    never_started: list[str]
    alerts: Tally
    mark: str
    launched: bool = True
    incident_runs: bool = False  # « Incident dans toute la salle » (R23): its line would have no end

    @property
    def open_alerts(self) -> int:
        return self.alerts.waiting

    @property
    def may_close(self) -> bool:
        return not self.running and not self.undo_seconds and not self.incident_runs

    def gaps(self, said: Statement) -> list[Gap]:
        """What would be stated, were it closed with these words."""
        found = [] if self.launched else [Gap("not_launched", "Session non lancée, aucun test n’a commencé.")]
        found += [
            Gap("reason_missing", f"Motif de fin non donné{NBSP}: {one.name}.")
            for one in self.unfinished
            if not said.reason_of(one)
        ]
        if self.open_alerts:
            found.append(Gap("open_alerts", f"Signalements sans réponse{NBSP}: {self.open_alerts}."))
        if self.never_started:
            names = ", ".join(self.never_started)
            found.append(Gap("never_started", f"Présents, n’ont pas commencé{NBSP}: {names}."))
        if not said.attendance_signed:
            found.append(Gap("attendance", "Feuille d’émargement non confirmée."))
        if not said.signature:
            found.append(Gap("unsigned", "Pas de signature d’un surveillant."))
        return found


def gate_of(session: Session, *, now: datetime) -> Gate:
    """Two queries, whatever the number of candidates; a third where alerts lapsed, for the journal says why."""
    attempts = Attempt.objects.filter(session_id=session.pk).select_related("candidate")
    judged = _judged(attempts.order_by("candidate__sort_key", "candidate_id"), _tally(session), now)
    return replace(judged, launched=session.launched_at is not None, incident_runs=session.incident_runs)


def _tally(session: Session) -> Tally:
    alerts = Alert.objects.filter(attempt__session_id=session.pk)
    states = dict(alerts.order_by("pk").values_list("pk", "status"))
    lapsed = {found for found, status in states.items() if status == AlertStatus.LAPSED}
    moot: dict[object, bool] = {}
    if lapsed:
        told = Event.objects.filter(session_id=session.pk, kind=EventKind.ALERT_LAPSED).order_by("sequence")
        facts = [event.facts or {} for event in told]
        moot = {one.get("alert"): one.get("reason") == "answered" for one in facts}  # the last one counts
    went_on = sum(moot.get(one, False) for one in lapsed)
    waiting = sum(status == AlertStatus.OPEN for status in states.values())
    return Tally(len(states), waiting, unanswered=len(lapsed) - went_on, moot=went_on)


def _judged(attempts: Iterable[Attempt], alerts: Tally, now: datetime) -> Gate:
    running: list[str] = []
    unfinished: list[Unfinished] = []
    waiting: list[tuple[int, str]] = []
    left = 0.0
    for attempt in attempts:
        state = rules.state_at(attempt, now)
        name = f"{attempt.candidate.last_name.upper()} {attempt.candidate.first_name}"
        if state in RUNNING:
            running.append(name)
        elif state == AttemptState.PRESENT:
            waiting.append((attempt.candidate_id, name))
        elif state in OVER and not rules.is_final(attempt, now):
            assert attempt.over_final_at is not None
            left = max(left, (attempt.over_final_at - now).total_seconds())
        if state in {AttemptState.ENDED, AttemptState.EXPIRED}:
            unfinished.append(Unfinished(attempt.candidate_id, name, state.label))
    seen = [[one.id for one in unfinished], [found for found, _ in waiting]]
    return Gate(
        running=running,
        undo_seconds=-int(-left // 1),
        unfinished=unfinished,
        never_started=[name for _, name in waiting],
        alerts=alerts,
        mark=hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:32],
    )
