"""What is kept: a session with all its papers, one that waits for them, slips, and one that was eliminated."""

from datetime import UTC, datetime
from unittest import mock

from proctoring.enums import HandedPaper, SlipKind
from proctoring.report.gate import Statement
from proctoring.report.reading import report_of
from proctoring.report.redaction import passages_of
from proctoring.services import access as accesses
from proctoring.services import addenda, incidents, passages, receipts
from proctoring.services.closing import close_session
from proctoring.services.elimination import act, ledger, slips
from sessions_app.models import Establishment, Session
from tests.everywhere.world import DAY, HOUR, OFFICE, World, papers, waiting_page
from tests.factories import ADMIN, PROCTOR, CandidateFactory, SessionFactory, put

LONG_AGO = datetime(2019, 3, 12, 9, 0, tzinfo=UTC)  # what was held then has reached its term


def add(world: World) -> None:
    closed(world, "closed", world.school, "admin")
    world.rooms["proctor"]["closed"] = world.rooms["proctor of closed"]["closed"]
    world.place("owed", _held(world.school, world.now - 10 * DAY))
    world.of["school"] |= {"kept": world.number("closed"), **open_slips(world, world.school)}
    _eliminated(world)


def closed(world: World, place: str, school: Establishment, admin: str) -> None:
    """Held this morning, closed with its report, completed by an addendum, its papers received, a passage hidden."""
    begun = world.now - 3 * HOUR
    session = world.place(place, SessionFactory(establishment=school, starts_at=begun))
    candidate = CandidateFactory(session=session)
    put(candidate, "completed", now=begun)
    told = incidents.Observed("C7", description="Réseau coupé puis rétabli.")
    incident = incidents.report_incident(
        session_id=session.pk, candidate_id=candidate.pk, observed=told, actor=PROCTOR, now=begun
    )
    watching = world.enter(f"proctor of {place}", place)
    holder = accesses.actor_of(watching)
    kept = papers(session, holder, world.now)
    said = Statement(signature="Perrine Essai", attendance_signed=True)
    close_session(session_id=session.pk, actor=holder, now=begun + 2 * HOUR, statement=said)
    addenda.add_addendum(session_id=session.pk, text="Une précision.", key="", actor=ADMIN, now=world.now)
    handed = receipts.Handed(frozenset(HandedPaper), "A3")
    receipts.acknowledge(session_ids=[session.pk], handed=handed, key="", actor=OFFICE, now=world.now)
    session.refresh_from_db()
    text = passages_of(report_of(session))[0]
    passages.hide_passage(
        session_id=session.pk, section=text.section, key=text.key, typed="", reason="donnée de santé",
        actor=OFFICE, now=world.now,
    )  # fmt: skip
    session.refresh_from_db()
    world.of[place] |= kept | {
        "candidate_id": candidate.pk,
        "incident_id": incident.pk,
        "access_id": watching.pk,
        "kind": "retard",
        "rank": 1,
        "section": text.section,
        "key": text.key,
        "sequence": session.sequence,
        "admin_page_id": waiting_page(session, world.admin(admin), world.now),
    }


def open_slips(world: World, school: Establishment) -> dict[str, int]:
    """One just drafted, one with its visa."""
    drafted = _slip(world, _held(school, LONG_AGO))
    approved = _slip(world, _held(school, LONG_AGO))
    _approve(world, approved)
    return {"slip_id": drafted, "approved_slip": approved}


def _eliminated(world: World) -> None:
    """A slip that was carried out; the ledger beside the database is not this world's."""
    session = world.place("eliminated", _held(world.school, LONG_AGO), rank=1, candidate_id=0)
    slip = _slip(world, session)
    _approve(world, slip)
    with (
        mock.patch.object(ledger, "note_quietly"),
        mock.patch.object(ledger, "complete_quietly", return_value=True),
    ):
        act.eliminate(slip_id=slip, actor=OFFICE, now=world.now)
    session.refresh_from_db()
    world.of["school"]["done_slip"] = slip


def _held(school: Establishment, starts_at: datetime) -> Session:
    """Closed the day it was held, without a paper."""
    session: Session = SessionFactory(establishment=school, starts_at=starts_at, closed=True)
    session.closed_at = starts_at + 3 * HOUR
    session.save(update_fields=["closed_at"])
    return session


def _slip(world: World, session: Session) -> int:
    return slips.draft_slip(
        establishment_id=session.establishment_id, kind=SlipKind.ARCHIVES, numbers=[session.number],
        actor=OFFICE, now=world.now,
    ).pk  # fmt: skip


def _approve(world: World, slip: int) -> None:
    slips.note_visa(
        slip_id=slip, reference="AD 99/2026-14", visa_on=world.now.date(), actor=OFFICE, now=world.now
    )
