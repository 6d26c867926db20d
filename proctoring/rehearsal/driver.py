"""The clock of a room, of a rehearsal too: any request that finds something due lets it happen (mechanics §3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from pixsurv.kernel.errors import Busy, DomainError
from proctoring.enums import RUNNING
from proctoring.models import Attempt, Case, Rehearsal
from proctoring.rehearsal.acts import DEEDS, HEARTBEAT, answer_for_the_direction
from proctoring.rehearsal.scene import Scene, Standing
from proctoring.rehearsal.script import DIRECTION_ANSWERS_AFTER, REFLEXES, SCRIPT, Act
from proctoring.services.due import advance_session
from proctoring.services.progress import seen_fields
from sessions_app.enums import SessionKind
from sessions_app.models import Session
from sessions_app.services.journal import busy_when_locked

# What the proctor does sets no alarm: the room is looked at again that often. Below the pace of a heartbeat, so that
# nobody falls silent by accident.
LOOK_EVERY = timedelta(seconds=5)
SOON = timedelta(seconds=1)  # one thing opens the next


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that happens then. `key`: played once, and others count from it."""

    at: datetime
    act: Act
    key: str = ""
    one: Standing | None = None
    case: Case | None = None

    @property
    def pupil(self) -> str:
        """Whose it is; a key of its own for what is nobody's."""
        return self.one.pupil.key if self.one is not None else f"{self.act}.{self.case}"

    def play(self, scene: Scene) -> None:
        if self.case is not None:
            answer_for_the_direction(scene, self.case)
        elif self.one is not None:
            DEEDS[self.act](scene, self.one)


def advance(session: Session, *, now: datetime) -> None:
    """What fell due in this room, whichever kind it is."""
    if session.kind == SessionKind.REHEARSAL:
        play(session.pk, now=now)
    else:
        advance_session(session.pk, now=now)


def play(session_id: int, *, now: datetime) -> None:
    """Play what is due, say that those who are there are there, set the next alarm.

    All of it under the session's lock, which the services take again: two requests at once tell the story once. What
    the rules refuse meanwhile (the proctor ended that test) just does not happen.
    """
    with busy_when_locked(), transaction.atomic():
        session = (
            Session.with_rehearsals.select_related("establishment")
            .select_for_update(of=("self",), no_key=True)
            .filter(pk=session_id)
            .first()
        )
        if session is None or session.next_due_at is None or now < session.next_due_at:
            return
        rehearsal = Rehearsal.objects.get(session_id=session_id)
        scene = Scene.read(session, rehearsal, now)
        # First: whoever falls silent now was there until now.
        _keep_seen(scene)
        coming = sorted(_dues(scene), key=lambda due: due.at)
        ripe = [due for due in coming if due.at <= now]
        acted: set[str] = set()
        for due in ripe:
            # One thing a pupil and look: what he did changes what he can do next.
            if due.pupil not in acted:
                _play(scene, due)
                acted.add(due.pupil)
        if ripe:
            rehearsal.save(update_fields=["done"])
        later = [due.at for due in coming if due.at > now]
        later.append(now + (SOON if ripe else LOOK_EVERY))
        Session.with_rehearsals.filter(pk=session_id).update(next_due_at=min(later))


def _play(scene: Scene, due: Due) -> None:
    try:
        due.play(scene)
    except Busy:
        raise
    except DomainError:
        played = False
    else:
        played = True
    # A step that was refused is over too; a pupil has started only if he has.
    if due.key and (played or due.act != Act.START):
        scene.rehearsal.done[due.key] = scene.now.isoformat()


def _dues(scene: Scene) -> Iterator[Due]:
    """All whose instant is known: what waits for the proctor has none yet."""
    for step in SCRIPT:
        after, since = scene.played_at(step.after), scene.since(step.when, step.pupil)
        if step.key not in scene.rehearsal.done and after is not None and since is not None:
            at = max(after + timedelta(seconds=step.delay), since)
            yield Due(at, step.act, step.key, scene.standings.get(step.pupil))
    for reflex in REFLEXES:
        for pupil, one in scene.standings.items():
            if (since := scene.since(reflex.when, pupil)) is not None:
                at = since + timedelta(seconds=reflex.delay)
                yield Due(at, reflex.act, f"{pupil}.{reflex.act}", one)
    for case in scene.cases:
        at = case.asked_at + timedelta(seconds=DIRECTION_ANSWERS_AFTER)
        yield Due(at, Act.ANSWER, case=case)


def _keep_seen(scene: Scene) -> None:
    """The heartbeats of all who are there, in one conditional UPDATE; those who fell silent really are."""
    silent = [
        one.attempt.pk
        for one in scene.standings.values()
        if one.attempt is not None and (scene.is_silent(one) or one.attempt.left_at is not None)
    ]
    Attempt.objects.filter(
        session_id=scene.session.pk, state__in=RUNNING, holder__isnull=False, resume_requested_at=None
    ).exclude(pk__in=silent).update(**seen_fields(HEARTBEAT, visible=True, question=None, now=scene.now))
