"""Help, accessibility, personal data, legal notice: read by anybody; the two sheets: by the school's admins."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pixsurv.kernel import clock
from sessions_app.downloads import pdf_attachment
from sessions_app.enums import SessionKind
from sessions_app.help.tutorial import FORGOTTEN_CODES, SOS_STEPS
from sessions_app.models import Establishment, Session
from sessions_app.notices import content
from sessions_app.notices.papers import sheet_pdf
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors.help import help_entries
from sessions_app.selectors.people import schools
from sessions_app.services.sign_ins import account_that_counts
from sessions_app.views import LAST, where

LARGEST_NUMBER = 2**31


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """« Aide » (R18): « Que faire si… », the parcours SOS step by step, what to know of Pix and of the certification.

    In the words of the school of whoever is signed in: they may say what is not for everybody, so a number alone
    does not open them. Who watches a room reads them there.
    """
    school = _own_school(request)
    context = {
        "school": school,
        "entries": help_entries(school),
        "steps": SOS_STEPS,
        "codes": [{"label": mode.label, "steps": steps} for mode, steps in FORGOTTEN_CODES.items()],
    }
    return render(request, "notices/help.html", context)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The declaration, with the honest list."""
    return render(request, "notices/accessibility.html", {"operator": settings.OPERATOR})


@login_not_required
@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    """In plain French; `?session=<number>` says who answers for that session's school."""
    school = _school_of(request.GET.get("session", ""))
    context = {
        "operator": settings.OPERATOR,
        "school": school,
        "controller": content.controller_of(school) if school is not None else "",
        "kept": content.years_of(school) if school is not None else "",
        "kinds": content.KINDS,
        "rights": content.RIGHTS,
    }
    return render(request, "notices/personal_data.html", context)


@login_not_required
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """« Mentions légales », from the environment of the server."""
    return render(request, "notices/legal.html", {"operator": settings.OPERATOR})


@require_safe
@refusals_as_pages
def register_sheet(request: HttpRequest) -> HttpResponse:
    """« Fiche de registre » of one's school."""
    school = where(request).establishment
    sections = content.register_sheet(school, settings.OPERATOR)
    return _paper(school, "Fiche de registre", sections, "fiche-de-registre.pdf")


@require_safe
@refusals_as_pages
def impact_sheet(request: HttpRequest) -> HttpResponse:
    """« Faut-il une analyse d’impact ? »."""
    school = where(request).establishment
    title = "Analyse d’impact\u00a0: faut-il en faire une\u00a0?"
    return _paper(school, title, content.impact_sheet(school), "analyse-d-impact.pdf")


def _paper(school: Establishment, title: str, sections: list[content.Section], name: str) -> HttpResponse:
    return pdf_attachment(sheet_pdf(school, title, sections, clock.now()), name)


def _own_school(request: HttpRequest) -> Establishment | None:
    """The school of the account, the one looked at last where it has several."""
    account = account_that_counts(request, now=clock.now())
    if account is None:
        return None
    own = [one.establishment for one in schools(account)]
    last = request.session.get(LAST)
    return next((one for one in own if one.pk == last), own[0] if own else None)


def _school_of(typed: str) -> Establishment | None:
    """The school of a session's number: it stands on the papers of that session, and opens nothing."""
    if not (typed.isascii() and typed.isdigit()) or int(typed) >= LARGEST_NUMBER:
        return None
    session = (
        Session.objects.select_related("establishment")
        .filter(number=int(typed))
        .exclude(kind=SessionKind.REHEARSAL)
        .first()
    )
    return session.establishment if session is not None else None
