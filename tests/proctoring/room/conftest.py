"""A room at half past ten, its proctor in front of it, and a browser that looks twice at every answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import lxml.html
import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from proctoring.enums import AttemptState
from proctoring.models import Attempt, Entry, ProctorAccess
from sessions_app.enums import EventKind
from sessions_app.models import Account, Candidate, Event, Session
from tests import factories
from tests.htmx import Page

NOW = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)  # a Monday, 10h30 in Paris
INLINE = re.compile(rb"<style|\sstyle=|\son\w+=|hx-on|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)


class RoomBrowser(Client):
    """Keeps cookies as a browser does, and refuses an answer that no page of ours may give (quality §3)."""

    def request(self, **request: Any) -> HttpResponse:
        response = super().request(**request)
        require_clean(response)
        return response


def require_clean(response: HttpResponse) -> None:
    assert response.headers["X-Pixsurv"] == "1"
    assert response.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in response.headers["Vary"]
    found = INLINE.search(response.content)
    assert not found, f"the CSP forbids {response.content[found.start() - 60 : found.end() + 60]!r}"
    if response.content.lstrip().startswith(b"<!doctype"):
        root = lxml.html.document_fromstring(response.content.decode())
        ids = root.xpath("//@id")
        assert len(ids) == len(set(ids)), sorted({one for one in ids if ids.count(one) > 1})
        for form in root.xpath("//form[@hx-post or @hx-get]"):
            # Without scripts the same form does the same thing.
            assert form.get("action", form.get("hx-post") or form.get("hx-get")) == (
                form.get("hx-post") or form.get("hx-get")
            )


@dataclass
class Room:
    """A session with somebody watching it."""

    session: Session
    travel: Callable[..., None]
    client: Client = field(default_factory=RoomBrowser)
    access: ProctorAccess | None = None

    @property
    def url(self) -> str:
        return f"/surveillance/{self.session.number}/"

    # ---- who watches ----
    def enter(self, name: str = "Perrine Essai", account: Account | None = None) -> "Room":
        """Another browser that got in."""
        access, token = factories.enter_room(self.session, name, account)
        client = RoomBrowser()
        client.cookies[f"salle-{self.session.number}"] = token
        return Room(self.session, self.travel, client, access)

    def came_later(self, **by: float) -> None:
        """Who watches got in so much later: an access lasts a day."""
        ProctorAccess.objects.update(created_at=NOW + timedelta(**by))

    # ---- who is there ----
    def add(self, last_name: str = "", first_name: str = "", born: str = "", **more: Any) -> Candidate:
        given = {"last_name": last_name, "first_name": first_name}
        given = {name: value for name, value in given.items() if value}
        if born:
            more["birth_date"] = date.fromisoformat(born)
        return factories.CandidateFactory(session=self.session, **given, **more)

    def put(self, state: AttemptState | str, *names: str, **more: Any) -> Candidate:
        """A new candidate in that state."""
        candidate = self.add(*names, **more)
        self.bring(candidate, state)
        return candidate

    def bring(self, candidate: Candidate, state: AttemptState | str) -> Entry | None:
        return factories.put(candidate, state)

    # ---- looking ----
    def page(self, below: str = "", *, scripts: bool = True) -> Page:
        return Page(self.client, self.url + below, scripts=scripts)

    def row(self, candidate: Candidate) -> str:
        return f"candidat-{candidate.pk}"

    def at(self, candidate: Candidate, below: str = "") -> str:
        return f"{self.url}candidats/{candidate.pk}/{below}"

    # ---- acting without a page ----
    def post(self, url: str, *, htmx: bool = False, **data: Any) -> HttpResponse:
        headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{self.url}"} if htmx else {}
        return self.client.post(url, data, headers=headers)

    def get(self, url: str, *, htmx: bool = False) -> HttpResponse:
        return self.client.get(url, headers={"HX-Request": "true"} if htmx else {})

    # ---- what was written ----
    def attempt(self, candidate: Candidate) -> Attempt:
        return factories.attempt_of(candidate)

    def events(self, *kinds: EventKind) -> list[Event]:
        found = Event.objects.filter(session=self.session).order_by("sequence")
        return list(found.filter(kind__in=kinds) if kinds else found)

    def last_event(self) -> Event:
        return self.events()[-1]

    def sequence(self) -> int:
        return Session.objects.values_list("sequence", flat=True).get(pk=self.session.pk)

    def fresh(self) -> Session:
        return Session.objects.select_related("establishment").get(pk=self.session.pk)


@pytest.fixture(autouse=True)
def travel() -> Any:
    """`travel(seconds=…)`: the only way that time passes in these tests."""
    with time_machine.travel(NOW, tick=False) as traveller:

        def go(**by: float) -> None:
            traveller.shift(timedelta(**by))

        yield go


@pytest.fixture
def empty_room(db: None, travel: Callable[..., None]) -> Room:
    """Nobody watches it yet; the session began at 10h30."""
    return Room(factories.SessionFactory(proctor_names="Perrine Essai"), travel)


@pytest.fixture
def room(empty_room: Room) -> Room:
    """The proctor is in."""
    return empty_room.enter()


@pytest.fixture
def hand_room(db: None, travel: Callable[..., None]) -> Room:
    """A session followed by hand (R22), its proctor in."""
    return Room(factories.SessionFactory(by_hand=True), travel).enter()


@pytest.fixture
def admin_room(empty_room: Room) -> Room:
    """An admin of the school is in, through his account."""
    account = factories.MembershipFactory(establishment=empty_room.session.establishment).account
    return empty_room.enter("Admin Essai", account)


@pytest.fixture
def busy_room(room: Room) -> Room:
    """One candidate in every state, and one of each need."""
    for state in AttemptState:
        if state != AttemptState.EXPIRED:
            room.put(state)
    return room
