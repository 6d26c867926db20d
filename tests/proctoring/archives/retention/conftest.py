"""A school that has kept its papers for years, and a ledger of its own for each test."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from proctoring.enums import SlipKind
from proctoring.models import EliminationSlip
from proctoring.services.elimination.slips import draft_slip, note_visa
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import SessionState
from sessions_app.models import Session
from tests import factories

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
OLD = datetime(2021, 3, 10, 9, 0, tzinfo=UTC)  # more than five years before
KEEPER = Actor(kind=ActorKind.SECRETARIAT, name="Sacha Registre")


@pytest.fixture(autouse=True)
def ledger_file(tmp_path: Path, settings: Any) -> Path:
    settings.ELIMINATION_LEDGER = tmp_path / "eliminations.jsonl"
    return tmp_path / "eliminations.jsonl"


def kept_session(starts_at: datetime = OLD, **more: Any) -> Session:
    """Closed the day it was held."""
    one = factories.SessionFactory(starts_at=starts_at, **more)
    one.state, one.closed_at = SessionState.CLOSED, starts_at + timedelta(hours=3)
    one.save(update_fields=["state", "closed_at"])
    return one


def slip_of(*sessions: Session, kind: SlipKind = SlipKind.ARCHIVES, visa: bool = True) -> EliminationSlip:
    """Drafted, and with its visa where it needs one."""
    slip = draft_slip(
        establishment_id=sessions[0].establishment_id,
        kind=kind,
        numbers=[one.number for one in sessions],
        actor=KEEPER,
        now=NOW,
    )
    if visa and slip.needs_visa:
        note_visa(slip_id=slip.pk, reference="AD 99/2026-14", visa_on=NOW.date(), actor=KEEPER, now=NOW)
        slip.refresh_from_db()
    return slip
