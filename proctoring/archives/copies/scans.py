"""« Feuilles signées » of a kept session: the secretariat adds what came on paper, an admin withdraws (I3)."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pixsurv.kernel import clock
from proctoring.archives.access import actor_of, on_archived_session
from proctoring.archives.replica import from_replica
from proctoring.closing import scans as pages
from proctoring.closing.place import Place
from sessions_app.models import Session


@pages.photographs
@require_http_methods(["GET", "HEAD", "POST"])
@on_archived_session
def scans(request: HttpRequest, session: Session) -> HttpResponse:
    """The pages that wait, and what was bound."""
    return pages.scans(_place(request, session))


@require_http_methods(["GET", "HEAD", "POST"])
@on_archived_session
def scan_page(request: HttpRequest, session: Session, page_id: int) -> HttpResponse:
    """One page that waits."""
    return pages.page(_place(request, session), page_id)


@require_POST
@on_archived_session
def bind_scan(request: HttpRequest, session: Session) -> HttpResponse:
    """« Réunir en un PDF »."""
    return pages.bind(_place(request, session))


@require_safe
@on_archived_session
@from_replica
def scan(request: HttpRequest, session: Session, file_id: int) -> HttpResponse:
    """One PDF."""
    return pages.scan(_place(request, session), file_id)


@require_http_methods(["GET", "HEAD", "POST"])
@on_archived_session
def remove_scan(request: HttpRequest, session: Session, file_id: int) -> HttpResponse:
    """« Retirer », by an admin."""
    return pages.remove(_place(request, session), file_id)


def _place(request: HttpRequest, session: Session) -> Place:
    url = reverse("archives:session", args=[session.number])
    return Place(
        request=request,
        session=session,
        actor=actor_of(request, session.establishment),
        now=clock.now(),
        root=url,
        back_url=url,
        back_words="Retour à la session",
        in_room=False,
        area="archives",
    )
