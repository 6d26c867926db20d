"""Views of the room, one file a noun."""

from proctoring.room.views.alerts import alert, alert_category, undo_alert
from proctoring.room.views.board import code, paper, right_room, room, state
from proctoring.room.views.by_hand import by_hand, start_all
from proctoring.room.views.candidate import candidate
from proctoring.room.views.cases import ask_direction, not_listed, withdraw
from proctoring.room.views.closing import leave, mask, unmask
from proctoring.room.views.contacts import contacts
from proctoring.room.views.ending import end, end_overdue, undo_batch, undo_end
from proctoring.room.views.help import help_panel
from proctoring.room.views.incidents import change_incident, delete_incident, incident, incident_list
from proctoring.room.views.instructions import instructions
from proctoring.room.views.login import login
from proctoring.room.views.minutes import extra_time, minutes, take_minutes_back
from proctoring.room.views.outings import come_back, go_out
from proctoring.room.views.presence import certifiable, late, presence, undo_late
from proctoring.room.views.projection import projection
from proctoring.room.views.proposals import dismiss, keep
from proctoring.room.views.rehearsal import around, practice, rehearse
from proctoring.room.views.report import (
    close,
    closing_gate,
    report,
    report_comment,
    report_pdf,
    report_sheet,
)
from proctoring.room.views.resume import cancel_resume, dismiss_request, resume
from proctoring.room.views.room_incident import (
    end_room_incident,
    room_incident,
    undo_room_incident,
    undo_room_incident_end,
)
from proctoring.room.views.scans import bind_scan, remove_scan, scan, scan_page, scans
from proctoring.room.views.take_over import take_over
from proctoring.room.views.tickets import card, ticket
from proctoring.room.views.view import view
from proctoring.room.views.workstations import swap, undo, workstation

__all__ = [
    "alert",
    "alert_category",
    "around",
    "ask_direction",
    "bind_scan",
    "by_hand",
    "cancel_resume",
    "candidate",
    "card",
    "certifiable",
    "change_incident",
    "close",
    "closing_gate",
    "code",
    "come_back",
    "contacts",
    "delete_incident",
    "dismiss",
    "dismiss_request",
    "end",
    "end_overdue",
    "end_room_incident",
    "extra_time",
    "go_out",
    "help_panel",
    "incident",
    "incident_list",
    "instructions",
    "keep",
    "late",
    "leave",
    "login",
    "mask",
    "minutes",
    "not_listed",
    "paper",
    "practice",
    "presence",
    "projection",
    "rehearse",
    "remove_scan",
    "report",
    "report_comment",
    "report_pdf",
    "report_sheet",
    "resume",
    "right_room",
    "room",
    "room_incident",
    "scan",
    "scan_page",
    "scans",
    "start_all",
    "state",
    "swap",
    "take_minutes_back",
    "take_over",
    "ticket",
    "undo",
    "undo_alert",
    "undo_batch",
    "undo_end",
    "undo_late",
    "undo_room_incident",
    "undo_room_incident_end",
    "unmask",
    "view",
    "withdraw",
    "workstation",
]
