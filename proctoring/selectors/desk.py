"""What the candidate's one page shows (D2–D6): a pure reading of his entry, his attempt and the clock.

Nothing is written here. What the clock or the proctor has decided and nobody has written yet is named in
`DeskPage.due`; `proctoring.services.desk` writes it before a page is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from proctoring import rules
from proctoring.enums import OVER_REASONS, RUNNING, AlertStatus, AttemptState, OverReason
from proctoring.models import Alert, Answer, Attempt, Entry
from proctoring.questions.bank import Question, bank
from sessions_app.models import Candidate, Session

# An answer that left the computer in time may arrive a little late.
GRACE = timedelta(seconds=3)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


class Stage(StrEnum):
    """What the page asks of the candidate."""

    WAITING = "waiting"  # to be ticked by the proctor
    START = "start"  # to type the access code
    RESUME = "resume"  # to type it again: the resume is authorised
    REFUSED = "refused"  # to raise his hand: the test runs elsewhere, or was interrupted
    SUPERSEDED = "superseded"  # nothing: the test went on at another workstation
    READY = "ready"  # to start the clock of a timed question
    QUESTION = "question"  # to answer
    LAST = "last"  # to say that he has finished
    OVER = "over"  # to leave


IN_TEST = frozenset({Stage.READY, Stage.QUESTION, Stage.LAST})
OUTSIDE = frozenset({Stage.RESUME, Stage.REFUSED})  # of a test that runs without him


class Due(StrEnum):
    """What has to be written before this page is true."""

    PREPARE = "prepare"  # draw the questions, or say which one is current
    TIME_OUT = "time_out"  # the time of a timed question is over
    PASS_ON = "pass_on"  # the proctor confirmed the problem: next question


class Previous(StrEnum):
    """What became of the question before, when the candidate did not decide it himself."""

    HIS_OWN = ""
    TIMED_OUT = "timed_out"
    CUT_SHORT = "cut_short"  # timed out as well, but part of its time went by while he could not work
    PASSED_ON = "passed_on"


@dataclass(frozen=True, slots=True)
class Version:
    """What a page has already, opaque to it: `<stage>.<sequence>.<position>.<marks>`.

    Marks: f frozen, o overtime, i an incident of the whole room runs, a an alert being handled, t a timed question
    runs, r a resume was asked for, u an end that may still be undone.
    """

    stage: str
    sequence: int
    position: int
    marks: str

    @classmethod
    def parse(cls, text: str) -> "Version | None":
        parts = text.split(".")
        if len(text) > 40 or not text.isascii() or len(parts) != 4:
            return None
        stage, sequence, position, marks = parts
        if not (sequence.isdigit() and position.isdigit()):
            return None
        return cls(stage, int(sequence), int(position), marks)

    def __str__(self) -> str:
        return f"{self.stage}.{self.sequence}.{self.position}.{self.marks}"

    @property
    def only_the_journal_counts(self) -> bool:
        """Such a page stays as it is until an event or the deadline: one UPDATE can tell (quality §1).

        An incident of the whole room is an event of every running test, at its beginning and at its end.
        """
        return self.stage in IN_TEST and self.marks in {"", "o", "i", "oi"}


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The page of one entry at one instant."""

    entry: Entry
    attempt: Attempt  # unsaved when nothing happened yet
    stage: Stage
    now: datetime
    frozen: bool = False  # an end that can still be undone (mechanics §5)
    position: int = 0
    total: int = 0
    question: Question | None = None
    ends_at: datetime | None = None  # of a timed question whose clock runs
    alert: Alert | None = None  # the latest on this question
    previous: Previous = Previous.HIS_OWN
    due: Due | None = None

    @property
    def session(self) -> Session:
        return self.entry.session

    @property
    def candidate(self) -> Candidate:
        return self.entry.candidate

    @property
    def in_test(self) -> bool:
        return self.stage in IN_TEST

    @property
    def asks_code(self) -> bool:
        return self.stage in {Stage.START, Stage.RESUME}

    @property
    def started(self) -> bool:
        return self.attempt.started_at is not None

    @property
    def asked_to_resume(self) -> bool:
        """The proctor has a request before him, and did not ignore it."""
        return self.attempt.resume_requested_at is not None

    @property
    def overtime(self) -> bool:
        """The deadline is past; nothing stops by itself (R13). Not while an incident of the whole room runs (R23)."""
        deadline = self.attempt.deadline_at
        return deadline is not None and rules.standing(self.session, self.now) >= deadline

    @property
    def incident(self) -> bool:
        """The whole room waits: his time stands still since the incident began (R23)."""
        return self.session.incident_runs and self.stage not in {Stage.OVER, Stage.SUPERSEDED}

    @property
    def remaining_minutes(self) -> int:
        """Minutes to the deadline, begun ones counted whole."""
        if self.attempt.deadline_at is None or self.overtime:
            return 0
        began = max(rules.standing(self.session, self.now), self.attempt.started_at or self.now)
        return max(0, -(-(self.attempt.deadline_at - began) // MINUTE))

    @property
    def allowed_minutes(self) -> int:
        """How long this candidate's own test may last."""
        extra = rules.extra_minutes(self.session.duration, self.candidate.extra_time_percent)
        return self.session.duration + extra + self.attempt.given_minutes

    @property
    def before(self) -> int:
        """The question before this one."""
        return self.position - 1

    @property
    def seconds_left(self) -> int:
        """Of a timed question whose clock runs, begun ones counted whole."""
        if self.ends_at is None:
            return 0
        return max(0, -(-(self.ends_at - self.now) // SECOND))

    @property
    def clock_goes_on(self) -> bool:
        """The time of a timed question goes by, whoever looks at it."""
        return self.ends_at is not None and not self.alert_waits and not self.incident

    @property
    def left(self) -> int:
        """Questions neither answered nor passed, this one included."""
        return self.total - self.position + 1

    @property
    def alert_waits(self) -> bool:
        """Nobody answered, or the answer can still be undone: the candidate is not told before (R15)."""
        return self.alert is not None and not rules.alert_is_final(self.alert, self.now)

    @property
    def alert_refused(self) -> bool:
        refused = self.alert is not None and self.alert.status == AlertStatus.REFUSED
        return refused and not self.alert_waits

    @property
    def has_news(self) -> bool:
        """Something stands above the question."""
        handled = self.alert_waits or self.alert_refused
        running = self.incident or self.overtime or self.ends_at is not None
        return running or handled or self.previous != Previous.HIS_OWN

    @property
    def asks_often(self) -> bool:
        """Somebody is about to answer this candidate: the page asks between two heartbeats."""
        return self.in_test and not self.frozen and self.alert_waits

    @property
    def may_come_back(self) -> bool:
        """An undo that is on its way still counts (mechanics §5): the end page goes on asking."""
        return self.stage == Stage.OVER and rules.may_undo_end(self.attempt, self.now)

    @property
    def over_reason(self) -> OverReason:
        """Why there is no test any more (D5)."""
        return OVER_REASONS.get(rules.state_at(self.attempt, self.now), OverReason.SESSION_CLOSED)

    @property
    def ended_by_clock(self) -> bool:
        """Ended at its deadline, as the school chose (P9): final at once, no proctor made the gesture."""
        return self.attempt.over_at is not None and self.attempt.over_at == self.attempt.over_final_at

    @property
    def version(self) -> Version:
        if not self.in_test:
            # No sequence: a page where the code is being typed must not be replaced by its like.
            asked = self.asked_to_resume and not self.asks_code
            waits = self.incident and not self.asks_code
            mark = "r" if asked else "u" if self.may_come_back else ""
            return Version(self.stage, 0, 0, mark + ("i" if waits else ""))
        marks = {
            "f": self.frozen,
            "o": self.overtime,
            "i": self.incident,
            "a": self.alert_waits,
            "t": self.ends_at is not None,
        }
        shown = "".join(mark for mark, on in marks.items() if on)
        return Version(self.stage, self.attempt.last_sequence, self.position, shown)

    def same_screen(self, seen: Version) -> bool:
        """The form on the candidate's screen still stands: only what is around it may have changed."""
        return self.in_test and (seen.stage, seen.position) == (self.stage, self.position)


def desk_page(entry: Entry, *, now: datetime) -> DeskPage:
    """The page of `entry`, which `entry_of` brought with its session, candidate and attempt."""
    attempt = getattr(entry.candidate, "attempt", None) or Attempt(candidate=entry.candidate)
    stage = _stage(entry, attempt, now)
    if stage in OUTSIDE and attempt.question_shown_at is not None:
        # He waits to come back to a timed question, whose clock did not wait: he is told.
        return replace(_page_of_test(entry, attempt, now), stage=stage, frozen=False, due=None)
    if stage != Stage.QUESTION:
        return DeskPage(entry, attempt, stage, now)
    return _page_of_test(entry, attempt, now)


def question_ends_at(
    attempt: Attempt, session: Session, limit: int, alerts: Sequence[Alert], now: datetime
) -> datetime | None:
    """When the time of a question of `limit` seconds is over; None while its clock has not been started.

    A crash or a reload does not stop the clock. Waiting for the proctor does, and so do an incident of the whole room
    and an end that was undone: the candidate could not work meanwhile.
    """
    shown_at = attempt.question_shown_at
    if shown_at is None:
        return None
    ends = [min(alert.final_at or alert.handled_at or now, now) for alert in alerts]
    stopped = sum((end - alert.raised_at for alert, end in zip(alerts, ends, strict=True)), timedelta())
    if attempt.end_undone_at is not None and attempt.end_undone_at >= shown_at:
        stopped += rules.UNDO + rules.UNDO_GRACE
    if session.incident_since is not None:
        until = session.incident_over_at or now
        stopped += max(until - max(session.incident_since, shown_at), timedelta())
    return shown_at + timedelta(seconds=limit) + stopped


def _stage(entry: Entry, attempt: Attempt, now: datetime) -> Stage:
    """QUESTION stands for the whole test here."""
    state = rules.state_at(attempt, now)
    if rules.is_final(attempt, now) or entry.session.is_over:
        return Stage.OVER
    if state == AttemptState.EXPECTED:
        return Stage.WAITING
    if state == AttemptState.PRESENT:
        return Stage.START
    holds = attempt.holder_id == entry.pk
    if holds and (state != AttemptState.RESUME_AUTHORISED or _kept_working(attempt)):
        return Stage.QUESTION
    if state == AttemptState.RESUME_AUTHORISED:
        return Stage.RESUME
    return Stage.SUPERSEDED if entry.held_at is not None else Stage.REFUSED


def _kept_working(attempt: Attempt) -> bool:
    """Seen since the resume was authorised: a mistake, which must not throw him out (mechanics §4)."""
    return (
        attempt.last_seen_at is not None
        and attempt.resume_authorised_at is not None
        and attempt.last_seen_at > attempt.resume_authorised_at
    )


def _page_of_test(entry: Entry, attempt: Attempt, now: datetime) -> DeskPage:
    last = Answer.objects.filter(attempt_id=attempt.pk).order_by("-position").first()
    position = last.position + 1 if last is not None else 1
    total = len(attempt.question_ids)
    frozen = attempt.state not in RUNNING
    if not frozen and (not total or (position <= total and attempt.question != position)):
        return DeskPage(entry, attempt, Stage.QUESTION, now, due=Due.PREPARE)
    around = list(
        Alert.objects.filter(attempt_id=attempt.pk, question__in=[position - 1, position]).order_by("pk")
    )
    alerts = [alert for alert in around if alert.question == position]
    previous = _previous(attempt, last, [alert for alert in around if alert.question != position])
    if position > total:
        return DeskPage(
            entry, attempt, Stage.LAST, now, frozen=frozen, position=total + 1, total=total, previous=previous
        )
    question = bank().get(attempt.question_ids[position - 1])
    limit = question.time_limit if question is not None else None
    ends_at = question_ends_at(attempt, entry.session, limit, alerts, now) if limit is not None else None
    ready = limit is not None and ends_at is None
    return DeskPage(
        entry,
        attempt,
        Stage.READY if ready else Stage.QUESTION,
        now,
        frozen=frozen,
        position=position,
        total=total,
        question=question,
        ends_at=ends_at,
        alert=alerts[-1] if alerts else None,
        previous=previous,
        due=None if frozen else _due(question, ends_at, alerts, now),
    )


def _due(
    question: Question | None, ends_at: datetime | None, alerts: Sequence[Alert], now: datetime
) -> Due | None:
    if question is None:  # the question set changed under a running test: nobody can answer this one
        return Due.PASS_ON
    alert = alerts[-1] if alerts else None
    if alert is not None and alert.status == AlertStatus.VALIDATED:
        return Due.PASS_ON if rules.alert_is_final(alert, now) else None
    if ends_at is not None and now > ends_at + GRACE:
        return Due.TIME_OUT
    return None


def _previous(attempt: Attempt, last: Answer | None, alerts: Sequence[Alert]) -> Previous:
    if last is None:
        return Previous.HIS_OWN
    if last.timed_out:
        return Previous.CUT_SHORT if _was_interrupted(attempt, last) else Previous.TIMED_OUT
    confirmed = any(alert.status == AlertStatus.VALIDATED for alert in alerts)
    return Previous.PASSED_ON if last.skipped and confirmed else Previous.HIS_OWN


def _was_interrupted(attempt: Attempt, last: Answer) -> bool:
    """Its whole time does not fit between his coming back and its end: the clock had begun before."""
    question, back = bank().get(last.question_id), attempt.resumed_at
    if question is None or question.time_limit is None or back is None:
        return False
    return back <= last.answered_at < back + timedelta(seconds=question.time_limit)
