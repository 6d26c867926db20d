"""The one locked way to act in a session, and the only writer of the journal (architecture §2)."""

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import Error, OperationalError, connection, transaction
from django.db.models import Model

from pixsurv.kernel import journal
from pixsurv.kernel.errors import Away, Busy
from pixsurv.kernel.journal import Json
from pixsurv.kernel.kept import Kept
from pixsurv.kernel.together import Write, write_together
from pixsurv.kernel.trouble import trouble_of
from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.models import Event, Session

logger = logging.getLogger("pixsurv.journal")

# What a calendar says of a session (P11): columns, and events about who is on its list.
TOLD = frozenset({"site", "room", "starts_at", "duration", "kind", "proctor_names", "state"})
LIST_KINDS = frozenset(
    {EventKind.CANDIDATE_ENROLLED, EventKind.CANDIDATE_CORRECTED, EventKind.CANDIDATE_TRANSFERRED}
)
BATCH = 500  # rows of one statement
TOGETHER = 4  # events of one act; more are written in bulk
WAIT = 5.0  # seconds, as SQLite's busy_timeout
_turn = threading.RLock()
_in_vain = 0.0  # when a thread of this process last gave up waiting for SQLite's writer's place


@dataclass
class LockedSession:
    """A session whose row is ours until the block ends. `now` is the instant at which rules judge."""

    session: Session
    now: datetime
    events: list[Event] = field(default_factory=list)
    _changed: set[str] = field(default_factory=set)
    _later: list[tuple[Model, set[str]]] = field(default_factory=list)

    def record(
        self,
        kind: EventKind,
        *,
        actor: Actor,
        candidate_id: int | None = None,
        observed_at: datetime | None = None,
        facts: Mapping[str, Json] | None = None,
        changes_list: bool = False,
        salt: str = "",
    ) -> Event:
        """Append one event. `changes_list`: it changes more than the row of its candidate.

        `salt`: drawn beforehand by who must know the hash before the lock (the seal of a closing, I4).
        Nothing is observed after it was received: a device whose clock is ahead is not believed (mechanics §7).
        """
        session = self.session
        observed = min(observed_at or self.now, self.now)
        told: dict[str, Json] = {**(facts or {}), "actor": actor.facts()}
        salt = salt or journal.new_salt()
        digest = journal.facts_digest(salt, told)
        session.sequence += 1
        event = Event(
            session=session,
            sequence=session.sequence,
            kind=kind,
            candidate_id=candidate_id,
            observed_at=observed,
            received_at=self.now,
            facts=told,
            salt=salt,
            facts_digest=digest,
            previous_hash=session.head_hash,
            hash=journal.event_hash(
                previous=session.head_hash,
                session_number=session.number,
                sequence=session.sequence,
                kind=kind,
                candidate_id=candidate_id,
                observed_at=observed,
                received_at=self.now,
                digest=digest,
            ),
        )
        session.head_hash = event.hash
        if changes_list:
            session.list_sequence = session.sequence
        self.events.append(event)
        return event

    def change(self, **values: object) -> None:
        """Set columns of the session; they are written with the events, once, when the block ends."""
        for name, value in values.items():
            setattr(self.session, name, value)
            self._changed.add(name)

    def write_later(self, one: Model, columns: Iterable[str]) -> None:
        """These columns of a row, or all of a new one, with the events when the block ends: for an act that asks the
        database for none of them before. One new row at most."""
        for known, waiting in self._later:
            if known is one:
                waiting.update(columns)
                return
        if one in [known for known, _ in self._later]:
            # Read twice: one statement would write it once.
            raise RuntimeError(f"{one} waits to be written already")
        self._later.append((one, set(columns)))

    def flush(self) -> None:
        changed, events = self.changed_columns(), self.events
        if len(events) > TOGETHER:
            Event.objects.bulk_create(events)
            events = []
        writes = [Write(event) for event in events]
        if changed:
            writes.append(Write(self.session, tuple(changed)))
        # The new one last: it gets its number.
        for one, columns in sorted(self._later, key=lambda later: later[0]._state.adding):
            writes.append(Write(one, None if one._state.adding else tuple(sorted(columns))))
        write_together(writes)

    def changed_columns(self) -> list[str]:
        """What must be written of the session's row, once all is recorded."""
        if self._changed & TOLD or any(event.kind in LIST_KINDS for event in self.events):
            self.change(revised_at=self.now)
        if self.events:
            self._changed |= {"sequence", "list_sequence", "head_hash"}
        return sorted(self._changed)


@contextmanager
def locked_session(session_id: int, *, now: datetime) -> Iterator[LockedSession]:
    """Hold the session's row lock, then write what was recorded, in one transaction.

    Raises Busy when the lock can't be had in time (mechanics §9): nothing was done. Look at nothing before: a check
    made outside the lock is a race.
    """
    with busy_when_locked(), transaction.atomic():
        found = _LOCK.fetch(session=session_id)
        if not found:
            raise Session.DoesNotExist
        lock = LockedSession(found[0], now)
        yield lock
        lock.flush()


_LOCK = Kept(
    lambda session: (
        Session.with_rehearsals.select_related("establishment")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=session)
    ),
    session=int,
)


@dataclass
class LockedSessions:
    """Several sessions at once, by their ids; what is recorded in them is written in bulk when the block ends."""

    now: datetime
    locks: dict[int, LockedSession]

    def adopt(self, session: Session) -> LockedSession:
        """Take in a session that this block has just made: nobody else can see it yet."""
        return self.locks.setdefault(session.pk, LockedSession(session, self.now))

    def flush(self) -> None:
        events = [event for lock in self.locks.values() for event in lock.events]
        Event.objects.bulk_create(events, batch_size=BATCH)
        if columns := {name for lock in self.locks.values() for name in lock.changed_columns()}:
            sessions = [lock.session for lock in self.locks.values()]
            Session.objects.bulk_update(sessions, sorted(columns), batch_size=BATCH)


@contextmanager
def locked_sessions(session_ids: Iterable[int], *, now: datetime) -> Iterator[LockedSessions]:
    """As `locked_session`, for several at once, locked in the order of their ids (mechanics §9)."""
    with busy_when_locked(), transaction.atomic():
        rows = (
            Session.with_rehearsals.select_related("establishment")
            .select_for_update(of=("self",), no_key=True)
            .filter(pk__in=list(session_ids))
            .order_by("pk")
        )
        held = LockedSessions(now, {session.pk: LockedSession(session, now) for session in rows})
        yield held
        held.flush()


@contextmanager
def busy_when_locked() -> Iterator[None]:
    """Raise Busy (503, ask again) where the database gave up waiting for a lock, instead of failing (500); Away or Full
    where it is, each of which is Busy too."""
    try:
        with _in_turn():
            yield
    except Error as error:
        refusal = trouble_of(error)
        if refusal is None:
            raise
        if isinstance(refusal, Away) or "deadlock" in str(error):
            logger.error("database: %s", error)
        raise refusal from error


@contextmanager
def _in_turn() -> Iterator[None]:
    """The threads of a process queue for SQLite's one writer's place, instead of each trying its luck.

    SQLite has no queue: who finds it taken sleeps up to 0.1 s and tries again, so that among eight busy threads one in
    a thousand was still out after 5 s. Two processes that try are not enough for that. When another program keeps the
    place, who stood behind the one that waited in vain has waited as long: he does not begin again.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    global _in_vain
    asked = time.monotonic()
    if not _turn.acquire(timeout=WAIT):
        raise Busy
    try:
        if _in_vain > asked:
            raise Busy
        yield
    except OperationalError as error:
        if "locked" in str(error):
            _in_vain = time.monotonic()
        raise
    finally:
        _turn.release()
