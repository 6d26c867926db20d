"""The day as five steps (R4): where the room is, what comes next, and until when that holds by the clock alone.

`day_of` is the one place. It reads a table: the first line whose condition holds gives the step and its sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zlib import crc32

from pixsurv.kernel import clock
from proctoring import rules
from proctoring.selectors.wording import NBSP, clock_time, duration_words
from sessions_app.enums import SessionState
from sessions_app.models import Session
from sessions_app.rules import PREPARATION

ANNOUNCED_BEFORE = timedelta(minutes=10)
# Said later, « encore 10 minutes » would be false.
ANNOUNCED_FOR = timedelta(minutes=5)


class Step(StrEnum):
    PREPARE = "Préparer"
    LAUNCH = "Lancer"
    WATCH = "Surveiller"
    END = "Terminer"
    CLOSE = "Clôturer"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """The way to what the sentence asks for. `opens`: a dialog; else a page."""

    words: str
    path: str
    opens: bool = False


READ = Shortcut("Consignes à lire", "consignes/", opens=True)
SHOW_CODE = Shortcut("Afficher le code d’accès", "code/")
CLOSE = Shortcut("Clôturer", "cloturer/")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the day is judged by. Ends are those of the tests that run; `given`: minutes that the room got back."""

    session: Session
    now: datetime
    expected: int = 0
    present: int = 0
    running: int = 0
    overdue: int = 0
    first_end_at: datetime | None = None
    last_end_at: datetime | None = None
    given: int = 0

    @property
    def launched(self) -> bool:
        return self.session.launched_at is not None

    @property
    def instructions_read(self) -> bool:
        return self.session.instructions_read_at is not None

    @property
    def judged_at(self) -> datetime:
        """While an incident of the whole room runs, no time passes (R23)."""
        return rules.standing(self.session, self.now)

    @property
    def common_end(self) -> datetime | None:
        return common_end(self.session, self.given)

    def after(self, instant: datetime | None, shift: timedelta = timedelta(0)) -> bool:
        return instant is not None and self.judged_at >= instant + shift

    @property
    def prepared(self) -> bool:
        """All are ticked, or the instructions were read, or the quarter of an hour is over."""
        late = self.judged_at >= self.session.starts_at + PREPARATION
        return self.instructions_read or (self.present > 0 and (late or not self.expected))

    @property
    def to_announce(self) -> bool:
        begins = -ANNOUNCED_BEFORE
        return self.after(self.common_end, begins) and not self.after(self.common_end, begins + ANNOUNCED_FOR)

    @property
    def all_over(self) -> bool:
        """Who is present and never began is waited for until the common end."""
        return self.launched and not self.running and (not self.present or self.after(self.common_end))

    @property
    def ending(self) -> bool:
        return self.running > 0 and (self.overdue > 0 or self.after(self.common_end))

    def hour(self, instant: datetime | None) -> str:
        return clock_time(self.session.local(instant)) if instant is not None else ""

    @property
    def words(self) -> dict[str, str]:
        """What the sentences may name."""
        return {
            "common": self.hour(self.common_end),
            "first": self.hour(self.first_end_at),
            "last": self.hour(self.last_end_at),
            "closed": self.hour(self.session.closed_at or self.session.cancelled_at),
            "waiting": _pupils(self.present, "présent n’a", "présents n’ont"),
            "overdue": _pupils(self.overdue, "", ""),
            "stops": "chaque test s’arrête à son heure de fin"
            if self.session.establishment.ends_by_itself
            else "rien ne s’arrête tout seul",
        }


@dataclass(frozen=True, slots=True)
class Line:
    """`step` None: none is current, and the first `done` are over."""

    step: Step | None
    holds: Callable[[Facts], bool]
    sentence: str
    shortcut: Shortcut | None = None
    aloud: bool = False
    done: int = 0


TABLE: tuple[Line, ...] = (
    Line(
        None,
        lambda facts: facts.session.state == SessionState.CANCELLED,
        "Session annulée à {closed}.",
    ),
    Line(
        None,
        lambda facts: facts.session.is_over,
        "Tout est fait\u00a0: la salle est clôturée.",
        done=len(Step),
    ),
    Line(
        Step.CLOSE,
        lambda facts: facts.all_over,
        "Tous les tests sont finis. Relisez le PV d’incident, puis clôturez.",
        CLOSE,
    ),
    Line(
        Step.WATCH,
        lambda facts: facts.launched and facts.session.incident_runs,
        "Un incident est en cours\u00a0: notez sa fin pour rendre les minutes perdues.",
    ),
    Line(
        Step.END,
        lambda facts: facts.ending and facts.overdue > 0,
        "Le temps est écoulé pour {overdue}\u00a0: mettez fin au test. Dernière fin à {last}.",
    ),
    Line(
        Step.END,
        lambda facts: facts.ending,
        "La fin commune est passée. Dernière fin à {last}\u00a0: gardez le silence dans la salle.",
    ),
    Line(
        Step.WATCH,
        lambda facts: facts.launched and facts.to_announce,
        "À annoncer\u00a0: encore 10\u00a0minutes. Fin commune à {common}.",
        aloud=True,
    ),
    Line(
        Step.WATCH,
        lambda facts: facts.launched and facts.present > 0,
        "{waiting} pas encore commencé\u00a0: allez voir pourquoi. Fin commune à {common}.",
    ),
    Line(
        Step.WATCH,
        lambda facts: facts.launched,
        "Premières fins à {first}. Parcourez la salle\u00a0; {stops}.",
    ),
    Line(
        Step.PREPARE,
        lambda facts: facts.instructions_read and facts.expected > 0 and not facts.present,
        "Consignes lues. Cochez d’abord les élèves présents.",
    ),
    Line(
        Step.LAUNCH,
        lambda facts: facts.prepared and facts.instructions_read,
        "Consignes lues\u00a0: donnez le code d’accès.",
        SHOW_CODE,
    ),
    Line(
        Step.LAUNCH,
        lambda facts: facts.prepared,
        "Lisez les consignes à voix haute, puis donnez le code d’accès.",
        READ,
    ),
    Line(
        Step.PREPARE,
        lambda facts: True,
        "Cochez chaque présent, lisez les consignes, puis donnez le code.",
        READ,
    ),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One step of the bar."""

    label: str
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Day:
    """`aloud`: the sentence is to be announced to the class. `until`: the clock alone changes it then."""

    step: Step | None
    marks: tuple[Mark, ...]
    sentence: str
    shortcut: Shortcut | None
    aloud: bool
    until: datetime | None

    @property
    def key(self) -> str:
        """What a page has, which it says when it asks for news: `<until, in milliseconds>.<what it shows>`."""
        until = clock.milliseconds(self.until) if self.until is not None else 0
        return f"{until}.{crc32(f'{self.step}{self.sentence}'.encode()):x}"


def day_of(facts: Facts) -> Day:
    """Where the room is, from its facts alone."""
    line = next(line for line in TABLE if line.holds(facts))
    steps = list(Step)
    done = steps.index(line.step) if line.step is not None else line.done
    marks = tuple(
        Mark(_label(step, done=place < done), place < done, step == line.step)
        for place, step in enumerate(steps)
    )
    sentence = line.sentence.format_map(facts.words)
    return Day(line.step, marks, sentence, line.shortcut, line.aloud, _until(facts))


def outlived(told: str, now: datetime) -> bool:
    """Whether the instant that a page was given with its step (`Day.key`) is past: without an event, the step may be
    another."""
    until = told.partition(".")[0]
    if not (until.isascii() and until.isdigit() and len(until) <= 15):
        return False
    return 0 < int(until) <= clock.milliseconds(now)


def common_end(session: Session, given: int = 0) -> datetime | None:
    """Launch + duration (+ what the room got back): without extra time, so that it can be written on the board."""
    if session.launched_at is None:
        return None
    return session.launched_at + timedelta(minutes=session.duration + given)


def _label(step: Step, *, done: bool) -> str:
    if step != Step.PREPARE or done:
        return step.value
    return f"{step.value} ({duration_words(PREPARATION // timedelta(minutes=1))})"


def _until(facts: Facts) -> datetime | None:
    """The next instant at which another line of the table may hold although nothing happens."""
    if facts.session.is_over or facts.session.incident_runs:
        return None
    end = facts.common_end
    if end is None:
        instants = [facts.session.starts_at + PREPARATION]
    else:
        announced = end - ANNOUNCED_BEFORE
        instants = [announced, announced + ANNOUNCED_FOR, end]
    return min((one for one in instants if one > facts.now), default=None)


def _pupils(many: int, one_more: str, more: str) -> str:
    said = f"{many}{NBSP}élève{'s' if many > 1 else ''} {more if many > 1 else one_more}"
    return said.strip()
