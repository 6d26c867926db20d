"""What the report of a session says, as plain data in words: page, paper and extract show it and add nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pixsurv.kernel.journal import Json, instant
from proctoring.report.tally import Tally
from sessions_app.enums import SessionKind
from sessions_app.models import Session
from sessions_app.wording import NBSP, clock_time, day, duration_words, short_day, week_day


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The few facts of the session's row, as its closing chained them once it is closed; all else is the journal's."""

    number: int
    kind: str
    is_rehearsal: bool
    establishment: str
    site: str
    room: str
    starts_at: datetime
    duration: int
    zone: ZoneInfo
    retention_years: int = 5
    cancelled: str = ""

    @classmethod
    def of(cls, session: Session) -> "SessionFacts":
        cancelled = ""
        if session.cancelled_at is not None:
            local = session.local(session.cancelled_at)
            cancelled = (
                f"Séance annulée le {day(local.date())} à {clock_time(local)}. {session.cancel_reason}"
            )
        return cls(
            number=session.number,
            kind=session.get_kind_display(),
            is_rehearsal=session.kind == "rehearsal",
            establishment=session.establishment.name,
            site=session.site,
            room=session.room,
            starts_at=session.starts_at,
            duration=session.duration,
            zone=session.zone,
            retention_years=session.establishment.retention_years,
            cancelled=cancelled.strip(),
        )

    def as_sealed(self, told: Mapping[str, Any]) -> "SessionFacts":
        """What the closing said of the session, whatever row and settings became since (I4).

        An older closing says nothing of it, and what a hand put there may be anything: the row then speaks,
        and the verification of the journal says the rest.
        """
        try:
            kind = SessionKind(told["kind"])
            return replace(
                self,
                number=int(told["number"]),
                kind=str(kind.label),
                is_rehearsal=kind == SessionKind.REHEARSAL,
                establishment=str(told["establishment"]),
                site=str(told["site"]),
                room=str(told["room"]),
                starts_at=datetime.fromisoformat(told["starts_at"]),
                duration=int(told["duration"]),
                zone=ZoneInfo(told["zone"]),
                retention_years=int(told["retention_years"]),
            )
        except (KeyError, TypeError, ValueError):
            return self

    @property
    def date(self) -> str:
        return week_day(self.starts_at.astimezone(self.zone).date())

    @property
    def planned(self) -> str:
        return clock_time(self.starts_at.astimezone(self.zone))

    @property
    def duration_words(self) -> str:
        return duration_words(self.duration)

    def clock(self, instant: datetime) -> str:
        """« 10h04 » on the session's day, « 15/03 à 10h04 » on another."""
        local = instant.astimezone(self.zone)
        same = local.date() == self.starts_at.astimezone(self.zone).date()
        return clock_time(local) if same else f"{short_day(local.date())} à {clock_time(local)}"

    def full(self, instant: datetime) -> str:
        """« 14/03/2026 à 10h04 »."""
        local = instant.astimezone(self.zone)
        return f"{day(local.date())} à {clock_time(local)}"


def told_at_closing(session: Session) -> dict[str, Json]:
    """What a closing says of its session, so that the seal covers it; `SessionFacts.as_sealed` reads it back."""
    return {
        "number": session.number,
        "kind": session.kind,
        "establishment": session.establishment.name,
        "site": session.site,
        "room": session.room,
        "starts_at": instant(session.starts_at),
        "duration": session.duration,
        "zone": session.zone.key,
        "retention_years": session.establishment.retention_years,
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One act: when, perhaps a code, a sentence; `note` when it was noted at another time, or keyed by hand.

    `in_course`: worth a line of its own in « Déroulement »; the others stand in the table of candidates, and in the
    lines of one candidate.
    """

    at: datetime
    time: str
    words: str
    code: str = ""
    note: str = ""
    candidate_ids: tuple[int, ...] = ()
    in_course: bool = True
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """A proctor and when he watched: « Perrine Essai (9h41 – 12h02) »."""

    name: str
    times: str

    def __str__(self) -> str:
        return f"{self.name} ({self.times})"


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate of the list at the end of the journal. `hidden`: what a copy says in the place of his situation."""

    id: int
    last_name: str
    first_name: str
    birth: str
    class_name: str
    local_id: str
    state: str
    standing: str
    workstation: str = ""
    started_at: datetime | None = None
    started: str = ""
    over_at: datetime | None = None
    over: str = ""
    late: str = ""
    late_refused: bool = False
    extra_time_percent: int = 0
    given_minutes: int = 0
    unfinished: bool = False
    reason: str = ""
    hidden: str = ""

    @property
    def name(self) -> str:
        """« DUPONT Paul »."""
        return f"{self.last_name} {self.first_name}".strip()


@dataclass(frozen=True, slots=True)
class Comment:
    """`version`: the sequence of the event that wrote it, 0 for none yet."""

    text: str = ""
    version: int = 0
    by: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A typed name, dated by the server: a simple signature, and said to be that."""

    name: str
    when: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What the event `closed` says; its hash is the seal (I4)."""

    at: datetime
    when: str
    by: str
    signature: Signature | None
    attendance_signed: bool
    gaps: tuple[str, ...]
    seal: str


@dataclass(frozen=True, slots=True)
class Addendum:
    """A dated correction after the closing, chained: its hash is its own seal."""

    rank: int
    at: datetime
    when: str
    by: str
    text: str
    seal: str


STRANGERS = 0  # the key of `Report.names` for who was asked for and is on no list


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report.

    `gone`: who left the list (removed, or in another room now); what was noted of him here is still here. `names`:
    candidate → every (last, first) that he was ever called in the journal.
    """

    session: SessionFacts
    sequence: int
    last_at: datetime | None
    launched_at: datetime | None
    launched: str
    instructions: str
    proctors: list[Watch]
    people: list[Person]
    lines: list[Line]
    incidents: list[Line]
    alerts: list[Line]
    tally: Tally
    had_room_incident: bool
    comment: Comment
    closing: Closing | None = None
    addenda: list[Addendum] = field(default_factory=list)
    gone: list[Person] = field(default_factory=list)
    names: dict[int, frozenset[tuple[str, str]]] = field(default_factory=dict)

    @property
    def open_alerts(self) -> int:
        return self.tally.waiting

    @property
    def incident_note(self) -> str:
        """What « Incidents » says besides its lines: an incident of the whole room is told where it happened (R23)."""
        if self.had_room_incident:
            return f"Incident dans toute la salle{NBSP}: voir le déroulement."
        return "" if self.incidents else "Aucun incident n’a été noté."

    @property
    def course(self) -> list[Line]:
        """« Déroulement », in the order in which it happened."""
        return [line for line in self.lines if line.in_course]

    @property
    def present(self) -> list[Person]:
        return [person for person in self.people if person.state != "expected"]

    @property
    def absent(self) -> list[Person]:
        """Neither ticked nor refused as late."""
        return [one for one in self.people if one.state == "expected" and not one.late_refused]

    @property
    def refused(self) -> list[Person]:
        return [one for one in self.people if one.state == "expected" and one.late_refused]

    @property
    def unfinished(self) -> list[Person]:
        """Over without « J’ai terminé »: each asks a reason (I3)."""
        return [person for person in self.people if person.unfinished]

    @property
    def draft(self) -> str:
        """What a paper of an open session, or of a rehearsal, is marked with; empty once sealed."""
        if self.session.is_rehearsal:
            return "ENTRAÎNEMENT — sans valeur"
        if self.session.cancelled:
            return "SÉANCE ANNULÉE"
        return "" if self.closing is not None else "PROJET — session non clôturée"

    def lines_of(self, candidate_id: int) -> list[Line]:
        """All about one candidate, for his own extract (I5)."""
        mine = [*self.lines, *self.incidents, *self.alerts]
        found = [line for line in mine if candidate_id in line.candidate_ids]
        return sorted(found, key=lambda line: (line.at, line.sequence))
