"""Taking over into a session what the year's list of pupils says of its candidates (P2, P7)."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

from pixsurv.kernel.errors import DomainError
from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.imports.changes import fingerprint
from sessions_app.models import Candidate, Session
from sessions_app.readiness.checks import extra_time_differs, profile_differs
from sessions_app.readiness.facts import CandidateFacts, session_facts
from sessions_app.services.candidate_list import CORRECTABLE, correct_candidate
from sessions_app.services.journal import LockedSession, locked_session

PROFILE = ("certifiable_competences", "sign_in_mode")


def extra_time_to_take(session: Session, candidate_id: int | None = None) -> list[CandidateFacts]:
    """Those who have not entered and whose extra time is not the year's; of one candidate, or of all."""
    return _differing(session, extra_time_differs, candidate_id)


def profiles_to_take(session: Session) -> list[CandidateFacts]:
    """Those who have not entered and of whose profile the year's list knows more."""
    return _differing(session, profile_differs, None)


def seal_of(found: list[CandidateFacts]) -> str:
    """Changes with anything that would be written."""
    told = [
        [
            one.candidate.pk,
            one.candidate.extra_time_percent,
            one.pupil.extra_time_percent if one.pupil else None,
            one.candidate.certifiable_competences,
            one.competences,
            one.candidate.sign_in_mode,
            one.sign_in_mode,
        ]
        for one in found
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def take_extra_time(
    *, session_id: int, candidate_id: int | None = None, seen: str, actor: Actor, now: datetime
) -> int:
    """Correct the extra time to the year's, all or none; how many were changed, 0 when it was so already.

    `seen` is the `seal_of` what the page showed. Refused with `session_closed`, `list_changed`.
    """
    with locked_session(session_id, now=now) as lock:
        found = _still(lock, extra_time_to_take(lock.session, candidate_id), seen)
        for one in found:
            values = {name: getattr(one.candidate, name) for name in CORRECTABLE}
            assert one.pupil is not None
            correct_candidate(
                session_id=session_id,
                candidate_id=one.candidate.pk,
                values={**values, "extra_time_percent": one.pupil.extra_time_percent},
                seen=fingerprint([one.candidate]),
                actor=actor,
                now=now,
            )
        return len(found)


def take_profiles(*, session_id: int, seen: str, actor: Actor, now: datetime) -> int:
    """Copy profile and sign-in mode from the year's list, all or none, and link the candidates to their pupils.

    Refused with `session_closed`, `list_changed`.
    """
    with locked_session(session_id, now=now) as lock:
        found = _still(lock, profiles_to_take(lock.session), seen)
        for one in found:
            candidate = one.candidate
            before = {name: getattr(candidate, name) for name in PROFILE}
            candidate.certifiable_competences, candidate.sign_in_mode = one.competences, one.sign_in_mode
            candidate.pupil = one.pupil
            changed = [name for name in PROFILE if getattr(candidate, name) != before[name]]
            lock.record(
                EventKind.CANDIDATE_CORRECTED,
                actor=actor,
                candidate_id=candidate.pk,
                facts={
                    "before": {name: before[name] for name in changed},
                    "after": {name: getattr(candidate, name) for name in changed},
                },
                changes_list=True,
            )
        Candidate.objects.bulk_update([one.candidate for one in found], [*PROFILE, "pupil"])
        return len(found)


def _differing(
    session: Session, tells: Callable[[CandidateFacts], str | None], candidate_id: int | None
) -> list[CandidateFacts]:
    [facts] = session_facts(session.establishment, [session])
    return [
        one
        for one in facts.candidates
        if tells(one) is not None and (candidate_id is None or one.candidate.pk == candidate_id)
    ]


def _still(lock: LockedSession, found: list[CandidateFacts], seen: str) -> list[CandidateFacts]:
    """What is to be done, when it is what was seen or when there is nothing left to do."""
    if lock.session.is_over:
        raise DomainError(
            "session_closed", "Cette session est clôturée\u00a0: plus rien ne peut y être changé."
        )
    if found and seal_of(found) != seen:
        raise DomainError(
            "list_changed", "La liste a changé depuis cette page. Relisez-la, puis confirmez à nouveau."
        )
    return found
