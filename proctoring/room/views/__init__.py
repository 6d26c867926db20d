"""Views of the room, one file a noun."""

from proctoring.room.views.alerts import alert
from proctoring.room.views.board import code, paper, right_room, room, state
from proctoring.room.views.by_hand import by_hand, start_all
from proctoring.room.views.candidate import candidate
from proctoring.room.views.cases import ask_direction, not_listed, withdraw
from proctoring.room.views.closing import close, leave, mask, unmask
from proctoring.room.views.contacts import contacts
from proctoring.room.views.ending import end, end_overdue, undo_batch, undo_end
from proctoring.room.views.login import login
from proctoring.room.views.minutes import extra_time, minutes, take_minutes_back
from proctoring.room.views.presence import certifiable, late, presence, workstation
from proctoring.room.views.resume import cancel_resume, dismiss_request, resume
from proctoring.room.views.take_over import take_over
from proctoring.room.views.tickets import card, ticket

__all__ = [
    "alert",
    "ask_direction",
    "by_hand",
    "cancel_resume",
    "candidate",
    "card",
    "certifiable",
    "close",
    "code",
    "contacts",
    "dismiss_request",
    "end",
    "end_overdue",
    "extra_time",
    "late",
    "leave",
    "login",
    "mask",
    "minutes",
    "not_listed",
    "paper",
    "presence",
    "resume",
    "right_room",
    "room",
    "start_all",
    "state",
    "take_minutes_back",
    "take_over",
    "ticket",
    "undo_batch",
    "undo_end",
    "unmask",
    "withdraw",
    "workstation",
]
