"""Rules as pure functions: minutes, limits, needs, and what may be done (R5, R9, R10, R13)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from proctoring import rules
from proctoring.enums import AttemptState, Need
from proctoring.models import Attempt
from sessions_app.actors import ActorKind
from sessions_app.enums import EventKind, SessionState
from sessions_app.models import Candidate, Establishment, Session
from tests.journal import CONTRACT, NOW

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
STATES = [str(state) for state in AttemptState]


def running(**values: Any) -> Attempt:
    fields: dict[str, Any] = {
        "state": "in_progress",
        "started_at": NOW,
        "deadline_at": NOW + 105 * MINUTE,
        "last_seen_at": NOW,
        "silent_at": NOW + 45 * SECOND,
    }
    return Attempt(**{**fields, **values})


def of(attempt: Attempt, after: timedelta, **more: Any) -> list[str]:
    return [str(found.need) for found in rules.needs(attempt, NOW + after, **more)]


def school(**values: Any) -> Session:
    return Session(establishment=Establishment(name="Essai", **values), state="launched", duration=105)


@pytest.mark.parametrize(
    ("duration", "percent", "minutes"),
    [
        (105, 0, 0),
        (105, 33, 35),
        (105, 34, 36),
        (105, 100, 105),
        (105, 1, 2),
        (105, 300, 315),
        (100, 33, 33),
        (15, 1, 1),
        (240, 33, 80),
    ],
)
def test_extra_minutes_are_rounded_up_to_the_minute(duration: int, percent: int, minutes: int) -> None:
    assert rules.extra_minutes(duration, percent) == minutes


@pytest.mark.parametrize(
    ("percent", "given", "minutes"), [(0, 0, 105), (33, 0, 140), (0, 7, 112), (33, 7, 147), (300, 120, 540)]
)
def test_deadline_is_start_duration_extra_and_given(percent: int, given: int, minutes: int) -> None:
    found = rules.deadline(started_at=NOW, duration=105, extra_percent=percent, given_minutes=given)
    assert found == NOW + minutes * MINUTE


def test_deadline_does_not_care_for_the_change_of_clocks() -> None:
    """A test across 2h–3h of 29 March 2026 lasts as long as any other."""
    start = datetime.fromisoformat("2026-03-29T01:30:00+01:00")
    found = rules.deadline(started_at=start, duration=105, extra_percent=0, given_minutes=0)
    assert found - start == 105 * MINUTE
    assert found == datetime.fromisoformat("2026-03-29T04:15:00+02:00")


@pytest.mark.parametrize(
    ("heartbeat", "visible", "seconds"),
    [
        (15, True, 45),
        (15, False, 150),
        (5, True, 45),
        (16, True, 48),
        (30, False, 150),
        (60, True, 180),
        (60, False, 180),
    ],
)
def test_silence_limit_is_three_beats_at_least_the_floor(heartbeat: int, visible: bool, seconds: int) -> None:
    assert rules.silence_limit(heartbeat=heartbeat, visible=visible) == seconds * SECOND


@pytest.mark.parametrize("state", STATES)
def test_state_at_is_expired_after_24_hours_only_of_what_runs(state: str) -> None:
    started = None if state in {"expected", "present"} else NOW
    attempt = Attempt(state=state, started_at=started)
    day = timedelta(hours=24)
    assert rules.state_at(attempt, NOW + day - TICK) == state
    runs = state in {"in_progress", "resume_authorised"}
    assert rules.state_at(attempt, NOW + day) == ("expired" if runs else state)


def test_over_at_is_never_before_the_start() -> None:
    assert rules.over_at(running(), NOW - SECOND) == NOW
    assert rules.over_at(running(), NOW + SECOND) == NOW + SECOND
    assert rules.over_at(Attempt(), NOW) == NOW


def ended(over_at: datetime = NOW, final: timedelta = 10 * SECOND) -> Attempt:
    return running(state="ended", over_at=over_at, over_final_at=over_at + final)


@pytest.mark.parametrize(
    ("after", "may"), [(0 * SECOND, True), (15 * SECOND - TICK, True), (15 * SECOND, False)], ids=str
)
def test_undo_is_open_for_ten_seconds_and_five_of_grace(after: timedelta, may: bool) -> None:
    assert rules.may_undo_end(ended(), NOW + after) is may


def test_undo_is_never_open_for_the_clock() -> None:
    assert not rules.may_undo_end(ended(final=timedelta(0)), NOW)


@pytest.mark.parametrize("state", [state for state in STATES if state != "ended"])
def test_undo_is_for_ended_tests_only(state: str) -> None:
    assert not rules.may_undo_end(Attempt(state=state), NOW)


@pytest.mark.parametrize(("after", "final"), [(10 * SECOND - TICK, False), (10 * SECOND, True)], ids=str)
def test_end_is_final_after_ten_seconds(after: timedelta, final: bool) -> None:
    assert rules.is_final(ended(), NOW + after) is final


@pytest.mark.parametrize(
    ("state", "final"), [("completed", True), ("expired", True), ("in_progress", False), ("expected", False)]
)
def test_what_no_undo_brings_back_is_final(state: str, final: bool) -> None:
    assert rules.is_final(Attempt(state=state, started_at=NOW), NOW) is final


@pytest.mark.parametrize(
    "state", [state for state in STATES if state not in {"in_progress", "resume_authorised"}]
)
def test_needs_are_of_running_tests_only(state: str) -> None:
    attempt = running(state=state, resume_requested_at=NOW, left_at=NOW)
    assert of(attempt, timedelta(hours=3), alert_since=NOW) == []


def test_needs_end_with_the_24_hours() -> None:
    assert of(running(), timedelta(hours=24) - TICK) == ["disconnected", "overtime"]
    assert of(running(), timedelta(hours=24)) == []


def test_needs_come_in_the_order_of_the_contract_and_hide_none() -> None:
    attempt = running(resume_requested_at=NOW)
    assert of(attempt, timedelta(hours=2), alert_since=NOW) == ["alert", "resume", "disconnected", "overtime"]
    assert [str(need) for need in Need] == ["alert", "resume", "disconnected", "overtime"]


def test_needs_begin_to_the_microsecond() -> None:
    assert of(running(), 45 * SECOND - TICK) == []
    assert of(running(), 45 * SECOND) == ["disconnected"]
    seen = running(silent_at=NOW + timedelta(hours=9))
    assert of(seen, 105 * MINUTE - TICK) == []
    assert of(seen, 105 * MINUTE) == ["overtime"]


def test_needs_say_since_when() -> None:
    attempt = running(resume_requested_at=NOW + MINUTE)
    found = rules.needs(attempt, NOW + timedelta(hours=2), alert_since=NOW + 2 * MINUTE)
    assert [need.since - NOW for need in found] == [2 * MINUTE, MINUTE, timedelta(0), 105 * MINUTE]


@pytest.mark.parametrize(
    "values", [{"silent_at": None}, {"silent_at": None, "last_seen_at": None, "holder": None}]
)
def test_silence_means_nothing_without_a_heartbeat(values: dict[str, Any]) -> None:
    assert of(running(**values), timedelta(hours=1)) == []


@pytest.mark.parametrize(
    ("values", "after", "in_lane"),
    [
        ({}, 179, False),
        ({}, 180, True),
        ({"left_at": NOW}, 45, True),
        ({"resume_requested_at": NOW}, 45, True),
    ],
    ids=str,
)
def test_silence_reaches_the_lane(values: dict[str, Any], after: int, in_lane: bool) -> None:
    found = {need.need: need for need in rules.needs(running(**values), NOW + after * SECOND)}
    assert found[Need.DISCONNECTED].in_lane is in_lane


@pytest.mark.parametrize("actor", [ActorKind.PROCTOR, ActorKind.ADMIN, ActorKind.CANDIDATE, ActorKind.CLOCK])
@pytest.mark.parametrize("state", STATES)
def test_allowed_actions_are_those_of_the_contract(state: str, actor: ActorKind) -> None:
    started = None if state in {"expected", "present"} else NOW
    attempt = Attempt(state=state, started_at=started, over_at=NOW, over_final_at=NOW + 10 * SECOND)
    who = {
        ActorKind.CANDIDATE: {"started", "resumed", "completed"},
        ActorKind.CLOCK: {"ended", "expired"},
        ActorKind.PROCTOR: set(CONTRACT) - {"reopened", "expired"},
        ActorKind.ADMIN: set(CONTRACT) - {"expired"},
    }[actor]
    expected = {kind for kind, (sources, _) in CONTRACT.items() if state in sources and kind in who}
    assert {str(kind) for kind in rules.allowed_actions(attempt, school(), actor, NOW)} == expected


@pytest.mark.parametrize("state", ["closed", "cancelled", "eliminated"])
def test_nothing_is_allowed_once_the_session_is_over(state: str) -> None:
    session = school()
    session.state = SessionState(state)
    assert rules.allowed_actions(running(), session, ActorKind.ADMIN, NOW) == frozenset()


def test_undo_is_no_longer_offered_once_it_is_too_late() -> None:
    offered = rules.allowed_actions(ended(), school(), ActorKind.PROCTOR, NOW + 15 * SECOND)
    assert EventKind.END_UNDONE not in offered


@pytest.mark.parametrize(
    ("values", "automatic"),
    [
        ({}, True),
        ({"deadline_at": None}, False),
        ({"reopened_at": NOW + 105 * MINUTE}, False),
        ({"reopened_at": NOW + 105 * MINUTE - TICK}, True),
        ({"end_undone_at": NOW + 106 * MINUTE}, False),
        ({"end_undone_at": NOW + MINUTE}, True),
    ],
    ids=str,
)
def test_clock_ends_what_nobody_let_go_on(values: dict[str, Any], automatic: bool) -> None:
    attempt = running(**values)
    assert (rules.automatic_end(attempt, school(ends_by_itself=True)) is not None) is automatic
    assert rules.automatic_end(attempt, school()) is None


def test_falls_due_is_the_earliest_first() -> None:
    day = NOW + timedelta(hours=24)
    assert rules.falls_due(running(), school()) == [day]
    assert rules.falls_due(running(), school(ends_by_itself=True)) == [NOW + 105 * MINUTE, day]
    beyond = running(deadline_at=day + MINUTE)
    assert rules.falls_due(beyond, school(ends_by_itself=True)) == [day, day + MINUTE]


@pytest.mark.parametrize(
    ("launched", "values", "asked"),
    [
        (False, {}, False),
        (True, {}, True),
        (True, {"present_at_launch": True}, False),
        (True, {"arrival": "in_room"}, False),
        (True, {"arrival": "late"}, False),
        (True, {"late_refused_at": NOW}, True),
    ],
    ids=str,
)
def test_late_question_is_asked(launched: bool, values: dict[str, Any], asked: bool) -> None:
    session = school()
    session.launched_at = NOW if launched else None
    assert rules.late_question_asked(Attempt(**values), session) is asked


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Paul", "Paul", True),
        ("Paul", "PAÙL", True),
        ("Paul", "Pauline", True),
        ("Marie", "Marine", True),
        ("Jo", "Joseph", True),
        ("Paul", "Pablo", False),
        ("Martine", "Paul", False),
        ("Éloïse", "Elodie", True),
    ],
)
def test_first_names_that_begin_alike(one: str, other: str, alike: bool) -> None:
    assert rules.begins_alike(one, other) is alike
    assert rules.begins_alike(other, one) is alike


def person(first_name: str, day: int) -> Candidate:
    return Candidate(last_name="Dupont", first_name=first_name, birth_date=date(1997, 5, day))


@pytest.mark.parametrize(
    ("first_name", "day", "confusable"),
    [("Martine", 22, False), ("Martine", 21, True), ("Pauline", 22, True), ("paul", 22, True)],
)
def test_namesakes_that_are_confusable(first_name: str, day: int, confusable: bool) -> None:
    """R9: equal or alike first names, or equal birth dates."""
    assert rules.confusable(person("Paul", 21), [person(first_name, day)]) is confusable
    assert not rules.confusable(person("Paul", 21), [])
