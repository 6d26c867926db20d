"""What a school keeps and until when (I6): by term, and what is on a slip already. A rehearsal is never here (R19)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q

from proctoring import rules
from proctoring.enums import SlipKind, SlipState
from proctoring.models import Attempt, Elimination, EliminationSlip
from sessions_app.enums import EventKind, SessionKind, SessionState
from sessions_app.models import Candidate, Establishment, Event, Pupil, Session
from sessions_app.models.pupil import school_year_of, school_year_words
from sessions_app.selectors import enrolled

# Nothing says by itself whether a test of such a session began: its launch may have been taken back.
NOT_HELD = frozenset({SessionState.PLANNED, SessionState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Kept:
    """A session with its term. `slip`: the one that it stands on, unless cancelled."""

    session: Session
    day: date
    term: date
    kind: SlipKind
    why: str
    candidates: int
    slip: EliminationSlip | None

    @property
    def number(self) -> int:
        return self.session.number

    @property
    def must_close(self) -> bool:
        """A test of it started, and it was never closed: its report is not written yet."""
        if self.session.state == SessionState.PLANNED:  # its launch may have been taken back
            return had_tests(self.session)
        return self.session.state == SessionState.LAUNCHED

    @property
    def free(self) -> bool:
        return self.slip is None


@dataclass(frozen=True, slots=True)
class PupilList:
    """The yearly list of pupils of a year that is over."""

    year: int
    pupils: int
    slip: EliminationSlip | None

    @property
    def words(self) -> str:
        return school_year_words(self.year)


@dataclass(slots=True)
class YearOfTerms:
    """The sessions whose term falls in a school year."""

    year: int
    sessions: list[Kept] = field(default_factory=list)

    @property
    def words(self) -> str:
        return school_year_words(self.year)


@dataclass(frozen=True, slots=True)
class Calendar:
    """All that the page « Durées de conservation » shows of one school."""

    reached: list[Kept]
    to_close: list[Kept]
    working: list[Kept]
    this_year: YearOfTerms
    next_year: YearOfTerms
    later: list[YearOfTerms]
    pupil_lists: list[PupilList]

    @property
    def free(self) -> list[Kept]:
        """Those that a new slip may take."""
        return [kept for kept in self.reached if kept.free]

    @property
    def free_working(self) -> list[Kept]:
        return [kept for kept in self.working if kept.free]


def calendar_of(establishment: Establishment, *, now: datetime) -> Calendar:
    """Six queries, whatever the number of sessions."""
    today = now.astimezone(establishment.zone).date()
    everything = kept_sessions(establishment)
    due = [kept for kept in everything if kept.term <= today]
    years: dict[int, YearOfTerms] = {}
    for kept in everything:
        if kept.kind == SlipKind.ARCHIVES and kept.term > today:
            year = school_year_of(kept.term)
            years.setdefault(year, YearOfTerms(year)).sessions.append(kept)
    current = school_year_of(today)
    return Calendar(
        reached=[kept for kept in due if kept.kind == SlipKind.ARCHIVES and not kept.must_close],
        to_close=[kept for kept in due if kept.must_close],
        working=[kept for kept in due if kept.kind == SlipKind.WORKING and not kept.must_close],
        this_year=years.pop(current, YearOfTerms(current)),
        next_year=years.pop(current + 1, YearOfTerms(current + 1)),
        later=[years[year] for year in sorted(years)],
        pupil_lists=pupil_lists(establishment, now=now),
    )


def due_sessions(establishment: Establishment, *, now: datetime) -> list[Kept]:
    """Those that may be put on a slip: at their term, and over."""
    today = now.astimezone(establishment.zone).date()
    return [kept for kept in kept_sessions(establishment) if kept.term <= today and not kept.must_close]


def kept_sessions(establishment: Establishment) -> list[Kept]:
    """Every session that still holds somebody's data, by date, with its term."""
    sessions = list(
        Session.objects.filter(establishment=establishment)
        .exclude(kind=SessionKind.REHEARSAL)
        .exclude(state=SessionState.ELIMINATED)
        .annotate(enrolled=enrolled())
        .filter(_took_place() | Q(sequence__gt=0) | ~Q(proctor_names="") | Q(enrolled__gt=0))
        .order_by("starts_at", "number")
    )
    undone = [one for one in sessions if one.state in NOT_HELD]
    begun = _begun(one.pk for one in undone)
    for one in undone:
        one.had_tests = one.pk in begun  # type: ignore[attr-defined]
    return with_terms(sessions, establishment)


def _begun(session_ids: Iterable[int]) -> set[int]:
    """As `any_test`, of these alone: asked of every session of a school, it reads the journals of the country."""
    ids = list(session_ids)
    in_journal = Event.objects.filter(session_id__in=ids, kind=EventKind.STARTED).order_by()
    with_an_hour = Attempt.objects.filter(session_id__in=ids, started_at__isnull=False).order_by()
    return {pk for rows in (in_journal, with_an_hour) for pk in rows.values_list("session_id", flat=True)}


def any_test(session_pk: OuterRef | int) -> Q:
    """Whether a test of this session ever started, whatever its state says now (a launch can be taken back)."""
    in_journal = Event.objects.filter(session_id=session_pk, kind=EventKind.STARTED)
    with_an_hour = Attempt.objects.filter(session_id=session_pk, started_at__isnull=False)
    return Q(Exists(in_journal)) | Q(Exists(with_an_hour))


def had_tests(session: Session) -> bool:
    """As `any_test`: no query where the session was fetched with it."""
    known: bool | None = getattr(session, "had_tests", None)
    if known is None:
        known = Session.with_rehearsals.filter(any_test(session.pk), pk=session.pk).exists()
        session.had_tests = known  # type: ignore[attr-defined]
    return known


def term_of(session: Session) -> tuple[date, SlipKind, str]:
    """The term of a session, on what kind of slip it goes, and why.

    A session in which a test started is archives, in whatever state it was left: it needs the visa.
    """
    day = session.local(session.starts_at).date()
    if session.state in NOT_HELD and not had_tests(session):
        said = "annulée" if session.state == SessionState.CANCELLED else "n’a pas eu lieu"
        return rules.working_term(day), SlipKind.WORKING, said
    if session.kind == SessionKind.WHITE_EXAM:
        return rules.working_term(day), SlipKind.WORKING, "certification blanche"
    years = session.establishment.retention_years
    return rules.archives_term(day, years), SlipKind.ARCHIVES, f"{years} an{'s' if years > 1 else ''}"


def with_terms(sessions: Iterable[Session], establishment: Establishment) -> list[Kept]:
    found = list(sessions)
    lines = Elimination.objects.filter(
        session__establishment=establishment, withdrawn=False, eliminated_at__isnull=True
    ).select_related("slip")
    slips = {line.session_id: line.slip for line in lines}
    kept = []
    for session in found:
        session.establishment = establishment
        term, kind, why = term_of(session)
        listed: int = getattr(session, "enrolled", 0)
        day = session.local(session.starts_at).date()
        kept.append(Kept(session, day, term, kind, why, listed, slips.get(session.pk)))
    return kept


def pupil_lists(establishment: Establishment, *, now: datetime) -> list[PupilList]:
    """The lists of past school years, oldest first."""
    current = school_year_of(now.astimezone(establishment.zone).date())
    counted = (
        Pupil.objects.filter(establishment=establishment, school_year__lt=current)
        .values("school_year")
        .annotate(pupils=Count("pk"))
        .order_by("school_year")
    )
    slips = {
        slip.school_year: slip
        for slip in EliminationSlip.objects.filter(
            establishment=establishment,
            kind=SlipKind.PUPILS,
            state__in=[SlipState.DRAFTED, SlipState.STARTED],
        )
    }
    return [PupilList(row["school_year"], row["pupils"], slips.get(row["school_year"])) for row in counted]


def pupil_years(establishment: Establishment, *, now: datetime) -> set[int]:
    return {one.year for one in pupil_lists(establishment, now=now)}


def slips_of(establishment: Establishment) -> list[EliminationSlip]:
    """The newest first, each with its number of sessions (`size`) and of those done (`done`)."""
    return list(
        EliminationSlip.objects.filter(establishment=establishment)
        .annotate(size=Count("lines"), done=Count("lines", filter=Q(lines__eliminated_at__isnull=False)))
        .order_by("-rank")
    )


def lines_of(slip: EliminationSlip) -> list[Elimination]:
    """The sessions of a slip, by date; each session with its number of candidates (`enrolled`)."""
    lines = list(
        Elimination.objects.filter(slip=slip)
        .select_related("session")
        .order_by("session__starts_at", "number")
    )
    begun = set(
        Session.objects.filter(any_test(OuterRef("pk")), eliminations__slip=slip).values_list("pk", flat=True)
    )
    counted = dict(
        Candidate.objects.filter(session__eliminations__slip=slip)
        .values("session_id")
        .annotate(enrolled=Count("pk"))
        .values_list("session_id", "enrolled")
    )
    for line in lines:
        if line.session is not None:
            line.session.establishment = slip.establishment
            line.session.enrolled = counted.get(line.session.pk, 0)  # type: ignore[attr-defined]
            line.session.had_tests = line.session.pk in begun  # type: ignore[attr-defined]
    return lines


@dataclass(frozen=True, slots=True)
class Counts:
    """What is left to count of an eliminated session: what its line of the ledger says. None: it says nothing."""

    present: int | None
    incidents: int | None


NO_COUNTS = Counts(None, None)


def counts_of_eliminated(sessions: Iterable[Session]) -> dict[int, Counts]:
    """By id, of those among them that are eliminated, each of which has one; no query where none is."""
    gone = [one.pk for one in sessions if one.state == SessionState.ELIMINATED]
    if not gone:
        return {}
    lines = Elimination.objects.filter(session__in=gone, eliminated_at__isnull=False)
    found = dict.fromkeys(gone, NO_COUNTS)
    for session_id, counts in lines.values_list("session_id", "counts"):
        by_category = counts.get("incidents")
        found[session_id] = Counts(
            counts.get("present"), sum(by_category.values()) if by_category is not None else None
        )
    return found


def _took_place() -> Q:
    return Q(state__in=[SessionState.LAUNCHED, SessionState.CLOSED])
