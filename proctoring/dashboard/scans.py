"""« Feuilles signées » of one session, for its admins: before the closing as after (I3)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from proctoring.closing import scans as pages
from proctoring.dashboard.report import place_of
from proctoring.dashboard.views import on_session
from sessions_app.models import Session


@pages.photographs
@require_http_methods(["GET", "HEAD", "POST"])
@on_session
def scans(request: HttpRequest, session: Session) -> HttpResponse:
    """The pages that wait, and what was bound."""
    return pages.scans(place_of(request, session))


@require_http_methods(["GET", "HEAD", "POST"])
@on_session
def scan_page(request: HttpRequest, session: Session, page_id: int) -> HttpResponse:
    """One page that waits."""
    return pages.page(place_of(request, session), page_id)


@require_POST
@on_session
def bind_scan(request: HttpRequest, session: Session) -> HttpResponse:
    """« Réunir en un PDF »."""
    return pages.bind(place_of(request, session))


@require_safe
@on_session
def scan(request: HttpRequest, session: Session, file_id: int) -> HttpResponse:
    """One PDF."""
    return pages.scan(place_of(request, session), file_id)


@require_http_methods(["GET", "HEAD", "POST"])
@on_session
def remove_scan(request: HttpRequest, session: Session, file_id: int) -> HttpResponse:
    """« Retirer »."""
    return pages.remove(place_of(request, session), file_id)
