"""« Récapitulatif de l’année scolaire »: what each session came to, in numbers (I8)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from proctoring.archives.access import archived
from proctoring.archives.tray.shelf import receipt_of, standing_of
from proctoring.enums import AttemptState
from proctoring.models import Alert, Attempt, Incident
from proctoring.selectors.retention import Counts, counts_of_eliminated
from sessions_app.enums import SessionState
from sessions_app.models import Candidate, Establishment, Session
from sessions_app.selectors.school_year import in_year
from sessions_app.wording import clock_time, day, room_title

# As the report counts them; « retard refusé » is neither present nor absent.
_OF_ATTEMPTS: Mapping[str, Q] = {
    "present": ~Q(state=AttemptState.EXPECTED),
    "late_refused": Q(state=AttemptState.EXPECTED, late_refused_at__isnull=False),
    "finished": Q(state=AttemptState.COMPLETED),
    "unfinished": Q(state=AttemptState.ENDED),
    "expired": Q(state=AttemptState.EXPIRED),
    "not_started": Q(state=AttemptState.PRESENT),
}


@dataclass(slots=True)
class Numbers:
    """In the order in which they are shown. None: nothing counts it any more, the session is eliminated."""

    enrolled: int | None = 0
    present: int | None = 0
    absent: int | None = 0
    late_refused: int | None = 0
    finished: int | None = 0
    unfinished: int | None = 0
    expired: int | None = 0
    not_started: int | None = 0
    incidents: int | None = 0
    alerts: int | None = 0

    @classmethod
    def of_eliminated(cls, enrolled: int, left: Counts) -> "Numbers":
        """What the ledger says, and nothing else."""
        gone = dict.fromkeys(field.name for field in fields(cls))
        return cls(**{**gone, "enrolled": enrolled, "present": left.present, "incidents": left.incidents})

    def values(self) -> list[int | None]:
        return [getattr(self, field.name) for field in fields(self)]

    def words(self) -> list[str]:
        return ["—" if value is None else str(value) for value in self.values()]

    def add(self, other: "Numbers") -> None:
        """What is known; a total leaves out what is not."""
        for field in fields(self):
            known = getattr(other, field.name) or 0
            setattr(self, field.name, getattr(self, field.name) + known)


NUMBER_TITLES = (
    *("Inscrits", "Présents", "Absents", "Retards refusés", "Terminés", "Terminés par le surveillant"),
    *("Délai dépassé", "N’ont pas commencé", "Incidents", "Signalements"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One session; instants at the clock of the school."""

    session: Session
    starts_at: datetime
    numbers: Numbers
    standing: str
    received_at: datetime | None
    box: str

    @property
    def date(self) -> str:
        return day(self.starts_at.date())

    @property
    def hour(self) -> str:
        return clock_time(self.starts_at)

    @property
    def room(self) -> str:
        return room_title(self.session.room)

    @property
    def received(self) -> str:
        return day(self.received_at.date()) if self.received_at else ""


@dataclass(frozen=True, slots=True)
class Recap:
    year: int
    lines: list[Line]
    total: Numbers

    @property
    def eliminated(self) -> int:
        """Sessions of which the totals know but the enrolled, the present and the incidents."""
        return sum(line.session.state == SessionState.ELIMINATED for line in self.lines)


def recap_of(establishment: Establishment, year: int, now: datetime) -> Recap:
    """Every kept session of the year by date, white exams too, rehearsals never; six queries at most."""
    sessions = list(
        archived(establishment)
        .filter(in_year(establishment, year))
        .select_related("receipt")
        .order_by("starts_at", "number")
    )
    kept = archived(establishment).filter(in_year(establishment, year)).values("pk")
    enrolled = _counted(Candidate.objects.filter(session__in=kept), "session_id")
    incidents = _counted(Incident.objects.filter(session__in=kept, deleted_at=None), "session_id")
    alerts = _counted(Alert.objects.filter(attempt__session__in=kept), "attempt__session_id")
    attempts: dict[int, dict[str, int]] = {
        row["session_id"]: {name: row[name] for name in _OF_ATTEMPTS}  # type: ignore[literal-required]
        for row in Attempt.objects.filter(session__in=kept)
        .order_by()
        .values("session_id")
        .annotate(**{name: Count("pk", filter=which) for name, which in _OF_ATTEMPTS.items()})
    }
    eliminated = counts_of_eliminated(sessions)
    lines, total = [], Numbers()
    for session in sessions:
        session.establishment = establishment  # known: asking for it again would be a query a row
        people = enrolled.get(session.pk, 0)
        if session.pk in eliminated:
            numbers = Numbers.of_eliminated(people, eliminated[session.pk])
        else:
            fates = attempts.get(session.pk, {})
            numbers = Numbers(
                enrolled=people,
                absent=max(0, people - fates.get("present", 0) - fates.get("late_refused", 0)),
                incidents=incidents.get(session.pk, 0),
                alerts=alerts.get(session.pk, 0),
                **fates,
            )
        total.add(numbers)
        lines.append(_line(session, numbers, now))
    return Recap(year, lines, total)


def _line(session: Session, numbers: Numbers, now: datetime) -> Line:
    receipt = receipt_of(session)
    return Line(
        session=session,
        starts_at=session.local(session.starts_at).replace(tzinfo=None),
        numbers=numbers,
        standing=standing_of(session, receipt, now).word,
        received_at=session.local(receipt.received_at).replace(tzinfo=None) if receipt else None,
        box=receipt.box if receipt else "",
    )


def _counted(
    rows: QuerySet[Candidate] | QuerySet[Incident] | QuerySet[Alert], session: str
) -> dict[int, int]:
    return dict(rows.order_by().values_list(session).annotate(Count("pk")))
