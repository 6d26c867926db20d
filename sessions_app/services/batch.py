"""Making many sessions, and changing the lists of many, in one transaction or not at all (P5)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import DomainError
from sessions_app.actors import Actor
from sessions_app.imports.report import Changes
from sessions_app.imports.session_judging import Group
from sessions_app.imports.session_report import (
    SessionsReport,
    edited_numbers,
    judge_sessions_draft,
    sessions_report,
)
from sessions_app.models import Establishment, Session, SessionsDraft
from sessions_app.models.session import draw_access_code, draw_password
from sessions_app.services.candidate_list import apply_changes, nobody_entering
from sessions_app.services.journal import BATCH, LockedSessions, busy_when_locked, locked_sessions
from sessions_app.services.planning import MORE_NUMBERS, NUMBERS, TRIES

ENOUGH_FREE = 2  # the six-digit numbers are drawn while at least one of two is free


@dataclass(frozen=True, slots=True)
class Imported:
    """The numbers of the sessions made and changed; `again` when this draft had been imported before."""

    made: list[int]
    changed: list[int]
    again: bool = False


def import_sessions(*, draft: SessionsDraft, seen: str, actor: Actor, now: datetime) -> Imported:
    """Make and change what the draft says, whole or not at all; one event a change.

    The school's row is locked first: of two who confirm the same file at once, the second finds its sessions made.
    Refused with `import_errors` (422), `list_changed` (`seen` is not what stands any more), `busy`, `entered`.
    """
    judged = judge_sessions_draft(draft, now)  # before the locks: it asks for nothing
    with nobody_entering(), busy_when_locked(), transaction.atomic():
        Establishment.objects.select_for_update(no_key=True).get(pk=draft.establishment_id)
        fresh = SessionsDraft.objects.defer("rows").filter(pk=draft.pk).first()
        if fresh is None or fresh.imported_at is not None:
            return Imported(fresh.made if fresh else [], fresh.changed if fresh else [], again=True)
        numbers = edited_numbers(judged)
        edited = Session.objects.filter(establishment=draft.establishment_id, number__in=numbers)
        with locked_sessions(edited.values_list("pk", flat=True), now=now) as held:
            report = _ready(sessions_report(draft, judged), seen)
            done = _write(draft, report, held, actor)
        SessionsDraft.objects.filter(pk=draft.pk).update(
            rows=[], imported_at=now, made=done.made, changed=done.changed
        )
        return done


def _ready(report: SessionsReport, seen: str) -> SessionsReport:
    if report.errors:
        raise DomainError(
            "import_errors", "Ce fichier contient des erreurs\u00a0: rien n’a été créé.", status=422
        )
    if report.is_empty:
        raise DomainError("nothing_to_import", "Ce fichier ne crée et ne change rien.", status=422)
    if report.seen != seen:
        raise DomainError(
            "list_changed",
            "Une des listes a changé depuis ce rapport. Relisez-le, puis confirmez à nouveau.",
        )
    return report


def _write(draft: SessionsDraft, report: SessionsReport, held: LockedSessions, actor: Actor) -> Imported:
    made = [held.adopt(session) for session in _make(draft, report.made)]
    lists = [(lock, Changes(group.people, [], 0, [])) for lock, group in zip(made, report.made, strict=True)]
    lists += [(held.locks[one.session.pk], one.changes) for one in report.edited]
    apply_changes(lists, actor=actor)
    return Imported([lock.session.number for lock in made], [one.session.number for one in report.edited])


def _make(draft: SessionsDraft, groups: Sequence[Group]) -> list[Session]:
    """The rows, each with secrets of its own, in a few statements; a number that somebody took is drawn again."""
    if not groups:
        return []
    for _ in range(TRIES):
        sessions = [
            _session(draft, group, number)
            for group, number in zip(groups, free_numbers(len(groups)), strict=True)
        ]
        try:
            with transaction.atomic():  # a savepoint: a number taken at this instant must not end it all
                return Session.objects.bulk_create(sessions, batch_size=BATCH)
        except IntegrityError:
            continue
    raise RuntimeError("no free session numbers")


def free_numbers(count: int) -> list[int]:
    """As many different numbers that no session has, drawn as for one session."""
    for numbers in (*[NUMBERS] * TRIES, *[MORE_NUMBERS] * TRIES):
        drawn: dict[int, None] = {}  # in the order of the draw
        while len(drawn) < count * ENOUGH_FREE:
            drawn[secrets.choice(numbers)] = None
        taken = set(Session.objects.filter(number__in=list(drawn)).values_list("number", flat=True))
        free = [number for number in drawn if number not in taken]
        if len(free) >= count:
            return free[:count]
    raise RuntimeError("no free session numbers")


def _session(draft: SessionsDraft, group: Group, number: int) -> Session:
    return Session(
        establishment=draft.establishment,
        number=number,
        kind=draft.kind,
        followed=draft.followed,
        site=group.site,
        room=group.room,
        starts_at=group.starts_at,
        duration=draft.duration,
        workstations=draft.workstations,
        proctor_names=group.proctor_names,
        observations=group.observations,
        sealed_password=crypto.seal(draw_password()),
        access_code=draw_access_code(),
    )
