"""What pages still count of an eliminated session: what its line of the ledger says, and a dash for the rest."""

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.archives.tray.recap import Numbers, recap_of
from proctoring.models import Elimination
from proctoring.services.elimination.act import eliminate
from proctoring.services.incidents import Observed, report_incident
from sessions_app.models import Account, Session
from sessions_app.models.pupil import school_year_of
from tests import factories
from tests.proctoring.archives.retention.conftest import KEEPER, NOW, OLD, slip_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(session: Session) -> Session:
    """Of the cast's school: one present of two, an incident; eliminated."""
    one = factories.SessionFactory(starts_at=OLD, establishment=session.establishment)
    factories.CandidateFactory(session=one)
    factories.put(factories.CandidateFactory(session=one), "completed", now=OLD)
    observed = Observed("C7", description="Panne.")
    report_incident(session_id=one.pk, actor=factories.PROCTOR, now=OLD, candidate_id=None, observed=observed)
    Session.objects.filter(pk=one.pk).update(state="closed", closed_at=OLD)
    eliminate(slip_id=slip_of(one).pk, actor=KEEPER, now=NOW)
    return Session.objects.select_related("establishment").get(pk=one.pk)


@pytest.mark.parametrize(
    ("counts", "row", "page", "numbers"),
    [
        (None, "1/2", "1 présent sur 2", {"present": 1, "incidents": 1}),
        ({}, "—/2", "2 inscrits", {"present": None, "incidents": None}),
    ],
)
def test_pages_count_what_the_ledger_says(
    client: Client,
    secretariat: Account,
    gone: Session,
    counts: dict[str, int] | None,
    row: str,
    page: str,
    numbers: dict[str, int | None],
) -> None:
    if counts is not None:  # a line that says nothing
        Elimination.objects.update(counts=counts)
    client.force_login(secretariat)

    assert f">{row}</td>" in client.get("/archives/?filtre=eliminees").content.decode()
    assert page in client.get(f"/archives/{gone.number}/").content.decode()
    found = recap_of(gone.establishment, school_year_of(OLD.date()), clock.now())
    unknown = ("absent", "late_refused", "finished", "unfinished", "expired", "not_started", "alerts")
    assert found.lines[0].numbers == Numbers(enrolled=2, **numbers, **dict.fromkeys(unknown))
    assert found.lines[0].numbers.words().count("—") == len(unknown) + list(numbers.values()).count(None)
    assert (found.total.enrolled, found.total.finished, found.eliminated) == (2, 0, 1)


def test_direction_reads_no_count_of_an_eliminated_session(
    client: Client, admin: Account, gone: Session
) -> None:
    client.force_login(admin)
    page = client.get(f"/etablissement/sessions/{gone.number}/").content.decode()
    assert "Les données de cette session sont éliminées" in page
    assert "présent" not in page
    recap = client.get(f"/archives/recapitulatif/?annee={school_year_of(OLD.date())}").content.decode()
    assert "Dont 1 session éliminée" in recap
