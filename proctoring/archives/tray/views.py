"""« Archives »: the tray, and one kept session."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from pixsurv.kernel import clock, sealed_words
from proctoring.archives.access import Shelves, archived, on_archived_session, on_shelves
from proctoring.archives.replica import from_replica
from proctoring.archives.tray.kept import kept
from proctoring.archives.tray.search import Criteria, CriteriaForm, years_of
from proctoring.archives.tray.shelf import LATE_AFTER, tray_of
from sessions_app.models import Session

SEARCH = ("q",)  # often a name: sealed in the address
PARTS = ("du", "au", "annee")


@require_http_methods(["GET", "HEAD", "POST"])
@on_shelves
@from_replica
def tray(request: HttpRequest, shelves: Shelves) -> HttpResponse:
    """What the school keeps, the latest first; searched, filtered, and ticked to be received together."""
    school, now = shelves.establishment, clock.now()
    place = f"archives {school.pk}"
    if searched := sealed_words.sent(request, SEARCH, place):
        return searched
    years = years_of(school, archived(school), now.astimezone(school.zone).date())
    form = CriteriaForm(sealed_words.asked(request.GET, SEARCH, place), years=years)
    criteria = Criteria.of(form) if form.is_valid() else Criteria()
    found = tray_of(school, criteria, request.GET.get("filtre", ""), request.GET.get("page"), now)
    asked = {name: request.GET[name] for name in PARTS if request.GET.get(name) and name not in form.errors}
    if criteria.text:
        asked[sealed_words.SEALED] = sealed_words.token_of(request.GET)
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
@from_replica
def session(request: HttpRequest, session: Session) -> HttpResponse:
    """All that is kept of one session."""
    context = {"session": session, "kept": kept(session, clock.now())}
    return render(request, "archives/session.html", context)
