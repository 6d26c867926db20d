"""Rules as pure functions: no query, no clock of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pixsurv.kernel.identity import begins_alike
from proctoring.enums import OVER, RUNNING, TRANSITIONS, AlertStatus, AttemptState, Need
from proctoring.models import Alert, Attempt
from sessions_app.actors import ActorKind
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Session
from sessions_app.models.pupil import FIRST_MONTH, school_year_of
from sessions_app.rules import deadline as deadline
from sessions_app.rules import extra_minutes as extra_minutes

UNDO = timedelta(seconds=10)  # R12
UNDO_GRACE = timedelta(seconds=5)  # mechanics §5: a slow network must not eat the undo
LIFE_OF_A_TEST = timedelta(hours=24)  # R13
SILENCE_VISIBLE = 45  # seconds, D6
SILENCE_HIDDEN = 150
SILENCE_IN_LANE = timedelta(minutes=3)
WAITED_LONG = timedelta(minutes=2)  # R15: minutes are proposed, and the card says louder that he waits
DESK_HEARTBEAT = 15
EXTRA_TIME_WITHOUT_DECISION = 33  # percent: one third (R13)
NAMES_SHOWN_BEFORE = timedelta(hours=24)  # R1
LATE_DEFAULT_FOR = timedelta(minutes=5)  # mechanics §7
ROLL_CALL_FOR = timedelta(minutes=10)
LAUNCH_TAKEN_BACK_WITHIN = timedelta(minutes=5)
ALL_DONE_AFTER = timedelta(minutes=30)  # I3: « Tout le monde a fini — Clôturer »
EARLIEST_BEFORE_START = timedelta(hours=12)  # nothing is keyed before: an obvious slip of the finger
SILENT_TOGETHER = 4  # rows, R23
SILENT_WITHIN = timedelta(seconds=60)
MAY_BE_OUT = frozenset({AttemptState.PRESENT, *RUNNING})  # R24
BACK_BY_HIMSELF = frozenset({EventKind.STARTED, EventKind.RESUMED, EventKind.COMPLETED})
ACCESS_FOR = timedelta(hours=24)  # of a proctor: outlasts the longest session day
WATCHING = timedelta(minutes=2)  # mechanics §2: « who is watching »
SEEN_EVERY = timedelta(minutes=1)
SEEN_LATE = timedelta(seconds=5)  # what a request may take, a wait for a lock included


def deadline_of(attempt: Attempt, session: Session, candidate: Candidate) -> datetime:
    """The deadline of a started attempt as its session and candidate now stand."""
    assert attempt.started_at is not None
    return deadline(
        started_at=attempt.started_at,
        duration=session.duration,
        extra_percent=candidate.extra_time_percent,
        given_minutes=attempt.given_minutes,
    )


def silence_limit(*, heartbeat: int, visible: bool) -> timedelta:
    """How long without a heartbeat is silence: three beats, 45 s at least, 150 s for a hidden page (D6)."""
    floor = SILENCE_VISIBLE if visible else SILENCE_HIDDEN
    return timedelta(seconds=max(floor, 3 * heartbeat))


def expires_at(attempt: Attempt) -> datetime | None:
    """24 h after the start."""
    return attempt.started_at + LIFE_OF_A_TEST if attempt.started_at else None


def over_at(attempt: Attempt, at: datetime) -> datetime:
    """When a test is over that ends `at`: never before its start, for acts are judged at the instant of their receipt
    and may get the lock in another order.
    """
    return max(at, attempt.started_at or at)


def state_at(attempt: Attempt, now: datetime) -> AttemptState:
    """The state, past being past even before the clock's event is written (mechanics §3)."""
    state = AttemptState(attempt.state)
    end = expires_at(attempt)
    return AttemptState.EXPIRED if state in RUNNING and end is not None and now >= end else state


def standing(session: Session, now: datetime) -> datetime:
    """The instant at which deadlines are judged: that at which an incident of the whole room began, while it runs.

    Nobody becomes « Temps écoulé » meanwhile (R23); whose time was over before stays so.
    """
    return session.incident_since if session.incident_runs and session.incident_since is not None else now


def automatic_end(attempt: Attempt, session: Session) -> datetime | None:
    """When the clock ends this running test: at its deadline, where the school chose so (P9).

    Not when somebody reopened it, or undid its end, after that instant: the clock does not answer back. Not while an
    incident of the whole room runs either; a deadline that fell in it counts once the minutes are decided, and that
    decision can't be undone any more (decision 0019).
    """
    deadline = attempt.deadline_at
    if not session.establishment.ends_by_itself or deadline is None:
        return None
    let_go_on = [at for at in (attempt.reopened_at, attempt.end_undone_at) if at is not None]
    if any(at >= deadline for at in let_go_on):
        return None
    if session.incident_since is None or deadline <= session.incident_since:
        return deadline
    decided = session.incident_over_at
    return max(deadline, decided + UNDO + UNDO_GRACE) if decided is not None else None


def falls_due(attempt: Attempt, session: Session) -> list[datetime]:
    """The instants at which the clock acts on this running test, the first one first (mechanics §3)."""
    return sorted(at for at in (automatic_end(attempt, session), expires_at(attempt)) if at is not None)


def may_undo_end(attempt: Attempt, now: datetime) -> bool:
    """Within 10 s, and 5 s of grace for the network (mechanics §5); never what the clock ended."""
    if attempt.state != AttemptState.ENDED or attempt.over_at is None or attempt.over_final_at is None:
        return False
    return attempt.over_at < attempt.over_final_at and now < attempt.over_final_at + UNDO_GRACE


def earliest(session: Session) -> datetime:
    """No hour is typed before this instant: an obvious slip of the finger."""
    return session.starts_at - EARLIEST_BEFORE_START


def first_instant(session: Session) -> datetime:
    """Nothing that concerns the whole room is dated before: its launch, else half a day before it should begin."""
    return session.launched_at or earliest(session)


def is_final(attempt: Attempt, now: datetime) -> bool:
    """Over, and no undo can bring it back: only then is the candidate told (R12)."""
    if state_at(attempt, now) not in OVER:
        return False
    return attempt.over_final_at is None or now >= attempt.over_final_at


def alert_is_final(alert: Alert, now: datetime) -> bool:
    """Answered for good, or without object: before, the candidate is told nothing (R15)."""
    if alert.status == AlertStatus.OPEN:
        return False
    return alert.final_at is None or now >= alert.final_at


@dataclass(frozen=True, slots=True)
class NeedSince:
    need: Need
    since: datetime
    in_lane: bool


def needs(
    attempt: Attempt,
    now: datetime,
    *,
    alert_since: datetime | None = None,
    judged_at: datetime | None = None,
) -> list[NeedSince]:
    """The needs of a row, each with the instant it began; independent of each other and of the state (R5, R6).

    `judged_at`: when the deadline is looked at, `standing` of its session; None: now.
    """
    if state_at(attempt, now) not in RUNNING:
        return []
    found: list[NeedSince] = []
    if alert_since is not None:
        found.append(NeedSince(Need.ALERT, alert_since, True))
    if attempt.resume_requested_at is not None:
        found.append(NeedSince(Need.RESUME, attempt.resume_requested_at, True))
    if attempt.silent_at is not None and attempt.last_seen_at is not None and now >= attempt.silent_at:
        urgent = (
            attempt.resume_requested_at is not None
            or attempt.left_at is not None
            or now >= attempt.last_seen_at + SILENCE_IN_LANE
        )
        found.append(NeedSince(Need.DISCONNECTED, attempt.last_seen_at, urgent))
    if attempt.deadline_at is not None and (judged_at or now) >= attempt.deadline_at:
        found.append(NeedSince(Need.OVERTIME, attempt.deadline_at, True))
    return found


def allowed_actions(
    attempt: Attempt, session: Session, actor: ActorKind, now: datetime
) -> frozenset[EventKind]:
    """What this actor may do to this attempt now, straight from the table: pages show these and no others."""
    if session.is_over:
        return frozenset()
    state = state_at(attempt, now)
    allowed = {
        kind
        for kind, transition in TRANSITIONS.items()
        if state in transition.sources and actor in transition.actors
    }
    if not may_undo_end(attempt, now):
        allowed.discard(EventKind.END_UNDONE)
    return frozenset(allowed)


def may_be_reopened(attempt: Attempt, now: datetime) -> bool:
    """A finished test must not become an expired one (R12, R13)."""
    expiry = expires_at(attempt)
    return expiry is not None and now < expiry


def late_question_asked(attempt: Attempt, session: Session) -> bool:
    """After launch, for who was not present when the session launched and whose case is not settled (R10)."""
    return session.launched_at is not None and not attempt.present_at_launch and attempt.arrival == ""


def confusable(candidate: Candidate, namesakes: Iterable[Candidate]) -> bool:
    """Ticking asks a confirmation: a namesake has the same birth date or a first name that begins alike (R9)."""
    return any(
        candidate.birth_date == other.birth_date or begins_alike(candidate.first_name, other.first_name)
        for other in namesakes
    )


def archives_term(day: date, years: int) -> date:
    """The first day on which a paper of `day`, kept `years` years, may be proposed for elimination (I6)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February of a year that has none
        return date(day.year + years, 3, 1)


def working_term(day: date) -> date:
    """A white exam and a session that never took place: when their school year is over (I6)."""
    return date(school_year_of(day) + 1, FIRST_MONTH, 1)
