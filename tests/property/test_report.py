"""Whatever was done in a session: report = fold(journal) = screen (quality §2, I2)."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proctoring.models import Attempt
from proctoring.report.content import Report
from proctoring.report.reading import report_of
from proctoring.selectors.room import whole_board
from proctoring.services.due import advance_session
from sessions_app.enums import EventKind
from sessions_app.services.journal import locked_session
from tests.factories import ADMIN
from tests.journal import NOW
from tests.property.test_session_life import GESTURES, SCRIPT, SessionLife

gestures = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.sampled_from(GESTURES), st.integers(1, 3)),
    min_size=8,
    max_size=20,
)


class ReportedLife(SessionLife):
    """The same life, whose candidates came onto the list by an event, as real ones do."""

    def __init__(self) -> None:
        super().__init__()
        with locked_session(self.session.pk, now=NOW) as lock:
            for one in self.candidates:
                facts = {
                    "last_name": one.last_name,
                    "first_name": one.first_name,
                    "birth_date": one.birth_date.isoformat(),
                    "extra_time_percent": one.extra_time_percent,
                }
                kind = EventKind.CANDIDATE_ENROLLED
                lock.record(kind, actor=ADMIN, candidate_id=one.pk, facts=facts)
        self.last = self.written()

    def report_is_the_screen(self) -> None:
        advance_session(self.session.pk, now=self.now)
        session = self.fresh()
        report = report_of(session)
        board = whole_board(session, now=self.now)
        assert [(one.id, one.state) for one in report.people] == [(row.id, row.state) for row in board.rows]
        assert Counter(one.state for one in report.people) == board.counts.by_state
        assert len(report.present) == board.counts.arrived
        assert report.launched_at == session.launched_at
        assert (report.closing is not None) == (session.closed_at is not None)
        assert report.sequence == session.sequence
        runs = [one for one in report.lines if "dans toute la salle" in one.words and "depuis" in one.words]
        assert len(runs) == session.incident_runs
        self.details_are_the_rows(report)

    def details_are_the_rows(self, report: Report) -> None:
        told = {one.id: one for one in report.people}
        for attempt in Attempt.objects.select_related("candidate").filter(session=self.session):
            one = told[attempt.candidate_id]
            assert one.started_at == attempt.started_at
            assert one.over_at == attempt.over_at
            assert one.given_minutes == attempt.given_minutes
            assert one.extra_time_percent == attempt.candidate.extra_time_percent
            assert one.workstation == attempt.workstation
            assert one.late_refused == (attempt.late_refused_at is not None)
        open_alerts = sum(
            alert.status == "open"
            for attempt in Attempt.objects.filter(session=self.session)
            for alert in attempt.alerts.all()
        )
        assert report.open_alerts == open_alerts


def lived(punctual: bool, policy: str, states: tuple[str, str]) -> ReportedLife:
    life = ReportedLife()
    life.begin(punctual=punctual, policy=policy, states=states)
    return life


@pytest.mark.any_database  # the full life below is lived on both
@pytest.mark.no_cover
@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), print_blob=False
)  # fmt: skip
@given(
    punctual=st.booleans(),
    policy=st.sampled_from(["refuse", "proctor_decides"]),
    states=st.tuples(*[st.sampled_from(["in_progress", "present", "expected"])] * 2),
    acts=gestures,
)
def test_report_is_the_fold_of_the_journal_and_the_screen(
    punctual: bool,
    policy: str,
    states: tuple[str, str],
    acts: list[tuple[int, int, list[str], int]],
) -> None:
    life = lived(punctual, policy, states)
    try:
        for person, one, gesture, question in acts:
            life.live(person=person, one=one, gesture=gesture, question=question)
        life.report_is_the_screen()
    finally:
        life.teardown()


@pytest.mark.django_db
def test_report_is_the_screen_after_each_act_of_a_full_life() -> None:
    life = lived(False, "proctor_decides", ("in_progress", "expected"))
    try:
        for person, gesture in SCRIPT:
            life.live(person=person, one=0, gesture=gesture, question=2)
            life.report_is_the_screen()
    finally:
        life.teardown()
