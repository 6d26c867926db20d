"""« Archives »: the tray, and one kept session."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from proctoring.archives.access import Shelves, archived, on_archived_session, on_shelves
from sessions_app.models import Session


@require_safe
@on_shelves
def tray(request: HttpRequest, shelves: Shelves) -> HttpResponse:
    """What the school keeps, the latest first."""
    sessions = archived(shelves.establishment).order_by("-starts_at", "-number")
    return render(request, "archives/tray.html", {"shelves": shelves, "sessions": sessions})


@require_safe
@on_archived_session
def session(request: HttpRequest, session: Session) -> HttpResponse:
    """All that is kept of one session."""
    return render(request, "archives/session.html", {"session": session})
