"""« Récapitulatif de l’année scolaire »: what each session came to, in numbers (I8)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from proctoring.archives.access import archived
from proctoring.archives.tray.shelf import receipt_of, standing_of
from proctoring.enums import AttemptState
from proctoring.models import Alert, Attempt, Incident
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
    """In the order in which they are shown."""

    enrolled: int = 0
    present: int = 0
    absent: int = 0
    late_refused: int = 0
    finished: int = 0
    unfinished: int = 0
    expired: int = 0
    not_started: int = 0
    incidents: int = 0
    alerts: int = 0

    def values(self) -> list[int]:
        return [getattr(self, field.name) for field in fields(self)]

    def add(self, other: "Numbers") -> None:
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


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


def recap_of(establishment: Establishment, year: int, now: datetime) -> Recap:
    """Every kept session of the year by date, white exams too, rehearsals never; five queries."""
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
    lines, total = [], Numbers()
    for session in sessions:
        session.establishment = establishment  # known: asking for it again would be a query a row
        numbers = Numbers(
            enrolled=enrolled.get(session.pk, 0),
            incidents=incidents.get(session.pk, 0),
            alerts=alerts.get(session.pk, 0),
            **attempts.get(session.pk, {}),
        )
        numbers.absent = max(0, numbers.enrolled - numbers.present - numbers.late_refused)
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
