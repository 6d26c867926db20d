"""What Pixsurv proposes (R15, R16, R21): put into the lane under the lock, or taken out of it."""

from datetime import timedelta

from proctoring import rules
from proctoring.enums import ProposalKind, ProposalOutcome
from proctoring.models import Alert, Attempt, Proposal
from proctoring.services.room import Room

MINUTE = timedelta(minutes=1)
MOST_MINUTES = 120


def propose(
    room: Room,
    attempt: Attempt,
    kind: ProposalKind,
    *,
    question: int | None = None,
    minutes: int | None = None,
    description: str = "",
    alert: Alert | None = None,
) -> Proposal:
    """Under the lock, about a candidate of whom an event was written before.

    `description` is what the report line would say; without one, keeping asks the proctor for it where its category
    does. For TIMED_OUT the caller looks first: a question is proposed once.
    """
    proposal = Proposal.objects.create(
        attempt=attempt,
        kind=kind,
        question=question,
        minutes=minutes,
        description=description,
        alert=alert,
        raised_at=room.now,
    )
    _count(attempt, +1, proposed_at=room.now)
    return proposal


def propose_waiting(room: Room, attempt: Attempt, alert: Alert) -> None:
    """« Rendre 4 min ? » to who waited over two minutes for his alert, begun minutes counted whole."""
    waited = room.now - alert.raised_at
    if waited > rules.WAITED_LONG:
        minutes = min(-(-waited // MINUTE), MOST_MINUTES)
        propose(
            room, attempt, ProposalKind.ALERT_WAITED, question=alert.question, minutes=minutes, alert=alert
        )


def settle(room: Room, attempt: Attempt, proposal: Proposal, outcome: ProposalOutcome) -> None:
    proposal.outcome = outcome
    proposal.settled_at = room.now
    proposal.save(update_fields=["outcome", "settled_at"])
    _count(attempt, -1)


def lapse(room: Room, attempt: Attempt, kind: ProposalKind, *, alert: Alert | None = None) -> None:
    """The open ones of that kind (and alert) have no object any more."""
    found = Proposal.objects.filter(attempt_id=attempt.pk, kind=kind, outcome=ProposalOutcome.OPEN)
    if alert is not None:
        found = found.filter(alert=alert)
    for proposal in found.order_by("pk"):
        settle(room, attempt, proposal, ProposalOutcome.LAPSED)


def _count(attempt: Attempt, change: int, **more: object) -> None:
    attempt.proposals_open += change
    for name, value in more.items():
        setattr(attempt, name, value)
    attempt.save(update_fields=["proposals_open", *more])
