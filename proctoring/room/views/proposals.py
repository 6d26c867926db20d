"""« Noter E8, question 12 », « Rendre 4 min », « Ignorer » (R15, R16)."""

from typing import Any

from django.http import HttpResponse

from pixsurv.kernel.errors import DomainError
from proctoring.categories import CATEGORIES, PROPOSED
from proctoring.enums import ProposalKind, ProposalOutcome
from proctoring.models import Proposal
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.incident_form import FACTS_ONLY
from proctoring.room.people import candidate_of
from proctoring.room.visit import Visit
from proctoring.services.proposal_answers import dismiss_proposal, keep_proposal
from proctoring.services.room import refuse


@in_room("GET", "POST")
def keep(visit: Visit, candidate_id: int, proposal_id: int, **_: Any) -> HttpResponse:
    """One tap; a line that needs words asks for them first."""
    if visit.request.method == "GET":
        return _ask(visit, candidate_id, proposal_id)
    try:
        keep_proposal(
            session_id=visit.session.pk,
            candidate_id=candidate_id,
            proposal_id=proposal_id,
            description=visit.post.get("description", ""),
            actor=visit.actor,
            now=visit.now,
        )
    except DomainError as error:
        if error.code not in {"description_missing", "description_too_long"}:
            raise
        return _ask(visit, candidate_id, proposal_id, error=error.sentence, status=422)
    return answers.done(visit, candidate_id)


@in_room("POST")
def dismiss(visit: Visit, candidate_id: int, proposal_id: int, **_: Any) -> HttpResponse:
    """« Ignorer »."""
    dismiss_proposal(
        session_id=visit.session.pk,
        candidate_id=candidate_id,
        proposal_id=proposal_id,
        actor=visit.actor,
        now=visit.now,
    )
    return answers.done(visit, candidate_id)


def _ask(
    visit: Visit, candidate_id: int, proposal_id: int, *, error: str = "", status: int = 200
) -> HttpResponse:
    candidate = candidate_of(visit, candidate_id)
    proposal = Proposal.objects.filter(
        pk=proposal_id, attempt__candidate=candidate, outcome=ProposalOutcome.OPEN
    ).first()
    if proposal is None:
        raise refuse("proposal_gone", status=404)
    code = PROPOSED.get(ProposalKind(proposal.kind))
    context = {
        "candidate": candidate,
        "proposal": proposal,
        "category": CATEGORIES[code] if code else None,
        "description": visit.post.get("description", proposal.description),
        "facts_only": FACTS_ONLY,
        "error": error,
    }
    return answers.dialog(visit, "proposal", context, status=status)
