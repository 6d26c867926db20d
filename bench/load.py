"""The driver: keep-alive connections, one thread, answers counted and timed. Loopback only."""

import gzip
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes over the wire, and the status that it must get."""

    wire: bytes
    status: int = 200

    @classmethod
    def make(
        cls,
        path: str,
        *,
        status: int = 200,
        form: dict[str, str] | None = None,
        json: str | None = None,
        method: str = "",
        **headers: str,
    ) -> "Call":
        """Header names are given with underscores."""
        body = urlencode(form) if form is not None else json or ""
        lines = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = {"Host": "127.0.0.1", "Accept-Encoding": "gzip", **lines}
        if form is not None or json is not None:
            kind = "application/x-www-form-urlencoded" if form is not None else "application/json"
            lines |= {"Content-Type": kind, "Content-Length": str(len(body.encode()))}
        verb = method or ("GET" if form is None and json is None else "POST")
        head = "\r\n".join([f"{verb} {path} HTTP/1.1", *(f"{one}: {what}" for one, what in lines.items())])
        return cls(f"{head}\r\n\r\n{body}".encode(), status)


@dataclass
class Measured:
    """What one run of one scenario gave. Latencies in milliseconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    bytes: int = 0  # of the last good answer, head left out
    cpu_ms: float = 0.0  # of the server's workers, a request

    @property
    def done(self) -> int:
        return len(self.latencies)

    @property
    def per_second(self) -> float:
        return self.done / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0

    def refuse(self, what: str) -> None:
        self.errors[what] = self.errors.get(what, 0) + 1


class Connection:
    """One socket: what it asked, since when, what came back so far."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.call: Call | None = None
        self.since = 0.0
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()
        self._due: int | None = None  # length of the whole answer, once its head is there
        self._body = 0
        self._chunked = self._closes = self._zipped = False

    def ask(self, call: Call, since: float) -> None:
        self.call, self.since = call, since
        self._buffer.clear()
        self._due, self._chunked = None, False
        self.socket.sendall(call.wire)

    def reopen(self) -> None:
        self.socket.close()
        self._open()

    def read(self) -> bool:
        """Whether the answer is complete. Raises ConnectionError when the other side went away in its middle."""
        piece = self.socket.recv(262_144)
        self._buffer += piece
        if self._due is None and not self._chunked:
            self._read_head()
        if not piece:
            if not self._buffer or (self._due is not None and len(self._buffer) < self._due):
                raise ConnectionError
            return True
        if self._chunked:
            return self._buffer.endswith(b"0\r\n\r\n")
        return self._due is not None and len(self._buffer) >= self._due

    def _read_head(self) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end]).lower()
        self._body = end + 4
        self._closes = b"\r\nconnection: close" in head
        self._zipped = b"\r\ncontent-encoding: gzip" in head
        if b"\r\ntransfer-encoding: chunked" in head:
            self._chunked = True
        elif (at := head.find(b"\r\ncontent-length:")) >= 0:
            self._due = self._body + int(head[at + 17 :].split(b"\r\n", 1)[0])
        elif self.status in {204, 304} or not self._closes:
            self._due = self._body

    @property
    def status(self) -> int:
        return int(self._buffer[9:12] or 0)

    @property
    def weight(self) -> int:
        return len(self._buffer) - self._body

    @property
    def text(self) -> str:
        """The answer as a browser reads it; ours are never sent in pieces."""
        content = bytes(self._buffer[self._body :])
        return (gzip.decompress(content) if self._zipped else content).decode()

    @property
    def closes(self) -> bool:
        return self._closes


def closed_loop(port: int, calls: Iterator[Call], *, seconds: float, connections: int) -> Measured:
    """Each connection asks again as soon as it is answered."""
    measured = Measured()
    with selectors.DefaultSelector() as ready:
        pool = [Connection(port) for _ in range(connections)]
        start = time.perf_counter()
        for one in pool:
            ready.register(one.socket, selectors.EVENT_READ, one)
            one.ask(next(calls), time.perf_counter())
        busy = len(pool)
        while busy:
            for key, _ in ready.select(20) or _timeout(measured):
                one = key.data
                if not _answered(one, measured, ready):
                    continue
                if time.perf_counter() - start < seconds:
                    one.ask(next(calls), time.perf_counter())
                else:
                    busy -= 1
            if measured.errors.get("timeout"):
                break
        measured.seconds = time.perf_counter() - start
        for one in pool:
            one.socket.close()
    return measured


def open_loop(port: int, planned: list[tuple[float, Call]], *, connections: int) -> Measured:
    """Each call leaves at its own second, whether or not the ones before it were answered; a latency counts from the
    second at which it should have left."""
    measured = Measured()
    waiting = sorted(planned, key=lambda one: one[0], reverse=True)
    with selectors.DefaultSelector() as ready:
        idle = [Connection(port) for _ in range(connections)]
        for one in idle:
            ready.register(one.socket, selectors.EVENT_READ, one)
        start = time.perf_counter()
        busy = 0
        while waiting or busy:
            now = time.perf_counter() - start
            while waiting and idle and waiting[-1][0] <= now:
                at, call = waiting.pop()
                idle.pop().ask(call, start + at)
                busy += 1
            pause = max(waiting[-1][0] - now, 0) if waiting and idle else 20
            for key, _ in ready.select(pause):
                one = key.data
                if one.call is None:  # the server let an idle connection go
                    _again(one, ready)
                elif _answered(one, measured, ready):
                    one.call = None
                    idle.append(one)
                    busy -= 1
        measured.seconds = time.perf_counter() - start
        for one in idle:
            one.socket.close()
    return measured


def _answered(one: Connection, measured: Measured, ready: selectors.BaseSelector) -> bool:
    """Reads what came; true when the connection may ask again."""
    assert one.call is not None
    try:
        if not one.read():
            return False
    except OSError as error:
        measured.refuse(type(error).__name__)
        _again(one, ready)
        return True
    if one.status == one.call.status:
        measured.latencies.append((time.perf_counter() - one.since) * 1000)
        measured.bytes = one.weight
    else:
        measured.refuse(str(one.status))
    if one.closes:
        _again(one, ready)
    return True


def _again(one: Connection, ready: selectors.BaseSelector) -> None:
    ready.unregister(one.socket)
    one.reopen()
    ready.register(one.socket, selectors.EVENT_READ, one)


def _timeout(measured: Measured) -> list[tuple[selectors.SelectorKey, int]]:
    measured.refuse("timeout")
    return []
