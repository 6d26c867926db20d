"""Coming in for a candidate: identity to entry, entry to token (D1, mechanics §4 and §10)."""

import uuid
from datetime import date, datetime

from django.db import IntegrityError, transaction

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.identity import identity_key
from proctoring.models import Entry
from proctoring.services.due import locked_room
from proctoring.services.room import one_line, refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind
from sessions_app.models import ApiKey, Candidate, Session
from sessions_app.services.journal import busy_when_locked

TOKEN_PREFIX = "pxe_"


def no_match() -> DomainError:
    return DomainError(
        "no_match",
        "Ces informations ne correspondent à aucun élève inscrit à cette session.",
        status=404,
    )


def open_entry(
    *,
    session: Session,
    last_name: str,
    first_name: str,
    birth_date: date,
    heartbeat: int | None,
    now: datetime,
    workstation: str = "",
    api_key: ApiKey | None = None,
    entry_id: uuid.UUID | None = None,
) -> Entry:
    """An entry for the candidate of that identity (R14).

    Refused with `no_match` (404, the same for every mismatch), `not_certifiable` (403), `session_closed` (410).
    It holds nothing until it starts; a typed workstation is written to the journal.
    """
    candidate = Candidate.objects.filter(
        session_id=session.pk, identity_key=identity_key(last_name, first_name, birth_date)
    ).first()
    if candidate is None:
        raise no_match()
    if session.is_over:
        raise refuse("session_closed", status=410)
    if candidate.certifiable is False:
        raise refuse("not_certifiable", status=403)
    entry = Entry(
        id=entry_id or uuid.uuid4(),
        session=session,
        candidate=candidate,
        api_key=api_key,
        heartbeat=heartbeat,
        created_at=now,
    )
    # All or nothing: told « busy », the platform asks again for the same entry.
    try:
        with busy_when_locked(), transaction.atomic():
            entry.save(force_insert=True)
            if workstation:
                set_workstation(
                    session_id=session.pk,
                    candidate_id=candidate.pk,
                    workstation=workstation,
                    actor=candidate_actor(entry),
                    now=now,
                )
            if session.first_entry_at is None:
                Session.with_rehearsals.filter(pk=session.pk, first_entry_at=None).update(first_entry_at=now)
    except IntegrityError as error:
        # Taken off the list at this very instant: he is not on it any more.
        if Candidate.objects.filter(pk=candidate.pk).exists():
            raise
        raise no_match() from error
    return entry


def set_workstation(
    *, session_id: int, candidate_id: int, workstation: str, actor: Actor, now: datetime
) -> None:
    """« Numéro du poste », from the candidate or the proctor (R17)."""
    cleaned = one_line(workstation)[:20]
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        room.require_open()
        if attempt.workstation != cleaned:
            room.write(
                attempt,
                EventKind.WORKSTATION_CHANGED,
                actor=actor,
                facts={"before": attempt.workstation, "after": cleaned},
                workstation=cleaned,
            )


def candidate_actor(entry: Entry) -> Actor:
    """The candidate behind an entry, as the journal names him."""
    return Actor(kind=ActorKind.CANDIDATE, name=entry.candidate.full_name, entry_id=str(entry.pk))


def token_of(entry: Entry) -> str:
    """The entry's bearer token: derived, never stored, so that a replayed entry returns the same one."""
    return f"{TOKEN_PREFIX}{entry.pk.hex}.{_signature(entry.pk)}"


def entry_id_of(token: str) -> uuid.UUID | None:
    """The entry that a token opens, or None; no query is needed to tell a forged one."""
    name, _, signature = token.removeprefix(TOKEN_PREFIX).partition(".")
    try:
        entry_id = uuid.UUID(hex=name)
    except ValueError:
        return None
    return entry_id if crypto.equal(signature, _signature(entry_id)) else None


def entry_of(token: str) -> Entry | None:
    """The entry with its session, establishment and candidate."""
    entry_id = entry_id_of(token)
    if entry_id is None:
        return None
    return (
        Entry.objects.select_related("session__establishment", "candidate__session", "candidate__attempt")
        .filter(pk=entry_id)
        .first()
    )


def _signature(entry_id: uuid.UUID) -> str:
    return crypto.derive(f"entry:{entry_id.hex}")
