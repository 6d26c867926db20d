"""« Changer le mot de passe » of a session (P4)."""

from datetime import datetime

from django.db.models import QuerySet

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring.models import ProctorAccess
from proctoring.services.due import locked_room
from proctoring.services.hand_over import withdraw_all
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind
from sessions_app.models import Account, Establishment, Session
from sessions_app.models.session import draw_password


def mark_of(session: Session) -> str:
    """Tells one password of a session from the next without telling it: a form sent twice changes it once."""
    return crypto.derive(f"password-mark:{session.pk}:{session.sealed_password}", 16)


def change_session_password(*, session_id: int, mark: str, keep: bool, actor: Actor, now: datetime) -> int:
    """A new password; unless `keep`, everybody's access ends. Returns how many ended.

    Refused with `not_allowed`, `session_closed`, `password_changed` (the mark is of a password before this one).
    """
    if actor.kind != ActorKind.ADMIN:
        raise refuse("not_allowed", status=403)
    with locked_room(session_id, now=now) as room:
        room.require_open()
        if not crypto.equal(mark, mark_of(room.session)):
            raise DomainError(
                "password_changed",
                "Le mot de passe a déjà été changé. Regardez le nouveau avant d’en changer encore.",
            )
        room.lock.change(sealed_password=crypto.seal(draw_password()))
        room.lock.record(
            EventKind.PASSWORD_CHANGED, actor=actor, facts={"accesses_kept": keep}, changes_list=not keep
        )
        if keep:
            return 0
        withdraw_all(room)
        return _end_all(room, actor, ProctorAccess.objects.filter(session_id=session_id))


def end_accesses_of(
    *,
    account: Account,
    actor: Actor,
    now: datetime,
    school: Establishment | None = None,
    as_admin_only: bool = False,
) -> int:
    """The accesses of somebody who lost his role in that school, or his account (no school); those of an admin only,
    when other roles remain.

    Sessions are locked one by one, in the order of their ids (mechanics §9).
    """
    held = ProctorAccess.objects.filter(account=account, ended_at=None)
    if school is not None:
        held = held.filter(session__establishment=school)
    if as_admin_only:
        held = held.filter(is_admin=True)
    ended = 0
    for session_id in list(held.order_by("session_id").values_list("session_id", flat=True).distinct()):
        with locked_room(session_id, now=now) as room:
            ended += _end_all(room, actor, held.filter(session_id=session_id))
    return ended


def _end_all(room: Room, actor: Actor, accesses: QuerySet[ProctorAccess]) -> int:
    """One event each, as if they had been taken one by one (R2); the journal of a session that is over stays."""
    ended = list(accesses.filter(ended_at=None).order_by("pk"))
    ProctorAccess.objects.filter(pk__in=[one.pk for one in ended]).update(
        ended_at=room.now, ended_how=ProctorAccess.End.REVOKED
    )
    for one in ended if not room.session.is_over else []:
        facts: dict[str, Json] = {"access": one.pk, "name": one.name}
        room.lock.record(EventKind.ACCESS_ENDED, actor=actor, facts=facts, changes_list=True)
    return len(ended)
