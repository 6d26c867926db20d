"""What each of them does, as scripts of the driver: asks, reads the answer, thinks, asks again."""

import json
import random
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field

from bench.load import Call
from bench.peak.cast import Candidate, Room
from bench.peak.day import Day, Step, spread
from bench.peak.driver import Answer, Ask, Script

BUSY = 503
AGAIN = 1.0  # seconds, as Retry-After says
TRIES = 4
THINKS = 1.5  # seconds between what a proctor sees and what he does
IN_DOUBT = 0  # no answer came


@dataclass
class Told:
    """What was acknowledged, in its order, as (kind of the journal, candidate); and what got no answer.

    `strange`: candidates whose test runs, and whose heartbeat was told otherwise.
    """

    acknowledged: list[tuple[str, int]] = field(default_factory=list)
    in_doubt: list[tuple[str, int]] = field(default_factory=list)
    strange: list[int] = field(default_factory=list)


@dataclass
class Play:
    """The scripts of a day; `told` is what must be in the database at its end."""

    day: Day
    told: Told
    chance: random.Random

    def step(self, step: Step) -> list[Script]:
        return [*self._rooms(step), *self._waves(step), *self._acts(step)]

    def opening(self, rooms: Iterable[Room], every: float) -> list[Script]:
        """Their pages, one after the other: what is measured afterwards begins with them open."""
        return [self.open(room, number * every) for number, room in enumerate(rooms)]

    def _rooms(self, step: Step) -> Iterator[Script]:
        for room in step.watched:
            phase = self.chance.uniform(0, self.day.refresh)
            yield self.watch(room, spread(phase, self.day.refresh, step.seconds))
        for room in step.beating:
            for candidate in room.candidates:
                phase = self.chance.uniform(0, self.day.heartbeat)
                yield self.beats(candidate, spread(phase, self.day.heartbeat, step.seconds))

    def _waves(self, step: Step) -> Iterator[Script]:
        for burst, room in step.starting:
            until = step.seconds * 0.55
            for candidate in room.candidates:
                yield self.tick(candidate, self.chance.uniform(0, until))
                yield self.enter(candidate, self.chance.uniform(0, until))
                # « Commencez » is said once, and heard by forty.
                yield self.start(candidate, burst + self.chance.uniform(0, 1))

    def _acts(self, step: Step) -> Iterator[Script]:
        table: dict[str, Callable[[Candidate, float], Script]] = {
            "complete": self.complete,
            "alert": self.alert,
            "reentry": self.come_again,
            "end": self.end,
            "page": lambda candidate, at: self.open(candidate.room, at),
        }
        for at, kind, candidate in step.acts:
            yield table[kind](candidate, at)

    # ---- the proctor ----

    def open(self, room: Room, at: float) -> Script:
        answer = yield Ask(at, "page", room.open, {200: "page"})
        if answer.status == 200:
            room.follow(answer.text, page=True)

    def watch(self, room: Room, times: Iterable[float]) -> Script:
        for at in times:
            answer = yield Ask(at, "refresh", room.ask_news, {204: "unchanged", 200: "changed"})
            if answer.status == 200:
                room.follow(answer.text)

    def tick(self, candidate: Candidate, at: float, present: str = "1") -> Script:
        call = candidate.room.act
        done = yield from self._write(
            at,
            "tick",
            lambda: call(candidate, "presence", present=present),
            "presence_confirmed" if present == "1" else "presence_cancelled",
            candidate,
        )
        if done:
            candidate.state = "present" if present == "1" else "expected"

    def end(self, candidate: Candidate, at: float) -> Script:
        yield from self._finish(at, "end", lambda: candidate.room.act(candidate, "fin"), "ended", candidate)

    # ---- the candidate, by his platform ----

    def enter(self, candidate: Candidate, at: float) -> Script:
        answer = yield Ask(at, "entry", candidate.enter, {200: "entry"})
        if answer.status == 200:
            candidate.token = json.loads(answer.text)["entry_token"]

    def start(self, candidate: Candidate, at: float) -> Script:
        call = lambda: candidate.start() if candidate.token else None  # noqa: E731
        if (yield from self._write(at, "start", call, "started", candidate)):
            candidate.state = "in_progress"

    def beats(self, candidate: Candidate, times: Iterable[float]) -> Script:
        for at in times:
            token = candidate.token
            call = lambda: candidate.beat() if candidate.runs else None  # noqa: E731
            answer = yield Ask(at, "heartbeat", call, {200: "heartbeat", 409: "crossed"})
            if answer.status == 409 and candidate.runs and token == candidate.token:
                self.told.strange.append(candidate.id)
            if self.chance.random() < 0.25:
                candidate.question = min(candidate.question + 1, 32)

    def alert(self, candidate: Candidate, at: float) -> Script:
        yield from self._write(at, "alert", candidate.alert, "alert_raised", candidate, status=201)

    def complete(self, candidate: Candidate, at: float) -> Script:
        yield from self._finish(at, "complete", candidate.complete, "completed", candidate)

    def come_again(self, candidate: Candidate, at: float, pause: float = THINKS) -> Script:
        """His browser is gone: he comes in again, is refused, the proctor authorises, he goes on."""
        candidate.away = True
        answer = yield Ask(at, "entry", candidate.enter, {200: "entry"})
        if answer.status != 200:
            return
        token = json.loads(answer.text)["entry_token"]
        at = answer.at + pause / 3
        start = lambda: candidate.start(token)  # noqa: E731
        if not (yield from self._write(at, "refused", start, "resume_requested", candidate, status=403)):
            return
        allow = lambda: candidate.room.act(candidate, "reprise")  # noqa: E731
        at += pause
        if not (yield from self._write(at, "authorise", allow, "resume_authorised", candidate)):
            return
        at += pause
        if (yield from self._write(at, "resume", start, "resumed", candidate)):
            candidate.token, candidate.away = token, False

    def _finish(
        self, at: float, name: str, call: Callable[[], Call], event: str, candidate: Candidate
    ) -> Script:
        """From the moment it is asked no heartbeat leaves; one that is on its way may be told that the test is over."""

        def last() -> Call:
            candidate.away = True
            return call()

        if (yield from self._write(at, name, last, event, candidate)):
            candidate.state = event

    def _write(
        self,
        at: float,
        name: str,
        call: Callable[[], Call | None],
        event: str,
        candidate: Candidate,
        *,
        status: int = 200,
    ) -> Generator[Ask, Answer, bool]:
        """An act that must be kept once it was acknowledged; told « busy », it asks again as it was told to."""
        for _ in range(TRIES):
            answer: Answer = yield Ask(at, name, call, {status: name})
            if answer.status == status:
                self.told.acknowledged.append((event, candidate.id))
                return True
            if answer.status == IN_DOUBT:
                self.told.in_doubt.append((event, candidate.id))
            if answer.status != BUSY:
                return False
            at = answer.at + AGAIN
        return False
