"""Who sits where: a pure function of the classes, the rooms and the hours (decision 0012)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One room at one of the day's hours (0 is the first), and how many pupils it holds."""

    hour: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Split[Who]:
    """`seated` has one list a place, in the order of the places; `left` are those for whom there is no room."""

    seated: list[list[Who]]
    left: list[Who]


def split[Who](classes: Sequence[Sequence[Who]], places: Sequence[Place]) -> Split[Who]:
    """Seat every member of these classes once, as far as the places go.

    Promised, and held by the property tests: nobody is lost, nobody sits twice, no place holds more than its capacity,
    somebody is left over only when every place is full, a later hour serves only when those before do not suffice, and
    the same input gives the same output. Classes stay together where they can: the largest first, each in the place
    that it fills best; one that fits nowhere is cut, in its own order, over as few places as possible.
    """
    used = _needed(places, sum(len(members) for members in classes))
    seated: list[list[Who]] = [[] for _ in places]
    free = {at: places[at].capacity for at in used}
    to_cut = []
    for number in sorted(range(len(classes)), key=lambda one: -len(classes[one])):
        fitting = [at for at in used if free[at] >= len(classes[number])]
        if not fitting:
            to_cut.append(number)
            continue
        best = min(fitting, key=lambda at: (free[at], at))
        seated[best].extend(classes[number])
        free[best] -= len(classes[number])
    left: list[Who] = []
    for number in sorted(to_cut):
        rest = list(classes[number])
        for at in sorted(used, key=lambda one: (-free[one], one)):
            seated[at].extend(rest[: free[at]])
            free[at], rest = free[at] - len(rest[: free[at]]), rest[free[at] :]
        left.extend(rest)
    return Split(seated, left)


def _needed(places: Sequence[Place], people: int) -> list[int]:
    """The places of the first hours that hold so many; of all hours when none suffice."""
    used: list[int] = []
    for hour in sorted({place.hour for place in places}):
        used += [at for at, place in enumerate(places) if place.hour == hour]
        if sum(places[at].capacity for at in used) >= people:
            break
    return sorted(used)
