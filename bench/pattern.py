"""The sessions that a grown database is made of: a few lived through the services, one of each kind.

Names, room, proctor and number are words of no language, so that `bench.country` finds them again in every column and
every fact of a journal, and puts others in their place.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

ABSENT, BROKEN, RESUMED = 2, 3, 2  # how many never come; meet a broken question; come back after a crash
CATEGORY = "E1"
MARK = b"%PDF-bench: not a paper, only the place of one. " * 40
QUESTIONS = 32
ROOM, PROCTOR, BOX = "Zqsalle", "Zqlise Essai", "Zqboite"
type Act = Callable[[datetime], object]
HOUR = 9  # UTC: every act of a session is of one day, whatever its school's clock


@dataclass(frozen=True, slots=True)
class Pattern:
    """One session to copy, and the words in it that are another's in each copy."""

    session: Any
    people: list[tuple[int, str, str]]  # id, last name, first name

    @property
    def day(self) -> str:
        return self.session.starts_at.astimezone(UTC).date().isoformat()


def planned(school: Any, now: datetime, *, candidates: int) -> Pattern:
    """Enrolled, nothing else yet."""
    from sessions_app.services.enrolment import enrol
    from tests import factories

    day = now.astimezone(UTC).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    session = factories.SessionFactory(
        establishment=school, room=ROOM, site="Site d’essai", starts_at=day, proctor_names=PROCTOR
    )
    people = [
        factories.CandidateFactory.build(
            session=None, last_name=f"ZQX{letters}", first_name=f"Zqy{letters.lower()}"
        )
        for letters in _letters(candidates)
    ]
    enrol(session_id=session.pk, candidates=people, actor=factories.ADMIN, now=day - timedelta(hours=2))
    return Pattern(_fresh(session), [(one.pk, one.last_name, one.first_name) for one in people])


def closed(school: Any, now: datetime, *, candidates: int, received: bool, papers: bool) -> Pattern:
    """The whole day: proctors, presences, tests, broken questions, resumes, incidents, closing; perhaps a receipt.

    Without `papers` the sealed report is a mark that says so: what a list or a search costs does not depend on it.
    """
    made = planned(school, now, candidates=candidates)
    with nullcontext() if papers else _marked_papers():
        _Story(made).live()
    if received:
        _receive(made.session)
    return Pattern(_fresh(made.session), made.people)


@contextmanager
def _marked_papers() -> Iterator[None]:
    from proctoring.services import closing

    real, closing.report_pdf = closing.report_pdf, lambda report: MARK
    try:
        yield
    finally:
        closing.report_pdf = real


def _fresh(session: Any) -> Any:
    from sessions_app.models import Session

    return Session.objects.select_related("establishment").get(pk=session.pk)


class _Story:
    """Who is who in one session; each act is told the instant at which it happens, in the order of the clock."""

    def __init__(self, made: Pattern) -> None:
        from sessions_app.models import Candidate

        self.session = made.session
        self.people = [Candidate.objects.get(pk=pk) for pk, _, _ in made.people][ABSENT:]
        self.entries: dict[int, Any] = {}
        self.access: Any = None

    def live(self) -> None:
        for minutes, act in sorted(self._acts(), key=lambda timed: timed[0]):
            act(self.session.starts_at + timedelta(minutes=minutes))

    def _acts(self) -> Iterator[tuple[float, Act]]:
        yield -20, self._come_in
        for place in range(len(self.people)):
            yield -10 + place / 10, partial(self._tick, place)
            yield 1 + place / 20, partial(self._start, place)
            yield 80 + place / 2, partial(self._complete, place)
        yield -1, self._read_instructions
        for place in range(BROKEN):
            yield 20 + place, partial(self._break_a_question, place)
        for place in range(BROKEN, BROKEN + RESUMED):
            yield 30 + place, partial(self._come_back, place)
        yield 110, self._note
        yield 111, self._comment
        yield 120, self._close
        yield 121, self._leave

    @property
    def _actor(self) -> Any:
        from proctoring.services import access as accesses

        return accesses.actor_of(self.access)

    def _who(self, place: int) -> dict[str, Any]:
        return {"session_id": self.session.pk, "candidate_id": self.people[place].pk}

    def _come_in(self, now: datetime) -> None:
        from proctoring.services.access import enter

        self.access, _ = enter(session=self.session, name=PROCTOR, account=None, device="Essai", now=now)

    def _leave(self, now: datetime) -> None:
        from proctoring.services.access import leave

        leave(access=self.access, now=now)

    def _tick(self, place: int, now: datetime) -> None:
        from proctoring.services.presence import confirm_presence

        confirm_presence(**self._who(place), actor=self._actor, now=now)

    def _read_instructions(self, now: datetime) -> None:
        from proctoring.services.instructions import note_instructions_read

        note_instructions_read(session_id=self.session.pk, actor=self._actor, now=now)

    def _start(self, place: int, now: datetime) -> None:
        from proctoring.services.entries import candidate_actor
        from proctoring.services.running import start_or_resume
        from tests.factories import open_entry_for

        entry = self.entries[place] = open_entry_for(self.people[place], now=now)
        code = self.session.access_code
        start_or_resume(entry=entry, access_code=code, actor=candidate_actor(entry), now=now)

    def _break_a_question(self, place: int, now: datetime) -> None:
        from proctoring.services.alerts import answer_alert, raise_alert
        from proctoring.services.entries import candidate_actor

        entry = self.entries[place]
        alert, _ = raise_alert(
            entry=entry, question=7, kinds=["image"], actor=candidate_actor(entry), now=now
        )
        told = {"alert_id": alert.pk, "confirmed": True, "category": CATEGORY}
        answer_alert(**self._who(place), **told, actor=self._actor, now=now + timedelta(seconds=20))

    def _come_back(self, place: int, now: datetime) -> None:
        from proctoring.services.resume import authorise_resume

        authorise_resume(**self._who(place), actor=self._actor, now=now)
        self._start(place, now + timedelta(seconds=20))

    def _complete(self, place: int, now: datetime) -> None:
        from proctoring.models import Answer, Attempt
        from proctoring.services.entries import candidate_actor
        from proctoring.services.running import complete

        entry = self.entries[place]
        complete(entry=entry, actor=candidate_actor(entry), now=now)
        attempt = Attempt.objects.get(candidate=self.people[place])
        Answer.objects.bulk_create(
            Answer(
                attempt=attempt,
                position=position,
                question_id=f"essai-{position:02d}",
                response=["b"],
                answered_at=now - timedelta(minutes=position),
            )
            for position in range(1, QUESTIONS + 1)
        )

    def _note(self, now: datetime) -> None:
        from proctoring.services.incidents import Observed, report_incident

        seen = Observed("C7", description="Réseau coupé pendant 2 minutes.")
        report_incident(
            session_id=self.session.pk, candidate_id=None, observed=seen, actor=self._actor, now=now
        )

    def _comment(self, now: datetime) -> None:
        from proctoring.services.comment import save_comment

        text = "Rien d’autre à signaler."
        save_comment(session_id=self.session.pk, text=text, seen=0, actor=self._actor, now=now)

    def _close(self, now: datetime) -> None:
        from proctoring.report.gate import Statement
        from proctoring.services.closing import close_session

        said = Statement(signature=PROCTOR, attendance_signed=True)
        close_session(session_id=self.session.pk, actor=self._actor, now=now, statement=said)


def _receive(session: Any) -> None:
    from proctoring.enums import EXPECTED_PAPERS
    from proctoring.services.receipts import Handed, acknowledge
    from sessions_app.actors import Actor, ActorKind

    acknowledge(
        session_ids=[session.pk],
        handed=Handed(frozenset(EXPECTED_PAPERS), BOX),
        key="",
        actor=Actor(kind=ActorKind.SECRETARIAT, name="Odile Essai"),
        now=session.starts_at + timedelta(hours=6),
    )


def _letters(count: int) -> Iterator[str]:
    for number in range(count):
        yield "ABCDEFGH"[number // 8] + "ABCDEFGH"[number % 8]
