"""What happens in the room, and who is in it."""

from proctoring.models.access import ProctorAccess
from proctoring.models.alert import Alert
from proctoring.models.answer import Answer
from proctoring.models.attempt import Attempt
from proctoring.models.case import Case
from proctoring.models.entry import Entry
from proctoring.models.once import Once

__all__ = ["Alert", "Answer", "Attempt", "Case", "Entry", "Once", "ProctorAccess"]
