"""Putting candidates on the list of a session (P5, P6)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.identity import clean_name
from sessions_app.actors import Actor
from sessions_app.enums import EventKind, SignInMode
from sessions_app.imports.changes import facts_of
from sessions_app.models import Candidate
from sessions_app.services.follow_pupils import adopt
from sessions_app.services.journal import locked_session


def enrol(
    *, session_id: int, candidates: Sequence[Candidate], actor: Actor, now: datetime
) -> list[Candidate]:
    """Add these (unsaved) candidates, all or none, one event each.

    Refused with `session_closed`, `duplicate` (same normalised identity in the session, P6), `invalid`.
    """
    with locked_session(session_id, now=now) as lock:
        if lock.session.is_over:
            raise DomainError(
                "session_closed", "Cette session est clôturée\u00a0: plus rien ne peut y être changé."
            )
        for candidate in candidates:
            candidate.session = lock.session
            _clean(candidate)
            candidate.derive_keys()
        adopt(candidates)
        try:
            with transaction.atomic():
                Candidate.objects.bulk_create(candidates)  # one statement, however many: the row is locked
        except IntegrityError as error:
            raise DomainError("duplicate", "Ce candidat est déjà inscrit à cette session.") from error
        for candidate in candidates:
            lock.record(
                EventKind.CANDIDATE_ENROLLED,
                actor=actor,
                candidate_id=candidate.pk,
                facts=facts_of(candidate),
                changes_list=True,
            )
        return list(candidates)


def new_candidate(
    *,
    last_name: str,
    first_name: str,
    birth_date: date,
    class_name: str = "",
    extra_time_percent: int = 0,
    certifiable_competences: int | None = None,
    sign_in_mode: SignInMode = SignInMode.UNKNOWN,
) -> Candidate:
    """An unsaved candidate, for `enrol`."""
    return Candidate(
        last_name=last_name,
        first_name=first_name,
        birth_date=birth_date,
        class_name=class_name,
        extra_time_percent=extra_time_percent,
        certifiable_competences=certifiable_competences,
        sign_in_mode=sign_in_mode,
    )


def _clean(candidate: Candidate) -> None:
    try:
        candidate.last_name = clean_name(candidate.last_name)
        candidate.first_name = clean_name(candidate.first_name)
        candidate.clean_fields(exclude=["session", "pupil", "sort_key", "last_name_key", "identity_key"])
    except (ValueError, ValidationError) as error:
        raise DomainError(
            "invalid", "Le nom, le prénom ou la date de naissance n’est pas valide.", status=422
        ) from error
