"""Importing pupils: upload, columns or names to settle if need be, report, confirmation (P2)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.candidates.forms import ColumnsForm
from sessions_app.candidates.views import ods_response
from sessions_app.exports.candidate_list import report_file
from sessions_app.imports.headers import PUPIL_FIELDS, columns_of, letter, width
from sessions_app.imports.uploads import file_of
from sessions_app.models import PupilDraft
from sessions_app.models.pupil import school_year_words
from sessions_app.pupils.completion import Completion, completion_of, judge_profile_draft
from sessions_app.pupils.forms import MatchingForm, PupilUploadForm
from sessions_app.pupils.report import PupilReport, judge_pupils, report_of_pupils
from sessions_app.pupils.views import Year, today_in, year_of
from sessions_app.pupils.wording import count
from sessions_app.refusals import View, refusals_as_pages, with_retry
from sessions_app.selectors import require_admin
from sessions_app.services import drafts, pupil_imports
from sessions_app.services.pupil_imports import Imported
from sessions_app.views import account_of, actor_of, at, see

SAMPLE = 4  # lines of the file shown beside the choice of the columns
ON_A_PAGE = 25  # names to settle
SHOWN = {"erreurs": True, "avertissements": False}  # the filters of the report
SHOWN_AGAIN = {
    "list_changed",
    "import_errors",
    "unsettled",
    "busy",
}  # refusals that the report itself answers


def on_draft(view: Callable[[HttpRequest, PupilDraft], HttpResponse]) -> View:
    """Load the draft for an admin of its school; imported already, it says so."""

    @wraps(view)
    @refusals_as_pages
    def answered(request: HttpRequest, draft_id: int) -> HttpResponse:
        draft = PupilDraft.objects.select_related("establishment").filter(pk=draft_id).first()
        require_admin(account_of(request), draft.establishment if draft else None)
        assert draft is not None
        if not PupilDraft.objects.alive(clock.now()).filter(pk=draft_id).exists():
            raise DomainError(
                "draft_gone",
                "Ce dépôt n’est plus là\u00a0: il dure 24 heures. Déposez le fichier à nouveau.",
                status=410,
            )
        if draft.imported_at is not None:
            return _imported(request, draft, Imported(again=True))
        return view(request, draft)

    return answered


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def upload(request: HttpRequest) -> HttpResponse:
    """« Importer »: the file is read, nothing is written of anybody yet."""
    year = year_of(request)
    form = PupilUploadForm(request.POST, request.FILES) if request.method == "POST" else PupilUploadForm()
    if request.method == "POST":
        try:
            draft = _draft_from(request, year, form)
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error("file", error.sentence)
        else:
            if draft is not None:
                return see(_page_of(draft))
    context = {"year": year, "form": form, "back": f"{reverse('establishment:pupils')}?{year.query}"}
    return render(request, "establishment/pupils/upload.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def draft(request: HttpRequest, draft: PupilDraft) -> HttpResponse:
    """The choice of the columns while it is to be made; then the report, and its confirmation."""
    if draft.columns is None:
        return _columns(request, draft)
    if request.method != "POST" or "confirm" not in request.POST:
        return _report_page(request, draft)
    try:
        done = _confirm(request, draft)
    except DomainError as error:
        if error.code not in SHOWN_AGAIN:
            raise
        return _report_page(request, draft, error)
    return _imported(request, draft, done)


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def matching(request: HttpRequest, draft: PupilDraft) -> HttpResponse:
    """« Qui est-ce ? »: the lines of profiles that names alone do not settle, a page at a time."""
    if not draft.holds_profiles:
        return see(_page_of(draft))
    found = _completion(draft).matching
    if not found.questions:
        return see(_page_of(draft))
    page = Paginator(found.questions, ON_A_PAGE).get_page(request.GET.get("page"))
    here = {question.profile.line for question in page}
    taken = {match.pupil.pk: match.profile.line for match in found.matches if match.profile.line not in here}
    form = MatchingForm(request.POST or None, questions=list(page), taken=taken)
    if request.method == "POST" and form.is_valid():
        pupil_imports.settle(draft=draft, answers=form.answers())
        return see(_after(draft, page.number, found.questions, here))
    context = {"draft": draft, "form": form, "page": page, "back": _page_of(draft), **_where(draft)}
    return render(request, "establishment/pupils/matching.html", context, status=422 if form.errors else 200)


@require_GET
@on_draft
def draft_report(request: HttpRequest, draft: PupilDraft) -> HttpResponse:
    """« Télécharger ce rapport »."""
    if draft.columns is None:
        return see(_page_of(draft))
    return ods_response(
        report_file(_judged(draft).problems), f"rapport-import-eleves-{draft.school_year}.ods"
    )


def _draft_from(request: HttpRequest, year: Year, form: PupilUploadForm) -> PupilDraft | None:
    """None when the form itself says what is wrong."""
    file = file_of(request, form)
    if file is None:
        return None
    return pupil_imports.make_pupil_draft(
        establishment=year.here.establishment,
        school_year=year.year,
        account=account_of(request),
        file_name=file.name or "",
        data=file.read(),
        ask_columns=form.cleaned_data["ask_columns"],
        now=clock.now(),
    )


def _columns(request: HttpRequest, draft: PupilDraft) -> HttpResponse:
    guess = {field.value: str(at) for field, at in columns_of(draft.labels, PUPIL_FIELDS).items()}
    form = ColumnsForm(
        request.POST or None,
        initial={"header_line": draft.header_line, **guess},
        choices=drafts.column_choices(draft),
        list_fields=PUPIL_FIELDS,
    )
    if request.method == "POST" and form.is_valid():
        try:
            drafts.choose_columns(
                draft=draft,
                establishment=draft.establishment,
                header_line=form.cleaned_data["header_line"],
                columns=form.columns(),
            )
        except DomainError as error:
            if error.code == "columns_chosen":
                return see(_page_of(draft))
            form.add_error(None, error.sentence)
        else:
            return see(_page_of(draft))
    sheet = drafts.draft_sheet(draft)
    context = {
        "draft": draft,
        "form": form,
        "fields": [form[field.value] for field in form.list_fields],
        "letters": [letter(at) for at in range(width(sheet))],
        "sample": drafts.sample(sheet, draft.header_line, SAMPLE),
        "back": _upload_page(draft),
        **_where(draft),
    }
    status = 422 if form.errors else 200
    return render(request, "establishment/pupils/columns.html", context, status=status)


def _confirm(request: HttpRequest, draft: PupilDraft) -> Imported:
    seen, actor, now = request.POST.get("seen", ""), actor_of(request), clock.now()
    if draft.holds_profiles:
        return pupil_imports.complete_profiles(draft=draft, seen=seen, actor=actor, now=now)
    return pupil_imports.import_pupils(
        draft=draft,
        seen=seen,
        remove={int(one) for one in request.POST.getlist("remove") if one.isdecimal() and len(one) < 19},
        remove_all=set(request.POST.getlist("remove_all")),
        actor=actor,
        now=now,
    )


def _judged(draft: PupilDraft) -> PupilReport | Completion:
    return _completion(draft) if draft.holds_profiles else _report(draft)


def _report(draft: PupilDraft) -> PupilReport:
    return report_of_pupils(draft, judge_pupils(draft, today_in(draft.establishment)))


def _completion(draft: PupilDraft) -> Completion:
    return completion_of(draft, judge_profile_draft(draft, today_in(draft.establishment)))


def _report_page(request: HttpRequest, draft: PupilDraft, error: DomainError | None = None) -> HttpResponse:
    report = _judged(draft)
    wanted = request.GET.get("voir", "")
    blocks = SHOWN.get(wanted)
    context: dict[str, Any] = {
        "draft": draft,
        "report": report,
        "problems": [one for one in report.problems if blocks is None or one.blocks == blocks],
        "shown": wanted if wanted in SHOWN else "",
        "refusal": error,
        "upload_page": _upload_page(draft),
        "matching_page": reverse("establishment:match_pupils", args=[draft.pk]),
        **_where(draft),
    }
    name = "profiles" if draft.holds_profiles else "report"
    status = error.status if error else 200
    response = render(request, f"establishment/pupils/{name}.html", context, status=status)
    return with_retry(response, error) if error else response


def _imported(request: HttpRequest, draft: PupilDraft, done: Imported) -> HttpResponse:
    if done.again:
        messages.info(request, "Ce fichier est déjà enregistré\u00a0: rien n’a changé.")
    elif draft.holds_profiles:
        messages.success(
            request,
            f"Les profils sont enregistrés\u00a0: {count(done.changed, 'élève mis à jour', 'élèves mis à jour')}.",
        )
    else:
        messages.success(
            request,
            f"La liste est enregistrée\u00a0: {count(done.added, 'ajouté')}, {count(done.changed, 'corrigé')},"
            f" {count(done.removed, 'retiré')}.",
        )
    if done.candidates:
        words = f"{count(done.candidates, 'candidat')} de sessions à venir"
        messages.success(request, f"Mis à jour aussi\u00a0: {words}.")
    return see(_list_page(draft))


def _after(draft: PupilDraft, page: int, questions: list[Any], answered: set[int]) -> str:
    """The first page that still asks something; when none does, the report."""
    for at_, question in enumerate(questions):
        if question.answer is None and question.profile.line not in answered:
            return f"{reverse('establishment:match_pupils', args=[draft.pk])}?page={at_ // ON_A_PAGE + 1}"
    return _page_of(draft)


def _where(draft: PupilDraft) -> dict[str, str]:
    return {"year_words": school_year_words(draft.school_year), "list_page": _list_page(draft)}


def _list_page(draft: PupilDraft) -> str:
    return f"{at('establishment:pupils', draft.establishment)}&annee={draft.school_year}"


def _upload_page(draft: PupilDraft) -> str:
    return f"{at('establishment:import_pupils', draft.establishment)}&annee={draft.school_year}"


def _page_of(draft: PupilDraft) -> str:
    return reverse("establishment:pupil_draft", args=[draft.pk])
