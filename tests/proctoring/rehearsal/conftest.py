"""Somebody who trains: a browser without any account, time that passes by polls alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse

from pixsurv.kernel import clock
from proctoring.models import Attempt, Rehearsal
from proctoring.rehearsal.cast import CAST
from proctoring.rehearsal.voices import heard_now
from proctoring.selectors.room import Version, whole_board
from sessions_app.models import Candidate, Event, Session
from tests.proctoring.room.conftest import RoomBrowser

NOW = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)  # a Monday, 10h30 in Paris
POLL_EVERY = 4


@dataclass
class Trainee:
    """`needs`: all that the room ever showed, by the poll's own reading."""

    travel: Any
    client: RoomBrowser = field(default_factory=RoomBrowser)
    session: Session = field(init=False)
    version: str = ""
    needs: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)

    def begin(self, **data: str) -> HttpResponse:
        response = self.client.post("/surveillance/entrainement/", data)
        if response.status_code == 303:
            number = int(response["Location"].strip("/").split("/")[-1])
            self.session = Session.with_rehearsals.get(number=number)
            self.version = str(Version(self.session.sequence, clock.now()))
        return response

    @property
    def url(self) -> str:
        return f"/surveillance/{self.session.number}/"

    @property
    def rehearsal(self) -> Rehearsal:
        return Rehearsal.objects.get(session=self.session)

    def wait(self, seconds: int) -> None:
        """Time passes as it does in front of the page: one refresh every four seconds."""
        for _ in range(0, seconds, POLL_EVERY):
            self.travel.shift(POLL_EVERY)
            self.poll()

    def poll(self) -> HttpResponse:
        response = self.client.get(f"{self.url}etat/?v={self.version}", headers={"HX-Request": "true"})
        assert response.status_code in {200, 204}, response.content
        session = self.fresh()
        self.heard |= {one.key for one in heard_now(session, now=clock.now())}
        board = whole_board(session, now=clock.now())
        self.needs |= {need for row in board.rows for need in row.needs_attribute.split()}
        self.version = str(board.version)
        return response

    @property
    def now(self) -> datetime:
        return clock.now()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return (clock.now() - self.rehearsal.begun_at).total_seconds()

    def candidate(self, key: str) -> Candidate:
        return Candidate.objects.get(session=self.session, identity_key=CAST[key].identity)

    def attempt(self, key: str) -> Attempt:
        return Attempt.objects.get(candidate=self.candidate(key))

    def act(self, key: str, below: str, **data: Any) -> HttpResponse:
        """One gesture about a pupil, as the page posts it without scripts."""
        return self.done(f"candidats/{self.candidate(key).pk}/{below}", **data)

    def done(self, below: str, **data: Any) -> HttpResponse:
        response = self.client.post(self.url + below, data)
        assert response.status_code == 303, response.content.decode()[-2000:]
        return response

    def tick(self, *keys: str) -> None:
        for key in keys:
            self.act(key, "presence/", present="1", confirmed="1")

    def kinds(self) -> list[str]:
        return list(
            Event.objects.filter(session=self.session).order_by("sequence").values_list("kind", flat=True)
        )

    def fresh(self) -> Session:
        return Session.with_rehearsals.select_related("establishment").get(pk=self.session.pk)


@pytest.fixture
def travel(db: None) -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def newcomer(travel: Any) -> Trainee:
    """In front of the login page."""
    return Trainee(travel)


@pytest.fixture
def trainee(newcomer: Trainee) -> Trainee:
    """In the room of a rehearsal that has just begun."""
    assert newcomer.begin().status_code == 303
    return newcomer
