"""The pages of a session's list: candidates one by one, and the file to fill in. `importing` has the upload."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.candidates.forms import CandidateForm
from sessions_app.candidates.listing import Listed, listed_candidates, of_session
from sessions_app.exports.candidate_list import list_file
from sessions_app.exports.ods import ODS_TYPE
from sessions_app.imports.changes import fingerprint
from sessions_app.imports.report import enrolled_in, overlapping
from sessions_app.imports.values import USUAL_EXTRA_TIME
from sessions_app.models import Candidate, Session
from sessions_app.refusals import View, refusals_as_pages, with_retry
from sessions_app.selectors import managed_session
from sessions_app.services import candidate_list
from sessions_app.services.enrolment import enrol
from sessions_app.views import account_of, actor_of


def on_session(view: Callable[..., HttpResponse]) -> View:
    """Load the session for this admin; a refused act is answered by the list: the sentence, fresh data."""

    @wraps(view)
    @refusals_as_pages
    def answered(request: HttpRequest, number: int, *args: Any, **kwargs: Any) -> HttpResponse:
        session = managed_session(account_of(request), number)
        try:
            return view(request, session, *args, **kwargs)
        except DomainError as error:
            if error.status == 404:
                raise
            return list_page(request, managed_session(account_of(request), number), error=error)

    return answered


@require_http_methods(["GET", "POST"])
@on_session
def candidates(request: HttpRequest, session: Session) -> HttpResponse:
    """The list, and « Inscrire ce candidat », open until closing (P5)."""
    now = clock.now()
    form = CandidateForm(request.POST or None, today=session.local(now).date())
    if request.method != "POST" or not form.is_valid():
        return list_page(request, session, form=form)
    try:
        [candidate] = enrol(
            session_id=session.pk,
            candidates=[Candidate(**form.cleaned_data)],
            actor=actor_of(request),
            now=now,
        )
    except DomainError as error:
        if error.code != "duplicate":
            raise
        form.add_error(None, error.sentence)
        return list_page(request, session, form=form, status=error.status)
    messages.success(request, f"{candidate.full_name} est inscrit.{_strange(session, candidate)}")
    return to_list(session)


@require_http_methods(["GET", "POST"])
@on_session
def correct(request: HttpRequest, session: Session, candidate_id: int) -> HttpResponse:
    """« Corriger » a candidate who has not entered (P5)."""
    now = clock.now()
    row = _row(session, candidate_id)
    today = session.local(now).date()
    form = CandidateForm(request.POST or None, initial=CandidateForm.initial_of(row.candidate), today=today)
    if request.method != "POST" or not form.is_valid():
        return _correction(request, session, row, form)
    try:
        changed = candidate_list.correct_candidate(
            session_id=session.pk,
            candidate_id=candidate_id,
            values=form.cleaned_data,
            seen=request.POST.get("seen", ""),
            actor=actor_of(request),
            now=now,
        )
    except DomainError as error:
        if error.code not in {"duplicate", "candidate_changed"}:
            raise
        if error.code == "candidate_changed":
            row = _row(session, candidate_id)
            form = CandidateForm(initial=CandidateForm.initial_of(row.candidate), today=today)
        return _correction(request, session, row, form, error)
    words = "correction enregistrée" if changed else "rien n’a changé"
    messages.success(request, f"{form.full_name}\u00a0: {words}.")
    return to_list(session)


@require_http_methods(["GET", "POST"])
@on_session
def remove(request: HttpRequest, session: Session, candidate_id: int) -> HttpResponse:
    """« Retirer » a candidate who has not entered: asked, then done. Asked again, he is gone already."""
    row = of_session(session, candidate_id)
    if row is None:
        if request.method == "POST":
            messages.success(request, "Ce candidat n’est plus sur la liste.")
            return to_list(session)
        raise Http404("candidate")
    if request.method == "POST":
        candidate_list.remove_candidate(
            session_id=session.pk, candidate_id=candidate_id, actor=actor_of(request), now=clock.now()
        )
        messages.success(request, f"{row.candidate.full_name} est retiré de la liste.")
        return to_list(session)
    return render(request, "establishment/candidates/remove.html", {"session": session, "row": row})


@require_GET
@on_session
def template_file(request: HttpRequest, session: Session) -> HttpResponse:
    """« Télécharger la liste (.ods) »: filled with who is enrolled, with empty rows below."""
    content = list_file(session, enrolled_in(session))
    return ods_response(content, f"liste-candidats-session-{session.number}.ods")


def ods_response(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=ODS_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def list_page(
    request: HttpRequest,
    session: Session,
    *,
    form: CandidateForm | None = None,
    error: DomainError | None = None,
    status: int = 422,
) -> HttpResponse:
    if form is None:
        form = CandidateForm(today=session.local(clock.now()).date())
    context = {"session": session, "rows": listed_candidates(session), "form": form, "refusal": error}
    shown = error.status if error else status if form.errors else 200
    response = render(request, "establishment/candidates/list.html", context, status=shown)
    return with_retry(response, error) if error else response


def to_list(session: Session) -> HttpResponse:
    return HttpResponseRedirect(reverse("establishment:candidates", args=[session.number]), status=303)


def today_of(session: Session) -> date:
    return session.local(clock.now()).date()


def _row(session: Session, candidate_id: int) -> Listed:
    row = of_session(session, candidate_id)
    if row is None:
        raise Http404("candidate")
    return row


def _correction(
    request: HttpRequest, session: Session, row: Listed, form: CandidateForm, error: DomainError | None = None
) -> HttpResponse:
    if error is None and not row.may_correct:
        code = "session_closed" if session.is_over else "entered"
        raise DomainError(
            code, "Ce candidat ne peut plus être corrigé ici\u00a0: notez un incident C1 ou C2."
        )
    context = {
        "session": session,
        "row": row,
        "form": form,
        "seen": fingerprint([row.candidate]),
        "refusal": error,
    }
    status = error.status if error else 422 if form.errors else 200
    return render(request, "establishment/candidates/correct.html", context, status=status)


def _strange(session: Session, candidate: Candidate) -> str:
    """What is allowed and worth a look: homonyms (R9), two sessions at once (P6), more than a third."""
    found = []
    others = Candidate.objects.filter(session=session, last_name_key=candidate.last_name_key)
    if namesake := others.exclude(pk=candidate.pk).order_by("sort_key", "pk").first():
        found.append(f" Il porte le même nom que {namesake.full_name}\u00a0: le surveillant en sera prévenu.")
    if other := overlapping(session, [candidate.identity_key]).get(candidate.identity_key):
        found.append(f" Attention\u00a0: il est aussi inscrit à la session {other.number}, au même moment.")
    if candidate.extra_time_percent > USUAL_EXTRA_TIME:
        found.append(" Attention\u00a0: plus d’un tiers de temps en plus demande une décision écrite.")
    return "".join(found)
