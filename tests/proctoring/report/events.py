"""Journals told in a few words, without a database: the fold needs none."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from proctoring.report.content import Report, SessionFacts
from proctoring.report.fold import fold
from proctoring.report.paper import situation_of
from tests.journal import NOW

PAUL, ZOE = 11, 12
FACTS = SessionFacts(
    number=82690,
    kind="Certification",
    is_rehearsal=False,
    establishment="Collège Les Tilleuls",
    site="Site d’essai",
    room="B12",
    starts_at=NOW,
    duration=105,
    zone=ZoneInfo("Europe/Paris"),
)
PROCTOR = {"kind": "proctor", "name": "Perrine Essai"}
ADMIN = {"kind": "admin", "name": "Andréa Essai"}
CLOCK = {"kind": "clock", "name": "horloge"}


@dataclass
class Told:
    """An event as the fold reads it."""

    sequence: int
    kind: str
    candidate_id: int | None
    observed_at: datetime
    received_at: datetime
    facts: dict[str, Any] | None
    hash: str


@dataclass
class Journal:
    """A session at ten; minutes are counted from its start."""

    events: list[Told] = field(default_factory=list)
    session: SessionFacts = FACTS

    def say(
        self,
        what: str,
        minute: float = 0,
        candidate: int | None = None,
        /,
        *,
        noted: float | None = None,
        actor: dict[str, str] = PROCTOR,
        **facts: Any,
    ) -> "Journal":
        observed = NOW + timedelta(minutes=minute)
        received = NOW + timedelta(minutes=minute if noted is None else noted)
        sequence = len(self.events) + 1
        told = {**facts, "actor": actor}
        self.events.append(Told(sequence, what, candidate, observed, received, told, f"{sequence:064x}"))
        return self

    def list_of(self, *names: tuple[int, str, str], percent: int = 0) -> "Journal":
        for person, last, first in names:
            self.say(
                "candidate_enrolled", -3000, person, actor=ADMIN,
                last_name=last, first_name=first, birth_date="2011-05-21", extra_time_percent=percent,
            )  # fmt: skip
        return self

    def run(self, minute: float, *people: int) -> "Journal":
        """Ticked at the start, begun then."""
        for person in people:
            self.say("presence_confirmed", 0, person)
            self.say("started", minute, person, extra_time_percent=0)
        return self

    @property
    def report(self) -> Report:
        return fold(self.session, self.events)


def journal() -> Journal:
    """Paul and Zoé on the list."""
    return Journal().list_of((PAUL, "Dupont", "Paul"), (ZOE, "Martin", "Zoé"))


def course(report: Report) -> list[str]:
    """« 10h04 what happened », ordinary spaces."""
    return [
        plain(f"{line.time} {line.words}{f' ({line.note})' if line.note else ''}") for line in report.course
    ]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def situation(told: Journal, person: int = PAUL) -> str:
    report = told.report
    return plain(next(situation_of(one, report) for one in report.people if one.id == person))
