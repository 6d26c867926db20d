"""The recap of a school year: the numbers of each session, their totals, and its files (I8)."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.archives.tray import recap_files
from proctoring.archives.tray.recap import NUMBER_TITLES, Numbers, recap_of
from proctoring.enums import AttemptState
from proctoring.services.incidents import Observed, report_incident
from sessions_app.enums import SessionKind
from sessions_app.models import Establishment, Session
from sessions_app.models.pupil import school_year_of
from tests import factories
from tests.factories import PROCTOR
from tests.proctoring.archives.conftest import received

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
YEAR = school_year_of(date(2026, 3, 14))


def closed(session: Session) -> Session:
    session.refresh_from_db()
    session.state, session.closed_at, session.starts_at = "closed", NOW, NOW
    session.save(update_fields=["state", "closed_at", "starts_at"])
    return session


@pytest.fixture
def lived(school: Establishment) -> Session:
    """One candidate of each fate, an incident, and a receipt."""
    session = factories.SessionFactory(establishment=school, starts_at=NOW)
    for state in ("expected", "present", "completed", "completed", "ended", "expired"):
        factories.put(factories.CandidateFactory(session=session), AttemptState(state), now=NOW)
    late = factories.CandidateFactory(session=session)
    factories.put(late, AttemptState.PRESENT, now=NOW)
    late.attempt.state, late.attempt.late_refused_at = AttemptState.EXPECTED, NOW
    late.attempt.save(update_fields=["state", "late_refused_at"])
    report_incident(
        session_id=session.pk,
        actor=PROCTOR,
        now=NOW,
        candidate_id=None,
        observed=Observed("C7", description="Panne."),
    )
    received(closed(session), "2026-A3")
    return session


def test_recap_counts_each_fate_once(lived: Session) -> None:
    (line,) = recap_of(lived.establishment, YEAR, clock.now()).lines

    assert line.numbers == Numbers(
        enrolled=7,
        present=5,
        absent=1,
        late_refused=1,
        finished=2,
        unfinished=1,
        expired=1,
        not_started=1,
        incidents=1,
        alerts=0,
    )
    assert (line.standing, line.box, line.date, line.hour) == ("Reçu", "2026-A3", "14/03/2026", "10h00")


def test_recap_adds_up_and_leaves_out_rehearsals_other_years_and_other_schools(
    lived: Session, school: Establishment
) -> None:
    white = closed(factories.SessionFactory(establishment=school, kind=SessionKind.WHITE_EXAM))
    factories.CandidateFactory(session=white)
    closed(factories.SessionFactory(establishment=school, kind=SessionKind.REHEARSAL))
    closed(factories.SessionFactory())
    factories.SessionFactory(establishment=school, closed=True)  # today, in another year

    found = recap_of(school, YEAR, clock.now())

    assert {line.session.number for line in found.lines} == {lived.number, white.number}
    assert (found.total.enrolled, found.total.absent, found.total.finished) == (8, 2, 2)


@pytest.mark.parametrize("many", [1, 6])
def test_recap_costs_the_same_for_one_and_for_many(
    school: Establishment, many: int, django_assert_num_queries
) -> None:
    for _ in range(many):
        factories.CandidateFactory(session=closed(factories.SessionFactory(establishment=school)))

    with django_assert_num_queries(5):
        assert len(recap_of(school, YEAR, clock.now()).lines) == many


def test_recap_as_a_spreadsheet_has_real_dates_and_totals(office: Client, lived: Session) -> None:
    response = office.get(f"/archives/recapitulatif.ods?annee={YEAR}")

    with zipfile.ZipFile(io.BytesIO(response.content)) as file:
        content = file.read("content.xml").decode()
    assert 'office:date-value="2026-03-14"' in content
    assert all(title in content for title in NUMBER_TITLES)
    assert "Total" in content
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Cache-Control"] == "no-store"


def test_recap_on_paper_has_one_line_a_session(
    office: Client, lived: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr(recap_files, "typeset", lambda parts, **_: bytes(bool(made.extend(parts))))

    assert office.get(f"/archives/recapitulatif.pdf?annee={YEAR}").status_code == 200

    (sheet,) = made
    (line,) = sheet.lines
    assert line[:5] == ["14/03/2026", "10h00", str(lived.number), "Salle B12", ""]
    assert line[5:15] == ["7", "5", "1", "1", "2", "1", "1", "1", "1", "0"]
    assert sheet.total == line[5:15]


def test_recap_too_long_for_paper_is_refused(school: Establishment, monkeypatch: pytest.MonkeyPatch) -> None:
    closed(factories.SessionFactory(establishment=school))
    monkeypatch.setattr(recap_files, "LINES_ON_PAPER", 0)

    with pytest.raises(DomainError, match="too_long"):
        recap_files.as_pdf(recap_of(school, YEAR, clock.now()), school, clock.now())


def test_recap_page_offers_the_years_that_are_kept(office: Client, lived: Session) -> None:
    page = office.get(f"/archives/recapitulatif/?annee={YEAR}").content.decode()

    assert "2025-2026" in page
    assert f"recapitulatif.pdf?etablissement={lived.establishment.pk}&amp;annee={YEAR}" in page
    for bad in ("1999", "x"):
        assert office.get(f"/archives/recapitulatif/?annee={bad}").status_code == 404
