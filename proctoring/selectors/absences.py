"""« Absents et retards » of a day, for the vie scolaire: by class, without birth date nor extra time (A1)."""

from dataclasses import dataclass

from proctoring.enums import Arrival, AttemptState
from proctoring.models import Attempt
from proctoring.selectors.day import Day
from proctoring.selectors.wording import clock_time
from sessions_app.class_names import class_key
from sessions_app.models import Candidate, Session
from sessions_app.pupils.wording import certifiable_words

WITHOUT_CLASS = "Sans classe"


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who is not there, or who came late."""

    last_name: str
    first_name: str
    class_name: str
    room: str
    starts: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClassList:
    name: str
    missing: list[Missing]


@dataclass(frozen=True, slots=True)
class Absences:
    """By class; `not_yet` names the rooms that are not launched, where nobody is late yet."""

    classes: list[ClassList]
    not_yet: list[str]
    total: int


def absences(day: Day) -> Absences:
    """One query, whatever the number of rooms and candidates."""
    launched = {one.pk: one for one in day.sessions if one.launched_at is not None}
    candidates = (
        Candidate.objects.filter(session_id__in=launched)
        .select_related("attempt")
        .defer("attempt__question_ids")
        .order_by("sort_key", "pk")
    )
    by_class: dict[str, list[Missing]] = {}
    for candidate in candidates:
        session = launched[candidate.session_id]
        if reason := _reason(candidate, getattr(candidate, "attempt", None), session):
            by_class.setdefault(candidate.class_name, []).append(_missing(candidate, session, reason))
    return Absences(
        classes=[
            ClassList(name or WITHOUT_CLASS, by_class[name]) for name in sorted(by_class, key=class_key)
        ],
        not_yet=[
            f"{one.room} ({clock_time(one.local(one.starts_at))})"
            for one in day.sessions
            if one.launched_at is None and not one.is_over
        ],
        total=sum(len(found) for found in by_class.values()),
    )


def _missing(candidate: Candidate, session: Session, reason: str) -> Missing:
    return Missing(
        last_name=candidate.last_name.upper(),
        first_name=candidate.first_name,
        class_name=candidate.class_name,
        room=session.room,
        starts=clock_time(session.local(session.starts_at)),
        reason=reason,
    )


def _reason(candidate: Candidate, attempt: Attempt | None, session: Session) -> str:
    """Empty for who was there in time."""
    if attempt is not None and attempt.state != AttemptState.EXPECTED:
        if attempt.arrival != Arrival.LATE or attempt.first_present_at is None:
            return ""
        return f"En retard, accepté à {clock_time(session.local(attempt.first_present_at))}"
    if attempt is not None and attempt.late_refused_at is not None:
        return f"En retard, refusé à {clock_time(session.local(attempt.late_refused_at))}"
    if candidate.certifiable is False:
        return certifiable_words(candidate.certifiable_competences)
    return "Absent" if session.is_over else "Pas encore arrivé"
