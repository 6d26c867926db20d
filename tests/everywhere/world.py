"""Two schools with something behind every address: built through factories and services, never raw columns."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from pixsurv.kernel import clock
from proctoring.models import PaperPage, ProctorAccess
from proctoring.services import access as accesses
from proctoring.services import scans
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import Role
from sessions_app.models import Account, Establishment, Session
from tests import factories
from tests.factories import MembershipFactory

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OFFICE = Actor(kind=ActorKind.SECRETARIAT, name="Odile Essai")

type Objects = dict[str, Any]


@dataclass
class World:
    """`of[place]`: what the addresses of that place name, by the name they give it (`number`, `candidate_id` …).

    `rooms[member][place]`: the token that opens that room for him. `desk`: the token of a test that runs; `bearer`: of
    one that a platform runs with `key`.
    """

    now: datetime
    school: Establishment
    other_school: Establishment
    accounts: dict[str, Account] = field(default_factory=dict)
    of: dict[str, Objects] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    rooms: dict[str, dict[str, str]] = field(default_factory=dict)
    desk: str = ""
    key: str = ""
    bearer: str = ""

    def number(self, place: str) -> int:
        return int(self.of[place]["number"])

    def place(self, name: str, session: Session, **objects: Any) -> Session:
        """A session that addresses name, and what is in it."""
        self.sessions[name] = session
        self.of[name] = {"number": session.number, **objects}
        return session

    def enter(self, member: str, place: str, name: str = "Perrine Essai") -> ProctorAccess:
        """That member gets into that room, and says that it is the right one."""
        access, token = factories.enter_room(self.sessions[place], name)
        accesses.confirm_room(access=access, now=self.now)
        self.rooms.setdefault(member, {})[place] = token
        return access

    def admin(self, member: str = "admin") -> Actor:
        account = self.accounts[member]
        return Actor(kind=ActorKind.ADMIN, name=account.name, account_id=account.pk)


def build() -> World:
    """Everything, in whatever transaction is open. No typesetter is asked: stored papers hold a few bytes."""
    from tests.everywhere import other_school, rooms, school, shelves

    world = World(clock.now(), factories.EstablishmentFactory(), factories.EstablishmentFactory())
    with (
        mock.patch("proctoring.services.closing.report_pdf", return_value=b"%PDF report"),
        mock.patch("proctoring.services.addenda.addendum_pdf", return_value=b"%PDF addendum"),
        mock.patch("proctoring.services.scans.bound", return_value=b"%PDF scan"),
    ):
        _people(world)
        for part in (rooms, school, shelves, other_school):
            part.add(world)
    return world


def _people(world: World) -> None:
    roles = {
        "admin": (world.school, Role.ADMIN),
        "secretariat": (world.school, Role.SECRETARIAT),
        "proctor_account": (world.school, Role.PROCTOR),
        "disabled": (world.school, Role.ADMIN),
        "other_admin": (world.other_school, Role.ADMIN),
        "other_secretariat": (world.other_school, Role.SECRETARIAT),
    }
    for member, (where, role) in roles.items():
        world.accounts[member] = MembershipFactory(establishment=where, role=role).account
    world.accounts["schoolless"] = factories.AccountFactory()


def papers(session: Session, holder: Actor, now: datetime) -> Objects:
    """A scan that was bound, and a page that waits."""
    page = waiting_page(session, holder, now)
    bound = scans.bind_pages(session=session, paper="attendance", shown=[page], actor=holder, now=now)
    return {"file_id": bound.file_id, "page_id": waiting_page(session, holder, now)}


def waiting_page(session: Session, holder: Actor, now: datetime) -> int:
    """As `add_pages` stores what was photographed, without a picture to draw."""
    page = PaperPage(
        session=session, holder=scans.holder_of(holder), position=1,
        source=f"{session.pk}:{PaperPage.objects.count()}", content=b"\xff\xd8", small=b"\xff\xd8",
        width=3, height=4, created_at=now,
    )  # fmt: skip
    page.save(force_insert=True)
    return page.pk
