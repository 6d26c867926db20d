"""The report live, its comment, its PDF, and the closing with its gate (I2, I3)."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from pixsurv.kernel.errors import Busy, DomainError
from proctoring.closing.place import Place
from proctoring.closing.typed import Typed, questions
from proctoring.enums import SignedPaper
from proctoring.report.content import Report
from proctoring.report.gate import Gate, gate_of
from proctoring.report.paper import closed_words, facts_of, report_pdf, situation_of
from proctoring.report.reading import report_of
from proctoring.report.seal import seal_words, verify_link
from proctoring.selectors.scans import Scan, scans_of
from proctoring.services import closing
from proctoring.services.addenda import addendum_file_name, stored_paper
from proctoring.services.comment import LONGEST_COMMENT, CommentChanged, save_comment
from proctoring.services.room import refuse
from proctoring.services.scans import keeps_paper
from sessions_app.downloads import pdf_attachment
from sessions_app.models import Session
from sessions_app.models.stored_file import FilePurpose


def report_page(
    place: Place, *, refusal: DomainError | None = None, unsaved: str | None = None
) -> HttpResponse:
    """The report as it stands, and its comment. `unsaved`: a text that could not be kept any more."""
    context = _with_report(place) | {"refusal": refusal, "unsaved": unsaved, "conflict": None, "error": ""}
    status = refusal.status if refusal is not None else 200
    return render(place.request, "report/page.html", context, status=status)


def sheet(place: Place) -> HttpResponse:
    """The sheet again, when something happened since `v`."""
    if place.request.GET.get("v") == str(place.session.sequence):
        return HttpResponse(status=204)
    return render(place.request, "report/sheet.html", _with_report(place))


def comment(place: Place) -> HttpResponse:
    """The comment saved: « Enregistré à 10h42 » only once it is. Refused, what was typed stays in its field."""
    typed = Typed.of(place.request.POST)
    error: DomainError | None = None
    try:
        _save(place, typed)
    except DomainError as refusal:
        error = refusal
    place = _fresh(place)
    if not place.is_htmx and error is None:
        return HttpResponseRedirect(place.report_url, status=303)
    context = _with_report(place) | _comment_context(typed, error) | {"refusal": None, "unsaved": None}
    template = "report/comment_state.html" if place.is_htmx else "report/page.html"
    if place.is_htmx and error is None:
        context["saved"] = True
    response = render(place.request, template, context, status=error.status if error else 200)
    return _retry(response, error)


def close_page(place: Place) -> HttpResponse:
    """« Clôturer »: what is missing, the comment, the signature; then closed, or again with what was typed."""
    if place.request.method == "GET":
        if place.session.is_over:
            raise refuse("session_closed")
        return _close_form(place, None)
    typed = Typed.of(place.request.POST)
    try:
        if typed.comment is not None:
            _save(place, typed)
        if typed.stays:
            return _close_form(_fresh(place), typed, marked_now=True)
        closing.close_session(
            session_id=place.session.pk, actor=place.actor, now=place.now, statement=typed.statement()
        )
    except DomainError as error:
        place = _fresh(place)
        if place.session.is_over:
            return report_page(place, refusal=error, unsaved=typed.comment)
        return _retry(_close_form(place, typed, error, marked_now=True), error)
    where = place.closed_url or (place.back_url if place.in_room else place.report_url)
    return HttpResponseRedirect(where, status=303)


def gate(place: Place) -> HttpResponse:
    """What would be missing with what is typed so far; closes nothing."""
    if place.session.is_over:
        return HttpResponse(status=204, headers={"HX-Redirect": place.report_url})
    typed = Typed.of(place.request.POST)
    return render(place.request, "report/gate.html", _gate_context(place, typed) | {"oob": True})


def pdf(place: Place) -> HttpResponse:
    """The sealed bytes once closed, never made again; a draft until then."""
    stored = stored_paper(place.session, FilePurpose.REPORT) if place.session.is_over else None
    content = bytes(stored.content) if stored is not None else report_pdf(report_of(place.session))
    draft = "" if stored is not None else "-projet"
    return pdf_attachment(content, f"pv-incident{draft}-session-{place.session.number}.pdf")


def addendum_paper(session: Session, rank: int) -> HttpResponse:
    """The stored bytes of one addendum; `not_found` for one that does not exist."""
    name = addendum_file_name(session, rank)
    stored = stored_paper(session, FilePurpose.ADDENDUM, name)
    if stored is None:
        raise DomainError("not_found", "Cet additif n’existe pas.", status=404)
    return pdf_attachment(bytes(stored.content), name)


def report_context(report: Report) -> dict[str, Any]:
    """What the sheet shows, in the words of the paper."""
    closing_ = report.closing
    sealed = closing_ is not None and not report.draft
    return {
        "report": report,
        "facts": facts_of(report),
        "people": [(person, situation_of(person, report)) for person in report.people],
        "closed_words": closed_words(report),
        "seal": seal_words(closing_.seal) if closing_ is not None and sealed else "",
        "verify_link": verify_link(report.session.number, closing_.seal) if closing_ and sealed else "",
        "addenda": [(one, seal_words(one.seal)) for one in report.addenda],
    }


def _close_form(
    place: Place, typed: Typed | None, error: DomainError | None = None, *, marked_now: bool = False
) -> HttpResponse:
    """`typed`: None at first sight. `marked_now`: the page shows the situation anew, so that is what the next press
    will have seen.
    """
    first, photographed = typed is None, _photographed(place)
    typed = typed or Typed(attendance=photographed is not None)
    context = _with_report(place) | _comment_context(typed, error)
    context |= _gate_context(place, typed, seen_now=first or marked_now)
    context |= {"refusal": error, "oob": False, "typed": typed, "photographed": photographed}
    status = error.status if error is not None else 200
    return render(place.request, "report/close.html", context, status=status)


def _photographed(place: Place) -> Scan | None:
    """The last scan of the attendance sheet: its box is then proposed ticked, and who closes confirms it."""
    sheets = [one for one in scans_of(place.session) if one.paper == SignedPaper.ATTENDANCE]
    return sheets[-1] if sheets else None


def _gate_context(place: Place, typed: Typed, *, seen_now: bool = False) -> dict[str, Any]:
    found: Gate = gate_of(place.session, now=place.now)
    gaps = found.gaps(typed.statement())
    codes = {gap.code for gap in gaps}
    return {
        "place": place,
        "session": place.session,
        "keeps_paper": keeps_paper(place.session),
        "gate": found,
        "gaps": gaps,
        "codes": codes,
        "questions": questions(found, typed),
        "without_reason": [one for one in found.unfinished if not typed.statement().reason_of(one)],
        "stale": not seen_now and typed.mark is not None and typed.mark != found.mark,
    }


def _with_report(place: Place) -> dict[str, Any]:
    report = report_of(place.session)
    return report_context(report) | {
        "place": place,
        "session": place.session,
        "keeps_paper": keeps_paper(place.session),
        "longest": LONGEST_COMMENT,
        "comment_text": report.comment.text,
        "comment_seen": report.comment.version,
        "conflict": None,
        "error": "",
        "saved": False,
    }


def _comment_context(typed: Typed, error: DomainError | None) -> dict[str, Any]:
    """The text that was typed, and the other one when two wrote at once: the form still starts from the old one."""
    if typed.comment is None or error is None:
        return {}
    found: dict[str, Any] = {"comment_text": typed.comment, "comment_seen": typed.comment_seen}
    if isinstance(error, CommentChanged):
        facts = error.last.facts or {}
        found["conflict"] = {
            "text": facts.get("text", ""),
            "by": (facts.get("actor") or {}).get("name", ""),
            "version": error.last.sequence,
        }
    elif error.code in {"too_long", "invalid", "session_closed", "busy"}:
        found["error"] = error.sentence
    else:  # the comment was saved, something else was refused
        return {}
    return found


def _save(place: Place, typed: Typed) -> None:
    save_comment(
        session_id=place.session.pk,
        text=typed.comment or "",
        seen=typed.comment_seen,
        actor=place.actor,
        now=place.now,
    )


def _fresh(place: Place) -> Place:
    session = Session.with_rehearsals.select_related("establishment").get(pk=place.session.pk)
    return replace(place, session=session)


def _retry(response: HttpResponse, error: DomainError | None) -> HttpResponse:
    if isinstance(error, Busy):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
