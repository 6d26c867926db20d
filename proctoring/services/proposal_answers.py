"""« Noter » and « Ignorer », on a card of the lane."""

from datetime import datetime

from pixsurv.kernel.journal import Json
from proctoring.categories import PROPOSED
from proctoring.enums import IncidentSource, ProposalKind, ProposalOutcome
from proctoring.models import Attempt, Proposal
from proctoring.services import incidents, minutes, proposals
from proctoring.services.due import locked_room
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind


def keep_proposal(
    *,
    session_id: int,
    candidate_id: int,
    proposal_id: int,
    actor: Actor,
    now: datetime,
    description: str = "",
) -> Proposal:
    """The proposed line is written, or the minutes are given; kept already, nothing changes.

    Refused with `proposal_gone`, `session_closed`, and as the act itself: `description_missing`, `not_in_progress` …
    """
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        proposal = _open(room, attempt, proposal_id, unless=ProposalOutcome.KEPT)
        if proposal.outcome == ProposalOutcome.KEPT:
            return proposal
        if proposal.kind == ProposalKind.ALERT_WAITED:
            assert proposal.minutes is not None
            reason = f"Attente après un signalement, question {proposal.question}"
            minutes.give(room, [attempt], proposal.minutes, actor=actor, reason=reason)
        else:
            observed = incidents.Observed(
                category=PROPOSED[ProposalKind(proposal.kind)],
                question=proposal.question,
                description=description or proposal.description,
                at=proposal.raised_at,
            )
            incidents.report(room, attempt, observed, actor=actor, source=IncidentSource.PROPOSAL)
        proposals.settle(room, attempt, proposal, ProposalOutcome.KEPT)
        return proposal


def dismiss_proposal(
    *, session_id: int, candidate_id: int, proposal_id: int, actor: Actor, now: datetime
) -> Proposal:
    """« Ignorer »: an act that somebody may ask about later, hence an event. Refused with `proposal_gone`."""
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        proposal = _open(room, attempt, proposal_id, unless=ProposalOutcome.DISMISSED)
        if proposal.outcome == ProposalOutcome.DISMISSED:
            return proposal
        facts: dict[str, Json] = {
            "proposal": str(proposal.kind),
            "category": PROPOSED.get(ProposalKind(proposal.kind)),
            "question": proposal.question,
            "minutes": proposal.minutes,
        }
        proposals.settle(room, attempt, proposal, ProposalOutcome.DISMISSED)
        room.write(attempt, EventKind.PROPOSAL_DISMISSED, actor=actor, facts=facts)
        return proposal


def _open(room: Room, attempt: Attempt, proposal_id: int, *, unless: ProposalOutcome) -> Proposal:
    proposal = Proposal.objects.filter(pk=proposal_id, attempt_id=attempt.pk).first()
    if proposal is None:
        raise refuse("proposal_gone", status=404)
    room.require_open()
    if proposal.outcome not in {ProposalOutcome.OPEN, unless}:
        raise refuse("proposal_gone")
    return proposal
