"""Who acts in the room while things break: real requests, each sent again until it is acknowledged, all written down.

What is acknowledged must be there afterwards, once: nothing lost, nothing double.
"""

import http.client
import itertools
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from tests.crash.web import tell

CSRF = "crashcrashcrashcrashcrashcrash12"  # 32 symbols: any do, the cookie and the header must agree
PATIENCE = 12.0  # seconds that a request may take
PAUSE = 0.03  # between two acts of one thread: the machine has other work
BACK_WITHIN = 90  # seconds; only a service that never comes back needs them


@dataclass(frozen=True, slots=True)
class Act:
    """A form to send, and what makes its answer an acknowledgement."""

    path: str
    cookie: str
    form: dict[str, str]
    leads_to: str
    done: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: str


class Line:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, cookie: str, form: dict[str, str] | None = None) -> Answer | None:
        """None when nobody answered: whether it was done, nobody knows."""
        self.open = self.open or http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": f"{cookie}; csrf={CSRF}", "X-CSRFToken": CSRF}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.open.request(method, path, urlencode(form) if form is not None else None, headers)
            found = self.open.getresponse()
            answer = Answer(found.status, found.headers, found.read().decode())
        except (OSError, http.client.HTTPException):
            self.close()
            return None
        if found.will_close:
            self.close()
        return answer

    def close(self) -> None:
        if self.open is not None:
            self.open.close()
            self.open = None


class Crew:
    """Two proctors, two rows of pupils and somebody who reads, each a thread."""

    def __init__(self, port: int, world: dict[str, Any]) -> None:
        self.port, self.world = port, world
        self.room = f"/surveillance/{world['number']}/"
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.ticks: dict[int, list[str]] = defaultdict(list)
        self.ends: list[int] = []
        self.incidents: list[str] = []
        self.answers: list[tuple[int, int, list[str]]] = []
        self.refused: Counter[str] = Counter()  # the sentences of 503
        self.read = 0
        self.unanswered = 0
        self.wrong: list[str] = []
        self.threads = [
            threading.Thread(target=self.write, args=(acts,))
            for acts in (self.proctor(0), self.proctor(1), self.pupils(0), self.pupils(1))
        ]
        self.threads.append(threading.Thread(target=self.look))

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(BACK_WITHIN)

    @property
    def acknowledged(self) -> int:
        told = sum(map(len, self.ticks.values()))
        return told + len(self.ends) + len(self.incidents) + len(self.answers)

    def await_acks(self, more: int) -> None:
        """Until so many more were acknowledged: what stands before a crash, and what shows that all is well again."""
        self.until(lambda start=self.acknowledged: self.acknowledged >= start + more)

    def await_refusal(self, words: str) -> None:
        self.until(lambda: any(words in sentence for sentence in list(self.refused)))

    def await_reads(self, more: int) -> None:
        """Until the room was read so many more times."""
        self.until(lambda start=self.read: self.read >= start + more)

    def until(self, true: Callable[[], bool]) -> None:
        waited = threading.Event()
        for _ in range(int(BACK_WITHIN / 0.05)):
            if true() or self.wrong:
                break
            waited.wait(0.05)
        assert not self.wrong, self.wrong
        assert true(), f"it did not come back: {dict(self.refused)}, {self.unanswered} without an answer"

    # --- what they do -----------------------------------------------------------------------------------------

    def proctor(self, place: int) -> Iterator[Act]:
        cookie = f"salle-{self.world['number']}={self.world['proctors'][place]}"
        mine, ending = self.world["expected"][place::2], self.world["ending"][place::2]
        for turn in itertools.count():
            one = mine[turn % len(mine)]
            yield self.tick(one, cookie, "0" if turn // len(mine) % 2 else "1")
            if turn % 3 == 0:
                yield self.incident(one, cookie, f"Fait {place}-{turn}")
            if turn % 7 == 6 and ending:
                yield self.end(ending.pop(), cookie)

    def tick(self, one: int, cookie: str, present: str) -> Act:
        where = f"{self.room}candidats/{one}/"
        # Tests run already: a tick answers the late question at once.
        late = {"arrival": "in_room"}
        path, form = (f"{where}retard/", late) if present == "1" else (f"{where}presence/", {"present": "0"})
        return Act(path, cookie, form, f"#candidat-{one}", lambda: self.ticks[one].append(present))

    def incident(self, one: int, cookie: str, words: str) -> Act:
        form = {"categorie": "C8", "description": words, "once": words}
        path = f"{self.room}candidats/{one}/incident/"
        return Act(path, cookie, form, f"#candidat-{one}", lambda: self.incidents.append(words))

    def end(self, one: int, cookie: str) -> Act:
        path = f"{self.room}candidats/{one}/fin/"
        return Act(path, cookie, {}, f"#candidat-{one}", lambda: self.ends.append(one))

    def pupils(self, row: int) -> Iterator[Act]:
        desks = list(self.world["desks"].items())[row::2]
        for position, kind in enumerate(self.world["kinds"], start=1):
            for one, token in desks:
                response = f"réponse {position}" if kind == "short" else "a"
                note = lambda told=(int(one), position, [response]): self.answers.append(told)  # noqa: E731
                form = {"position": str(position), "response": response}
                yield Act("/candidat/test/reponse/", f"pupitre={token}", form, "/candidat/test/", note)

    # --- how they do it ---------------------------------------------------------------------------------------

    def write(self, acts: Iterator[Act]) -> None:
        line = Line(self.port)
        for act in acts:
            self.insist(line, act)
            if self.over.wait(PAUSE):
                break
        line.close()

    def insist(self, line: Line, act: Act) -> None:
        """Again until it is acknowledged; a refusal for another reason than the crash is a fault."""
        while not self.wrong:
            answer = line.ask("POST", act.path, act.cookie, act.form)
            if answer is not None and answer.status == 303 and act.leads_to in answer.headers["Location"]:
                act.done()
                return
            self.note(answer, act.path)
            threading.Event().wait(0.2)

    def look(self) -> None:
        """The room, without scripts, and its refresh."""
        line = Line(self.port)
        cookie = f"salle-{self.world['number']}={self.world['proctors'][0]}"
        for path in itertools.cycle((self.room, f"{self.room}etat/")):
            answer = line.ask("GET", path, cookie)
            if answer is not None and answer.status == 200:
                self.read += 1
            else:
                self.note(answer, path)
            if self.over.wait(5 * PAUSE):
                break
        line.close()

    def note(self, answer: Answer | None, path: str) -> None:
        with self.lock:
            if answer is None:
                self.unanswered += 1
            elif answer.status == 503 and "Retry-After" in answer.headers and 'lang="fr"' in answer.body:
                self.refused[" ".join(re.sub("<[^>]*>", " ", answer.body).split())] += 1
            else:
                told = answer.headers.get("Location") or answer.body[-600:]
                self.wrong.append(f"{path}: {answer.status} {told}")

    # --- what must be there -----------------------------------------------------------------------------------

    def reckon(self, database: str) -> None:
        """All that was acknowledged is in that database, once; the chain holds; rows are the fold of the journal."""
        assert not self.wrong, self.wrong
        assert not [thread for thread in self.threads if thread.is_alive()], "the service did not come back"
        held = tell("reckoning", database)
        events = Counter((kind, one) for kind, one in held["events"])
        for one, told in self.ticks.items():
            counted = (events["presence_confirmed", one], events["presence_cancelled", one])
            assert counted == (told.count("1"), told.count("0")), one
            assert held["states"][str(one)] == ("present" if told[-1] == "1" else "expected")
        assert sorted(self.ends) == sorted(one for kind, one in held["events"] if kind == "ended")
        assert {held["states"][str(one)] for one in self.ends} <= {"ended"}
        assert sorted(self.incidents) == sorted(held["incidents"])
        assert sorted(self.answers) == sorted(map(tuple, held["answers"]))
