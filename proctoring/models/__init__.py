"""What happens in the room, and who is in it."""

from proctoring.models.access import ProctorAccess
from proctoring.models.alert import Alert
from proctoring.models.answer import Answer
from proctoring.models.attempt import Attempt
from proctoring.models.entry import Entry
from proctoring.models.incident import FraudSheet, Incident
from proctoring.models.once import Once
from proctoring.models.proposal import Proposal

__all__ = [
    "Alert",
    "Answer",
    "Attempt",
    "Entry",
    "FraudSheet",
    "Incident",
    "Once",
    "ProctorAccess",
    "Proposal",
]
