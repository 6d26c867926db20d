"""The room itself, its refresh, and the pages around it."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from pixsurv.kernel import sealed_words
from proctoring.rehearsal.life import note_code_shown
from proctoring.room import answers
from proctoring.room.gate import in_room
from proctoring.room.listing import SEARCH
from proctoring.room.visit import Visit, visit_of
from proctoring.selectors.announcements import announcements
from proctoring.selectors.room import Version, changed_board, watchers, whole_board
from proctoring.selectors.steps import outlived
from proctoring.services import access as accesses
from proctoring.services.room import refuse


@in_room("GET", "POST", everywhere=True)
def room(visit: Visit, **_: Any) -> HttpResponse:
    """The whole room, or what must be settled before it; a search without scripts is sent here."""
    if searched := sealed_words.sent(visit.request, SEARCH, visit.room_url):
        return searched
    # Without scripts nothing else says that somebody watches.
    accesses.note_seen(visit.access, now=visit.now)
    if visit.access.masked_at is not None:
        board = whole_board(visit.session, now=visit.now)
        return render(visit.request, "room/masked.html", answers.context_of(visit, board))
    if visit.access.room_confirmed_at is None:
        return right_room(visit.request, number=visit.session.number)
    if not visit.names_shown:
        return render(visit.request, "room/too_early.html", {"visit": visit, "session": visit.session})
    return answers.page(visit)


@login_not_required
@require_GET
def state(request: HttpRequest, number: int) -> HttpResponse:
    """The refresh: 204 when nothing changed since `v`, else the fragments. One query when nothing changed."""
    seen = Version.parse(request.GET.get("v", ""))
    visit = visit_of(request, number, seen)
    if isinstance(visit, HttpResponse):
        return visit
    accesses.note_seen(visit.access, now=visit.now)
    session = visit.session
    if visit.access.masked_at is not None or visit.access.room_confirmed_at is None or not visit.names_shown:
        return HttpResponse(status=409, headers={"HX-Redirect": visit.room_url})
    unchanged = seen is not None and session.sequence == seen.sequence and not visit.access.flipped  # type: ignore[attr-defined]
    known_step = request.GET.get("etape", "")
    if unchanged and not outlived(known_step, visit.now):
        return HttpResponse(status=204)
    # A page that has seen more than the journal holds: a backup was restored meanwhile.
    whole = seen is None or session.list_sequence > seen.sequence or seen.sequence > session.sequence
    if whole or seen is None:
        board = whole_board(session, now=visit.now, order=visit.listing.order)
    else:
        board = changed_board(session, seen, now=visit.now)
    # What the direction answered is said aloud; the row alone could be off the screen.
    tells = whole or any(seen is not None and row.case.answered > seen.sequence for row in board.rows)
    context = answers.context_of(
        visit,
        board,
        whole=whole,
        watchers=watchers(session, now=visit.now) if whole else [],
        announcements=announcements(visit.access, now=visit.now) if tells else [],
        known_step=known_step,
        refresh=True,
        tells=tells,
    )
    return render(request, "room/changes.html", context)


@in_room("GET", "POST", everywhere=True)
def right_room(visit: Visit, **_: Any) -> HttpResponse:
    """Another date than today's: « Je suis dans la bonne salle », once an access, before any act (R1)."""
    if visit.request.method == "POST":
        accesses.confirm_room(access=visit.access, now=visit.now)
        return HttpResponseRedirect(visit.room_url, status=303)
    return render(visit.request, "room/right_room.html", {"visit": visit, "session": visit.session})


@in_room("GET")
def code(visit: Visit, **_: Any) -> HttpResponse:
    """« Afficher le code d’accès », big, for the board."""
    if visit.session.is_over:
        raise refuse("session_closed")
    if visit.is_rehearsal:
        note_code_shown(visit.session, now=visit.now)
    return render(visit.request, "room/code.html", {"visit": visit, "session": visit.session})


@in_room("GET")
def paper(visit: Visit, **_: Any) -> HttpResponse:
    """Keying the feuille de secours after an outage (R22)."""
    board = whole_board(visit.session, now=visit.now)
    return render(visit.request, "room/paper.html", answers.context_of(visit, board))
