"""« Passer la salle à un autre appareil »: an admin vouches for who comes in (A3, decision 0015)."""

import secrets
from datetime import datetime, timedelta

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import DomainError
from proctoring.models import HandOver, ProctorAccess
from proctoring.services.access import is_open, new_access
from proctoring.services.due import locked_room
from proctoring.services.room import Room, one_line, refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, Role
from sessions_app.models import Account, Membership

LIFE = timedelta(minutes=5)
ASK = "Demandez un nouveau code à l’administrateur qui vous passe la salle."


def offer(*, session_id: int, account: Account, ends: list[int], actor: Actor, now: datetime) -> HandOver:
    """A new address for five minutes; the one that this admin had open here opens nothing any more.

    The accesses of `ends` that watch this room end when it is taken. Refused with `not_allowed`, `session_closed`.
    """
    if actor.kind != ActorKind.ADMIN:
        raise refuse("not_allowed", status=403)
    with locked_room(session_id, now=now) as room:
        room.require_open()
        HandOver.objects.filter(session_id=session_id, made_by=account, taken_at=None).delete()
        watching = ProctorAccess.objects.filter(session_id=session_id, pk__in=ends, ended_at=None)
        made = HandOver(
            session=room.session,
            made_by=account,
            nonce=secrets.token_urlsafe(32),
            made_at=now,
            expires_at=now + LIFE,
            ends=list(watching.order_by("pk").values_list("pk", flat=True)),
        )
        made.fingerprint = HandOver.fingerprint_of(made.token())
        made.save(force_insert=True)
        return made


def withdraw_all(room: Room) -> None:
    """« Déconnecter tout le monde » also means who is about to come in."""
    HandOver.objects.filter(session_id=room.session.pk, taken_at=None).update(expires_at=room.now)


def find(token: str, *, now: datetime) -> HandOver:
    """The hand-over of that address, as long as it opens something. Looking uses nothing up.

    Refused with `hand_over_unknown` (404); `hand_over_taken`, `hand_over_expired`, `session_closed` (410).
    """
    found = (
        HandOver.objects.select_related("session__establishment", "made_by")
        .filter(fingerprint=HandOver.fingerprint_of(token))
        .first()
    )
    if found is None:
        raise _unknown()
    _require_open(found, now)
    return found


def take(
    *, token: str, name: str, account: Account | None, device: str, once: str, now: datetime
) -> tuple[ProctorAccess, str]:
    """Use it up: a new access to the room, and its token. Of two devices one wins.

    The same form again (`once`) gets the same access. An account is not asked for, even where the school requires one
    (P9): the admin vouches, and both names stand in the journal. Refused as `find` does.
    """
    name = one_line(name)
    made = _of(token, now)
    # Without a `once` nothing is a repeat: two devices must never share an access.
    key = crypto.derive(f"hand-over-access:{made.pk}:{once or secrets.token_urlsafe(16)}")
    with locked_room(made.session_id, now=now) as room:
        made = _fresh(made)
        access = made.access
        if access is not None and is_open(access, now=now) and _is_token_of(access, key):
            return access, key
        made.session = room.session
        _require_open(made, now)
        access = new_access(
            room,
            name=name,
            account=account,
            device=device,
            token=key,
            facts={"hand_over": made.pk, "handed_by": made.made_by.name if made.made_by else ""},
        )
        made.taken_at, made.access = now, access
        made.save(update_fields=["taken_at", "access"])
        _end_replaced(room, made)
    return access, key


def _of(token: str, now: datetime) -> HandOver:
    """Also one that was taken: who took it may press twice."""
    taken = HandOver.objects.filter(
        fingerprint=HandOver.fingerprint_of(token), taken_at__isnull=False
    ).first()
    return taken or find(token, now=now)


def _fresh(made: HandOver) -> HandOver:
    """Under the lock; a newer one may have replaced it meanwhile."""
    found = HandOver.objects.select_related("session", "made_by", "access").filter(pk=made.pk).first()
    if found is None:
        raise _unknown()
    return found


def _is_token_of(access: ProctorAccess, token: str) -> bool:
    return crypto.equal(access.token_fingerprint, crypto.fingerprint(token))


def _unknown() -> DomainError:
    return DomainError(
        "hand_over_unknown",
        f"Cette adresse n’ouvre aucune salle, ou un code plus récent l’a remplacée. {ASK}",
        status=404,
    )


def _end_replaced(room: Room, made: HandOver) -> None:
    """In the name of the admin who ticked them."""
    admin = Actor(
        kind=ActorKind.ADMIN,
        name=made.made_by.name if made.made_by else "",
        account_id=made.made_by_id,
    )
    replaced = ProctorAccess.objects.filter(session_id=room.session.pk, pk__in=made.ends, ended_at=None)
    for access in replaced.order_by("pk"):
        access.ended_at, access.ended_how = room.now, ProctorAccess.End.REVOKED
        access.save(update_fields=["ended_at", "ended_how"])
        room.lock.record(
            EventKind.ACCESS_ENDED,
            actor=admin,
            facts={"access": access.pk, "name": access.name, "hand_over": made.pk},
            changes_list=True,
        )


def _require_open(made: HandOver, now: datetime) -> None:
    if made.session.is_over:
        raise DomainError(
            "session_closed", "Cette session est clôturée\u00a0: sa salle n’est plus accessible.", status=410
        )
    if made.taken_at is not None:
        raise DomainError(
            "hand_over_taken", f"Ce code a déjà servi\u00a0: il sert une seule fois. {ASK}", status=410
        )
    if now >= made.expires_at:
        raise DomainError("hand_over_expired", f"Ce code a plus de 5 minutes. {ASK}", status=410)
    if not _still_admin(made):
        raise DomainError("hand_over_expired", f"Ce code n’ouvre plus cette salle. {ASK}", status=410)


def _still_admin(made: HandOver) -> bool:
    """Who lost the role within these five minutes passes nothing on."""
    return Membership.objects.filter(
        account=made.made_by, establishment_id=made.session.establishment_id, role=Role.ADMIN
    ).exists()
