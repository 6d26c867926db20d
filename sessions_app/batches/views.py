"""Importing several sessions: the model, the upload, the report, the confirmation, what came of it (P5)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.batches.forms import SessionsFileForm
from sessions_app.batches.selectors import managed_draft, outcome, upcoming_candidates
from sessions_app.candidates.importing import SHOWN
from sessions_app.candidates.views import ods_response
from sessions_app.documents.papers import Paper
from sessions_app.enums import Followed, SessionKind
from sessions_app.exports.candidate_list import report_file
from sessions_app.exports.sessions_file import CSV_TYPE, sessions_file
from sessions_app.imports.session_report import SessionsReport, judge_sessions_draft, sessions_report
from sessions_app.imports.uploads import file_of
from sessions_app.models import SessionsDraft
from sessions_app.refusals import refusals_as_pages, with_retry
from sessions_app.services.batch import import_sessions
from sessions_app.services.session_drafts import make_sessions_draft
from sessions_app.views import Here, account_of, actor_of, see, where


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def upload(request: HttpRequest) -> HttpResponse:
    """« Importer des sessions »: the file is read, nothing is created yet."""
    here = where(request)
    form = SessionsFileForm(request.POST, request.FILES) if request.method == "POST" else SessionsFileForm()
    if request.method == "POST":
        try:
            draft = _draft_from(request, here, form)
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error("file", error.sentence)
        else:
            if draft is not None:
                return see(_address(draft))
    context = {"here": here, "form": form}
    status = 422 if form.errors else 200
    return render(request, "establishment/batches/upload.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The report and its confirmation; afterwards, what came of it."""
    found = managed_draft(account_of(request), draft_id, clock.now())
    if found.imported_at is not None:
        return _done(request, found) if request.method != "POST" else see(_address(found))
    if request.method != "POST":
        return _report_page(request, found)
    try:
        import_sessions(
            draft=found, seen=request.POST.get("seen", ""), actor=actor_of(request), now=clock.now()
        )
    except DomainError as error:
        return _report_page(request, found, error)
    return see(_address(found))


@require_safe
@refusals_as_pages
def draft_report(request: HttpRequest, draft_id: int) -> HttpResponse:
    """« Télécharger ce rapport »."""
    found = managed_draft(account_of(request), draft_id, clock.now())
    if found.imported_at is not None:
        return see(_address(found))
    return ods_response(report_file(_report(found).problems), "rapport-import-sessions.ods")


@require_safe
@refusals_as_pages
def model_file(request: HttpRequest, *, filled: bool) -> HttpResponse:
    """The model: its titles alone, or with the lists of the sessions to come."""
    here = where(request)
    candidates = upcoming_candidates(here.establishment, clock.now()) if filled else []
    name = "sessions-a-completer.csv" if filled else "modele-sessions.csv"
    return HttpResponse(
        sessions_file(candidates),
        content_type=CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _draft_from(request: HttpRequest, here: Here, form: SessionsFileForm) -> SessionsDraft | None:
    file = file_of(request, form)
    if file is None:
        return None
    data = form.cleaned_data
    return make_sessions_draft(
        establishment=here.establishment,
        account=account_of(request),
        file_name=file.name or "",
        data=file.read(),
        kind=SessionKind(data["kind"]),
        followed=Followed(data["followed"]),
        duration=data["duration"],
        workstations=data["workstations"],
        now=clock.now(),
    )


def _report(draft: SessionsDraft) -> SessionsReport:
    return sessions_report(draft, judge_sessions_draft(draft, clock.now()))


def _report_page(
    request: HttpRequest, draft: SessionsDraft, error: DomainError | None = None
) -> HttpResponse:
    report = _report(draft)
    wanted = request.GET.get("voir", "")
    blocks = SHOWN.get(wanted)
    context = {
        "draft": draft,
        "establishment": draft.establishment,
        "report": report,
        "problems": [one for one in report.problems if blocks is None or one.blocks == blocks],
        "shown": wanted if wanted in SHOWN else "",
        "refusal": error,
    }
    status = error.status if error else 200
    response = render(request, "establishment/batches/report.html", context, status=status)
    return with_retry(response, error) if error else response


def _done(request: HttpRequest, draft: SessionsDraft) -> HttpResponse:
    found = outcome(draft)
    context = {
        "draft": draft,
        "establishment": draft.establishment,
        "outcome": found,
        "lists": [("Séances créées", found.made), ("Listes changées", found.changed)],
        "every_paper": Paper.values,
        "first_day": min((one.starts_at for one in found.made + found.changed), default=None),
    }
    return render(request, "establishment/batches/done.html", context)


def _address(draft: SessionsDraft) -> str:
    return reverse("establishment:sessions_draft", args=[draft.pk])
