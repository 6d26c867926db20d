"""Printing: one paper of one session, or the papers of many."""

import logging

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from pixsurv.kernel.errors import DomainError
from sessions_app.documents import bundle, choice
from sessions_app.documents.expected import expected
from sessions_app.documents.papers import Paper
from sessions_app.downloads import as_attachment
from sessions_app.enums import SessionState
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors import managed_session
from sessions_app.views import account_of

logger = logging.getLogger("pixsurv.documents")

TOO_LONG = (
    f"Un seul PDF contient {choice.PAGES_AT_MOST} pages au plus. Cochez moins de sessions, ou prenez le ZIP."
)


@require_safe
@refusals_as_pages
def paper(request: HttpRequest, number: int, paper: Paper) -> HttpResponse:
    """One paper of one session, for an admin of its school. The kit is the only one that holds the password."""
    account = account_of(request)
    session = managed_session(account, number)
    if session.state == SessionState.ELIMINATED:
        raise DomainError(
            "session_eliminated", "Cette session est éliminée\u00a0: ses documents n’existent plus."
        )
    logger.info("document made: %s, session %s, account %s", paper.value, session.pk, account.pk)
    one = bundle.chosen([session])[0]
    made = bundle.one_paper(paper, one, by_class=request.GET.get("tri") == "classe")
    response = HttpResponse(made, content_type="application/pdf")
    return as_attachment(response, bundle.file_name(paper, session))


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def papers(request: HttpRequest) -> HttpResponseBase:
    """« Documents »: tick sessions and papers, get one PDF or one ZIP."""
    if request.method == "POST":
        return _made(request)
    offer = choice.offer(
        account_of(request), request.GET.get("etablissement", ""), request.GET.get("filtre", "")
    )
    every = request.GET.get("coche") != "aucune"
    wanted = {session.number for session in offer.sessions} if every else set()
    if only := set(request.GET.getlist("session")):  # those that have just been made
        wanted = {number for number in wanted if str(number) in only}
    return _page(request, offer, choice.PapersForm(initial=choice.FIRST_CHOICE), wanted)


def _made(request: HttpRequest) -> HttpResponseBase:
    """The file, or the page again with what is missing."""
    account = account_of(request)
    offer = choice.offer(account, request.POST.get("etablissement", ""), request.POST.get("filtre", ""))
    form = choice.PapersForm(request.POST)
    numbers = request.POST.getlist("session")
    sessions = choice.ticked(account, offer.establishment, numbers)
    some = bundle.chosen(sessions)
    if not _possible(form, some):
        return _page(request, offer, form, {session.number for session in sessions}, status=422)
    work = expected(form.wish(), some)
    if not form.one_pdf and work.is_long and not request.POST.get("attendre"):
        context = {"offer": offer, "sessions": sessions, "wish": form.wish(), "expected": work}
        return render(request, "establishment/papers_expected.html", context)
    logger.info("documents made: %s sessions, account %s", len(some), account.pk)
    name = f"documents-{len(some)}-session{'s' if len(some) > 1 else ''}"
    if form.one_pdf:
        whole = HttpResponse(bundle.merged(form.wish(), some), content_type="application/pdf")
        return as_attachment(whole, f"{name}.pdf")
    streamed = StreamingHttpResponse(bundle.archive(form.wish(), some), content_type="application/zip")
    streamed.headers["Content-Encoding"] = "identity"  # PDFs are compressed: once more only costs time
    return as_attachment(streamed, f"{name}.zip")


def _possible(form: choice.PapersForm, some: list[bundle.Chosen]) -> bool:
    """Whether this can be made; if not, the form says why."""
    if form.is_valid() and not some:
        form.add_error(None, "Cochez au moins une session.")
    elif form.is_valid() and form.one_pdf and bundle.pages_of(form.wish(), some) > choice.PAGES_AT_MOST:
        form.add_error("shape", TOO_LONG)
    return not form.errors


def _page(
    request: HttpRequest,
    offer: choice.Offer,
    form: choice.PapersForm,
    wanted: set[int],
    status: int = 200,
) -> HttpResponse:
    context = {"offer": offer, "form": form, "wanted": wanted, "at_most": choice.AT_MOST}
    return render(request, "establishment/papers.html", context, status=status)
