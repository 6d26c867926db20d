"""Whatever was done in a session: report = fold(journal) = screen (quality §2, I2)."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proctoring.models import Alert, Attempt, Incident
from proctoring.report.content import Report
from proctoring.report.gate import gate_of
from proctoring.report.reading import report_of
from proctoring.selectors.room import whole_board
from proctoring.services import incidents
from proctoring.services.due import advance_session
from sessions_app.enums import EventKind
from sessions_app.models import Event
from sessions_app.services.journal import locked_session
from tests.factories import ADMIN, PROCTOR
from tests.journal import NOW
from tests.property.test_session_life import GESTURES, SCRIPT, Act, SessionLife

OUTCOMES = {
    "open": "En attente de réponse",
    "validated": "Problème confirmé",
    "refused": "Pas de problème",
    "answered": "répondu à cette question entre-temps",
    "over": "le test s’est terminé avant",
}
NOTED = [["note"], ["note", "1 min", "10 s", "later"], ["sooner"]]
SCRIPT = [*SCRIPT[:6], *((0, gesture) for gesture in NOTED), *SCRIPT[6:]]
gestures = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.sampled_from([*GESTURES, *NOTED]), st.integers(1, 3)),
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
        assert report.tally == gate_of(self.session, now=self.now).alerts
        self.incidents_and_alerts_are_the_rows(report)

    def incidents_and_alerts_are_the_rows(self, report: Report) -> None:
        noted = Incident.objects.filter(session=self.session, deleted_at=None)
        assert sorted((line.at, line.code, question_in(line.words)) for line in report.incidents) == sorted(
            (one.observed_at, one.category, one.question or 0) for one in noted
        )
        raised = Alert.objects.filter(attempt__session=self.session)
        assert sorted(
            (line.at, question_in(line.words), outcome_in(line.words)) for line in report.alerts
        ) == sorted((one.raised_at, one.question, outcome_of(one)) for one in raised)

    def in_the_room(self, person: int, number: int) -> dict[str, Act]:
        """What was noted of a pupil too, and corrected to another hour, forward or back."""
        of = {"session_id": self.session.pk, "actor": PROCTOR, "now": self.now}
        pupil = self.candidates[person].pk

        def correct(minutes: int) -> object:
            last = Incident.objects.filter(session=self.session, deleted_at=None).order_by("pk").last()
            if last is None:
                return None
            hour = last.observed_at + timedelta(minutes=minutes)
            told = incidents.Observed("E12", question=number, at=hour)
            return incidents.change_incident(incident_id=last.pk, observed=told, **of)

        return {
            **super().in_the_room(person, number),
            "note": lambda: incidents.report_incident(
                candidate_id=pupil, observed=incidents.Observed("E11", question=number), **of
            ),
            "later": lambda: correct(2),
            "sooner": lambda: correct(-2),
        }


def question_in(words: str) -> int:
    found = re.search(r"question\s(\d+)", words)
    return int(found[1]) if found else 0


def outcome_in(words: str) -> str:
    return next(status for status, told in OUTCOMES.items() if told in words)


def outcome_of(alert: Alert) -> str:
    """Why it lapsed is in its event; while an answer can be undone, it stands."""
    if alert.status != "lapsed":
        return alert.status
    lapsed = Event.objects.filter(session=alert.attempt.session_id, kind=EventKind.ALERT_LAPSED)
    latest = lapsed.order_by("-sequence")
    facts = next(one.facts for one in latest if one.facts and one.facts["alert"] == alert.pk)
    return facts.get("reason", "over")


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
