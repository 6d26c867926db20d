"""The incidents of a session as the room lists them (I1): never the facts of a fraud."""

from dataclasses import dataclass
from datetime import datetime

from proctoring.categories import CATEGORIES
from proctoring.models import Incident
from proctoring.selectors.wording import clock_time
from sessions_app.models import Session


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """« 10h42 · Poste 14 · DUPONT Paul · E1, question 12 »."""

    id: int
    hour: str
    whom: str
    workstation: str
    code: str
    label: str
    question: int | None
    description: str
    reported_by: str
    source: str
    facts_apart: bool

    @property
    def title(self) -> str:
        return f"{self.code}, question {self.question}" if self.question else self.code


def incident_lines(session: Session, candidate_id: int | None = None) -> list[IncidentLine]:
    """Those that stand, in the order in which they were seen; of one candidate where asked. One query."""
    found = Incident.objects.filter(session_id=session.pk, deleted_at=None).select_related("candidate")
    if candidate_id is not None:
        found = found.filter(candidate_id=candidate_id)
    return [line_of(incident, session) for incident in found.order_by("observed_at", "pk")]


def find_incident(session: Session, incident_id: int) -> Incident | None:
    """Also one that was taken back; None for another room's."""
    found = Incident.objects.filter(session_id=session.pk, pk=incident_id)
    return found.select_related("candidate__attempt").first()


def line_of(incident: Incident, session: Session) -> IncidentLine:
    category = CATEGORIES.get(incident.category)
    candidate = incident.candidate
    return IncidentLine(
        id=incident.pk,
        hour=clock_time(session.local(incident.observed_at)),
        whom=f"{candidate.last_name.upper()} {candidate.first_name}" if candidate else "Toute la salle",
        workstation=incident.workstation,
        code=incident.category,
        label=category.label if category is not None else "Catégorie ancienne",
        question=incident.question,
        description=incident.description,
        reported_by=incident.reported_by,
        source=incident.get_source_display(),
        facts_apart=category is not None and category.facts_apart,
    )


def free_workstations(session: Session, taken: set[str]) -> tuple[list[str], list[str]]:
    """Numbers nobody uses: the spare ones (the last of the room), then the others. Both empty when the room's number
    of workstations is not known (P3)."""
    if not session.workstations:
        return [], []
    numbers = range(1, session.workstations + 1)
    first_spare = session.workstations - session.spare_workstations + 1
    free = [number for number in numbers if not taken & {str(number), f"{number:02d}"}]
    return (
        [str(number) for number in free if number >= first_spare],
        [str(number) for number in free if number < first_spare],
    )


def seen_on(session: Session, instant: datetime) -> str:
    """For a field of type time."""
    return session.local(instant).strftime("%H:%M")
