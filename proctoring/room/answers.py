"""What the room answers with: fragments for htmx, a redirect or a page otherwise. One set of fragments for all."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pixsurv.kernel.errors import Busy, DomainError
from proctoring.models import Attempt
from proctoring.rehearsal.voices import heard_now
from proctoring.room.people import attempt_of
from proctoring.room.titles import TITLES
from proctoring.room.view_cookie import is_compact
from proctoring.room.visit import Visit
from proctoring.selectors.announcements import announcements
from proctoring.selectors.room import Board, access_again, some_rows, watchers, whole_board
from proctoring.selectors.room_incident import running_incident
from proctoring.selectors.wording import clock_time
from proctoring.services.room import refuse
from sessions_app.models import Session


def context_of(visit: Visit, board: Board, **more: Any) -> dict[str, Any]:
    """What every fragment of the room may use."""
    session = visit.session
    listing = visit.listing
    closed_at = session.closed_at or session.cancelled_at
    usual = {
        "visit": visit,
        "session": session,
        "room_url": visit.room_url,
        "board": board,
        "listing": listing,
        "hidden": frozenset(),
        "rows_room": "",
        "compact": is_compact(visit.request),
        "refresh_url": f"{visit.room_url}etat/?v={board.version}"
        + ("&tri=poste" if listing.by_workstation else ""),
        "day": board.day(session),
        "known_step": "",
        "incident": running_incident(session, visit.now),
        "local_now": visit.wall_clock(visit.now),
        "closed_time": clock_time(session.local(closed_at)) if closed_at else "",
        "watchers": [],
        "announcements": [],
        "refusal": None,
        "already": False,
        "whole": False,
        "refresh": False,
        "tells": False,
        "closes_dialog": False,
        "oob": False,
        "error": "",
        "heard": [],
    }
    return {**usual, **more}


def page(visit: Visit, *, refusal: DomainError | None = None) -> HttpResponse:
    """The whole room; a refusal at the address of the act, where what goes on from the room's would lead nowhere."""
    board = whole_board(visit.session, now=visit.now, order=visit.listing.order)
    context = context_of(
        visit,
        board,
        hidden=visit.listing.hidden(board.rows),
        rows_room="" if visit.request.path == visit.room_url else visit.room_url,
        watchers=watchers(visit.session, now=visit.now),
        announcements=announcements(visit.access, now=visit.now),
        refusal=refusal,
        heard=heard_now(visit.session, now=visit.now) if visit.is_rehearsal else [],
    )
    response = render(visit.request, "room/room.html", context, status=refusal.status if refusal else 200)
    return _retry(response, refusal)


def done(visit: Visit, *candidate_ids: int, back: str = "", session: Session | None = None) -> HttpResponse:
    """An act took effect: its rows, the lane and the counts, or back to the room.

    `session`: as the act left it, where it says so; else it is read again.
    """
    if not visit.is_htmx:
        anchor = f"#candidat-{candidate_ids[0]}" if len(candidate_ids) == 1 else ""
        return HttpResponseRedirect((back or visit.listing.url) + anchor, status=303)
    return changes(visit, list(candidate_ids), closes_dialog=True, session=session)


def acted(visit: Visit, attempt: Attempt) -> HttpResponse:
    """As `done`, with the attempt that the act gave back."""
    return done(visit, attempt.candidate_id, session=attempt.session)


def changes(
    visit: Visit,
    candidate_ids: list[int],
    *,
    closes_dialog: bool = False,
    refusal: DomainError | None = None,
    status: int = 200,
    session: Session | None = None,
) -> HttpResponse:
    """Out-of-band fragments of what an act changed; the whole list when it changed more than rows."""
    known = visit.session
    access = visit.access if session is not None else access_again(visit.access)
    if session is not None:
        access.session = session
    fresh = Visit(visit.request, access, visit.now)
    # Over: the asking ends with this answer, so all must be in it.
    whole = fresh.session.list_sequence != known.list_sequence or fresh.session.is_over
    board = (
        whole_board(fresh.session, now=fresh.now, order=fresh.listing.order)
        if whole
        else some_rows(fresh.session, candidate_ids, now=fresh.now)
    )
    context = context_of(
        fresh,
        board,
        whole=whole,
        watchers=watchers(fresh.session, now=fresh.now) if whole else [],
        announcements=announcements(access, now=fresh.now, known=board.people),
        closes_dialog=closes_dialog,
        refusal=refusal,
        already=refusal is None and fresh.session.sequence == known.sequence,
    )
    return render(visit.request, "room/changes.html", context, status=status)


def dialog(
    visit: Visit,
    name: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    page: str = "room/dialog_page.html",
) -> HttpResponse:
    """A question: inside the dialog for htmx, as a page of its own otherwise. None about a closed session."""
    if visit.session.is_over and name not in {"candidate", "help", "incidents", "leave"}:
        raise refuse("session_closed")
    template = page
    if visit.is_htmx:
        # A refused form was not sent to the dialog itself: its answer finds the way there by its id.
        template = "room/dialog_fragment.html" if visit.request.method == "GET" else "room/dialog_oob.html"
    content = {
        "visit": visit,
        "session": visit.session,
        "room_url": visit.room_url,
        "dialog": f"room/dialogs/{name}.html",
        "title": TITLES.get(name, ""),
        "error": "",
        "namesakes": [],
        "rows": [],
        **context,
    }
    if "candidate" in context:
        content["workstation"] = attempt_of(context["candidate"]).workstation
    if template == "room/dialog_oob.html" and "candidate" in context:
        # A box that was ticked shows again what holds: nothing is claimed before it is so.
        content["rows"] = some_rows(visit.session, [context["candidate"].pk], now=visit.now).rows
    return render(visit.request, template, content, status=status)


def refused(visit: Visit, error: DomainError, candidate_id: int | None) -> HttpResponse:
    """The reason and the fresh row (R20)."""
    if error.code == "room_not_confirmed":
        return _go(visit, reverse("room:right_room", args=[visit.session.number]))
    if error.code in {"masked", "names_not_shown"}:
        return _go(visit, visit.room_url)
    if not visit.is_htmx:
        return page(visit, refusal=error)
    # A stranger has no row here (his number may not even fit a database); a busy row stays, for it asks again.
    told = candidate_id is not None and error.code != "not_found" and not isinstance(error, Busy)
    ids = [candidate_id] if candidate_id is not None and told else []
    # Only statuses that the page swaps: a stranger's row is a state conflict to who looks at this room.
    status = error.status if error.status in {404, 409, 422, 503} else 409
    # The dialog closes: a refusal told behind it would not be seen.
    closes = not isinstance(error, Busy)
    response = changes(
        visit, ids, refusal=error, closes_dialog=closes, status=409 if status == 404 else status
    )
    return _retry(response, error)


def _go(visit: Visit, url: str) -> HttpResponse:
    if visit.is_htmx:
        return HttpResponse(status=409, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=303)


def _retry(response: HttpResponse, error: DomainError | None) -> HttpResponse:
    if isinstance(error, Busy):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
