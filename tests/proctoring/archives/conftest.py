"""Kept sessions, and who opens them; those that were really closed have papers whose bytes are cheap."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.enums import HandedPaper
from proctoring.models import ProctorAccess
from proctoring.report.gate import Statement
from proctoring.services import addenda, closing, incidents
from proctoring.services.addenda import add_addendum
from proctoring.services.closing import close_session
from proctoring.services.receipts import Handed, acknowledge
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind
from sessions_app.models import Account, Establishment, FilePurpose, Session, StoredFile
from sessions_app.services.enrolment import enrol
from sessions_app.services.journal import locked_session
from tests import factories
from tests.factories import ADMIN, PROCTOR, CandidateFactory, SessionFactory, put
from tests.journal import NOW

type Seal = Callable[..., Session]
DAY = timedelta(days=1)
BOTH = frozenset({HandedPaper.ATTENDANCE, HandedPaper.REPORT})


def scanned(session: Session) -> None:
    """A scan as `services.scans` stores and tells it, without a picture to bind."""
    scan = StoredFile(
        establishment_id=session.establishment_id,
        session=session,
        purpose=FilePurpose.SCAN,
        name="Paul DUPONT.png",
        content_type="image/png",
        created_at=NOW + DAY,
    ).holding(b"\x89PNG scan")
    scan.save(force_insert=True)
    facts = {
        "paper": "report",
        "pages": 1,
        "file": scan.pk,
        "name": "x.png",
        "size": scan.size,
        "sha256": scan.sha256,
    }
    with locked_session(session.pk, now=NOW + DAY) as lock:
        lock.record(EventKind.PAPER_SCANNED, actor=ADMIN, facts=facts)


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> Seal:
    """`sealed(session)`: two candidates, an incident, closed, an addendum, a scan. Keywords make the session."""
    monkeypatch.setattr(closing, "report_pdf", lambda report: b"%PDF report " + str(report.sequence).encode())
    monkeypatch.setattr(addenda, "addendum_pdf", lambda report, one: b"%PDF addendum " + one.text.encode())

    def made(session: Session | None = None, **facts: object) -> Session:
        session = session or SessionFactory(starts_at=NOW, **facts)
        people = [
            CandidateFactory.build(session=None, last_name="DUPONT", first_name="Zoé"),
            CandidateFactory.build(session=None, last_name="=1+1", first_name="<b>Paul</b>"),
        ]
        for person in people:
            person.derive_keys()
        enrol(session_id=session.pk, candidates=people, actor=ADMIN, now=NOW - DAY)
        one = session.candidates.get(last_name="DUPONT")
        put(one, "completed", now=NOW)
        incidents.report_incident(
            session_id=session.pk,
            candidate_id=one.pk,
            observed=incidents.Observed("C7", description="Réseau coupé & rétabli."),
            actor=PROCTOR,
            now=NOW,
        )
        said = Statement(signature="Perrine Essai", attendance_signed=True)
        close_session(session_id=session.pk, actor=PROCTOR, now=NOW + timedelta(hours=2), statement=said)
        add_addendum(session_id=session.pk, text="Une précision.", key="", actor=ADMIN, now=NOW + DAY)
        scanned(session)
        return Session.objects.select_related("establishment").get(pk=session.pk)

    return made


def eliminate(session: Session) -> None:
    """As the retention will: facts and salts go together, papers and names too, the chain stays."""
    Session.objects.filter(pk=session.pk).update(eliminating_at=NOW + 5 * 365 * DAY)
    session.events.update(facts=None, salt=None)
    StoredFile.objects.filter(session=session).delete()
    Session.objects.filter(pk=session.pk).update(state="eliminated", proctor_names="")


def received(session: Session, box: str = "A3", *, complete: bool = True) -> None:
    """As the secretariat would state it, now."""
    papers = BOTH if complete else BOTH - {HandedPaper.REPORT}
    actor = Actor(kind=ActorKind.SECRETARIAT, name="Odile Essai")
    handed = Handed(papers, box)
    acknowledge(session_ids=[session.pk], handed=handed, key="", actor=actor, now=clock.now())


def closed_days_ago(session: Session, days: int) -> Session:
    session.starts_at = session.closed_at = clock.now() - timedelta(days=days)
    session.save(update_fields=["starts_at", "closed_at"])
    return session


def watched(session: Session, name: str, account: Account | None = None) -> None:
    """Somebody who was in that room before it was closed."""
    now = clock.now()
    token = f"{session.pk} {name}"
    ProctorAccess.objects.create(
        session=session, account=account, name=name, token_fingerprint=token, created_at=now, last_seen_at=now
    )


@pytest.fixture
def school(session: Session) -> Establishment:
    return session.establishment


@pytest.fixture
def kept(school: Establishment) -> Session:
    return factories.SessionFactory(establishment=school, room="C04", closed=True)


@pytest.fixture
def office(client: Client, secretariat: Account) -> Client:
    """The browser of the secretariat."""
    client.force_login(secretariat)
    return client
