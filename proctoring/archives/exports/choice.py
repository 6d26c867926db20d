"""Which kept sessions somebody exports, and what that will weigh, said before anything leaves."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil

from django.db.models import Max, Min, Q, QuerySet, Sum

from pixsurv.kernel.errors import DomainError
from proctoring.archives.access import archived
from proctoring.archives.exports.reading import PAPERS
from sessions_app.enums import SessionKind, SessionState
from sessions_app.models import Candidate, Establishment, Session, StoredFile
from sessions_app.models.pupil import FIRST_MONTH, school_year_of, school_year_words
from sessions_app.wording import day

AT_MOST_TICKED = 400  # boxes on one page
# Measured on a thousand sessions of 22 candidates; compressed, papers apart.
BYTES_A_SESSION, BYTES_AN_EVENT, BYTES_FIXED = 3_000, 160, 60_000


@dataclass(frozen=True, slots=True)
class Choice:
    """The sessions of a choice, and its name in words."""

    words: str
    slug: str
    sessions: QuerySet[Session]

    def ids(self) -> list[int]:
        """In the order of the index."""
        return list(self.sessions.order_by("starts_at", "number").values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Weight:
    """What is told before one confirms."""

    sessions: int
    eliminated: int
    candidates: int
    papers: int
    bytes: int

    @property
    def words(self) -> str:
        """« 12 Mo »: nobody needs it more exactly."""
        if self.bytes < 1_000_000:
            return "moins de 1\u00a0Mo"
        if self.bytes < 10_000_000_000:
            return f"environ {ceil(self.bytes / 1_000_000)}\u00a0Mo"
        return f"environ {ceil(self.bytes / 1_000_000_000)}\u00a0Go"


def school_years(establishment: Establishment) -> list[int]:
    """Those from which something is kept, the newest first."""
    span = archived(establishment).aggregate(first=Min("starts_at"), last=Max("starts_at"))
    if span["first"] is None:
        return []
    first, last = (
        school_year_of(span[end].astimezone(establishment.zone).date()) for end in ("first", "last")
    )
    return [year for year in range(last, first - 1, -1) if _in_year(establishment, year).exists()]


def of_year(establishment: Establishment, year: int, *, white_exams: bool) -> Choice:
    sessions = _in_year(establishment, year)
    words = f"Année scolaire {school_year_words(year)}"
    return _without_white_exams(Choice(words, school_year_words(year), sessions), white_exams)


def of_period(establishment: Establishment, first: date, last: date, *, white_exams: bool) -> Choice:
    """Both days included, at the clock of the school."""
    sessions = archived(establishment).filter(_between(establishment, first, last + timedelta(days=1)))
    words = f"Du {day(first)} au {day(last)}" if first != last else f"Le {day(first)}"
    return _without_white_exams(Choice(words, f"{first}-{last}", sessions), white_exams)


def of_ticked(establishment: Establishment, numbers: list[str]) -> Choice:
    """These and no other; one that is not kept by this school makes the whole choice `not_found` (404)."""
    wanted = {
        int(number) for number in numbers if number.isascii() and number.isdecimal() and len(number) < 10
    }
    sessions = archived(establishment).filter(number__in=wanted)
    if sessions.count() != len(set(numbers)):
        raise DomainError("not_found", "Une de ces sessions n’est pas dans les archives.", status=404)
    many = len(wanted)
    if many == 1:
        return Choice(f"Session {min(wanted)}", f"session-{min(wanted)}", sessions)
    return Choice(f"{many} sessions choisies", f"{many}-sessions", sessions)


def weight_of(choice: Choice) -> Weight:
    kept = choice.sessions
    papers = StoredFile.objects.filter(session__in=kept, purpose__in=PAPERS)
    people = Candidate.objects.filter(session__in=kept.exclude(state=SessionState.ELIMINATED))
    sessions = kept.count()
    stored = papers.aggregate(bytes=Sum("size"))["bytes"] or 0
    events = kept.aggregate(events=Sum("sequence"))["events"] or 0
    return Weight(
        sessions=sessions,
        eliminated=kept.filter(state=SessionState.ELIMINATED).count(),
        candidates=people.count(),
        papers=papers.count(),
        bytes=BYTES_FIXED + stored + sessions * BYTES_A_SESSION + events * BYTES_AN_EVENT,
    )


def _without_white_exams(choice: Choice, white_exams: bool) -> Choice:
    if white_exams:
        return Choice(f"{choice.words}, certifications blanches comprises", choice.slug, choice.sessions)
    return Choice(choice.words, choice.slug, choice.sessions.exclude(kind=SessionKind.WHITE_EXAM))


def _in_year(establishment: Establishment, year: int) -> QuerySet[Session]:
    first = date(year, FIRST_MONTH, 1)
    return archived(establishment).filter(_between(establishment, first, first.replace(year=year + 1)))


def _between(establishment: Establishment, first: date, after: date) -> Q:
    start, end = (datetime.combine(one, time.min, establishment.zone) for one in (first, after))
    return Q(starts_at__gte=start, starts_at__lt=end)
