"""Events as they are read: who, what, when, from where; every string ready."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from proctoring.models import Entry, ProctorAccess
from proctoring.selectors.journal_sentences import erased, sentence
from proctoring.selectors.wording import clock_time, day
from sessions_app.actors import ActorKind
from sessions_app.device_words import device_words
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Event, Session

# Beyond that the instant of the act and that of its receipt are both told (mechanics §7).
SAME_INSTANT = timedelta(seconds=60)
ROLES = {
    ActorKind.PROCTOR.value: "Surveillant",
    ActorKind.ADMIN.value: "Administration",
    ActorKind.SECRETARIAT.value: "Secrétariat",
    ActorKind.CANDIDATE.value: "Candidat",
    ActorKind.CLOCK.value: "",
}
OF_THE_OFFICE = frozenset({ActorKind.ADMIN.value, ActorKind.SECRETARIAT.value})
CLOCK = "Horloge"
UNKNOWN = "Élève retiré"
DESK, PLATFORM, OFFICE = "Page «\u00a0Je passe le test\u00a0»", "Plateforme de test", "Espace établissement"


@dataclass(frozen=True, slots=True)
class Name:
    """Of a candidate, also of one who is not on the list any more."""

    first: str
    last: str

    @property
    def full(self) -> str:
        return f"{self.first} {self.last.upper()}"


@dataclass(frozen=True, slots=True)
class Row:
    """One act. Instants are naive, at the clock of the school."""

    session: Session
    sequence: int
    observed: datetime
    received: datetime
    who: str
    role: str
    label: str
    sentence: str
    candidate: str
    where: str
    is_erased: bool

    @property
    def day(self) -> str:
        return day(self.observed.date())

    @property
    def hour(self) -> str:
        return clock_time(self.observed)

    @property
    def received_words(self) -> str:
        """Empty when it was received as it happened."""
        if self.received - self.observed <= SAME_INSTANT:
            return ""
        same_day = self.received.date() == self.observed.date()
        hour = clock_time(self.received)
        return f"reçu à {hour}" if same_day else f"reçu le {day(self.received.date())} à {hour}"


def names_in(sessions: Iterable[int]) -> dict[int, Name]:
    """Every candidate of these sessions, in two queries.

    Those taken off the list, moved to another room or asked for from there are named by the facts of that act.
    """
    ids = list(sessions)
    listed = Candidate.objects.filter(session__in=ids).values_list("pk", "first_name", "last_name")
    found = {pk: Name(first, last) for pk, first, last in listed}
    gone = Event.objects.filter(
        Q(kind=EventKind.CANDIDATE_CORRECTED, facts__removed=True)
        | Q(kind__in=[EventKind.CANDIDATE_TRANSFERRED, EventKind.CASE_RAISED]),
        session__in=ids,
        candidate_id__isnull=False,
    ).values_list("candidate_id", "facts")
    for pk, facts in gone:
        given = (facts or {}).get("before", facts)
        if pk is not None and isinstance(given, dict) and given.get("last_name"):
            found.setdefault(pk, Name(str(given.get("first_name", "")), str(given["last_name"])))
    return found


def rows_of(events: Iterable[Event], names: Mapping[int, Name] | None = None) -> list[Row]:
    """In their order; five queries at most, whatever their number."""
    told = list(events)
    ids = sorted({event.session_id for event in told})
    sessions = {one.pk: one for one in Session.objects.select_related("establishment").filter(pk__in=ids)}
    known = names_in(ids) if names is None else names
    devices = dict(ProctorAccess.objects.filter(session__in=ids).values_list("pk", "device"))
    by_key = dict(Entry.objects.filter(session__in=ids).values_list("pk", "api_key_id"))
    return [_row(event, sessions[event.session_id], known, devices, by_key) for event in told]


def _row(
    event: Event,
    session: Session,
    names: Mapping[int, Name],
    devices: Mapping[int, str],
    by_key: Mapping[UUID, int | None],
) -> Row:
    facts: Mapping[str, Any] | None = event.facts
    actor: Mapping[str, Any] = (facts or {}).get("actor", {})
    name = names.get(event.candidate_id) if event.candidate_id is not None else None
    whom = "" if event.candidate_id is None else name.full if name is not None else UNKNOWN
    is_clock = actor.get("kind") == ActorKind.CLOCK
    return Row(
        session=session,
        sequence=event.sequence,
        observed=session.local(event.observed_at).replace(tzinfo=None),
        received=session.local(event.received_at).replace(tzinfo=None),
        who=CLOCK if is_clock else str(actor.get("name", "")),
        role=ROLES.get(str(actor.get("kind", "")), ""),
        label=EventKind(event.kind).label,
        sentence=_sentence(event, whom, session),
        candidate=whom if facts is not None else "",
        where=_where(actor, devices, by_key),
        is_erased=facts is None,
    )


def _sentence(event: Event, whom: str, session: Session) -> str:
    if event.facts is None:
        since = session.eliminating_at
        return erased(session.local(since) if since is not None else None)
    return sentence(event.kind, event.facts, whom=whom, zone=session.zone)


def _where(actor: Mapping[str, Any], devices: Mapping[int, str], by_key: Mapping[UUID, int | None]) -> str:
    """From which device, or by which door."""
    access, entry = actor.get("access"), actor.get("entry")
    if isinstance(access, int) and access in devices:
        return device_words(devices[access])
    if isinstance(entry, str):
        return PLATFORM if by_key.get(UUID(entry)) is not None else DESK
    return OFFICE if actor.get("kind") in OF_THE_OFFICE else ""
