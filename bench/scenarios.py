"""What is asked of our server, and in which order: one scenario a line of the table."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bench.load import Call

CSRF = "benchbenchbenchbenchbenchbench12"  # 32 symbols: any do, the cookie and the header must agree
HTMX = {"HX_Request": "true"}


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    what: str
    server: str
    calls: Callable[[], Iterator[Call]]  # made anew for each round: a version is of its instant
    once: bool = False  # no second answer is like the first: too dear to warm up


def ours(world: dict[str, Any]) -> list[Scenario]:
    """Every scenario of ours on a room of forty, unless its words say otherwise."""
    table: list[tuple[str, str, Callable[[], Iterator[Call]]]] = [
        ("empty", "vue vide", lambda: same(Call.make("/bench/vide/", status=204))),
        ("unchanged", "actualisation, rien de neuf", lambda: refresh(world["room"], 0, 204)),
        ("one_row", "actualisation, une ligne sur 40", lambda: refresh(world["room"], 1)),
        ("one_row_10", "actualisation, une ligne sur 10", lambda: refresh(world["small"], 1)),
        ("one_row_200", "actualisation, une ligne sur 200", lambda: refresh(world["big"], 1)),
        ("full_list", "actualisation entière, 40 lignes", lambda: refresh(world["room"], None)),
        ("page", "page de la salle, 40 lignes", lambda: page(world["room"])),
        ("page_200", "page de la salle, 200 lignes", lambda: page(world["big"])),
        ("tick", "cocher une présence", lambda: ticks(world["ticks"])),
        ("heartbeat", "battement d’un candidat", lambda: beats([world["beats"]])),
    ]
    return [Scenario(name, what, "pixsurv", calls) for name, what, calls in table]


def bare() -> Scenario:
    return Scenario("bare", "application WSGI nue", "bare", lambda: same(Call.make("/", status=204)))


def same(call: Call) -> Iterator[Call]:
    return itertools.repeat(call)


def room_url(room: dict[str, Any]) -> str:
    return f"/surveillance/{room['number']}/"


def cookie(room: dict[str, Any]) -> str:
    return f"salle-{room['number']}={room['token']}; csrf={CSRF}"


def refresh(room: dict[str, Any], behind: int | None, status: int = 200) -> Iterator[Call]:
    """From a page that is `behind` events late; of None, from one that knows no version."""
    path = f"{room_url(room)}etat/"
    if behind is not None:
        path += f"?v={room['sequence'] - behind}.{time.time_ns() // 1_000_000}&etape={room['step']}"
    return same(Call.make(path, status=status, Cookie=cookie(room), **HTMX))


def page(room: dict[str, Any]) -> Iterator[Call]:
    return same(Call.make(room_url(room), Cookie=cookie(room)))


def ticks(rooms: list[dict[str, Any]]) -> Iterator[Call]:
    """Down the lists, room after room, then the boxes are cleared again: each changes something."""
    for present in itertools.cycle("10"):
        for position in range(len(rooms[0]["expected"])):
            for room in rooms:
                yield tick(room, position, present)


def tick(room: dict[str, Any], position: int, present: str) -> Call:
    path = f"{room_url(room)}candidats/{room['expected'][position]}/presence/"
    referer = f"http://127.0.0.1{room_url(room)}"
    return Call.make(
        path,
        form={"present": present},
        Cookie=cookie(room),
        X_CSRFToken=CSRF,
        HX_Current_URL=referer,
        **HTMX,
    )


def beats(rooms: list[dict[str, Any]]) -> Iterator[Call]:
    """Each of the tests in turn says at which question it is."""
    for question in itertools.cycle(range(1, 33)):
        for token in itertools.chain.from_iterable(room["tokens"] for room in rooms):
            yield beat(token, question)


def beat(token: str, question: int) -> Call:
    body = json.dumps({"question": question, "visible": True})
    return Call.make("/api/v1/attempt/progress", json=body, Authorization=f"Bearer {token}")


def school_day(world: dict[str, Any], seconds: float) -> list[tuple[float, Call]]:
    """One school at its busiest: every room refreshed every 4 s by two proctors, every test heard every 15 s, and in
    the rooms that still fill, four presences a second ticked or cleared."""
    rooms = world["school"]
    planned: list[tuple[float, Call]] = []
    for number, room in enumerate(rooms):
        # One event behind at least, so that each answer brings rows.
        path = f"{room_url(room)}etat/?v={room['sequence'] - 1}.{time.time_ns() // 1_000_000}"
        asks = Call.make(path, Cookie=cookie(room), **HTMX)
        phase = number / len(rooms)
        for half in (0, 2):
            planned += [(at, asks) for at in spread(half + 2 * phase, 4, seconds)]
        for place, token in enumerate(room["tokens"]):
            start = (15 * place / len(room["tokens"]) + phase / 2) % 15
            turns = enumerate(spread(start, 15, seconds), start=1)
            planned += [(at, beat(token, turn)) for turn, at in turns]
    return planned + list(zip(spread(0, 0.25, seconds), ticks(world["ticks"]), strict=False))


def school_morning(world: dict[str, Any]) -> Iterator[Call]:
    """A refresh, a heartbeat and a tick, again and again."""
    room = world["school"][0]
    for asks, heard, ticked in zip(
        refresh(room, 1), beats(world["school"]), ticks(world["ticks"]), strict=False
    ):
        yield from (asks, heard, ticked)


def spread(first: float, every: float, until: float) -> Iterator[float]:
    while first < until:
        yield first
        first += every
