"""The calls under `/attempt`: from the start to the end, and everything that is refused on the way."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pixsurv.kernel import clock
from proctoring import rules
from proctoring.enums import AttemptState, Source
from proctoring.models import Alert, Attempt, Proposal
from proctoring.services import alerts, by_hand, closing, ending, presence, resume
from sessions_app.models import Candidate, Establishment, Event, Session
from tests import factories
from tests.proctoring.api.conftest import Bring
from tests.proctoring.api.platform import Platform, code_of

pytestmark = pytest.mark.django_db

CODE = {"access_code": factories.ACCESS_CODE}


def kinds() -> list[str]:
    return [event.kind for event in Event.objects.order_by("session_id", "sequence")]


def where(candidate: Candidate) -> dict[str, int]:
    return {"session_id": candidate.session_id, "candidate_id": candidate.pk}


# --- start ------------------------------------------------------------------------------------------------


def test_start_awaits_the_presence(platform: Platform, candidate: Candidate) -> None:
    platform.enter(candidate)
    assert code_of(platform.post("start", CODE)) == (403, "presence_not_confirmed")


def test_start_begins_the_test(platform: Platform, candidate: Candidate, in_state: Bring) -> None:
    in_state(candidate, AttemptState.PRESENT)
    assert platform.get().json()["state"] == "present"
    answer = platform.post("start", {"access_code": f" {factories.ACCESS_CODE.lower()} "})
    assert answer.status_code == 200
    attempt = answer.json()
    assert (attempt["state"], attempt["question"]) == ("in_progress", 1)
    started, deadline = (datetime.fromisoformat(attempt[name]) for name in ("started_at", "deadline_at"))
    assert deadline - started == timedelta(minutes=105)
    assert started.utcoffset() is not None
    assert kinds() == ["presence_confirmed", "started"]


def test_start_with_a_wrong_code_keeps_the_presence(
    platform: Platform, candidate: Candidate, in_state: Bring
) -> None:
    in_state(candidate, AttemptState.PRESENT)
    assert code_of(platform.post("start", {"access_code": "XXXX22"})) == (404, "wrong_access_code")
    assert platform.get().json()["state"] == "present"


def test_wrong_codes_count_for_the_pupil_under_whatever_entry(
    platform: Platform, candidate: Candidate, in_state: Bring
) -> None:
    in_state(candidate, AttemptState.PRESENT)
    answers = []
    with time_machine.travel(clock.now(), tick=False):
        for n in range(10, 22):
            platform.enter(candidate)
            answers.append(platform.post("start", {"access_code": f"BBBB{n}"}).status_code)
    assert answers == [404] * 9 + [429] * 3


def test_start_again_by_the_holder_is_a_double_click(
    platform: Platform, candidate: Candidate, in_state: Bring
) -> None:
    in_state(candidate, AttemptState.IN_PROGRESS)
    assert platform.post("start", CODE).status_code == 200
    assert kinds() == ["presence_confirmed", "started"]


def test_start_by_a_new_entry_is_refused_and_files_a_request(
    platform: Platform, candidate: Candidate, in_state: Bring
) -> None:
    in_state(candidate, AttemptState.IN_PROGRESS)
    first = platform.token
    platform.enter(candidate)
    assert platform.get().json()["state"] == "in_progress"
    assert code_of(platform.post("start", CODE)) == (403, "resume_not_authorised")
    assert factories.attempt_of(candidate).resume_requested_at is not None

    resume.authorise_resume(**where(candidate), actor=factories.PROCTOR, now=clock.now())
    answer = platform.post("start", CODE)
    assert (answer.status_code, answer.json()["state"]) == (200, "in_progress")
    assert code_of(platform.get(bearer=first)) == (409, "entry_superseded")
    assert code_of(platform.post("progress", {"question": 3}, bearer=first)) == (409, "entry_superseded")
    assert code_of(platform.post("alerts", {"question": 3}, bearer=first)) == (409, "entry_superseded")
    assert code_of(platform.post("leave", bearer=first)) == (409, "entry_superseded")
    assert code_of(platform.post("complete", bearer=first)) == (409, "entry_superseded")
    assert code_of(platform.post("start", CODE, bearer=first)) == (403, "resume_not_authorised")
    assert platform.post("complete").status_code == 200
    assert code_of(platform.get(bearer=first)) == (409, "entry_superseded")


def test_start_refuses_a_closed_session(platform: Platform, candidate: Candidate, in_state: Bring) -> None:
    in_state(candidate, AttemptState.PRESENT)
    closing.close_session(session_id=candidate.session_id, actor=factories.PROCTOR, now=clock.now())
    for call in ("start", "progress", "alerts", "complete"):
        assert code_of(platform.post(call, BODIES.get(call))) == (410, "session_closed"), call
    attempt = platform.get().json()
    assert (attempt["state"], attempt["over_reason"]) == ("present", "session_closed")


def test_start_refuses_who_is_no_longer_certifiable(
    platform: Platform, candidate: Candidate, in_state: Bring
) -> None:
    in_state(candidate, AttemptState.PRESENT)
    Candidate.objects.update(certifiable_competences=2)
    assert code_of(platform.post("start", CODE)) == (403, "not_certifiable")


# --- the table: every state × every call ------------------------------------------------------------------

EXPECTED, PRESENT, RUNS, RESUMES, DONE, ENDED, EXPIRED = AttemptState
TABLE: dict[tuple[str, AttemptState], int | tuple[int, str]] = {
    ("start", EXPECTED): (403, "presence_not_confirmed"),
    ("start", PRESENT): 200,
    ("start", RUNS): 200,
    ("start", RESUMES): 200,
    ("complete", RUNS): 200,
    ("complete", RESUMES): 200,
    ("complete", DONE): 200,
    ("progress", RUNS): 200,
    ("progress", RESUMES): 200,
    ("alerts", RUNS): 201,
    ("alerts", RESUMES): 201,
    **{("start", state): (409, "attempt_over") for state in (DONE, ENDED, EXPIRED)},
    **{("progress", state): (409, "attempt_over") for state in (DONE, ENDED, EXPIRED)},
    **{("alerts", state): (409, "attempt_over") for state in (DONE, ENDED, EXPIRED)},
    **{
        (call, state): (409, "not_in_progress")
        for call in ("complete", "progress", "alerts")
        for state in (EXPECTED, PRESENT)
    },
    **{("complete", state): (409, "not_in_progress") for state in (ENDED, EXPIRED)},
    **{("leave", state): 202 for state in AttemptState},
}
BODIES = {"start": CODE, "progress": {"question": 7}, "alerts": {"question": 7, "kinds": ["image"]}}
AFTER = {"start": RUNS, "complete": DONE}


@pytest.mark.parametrize(("call", "state"), [(call, state) for call, state in TABLE])
def test_every_call_in_every_state_follows_the_table(
    call: str, state: AttemptState, candidate: Candidate, in_state: Bring
) -> None:
    platform = in_state(candidate, state)
    before = kinds()
    answer = platform.post(call, BODIES.get(call))
    expected = TABLE[call, state]
    if isinstance(expected, tuple):
        assert code_of(answer) == expected
        assert kinds() == before
        assert platform.get().json()["state"] == state
    else:
        assert answer.status_code == expected
        assert answer.json()["state"] == AFTER.get(call, state)
    # Again: the same answer, and the journal does not grow.
    after = kinds()
    again = platform.post(call, BODIES.get(call))
    assert again.status_code == (200 if answer.status_code == 201 else answer.status_code)
    assert kinds() == after


def test_the_table_is_whole() -> None:
    assert set(TABLE) == {
        (call, state)
        for call in ("start", "complete", "progress", "alerts", "leave")
        for state in AttemptState
    }


def test_a_test_started_by_hand_is_held_by_no_entry(platform: Platform, session: Session) -> None:
    candidate = factories.CandidateFactory(session=session)
    presence.confirm_presence(**where(candidate), actor=factories.PROCTOR, now=clock.now())
    by_hand.start_by_hand(
        **where(candidate), at=clock.now(), source=Source.PAPER, actor=factories.PROCTOR, now=clock.now()
    )
    platform.enter(candidate)
    assert code_of(platform.post("complete")) == (409, "entry_superseded")
    assert code_of(platform.post("progress", {"question": 2})) == (409, "entry_superseded")
    assert code_of(platform.post("start", CODE)) == (403, "resume_not_authorised")


# --- progress ---------------------------------------------------------------------------------------------


def statements(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"].split()[0] for query in captured.captured_queries]


def test_the_usual_progress_is_one_statement(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    with CaptureQueriesContext(connection) as first:
        assert platform.post("progress", {"question": 2}).status_code == 200
    assert statements(first) == ["SELECT", "UPDATE"]  # the pace announced, asked once a process
    with CaptureQueriesContext(connection) as captured:
        assert platform.post("progress", {"question": 3}).status_code == 200
    assert statements(captured) == ["UPDATE"]


@pytest.mark.parametrize("away", [timedelta(seconds=10), timedelta(minutes=5)])
@pytest.mark.parametrize("visible", [True, False])
@pytest.mark.parametrize("leaves", [True, False])
def test_the_usual_progress_does_what_the_service_does(
    session: Session, platform: Platform, in_state: Bring, away: timedelta, visible: bool, leaves: bool
) -> None:
    seen = []
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        for once in ("", "by-the-service"):
            in_state(factories.CandidateFactory(session=session), AttemptState.IN_PROGRESS)
            if leaves:
                platform.post("leave")
            traveller.shift(away)
            answer = platform.post("progress", {"question": 9, "visible": visible}, once=once)
            attempt = Attempt.objects.latest("pk")
            seen.append(
                (
                    answer.json(),
                    attempt.question,
                    attempt.left_at,
                    attempt.last_visible,
                    attempt.last_seen_at,
                    attempt.silent_at,
                    attempt.reconnected_at,
                )
            )
            traveller.move_to(start)
    assert seen[0] == seen[1]
    assert seen[0][-1] == (start + away if leaves or away > timedelta(minutes=1) else None)


@pytest.mark.parametrize("announced", [None, 5, 20, 60])
def test_the_usual_progress_keeps_the_pace_that_was_announced(
    platform: Platform, candidate: Candidate, announced: int | None
) -> None:
    presence.confirm_presence(**where(candidate), actor=factories.PROCTOR, now=clock.now())
    pace = platform.enter(candidate, heartbeat=announced).json()["attempt"]["heartbeat_seconds"]
    platform.post("start", CODE)
    assert platform.post("progress", {"question": 2}).json()["heartbeat_seconds"] == pace
    attempt = factories.attempt_of(candidate)
    limit = timedelta(seconds=max(45, 3 * announced)) if announced else None
    assert attempt.last_seen_at is not None
    assert attempt.silent_at == (attempt.last_seen_at + limit if limit else None)


def test_look_is_one_read(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    with CaptureQueriesContext(connection) as captured:
        assert platform.get().status_code == 200
    assert len(captured) == 1


def test_a_forged_token_costs_no_query(platform: Platform) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert platform.get(bearer="pxe_" + "0" * 32 + "." + "A" * 43).status_code == 401
    assert len(captured) == 0


def test_progress_moves_question_and_silence_but_no_version(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    before = Session.objects.get()
    answer = platform.post("progress", {"question": 12, "timed": True, "timed_out": True, "visible": False})
    assert answer.json()["question"] == 12
    attempt = factories.attempt_of(candidate)
    assert (attempt.question, attempt.last_visible) == (12, False)
    assert attempt.last_seen_at is not None
    assert attempt.silent_at == attempt.last_seen_at + timedelta(seconds=150)
    assert Session.objects.get().sequence == before.sequence


def test_progress_clears_a_resume_request(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    holder = platform.token
    platform.enter(candidate)
    platform.post("start", CODE)
    assert platform.post("progress", {"question": 2}, bearer=holder).status_code == 200
    assert factories.attempt_of(candidate).resume_requested_at is None
    assert kinds()[-2:] == ["resume_requested", "resume_dismissed"]


def test_the_clock_is_heard_before_anything_else(candidate: Candidate, in_state: Bring) -> None:
    Establishment.objects.update(ends_by_itself=True)
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    with time_machine.travel(clock.now() + timedelta(minutes=106), tick=False):
        assert code_of(platform.post("progress", {"question": 2})) == (409, "attempt_over")
        attempt = platform.get().json()
    assert (attempt["state"], attempt["over_reason"]) == ("ended", "ended_by_proctor")


def test_nobody_watches_for_25_hours(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        attempt = platform.get().json()
    assert (attempt["state"], attempt["over_reason"]) == ("expired", "expired")
    assert kinds()[-1] == "expired"


# --- an end, and its undo -----------------------------------------------------------------------------------


def test_an_end_can_be_undone_and_the_test_goes_on(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    ending.end_test(**where(candidate), actor=factories.PROCTOR, now=clock.now())
    attempt = platform.get().json()
    assert (attempt["state"], attempt["over_reason"]) == ("ended", "ended_by_proctor")
    final, server = (datetime.fromisoformat(attempt[name]) for name in ("over_final_at", "server_time"))
    assert timedelta(0) < final - server <= timedelta(seconds=10)
    assert code_of(platform.post("progress", {"question": 2})) == (409, "attempt_over")

    ending.undo_end(**where(candidate), actor=factories.PROCTOR, now=clock.now())
    attempt = platform.get().json()
    assert (attempt["state"], attempt["over_reason"], attempt["over_final_at"]) == ("in_progress", None, None)
    assert platform.post("progress", {"question": 2}).status_code == 200


def test_complete_says_finished(candidate: Candidate, in_state: Bring) -> None:
    attempt = in_state(candidate, AttemptState.IN_PROGRESS).post("complete").json()
    assert (attempt["state"], attempt["over_reason"]) == ("completed", "finished")
    assert attempt["over_final_at"] is None


def test_times_bear_the_offset_of_the_establishment(candidate: Candidate, in_state: Bring) -> None:
    Establishment.objects.update(time_zone="Indian/Reunion")
    attempt = in_state(candidate, AttemptState.IN_PROGRESS).get().json()
    for name in ("started_at", "deadline_at", "server_time"):
        assert attempt[name].endswith("+04:00")
        assert len(attempt[name]) == len("2026-11-22T22:50:00.000+04:00")


# --- alerts and leaving -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("confirmed", "outcome"), [(True, "validated"), (False, "refused")])
def test_an_alert_is_told_with_its_outcome(
    candidate: Candidate, in_state: Bring, confirmed: bool, outcome: str
) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    answer = platform.post("alerts", {"question": 7, "kinds": ["image", "file"]})
    assert answer.status_code == 201
    assert answer.json()["alert"] == {"question": 7, "status": "open", "outcome": None}
    assert platform.post("alerts", {"question": 7, "kinds": []}).status_code == 200
    alert = Alert.objects.get()
    assert alert.kinds == ["file", "image"]
    alerts.answer_alert(
        **where(candidate),
        alert_id=alert.pk,
        confirmed=confirmed,
        category="E11",
        actor=factories.PROCTOR,
        now=clock.now(),
    )
    waits = {"question": 7, "status": "open", "outcome": None}
    assert platform.get().json()["alert"] == waits, "the proctor may still think again"
    assert platform.post("progress", {"question": 7}).json()["alert"] == waits
    assert platform.post("alerts", {"question": 7}).status_code == 200
    with time_machine.travel(clock.now() + rules.UNDO, tick=False):
        _the_outcome_is_told(platform, outcome)


def _the_outcome_is_told(platform: Platform, outcome: str) -> None:
    told = {"question": 7, "status": "answered", "outcome": outcome}
    assert platform.get().json()["alert"] == told
    assert platform.post("progress", {"question": 7}).json()["alert"] == told
    assert platform.post("progress", {"question": 8}).json()["alert"] is None
    assert platform.get().json()["alert"] is None


def test_an_alert_without_object_is_not_told(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    platform.post("alerts", {"question": 7})
    assert platform.post("complete").json()["alert"] is None


def test_an_alert_waits_again_once_the_end_is_undone(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    platform.post("progress", {"question": 7})
    waits = platform.post("alerts", {"question": 7}).json()["alert"]
    for act in (ending.end_test, ending.undo_end):
        act(**where(candidate), actor=factories.PROCTOR, now=clock.now())
    assert platform.get().json()["alert"] == waits
    assert platform.post("alerts", {"question": 7}).status_code == 200, "the same one, no second"


def test_the_latest_alert_on_the_question_counts(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    platform.post("alerts", {"question": 7})
    alert = Alert.objects.get()
    alerts.answer_alert(
        **where(candidate), alert_id=alert.pk, confirmed=False, actor=factories.PROCTOR, now=clock.now()
    )
    with time_machine.travel(clock.now() + rules.UNDO, tick=False):
        assert platform.post("alerts", {"question": 7}).status_code == 201
        assert platform.get().json()["alert"]["status"] == "open"


def test_an_undone_answer_is_never_told(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    platform.post("alerts", {"question": 7})
    alert = Alert.objects.get()
    who = {**where(candidate), "alert_id": alert.pk, "actor": factories.PROCTOR}
    now = clock.now()
    alerts.answer_alert(**who, confirmed=True, category="E11", now=now)
    alerts.undo_answer(**who, now=now + timedelta(seconds=9))
    with time_machine.travel(now + rules.UNDO, tick=False):
        told = platform.post("progress", {"question": 7}).json()["alert"]
    assert told == {"question": 7, "status": "open", "outcome": None}


@pytest.mark.parametrize(("percent", "proposals"), [(33, 1), (0, 0)])
def test_a_timed_question_that_ran_out_is_proposed_once(
    candidate: Candidate, in_state: Bring, percent: int, proposals: int
) -> None:
    """R16: E8, for who has extra time."""
    Candidate.objects.filter(pk=candidate.pk).update(extra_time_percent=percent)
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    for _ in range(2):
        body = {"question": 12, "timed": True, "timed_out": True}
        assert platform.post("progress", body).status_code == 200
    platform.post("progress", {"question": 13, "timed": True})
    assert list(Proposal.objects.values_list("kind", "question")) == [("timed_out", 12)] * proposals


def test_leave_is_noted_once_and_progress_clears_it(candidate: Candidate, in_state: Bring) -> None:
    platform = in_state(candidate, AttemptState.IN_PROGRESS)
    assert platform.post("leave").status_code == 202
    assert platform.post("leave").status_code == 202
    assert kinds().count("left") == 1
    assert platform.post("progress", {"question": 1}).status_code == 200
    assert Attempt.objects.get().left_at is None
