"""The suspected frauds of a session with their facts: for pages that only admins open."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT

from proctoring.categories import FRAUD
from proctoring.models import FraudSheet, Incident
from proctoring.selectors.wording import clock_time
from sessions_app.models import Candidate, Event, Session


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One C6: who announced it, and the last version of its facts, if any."""

    id: int
    hour: str
    name: str
    workstation: str
    reported_by: str
    facts: str
    written: str  # « à 11h05, par … »


def suspicions(session: Session) -> list[Suspicion]:
    """In the order in which they were seen. One query."""
    return [_line(incident, session) for incident in _standing(session).order_by("observed_at", "pk")]


def suspicion(session: Session, incident_id: int) -> Suspicion | None:
    incident = _standing(session).filter(pk=incident_id).first()
    return _line(incident, session) if incident is not None else None


def candidate_choices(session: Session) -> list[tuple[int, str]]:
    people = Candidate.objects.filter(session=session).order_by("sort_key", "pk")
    return [(one.pk, f"{one.last_name.upper()} {one.first_name}") for one in people]


def _standing(session: Session) -> QuerySet[Incident]:
    last = FraudSheet.objects.filter(incident=OuterRef("pk")).order_by("-sequence")
    writer = Event.objects.filter(session=OuterRef("session"), sequence=OuterRef("sheet_sequence"))
    return (
        Incident.objects.filter(session=session, category=FRAUD, deleted_at=None)
        .select_related("candidate")
        .annotate(
            sheet_facts=Subquery(last.values("facts")[:1]),
            sheet_at=Subquery(last.values("written_at")[:1]),
            sheet_sequence=Subquery(last.values("sequence")[:1]),
        )
        .annotate(sheet_by=Subquery(writer.values(name=KT("facts__actor__name"))[:1]))
    )


def _line(incident: Incident, session: Session) -> Suspicion:
    assert incident.candidate is not None
    at, by = incident.sheet_at, incident.sheet_by  # type: ignore[attr-defined]
    return Suspicion(
        id=incident.pk,
        hour=clock_time(session.local(incident.observed_at)),
        name=f"{incident.candidate.last_name.upper()} {incident.candidate.first_name}",
        workstation=incident.workstation,
        reported_by=incident.reported_by,
        facts=incident.sheet_facts or "",  # type: ignore[attr-defined]
        written=f"à {clock_time(session.local(at))}" + (f", par {by}" if by else "") if at else "",
    )
