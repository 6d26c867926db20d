"""Sessions that stand in each other's way: the same room, proctor or pupil at the same time (P11, P6)."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from pixsurv.kernel.identity import fold
from sessions_app.rules import occupied_until
from sessions_app.timetable.proctors import name_key, names_in


class Clash(TextChoices):
    ROOM = "room", "Même salle"
    PROCTOR = "proctor", "Même surveillant"
    PUPIL = "pupil", "Même élève"


@dataclass(frozen=True, slots=True)
class Slot:
    """What one session takes, and until when. `key` tells slots apart; `number` is None while it is but planned."""

    key: int
    number: int | None
    site: str
    room: str
    starts_at: datetime
    ends_at: datetime
    proctor_names: str

    @property
    def place(self) -> tuple[str, str]:
        return _folded(self.site), _folded(self.room)


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is taken twice, by these slots; the earliest comes first."""

    clash: Clash
    names: list[str]
    slots: list[Slot]


def end_of(starts_at: datetime, duration: int, extra_percent: int | None) -> datetime:
    return occupied_until(starts_at=starts_at, duration=duration, extra_percent=extra_percent or 0)


def conflicts(slots: Sequence[Slot], pupils: Mapping[str, tuple[str, list[Slot]]]) -> list[Conflict]:
    """Every conflict once; those of the same sessions about several people are told together.

    `pupils`: by identity, the name and the slots of a pupil who is in several.
    """
    rooms = [
        Conflict(Clash.ROOM, [crossing[0].room], crossing) for _, crossing in overlapping(by_place(slots))
    ]
    spelled = {name_key(name): name for slot in slots for name in names_in(slot.proctor_names)}
    watched = [(spelled[key], crossing) for key, crossing in overlapping(by_proctor(slots))]
    enrolled = [
        (pupils[key][0], crossing)
        for key, crossing in overlapping({key: taken for key, (_, taken) in pupils.items()})
    ]
    found = rooms + _by_sessions(Clash.PROCTOR, watched) + _by_sessions(Clash.PUPIL, enrolled)
    return sorted(found, key=lambda one: (one.slots[0].starts_at, list(Clash).index(one.clash), one.names))


def by_place(slots: Iterable[Slot]) -> dict[tuple[str, str], list[Slot]]:
    found: dict[tuple[str, str], list[Slot]] = {}
    for slot in slots:
        found.setdefault(slot.place, []).append(slot)
    return found


def by_proctor(slots: Iterable[Slot]) -> dict[tuple[str, ...], list[Slot]]:
    found: dict[tuple[str, ...], list[Slot]] = {}
    for slot in slots:
        for key in {name_key(name) for name in names_in(slot.proctor_names)}:
            found.setdefault(key, []).append(slot)
    return found


def overlapping[Key: Hashable](taken: Mapping[Key, Iterable[Slot]]) -> list[tuple[Key, list[Slot]]]:
    """Of each thing, the runs of slots that reach into one another; what ends when the next begins does not."""
    return [
        (key, run)
        for key, slots in taken.items()
        for run in _runs(sorted(slots, key=lambda slot: (slot.starts_at, slot.key)))
        if len(run) > 1
    ]


def _runs(ordered: Iterable[Slot]) -> list[list[Slot]]:
    runs: list[list[Slot]] = []
    free_at: datetime | None = None
    for slot in ordered:
        if free_at is not None and slot.starts_at < free_at:
            runs[-1].append(slot)
            free_at = max(free_at, slot.ends_at)
        else:
            runs.append([slot])
            free_at = slot.ends_at
    return runs


def _by_sessions(clash: Clash, people: Iterable[tuple[str, list[Slot]]]) -> list[Conflict]:
    found: dict[tuple[int, ...], Conflict] = {}
    for name, slots in people:
        same = tuple(slot.key for slot in slots)
        found.setdefault(same, Conflict(clash, [], slots)).names.append(name)
    return list(found.values())


def _folded(text: str) -> str:
    return fold(text) or text.casefold()
