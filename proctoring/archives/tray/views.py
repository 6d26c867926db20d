"""« Archives »: the tray, and one kept session."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pixsurv.kernel import clock
from proctoring.archives.access import Shelves, archived, on_archived_session, on_shelves
from proctoring.archives.tray.kept import kept
from proctoring.archives.tray.search import Criteria, CriteriaForm, years_of
from proctoring.archives.tray.shelf import LATE_AFTER, tray_of
from sessions_app.models import Session

PARTS = ("q", "du", "au", "annee")


@require_safe
@on_shelves
def tray(request: HttpRequest, shelves: Shelves) -> HttpResponse:
    """What the school keeps, the latest first; searched, filtered, and ticked to be received together."""
    school, now = shelves.establishment, clock.now()
    years = years_of(school, archived(school), now.astimezone(school.zone).date())
    form = CriteriaForm(request.GET, years=years)
    criteria = Criteria.of(form) if form.is_valid() else Criteria()
    found = tray_of(school, criteria, request.GET.get("filtre", ""), request.GET.get("page"), now)
    asked = {name: request.GET[name] for name in PARTS if request.GET.get(name) and name not in form.errors}
    context = {
        "shelves": shelves,
        "form": form,
        "criteria": criteria,
        "tray": found,
        "late_days": LATE_AFTER.days,
        "query": urlencode({"etablissement": school.pk, **asked}),
        "all_ticked": request.GET.get("coche") == "toutes",
    }
    return render(request, "archives/tray.html", context, status=422 if form.errors else 200)


@require_safe
@on_archived_session
def session(request: HttpRequest, session: Session) -> HttpResponse:
    """All that is kept of one session."""
    context = {"session": session, "kept": kept(session, clock.now())}
    return render(request, "archives/session.html", context)
