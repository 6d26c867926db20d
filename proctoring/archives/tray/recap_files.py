"""The recap of a school year: its page, its spreadsheet, its paper."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.archives.access import Shelves, archived, on_shelves
from proctoring.archives.replica import from_replica
from proctoring.archives.tray.recap import NUMBER_TITLES, Recap, recap_of
from proctoring.archives.tray.search import years_of
from sessions_app.documents.typeset import typeset
from sessions_app.downloads import as_attachment
from sessions_app.exports.ods import ODS_TYPE, Column, Look, Title, Value, write_ods
from sessions_app.models import Establishment
from sessions_app.models.pupil import school_year_words
from sessions_app.wording import clock_time, day

LINES_ON_PAPER = 1000  # some forty pages, laid out in memory as a whole
_HEAD = (
    *(("Date", 24), ("Heure", 16), ("Session", 20), ("Salle", 40), ("Nature", 40)),
    *((title, 20) for title in NUMBER_TITLES),
    *(("Dossier", 24), ("Reçu le", 24), ("Boîte ou cote", 40)),
)
DATES = frozenset({"Date", "Reçu le"})


@dataclass(frozen=True, slots=True)
class RecapSheet:
    """The names of these fields are those that `recap.typ` reads."""

    establishment: str
    year: str
    made: str
    titles: list[str]
    lines: list[list[str]]
    total: list[str]
    template: str = "recapitulatif"


@require_safe
@on_shelves
@from_replica
def recap(request: HttpRequest, shelves: Shelves, ending: str = "") -> HttpResponse:
    """The totals of a year and its files; a year of which nothing is kept is empty, not an error."""
    school, now = shelves.establishment, clock.now()
    years = years_of(school, archived(school), now.astimezone(school.zone).date())
    year = _year(request.GET.get("annee", ""), years)
    found = recap_of(school, year, now)
    if ending:
        kind, write = FILES[ending]
        response = HttpResponse(write(found, school, now), content_type=kind)
        return as_attachment(response, f"recapitulatif-{school_year_words(year)}.{ending}")
    context = {
        "shelves": shelves,
        "years": [(one, school_year_words(one)) for one in years],
        "year": year,
        "words": school_year_words(year),
        "recap": found,
        "totals": zip(NUMBER_TITLES, found.total.values(), strict=True),
    }
    return render(request, "archives/recap.html", context)


def as_ods(recap: Recap, school: Establishment, now: datetime) -> bytes:
    """Dates and numbers are real ones; the totals stand in the last row."""
    columns = [Column(width, Look.DATE if title in DATES else Look.TEXT) for title, width in _HEAD]
    rows: list[list[Value]] = [[Title(title) for title, _ in _HEAD]]
    for line in recap.lines:
        received = line.received_at.date() if line.received_at else None
        rows.append(
            [
                *(line.starts_at.date(), line.hour, line.session.number, line.session.room),
                line.session.get_kind_display(),
                *("—" if value is None else value for value in line.numbers.values()),
                *(line.standing, received, line.box),
            ]
        )
    rows.append([Title("Total"), *[""] * 4, *recap.total.values(), "", "", ""])
    return write_ods(f"Année {school_year_words(recap.year)}", columns, rows)


def as_pdf(recap: Recap, school: Establishment, now: datetime) -> bytes:
    """Refused with `too_long` beyond a thousand sessions: a spreadsheet then is the better paper."""
    if len(recap.lines) > LINES_ON_PAPER:
        raise DomainError(
            "too_long", f"Au-delà de {LINES_ON_PAPER} sessions, prenez le tableur (ODS).", status=422
        )
    local = now.astimezone(school.zone)
    sheet = RecapSheet(
        establishment=school.name,
        year=school_year_words(recap.year),
        made=f"{day(local.date())} à {clock_time(local)}",
        titles=list(NUMBER_TITLES),
        lines=[
            [
                *(line.date, line.hour, str(line.session.number), line.room),
                "blanche" if line.session.kind == "white_exam" else "",
                *line.numbers.words(),
                *(line.standing, line.received, line.box),
            ]
            for line in recap.lines
        ],
        total=recap.total.words(),
    )
    title = f"Récapitulatif {sheet.year} — {school.name}"
    return typeset([sheet], title=title, stamp=now)


FILES: Mapping[str, tuple[str, Callable[[Recap, Establishment, datetime], bytes]]] = {
    "ods": (ODS_TYPE, as_ods),
    "pdf": ("application/pdf", as_pdf),
}


def _year(asked: str, years: list[int]) -> int:
    if not asked:
        return years[0]
    found = next((one for one in years if str(one) == asked), None)
    if found is None:
        raise Http404("year")
    return found
