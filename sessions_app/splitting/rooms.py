"""The rooms that a school has used, with the workstations last said (P3)."""

from dataclasses import dataclass

from pixsurv.kernel.identity import fold
from sessions_app.enums import Followed, SessionState
from sessions_app.models import Establishment, Session

RECENT = 1_000  # sessions looked at, the newest first: several years of a large school
OFFERED = 60  # rooms, those used last


@dataclass(frozen=True, slots=True)
class Room:
    """Where a session can take place."""

    site: str
    room: str
    workstations: int | None
    spare: int

    @property
    def capacity(self) -> int:
        """Workstations minus spare ones (P3)."""
        return max(0, (self.workstations or 0) - self.spare)

    @property
    def key(self) -> tuple[str, str]:
        """Two rooms are the same exactly when their keys are equal."""
        return fold(self.site), fold(self.room)


@dataclass(frozen=True, slots=True)
class Usual:
    """How the school did it last: what a form begins with."""

    site: str
    followed: str
    rooms: list[Room]


def usual(establishment: Establishment) -> Usual:
    """In one query; rooms by site and name."""
    recent = (
        Session.objects.filter(establishment=establishment)
        .exclude(state=SessionState.ELIMINATED)
        .order_by("-pk")
        .values_list("site", "room", "workstations", "spare_workstations", "followed")[:RECENT]
    )
    found: dict[tuple[str, str], Room] = {}
    site, followed = "", Followed.PIXSURV.value
    for at, (place, name, workstations, spare, how) in enumerate(recent):
        if at == 0:
            site, followed = place, how
        room = Room(place, name, workstations, spare)
        known = found.setdefault(room.key, room)
        if known.workstations is None and workstations is not None:
            found[room.key] = room
    return Usual(site, followed, [found[key] for key in sorted(list(found)[:OFFERED])])
