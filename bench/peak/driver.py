"""The open-loop driver: scripts say when the next request leaves; a latency counts from that instant, whoever is late.

It stands where the proxy of an installation stands: to the process with the fewest requests in hand, over connections
that are kept for less time than the server keeps them.
"""

import gc
import heapq
import itertools
import selectors
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bench.load import Call, Connection

KEPT = 8.0  # seconds; gunicorn keeps an idle connection for 10
MOST = 400  # requests in hand of one process; what is more waits at the proxy
DRAIN = 10.0  # seconds that a step's last answers may take


class Ask(NamedTuple):
    """A request to make at `at` (seconds of the step). `kinds`: what it counts as, by the status that came; another
    status is an error of `name`. `call` gives None when there is nothing to ask any more."""

    at: float
    name: str
    call: Callable[[], Call | None]
    kinds: Mapping[int, str]


class Answer(NamedTuple):
    """0 for who got none."""

    status: int
    at: float
    connection: Connection | None

    @property
    def text(self) -> str:
        return self.connection.text if self.connection is not None else ""


type Script = Generator[Ask, Answer]


@dataclass
class Played:
    """Milliseconds of each kind, errors by name and status, and how late the driver itself sent (milliseconds)."""

    seconds: float = 0.0
    cpu: float = 0.0
    latencies: dict[str, list[float]] = field(default_factory=dict)
    errors: dict[str, dict[str, int]] = field(default_factory=dict)
    lateness: list[float] = field(default_factory=list)
    opened: int = 0

    @property
    def done(self) -> int:
        return sum(map(len, self.latencies.values()))

    @property
    def failed(self) -> int:
        return sum(sum(one.values()) for one in self.errors.values())

    @property
    def all(self) -> list[float]:
        return list(itertools.chain.from_iterable(self.latencies.values()))

    def refuse(self, name: str, what: str) -> None:
        told = self.errors.setdefault(name, {})
        told[what] = told.get(what, 0) + 1


class Upstream:
    """One web process group, and the connections to it."""

    def __init__(self, port: int) -> None:
        self.port, self.busy = port, 0
        self.idle: list[tuple[Connection, float]] = []


@dataclass
class _Hand:
    """A request in hand."""

    script: Script
    ask: Ask
    upstream: Upstream


class Driver:
    def __init__(self, ports: Iterable[int]) -> None:
        self.upstreams = [Upstream(port) for port in ports]
        self.ready = selectors.DefaultSelector()
        self._turn = itertools.count()

    def play(self, scripts: Iterable[Script], *, until: float) -> Played:
        """All of them, to their end, or until their answers have had `DRAIN` seconds after `until`."""
        played = Played()
        queue: list[tuple[float, int, Script, Ask, float]] = []
        for script in scripts:
            self._push(queue, script, next(script, None), 0.0)
        gc.collect()
        gc.disable()  # its pauses would be read as the server's
        cpu, start = time.process_time(), time.perf_counter()
        hands: dict[Connection, _Hand] = {}
        while queue or hands:
            now = time.perf_counter() - start
            if now > until + DRAIN:
                break
            while queue and queue[0][0] <= now:
                if not self._launch(queue, hands, played, now):
                    break
                now = time.perf_counter() - start
            pause = max(queue[0][0] - now, 0.0) if queue else 1.0
            if queue and queue[0][0] <= now:
                pause = 0.05  # every process has its hands full
            for key, _ in self.ready.select(min(pause, 1.0)):
                self._hear(key.data, queue, hands, played, start)
        gc.enable()
        played.seconds, played.cpu = time.perf_counter() - start, time.process_time() - cpu
        for connection, hand in hands.items():
            played.refuse(hand.ask.name, "sans réponse")
            self._close(connection)
            hand.upstream.busy -= 1
        for _ in queue:
            played.refuse("tout", "jamais parti")
        return played

    def _push(self, queue: list[Any], script: Script, ask: Ask | None, ready: float) -> None:
        if ask is not None:
            heapq.heappush(queue, (ask.at, next(self._turn), script, ask, ready))

    def _launch(self, queue: list[Any], hands: dict[Connection, _Hand], played: Played, now: float) -> bool:
        upstream = min(self.upstreams, key=lambda one: one.busy)
        if upstream.busy >= MOST:
            return False
        at, _, script, ask, ready = heapq.heappop(queue)
        call = ask.call()
        if call is None:
            script.close()
            return True
        played.lateness.append((now - max(at, ready)) * 1000)
        connection = self._connection(upstream, played)
        connection.ask(call, at)
        upstream.busy += 1
        hands[connection] = _Hand(script, ask, upstream)
        return True

    def _connection(self, upstream: Upstream, played: Played) -> Connection:
        """The one that was used last, as nginx does."""
        while upstream.idle:
            connection, since = upstream.idle.pop()
            if time.perf_counter() - since < KEPT:
                return connection
            self._close(connection)
        connection = Connection(upstream.port)
        played.opened += 1
        self.ready.register(connection.socket, selectors.EVENT_READ, connection)
        return connection

    def _close(self, connection: Connection) -> None:
        self.ready.unregister(connection.socket)
        connection.socket.close()

    def _hear(
        self,
        connection: Connection,
        queue: list[Any],
        hands: dict[Connection, _Hand],
        played: Played,
        start: float,
    ) -> None:
        hand = hands.get(connection)
        if hand is None:  # the server let an idle connection go
            for upstream in self.upstreams:
                upstream.idle = [one for one in upstream.idle if one[0] is not connection]
            self._close(connection)
            return
        try:
            if not connection.read():
                return
        except OSError as error:
            now = time.perf_counter() - start
            played.refuse(hand.ask.name, type(error).__name__)
            self._done(connection, hands, now, keeps=False)
            self._go_on(hand, Answer(0, now, None), queue)
            return
        now = time.perf_counter() - start
        kind = hand.ask.kinds.get(connection.status)
        if kind is None:
            played.refuse(hand.ask.name, str(connection.status))
        else:
            played.latencies.setdefault(kind, []).append((now - connection.since) * 1000)
        # The script reads the answer before the connection asks again.
        self._go_on(hand, Answer(connection.status, now, connection), queue)
        self._done(connection, hands, now, keeps=not connection.closes)

    def _go_on(self, hand: _Hand, answer: Answer, queue: list[Any]) -> None:
        try:
            ask = hand.script.send(answer)
        except StopIteration:
            return
        self._push(queue, hand.script, ask, answer.at)

    def _done(
        self, connection: Connection, hands: dict[Connection, _Hand], now: float, *, keeps: bool
    ) -> None:
        upstream = hands.pop(connection).upstream
        upstream.busy -= 1
        if keeps:
            upstream.idle.append((connection, time.perf_counter()))
        else:
            self._close(connection)

    def close(self) -> None:
        for upstream in self.upstreams:
            for connection, _ in upstream.idle:
                self._close(connection)
            upstream.idle.clear()
        self.ready.close()
