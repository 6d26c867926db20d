"""Importing a list: upload, columns if need be, report, confirmation (P5)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.candidates.forms import ColumnsForm, UploadForm
from sessions_app.candidates.views import ods_response, on_session, to_list, today_of
from sessions_app.exports.candidate_list import report_file
from sessions_app.imports.headers import columns_of, letter, width
from sessions_app.imports.report import Report, judge_draft, report_of
from sessions_app.imports.uploads import file_of
from sessions_app.models import ImportDraft, Session
from sessions_app.refusals import with_retry
from sessions_app.services import drafts
from sessions_app.services.candidate_list import Replaced, replace_list
from sessions_app.views import account_of, actor_of

SAMPLE = 4  # lines of the file shown beside the choice of the columns
SHOWN = {"erreurs": True, "avertissements": False}  # the filters of the report


@require_http_methods(["GET", "POST"])
@on_session
def upload(request: HttpRequest, session: Session) -> HttpResponse:
    """« Importer une liste »: the file is read, nothing is enrolled yet."""
    drafts.require_replaceable(session)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST":
        try:
            draft = _draft_from(request, session, form)
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error("file", error.sentence)
        else:
            if draft is not None:
                return _to_draft(session, draft)
    context = {"session": session, "form": form}
    status = 422 if form.errors else 200
    return render(request, "establishment/candidates/upload.html", context, status=status)


@require_http_methods(["GET", "POST"])
@on_session
def draft(request: HttpRequest, session: Session, draft_id: int) -> HttpResponse:
    """The choice of the columns while it is to be made; then the report, and its confirmation."""
    found = _draft(session, draft_id)
    if found.imported_at is not None:
        return _imported(request, session, Replaced(again=True))
    if found.columns is None:
        return _columns(request, session, found)
    if request.method != "POST" or "confirm" not in request.POST:
        return _report_page(request, session, found)
    try:
        done = replace_list(
            draft=found, seen=request.POST.get("seen", ""), actor=actor_of(request), now=clock.now()
        )
    except DomainError as error:
        if error.code not in {"list_changed", "import_errors", "busy"}:
            raise
        return _report_page(request, session, found, error)
    return _imported(request, session, done)


@require_GET
@on_session
def draft_report(request: HttpRequest, session: Session, draft_id: int) -> HttpResponse:
    """« Télécharger ce rapport »."""
    found = _draft(session, draft_id)
    if found.columns is None or found.imported_at is not None:
        return _to_draft(session, found)
    content = report_file(_report(session, found).problems)
    return ods_response(content, f"rapport-import-session-{session.number}.ods")


def _draft_from(request: HttpRequest, session: Session, form: UploadForm) -> ImportDraft | None:
    """None when the form itself says what is wrong."""
    file = file_of(request, form)
    if file is None:
        return None
    return drafts.make_draft(
        session=session,
        account=account_of(request),
        file_name=file.name or "",
        data=file.read(),
        ask_columns=form.cleaned_data["ask_columns"],
        now=clock.now(),
    )


def _draft(session: Session, draft_id: int) -> ImportDraft:
    found = ImportDraft.objects.alive(clock.now()).filter(pk=draft_id, session=session).first()
    if found is None:
        raise DomainError(
            "draft_gone",
            "Ce dépôt n’est plus là\u00a0: il dure 24 heures. Déposez le fichier à nouveau.",
            status=410,
        )
    found.session = session  # known, with its establishment
    return found


def _columns(request: HttpRequest, session: Session, draft: ImportDraft) -> HttpResponse:
    asked = {"header_line": draft.header_line, **_guess(draft)}
    form = ColumnsForm(request.POST or None, initial=asked, choices=drafts.column_choices(draft))
    if request.method == "POST" and form.is_valid():
        try:
            drafts.choose_columns(
                draft=draft,
                establishment=session.establishment,
                header_line=form.cleaned_data["header_line"],
                columns=form.columns(),
            )
        except DomainError as error:
            if error.code == "columns_chosen":
                return _to_draft(session, draft)
            form.add_error(None, error.sentence)
        else:
            return _to_draft(session, draft)
    sheet = drafts.draft_sheet(draft)
    context = {
        "session": session,
        "draft": draft,
        "form": form,
        "fields": [form[field.value] for field in form.list_fields],
        "letters": [letter(at) for at in range(width(sheet))],
        "sample": drafts.sample(sheet, draft.header_line, SAMPLE),
        "back": reverse("establishment:import", args=[session.number]),
    }
    status = 422 if form.errors else 200
    return render(request, "establishment/candidates/columns.html", context, status=status)


def _guess(draft: ImportDraft) -> dict[str, str]:
    return {field.value: str(at) for field, at in columns_of(draft.labels).items()}


def _report(session: Session, draft: ImportDraft) -> Report:
    return report_of(draft, session, judge_draft(draft, today_of(session)))


def _report_page(
    request: HttpRequest, session: Session, draft: ImportDraft, error: DomainError | None = None
) -> HttpResponse:
    report = _report(session, draft)
    wanted = request.GET.get("voir", "")
    blocks = SHOWN.get(wanted)
    context = {
        "session": session,
        "draft": draft,
        "report": report,
        "problems": [one for one in report.problems if blocks is None or one.blocks == blocks],
        "shown": wanted if wanted in SHOWN else "",
        "refusal": error,
    }
    status = error.status if error else 200
    response = render(request, "establishment/candidates/report.html", context, status=status)
    return with_retry(response, error) if error else response


def _imported(request: HttpRequest, session: Session, done: Replaced) -> HttpResponse:
    if done.again:
        messages.info(request, "Cette liste est déjà enregistrée\u00a0: rien n’a changé.")
    else:
        messages.success(
            request,
            f"La liste est enregistrée\u00a0: {_count(done.enrolled, 'inscrit')}, {_count(done.changed, 'corrigé')},"
            f" {_count(done.removed, 'retiré')}.",
        )
    return to_list(session)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number > 1 else ''}"


def _to_draft(session: Session, draft: ImportDraft) -> HttpResponse:
    address = reverse("establishment:import_draft", args=[session.number, draft.pk])
    return HttpResponseRedirect(address, status=303)
