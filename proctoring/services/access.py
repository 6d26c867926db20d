"""Proctors in a room: enter, leave, be sent out (R1, R2, R3)."""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import Busy, DomainError
from pixsurv.kernel.journal import Json
from proctoring import rules
from proctoring.models import ProctorAccess
from proctoring.services.doors import ROOM_WAIT, Knocking, belongs_to_school, masked_pool, room_pool
from proctoring.services.due import locked_room
from proctoring.services.room import Room, one_line, refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, Role
from sessions_app.models import Account, Session
from sessions_app.models.session import DIGITS, LETTERS, PASSWORD_LENGTH
from sessions_app.services.guessing import guarded
from sessions_app.services.journal import busy_when_locked

ACCESS_CODE_FORM = re.compile(f"[{LETTERS}]{{4}}[{DIGITS}]{{2}}")


def find_session(*, who: Knocking, password: str, now: datetime) -> Session:
    """The session that number and password open.

    One refusal for a wrong number and a wrong password (`wrong_credentials`); a closed session is announced only
    after the right password (`session_closed`). After too many wrong ones of the same pool, `too_many_requests` (429)
    for a while, for the right one too (mechanics §8).
    """
    session, number = None, who.number
    if number.isascii() and number.isdigit() and len(number) <= 9:
        session = Session.objects.select_related("establishment").filter(number=int(number)).first()
    with guarded(room_pool(who, session), wrong={"wrong_credentials"}, sentence=ROOM_WAIT, now=now):
        # An unknown number costs the same work (mechanics §14).
        right = _opens(session.sealed_password if session is not None else _dummy(), password)
        if session is None or not right:
            raise DomainError("wrong_credentials", _wrong_credentials(password), status=422)
    if session.is_over:
        raise DomainError(
            "session_closed",
            "Cette session est clôturée\u00a0: son espace surveillant n’est plus accessible.",
            status=410,
        )
    return session


def may_enter(session: Session, account: Account | None) -> None:
    """A school may require an account to watch (P9)."""
    if session.establishment.account_required and (
        account is None or not belongs_to_school(account, session)
    ):
        raise DomainError(
            "account_required",
            "Votre établissement demande un compte pour surveiller. Connectez-vous d’abord au vôtre\u00a0: le numéro"
            " de la session reste rempli. Pas de compte\u00a0? Un administrateur peut vous inviter.",
            status=403,
        )


def enter(
    *, session: Session, name: str, account: Account | None, device: str, now: datetime, once: str = ""
) -> tuple[ProctorAccess, str]:
    """A new access and its token (43 symbols, stored hashed). Changes nothing for the candidates.

    `once`, made with the form, turns a double click into one access: the token is then derived from it, and from who
    enters, for a form that somebody else finds again on a shared tablet is not his.
    """
    may_enter(session, account)
    who = account.pk if account is not None else None
    token = crypto.derive(f"access:{session.pk}:{who}:{once}:{name}") if once else secrets.token_urlsafe(32)
    with locked_room(session.pk, now=now) as room:
        again = ProctorAccess.objects.filter(token_fingerprint=crypto.fingerprint(token)).first()
        if again is not None and is_open(again, now=now):
            return again, token
        if again is not None:
            token = secrets.token_urlsafe(32)
        room.require_open()
        access = new_access(room, name=name, account=account, device=device, token=token)
    return access, token


def new_access(
    room: Room,
    *,
    name: str,
    account: Account | None,
    device: str,
    token: str,
    facts: Mapping[str, Json] | None = None,
) -> ProctorAccess:
    """Under the lock: somebody comes in, by whatever door (`facts` says which)."""
    session, now = room.session, room.now
    access = ProctorAccess.objects.create(
        session=session,
        account=account,
        name=name,
        is_admin=account is not None and _is_admin(account, session),
        device=device[:200],
        token_fingerprint=crypto.fingerprint(token),
        created_at=now,
        last_seen_at=now,
        room_confirmed_at=now if _is_today(session, now) else None,
    )
    room.lock.record(
        EventKind.PROCTOR_ENTERED,
        actor=actor_of(access),
        facts={"access": access.pk, "device": access.device, **(facts or {})},
        # Who watches stands in the header of everybody's page (R2).
        changes_list=True,
    )
    return access


def same_person(access: ProctorAccess, before: str) -> ProctorAccess | None:
    """The access `before` (an id, as the page posts it), when who just came in is who held it and lost only his cookie.

    What a page kept for it may then go on in the new one (mechanics §12); what somebody else did may not.
    """
    if not (before.isascii() and before.isdigit() and len(before) <= 18) or int(before) == access.pk:
        return None
    held = ProctorAccess.objects.filter(pk=int(before), session_id=access.session_id, ended_at=None).first()
    return held if held is not None and _same_name(held, access) else None


def came_in_at(access: ProctorAccess) -> datetime:
    """When this person first came into this room: before a login that was lost, too (`same_person`)."""
    standing = ProctorAccess.objects.filter(session_id=access.session_id, ended_at=None)
    standing = standing.filter(created_at__lt=access.created_at).order_by("created_at")
    return next((one.created_at for one in standing if _same_name(one, access)), access.created_at)


def _same_name(one: ProctorAccess, other: ProctorAccess) -> bool:
    if one.account_id != other.account_id:
        return False
    return one_line(one.name).casefold() == one_line(other.name).casefold()


def is_open(access: ProctorAccess, *, now: datetime) -> bool:
    """Not ended, nor of more than a day ago: the form of yesterday's tab makes a new one."""
    return access.ended_at is None and access.created_at > now - rules.ACCESS_FOR


def leave(*, access: ProctorAccess, now: datetime) -> None:
    """« Quitter »: ends this access only."""
    _end(access, ProctorAccess.End.LEFT, EventKind.PROCTOR_LEFT, actor=actor_of(access), now=now)


def revoke(*, access: ProctorAccess, actor: Actor, now: datetime) -> None:
    """An admin ends somebody's access (R2). Refused with `not_allowed`."""
    if actor.kind != ActorKind.ADMIN:
        raise refuse("not_allowed", status=403)
    _end(access, ProctorAccess.End.REVOKED, EventKind.ACCESS_ENDED, actor=actor, now=now)


def confirm_room(*, access: ProctorAccess, now: datetime) -> None:
    """« Je suis dans la bonne salle » (R1)."""
    ProctorAccess.objects.filter(pk=access.pk, room_confirmed_at=None).update(room_confirmed_at=now)


def mask(*, access: ProctorAccess, now: datetime) -> None:
    """« Masquer l’écran »: no name, no action on this access until the session password is typed again."""
    ProctorAccess.objects.filter(pk=access.pk, masked_at=None).update(masked_at=now)


def unmask(*, access: ProctorAccess, password: str, now: datetime) -> None:
    """Raises `wrong_credentials`; `too_many_requests` after too many."""
    with guarded(masked_pool(access), wrong={"wrong_credentials"}, sentence=ROOM_WAIT, now=now):
        if not _opens(access.session.sealed_password, password):
            raise DomainError("wrong_credentials", _wrong_credentials(password), status=422)
    ProctorAccess.objects.filter(pk=access.pk).update(masked_at=None)


def settle_by_roll_call(*, access: ProctorAccess, now: datetime) -> None:
    """« À la suite de l’appel »: for 10 min, a tick means « already in the room at the launch » (R10)."""
    ProctorAccess.objects.filter(pk=access.pk).update(roll_call_until=now + rules.ROLL_CALL_FOR)


def actor_of(access: ProctorAccess) -> Actor:
    """Who acts through this access."""
    return Actor(
        kind=ActorKind.ADMIN if access.is_admin else ActorKind.PROCTOR,
        name=access.name,
        access_id=access.pk,
        account_id=access.account_id,
    )


def normalise_password(typed: str) -> str:
    """With or without `C-`, in any case, with spaces (R1): the six symbols."""
    symbols = re.sub(r"[\s\-–—‑]", "", typed).upper()
    prefixed = len(symbols) == PASSWORD_LENGTH + 1 and symbols.startswith("C")
    return symbols[1:] if prefixed else symbols


def _opens(sealed: str, typed: str) -> bool:
    try:
        return crypto.equal(normalise_password(crypto.unseal(sealed)), normalise_password(typed))
    except crypto.Unreadable:
        return False


@cache
def _dummy() -> str:
    return crypto.seal("C-" + "0" * PASSWORD_LENGTH)


def _wrong_credentials(password: str) -> str:
    sentence = "Le numéro de la session ou le mot de passe n’est pas le bon."
    if ACCESS_CODE_FORM.fullmatch("".join(password.split()).upper()):
        sentence = "Cela ressemble au code d’accès des candidats (n°\u00a03 du kit). Le mot de passe est au n°\u00a02."
    return sentence


def _is_admin(account: Account, session: Session) -> bool:
    return account.memberships.filter(establishment_id=session.establishment_id, role=Role.ADMIN).exists()


def _is_today(session: Session, now: datetime) -> bool:
    return session.local(session.starts_at).date() == session.local(now).date()


def _end(
    access: ProctorAccess, how: ProctorAccess.End, kind: EventKind, *, actor: Actor, now: datetime
) -> None:
    with locked_room(access.session_id, now=now) as room:
        ended = ProctorAccess.objects.filter(pk=access.pk, ended_at=None).update(ended_at=now, ended_how=how)
        if ended and not room.session.is_over:
            room.lock.record(
                kind, actor=actor, facts={"access": access.pk, "name": access.name}, changes_list=True
            )


def note_seen(access: ProctorAccess, *, now: datetime) -> None:
    """Who is watching, written at most once a minute (mechanics §2), and not at all where nothing can be written: the
    room is still read."""
    if now - access.last_seen_at < rules.SEEN_EVERY:
        return
    with suppress(Busy), busy_when_locked():
        ProctorAccess.objects.filter(pk=access.pk).update(last_seen_at=now)
