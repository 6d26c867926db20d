"""The checks applied: what is missing, by session, the most urgent first, with a count a kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sessions_app.models import Establishment, Session
from sessions_app.readiness.checks import CANDIDATE, SCHOOL, SESSION, Check, Urgency
from sessions_app.readiness.facts import school_facts, session_facts

RANKS = list(Urgency)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found; `who` is a candidate, empty for a session or a school."""

    who: str
    detail: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """All that one check found in one place."""

    check: Check[Any]
    findings: list[Finding]
    for_all: str

    @property
    def by_name(self) -> bool:
        return bool(self.findings[0].who)


@dataclass(frozen=True, slots=True)
class Part:
    """The school (None) or one session."""

    session: Session | None
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Count:
    """How often a kind was found, everywhere."""

    check: Check[Any]
    number: int


@dataclass(frozen=True, slots=True)
class Report:
    """What is missing in `sessions` sessions; `parts` without anything missing are left out."""

    parts: list[Part]
    counts: list[Count]
    sessions: int

    @property
    def total(self) -> int:
        return sum(count.number for count in self.counts)

    def only(self, code: str) -> "Report":
        """The same, of one kind; of all when nothing of that kind was found."""
        if code not in {count.check.code for count in self.counts}:
            return self
        parts = [
            Part(part.session, [group for group in part.groups if group.check.code == code])
            for part in self.parts
        ]
        return Report([part for part in parts if part.groups], self.counts, self.sessions)


def check(establishment: Establishment, sessions: Sequence[Session], now: datetime) -> Report:
    """Six queries, whatever the number of sessions and of candidates. A session that is over has nothing missing."""
    open_sessions = [session for session in sessions if not session.is_over]
    parts = [Part(None, _groups(SCHOOL, [school_facts(establishment, now)]))]
    for facts in session_facts(establishment, open_sessions):
        groups = [*_groups(SESSION, [facts]), *_groups(CANDIDATE, facts.candidates)]
        parts.append(Part(facts.session, sorted(groups, key=_rank)))
    filled = [part for part in parts if part.groups]
    return Report(filled, _counts(filled), len(open_sessions))


def _groups[Facts](checks: Iterable[Check[Facts]], all_facts: Sequence[Facts]) -> list[Group]:
    found = []
    for one in checks:
        told = [(facts, detail) for facts in all_facts if (detail := one.tells(facts)) is not None]
        if told:
            findings = [
                Finding(
                    who=getattr(facts, "words", ""),
                    detail=detail,
                    address=one.each.address(facts) if one.each else "",
                )
                for facts, detail in told
            ]
            found.append(Group(one, findings, one.for_all.address(told[0][0]) if one.for_all else ""))
    return found


def _counts(parts: Iterable[Part]) -> list[Count]:
    """In the order of the urgency, then of the tables."""
    numbers: dict[str, int] = {}
    for part in parts:
        for group in part.groups:
            numbers[group.check.code] = numbers.get(group.check.code, 0) + len(group.findings)
    every: list[Check[Any]] = [*SCHOOL, *SESSION, *CANDIDATE]
    ordered = sorted(every, key=lambda one: RANKS.index(one.urgency))
    return [Count(one, numbers[one.code]) for one in ordered if one.code in numbers]


def _rank(group: Group) -> int:
    return RANKS.index(group.check.urgency)
