"""A school day at half past ten, and an admin in front of the board."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from pixsurv.kernel import clock
from proctoring.enums import Arrival, CaseKind
from proctoring.models import Case
from proctoring.services import presence
from proctoring.services.cases.asking import Identity, ask_about_candidate, ask_to_enrol
from sessions_app.models import Account, Candidate, Establishment, Session
from tests import factories
from tests.htmx import Page
from tests.proctoring.room.conftest import RoomBrowser

NOW = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)  # a Monday, 10h30 in Paris
URL = "/etablissement/tableau-de-bord/"


@pytest.fixture(autouse=True)
def travel() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:

        def go(**by: float) -> None:
            traveller.shift(timedelta(**by))

        yield go


@dataclass
class Board:
    """What an admin has open, and the rooms behind it."""

    school: Establishment
    account: Account
    client: Client
    travel: Callable[..., None]

    def room(self, name: str = "B12", **more: Any) -> Session:
        return factories.SessionFactory(establishment=self.school, room=name, **more)

    def put(self, session: Session, state: str = "in_progress", **more: Any) -> Candidate:
        candidate = factories.CandidateFactory(session=session, **more)
        factories.put(candidate, state)
        return candidate

    def page(self, below: str = "", *, scripts: bool = True) -> Page:
        return Page(self.client, URL + below, scripts=scripts)

    def late(self, session: Session, **more: Any) -> Case:
        """Refused as late, then sent up."""
        late = factories.CandidateFactory(session=session, **more)
        where = {"session_id": session.pk, "candidate_id": late.pk, "actor": factories.PROCTOR}
        presence.confirm_presence(**where, now=clock.now(), arrival=Arrival.LATE)
        return ask_about_candidate(**where, kind=CaseKind.LATE, reason="bus en panne", now=clock.now())

    def not_listed(self, session: Session) -> Case:
        who = Identity("Nouvelle", "Nina", date(2012, 3, 4))
        return ask_to_enrol(
            session_id=session.pk, who=who, reason="", actor=factories.PROCTOR, now=clock.now()
        )

    def answer(self, case: Case, wish: str = "accepted", *, htmx: bool = True) -> HttpResponse:
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.post(f"{URL}demandes/{case.pk}/", {"answer": wish}, headers=headers)

    def poll(self, version: str, school: Establishment | None = None) -> HttpResponse:
        data = {"etablissement": (school or self.school).pk, "v": version}
        return self.client.get(f"{URL}etat/", data, headers={"HX-Request": "true"})


@pytest.fixture
def board(db: None, travel: Callable[..., None]) -> Board:
    return seat(factories.EstablishmentFactory(), travel)


def seat(school: Establishment, travel: Callable[..., None]) -> Board:
    """Another admin of the school, in a browser of his own."""
    account = factories.MembershipFactory(establishment=school).account
    client = RoomBrowser()
    client.force_login(account)
    return Board(school, account, client, travel)
