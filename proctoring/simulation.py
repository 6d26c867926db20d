"""Candidates who behave, each a small story told through the test-platform API as any platform would tell it.

A story is a generator: it acts, then yields how many seconds it waits. Nothing here touches the database; who the
candidates are and what opens the door is given to it.
"""

import heapq
import http.client
import json
import time
import uuid
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

POLL = 3.0  # seconds between two looks while the proctor is awaited
FROZEN = 2.0  # mechanics §5
BEAT = 15
LEAST_PAUSE = 0.02  # real seconds, however fast the day is played
OVER = {"completed", "ended", "expired"}
WORDS = {
    "finished": "son test est terminé",
    "ended_by_proctor": "son test a été terminé par le surveillant",
    "expired": "son délai de 24 h est dépassé",
    "session_closed": "la session est clôturée",
    "entry_superseded": "son test continue sur un autre poste",
    "unauthorized": "la plateforme n’a plus accès à la session",
    "not_certifiable": "n’est pas encore certifiable\u00a0: refusé à l’entrée",
    "no_match": "n’est plus sur la liste",
}

type Waits[T] = Generator[float, None, T]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: dict[str, Any]
    retry_after: float = 0

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))


class Transport(Protocol):
    """Sends one request; raises OSError when the network or the server is away."""

    def __call__(self, method: str, path: str, *, bearer: str, body: Any = None, key: str = "") -> Reply: ...


class Http:
    """The real thing."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port = parts.hostname or "", parts.port

    def __call__(self, method: str, path: str, *, bearer: str, body: Any = None, key: str = "") -> Reply:
        headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        connection = self._connect(self._host, self._port, timeout=10)
        try:
            data = json.dumps(body) if body is not None else None
            connection.request(method, f"/api/v1{path}", data, headers)
            answer = connection.getresponse()
            text = answer.read()
            return Reply(answer.status, json.loads(text), float(answer.headers.get("Retry-After", 0)))
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"unreadable answer: {error}") from error
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate as enrolled."""

    last_name: str
    first_name: str
    birth_date: date
    workstation: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name.upper()}"


@dataclass(slots=True)
class Character:
    """What one candidate will do; 0 means never. Seconds, and numbers of questions."""

    absent: bool
    arrives_after: float
    mistypes_code: bool
    questions: int
    pace: float
    alert_at: int
    disconnects_at: int
    crashes_at: int
    leaves_at: int
    away: float
    stays: bool

    @classmethod
    def draw(cls, chance: Random) -> Self:
        questions = chance.randint(16, 32)

        def perhaps(probability: float) -> int:
            chosen = chance.randint(2, questions - 1)
            return chosen if chance.random() < probability else 0

        return cls(
            absent=chance.random() < 0.05,
            arrives_after=chance.uniform(0, 60),
            mistypes_code=chance.random() < 0.15,
            questions=questions,
            pace=chance.uniform(20, 80),
            alert_at=perhaps(0.2),
            disconnects_at=perhaps(0.15),
            crashes_at=perhaps(0.15),
            leaves_at=perhaps(0.1),
            away=chance.uniform(60, 150),
            stays=chance.random() < 0.05,
        )


class Gone(Exception):
    """Nothing more to do for this candidate; the message says why."""


@dataclass(slots=True)
class Player:
    """One candidate at his computer."""

    person: Person
    character: Character
    send: Transport
    session_number: int
    access_code: str
    key: str
    say: Callable[[str], None]
    token: str = ""
    question: int = 1
    beat: float = BEAT
    started: bool = field(default=False)

    def play(self) -> Waits[None]:
        """The whole day, from the door to the end."""
        try:
            yield from self._day()
        except Gone as reason:
            self._tell(str(reason))

    def _day(self) -> Waits[None]:
        character = self.character
        if character.absent:
            raise Gone("ne vient pas")
        yield character.arrives_after
        yield from self._come_in("arrive")
        yield from self._get_in()
        while self.question <= character.questions:
            yield from self._answer()
        if character.stays:
            self._tell("reste sur la dernière question")
            self.question = character.questions
            while True:
                yield from self._think(60)
        yield from self._call("POST", "/attempt/complete", key=True)
        self._tell("a terminé")

    def _come_in(self, word: str) -> Waits[None]:
        person = self.person
        body = {
            "session_number": self.session_number,
            "last_name": person.last_name,
            "first_name": person.first_name,
            "birth_date": person.birth_date.isoformat(),
            "workstation": person.workstation,
            "heartbeat": BEAT,
        }
        self.token, self.started = self.key, False
        reply = yield from self._call("POST", "/entries", body, key=True)
        self.token = reply.body["entry_token"]
        self._tell(f"{word} (poste {person.workstation})")

    def _get_in(self) -> Waits[None]:
        """Wait for the presence, or for the authorisation to come back; then give the code."""
        told = ""
        while not self.started:
            attempt = (yield from self._call("GET", "/attempt")).body
            state = attempt["state"]
            if state in OVER or attempt["over_reason"]:
                raise Gone(WORDS[attempt["over_reason"]])
            if state in {"present", "resume_authorised"}:
                yield from self._start(resumes=state == "resume_authorised")
            elif state != told:
                if state == "expected":
                    self._tell("attend que sa présence soit confirmée")
                else:  # a test that runs, and is not ours yet: this files the request
                    yield from self._call(
                        "POST", "/attempt/start", {"access_code": self.access_code}, key=True
                    )
                    self._tell("demande à reprendre son test")
            told = state
            yield POLL

    def _start(self, *, resumes: bool) -> Waits[None]:
        if self.character.mistypes_code:
            self.character.mistypes_code = False
            yield from self._call("POST", "/attempt/start", {"access_code": "XXXX22"}, key=True)
            self._tell("tape un mauvais code d’accès")
            yield 5
        reply = yield from self._call("POST", "/attempt/start", {"access_code": self.access_code}, key=True)
        if reply.status != 200:  # un-ticked, or taken back, just before
            return
        self.started = True
        self.question = max(self.question, reply.body["question"] or 1)
        self.beat = reply.body["heartbeat_seconds"]
        self._tell(f"reprend à la question {self.question}" if resumes else "commence son test")

    def _answer(self) -> Waits[None]:
        """One question, with what happens on it."""
        character, question = self.character, self.question
        if question == character.alert_at:
            yield from self._raise_alert()
        if question == character.disconnects_at:
            self._tell(f"ne répond plus (question {question})")
            yield character.away
            self._tell("est de nouveau là")
        if question == character.leaves_at:
            yield from self._call("POST", "/attempt/leave", key=True)
            self._tell("quitte la page du test")
            yield character.away
        if question == character.crashes_at:
            character.crashes_at = 0
            self._tell(f"redémarre son ordinateur (question {question})")
            yield character.away / 2
            yield from self._come_in("revient")
            yield from self._get_in()
        yield from self._think(character.pace)
        self.question += 1

    def _raise_alert(self) -> Waits[None]:
        body = {"question": self.question, "kinds": ["image"]}
        yield from self._call("POST", "/attempt/alerts", body, key=True)
        self._tell(f"signale un problème sur la question {self.question}")
        while True:
            attempt = (yield from self._progress()).body
            if attempt["alert"] is None or attempt["alert"]["status"] != "open":
                break
            yield POLL
        moves_on = attempt["alert"] is not None and attempt["alert"]["outcome"] == "validated"
        self._tell("passe à la question suivante" if moves_on else "reprend la question")

    def _think(self, seconds: float) -> Waits[None]:
        """Time passes on a question; the platform says that he is there."""
        while seconds > 0:
            yield min(self.beat, seconds)
            seconds -= self.beat
            yield from self._progress()

    def _progress(self) -> Waits[Reply]:
        body = {"question": self.question, "visible": True}
        while True:
            reply = yield from self._call("POST", "/attempt/progress", body)
            if reply.status == 200:
                return reply
            yield from self._freeze()

    def _freeze(self) -> Waits[None]:
        """Ended: nothing is discarded until the end is final, and an undone end goes on by itself."""
        self._tell("son écran se fige\u00a0: fin demandée par le surveillant")
        while True:
            attempt = (yield from self._call("GET", "/attempt")).body
            if attempt["state"] not in OVER:
                self._tell("continue\u00a0: la fin a été annulée")
                return
            final = attempt["over_final_at"]
            if final is None or datetime.fromisoformat(final) <= datetime.fromisoformat(
                attempt["server_time"]
            ):
                raise Gone(WORDS[attempt["over_reason"]])
            yield FROZEN

    def _call(self, method: str, path: str, body: Any = None, *, key: bool = False) -> Waits[Reply]:
        """One operation, again under the same key for as long as the server is away or busy."""
        once = uuid.uuid4().hex if key else ""
        while True:
            try:
                reply = self.send(method, path, bearer=self.token, body=body, key=once)
            except OSError:
                self._tell("réseau coupé, nouvel essai")
                yield POLL
                continue
            if reply.status in {429, 503}:
                yield max(reply.retry_after, 1)
                continue
            if reply.status >= 400 and reply.code in WORDS:
                raise Gone(WORDS[reply.code])
            return reply

    def _tell(self, what: str) -> None:
        self.say(f"{self.person.name} — {what}")


class Ticker(Protocol):
    """Seconds since the beginning, and a way to let them pass."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class RealTime:
    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> float:
        return time.monotonic() - self._began

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def run(stories: Iterable[Waits[None]], *, ticker: Ticker, speed: float, duration: float) -> bool:
    """Play them side by side, `speed` times as fast; True when all are over, False when time was up."""
    queue: list[tuple[float, int, Waits[None]]] = [(0.0, order, story) for order, story in enumerate(stories)]
    while queue:
        at, order, story = heapq.heappop(queue)
        if at > duration:
            return False
        if (ahead := at - ticker.now()) > 0:
            ticker.sleep(ahead)
        try:
            pause = next(story)
        except StopIteration:
            continue
        heapq.heappush(queue, (ticker.now() + max(pause / speed, LEAST_PAUSE), order, story))
    return True


def cast(people: Sequence[Person], *, seed: int) -> list[tuple[Person, Character]]:
    """Who does what: the same seed gives the same day."""
    chance = Random(seed)  # noqa: S311 - a day to be played again, not a secret
    return [(person, Character.draw(chance)) for person in people]
