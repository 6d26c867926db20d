"""What is known of a session half-way through its journal: the fold's own state, filled act by act."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from proctoring.enums import AttemptState
from proctoring.report.content import Addendum, Closing, Comment, Line, SessionFacts
from proctoring.report.hours import at
from sessions_app.actors import ActorKind

KEYED = frozenset({"started", "resumed", "completed"})  # what may be typed by hand or from paper (R22)
LATER = timedelta(seconds=60)  # mechanics §7: printed when observed and received differ by more


class Recorded(Protocol):
    """What the fold reads of an event."""

    sequence: int
    kind: str
    candidate_id: int | None
    observed_at: datetime
    received_at: datetime
    facts: dict[str, Any] | None
    hash: str


def as_sealed(session: SessionFacts, events: Iterable[Recorded]) -> SessionFacts:
    """The session as its closing told it; as its row has it while none is among these events, or an older one is."""
    for event in events:
        if event.kind == "closed":
            told = (event.facts or {}).get("session")
            return session.as_sealed(told) if isinstance(told, Mapping) else session
    return session


@dataclass(frozen=True, slots=True)
class Act:
    """An event as the fold reads it: facts that were eliminated, or are missing, are empty."""

    sequence: int
    kind: str
    candidate_id: int | None
    observed_at: datetime
    received_at: datetime
    facts: Mapping[str, Any]
    hash: str

    @classmethod
    def of(cls, event: Recorded) -> "Act":
        return cls(
            event.sequence,
            event.kind,
            event.candidate_id,
            event.observed_at,
            event.received_at,
            event.facts or {},
            event.hash,
        )

    @property
    def actor(self) -> Mapping[str, Any]:
        found = self.facts.get("actor")
        return found if isinstance(found, Mapping) else {}

    @property
    def by(self) -> str:
        """« Perrine Essai », or a word for who is not known any more."""
        return str(self.actor.get("name") or "le surveillant")

    @property
    def by_clock(self) -> bool:
        return self.actor.get("kind") == ActorKind.CLOCK.value

    def text(self, *names: str) -> str:
        """The first of these facts that is there, as text."""
        for name in names:
            value = self.facts.get(name)
            if value not in (None, "", [], {}):
                return str(value)
        return ""

    def number(self, *names: str) -> int:
        """The first of these facts that is a number; 0 otherwise."""
        for name in names:
            value = self.facts.get(name)
            if isinstance(value, int) and not isinstance(value, bool):
                return value
        return 0

    def inner(self, name: str) -> Mapping[str, Any]:
        value = self.facts.get(name)
        return value if isinstance(value, Mapping) else {}


@dataclass(slots=True)
class Someone:
    """A candidate while the journal is read."""

    id: int
    last_name: str = ""
    first_name: str = ""
    birth: str = ""
    class_name: str = ""
    local_id: str = ""
    names: set[tuple[str, str]] = field(default_factory=set)  # last and first, as they were ever written
    listed: bool = True
    state: AttemptState = AttemptState.EXPECTED
    before_end: AttemptState = AttemptState.IN_PROGRESS
    workstation: str = ""
    started_at: datetime | None = None
    over_at: datetime | None = None
    ended_by_clock: bool = False
    late: str = ""
    late_refused: bool = False
    percent: int = 0
    given: int = 0
    # Sequences of the lines that a later act may take back.
    arrival_line: int = 0
    end_line: int = 0
    resume_line: int = 0
    out_line: int = 0
    move_line: int = 0
    moved_from: str = ""
    moved_at: datetime | None = None
    extra_line: int = 0
    extra_before: int = 0
    resume_by: str = ""

    @property
    def name(self) -> str:
        """« DUPONT Paul »; on the journal alone, who was never enrolled by an event has a number."""
        return f"{self.last_name} {self.first_name}".strip() or f"Candidat n°\u00a0{self.id}"


@dataclass(slots=True)
class Together:
    """Minutes given to, or taken back from, several at once: one line."""

    act: Act
    minutes: int
    reason: str
    people: dict[int, Someone]
    taken_back: bool = False


@dataclass(slots=True)
class Incident:
    """An incident as the last act about it left it."""

    act: Act
    code: str
    facts: dict[str, Any]
    told_at: datetime  # when the last of them was received: no hour that it says is later


@dataclass(slots=True)
class Alert:
    """An alert of a candidate, and its outcome."""

    act: Act
    question: int
    kinds: list[str]
    outcome: str = ""
    answered: Act | None = None


@dataclass(slots=True)
class RoomIncident:
    """« Incident dans toute la salle » (R23)."""

    act: Act
    ended: Act | None = None
    begin: datetime | None = None  # corrected at its end
    minutes: dict[int, int] = field(default_factory=dict)  # by candidate
    resuming: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Watching:
    name: str
    since: datetime
    until: datetime | None = None


@dataclass(slots=True)
class Story:
    """Everything that the acts so far have told."""

    session: SessionFacts
    people: dict[int, Someone] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)
    together: dict[tuple[Any, ...], Together] = field(default_factory=dict)
    incidents: dict[Any, Incident] = field(default_factory=dict)
    alerts: dict[Any, Alert] = field(default_factory=dict)
    room_incidents: dict[Any, RoomIncident] = field(default_factory=dict)
    watching: dict[Any, Watching] = field(default_factory=dict)
    launched_at: datetime | None = None
    launch_line: int = 0
    instructions: str = ""
    comment: Comment = field(default_factory=Comment)
    closing: Closing | None = None
    reasons: dict[int, str] = field(default_factory=dict)
    addenda: list[Addendum] = field(default_factory=list)
    scans: dict[int, int] = field(default_factory=dict)  # file → key of its line
    strangers: set[tuple[str, str]] = field(default_factory=set)  # last and first name of who is on no list
    sequence: int = 0
    last_at: datetime | None = None

    def room_incident_of(self, act: Act) -> RoomIncident | None:
        """The incident of the whole room that this act belongs to."""
        key = act.facts.get("room_incident")
        return self.room_incidents.get(key) if key is not None else None

    def someone(self, act: Act) -> Someone:
        """The candidate of this act; his own acts name him where no enrolment did."""
        assert act.candidate_id is not None
        person = self.people.setdefault(act.candidate_id, Someone(act.candidate_id))
        if not person.last_name and act.actor.get("kind") == ActorKind.CANDIDATE.value:
            person.first_name = str(act.actor.get("name") or "")
        return person

    def tell(
        self,
        act: Act,
        words: str,
        *,
        person: Someone | None = None,
        code: str = "",
        in_course: bool = True,
        at: datetime | None = None,
    ) -> int:
        """A line of this act; returns its key, with which it can be dropped."""
        instant = at or act.observed_at
        self.lines[act.sequence] = Line(
            at=instant,
            time=self.session.clock(instant),
            words=words,
            code=code,
            note=self.note_of(act),
            candidate_ids=(person.id,) if person is not None else (),
            in_course=in_course,
            sequence=act.sequence,
        )
        return act.sequence

    def drop(self, key: int) -> int:
        """Undone: it no longer stands; the journal keeps it. Returns the key of no line."""
        self.lines.pop(key, None)
        return 0

    def note_of(self, act: Act) -> str:
        """Where the time was keyed (R22), or noted more than a minute after it was observed; else nothing."""
        seen, noted = at(self.session, act.observed_at), at(self.session, act.received_at)
        source = act.text("source") if act.kind in KEYED else ""
        if source == "hand":
            return f"saisi à la main {noted}"
        if source == "paper":
            return f"saisi d’après la feuille de secours {noted}"
        if act.by_clock or act.received_at - act.observed_at <= LATER:
            return ""
        return f"observé {seen}, noté {noted}"
