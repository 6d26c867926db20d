"""The live part of one session's page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from proctoring import rules
from proctoring.categories import FRAUD
from proctoring.enums import BEFORE, OVER, AttemptState
from proctoring.models import Attempt, Incident, ProctorAccess
from proctoring.selectors.row import Row, row_of
from proctoring.selectors.wording import clock_time, day, short_day
from sessions_app.actors import ActorKind
from sessions_app.device_words import device_words
from sessions_app.enums import EventKind, SessionState
from sessions_app.models import Candidate, Session
from sessions_app.pupils.wording import certifiable_words as words_of_profile
from sessions_app.selectors.guesses import Guesses, guesses_at


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A candidate as the table shows him: the room's own row, and what concerns an admin."""

    row: Row
    certifiable: str
    is_certifiable: bool
    extra_time: str
    started: str
    may_reopen: bool
    may_become_certifiable: bool
    suspected: bool  # of a fraud (C6)


@dataclass(frozen=True, slots=True)
class AccessRow:
    """Somebody who came into the room and has not left it."""

    id: int
    name: str
    device: str
    is_admin: bool
    since: str
    last_seen: str


@dataclass(frozen=True, slots=True)
class Live:
    """The room as an admin sees it from outside."""

    rows: list[CandidateRow]
    accesses: list[AccessRow]
    ended_accesses: int
    present: int
    in_progress: int
    over: int
    may_take_launch_back: bool
    guesses: Guesses


def live(session: Session, now: datetime) -> Live:
    """Three queries, whatever the number of candidates and of accesses."""
    fraud = Incident.objects.filter(candidate=OuterRef("pk"), category=FRAUD, deleted_at=None)
    candidates = list(
        Candidate.objects.filter(session=session)
        .select_related("attempt__last_case")
        .annotate(is_suspected=Exists(fraud))
        .order_by("sort_key", "pk")
    )
    accesses = list(ProctorAccess.objects.filter(session=session).order_by("created_at", "pk"))
    rows = [_candidate_row(candidate, session, now) for candidate in candidates]
    states = [AttemptState(found.row.state) for found in rows]
    return Live(
        rows=rows,
        accesses=[access_row(session, access, now) for access in accesses if access.ended_at is None],
        ended_accesses=sum(access.ended_at is not None for access in accesses),
        present=sum(state != AttemptState.EXPECTED for state in states),
        in_progress=sum(state not in BEFORE | OVER for state in states),
        over=sum(state in OVER for state in states),
        may_take_launch_back=_may_take_launch_back(session, rows, now),
        guesses=guesses_at(session, now),
    )


@dataclass(frozen=True, slots=True)
class Absentee:
    """Somebody who did not start a test, with why he may come again."""

    id: int
    words: str


def absentees(session: Session) -> list[Absentee]:
    """Everybody who did not start: absent, refused as late, not certifiable yet, or present and never started."""
    found = []
    candidates = Candidate.objects.filter(session=session).select_related("attempt")
    for candidate in candidates.order_by("sort_key", "pk"):
        attempt: Attempt = getattr(candidate, "attempt", None) or Attempt(candidate=candidate)
        if attempt.started_at is None:
            name = f"{candidate.last_name.upper()} {candidate.first_name}"
            where = f" · {candidate.class_name}" if candidate.class_name else ""
            found.append(Absentee(candidate.pk, f"{name}{where} — {_why_absent(candidate, attempt)}"))
    return found


@dataclass(frozen=True, slots=True)
class Plans:
    """Which acts of planning are offered (P10); their services judge again, under the lock."""

    cancel: bool
    delete: bool
    catch_up: bool


def plans(session: Session, live: Live) -> Plans:
    begun = session.launched_at is not None or any(found.started for found in live.rows)
    return Plans(
        cancel=not begun and not session.is_over,
        delete=not begun and session.closed_at is None and session.state != SessionState.ELIMINATED,
        catch_up=session.launched_at is not None and session.state != SessionState.ELIMINATED,
    )


def followers(session: Session) -> list[Session]:
    """The sessions that make up for this one; while it lives, the page does not pay the query."""
    if not session.is_over:
        return []
    return list(Session.objects.filter(follows=session).order_by("starts_at", "pk"))


def candidate_row(session: Session, candidate_id: int, now: datetime) -> CandidateRow | None:
    """One row, for the page that confirms an act about him."""
    candidate = (
        Candidate.objects.filter(session=session, pk=candidate_id)
        .select_related("attempt__last_case")
        .first()
    )
    return _candidate_row(candidate, session, now) if candidate is not None else None


def access_of(session: Session, access_id: int) -> ProctorAccess | None:
    return ProctorAccess.objects.filter(session=session, pk=access_id).first()


def watching(session: Session, now: datetime) -> list[AccessRow]:
    """Who came in and has not left."""
    standing = ProctorAccess.objects.filter(session=session, ended_at=None).order_by("created_at", "pk")
    return [access_row(session, access, now) for access in standing]


def names_of(session: Session, access_ids: list[int]) -> list[str]:
    found = ProctorAccess.objects.filter(session=session, pk__in=access_ids)
    return list(found.order_by("created_at", "pk").values_list("name", flat=True))


def certifiable_words(candidate: Candidate) -> str:
    """« Certifiable », « Devenu certifiable … », « Pas encore certifiable (3/5) », « Non vérifié » (P2)."""
    if candidate.became_certifiable_at is not None:
        local = candidate.session.local(candidate.became_certifiable_at)
        that_day = local.date() == candidate.session.local(candidate.session.starts_at).date()
        return f"Devenu certifiable {'' if that_day else f'le {day(local.date())} '}à {clock_time(local)}"
    return words_of_profile(candidate.certifiable_competences)


def _why_absent(candidate: Candidate, attempt: Attempt) -> str:
    if attempt.late_refused_at is not None:
        return "en retard, refusé"
    if candidate.certifiable is False:
        return "pas encore certifiable"
    return "présent, n’a pas commencé" if attempt.state == AttemptState.PRESENT else "absent"


def _candidate_row(candidate: Candidate, session: Session, now: datetime) -> CandidateRow:
    candidate.session = session  # known: asking for it again would be a query a row
    attempt: Attempt = getattr(candidate, "attempt", None) or Attempt(candidate=candidate, session=session)
    percent = candidate.extra_time_percent
    return CandidateRow(
        row=row_of(candidate, session, now),
        certifiable=certifiable_words(candidate),
        is_certifiable=candidate.certifiable is True,
        extra_time=f"{percent}\u00a0%" if percent else "",
        started=clock_time(session.local(attempt.started_at)) if attempt.started_at else "",
        may_reopen=EventKind.REOPENED in rules.allowed_actions(attempt, session, ActorKind.ADMIN, now),
        may_become_certifiable=candidate.certifiable is False and not session.is_over,
        suspected=getattr(candidate, "is_suspected", False),
    )


def access_row(session: Session, access: ProctorAccess, now: datetime) -> AccessRow:
    watching = access.last_seen_at >= now - rules.WATCHING
    return AccessRow(
        id=access.pk,
        name=access.name,
        device=device_words(access.device),
        is_admin=access.is_admin,
        since=_instant(session, access.created_at, now),
        last_seen="en ce moment" if watching else _instant(session, access.last_seen_at, now),
    )


def _instant(session: Session, instant: datetime, now: datetime) -> str:
    """« 13h45 » today, « 14/03 à 13h45 » on another day."""
    local = session.local(instant)
    today = local.date() == session.local(now).date()
    return clock_time(local) if today else f"{short_day(local.date())} à {clock_time(local)}"


def _may_take_launch_back(session: Session, rows: list[CandidateRow], now: datetime) -> bool:
    """Offered exactly while the service accepts it: within 5 min, one started test at most (mechanics §7)."""
    if session.is_over or session.launched_at is None:
        return False
    started = sum(bool(found.started) for found in rows)
    return started <= 1 and now <= session.launched_at + rules.LAUNCH_TAKEN_BACK_WITHIN
