"""« Incident dans toute la salle » (R23): begun in one tap, ended with what it cost, both undone in time.

The session's columns say which one runs; the journal says the rest, each event under the incident's key, which is the
sequence of the event that began it (decision 0019).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring import rules
from proctoring.enums import RUNNING, AttemptState
from proctoring.models import Attempt
from proctoring.selectors.room_incident import last_settled
from proctoring.selectors.wording import clock_time
from proctoring.services import minutes, resume
from proctoring.services.due import locked_room
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind, RoomIncidentKind
from sessions_app.models import Event, Session

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an incident cost, as somebody decides it: from when to when, who gets the minutes, who may resume."""

    since: datetime
    until: datetime
    given_to: tuple[int, ...] = ()
    resuming: tuple[int, ...] = ()

    @property
    def minutes(self) -> int:
        return minutes_lost(self.since, self.until)


def minutes_lost(since: datetime, until: datetime) -> int:
    """Whole minutes, a begun one counted: what was lost is given back, and never less."""
    return -(-(until - since) // MINUTE)


def start_room_incident(
    *, session_id: int, kind: str, actor: Actor, now: datetime, since: datetime | None = None
) -> Session:
    """It begins now, or began at `since` (clamped: not before the session, nor the end of the last one, nor ahead).

    While one of that kind runs it stands, and nothing is recorded. Refused with `session_closed`,
    `room_incident_kind` (422), and `room_incident_runs` while one of another kind runs.
    """
    if kind not in RoomIncidentKind.values:
        raise refuse("room_incident_kind", status=422)
    with locked_room(session_id, now=now) as room:
        session = room.session
        room.require_open()
        if session.incident_runs:
            if session.incident_kind != kind:
                raise _runs_already(session)
            return session
        earliest = max(rules.first_instant(session), last_settled(session) or rules.first_instant(session))
        began = min(max(since or now, earliest), now)
        # The event that begins it is its own key: a page that ends it says which one it saw.
        _begin(room, RoomIncidentKind(kind), began, key=session.sequence + 1, actor=actor)
        return session


def undo_start(*, session_id: int, key: int, actor: Actor, now: datetime) -> Session:
    """It never was, within 10 s and 5 s of grace; later `room_incident_stands`. Not running (any more): nothing."""
    with locked_room(session_id, now=now) as room:
        session = room.session
        room.require_open()
        if not _runs(session, key):
            return session
        if now >= _begun_at(room, key) + rules.UNDO + rules.UNDO_GRACE:
            raise refuse("room_incident_stands")
        told: dict[str, Json] = {"room_incident": key, "undone": True}
        room.lock.record(EventKind.ROOM_INCIDENT_ENDED, actor=actor, facts=told, changes_list=True)
        room.lock.change(incident_over_at=now)
        _tell_desks(room)
        for attempt in _running(room):
            room.watch(attempt)
        return session


def end_room_incident(
    *, session_id: int, key: int, settlement: Settlement, actor: Actor, now: datetime
) -> Session:
    """« Fin de l’incident »: minutes given to some, a resume authorised for others, under one key.

    The incidents of a session follow each other: a minute is given once. Of those named, who finished meanwhile, or
    may resume already, is left alone. Ended already, it changes nothing. Refused with `session_closed`,
    `room_incident_other` when the page saw an earlier one, and 422 `room_incident_hours` for hours that can't be.
    """
    with locked_room(session_id, now=now) as room:
        session = room.session
        room.require_open()
        if not session.incident_runs:
            return session
        if session.incident_key != key:
            raise refuse("room_incident_other")
        _check(session, settlement, now)
        attempts = {one.candidate_id: one for one in _running(room)}
        given = [attempts[one] for one in settlement.given_to if one in attempts and settlement.minutes]
        back = [attempts[one] for one in settlement.resuming if one in attempts]
        back = [one for one in back if one.state == AttemptState.IN_PROGRESS]
        mark: dict[str, Json] = {"room_incident": key}
        room.lock.record(
            EventKind.ROOM_INCIDENT_ENDED,
            actor=actor,
            observed_at=settlement.until,
            facts={
                **mark,
                "label": _label(session),
                "since": settlement.since.isoformat(),
                "minutes": settlement.minutes if given else 0,
                "candidates": [one.candidate_id for one in given],
                "resumes": [one.candidate_id for one in back],
            },
            changes_list=True,
        )
        room.lock.change(incident_over_at=now)
        _tell_desks(room)
        reason = f"Incident dans toute la salle\u00a0: {_label(session)}"
        minutes.give(room, given, settlement.minutes, actor=actor, reason=reason, facts=mark)
        for attempt in back:
            resume.authorise(room, attempt, actor=actor, facts=mark)
        for attempt in attempts.values():
            room.watch(attempt)
        return session


def undo_end(*, session_id: int, key: int, actor: Actor, now: datetime) -> Session:
    """The incident runs again, within 10 s and 5 s of grace; later `room_incident_settled`. Runs already: nothing.

    Taken back is what that end gave and is still there: minutes that nobody took back since, never below what has
    elapsed when it began; a resume that was not taken. What another gesture gave stays.
    """
    with locked_room(session_id, now=now) as room:
        session = room.session
        room.require_open()
        if _runs(session, key):
            return session
        begun = _event_of(room, EventKind.ROOM_INCIDENT_STARTED, key)
        decided = session.incident_over_at
        if session.incident_key != key or decided is None or begun is None:
            raise refuse("room_incident_settled")
        if now >= decided + rules.UNDO + rules.UNDO_GRACE:
            raise refuse("room_incident_settled")
        kind = RoomIncidentKind(session.incident_kind)
        _begin(room, kind, begun.observed_at, key=key, actor=actor, again=True)
        done = Event.objects.filter(session_id=session.pk, received_at=decided)
        for event in done.exclude(candidate_id=None).order_by("sequence"):
            if (event.facts or {}).get("room_incident") == key:
                _take_back(room, event, key, actor)
        return session


def _begin(
    room: Room, kind: RoomIncidentKind, since: datetime, *, key: int, actor: Actor, again: bool = False
) -> None:
    room.lock.change(incident_kind=kind, incident_since=since, incident_key=key, incident_over_at=None)
    facts: dict[str, Json] = {"room_incident": key, "kind": kind.value, "label": _label(room.session)}
    if again:
        facts["again"] = True
    # Needs end with it on any row, and the banner is everybody's: the whole list is news.
    room.lock.record(
        EventKind.ROOM_INCIDENT_STARTED, actor=actor, observed_at=since, facts=facts, changes_list=True
    )
    _tell_desks(room)


def _tell_desks(room: Room) -> None:
    """What was just recorded concerns every running test: the next heartbeat of each sees that it is behind."""
    running = Attempt.objects.filter(session_id=room.session.pk, state__in=sorted(RUNNING))
    running.update(last_sequence=room.session.sequence)


def _take_back(room: Room, event: Event, key: int, actor: Actor) -> None:
    assert event.candidate_id is not None
    attempt = room.attempt(event.candidate_id)
    mark: dict[str, Json] = {"room_incident": key}
    state = rules.state_at(attempt, room.now)
    since = list(
        Event.objects.filter(
            session_id=room.session.pk, candidate_id=event.candidate_id, sequence__gt=event.sequence
        ).order_by("sequence")
    )
    again = any(one.kind in {EventKind.RESUME_AUTHORISED, EventKind.REOPENED} for one in since)
    waits = state == AttemptState.RESUME_AUTHORISED and not again
    if event.kind == EventKind.RESUME_AUTHORISED and waits:
        room.transition(attempt, EventKind.RESUME_CANCELLED, actor=actor, facts=mark)
    if event.kind == EventKind.MINUTES_GIVEN and state in RUNNING and attempt.deadline_at is not None:
        given = _still_given(event, since)
        left = (attempt.deadline_at - rules.standing(room.session, room.now)) // MINUTE
        unused = min(given, attempt.given_minutes, left)
        if unused > 0:
            minutes.take_back(room, [attempt], unused, actor=actor, facts=mark)


def _still_given(event: Event, since: list[Event]) -> int:
    """Of the minutes of this event, those that no later event took back: what was given last is taken back first."""
    ours, later = _minutes_of(event), 0
    for one in since:
        if one.kind == EventKind.MINUTES_GIVEN:
            later += _minutes_of(one)
        elif one.kind == EventKind.MINUTES_TAKEN_BACK:
            beyond = max(_minutes_of(one) - later, 0)
            later = max(later - _minutes_of(one), 0)
            ours = max(ours - beyond, 0)
    return ours


def _minutes_of(event: Event) -> int:
    return int(str((event.facts or {}).get("minutes", 0)))


def _check(session: Session, settlement: Settlement, now: datetime) -> None:
    assert session.incident_since is not None
    earliest = min(rules.first_instant(session), session.incident_since)
    if settlement.until > now:
        raise _bad_hours("L’heure de fin n’est pas encore passée.")
    if settlement.until < settlement.since:
        raise _bad_hours("La fin est avant le début\u00a0: corrigez l’une des deux heures.")
    if settlement.since < earliest:
        raise _bad_hours("L’heure de début est avant le lancement de la session.")
    settled = last_settled(session)
    if settled is not None and settlement.since < settled:
        at = clock_time(session.local(settled))
        raise _bad_hours(
            f"L’incident précédent a duré jusqu’à {at}\u00a0: celui-ci n’a pas pu commencer avant."
        )


def _bad_hours(sentence: str) -> DomainError:
    return DomainError("room_incident_hours", sentence, status=422)


def _runs_already(session: Session) -> DomainError:
    assert session.incident_since is not None
    since = clock_time(session.local(session.incident_since))
    sentence = f"Un incident est déjà en cours\u00a0: {_label(session)}, depuis {since}."
    return DomainError("room_incident_runs", sentence)


def _running(room: Room) -> list[Attempt]:
    return [one for one in room.attempts() if rules.state_at(one, room.now) in RUNNING]


def _runs(session: Session, key: int) -> bool:
    return session.incident_runs and session.incident_key == key


def _label(session: Session) -> str:
    """« coupure de courant », within a sentence."""
    label = RoomIncidentKind(session.incident_kind).label
    return label[0].lower() + label[1:]


def _begun_at(room: Room, key: int) -> datetime:
    """When it was last begun: at the tap, whatever the hour since which it runs."""
    begun = _event_of(room, EventKind.ROOM_INCIDENT_STARTED, key)
    return begun.received_at if begun is not None else room.now


def _event_of(room: Room, kind: EventKind, key: int) -> Event | None:
    found = Event.objects.filter(session_id=room.session.pk, kind=kind).order_by("-sequence")
    return next((one for one in found if (one.facts or {}).get("room_incident") == key), None)
