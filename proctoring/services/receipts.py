"""« Accuser réception »: what the secretariat was handed of closed sessions, chained after the closing (I8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring.enums import EXPECTED_PAPERS, HandedPaper
from proctoring.models import Receipt
from proctoring.models.receipt import LONGEST_BOX, LONGEST_NOTE, SEPARATOR
from proctoring.services import once
from proctoring.services.comment import clean_text
from proctoring.services.room import one_line, refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, SessionKind, SessionState
from sessions_app.services.journal import LockedSession, locked_sessions

KEEPERS = frozenset({ActorKind.SECRETARIAT, ActorKind.ADMIN})


@dataclass(frozen=True, slots=True)
class Handed:
    """What somebody states: the papers in hand, where they are put. `nothing_more`: the rest will not come.

    A report signed on the screen has no paper; a session where nobody came has no sheet worth waiting for.
    """

    papers: frozenset[HandedPaper] = frozenset()
    box: str = ""
    note: str = ""
    nothing_more: bool = False

    @property
    def received(self) -> list[str]:
        return [paper.value for paper in HandedPaper if paper in self.papers]

    @property
    def missing(self) -> list[str]:
        """What is expected of every session and still to come."""
        if self.nothing_more:
            return []
        return [paper.value for paper in EXPECTED_PAPERS if paper not in self.papers]


def acknowledge(*, session_ids: Iterable[int], handed: Handed, key: str, actor: Actor, now: datetime) -> None:
    """State what was received of these sessions, all in the same box; a later statement replaces an earlier one.

    Each session gets an event `receipt` and its current `Receipt`; state, seal and paper stay as they are. The same
    form sent again (`key`) adds nothing. Refused, for all of them, with `not_allowed` (403), `empty`, `too_long` and
    `invalid` (422), `not_closed` when one is open, eliminated or a rehearsal.
    """
    if actor.kind not in KEEPERS:
        raise refuse("not_allowed", status=403)
    ids = sorted(set(session_ids))
    said = _cleaned(handed)

    def act() -> once.Answer:
        _acknowledge(ids, said, actor, now)
        return once.Answer(200)

    body: dict[str, Json] = {
        "sessions": ids,
        "received": said.received,
        "missing": said.missing,
        "box": said.box,
        "note": said.note,
    }
    once.guard(scope=f"account:{actor.account_id or 0}/receipt", key=key, body=body, now=now, act=act)


def _cleaned(handed: Handed) -> Handed:
    box = one_line(handed.box)
    if len(box) > LONGEST_BOX:
        raise DomainError("too_long", f"La boîte ou la cote tient en {LONGEST_BOX} caractères.", status=422)
    note = clean_text(handed.note, longest=LONGEST_NOTE)
    if not handed.papers and not handed.nothing_more:
        raise DomainError(
            "empty",
            "Cochez au moins un papier reçu, ou «\u00a0Rien d’autre n’est attendu\u00a0».",
            status=422,
        )
    return Handed(handed.papers, box, note, handed.nothing_more)


def _acknowledge(ids: list[int], said: Handed, actor: Actor, now: datetime) -> None:
    with locked_sessions(ids, now=now) as held:
        locks = [held.locks[pk] for pk in ids if pk in held.locks]
        if len(locks) != len(ids) or not locks or any(not _is_kept(lock) for lock in locks):
            raise DomainError(
                "not_closed", "Un accusé de réception se donne pour une session clôturée et conservée."
            )
        known = {one.session_id: one for one in Receipt.objects.filter(session__in=ids)}
        for lock in locks:
            _write(lock, known.get(lock.session.pk) or Receipt(session=lock.session), said, actor)


def _is_kept(lock: LockedSession) -> bool:
    session = lock.session
    return session.state == SessionState.CLOSED and session.kind != SessionKind.REHEARSAL


def _write(lock: LockedSession, receipt: Receipt, said: Handed, actor: Actor) -> None:
    event = lock.record(
        EventKind.RECEIPT,
        actor=actor,
        facts={"received": said.received, "missing": said.missing, "box": said.box, "note": said.note},
    )
    receipt.sequence, receipt.received_at, receipt.received_by = event.sequence, lock.now, actor.name
    receipt.received, receipt.missing = SEPARATOR.join(said.received), SEPARATOR.join(said.missing)
    receipt.note = said.note
    receipt.put_in(said.box)
    receipt.save()
