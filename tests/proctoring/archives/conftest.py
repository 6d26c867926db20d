"""Kept sessions, and who opens them."""

from datetime import timedelta

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.enums import HandedPaper
from proctoring.models import ProctorAccess
from proctoring.services.receipts import Handed, acknowledge
from sessions_app.actors import Actor, ActorKind
from sessions_app.models import Account, Establishment, Session
from tests import factories

BOTH = frozenset({HandedPaper.ATTENDANCE, HandedPaper.REPORT})


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
