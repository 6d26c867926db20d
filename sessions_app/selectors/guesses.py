"""What the admins of a school are told of guessing at one of its sessions (mechanics §8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from sessions_app.models import Door, GuessPool, Session

LATELY = timedelta(hours=1)
WORTH_SAYING = {Door.ROOM: 6, Door.IDENTITY: 40, Door.CODE: 40}  # below, people mistype


@dataclass(frozen=True, slots=True)
class Guesses:
    """Wrong tries of who tried lately; a door that nobody needs to hear of counts 0."""

    room: int = 0
    identity: int = 0
    code: int = 0

    def __bool__(self) -> bool:
        return bool(self.room or self.identity or self.code)


def guesses_at(session: Session, now: datetime) -> Guesses:
    """One query. It slows nobody down: it is for a person to see (a class that mistypes looks like an attack)."""
    lately = GuessPool.objects.filter(session_id=session.pk, seen_at__gt=now - LATELY)
    told = dict(lately.order_by().values_list("door").annotate(Sum("failures")))
    counts = {door: told.get(door, 0) for door in WORTH_SAYING}
    said = {door.value: count for door, count in counts.items() if count >= WORTH_SAYING[door]}
    return Guesses(**said)
