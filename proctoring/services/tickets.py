"""« Faire entrer cet élève »: six digits instead of an identity (R21, decision 0015)."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from pixsurv.kernel.errors import Busy, DomainError
from proctoring import rules
from proctoring.enums import OVER, ProposalKind
from proctoring.models import Attempt, Entry, Proposal, Ticket, TicketDoor
from proctoring.models.ticket import DIGITS
from proctoring.services.due import locked_room
from proctoring.services.entries import candidate_actor, no_match, set_workstation
from proctoring.services.proposals import propose
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.models import ApiKey, Session
from sessions_app.services.journal import busy_when_locked

LIFE = timedelta(minutes=5)
# Guessing: decision 0015 says what chance these leave.
WRONG_AT_MOST = 10
WITHIN = timedelta(minutes=5)
SHUT_FOR = timedelta(minutes=10)
DRAWS = 20


def why_none(attempt: Attempt, session: Session, now: datetime) -> DomainError | None:
    """Why this candidate can be given no ticket; None when he can."""
    if session.is_over:
        return refuse("session_closed")
    if session.by_hand:
        return DomainError(
            "followed_by_hand", "Dans cette session, le test se passe sur Pix\u00a0: aucun ticket."
        )
    if attempt.candidate.certifiable is False:
        return refuse("not_certifiable")
    return refuse("attempt_over") if rules.state_at(attempt, now) in OVER else None


def issue_ticket(*, session_id: int, candidate_id: int, actor: Actor, now: datetime) -> Ticket:
    """A new ticket for five minutes; the one that this candidate had opens nothing any more.

    Refused with `session_closed`, `followed_by_hand`, `not_certifiable`, `attempt_over`.
    """
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        refusal = why_none(attempt, room.session, now)
        if refusal is not None:
            raise refusal
        gone = Q(candidate_id=candidate_id) | Q(expires_at__lte=now)
        Ticket.objects.filter(gone, session_id=session_id, used_at=None).delete()
        ticket = _draw(session_id, candidate_id, now)
        room.write(
            attempt,
            EventKind.TICKET_ISSUED,
            actor=actor,
            facts={"ticket": ticket.pk, "expires_at": ticket.expires_at.isoformat()},
        )
        return ticket


@dataclass(frozen=True, slots=True)
class Arrival:
    """How somebody comes in with a ticket."""

    ticket: str
    heartbeat: int | None
    workstation: str = ""
    api_key: ApiKey | None = None
    entry_id: uuid.UUID | None = None


def enter_by_ticket(*, session: Session, arrival: Arrival, now: datetime) -> Entry:
    """An entry for the candidate of that ticket, which is then used up.

    Refused with `no_match` (wrong, expired, used, or guessed too often: always the same), `not_certifiable` (403),
    `session_closed` (410). The same `entry_id` again gets the same entry.
    """
    digits = "".join(arrival.ticket.split())
    if not _may_match(session, digits, arrival, now):
        raise no_match()
    # All or nothing but for the count of wrong tickets, which a refusal must not undo.
    with busy_when_locked(), transaction.atomic():
        entry = _use(session, digits, arrival, now)
        if entry is not None and arrival.workstation:
            set_workstation(
                session_id=session.pk,
                candidate_id=entry.candidate_id,
                workstation=arrival.workstation,
                actor=candidate_actor(entry),
                now=now,
            )
    if entry is None:
        raise no_match()
    return entry


def _draw(session_id: int, candidate_id: int, now: datetime) -> Ticket:
    """Digits that no ticket of this session ever had: one that was used must not let somebody else in."""
    for _ in range(DRAWS):
        ticket = Ticket(
            session_id=session_id,
            candidate_id=candidate_id,
            nonce=secrets.token_urlsafe(32),
            issued_at=now,
            expires_at=now + LIFE,
        )
        ticket.fingerprint = Ticket.fingerprint_of(session_id, ticket.digits)
        if not Ticket.objects.filter(session_id=session_id, fingerprint=ticket.fingerprint).exists():
            ticket.save(force_insert=True)
            return ticket
    raise Busy


def _may_match(session: Session, digits: str, arrival: Arrival, now: datetime) -> bool:
    """Without a lock and without a write: most of what can't match, a shut door too, ends here (mechanics §8)."""
    if not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
        return False
    if arrival.entry_id is not None and Entry.objects.filter(pk=arrival.entry_id).exists():
        return True
    if not Ticket.objects.filter(session_id=session.pk, used_at=None, expires_at__gt=now).exists():
        return False
    return not TicketDoor.objects.filter(session_id=session.pk, shut_until__gt=now).exists()


def _use(session: Session, digits: str, arrival: Arrival, now: datetime) -> Entry | None:
    """None when no ticket matches: counted. Under the session's lock, so that of two devices one wins."""
    with locked_room(session.pk, now=now) as room:
        if arrival.entry_id is not None:
            again = Entry.objects.select_related("candidate").filter(pk=arrival.entry_id).first()
            if again is not None:
                return again
        door = TicketDoor.objects.filter(session_id=session.pk).first()
        if door is not None and door.shut_until is not None and now < door.shut_until:
            return None
        fingerprint = Ticket.fingerprint_of(session.pk, digits)
        ticket = Ticket.objects.filter(
            session_id=session.pk, fingerprint=fingerprint, used_at=None, expires_at__gt=now
        ).first()
        if ticket is None:
            _count_wrong(door or TicketDoor(session_id=session.pk, counted_since=now), now)
            return None
        return _let_in(room, ticket, arrival)


def _let_in(room: Room, ticket: Ticket, arrival: Arrival) -> Entry:
    if room.session.is_over:
        raise refuse("session_closed", status=410)
    attempt = room.attempt(ticket.candidate_id)
    if attempt.candidate.certifiable is False:
        raise refuse("not_certifiable", status=403)
    entry = Entry.objects.create(
        id=arrival.entry_id or uuid.uuid4(),
        session=room.session,
        candidate=attempt.candidate,
        api_key=arrival.api_key,
        heartbeat=arrival.heartbeat,
        created_at=room.now,
    )
    ticket.used_at, ticket.entry = room.now, entry
    ticket.save(update_fields=["used_at", "entry"])
    room.write(
        attempt,
        EventKind.TICKET_USED,
        actor=candidate_actor(entry),
        # He never said who he is: what incident C1 is about.
        facts={"ticket": ticket.pk, "identity_typed": False},
        entered_by_ticket_at=room.now,
    )
    _propose_identity(room, attempt)
    if room.session.first_entry_at is None:
        room.lock.change(first_entry_at=room.now)
    return entry


def _propose_identity(room: Room, attempt: Attempt) -> None:
    """C1 in the lane, once a candidate: he could not type who he is as he is enrolled (R21)."""
    if not Proposal.objects.filter(attempt_id=attempt.pk, kind=ProposalKind.IDENTITY).exists():
        propose(room, attempt, ProposalKind.IDENTITY)


def _count_wrong(door: TicketDoor, now: datetime) -> None:
    if now - door.counted_since > WITHIN:
        door.wrong, door.counted_since = 0, now
    door.wrong += 1
    if door.wrong >= WRONG_AT_MOST:
        door.wrong, door.shut_until = 0, now + SHUT_FOR
        door.counted_since = door.shut_until
    door.save()
