"""The `attempt` object of the test-platform API (contract.md), and the one read that it needs."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict
from zoneinfo import ZoneInfo

from django.db.models import Case, F, OuterRef, Subquery, Value, When

from proctoring import rules
from proctoring.enums import OVER_REASONS, AlertStatus, OverReason
from proctoring.models import Alert, Attempt, Entry
from sessions_app.models import Session

# How often the server wants to hear of a test: what the platform announced, within these.
HEARTBEAT_LEAST, HEARTBEAT_MOST = 15, 30

# What the read needs of five tables: polled by everybody who waits, it is worth a list.
COLUMNS = (
    "heartbeat",
    "held_at",
    "session__state",
    "session__next_due_at",
    "session__establishment__time_zone",
    "candidate__last_name",
    "candidate__first_name",
    "candidate__attempt__candidate",
    "candidate__attempt__state",
    "candidate__attempt__question",
    "candidate__attempt__started_at",
    "candidate__attempt__deadline_at",
    "candidate__attempt__over_final_at",
    "candidate__attempt__holder",
)


class AlertObject(TypedDict):
    """The latest alert on the current question. `outcome` is null while it is open, or its answer not final."""

    question: int
    status: Literal["open", "answered"]
    outcome: Literal["refused", "validated"] | None


class AttemptObject(TypedDict):
    """`attempt` of contract.md: these keys, no others. Times are ISO 8601 with the establishment's offset."""

    state: str
    question: int | None
    started_at: str | None
    deadline_at: str | None
    server_time: str
    heartbeat_seconds: int
    alert: AlertObject | None
    over_reason: str | None
    over_final_at: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry of a test platform and the attempt that it came for, read at one instant."""

    entry: Entry
    attempt: Attempt  # unsaved when nothing happened yet
    question: int | None
    alert_status: str | None

    @property
    def session(self) -> Session:
        return self.entry.session

    @property
    def superseded(self) -> bool:
        """It held the attempt, and another entry does now (mechanics §4)."""
        return self.entry.held_at is not None and self.attempt.holder_id != self.entry.pk

    def is_due(self, now: datetime) -> bool:
        """Something fell due that nobody wrote yet (mechanics §3)."""
        return is_due(self.session, now)

    def told(self, now: datetime) -> AttemptObject:
        return attempt_object(
            self.attempt,
            question=self.question,
            alert_status=self.alert_status,
            heartbeat=self.entry.heartbeat,
            zone=self.session.zone,
            closed=self.session.is_over,
            now=now,
        )


def is_due(session: Session, now: datetime) -> bool:
    """The clock has something to write in this session before anybody looks."""
    return session.next_due_at is not None and session.next_due_at <= now and not session.is_over


def standing(entry_id: uuid.UUID, *, now: datetime, question: int | None = None) -> Standing | None:
    """In one query; None when the entry is gone, was not opened by a test platform, or its key is revoked.

    `question` is the one whose alert is wanted, when the caller knows better than the row: a progress report.
    """
    wanted = F("candidate__attempt__question") if question is None else Value(question)
    # What the proctor can still undo is not told (R15).
    told = Case(When(final_at__gt=now, then=Value(AlertStatus.OPEN)), default=F("status"))
    latest = (
        Alert.objects.filter(attempt__candidate_id=OuterRef("candidate_id"), question=OuterRef("wanted"))
        .order_by("-pk")
        .annotate(told=told)
        .values("told")[:1]
    )
    entry = (
        Entry.objects.select_related("session__establishment", "candidate__attempt")
        .only("session", "candidate", "api_key", *COLUMNS)
        .filter(pk=entry_id, api_key__isnull=False, api_key__revoked_at__isnull=True)
        .annotate(wanted=wanted)
        .annotate(alert_status=Subquery(latest))
        .first()
    )
    if entry is None:
        return None
    attempt = getattr(entry.candidate, "attempt", None) or Attempt(candidate=entry.candidate)
    return Standing(
        entry=entry,
        attempt=attempt,
        question=attempt.question if question is None else question,
        alert_status=entry.alert_status,
    )


def attempt_object(
    attempt: Attempt,
    *,
    question: int | None,
    alert_status: str | None,
    heartbeat: int | None,
    zone: ZoneInfo,
    closed: bool,
    now: datetime,
) -> AttemptObject:
    """What a platform is told. Before `over_final_at` an end can be undone: it freezes and asks again."""
    state = rules.state_at(attempt, now)
    reason = OVER_REASONS.get(state) or (OverReason.SESSION_CLOSED if closed else None)

    def told(instant: datetime | None) -> str | None:
        return instant.astimezone(zone).isoformat(timespec="milliseconds") if instant is not None else None

    return {
        "state": state.value,
        "question": question,
        "started_at": told(attempt.started_at),
        "deadline_at": told(attempt.deadline_at),
        "server_time": now.astimezone(zone).isoformat(timespec="milliseconds"),
        "heartbeat_seconds": heartbeat_wanted(heartbeat),
        "alert": _alert_object(question, alert_status),
        "over_reason": reason.value if reason is not None else None,
        "over_final_at": told(attempt.over_final_at),
    }


def heartbeat_wanted(announced: int | None) -> int:
    """The server sets the pace (quality §1); a platform that announced none is told the pace of others."""
    return min(max(announced or HEARTBEAT_LEAST, HEARTBEAT_LEAST), HEARTBEAT_MOST)


def _alert_object(question: int | None, status: str | None) -> AlertObject | None:
    if question is None:
        return None
    if status == AlertStatus.OPEN:
        return {"question": question, "status": "open", "outcome": None}
    if status == AlertStatus.REFUSED:
        return {"question": question, "status": "answered", "outcome": "refused"}
    if status == AlertStatus.VALIDATED:
        return {"question": question, "status": "answered", "outcome": "validated"}
    return None
