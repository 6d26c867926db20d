"""What must not count twice: a key is acted on once within its scope, then answered alike (mechanics §10)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import Busy, DomainError, Later
from pixsurv.kernel.journal import Json, canonical
from proctoring.models import Entry, Once, ProctorAccess
from sessions_app.models import Session
from sessions_app.services.journal import busy_when_locked

KEPT = timedelta(hours=48)
PURGED_ONE_TIME_IN = 200
SCOPES_AT_ONCE = 100  # SQLite reads conditions 1,000 deep at most


@dataclass(frozen=True, slots=True)
class Answer:
    """What an act answered: a status and plain JSON. It is kept for 48 h, so no secret and no name in it."""

    status: int
    body: Any = None


def guard(*, scope: str, key: str, body: Json, now: datetime, act: Callable[[], Answer]) -> Answer:
    """Run `act` once for this `key` in this `scope`, and give its answer, now and again.

    `scope` says who asks and for what (« entry:<id>/alerts », « access:<id>/incident »), in 80 characters at
    most; an empty `key` means that nobody asked for it: `act` just runs. `body` is what was asked: the same
    key with another body raises `idempotency_mismatch` (422). A refusal (DomainError) is an answer too: it is
    kept with all that `act` wrote before it, and raised again; a `busy` or a `too_many_requests` is not,
    for nothing was done and asking again is right.

    The claim of the key, the act and its answer are one transaction: a duplicate that runs at the same time
    waits for the first (or is told `busy`), then gets its answer. Not to be called in another transaction.
    """
    if not key:
        return act()
    if secrets.randbelow(PURGED_ONE_TIME_IN) == 0:
        purge(now=now)
    fingerprint = _fingerprint(body)
    with busy_when_locked(), transaction.atomic():
        row = _claim(Once(scope=scope, key=key, body_fingerprint=fingerprint, status=0, created_at=now))
        if row.status == 0:
            _act_and_keep(row, act)
    if row.body_fingerprint != fingerprint:
        raise DomainError(
            "idempotency_mismatch",
            "Cette demande est déjà enregistrée, avec un autre contenu. Rouvrez le formulaire pour en faire une autre.",
            status=422,
        )
    return _answer_of(row)


def purge(*, now: datetime) -> int:
    """Forget what is older than 48 h; how many."""
    return Once.objects.filter(created_at__lt=now - KEPT).delete()[0]


def forget(session: Session) -> None:
    """What was kept of requests about this session, by who asked: they name nobody, but they are its own."""
    accesses = ProctorAccess.objects.filter(session=session).values_list("pk", flat=True)
    entries = Entry.objects.filter(session=session).values_list("pk", flat=True)
    scopes = [
        f"session:{session.pk}/",
        *(f"access:{pk}/" for pk in accesses),
        *(f"entry:{pk.hex}/" for pk in entries),
    ]
    for some in batched(scopes, SCOPES_AT_ONCE, strict=False):
        wanted = Q()
        for scope in some:
            wanted |= Q(scope__startswith=scope)
        Once.objects.filter(wanted).delete()


def _fingerprint(body: Json) -> str:
    """Keyed: a plain digest of a name and a birth date could be guessed back from the table."""
    return crypto.derive(f"once:{canonical(body).decode()}")


def _claim(ours: Once) -> Once:
    """Our row when the key was free (status 0: nothing answered yet), else the one that holds it."""
    for _ in range(2):
        try:
            with transaction.atomic():  # a savepoint: a taken key must not end the transaction
                ours.save(force_insert=True)
        except IntegrityError:
            ours.pk = None
        else:
            return ours
        taken = Once.objects.filter(scope=ours.scope, key=ours.key).first()
        if taken is not None and taken.created_at >= ours.created_at - KEPT:
            return taken
        if taken is not None:  # past its 48 h and not purged yet: it no longer takes the key
            taken.delete()
    raise Busy


def _act_and_keep(row: Once, act: Callable[[], Answer]) -> None:
    """A refusal must not undo what the act wrote before: a refused start still files its resume request."""
    try:
        answer = act()
    except DomainError as refusal:
        if isinstance(refusal, Later):
            raise
        row.status = refusal.status
        row.answer = {"refusal": {"code": refusal.code, "sentence": refusal.sentence}}
    else:
        row.status, row.answer = answer.status, {"body": answer.body}
    row.save(update_fields=["status", "answer"])


def _answer_of(row: Once) -> Answer:
    if refusal := row.answer.get("refusal"):
        raise DomainError(refusal["code"], refusal["sentence"], status=row.status)
    return Answer(row.status, row.answer["body"])
