"""The pupils of a school year, as whoever enrols them meets them (P2, P5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import Count, Q, QuerySet

from pixsurv.kernel.identity import fold
from sessions_app.class_names import class_key
from sessions_app.enums import SessionState
from sessions_app.models import Candidate, Establishment, Pupil, Session
from sessions_app.models.pupil import FIRST_MONTH, school_year_of
from sessions_app.pupils.wording import certifiable_words
from sessions_app.rules import occupied_until

AT_MOST = 200  # pupils on one page


@dataclass(frozen=True, slots=True)
class ClassOfYear:
    """One class with its number of pupils; a pupil without a class is in the one without a name."""

    name: str
    pupils: int

    @property
    def words(self) -> str:
        return self.name or "Sans classe"


@dataclass(slots=True)
class Offered:
    """A pupil whom a session may take, and where else he is this year; `overlap` is at the same time (P6)."""

    pupil: Pupil
    enrolled: bool = False
    overlap: Session | None = None
    elsewhere: list[Session] = field(default_factory=list)

    @property
    def profile(self) -> str:
        return certifiable_words(self.pupil.certifiable_competences)


def year_of(session: Session) -> int:
    return school_year_of(session.local(session.starts_at).date())


def in_year(establishment: Establishment, year: int, prefix: str = "") -> Q:
    """Sessions that start in a school year, at the clock of the school."""
    first, last = (
        datetime.combine(date(one, FIRST_MONTH, 1), time.min, tzinfo=establishment.zone)
        for one in (year, year + 1)
    )
    return Q(**{f"{prefix}starts_at__gte": first, f"{prefix}starts_at__lt": last})


def classes_of(establishment: Establishment, year: int) -> list[ClassOfYear]:
    """In one query, « 3e B » before « 10e A »."""
    counted = (
        Pupil.objects.filter(establishment=establishment, school_year=year)
        .order_by("class_name")
        .values_list("class_name")
        .annotate(pupils=Count("pk"))
    )
    return sorted(
        (ClassOfYear(name, pupils) for name, pupils in counted), key=lambda one: class_key(one.name)
    )


def pupils_of(
    establishment: Establishment, year: int, *, class_name: str | None, search: str
) -> QuerySet[Pupil]:
    """Those of a class (None: of all), whose last name, first name, or both in either order begin like that (R7)."""
    found = Pupil.objects.filter(establishment=establishment, school_year=year)
    if class_name is not None:
        found = found.filter(class_name=class_name)
    return found.filter(_begins_like(search)).order_by("sort_key", "pk")


def offered_to(session: Session, pupils: Iterable[Pupil]) -> list[Offered]:
    """Two queries, whatever the number of pupils."""
    here = Candidate.objects.filter(session=session)
    enrolled = set(here.values_list("identity_key", flat=True))
    rows = {one.identity_key: Offered(one, one.identity_key in enrolled) for one in pupils}
    for key, other in elsewhere(session.establishment, year_of(session), list(rows), besides=session):
        row = rows[key]
        row.elsewhere.append(other)
        if row.overlap is None and overlap(session, other):
            row.overlap = other
    return list(rows.values())


def elsewhere(
    establishment: Establishment, year: int, keys: Sequence[str], *, besides: Session | None = None
) -> list[tuple[str, Session]]:
    """Which of these identities is enrolled in which session of the year, by date; cancelled ones do not count."""
    candidates = (
        Candidate.objects.filter(
            in_year(establishment, year, "session__"),
            session__establishment=establishment,
            identity_key__in=keys,
        )
        .exclude(session__state__in=[SessionState.CANCELLED, SessionState.ELIMINATED])
        .exclude(session=besides)
        .select_related("session")
        .order_by("session__starts_at", "session__number")
    )
    found = [(one.identity_key, one.session) for one in candidates]
    for _, session in found:
        session.establishment = establishment  # known: asking for it again would be a query a row
    return found


def overlap(one: Session, other: Session) -> bool:
    """Whether they take the same time, as planned (P6)."""
    return one.starts_at < end_of(other) and other.starts_at < end_of(one)


def end_of(session: Session) -> datetime:
    """Until when it takes its pupils; with the largest extra time of its list where the query told it (P11)."""
    extra = getattr(session, "most_extra_time", None) or 0
    return occupied_until(starts_at=session.starts_at, duration=session.duration, extra_percent=extra)


def _begins_like(search: str) -> Q:
    words = [folded for word in search.split() if (folded := fold(word))]
    if not words:
        return Q()
    whole = "".join(words)
    as_one = Q(last_name_key__startswith=whole) | Q(sort_key__contains=f" {whole}")
    each = Q()
    for word in words:
        each &= Q(sort_key__startswith=word) | Q(sort_key__contains=f" {word}")
    return as_one | each
