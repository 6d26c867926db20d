"""What happens in the room, and who is in it."""

from proctoring.models.access import ProctorAccess
from proctoring.models.alert import Alert
from proctoring.models.answer import Answer
from proctoring.models.attempt import Attempt
from proctoring.models.case import Case
from proctoring.models.entry import Entry
from proctoring.models.hand_over import HandOver
from proctoring.models.incident import FraudSheet, Incident
from proctoring.models.once import Once
from proctoring.models.proposal import Proposal
from proctoring.models.rehearsal import Rehearsal
from proctoring.models.ticket import Ticket, TicketDoor

__all__ = [
    "Alert",
    "Answer",
    "Attempt",
    "Case",
    "Entry",
    "FraudSheet",
    "HandOver",
    "Incident",
    "Once",
    "ProctorAccess",
    "Proposal",
    "Rehearsal",
    "Ticket",
    "TicketDoor",
]
