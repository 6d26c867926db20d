"""« Extrait individuel »: chosen, read by a person, then handed over (I5, I7)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pixsurv.kernel.errors import DomainError
from proctoring.archives.access import on_archived_session
from proctoring.report.copies import extract_pdf, original_seal
from proctoring.report.extract import Extract, extract_of
from proctoring.report.reading import hidden_in, report_of
from proctoring.report.redaction import redacted_report
from sessions_app.downloads import pdf_attachment
from sessions_app.models import Session


@require_safe
@on_archived_session
def candidates(request: HttpRequest, session: Session) -> HttpResponse:
    """Whom an extract can be made for: the list, and who left it."""
    report = report_of(session)
    context = {"session": session, "people": report.people, "gone": report.gone}
    return render(request, "archives/copies_extracts.html", context)


@require_safe
@on_archived_session
def preview(request: HttpRequest, session: Session, candidate_id: int) -> HttpResponse:
    """The same words as the PDF: « Relisez avant de remettre »."""
    extract = _extract(session, candidate_id)
    context = {"session": session, "extract": extract, "seal": original_seal(extract.report)}
    response = render(request, "archives/copies_extract.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
@on_archived_session
def pdf(request: HttpRequest, session: Session, candidate_id: int) -> HttpResponse:
    """Named by the session alone: a file's name travels farther than the file."""
    content = extract_pdf(_extract(session, candidate_id))
    return pdf_attachment(content, f"extrait-individuel-session-{session.number}.pdf")


def _extract(session: Session, candidate_id: int) -> Extract:
    if session.state != "closed":
        raise DomainError(
            "eliminated", "Les données de cette session sont éliminées\u00a0: il n’en reste rien."
        )
    hidden = hidden_in(session)
    report = redacted_report(report_of(session), hidden)
    extract = extract_of(report, candidate_id, hidden=len(hidden))
    if extract is None:
        raise DomainError("not_found", "Ce candidat n’est pas dans cette session.", status=404)
    return extract
