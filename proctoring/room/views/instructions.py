"""The instructions to read aloud (R4)."""

from typing import Any

from django.http import HttpResponse

from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.visit import Visit
from proctoring.selectors.wording import clock_time
from proctoring.services.instructions import note_instructions_read


@in_room("GET", "POST")
def instructions(visit: Visit, **_: Any) -> HttpResponse:
    """What to read, then « Consignes lues »."""
    if visit.request.method == "POST":
        note_instructions_read(
            session_id=visit.session.pk, actor=visit.actor, now=visit.now, observed_at=visit.observed_at()
        )
        return answers.done(visit)
    read_at = visit.session.instructions_read_at
    read = clock_time(visit.session.local(read_at)) if read_at is not None else ""
    return answers.dialog(visit, "instructions", {"read": read})
