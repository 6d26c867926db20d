"""What happens in the room, and who is in it."""

from proctoring.models.access import ProctorAccess
from proctoring.models.alert import Alert
from proctoring.models.answer import Answer
from proctoring.models.attempt import Attempt
from proctoring.models.case import Case
from proctoring.models.elimination import Elimination, EliminationSlip
from proctoring.models.entry import Entry
from proctoring.models.export import Export, ExportShape
from proctoring.models.hand_over import HandOver
from proctoring.models.incident import FraudSheet, Incident
from proctoring.models.once import Once
from proctoring.models.paper_page import PaperPage
from proctoring.models.proposal import Proposal
from proctoring.models.receipt import Receipt
from proctoring.models.rehearsal import Rehearsal
from proctoring.models.ticket import Ticket, TicketDoor

__all__ = [
    "Alert",
    "Answer",
    "Attempt",
    "Case",
    "Elimination",
    "EliminationSlip",
    "Entry",
    "Export",
    "ExportShape",
    "FraudSheet",
    "HandOver",
    "Incident",
    "Once",
    "PaperPage",
    "ProctorAccess",
    "Proposal",
    "Receipt",
    "Rehearsal",
    "Ticket",
    "TicketDoor",
]
