"""« Planning », by week or by day (P11)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pixsurv.kernel import clock
from sessions_app.forms.feeds import FeedForm
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors.feeds import school_feeds
from sessions_app.timetable.board import board
from sessions_app.timetable.period import Period, View
from sessions_app.views import where


@require_safe
@refusals_as_pages
def planning(request: HttpRequest) -> HttpResponse:
    """The sessions of one school, what each lacks, and what stands in each other's way."""
    return page(request, FeedForm())


def page(request: HttpRequest, form: FeedForm, *, status: int = 200) -> HttpResponse:
    """The page, also with a refused form for a link under it."""
    here = where(request)
    now = clock.now()
    today = now.astimezone(here.establishment.zone).date()
    period = Period.read(request.GET.get("vue", ""), request.GET.get("jour", ""), today)
    context = {
        "here": here,
        "establishment": here.establishment,
        "period": period,
        "views": list(View),
        "today": today,
        "now": now,
        "board": board(here.establishment, period),
        "feeds": school_feeds(here.establishment),
        "form": form,
    }
    return render(request, "establishment/planning/planning.html", context, status=status)
