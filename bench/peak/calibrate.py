"""What one request of each kind costs: a few hundred of one kind at a time, before the day is played.

The same rooms, pages and calls as in the day; the scripts leave at once, one after the other in a few lanes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from bench.load import Call
from bench.peak.cast import Room
from bench.peak.driver import Ask, Driver, Script
from bench.peak.scripts import Play
from bench.peak.watch import Watch

LANES = 4  # requests in hand
WITHIN = 60.0  # seconds for one kind
FEW, MANY = 160, 600


@dataclass
class Calibration:
    """Of rooms that the day does not play: `waiting` are ticked and started here, `running` go on and end."""

    driver: Driver
    watch: Watch
    play: Play
    waiting: list[Room]
    running: list[Room]

    def measured(self) -> dict[str, dict[str, float]]:
        """Kind → web_ms, database_ms (processor time) and statements of one request."""
        return {kind: found for kind, make in self._table() if (found := self._measure(kind, make()))}

    def _table(self) -> Iterator[tuple[str, Callable[[], list[Script]]]]:
        play = self.play
        rooms = [*self.waiting, *self.running]
        new = [one for room in self.waiting for one in room.candidates]
        old = [one for room in self.running for one in room.candidates]
        third = len(old) // 4
        yield "empty", lambda: [self._again("empty", _empty, 204, MANY // LANES) for _ in range(LANES)]
        yield "page", lambda: lanes([play.open(room, 0) for _ in range(6) for room in rooms])
        yield "entry", lambda: lanes([play.enter(one, 0) for one in new])
        yield "tick", lambda: lanes([play.tick(one, 0) for one in new])
        yield "changed", lambda: self._behind(1)
        yield "unchanged", lambda: self._behind(0)
        yield "start", lambda: lanes([play.start(one, 0) for one in new])
        yield "heartbeat", lambda: lanes([play.beats(one, [0] * 4) for one in [*old, *new]][:FEW])
        yield "alert", lambda: lanes([play.alert(one, 0) for one in old[:third]])
        yield "reentry", lambda: lanes([play.come_again(one, 0, pause=0) for one in old[third : 2 * third]])
        yield "end", lambda: lanes([play.end(one, 0) for one in old[2 * third : 3 * third]])
        yield "complete", lambda: lanes([play.complete(one, 0) for one in old[3 * third :]])

    def _measure(self, kind: str, scripts: list[Script]) -> dict[str, float]:
        with self.watch.costs() as costs:
            played = self.driver.play(scripts, until=WITHIN)
        done = played.done
        if played.failed or not done:
            raise RuntimeError(f"calibration of {kind}: {played.errors or 'nothing was asked'}")
        return {
            "count": done,
            "web_ms": costs.web_total * 1000 / done,
            "database_ms": costs.postgres * 1000 / done,
            "statements": costs.statements / done,
        }

    def _behind(self, events: int) -> list[Script]:
        """Refreshes of pages that are so many events late: the last event of each room is a tick."""
        calls = []
        for room in self.waiting:
            sequence, _, instant = room.refresh.partition("?v=")[2].partition(".")
            last = int(sequence) + len(room.candidates)  # the page was opened before the ticks
            late = replace(room, refresh=f"{room.url}etat/?v={last - events}.{instant}")
            calls.append(late.ask_news)
        status = 200 if events else 204
        each = (FEW if events else MANY) // len(calls)
        return lanes([self._again("refresh", call, status, each) for call in calls])

    def _again(self, name: str, call: Callable[[], Call | None], status: int, times: int) -> Script:
        for _ in range(times):
            yield Ask(0, name, call, {status: name})


def _empty() -> Call:
    return Call.make("/bench/vide/", status=204)


def lanes(scripts: Iterable[Script]) -> list[Script]:
    """As a few scripts that each play theirs one after the other."""
    every = list(scripts)
    return [_one_after_the_other(every[lane::LANES]) for lane in range(LANES)]


def _one_after_the_other(scripts: Iterable[Script]) -> Script:
    for script in scripts:
        yield from script
