"""Views of the room, one file a noun."""

from proctoring.room.views.alerts import alert
from proctoring.room.views.board import code, paper, right_room, room, state
from proctoring.room.views.by_hand import by_hand, start_all
from proctoring.room.views.candidate import candidate
from proctoring.room.views.closing import leave, mask, unmask
from proctoring.room.views.contacts import contacts
from proctoring.room.views.ending import end, end_overdue, undo_batch, undo_end
from proctoring.room.views.instructions import instructions
from proctoring.room.views.login import login
from proctoring.room.views.minutes import extra_time, minutes, take_minutes_back
from proctoring.room.views.presence import certifiable, late, presence, workstation
from proctoring.room.views.report import (
    close,
    closing_gate,
    report,
    report_comment,
    report_pdf,
    report_sheet,
)
from proctoring.room.views.resume import cancel_resume, dismiss_request, resume

__all__ = [
    "alert",
    "by_hand",
    "cancel_resume",
    "candidate",
    "certifiable",
    "close",
    "closing_gate",
    "code",
    "contacts",
    "dismiss_request",
    "end",
    "end_overdue",
    "extra_time",
    "instructions",
    "late",
    "leave",
    "login",
    "mask",
    "minutes",
    "paper",
    "presence",
    "report",
    "report_comment",
    "report_pdf",
    "report_sheet",
    "resume",
    "right_room",
    "room",
    "start_all",
    "state",
    "take_minutes_back",
    "undo_batch",
    "undo_end",
    "unmask",
    "workstation",
]
