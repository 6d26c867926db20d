"""Putting pupils of the school's list on the list of a session (P5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pixsurv.kernel.errors import DomainError
from sessions_app.actors import Actor
from sessions_app.models import Candidate, Pupil
from sessions_app.selectors.school_year import year_of
from sessions_app.services.enrolment import enrol
from sessions_app.services.journal import locked_session


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who came on the list now, and how many of those asked for were on it before."""

    new: list[Candidate]
    already: int


def enrol_pupils(*, session_id: int, pupil_ids: Collection[int], actor: Actor, now: datetime) -> Enrolled:
    """Enrol these pupils of the session's school and school year, all or none; who is on the list stays as he is.

    Refused with `not_found` (404: one of them is not such a pupil), `session_closed`.
    """
    wanted = set(pupil_ids)
    with locked_session(session_id, now=now) as lock:
        session = lock.session
        pupils = list(
            Pupil.objects.filter(
                pk__in=wanted, establishment=session.establishment, school_year=year_of(session)
            ).order_by("sort_key", "pk")
        )
        if len(pupils) != len(wanted):
            raise DomainError("not_found", "Un de ces élèves n’est pas dans la liste de l’année.", status=404)
        known = set(Candidate.objects.filter(session=session).values_list("identity_key", flat=True))
        missing = [candidate_of(pupil) for pupil in pupils if pupil.identity_key not in known]
        # Without anybody missing it is called too: a closed list is refused before it is found to be complete.
        new = enrol(session_id=session_id, candidates=missing, actor=actor, now=now)
    return Enrolled(new, len(pupils) - len(new))


def candidate_of(pupil: Pupil) -> Candidate:
    """An unsaved candidate with what is known of the pupil today, for `enrol`."""
    return Candidate(
        pupil=pupil,
        last_name=pupil.last_name,
        first_name=pupil.first_name,
        birth_date=pupil.birth_date,
        class_name=pupil.class_name,
        local_id=pupil.local_id,
        extra_time_percent=pupil.extra_time_percent,
        certifiable_competences=pupil.certifiable_competences,
        sign_in_mode=pupil.sign_in_mode,
    )
