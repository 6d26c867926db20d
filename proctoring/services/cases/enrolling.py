"""Whom a room asked to enrol, put on its list as the school’s own list of the year knows him (R21, P2)."""

from datetime import date, datetime

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.identity import identity_key
from proctoring.models import Case
from proctoring.services.cases.settling import facts_of
from sessions_app.actors import Actor
from sessions_app.models import Candidate, Pupil, Session
from sessions_app.selectors.school_year import year_of
from sessions_app.services.enrolment import enrol
from sessions_app.services.pupil_enrolment import candidate_of


def enrol_whom(case: Case, *, actor: Actor, now: datetime) -> Candidate:
    """The new candidate; he who was enrolled by another way meanwhile, as he stands.

    Class, extra time, profile and spelling are those of the pupil of this school year with that identity.
    """
    facts = facts_of(case)
    born = date.fromisoformat(str(facts["birth_date"]))
    last_name, first_name = str(facts["last_name"]), str(facts["first_name"])
    key = identity_key(last_name, first_name, born)
    session = Session.with_rehearsals.select_related("establishment").get(pk=case.session_id)
    pupil = pupil_of(session, key)
    candidate = (
        candidate_of(pupil)
        if pupil is not None
        else Candidate(last_name=last_name, first_name=first_name, birth_date=born)
    )
    try:
        return enrol(session_id=session.pk, candidates=[candidate], actor=actor, now=now)[0]
    except DomainError as error:
        if error.code != "duplicate":
            raise
        return Candidate.objects.get(session_id=session.pk, identity_key=key)


def pupil_of(session: Session, key: str) -> Pupil | None:
    """Of the school year of the session’s day."""
    return Pupil.objects.filter(
        establishment_id=session.establishment_id, school_year=year_of(session), identity_key=key
    ).first()
