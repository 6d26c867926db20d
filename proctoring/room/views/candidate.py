"""One candidate in detail: his times, and the gestures that a row has no room for."""

from typing import Any

from django.http import HttpResponse

from proctoring import rules
from proctoring.enums import BEFORE, RUNNING, AttemptState
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.people import attempt_of, candidate_of
from proctoring.room.visit import Visit
from proctoring.selectors.gesture import Gesture
from proctoring.selectors.room import some_rows
from proctoring.selectors.row import Row, label_of
from proctoring.selectors.wording import clock_time
from proctoring.services.tickets import why_none


@in_room("GET")
def candidate(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    person = candidate_of(visit, candidate_id)
    attempt = attempt_of(person)
    session = visit.session
    state = rules.state_at(attempt, visit.now)
    started, ends = attempt.started_at, attempt.deadline_at
    theoretical = None
    if started is not None:
        theoretical = rules.deadline(
            started_at=started, duration=session.duration, extra_percent=0, given_minutes=0
        )
    context = {
        "buttons": [] if visit.is_htmx else _buttons(visit, candidate_id),
        "candidate": person,
        "attempt": attempt,
        "state_label": label_of(state, session),
        "started": clock_time(session.local(started)) if started else "",
        "theoretical": clock_time(session.local(theoretical)) if theoretical else "",
        "ends": clock_time(session.local(ends)) if ends and state in RUNNING else "",
        "over": clock_time(session.local(attempt.over_at)) if attempt.over_at else "",
        "extra": rules.extra_minutes(session.duration, person.extra_time_percent),
        "running": state in RUNNING and not session.is_over,
        "late_question": state == AttemptState.EXPECTED
        and not session.is_over
        and rules.late_question_asked(attempt, session),
        # Also while his test runs: who came in by a ticket needs another one on another computer (R21).
        "may_let_in": why_none(attempt, session, visit.now) is None,
        "may_set_extra_time": state in BEFORE | RUNNING and not session.is_over,
    }
    return answers.dialog(visit, "candidate", context)


def _buttons(visit: Visit, candidate_id: int) -> list[dict[str, Any]]:
    """All that his row offers, its box and its menu would: « ⋯ » leads here where no script makes them."""
    board = some_rows(visit.session, [candidate_id], now=visit.now)
    row = next(one for one in board.rows if one.id == candidate_id)
    own: list[Gesture] = [*([row.gesture] if row.gesture else []), *row.menu]
    once = {(one.words, one.path): one for one in own if one.path}  # without the one that leads to this page
    his = f"{visit.room_url}candidats/{row.id}/"
    return [*_presence(row, his), *({"gesture": one, "url": his + one.path} for one in once.values())]


def _presence(row: Row, his: str) -> list[dict[str, Any]]:
    """What stands beside his box without scripts; a browser that could not load them all has neither there."""
    if not row.has_box or row.refusal:
        return []
    words, wish = ("Retirer la présence", "0") if row.is_present else ("Noter la présence", "1")
    gesture = Gesture(words, f"de {row.full_name}", "presence/", asks=False)
    return [{"gesture": gesture, "url": his + gesture.path, "present": wish}]
