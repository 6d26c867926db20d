"""Who pays for a wrong guess at each door of a session (mechanics §8), and what he is told while he waits."""

from dataclasses import dataclass

from pixsurv.kernel.device import DeviceCookie, Mark
from proctoring.models import Entry, ProctorAccess
from sessions_app.models import Account, ApiKey, Door, Session
from sessions_app.selectors.kit import kit_mark_valid
from sessions_app.services.guessing import Pool, unknown_name

WATCHED_BEFORE = DeviceCookie("appareil")  # its owner is the school of the rooms that it got into

ROOM_WAIT = (
    "Trop d’essais ont été faits sur cette session. Attendez {wait}, puis réessayez. Le QR code du kit ouvre une"
    " file à part\u00a0; un administrateur peut aussi vous passer la salle."
)
IDENTITY_WAIT = (
    "Trop d’essais sur cet ordinateur. Attendez {wait}, puis réessayez, ou appelez votre surveillant."
)
CODE_WAIT = "Trop de codes faux. Attendez {wait}, puis réessayez. Votre surveillant a le code."
API_WAIT = "Trop d’identités sans correspondance pour cette session. Réessayez dans {wait}."


@dataclass(frozen=True, slots=True)
class Knocking:
    """What a browser shows of itself at the door of a room; each of them may be a lie, and is checked."""

    number: str
    account: Account | None = None
    device: Mark | None = None
    kit: str = ""


def room_pool(who: Knocking, session: Session | None) -> Pool:
    """The first that fits: device, account of the school, paper of the kit, everybody else.

    A number that does not exist has a pool like any other, so that the wait tells nothing.
    """
    if session is None:
        return Pool(unknown_name(who.number), Door.ROOM)
    if who.device is not None and who.device.owner == session.establishment_id:
        return Pool(f"device:{who.device.text}", Door.ROOM, session.pk, free=10)
    if who.account is not None and belongs_to_school(who.account, session):
        return Pool(f"account:{who.account.pk}", Door.ROOM, session.pk, free=10)
    if who.kit and kit_mark_valid(str(session.number), who.kit):
        return Pool(f"kit:{who.kit}", Door.ROOM, session.pk, free=10)
    return Pool("everybody", Door.ROOM, session.pk)


def masked_pool(access: ProctorAccess) -> Pool:
    """The password typed again on a masked screen: somebody of the room, or a pupil who found the tablet."""
    return Pool(f"access:{access.pk}", Door.ROOM, access.session_id, free=10)


def identity_pool(session: Session, browser: str) -> Pool:
    """A browser that takes the mark of the join page pays alone; a class that mistypes locks nobody out."""
    name = f"browser:{browser}" if browser else "no mark"
    return Pool(name, Door.IDENTITY, session.pk, free=8, slowest=30, reserves=False)


def code_pool(entry: Entry) -> Pool:
    """Of the pupil, at the desk and through a platform alike: who comes in again brings no fresh tries."""
    return Pool(
        f"candidate:{entry.candidate_id}", Door.CODE, entry.session_id, free=8, slowest=30, reserves=False
    )


def platform_pool(key: ApiKey, session: Session) -> Pool:
    """One platform speaks for a whole class: many free tries, short waits."""
    return Pool(f"key:{key.pk}", Door.IDENTITY, session.pk, free=100, slowest=5, reserves=False)


def belongs_to_school(account: Account, session: Session) -> bool:
    """In whatever role."""
    return account.memberships.filter(establishment_id=session.establishment_id).exists()
