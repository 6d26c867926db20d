"""What a check looks at: a school, its sessions, their candidates, each beside the school's list of the year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from sessions_app.enums import EventKind, SessionState
from sessions_app.models import Candidate, Contact, Establishment, Event, Invitation, Pupil, Session
from sessions_app.models.candidate import COMPETENCES_NEEDED
from sessions_app.models.pupil import school_year_of
from sessions_app.rules import LONGEST_OCCUPATION
from sessions_app.selectors.school_year import end_of, overlap, year_of


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """A candidate and his pupil: the one he was enrolled from, else the one of the same identity (R14) that year.

    What the year's list knows counts before what was copied at enrolment.
    """

    candidate: Candidate
    session: Session
    pupil: Pupil | None
    elsewhere: Sequence[Session]  # other sessions where the same identity is enrolled at that time

    @property
    def competences(self) -> int | None:
        known = self.pupil.certifiable_competences if self.pupil else None
        return self.candidate.certifiable_competences if known is None else known

    @property
    def certifiable(self) -> bool | None:
        if self.candidate.became_certifiable_at is not None:
            return True
        return None if self.competences is None else self.competences >= COMPETENCES_NEEDED

    @property
    def sign_in_mode(self) -> str:
        return (self.pupil.sign_in_mode if self.pupil else "") or self.candidate.sign_in_mode

    @property
    def sent_profile(self) -> bool | None:
        """Whether he sent his profile on Pix this school year; None when he is not on the year's list."""
        if self.pupil is None:
            return None
        day: date | None = self.pupil.profile_sent_on
        return day is not None and school_year_of(day) == self.pupil.school_year

    @property
    def words(self) -> str:
        """« DUPONT Paul · 3e A »."""
        where = f" · {self.candidate.class_name}" if self.candidate.class_name else ""
        return f"{self.candidate.last_name.upper()} {self.candidate.first_name}{where}"


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A session with those of its candidates who have not entered: of the others nothing is left to prepare."""

    session: Session
    enrolled: int
    candidates: list[CandidateFacts]

    @property
    def seats(self) -> int | None:
        """Workstations minus spare ones (P3)."""
        session = self.session
        if session.workstations is None:
            return None
        return max(0, session.workstations - session.spare_workstations)


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """What is missing in the school as a whole."""

    establishment: Establishment
    invited: list[str]
    has_contacts: bool


def upcoming(establishment: Establishment, first: datetime, last: datetime | None) -> list[Session]:
    """The planned sessions that start from `first` on, and before `last` if there is an end, in their order."""
    found = Session.objects.filter(
        establishment=establishment, state=SessionState.PLANNED, starts_at__gte=first
    ).order_by("starts_at", "room", "number")
    if last is not None:
        found = found.filter(starts_at__lt=last)
    sessions = list(found)
    for session in sessions:
        session.establishment = establishment  # known: asking for it again would be a query a row
    return sessions


def school_facts(establishment: Establishment, now: datetime) -> SchoolFacts:
    """Two queries."""
    waiting = Invitation.objects.filter(
        establishment=establishment, accepted_at__isnull=True, revoked_at__isnull=True
    ).order_by("email", "pk")
    return SchoolFacts(
        establishment=establishment,
        invited=[_invited(invitation, now) for invitation in waiting],
        has_contacts=Contact.objects.filter(establishment=establishment).exists(),
    )


def session_facts(establishment: Establishment, sessions: Sequence[Session]) -> list[SessionFacts]:
    """Four queries, whatever the number of sessions and of candidates."""
    if not sessions:
        return []
    years = {session.pk: year_of(session) for session in sessions}
    candidates = list(Candidate.objects.filter(session__in=sessions).order_by("sort_key", "pk"))
    started = Event.objects.filter(session__in=sessions, kind=EventKind.STARTED)
    entered = set(started.values_list("candidate_id", flat=True))
    pupils = _Pupils(establishment, set(years.values()), candidates)
    at_once = _enrolled_around(establishment, sessions)
    by_session: dict[int, list[Candidate]] = {session.pk: [] for session in sessions}
    for candidate in candidates:
        by_session[candidate.session_id].append(candidate)
    return [
        SessionFacts(
            session=session,
            enrolled=len(by_session[session.pk]),
            candidates=[
                CandidateFacts(
                    candidate=candidate,
                    session=session,
                    pupil=pupils.of(candidate, years[session.pk]),
                    elsewhere=[
                        other
                        for other in at_once.get(candidate.identity_key, ())
                        if other.pk != session.pk and overlap(session, other)
                    ],
                )
                for candidate in by_session[session.pk]
                if candidate.pk not in entered
            ],
        )
        for session in sessions
    ]


class _Pupils:
    """The pupils of these candidates, in one query."""

    def __init__(
        self, establishment: Establishment, years: set[int], candidates: Iterable[Candidate]
    ) -> None:
        linked = {one.pupil_id for one in candidates if one.pupil_id is not None}
        keys = {one.identity_key for one in candidates}
        found = Pupil.objects.filter(
            Q(pk__in=linked) | Q(identity_key__in=keys), establishment=establishment, school_year__in=years
        )
        self._by_id = {pupil.pk: pupil for pupil in found}
        self._by_key = {(pupil.school_year, pupil.identity_key): pupil for pupil in self._by_id.values()}

    def of(self, candidate: Candidate, year: int) -> Pupil | None:
        """The pupil he was enrolled from, if it is that year's: a session postponed to autumn has new pupils."""
        linked = self._by_id.get(candidate.pupil_id) if candidate.pupil_id is not None else None
        if linked is not None and linked.school_year == year:
            return linked
        return self._by_key.get((year, candidate.identity_key))


def _enrolled_around(establishment: Establishment, sessions: Sequence[Session]) -> dict[str, list[Session]]:
    """Who is in which session from the first of these sessions to the last, by identity."""
    near = (
        Candidate.objects.filter(
            session__establishment=establishment,
            session__starts_at__gt=min(session.starts_at for session in sessions) - LONGEST_OCCUPATION,
            session__starts_at__lt=max(end_of(session) for session in sessions),
        )
        .exclude(session__state__in=[SessionState.CANCELLED, SessionState.ELIMINATED])
        .order_by("session__starts_at", "session__number")
        .select_related("session")
        .only("identity_key", *(f"session__{name}" for name in ("starts_at", "duration", "number", "room")))
    )
    found: dict[str, list[Session]] = {}
    for candidate in near:
        candidate.session.establishment = establishment
        found.setdefault(candidate.identity_key, []).append(candidate.session)
    return found


def _invited(invitation: Invitation, now: datetime) -> str:
    expired = ", a expiré" if invitation.is_expired(now) else ""
    return f"{invitation.email} ({invitation.get_role_display()}{expired})"
