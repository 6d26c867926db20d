"""Guessing made slow, without locking anybody out (mechanics §8, decision 0027).

Whoever may be told apart from an attacker pays for his own mistakes alone: a device that got in before, the paper of
the kit, an account, one browser. Everybody else shares a pool whose tries come ever more slowly, never to a stop.
"""

import hashlib
import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from pixsurv.kernel.errors import DomainError, TooMany
from sessions_app.models import Door, GuessPool
from sessions_app.services.journal import busy_when_locked

logger = logging.getLogger("pixsurv.guessing")

FORGOTTEN_AFTER = timedelta(hours=12)
SWEPT_AT_ONCE = 200
TRIES = 5  # of a compare-and-set that others overtake
UNKNOWN_NAMES = 4096  # pools for what does not exist: telling names apart must not fill the database


@dataclass(frozen=True, slots=True)
class Pool:
    """Who pays. `free` wrong tries cost nothing, the next ones 1, 2, 4 … `slowest` seconds each.

    `reserves`: a try is counted before it is judged and given back when it was right, so that a thousand at once
    are no more than one after the other. Where forty pupils come in at the same second a try is counted when it
    was wrong: what is guessed there opens nothing by itself.
    """

    name: str
    door: Door
    session_id: int | None = None
    free: int = 5
    slowest: int = 60
    reserves: bool = True

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{self.door}:{self.session_id}:{self.name}".encode()).hexdigest()

    def delay_after(self, failures: int) -> timedelta:
        beyond = failures - self.free
        return timedelta(seconds=min(self.slowest, 2 ** min(beyond - 1, 10))) if beyond > 0 else timedelta()


def unknown_name(typed: str) -> str:
    """The pool of a name that does not exist: one of few, always the same for the same text."""
    return f"unknown:{int(hashlib.sha256(typed.encode(errors='replace')).hexdigest(), 16) % UNKNOWN_NAMES}"


@contextmanager
def guarded(pool: Pool, *, wrong: Collection[str], sentence: str, now: datetime) -> Iterator[None]:
    """Judge a guess inside: a DomainError whose code is in `wrong` was a wrong one.

    Refused with `too_many_requests` (429) while the pool waits: the guess, right or not, is not looked at, and
    nothing is written. `sentence` has « {wait} » where the seconds go.
    """
    shut_until = None
    if pool.reserves:
        shut_until = _count(pool, sentence, now)
    else:
        _require_open(pool, sentence, now)
    try:
        yield
    except DomainError as error:
        if error.code not in wrong:
            _give_back(pool, shut_until, now)
        elif not pool.reserves:
            _count(pool, sentence, now)
        raise
    except BaseException:
        _give_back(pool, shut_until, now)
        raise
    _give_back(pool, shut_until, now)


def _require_open(pool: Pool, sentence: str, now: datetime) -> GuessPool | None:
    row = GuessPool.objects.filter(key=pool.key).first()
    if row is not None and row.open_at > now:
        raise _too_many(sentence, row.open_at - now)
    return row


def _count(pool: Pool, sentence: str, now: datetime) -> datetime:
    """One more failure, by compare-and-set: of many at the same instant each waits for the one before.

    Returns until when the pool is shut by it.
    """
    for _ in range(TRIES):
        row = _require_open(pool, sentence, now)
        if row is None:
            if _made(pool, now):
                return now + pool.delay_after(1)
            continue
        before = row.failures if now - row.seen_at < FORGOTTEN_AFTER else 0
        failures = before + 1
        shut_until = now + pool.delay_after(failures)
        with busy_when_locked(), transaction.atomic():
            counted = GuessPool.objects.filter(pk=row.pk, failures=row.failures, seen_at=row.seen_at).update(
                failures=failures, open_at=shut_until, seen_at=now
            )
        if counted:
            if failures > pool.free:
                logger.warning(
                    "guessing slowed: door %s, session %s, %s failures", pool.door, pool.session_id, failures
                )
            return shut_until
    raise _too_many(sentence, timedelta(seconds=1))


def _made(pool: Pool, now: datetime) -> bool:
    """The first failure of a pool; False when somebody else made it at this instant."""
    with busy_when_locked(), transaction.atomic():
        old = GuessPool.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).order_by("seen_at")
        GuessPool.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:SWEPT_AT_ONCE])).delete()
        _, made = GuessPool.objects.get_or_create(
            key=pool.key,
            defaults={
                "door": pool.door,
                "session_id": pool.session_id,
                "failures": 1,
                "open_at": now + pool.delay_after(1),
                "seen_at": now,
            },
        )
    return made


def _give_back(pool: Pool, shut_until: datetime | None, now: datetime) -> None:
    """A right try costs nothing and keeps nobody waiting; what others got wrong meanwhile stays counted."""
    if shut_until is None:
        return
    rows = GuessPool.objects.filter(key=pool.key, failures__gt=0)
    with busy_when_locked(), transaction.atomic():
        mine = rows.filter(open_at=shut_until).update(failures=F("failures") - 1, open_at=now)
        if not mine:
            rows.update(failures=F("failures") - 1)


def _too_many(sentence: str, wait: timedelta) -> TooMany:
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    return TooMany(sentence.format(wait=f"{seconds}\u00a0seconde{'s' if seconds > 1 else ''}"), seconds)
