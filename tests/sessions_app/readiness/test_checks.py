"""Every check of the table, told and not told; what is grouped, counted and left out (P7)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app.enums import Role, SignInMode
from sessions_app.models import Candidate, Establishment, Pupil, Session
from sessions_app.readiness.checks import CANDIDATE, SCHOOL, SESSION
from sessions_app.readiness.facts import upcoming
from sessions_app.readiness.report import Report, check
from tests import factories

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_november() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def school(db: None) -> Establishment:
    """One with somebody to call and nobody invited."""
    school: Establishment = factories.ContactFactory().establishment
    return school


def ready_session(school: Establishment, **values: Any) -> Session:
    return factories.SessionFactory(
        **{
            "establishment": school,
            "starts_at": NOON + timedelta(days=2),
            "workstations": 20,
            "proctor_names": "Perrine Essai",
            **values,
        }
    )


def ready_pupil(school: Establishment, **values: Any) -> Pupil:
    return factories.PupilFactory(
        **{
            "establishment": school,
            "sign_in_mode": SignInMode.MEDIACENTRE,
            "profile_sent_on": date(2026, 10, 1),
            **values,
        }
    )


def enrolled(session: Session, pupil: Pupil, *, link: bool = True, **values: Any) -> Candidate:
    copied = ("last_name", "first_name", "birth_date", "class_name", "extra_time_percent", "sign_in_mode")
    known = {name: getattr(pupil, name) for name in (*copied, "certifiable_competences")}
    return factories.CandidateFactory(
        **{"session": session, "pupil": pupil if link else None, **known, **values}
    )


def found(school: Establishment, *sessions: Session) -> Report:
    return check(school, sessions, NOON)


def codes(report: Report) -> dict[str, int]:
    return {count.check.code: count.number for count in report.counts}


def details(report: Report, code: str) -> list[str]:
    groups = [group for part in report.parts for group in part.groups if group.check.code == code]
    return [finding.detail for group in groups for finding in group.findings]


def test_ready_session_has_nothing_missing(school: Establishment) -> None:
    session = ready_session(school)
    enrolled(session, ready_pupil(school))
    assert codes(found(school, session)) == {}
    assert found(school, session).parts == []


@pytest.mark.parametrize(
    ("code", "pupil", "candidate", "detail"),
    [
        ("not_certifiable", {"certifiable_competences": 3}, {}, "Pas encore certifiable (3/5)"),
        ("not_verified", {"certifiable_competences": None}, {}, ""),
        ("not_used_pix", {"profile_sent_on": None}, {}, ""),
        ("not_used_pix", {"profile_sent_on": date(2026, 7, 31)}, {}, ""),
        ("never_connected", {"sign_in_mode": SignInMode.NEVER}, {}, "parcours SOS"),
        ("sign_in_unknown", {"sign_in_mode": SignInMode.UNKNOWN}, {}, ""),
        (
            "extra_time",
            {"extra_time_percent": 33},
            {"extra_time_percent": 0},
            "33\u00a0% dans l’année, aucun ici",
        ),
        ("extra_time", {}, {"extra_time_percent": 50}, "aucun dans l’année, 50\u00a0% ici"),
        (
            "profile",
            {},
            {"certifiable_competences": 3},
            "«\u00a0Certifiable\u00a0» dans l’année, «\u00a0Pas encore certifiable (3/5)\u00a0» ici",
        ),
        (
            "profile",
            {},
            {"sign_in_mode": SignInMode.NEVER},
            "se connecte par «\u00a0Médiacentre (ENT)\u00a0»",
        ),
    ],
)
@pytest.mark.parametrize("link", [True, False], ids=["linked", "matched"])
def test_candidate_check_tells_one_thing(
    school: Establishment,
    code: str,
    pupil: dict[str, Any],
    candidate: dict[str, Any],
    detail: str,
    link: bool,
) -> None:
    session = ready_session(school)
    enrolled(session, ready_pupil(school), link=link)
    wrong = enrolled(session, ready_pupil(school, **pupil), link=link, **candidate)
    report = found(school, session)
    assert codes(report) == {code: 1}
    [group] = report.parts[0].groups
    assert [(one.who, one.detail) for one in group.findings] == [
        (f"{wrong.last_name} {wrong.first_name} · 3e A", detail)
    ]
    assert group.check.todo
    assert group.for_all or group.findings[0].address


@pytest.mark.parametrize(
    ("code", "values", "detail"),
    [
        ("no_proctor", {"proctor_names": ""}, ""),
        ("workstations_unknown", {"workstations": None}, ""),
        ("too_many", {"workstations": 2, "spare_workstations": 1}, "2 candidats pour 1 postes, hors secours"),
    ],
)
def test_session_check_tells_one_thing(
    school: Establishment, code: str, values: dict[str, Any], detail: str
) -> None:
    session = ready_session(school, **values)
    for _ in range(2):
        enrolled(session, ready_pupil(school))
    report = found(school, session)
    assert codes(report) == {code: 1}
    assert details(report, code) == [detail]


def test_session_without_candidates_is_blocking(school: Establishment) -> None:
    report = found(school, ready_session(school))
    assert codes(report) == {"no_candidates": 1}
    assert report.parts[0].groups[0].check.urgency.label == "Bloquant"


def test_exactly_as_many_candidates_as_workstations_fit(school: Establishment) -> None:
    session = ready_session(school, workstations=2, spare_workstations=1)
    enrolled(session, ready_pupil(school))
    assert codes(found(school, session)) == {}


def test_school_checks_are_told_once(db: None) -> None:
    school = factories.EstablishmentFactory()
    asked = factories.InvitationFactory(establishment=school, role=Role.PROCTOR)
    expired = factories.InvitationFactory(
        establishment=school, role=Role.ADMIN, now=NOON - timedelta(days=15)
    )
    factories.InvitationFactory(role=Role.PROCTOR)
    sessions = [ready_session(school), ready_session(school, room="C04")]
    for session in sessions:
        enrolled(session, ready_pupil(school))
    report = found(school, *sessions)
    assert codes(report) == {"contacts": 1, "invitation": 1}
    assert report.parts[0].session is None
    [told] = details(report, "invitation")
    assert f"{asked.email} (Surveillant)" in told
    assert f"{expired.email} (Administration, a expiré)" in told


def test_overlap_is_told_in_both_sessions_and_only_there(school: Establishment) -> None:
    one = ready_session(school)
    other = ready_session(school, room="C04", starts_at=one.starts_at + timedelta(minutes=119))
    after = ready_session(school, room="D07", starts_at=one.starts_at + timedelta(minutes=239))
    gone = ready_session(school, room="E01")
    stranger = ready_session(factories.EstablishmentFactory())
    pupil = ready_pupil(school)
    for session in (one, other, after, gone, stranger):
        enrolled(session, pupil, link=session is one)
    Session.objects.filter(pk=gone.pk).update(state="cancelled", cancelled_at=NOON)
    report = found(school, one, other, after)
    assert codes(report) == {"overlap": 2}
    assert details(report, "overlap")[0].startswith(f"aussi session {other.number}, salle C04, ")
    assert details(found(school, one), "overlap") == details(report, "overlap")[:1]


def test_pupil_of_another_year_is_not_taken_for_this_years(school: Establishment) -> None:
    """A session postponed into the next school year keeps its links; the new list counts."""
    old = ready_pupil(school, extra_time_percent=33, school_year=2025)
    new = ready_pupil(school, last_name=old.last_name, first_name=old.first_name, birth_date=old.birth_date)
    session = ready_session(school)
    enrolled(session, old)
    assert details(found(school, session), "extra_time") == ["aucun dans l’année, 33\u00a0% ici"]
    june = ready_session(school, starts_at=NOON - timedelta(days=150), room="C04")
    enrolled(june, old)
    assert details(found(school, june, session), "extra_time") == ["aucun dans l’année, 33\u00a0% ici"]
    new.delete()
    assert codes(found(school, session)) == {}


def test_became_certifiable_is_not_told_again(school: Establishment) -> None:
    session = ready_session(school)
    enrolled(session, ready_pupil(school, certifiable_competences=3), became_certifiable_at=NOON)
    assert codes(found(school, session)) == {}


def test_who_has_entered_is_left_out(school: Establishment) -> None:
    session = ready_session(school, starts_at=NOON)
    factories.put(
        enrolled(session, ready_pupil(school, profile_sent_on=None), extra_time_percent=50), "in_progress"
    )
    enrolled(session, ready_pupil(school, profile_sent_on=None))
    session.refresh_from_db()
    assert codes(found(school, session)) == {"not_used_pix": 1}


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_session_that_is_over_has_nothing_missing(school: Establishment, state: str) -> None:
    session = ready_session(school)
    stamp = {"closed_at": NOON} if state == "closed" else {"cancelled_at": NOON}
    Session.objects.filter(pk=session.pk).update(state=state, **stamp)
    session.refresh_from_db()
    report = found(school, session)
    assert (codes(report), report.sessions) == ({}, 0)


def test_report_is_sorted_by_urgency_in_each_session_and_counted_over_all(school: Establishment) -> None:
    sessions = [ready_session(school, proctor_names=""), ready_session(school, room="C04")]
    for session in sessions:
        enrolled(session, ready_pupil(school, profile_sent_on=None))
        enrolled(session, ready_pupil(school, certifiable_competences=1))
    report = found(school, *sessions)
    assert [part.session for part in report.parts] == sessions
    assert [group.check.code for group in report.parts[0].groups] == [
        "not_certifiable",
        "no_proctor",
        "not_used_pix",
    ]
    assert codes(report) == {"not_certifiable": 2, "no_proctor": 1, "not_used_pix": 2}
    assert list(codes(report)) == ["not_certifiable", "no_proctor", "not_used_pix"]
    only = report.only("no_proctor")
    assert [(part.session, len(part.groups)) for part in only.parts] == [(sessions[0], 1)]
    assert report.only("nonsense") is report


def test_every_check_of_the_table_is_named_once() -> None:
    every = [*SCHOOL, *SESSION, *CANDIDATE]
    assert len({one.code for one in every}) == len({one.label for one in every}) == len(every)
    assert all(one.label and one.todo and (one.each or one.for_all) for one in every)


def test_upcoming_sessions_are_those_planned_between_two_instants(school: Establishment) -> None:
    make: Callable[..., Session] = lambda **values: ready_session(school, **values)  # noqa: E731
    first, last = make(starts_at=NOON), make(starts_at=NOON + timedelta(days=7))
    make(starts_at=NOON - timedelta(seconds=1))
    far = make(starts_at=NOON + timedelta(days=7, seconds=1))
    gone = make(starts_at=NOON)
    Session.objects.filter(pk=gone.pk).update(state="cancelled", cancelled_at=NOON)
    ready_session(factories.EstablishmentFactory(), starts_at=NOON)
    assert upcoming(school, NOON, far.starts_at) == [first, last]
    assert upcoming(school, NOON, None) == [first, last, far]


def test_check_costs_the_same_for_one_session_and_for_14_of_20(school: Establishment) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            report = found(school, *upcoming(school, NOON, None))
            assert report.counts
        return len(captured)

    def fill(room: str, count: int) -> None:
        session = ready_session(school, room=room)
        pupils = [ready_pupil(school, profile_sent_on=None, extra_time_percent=33) for _ in range(count)]
        Candidate.objects.bulk_create(_candidates(session, pupils))

    fill("A", 1)
    one = queries()
    for at in range(13):
        fill(f"R{at}", 20)
    assert queries() == one == 7


def _candidates(session: Session, pupils: list[Pupil]) -> list[Candidate]:
    made = [
        Candidate(
            session=session,
            pupil=pupil if at % 2 else None,
            last_name=pupil.last_name,
            first_name=pupil.first_name,
            birth_date=pupil.birth_date,
        )
        for at, pupil in enumerate(pupils)
    ]
    for candidate in made:
        candidate.derive_keys()
    return made
