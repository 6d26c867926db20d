"""« Exporter »: choose, read what it will weigh, confirm; the file leaves while it is made."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pixsurv.kernel import clock
from proctoring.archives.access import Shelves, actor_of, on_shelves
from proctoring.archives.exports import bundle
from proctoring.archives.exports.choice import AT_MOST_TICKED, school_years, weight_of
from proctoring.archives.exports.forms import ExportForm, What
from proctoring.archives.exports.tables import CANDIDATES, SESSIONS
from proctoring.archives.replica import from_replica
from proctoring.models import Export, ExportShape
from proctoring.services.exports import begin_export
from sessions_app.downloads import as_attachment
from sessions_app.exports.csv_text import CSV_TYPE
from sessions_app.exports.ods import ODS_TYPE

LATEST = 20
NOTHING = "Ce choix ne contient aucune session archivée."
LISTS = {
    ExportShape.SESSIONS_ODS: (SESSIONS, "ods"),
    ExportShape.SESSIONS_CSV: (SESSIONS, "csv"),
    ExportShape.CANDIDATES_ODS: (CANDIDATES, "ods"),
    ExportShape.CANDIDATES_CSV: (CANDIDATES, "csv"),
}
TYPES = {"zip": "application/zip", "ods": ODS_TYPE, "csv": CSV_TYPE}


@require_safe
@on_shelves
def exports(request: HttpRequest, shelves: Shelves) -> HttpResponse:
    """The form, and the last exports with their digests."""
    return _page(request, shelves, _form(shelves))


@require_http_methods(["GET", "HEAD", "POST"])
@on_shelves
@from_replica
def confirm(request: HttpRequest, shelves: Shelves) -> HttpResponse:
    """How many sessions, candidates and megabytes: nothing has left yet. Sessions may be ticked off here.

    Asked with a GET it takes the sessions ticked in the tray, as a ZIP.
    """
    if request.method != "POST" and "session" not in request.GET:
        if "etablissement" in request.GET:  # from the tray, with nothing ticked
            messages.warning(
                request, "Aucune session n’était cochée\u00a0: choisissez une année ou une période."
            )
        return HttpResponseRedirect(reverse("archives:exports"))
    form = _form(shelves, request)
    if not _possible(form):
        return _page(request, shelves, form, status=422)
    wanted = form.wanted()
    weight = weight_of(wanted)
    few = weight.sessions <= AT_MOST_TICKED
    sessions = wanted.sessions.order_by("starts_at", "number") if few else []
    context = {"shelves": shelves, "form": form, "choice": wanted, "weight": weight, "sessions": sessions}
    return render(request, "archives/exports_confirm.html", context)


@require_POST
@on_shelves
def download(request: HttpRequest, shelves: Shelves) -> HttpResponseBase:
    """The file. Who asked for it stands in « Derniers exports » before its first byte leaves."""
    form = _form(shelves, request)
    if not _possible(form):
        return _page(request, shelves, form, status=422)
    wanted = form.wanted()
    ids = wanted.ids()
    export = begin_export(
        establishment=shelves.establishment,
        shape=form.shape,
        choice=wanted.words,
        sessions=len(ids),
        actor=actor_of(request, shelves.establishment),
        now=clock.now(),
    )
    return _sent(export, ids, wanted.slug)


def _sent(export: Export, ids: list[int], slug: str) -> StreamingHttpResponse:
    """Saved under its name, never kept by the browser: these are names of minors."""
    pieces: Iterator[bytes]
    if export.shape == ExportShape.ZIP:
        pieces, stem, form = bundle.archive(export, ids), "archives", "zip"
    else:
        table, form = LISTS[ExportShape(export.shape)]
        pieces, stem = bundle.table_alone(export, ids, table, form), table.stem
    response = StreamingHttpResponse(pieces, content_type=TYPES[form])
    response.headers["Content-Encoding"] = "identity"  # compressed once: again only costs time
    return as_attachment(response, f"{stem}-{slug}.{form}")


def _form(shelves: Shelves, request: HttpRequest | None = None) -> ExportForm:
    years = school_years(shelves.establishment)
    sent = None
    if request is not None:
        sent = request.POST if request.method == "POST" else _ticked(request)
    return ExportForm(sent, establishment=shelves.establishment, years=years)


def _ticked(request: HttpRequest) -> QueryDict:
    sent = QueryDict(mutable=True)
    sent["quoi"], sent["forme"] = What.TICKED, ExportShape.ZIP
    sent.setlist("session", request.GET.getlist("session"))
    return sent


def _possible(form: ExportForm) -> bool:
    """Whether there is something to export; if not, the form says why."""
    if form.is_valid() and not form.wanted().sessions.exists():
        form.add_error(None, NOTHING)
    return not form.errors


def _page(request: HttpRequest, shelves: Shelves, form: ExportForm, status: int = 200) -> HttpResponse:
    latest = Export.objects.filter(establishment=shelves.establishment).order_by("-started_at", "-pk")[
        :LATEST
    ]
    context = {"shelves": shelves, "here": shelves, "form": form, "latest": latest}
    return render(request, "archives/exports.html", context, status=status)
