"""A candidate changes rooms, under the locks of both (R21)."""

from django.db import OperationalError

from pixsurv.kernel.errors import Busy
from pixsurv.kernel.journal import Json
from proctoring.enums import AttemptState, CaseKind
from proctoring.models import Attempt, Entry, Ticket
from proctoring.services.cases.settling import overtake
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind, SessionState
from sessions_app.imports.changes import facts_of
from sessions_app.models import Candidate


def move(candidate_id: int, *, source: Room, target: Room, actor: Actor) -> None:
    """Traced in both journals. What was noted of him before (refused as late, workstation) stays in the first one’s:
    his row begins anew, for an attempt and a ticket belong to one room.

    Refused with `session_closed` (either), `already_listed`, `transfer_impossible` (he came in or was ticked there).
    """
    if source.session.state != SessionState.CANCELLED:  # cancelled meanwhile: his way out stays open
        source.require_open()
    target.require_open()
    attempt = source.attempt(candidate_id)
    candidate = attempt.candidate
    _hold(candidate)
    if attempt.state != AttemptState.EXPECTED or Entry.objects.filter(candidate_id=candidate_id).exists():
        raise refuse("transfer_impossible")
    if Candidate.objects.filter(session_id=target.session.pk, identity_key=candidate.identity_key).exists():
        raise refuse("already_listed")
    overtake(source, attempt, CaseKind.LATE, actor=actor)
    facts: dict[str, Json] = {
        **facts_of(candidate),
        "from": source.session.number,
        "to": target.session.number,
    }
    Attempt.objects.filter(candidate_id=candidate_id).delete()
    Ticket.objects.filter(candidate_id=candidate_id, used_at=None).delete()
    candidate.session = target.session
    candidate.save(update_fields=["session"])
    for room in (source, target):
        room.lock.record(
            EventKind.CANDIDATE_TRANSFERRED,
            actor=actor,
            candidate_id=candidate_id,
            facts=facts,
            changes_list=True,
        )


def _hold(candidate: Candidate) -> None:
    """Who is coming in at this instant holds his row: he wins, and whoever transfers asks again."""
    try:
        list(Candidate.objects.select_for_update(nowait=True, of=("self",)).filter(pk=candidate.pk))
    except OperationalError as error:
        raise Busy from error
