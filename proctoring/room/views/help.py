"""« Que faire si… » in the room (R3, R18)."""

from typing import Any

from django.http import HttpResponse

from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.people import attempt_of, candidate_of, chosen_ids
from proctoring.room.visit import Visit
from proctoring.selectors.help import panel_of_pupil, panel_of_room


@in_room("GET")
def help_panel(visit: Visit, candidate_id: int | None = None, **_: Any) -> HttpResponse:
    """Of the room, or of a pupil: his row's, or the one chosen in the panel (`candidat`)."""
    if candidate_id is None:
        chosen = chosen_ids([one for one in visit.request.GET.getlist("candidat") if one])
        candidate_id = chosen[0] if chosen else None
    if candidate_id is None:
        panel = panel_of_room(visit.session, visit.room_url, now=visit.now)
        return answers.dialog(visit, "help", {"panel": panel})
    person = candidate_of(visit, candidate_id)
    panel = panel_of_pupil(person, attempt_of(person), visit.room_url, now=visit.now)
    return answers.dialog(visit, "help", {"panel": panel, "candidate": person})
