"""The journal of a session, of oneself, of a colleague (A2)."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock, sealed_words
from proctoring.dashboard.journal import files, scope
from proctoring.dashboard.journal.filters import (
    AccountJournalForm,
    JournalForm,
    SessionJournalForm,
    actors_of,
)
from proctoring.dashboard.journal.rows import Name, Row, names_in, rows_of
from sessions_app.downloads import as_attachment
from sessions_app.exports.csv_text import CSV_TYPE
from sessions_app.exports.ods import ODS_TYPE
from sessions_app.models import Account, Establishment, Event
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors.people import managed_membership
from sessions_app.views import account_of, at

PAGE = 50
NAMES = ("candidat", "acteur")  # sealed in the address
# Ending of the address → type, writer.
FILES: Mapping[str, tuple[str, Callable[[list[Row]], bytes]]] = {
    "csv": (CSV_TYPE, files.as_csv),
    "ods": (ODS_TYPE, files.as_ods),
}


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def of_session(request: HttpRequest, number: int, ending: str = "") -> HttpResponse:
    """Every act of one session, the latest first."""
    reader = scope.readable_session(account_of(request), number)
    session, address = reader.session, reverse("dashboard:journal", args=[number])
    if searched := sealed_words.sent(request, NAMES, address):
        return searched
    events = Event.objects.filter(session=session).order_by("-sequence")
    names = names_in([session.pk])
    asked = sealed_words.asked(request.GET, NAMES, address)
    form = SessionJournalForm(asked, actors=actors_of(events), zone=session.zone)
    found = form.filtered(events, names) if form.is_valid() else events.none()
    if ending:
        return _file(ending, found, names, f"journal-session-{session.number}")
    return _page(
        request,
        found,
        form,
        names,
        template="establishment/journal/session.html",
        files_at=address,
        session=session,
        is_admin=reader.is_admin,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def of_oneself(request: HttpRequest, ending: str = "") -> HttpResponse:
    """What I did, in every school that I belong to."""
    account = account_of(request)
    address = reverse("dashboard:own_journal")
    return _of(request, account, scope.own_schools(account), address, ending, own=True)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def of_member(request: HttpRequest, membership_id: int, ending: str = "") -> HttpResponse:
    """What a colleague did in this school alone."""
    membership = managed_membership(account_of(request), membership_id)
    school = membership.establishment
    address = reverse("dashboard:member_journal", args=[membership.pk])
    back = at("establishment:team", school)
    return _of(request, membership.account, [school], address, ending, school=school, back=back)


def _of(
    request: HttpRequest,
    who: Account,
    schools: list[Establishment],
    address: str,
    ending: str,
    *,
    own: bool = False,
    school: Establishment | None = None,
    back: str = "",
) -> HttpResponse:
    place = f"{address} {who.pk}"
    if searched := sealed_words.sent(request, NAMES, place):
        return searched
    now = clock.now()
    # Days are those of the first school, should one belong to schools oceans apart.
    zone = schools[0].zone if schools else ZoneInfo(settings.TIME_ZONE)
    form = AccountJournalForm(sealed_words.asked(request.GET, NAMES, place), zone=zone, now=now)
    sessions = scope.sessions_alive(schools, *form.period)
    events = scope.acts_of(who, sessions)
    asked = form.is_valid()
    names = names_in(sessions.values_list("pk", flat=True)) if asked and form.value("candidat") else None
    found = form.filtered(events, names or {}) if asked else events.none()
    if ending:
        return _file(ending, found, names, f"journal-{'mon-compte' if own else 'compte'}")
    return _page(
        request,
        found,
        form,
        names,
        template="establishment/journal/account.html",
        files_at=address,
        who=who,
        own=own,
        school=school,
        back=back or reverse("establishment:account"),
    )


def _page(
    request: HttpRequest,
    events: QuerySet[Event],
    form: JournalForm,
    names: Mapping[int, Name] | None,
    *,
    template: str,
    files_at: str,
    **more: Any,
) -> HttpResponse:
    page = Paginator(events, PAGE).get_page(request.GET.get("page"))
    kept = {sealed_words.SEALED, *form.fields}.difference(NAMES)
    query = urlencode({name: value for name, value in request.GET.items() if name in kept and value})
    bare = files_at.removesuffix("/")
    context = {
        "form": form,
        "address": files_at,
        "page": page,
        "rows": rows_of(page.object_list, names),
        "query": f"&{query}" if query else "",
        "csv_url": f"{bare}.csv?{query}",
        "ods_url": f"{bare}.ods?{query}",
        **more,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _file(ending: str, events: QuerySet[Event], names: Mapping[int, Name] | None, name: str) -> HttpResponse:
    """What the page shows, in the order in which it happened."""
    kind, write = FILES[ending]
    response = HttpResponse(write(rows_of(events.reverse(), names)), content_type=kind)
    return as_attachment(response, f"{name}.{ending}")
