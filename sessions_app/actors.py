"""Who acts. Every service is told; every event says it."""

from dataclasses import dataclass
from enum import StrEnum

from pixsurv.kernel.journal import Json


class ActorKind(StrEnum):
    PROCTOR = "proctor"
    ADMIN = "admin"
    SECRETARIAT = "secretariat"
    CANDIDATE = "candidate"
    CLOCK = "clock"  # « horloge »: what falls due without anybody


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody acting, with the opaque ids that tell where from."""

    kind: ActorKind
    name: str
    access_id: int | None = None
    account_id: int | None = None
    entry_id: str | None = None

    def facts(self) -> dict[str, Json]:
        """Personal data: it belongs to the facts of an event, never to its columns (mechanics §1)."""
        known: dict[str, Json] = {
            "kind": self.kind.value,
            "name": self.name,
            "access": self.access_id,
            "account": self.account_id,
            "entry": self.entry_id,
        }
        return {key: value for key, value in known.items() if value is not None}


CLOCK = Actor(kind=ActorKind.CLOCK, name="horloge")
