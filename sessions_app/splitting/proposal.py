"""What creating the sessions of some classes would make: sessions, names, and what is in the way (P5, P6)."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.enums import TextChoices

from pixsurv.kernel.identity import fold
from sessions_app.class_names import class_key
from sessions_app.enums import EventKind, Followed, SessionKind, SessionState
from sessions_app.models import Candidate, Establishment, Event, Pupil, Session
from sessions_app.rules import LONGEST_OCCUPATION, occupied_until
from sessions_app.selectors.school_year import elsewhere, end_of, in_year
from sessions_app.splitting.rooms import Room
from sessions_app.splitting.split import Place, split


class Scope(TextChoices):
    """Which pupils of the chosen classes."""

    NOT_ENROLLED = "pas-inscrits", "Ceux qui ne sont inscrits à aucune séance de cette nature cette année"
    NOT_DONE = "pas-passes", "Ceux qui n’ont pas encore passé la certification cette année"
    ALL = "tous", "Tous"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says; the hours in their order."""

    school_year: int
    classes: list[str]
    scope: Scope
    kind: SessionKind
    followed: Followed
    starts: list[datetime]
    duration: int
    rooms: list[Room]


@dataclass(slots=True)
class Seat:
    """A pupil of a proposed session, and what is worth a look."""

    pupil: Pupil
    homonym: bool = False
    overlap: Session | None = None


@dataclass(slots=True)
class Proposed:
    """A session that would be made. `taken` are sessions that have the room at that time."""

    starts_at: datetime
    duration: int
    room: Room
    seats: list[Seat] = field(default_factory=list)
    taken: list[Session] = field(default_factory=list)

    @property
    def ends_at(self) -> datetime:
        """When those without extra time are done."""
        return self._taken_until(0)

    @property
    def last_end(self) -> datetime:
        """When the last of them is done, extra time counted."""
        most = max((seat.pupil.extra_time_percent for seat in self.seats), default=0)
        return self._taken_until(most)

    def _taken_until(self, extra_percent: int) -> datetime:
        return occupied_until(starts_at=self.starts_at, duration=self.duration, extra_percent=extra_percent)

    @property
    def classes(self) -> str:
        """« 3e A (24), 3e B (3) »."""
        counted = Counter(seat.pupil.class_name for seat in self.seats)
        names = sorted(counted, key=class_key)
        return ", ".join(f"{name or 'sans classe'} ({counted[name]})" for name in names)


@dataclass(frozen=True, slots=True)
class Proposal:
    """`seen` changes with anything that would be made; `left_out` are those whom the scope leaves aside."""

    sessions: list[Proposed]
    left: list[Pupil]
    left_out: int
    runs_into_next: list[Proposed]

    @property
    def candidates(self) -> int:
        return sum(len(session.seats) for session in self.sessions)

    @property
    def not_certifiable(self) -> list[Pupil]:
        seats = [seat for session in self.sessions for seat in session.seats]
        return [seat.pupil for seat in seats if seat.pupil.certifiable is False]

    @property
    def overlaps(self) -> int:
        return sum(seat.overlap is not None for session in self.sessions for seat in session.seats)

    @property
    def taken(self) -> int:
        return sum(bool(session.taken) for session in self.sessions)

    @property
    def cut(self) -> list[str]:
        """The classes that could not be kept together."""
        where = Counter(
            name for session in self.sessions for name in {seat.pupil.class_name for seat in session.seats}
        )
        where.update({one.class_name for one in self.left} & set(where))
        return [name or "sans classe" for name in sorted(where, key=class_key) if where[name] > 1]

    @property
    def seen(self) -> str:
        told = [
            [
                session.starts_at.isoformat(),
                session.room.site,
                session.room.room,
                session.room.workstations,
                session.room.spare,
                [seat.pupil.pk for seat in session.seats],
            ]
            for session in self.sessions
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def propose(establishment: Establishment, wish: Wish) -> Proposal:
    """Four queries, whatever the number of pupils and of rooms."""
    pupils = list(
        Pupil.objects.filter(
            establishment=establishment, school_year=wish.school_year, class_name__in=wish.classes
        ).order_by("sort_key", "pk")
    )
    aside = _aside(establishment, wish)
    wanted = [pupil for pupil in pupils if pupil.identity_key not in aside]
    by_class: dict[str, list[Pupil]] = {}
    for pupil in wanted:
        by_class.setdefault(pupil.class_name, []).append(pupil)
    groups = [by_class[name] for name in sorted(by_class, key=class_key)]
    spots = [(at, start, room) for at, start in enumerate(wish.starts) for room in wish.rooms]
    seated = split(groups, [Place(at, room.capacity) for at, _, room in spots])
    sessions = [
        Proposed(start, wish.duration, room, _seats(members))
        for (_, start, room), members in zip(spots, seated.seated, strict=True)
        if members
    ]
    _look_around(establishment, wish, sessions)
    return Proposal(
        sessions=sessions,
        left=seated.left,
        left_out=len(pupils) - len(wanted),
        runs_into_next=_running_into_next(sessions),
    )


def _seats(members: list[Pupil]) -> list[Seat]:
    names = Counter(pupil.last_name_key for pupil in members)
    ordered = sorted(members, key=lambda pupil: (pupil.sort_key, pupil.pk))
    return [Seat(pupil, homonym=names[pupil.last_name_key] > 1) for pupil in ordered]


def _aside(establishment: Establishment, wish: Wish) -> set[str]:
    """The identities that the scope leaves aside, whether they were enrolled from the list or from a file."""
    if wish.scope == Scope.ALL:
        return set()
    candidates: QuerySet[Candidate] = Candidate.objects.filter(
        in_year(establishment, wish.school_year, "session__"), session__establishment=establishment
    ).exclude(session__state__in=[SessionState.CANCELLED, SessionState.ELIMINATED])
    if wish.scope == Scope.NOT_ENROLLED:
        candidates = candidates.filter(session__kind=wish.kind)
    else:
        # Who was absent has not done it: what the journal says, not the list.
        started = Event.objects.filter(
            session_id=OuterRef("session_id"), candidate_id=OuterRef("pk"), kind=EventKind.STARTED
        )
        candidates = candidates.filter(Exists(started), session__kind=SessionKind.CERTIFICATION)
    return set(candidates.values_list("identity_key", flat=True))


def _look_around(establishment: Establishment, wish: Wish, sessions: list[Proposed]) -> None:
    """Who is in another session at that time (P6), and which session has the room."""
    keys = [seat.pupil.identity_key for session in sessions for seat in session.seats]
    busy: dict[str, list[Session]] = {}
    for key, other in elsewhere(establishment, wish.school_year, keys):
        busy.setdefault(key, []).append(other)
    near = list(
        Session.objects.filter(
            establishment=establishment,
            starts_at__gt=min(wish.starts) - LONGEST_OCCUPATION,
            starts_at__lt=max(wish.starts) + LONGEST_OCCUPATION,
        )
        .exclude(state__in=[SessionState.CANCELLED, SessionState.ELIMINATED])
        .order_by("starts_at", "number")
    )
    for session in sessions:
        session.taken = [
            other
            for other in near
            if (fold(other.site), fold(other.room)) == session.room.key and _meet(session, other)
        ]
        for seat in session.seats:
            met = (other for other in busy.get(seat.pupil.identity_key, ()) if _meet(session, other))
            seat.overlap = next(met, None)


def _meet(one: Proposed, other: Session) -> bool:
    return one.starts_at < end_of(other) and other.starts_at < one.last_end


def _running_into_next(sessions: list[Proposed]) -> list[Proposed]:
    """Those whose extra time ends after the next session in the same room begins."""
    return [
        one
        for one in sessions
        if any(
            other.room.key == one.room.key and one.ends_at <= other.starts_at < one.last_end
            for other in sessions
        )
    ]
