"""What becomes known of a pupil reaches the sessions where he is enrolled, while nothing has begun (decision 0011)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from sessions_app.actors import Actor
from sessions_app.candidates.listing import entered_and_present
from sessions_app.enums import EventKind, SessionState
from sessions_app.models import Candidate, Establishment, Pupil
from sessions_app.selectors.school_year import in_year, year_of
from sessions_app.services.journal import locked_session

FOLLOWED = ("certifiable_competences", "sign_in_mode")

type Known = Mapping[int, Mapping[str, int | str | None]]


def link_candidates(establishment: Establishment, school_year: int) -> int:
    """Candidates of this year's sessions who were enrolled from a file before their school's list was known.

    The same identity is the same person (R14). Only the link is written: it is no fact of the journal.
    """
    same = Pupil.objects.filter(
        establishment=establishment, school_year=school_year, identity_key=OuterRef("identity_key")
    )
    alone = Candidate.objects.filter(
        in_year(establishment, school_year, "session__"),
        pupil=None,
        session__establishment=establishment,
        session__state__in=[SessionState.PLANNED, SessionState.LAUNCHED],
    )
    known = Pupil.objects.filter(establishment=establishment, school_year=school_year).values("identity_key")
    return alone.filter(identity_key__in=known).update(pupil=Subquery(same.values("pk")[:1]))


def adopt(candidates: Sequence[Candidate]) -> None:
    """Give unsaved candidates of one school, whose keys are derived, their pupil and what they lack of FOLLOWED.

    One query a school year. Whoever was enrolled from the list already has his pupil.
    """
    by_year: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.pupil_id is None:
            by_year.setdefault(year_of(candidate.session), []).append(candidate)
    for year, alone in by_year.items():
        listed = Pupil.objects.filter(establishment=alone[0].session.establishment_id, school_year=year)
        keys = {candidate.identity_key for candidate in alone}
        pupils = {pupil.identity_key: pupil for pupil in listed.filter(identity_key__in=keys)}
        for candidate in alone:
            if pupil := pupils.get(candidate.identity_key):
                _follow(candidate, pupil)


def _follow(candidate: Candidate, pupil: Pupil) -> None:
    candidate.pupil = pupil
    for name in FOLLOWED:
        if getattr(candidate, name) in {None, ""}:
            setattr(candidate, name, getattr(pupil, name))


def tell_candidates(known: Known, *, actor: Actor, now: datetime) -> int:
    """Write what is known of these pupils ({id: {field of FOLLOWED: value}}) on their rows of planned sessions.

    A session that is launched, and a candidate who is ticked in the room, stay as the proctor sees them. One event a
    candidate whom it changes, none for the others; a session where nobody changes is not even locked. Returns how many
    changed. Sessions are locked in the order of their ids (mechanics §9); raises Busy as `locked_session` does.
    """
    behind = [one for one in _enrolled(Q(pupil__in=list(known))) if _difference(one, known)]
    changed = 0
    for session_id in sorted({one.session_id for one in behind}):
        with locked_session(session_id, now=now) as lock:
            if lock.session.state != SessionState.PLANNED:
                continue
            entered, present = entered_and_present(lock.session)
            told = []
            for candidate in _enrolled(Q(session=session_id, pupil__in=list(known))):
                after = _difference(candidate, known)
                if not after or candidate.pk in entered | present:
                    continue
                before = {name: getattr(candidate, name) for name in after}
                for name, value in after.items():
                    setattr(candidate, name, value)
                lock.record(
                    EventKind.CANDIDATE_CORRECTED,
                    actor=actor,
                    candidate_id=candidate.pk,
                    facts={"before": before, "after": after},
                )
                told.append(candidate)
            Candidate.objects.bulk_update(told, FOLLOWED, batch_size=200)
            changed += len(told)
    return changed


def _enrolled(which: Q) -> list[Candidate]:
    found = Candidate.objects.filter(which, session__state=SessionState.PLANNED)
    return list(found.order_by("session_id", "sort_key", "pk"))


def _difference(candidate: Candidate, known: Known) -> dict[str, int | str | None]:
    told = known.get(candidate.pupil_id or 0, {})
    return {name: value for name, value in told.items() if getattr(candidate, name) != value}
