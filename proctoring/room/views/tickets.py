"""A pupil who can't get in: « Montrer à l’élève », « Faire entrer cet élève » (R21)."""

from secrets import token_urlsafe
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from pixsurv.kernel.errors import DomainError
from proctoring.models import Ticket
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.people import attempt_of, candidate_of
from proctoring.room.visit import Visit
from proctoring.selectors.tickets import open_ticket, shut_until
from proctoring.services import once, tickets
from sessions_app.models import Candidate

BOARD = "room/board_page.html"


@in_room("GET")
def card(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """What he must type, exactly as he is enrolled; nothing of anybody else."""
    return answers.dialog(visit, "card", {"candidate": candidate_of(visit, candidate_id)}, page=BOARD)


@in_room("GET", "POST")
def ticket(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """Asked, then made; while it stands, this address shows it again."""
    candidate = candidate_of(visit, candidate_id)
    if visit.request.method == "POST":
        _issue(visit, candidate)
        if not visit.is_htmx:
            address = reverse("room:ticket", args=[visit.session.number, candidate.pk])
            return HttpResponseRedirect(address, status=303)
    context = {"candidate": candidate, "once": token_urlsafe(12), "shut_until": _shut_until(visit)}
    found = open_ticket(candidate, visit.now)
    if found is not None:
        return answers.dialog(visit, "ticket_shown", {**context, **_shown(visit, found)}, page=BOARD)
    refusal = tickets.why_none(attempt_of(candidate), visit.session, visit.now)
    if refusal is not None:
        raise refusal
    return answers.dialog(visit, "ticket", context)


def _issue(visit: Visit, candidate: Candidate) -> None:
    """A repeat would make the first ticket worthless: the form's `once` makes it the first (mechanics §10)."""
    key = visit.post.get("once", "")
    if not key or not key.isascii() or not key.isprintable() or len(key) > 100:
        sentence = "Rouvrez «\u00a0Faire entrer cet élève\u00a0»\u00a0: ce formulaire n’est plus valable."
        raise DomainError("once_missing", sentence, status=422)

    def act() -> once.Answer:
        tickets.issue_ticket(
            session_id=visit.session.pk, candidate_id=candidate.pk, actor=visit.actor, now=visit.now
        )
        return once.Answer(200)

    scope = f"access:{visit.access.pk}/ticket"
    once.guard(scope=scope, key=key, body={"candidate": candidate.pk}, now=visit.now, act=act)


def _shown(visit: Visit, found: Ticket) -> dict[str, Any]:
    digits = found.digits
    return {
        "digits": digits,
        "halves": (digits[:3], digits[3:]),
        "spelled": " ".join(digits),
        "until": visit.wall_clock(found.expires_at),
    }


def _shut_until(visit: Visit) -> Any:
    until = shut_until(visit.session, visit.now)
    return visit.wall_clock(until) if until is not None else None
