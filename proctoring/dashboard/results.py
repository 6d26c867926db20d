"""« Résultats » of a white exam, for its admins: on a page, and as a spreadsheet (D7)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from proctoring.dashboard.views import on_session
from proctoring.selectors.results import Line, class_results, domain_titles
from sessions_app.downloads import as_attachment
from sessions_app.enums import SessionKind
from sessions_app.exports.ods import ODS_TYPE, Column, Title, Value, write_ods
from sessions_app.models import Session

NO_ANSWERS = "Pas de réponses ici"


@require_safe
@on_session
def table(request: HttpRequest, session: Session) -> HttpResponse:
    """One row a candidate; a certification has no such page."""
    _require_white_exam(session)
    context = {"session": session, "lines": class_results(session), "domains": domain_titles()}
    return render(request, "establishment/results.html", context)


@require_safe
@on_session
def as_file(request: HttpRequest, session: Session) -> HttpResponse:
    """The same as an ODS, right answers and questions asked in columns of their own: they can be counted with."""
    _require_white_exam(session)
    response = HttpResponse(_ods(class_results(session)), content_type=ODS_TYPE)
    return as_attachment(response, f"resultats-session-{session.number}.ods")


def _require_white_exam(session: Session) -> None:
    if session.kind != SessionKind.WHITE_EXAM:
        raise Http404("results")


def _ods(lines: list[Line]) -> bytes:
    titles = ["Nom", "Prénom", "Classe", "Test"]
    titles += [f"{title} ({what})" for title in [*domain_titles(), "Total"] for what in ("justes", "posées")]
    head: list[Value] = [Title(title) for title in titles]
    note: list[Value] = [
        "Certification blanche\u00a0: ces résultats ne comptent pas et ne sont pas des scores Pix."
    ]
    columns = [Column(40), Column(35), Column(20), Column(40), *[Column(28)] * (len(titles) - 4)]
    return write_ods("Résultats", columns, [head, *map(_row, lines), [], note])


def _row(line: Line) -> list[Value]:
    row: list[Value] = [line.last_name, line.first_name, line.class_name, line.standing]
    if line.result is None:
        return [*row, NO_ANSWERS]
    for one in line.result.domains:
        row += [one.right, one.asked]
    return [*row, line.result.right, line.result.asked]
