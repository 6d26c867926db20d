"""Who plays: rooms with their proctor, candidates with their test, and how each of them asks."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bench.load import Call
from bench.scenarios import CSRF, HTMX

WATCH = re.compile(r'id="veille"[^>]*? hx-get="([^"]+)"')
STEP = re.compile(r'name="etape" value="([^"]*)"')


@dataclass
class Room:
    """One room and the page of its proctor: what it would ask next is what its last answer said."""

    number: int
    code: str
    token: str
    key: str
    candidates: list["Candidate"] = field(default_factory=list)
    refresh: str = ""  # empty until the page was opened, or once it has nothing more to ask
    step: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Room":
        room = cls(told["number"], told["code"], told["token"], told["key"])
        room.candidates = [Candidate(room, **one) for one in told["candidates"]]
        return room

    @property
    def url(self) -> str:
        return f"/surveillance/{self.number}/"

    @property
    def cookie(self) -> str:
        return f"salle-{self.number}={self.token}; csrf={CSRF}"

    def follow(self, text: str, *, page: bool = False) -> None:
        """What a page, or the answer to a refresh, says to ask next. An act says nothing of it."""
        if (found := WATCH.search(text)) is not None:
            self.refresh = html.unescape(found[1])
        elif page:
            self.refresh = ""
        if (found := STEP.search(text)) is not None:
            self.step = html.unescape(found[1])

    def open(self) -> Call:
        return Call.make(self.url, Cookie=self.cookie)

    def ask_news(self) -> Call | None:
        if not self.refresh:
            return None
        path = f"{self.refresh}&etape={quote(self.step)}"
        return Call.make(path, Cookie=self.cookie, HX_Current_URL=self._page, **HTMX)

    def act(self, candidate: "Candidate", path: str, **form: str) -> Call:
        """A gesture of the proctor on one row."""
        return Call.make(
            f"{self.url}candidats/{candidate.id}/{path}/",
            form=form,
            Cookie=self.cookie,
            X_CSRFToken=CSRF,
            HX_Current_URL=self._page,
            **HTMX,
        )

    @property
    def _page(self) -> str:
        return f"http://127.0.0.1{self.url}"


@dataclass
class Candidate:
    """One candidate, and the platform that speaks for him. `away`: his page is gone, nothing is heard of it."""

    room: Room
    id: int
    last: str
    first: str
    birth: str
    token: str = ""
    state: str = "expected"
    question: int = 1
    away: bool = False

    @property
    def runs(self) -> bool:
        return self.state == "in_progress" and not self.away

    def enter(self) -> Call:
        return self._call(
            "entries",
            self.room.key,
            session_number=self.room.number,
            last_name=self.last,
            first_name=self.first,
            birth_date=self.birth,
            heartbeat=15,
        )

    def start(self, token: str = "") -> Call:
        return self._call("attempt/start", token or self.token, access_code=self.room.code)

    def beat(self) -> Call:
        return self._call("attempt/progress", self.token, question=self.question, visible=True)

    def alert(self) -> Call:
        return self._call("attempt/alerts", self.token, question=self.question, kinds=["image"])

    def complete(self) -> Call:
        return self._call("attempt/complete", self.token)

    def _call(self, path: str, bearer: str, **body: Any) -> Call:
        told = json.dumps(body) if body else ""
        return Call.make(f"/api/v1/{path}", json=told, Authorization=f"Bearer {bearer}")
