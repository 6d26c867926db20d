"""Who holds an attempt: the entry that last started or resumed it (mechanics §4, D4)."""

from datetime import timedelta

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.models import Attempt, Entry
from proctoring.services import resume, running
from proctoring.services.alerts import raise_alert
from proctoring.services.entries import candidate_actor
from proctoring.services.progress import beat
from sessions_app.models import Candidate, Event
from tests.factories import ACCESS_CODE, PROCTOR, attempt_of, open_entry_for, put
from tests.journal import NOW, assert_sound, everything, kinds

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def start(entry: Entry, after: timedelta = SECOND, code: str = ACCESS_CODE) -> Attempt:
    return running.start_or_resume(
        entry=entry, access_code=code, actor=candidate_actor(entry), now=NOW + after
    )


def authorise(candidate: Candidate) -> None:
    resume.authorise_resume(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=PROCTOR, now=NOW + SECOND
    )


def test_double_click_records_nothing(candidate: Candidate) -> None:
    entry = put(candidate, "in_progress", now=NOW)
    assert entry is not None
    before = everything(candidate.session)
    assert start(entry).state == "in_progress"
    assert start(entry, code="").state == "in_progress"
    assert everything(candidate.session) == before


@pytest.mark.parametrize("code", [ACCESS_CODE, "", "WRONG2"])
def test_another_entry_is_refused_and_files_a_request(candidate: Candidate, code: str) -> None:
    holder = put(candidate, "in_progress", now=NOW)
    other = open_entry_for(candidate, now=NOW)

    with pytest.raises(DomainError, match="resume_not_authorised") as refusal:
        start(other, code=code)

    attempt = attempt_of(candidate)
    assert refusal.value.status == 403
    assert (attempt.resume_requested_at, attempt.holder) == (NOW + SECOND, holder)
    assert kinds(candidate.session)[-1] == "resume_requested"
    assert_sound(candidate.session)


def test_request_is_filed_once(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    one, other = open_entry_for(candidate, now=NOW), open_entry_for(candidate, now=NOW)
    for entry in (one, other, one):
        with pytest.raises(DomainError, match="resume_not_authorised"):
            start(entry)
    running.request_resume(entry=one, actor=candidate_actor(one), now=NOW + 2 * SECOND)
    assert kinds(candidate.session).count("resume_requested") == 1


@pytest.mark.parametrize("state", ["expected", "present", "resume_authorised", "completed"])
def test_request_has_no_object_unless_the_test_is_in_progress(candidate: Candidate, state: str) -> None:
    put(candidate, state, now=NOW)
    entry = open_entry_for(candidate, now=NOW)
    before = everything(candidate.session)
    running.request_resume(entry=entry, actor=candidate_actor(entry), now=NOW)
    assert everything(candidate.session) == before


def test_holder_does_not_request_his_own_test(candidate: Candidate) -> None:
    entry = put(candidate, "in_progress", now=NOW)
    assert entry is not None
    before = everything(candidate.session)
    running.request_resume(entry=entry, actor=candidate_actor(entry), now=NOW)
    assert everything(candidate.session) == before


def test_resume_by_another_entry_supersedes_the_first(candidate: Candidate) -> None:
    old = put(candidate, "resume_authorised", now=NOW)
    assert old is not None
    started_at = attempt_of(candidate).started_at
    new = open_entry_for(candidate, now=NOW)

    attempt = start(new)

    assert (attempt.state, attempt.holder, attempt.started_at) == ("in_progress", new, started_at)
    assert attempt.resumed_at == NOW + SECOND
    old.refresh_from_db()
    new.refresh_from_db()
    assert old.held_at is not None
    assert new.held_at == NOW + SECOND
    actor = candidate_actor(old)
    for act in (
        lambda: beat(entry=old, visible=True, actor=actor, now=NOW + SECOND),
        lambda: raise_alert(entry=old, question=1, kinds=[], actor=actor, now=NOW + SECOND),
        lambda: running.complete(entry=old, actor=actor, now=NOW + SECOND),
    ):
        with pytest.raises(DomainError, match="entry_superseded"):
            act()


def test_authorisation_is_consumed_by_one_entry(candidate: Candidate) -> None:
    put(candidate, "resume_authorised", now=NOW)
    first, second = open_entry_for(candidate, now=NOW), open_entry_for(candidate, now=NOW)
    start(first)
    with pytest.raises(DomainError, match="resume_not_authorised"):
        start(second)
    assert attempt_of(candidate).holder == first


def test_start_by_the_holder_is_a_resume_when_authorised(candidate: Candidate) -> None:
    entry = put(candidate, "resume_authorised", now=NOW)
    assert entry is not None
    assert start(entry).state == "in_progress"
    assert kinds(candidate.session)[-1] == "resumed"


def test_resume_authorised_by_mistake_loses_no_end(candidate: Candidate) -> None:
    """mechanics §4: he never crashed, and finishes."""
    entry = put(candidate, "resume_authorised", now=NOW)
    assert entry is not None
    beat(entry=entry, visible=True, actor=candidate_actor(entry), now=NOW + SECOND, question=12)
    alert, _ = raise_alert(entry=entry, question=12, kinds=[], actor=candidate_actor(entry), now=NOW + SECOND)
    attempt = running.complete(entry=entry, actor=candidate_actor(entry), now=NOW + 2 * SECOND)
    alert.refresh_from_db()
    assert (attempt.state, attempt.question, alert.status) == ("completed", 12, "lapsed")


def test_entry_that_never_started_completes_nothing(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    other = open_entry_for(candidate, now=NOW)
    with pytest.raises(DomainError, match="entry_superseded"):
        running.complete(entry=other, actor=candidate_actor(other), now=NOW)


def test_completing_again_succeeds_for_the_holder_only(candidate: Candidate) -> None:
    entry = put(candidate, "completed", now=NOW)
    assert entry is not None
    other = open_entry_for(candidate, now=NOW)
    before = everything(candidate.session)
    assert running.complete(entry=entry, actor=candidate_actor(entry), now=NOW + SECOND).over_at == NOW
    with pytest.raises(DomainError, match="entry_superseded"):
        running.complete(entry=other, actor=candidate_actor(other), now=NOW)
    assert everything(candidate.session) == before


def test_leave_of_who_holds_nothing_is_no_fact(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    other = open_entry_for(candidate, now=NOW)
    before = everything(candidate.session)
    running.leave(entry=other, actor=candidate_actor(other), now=NOW)
    assert everything(candidate.session) == before


def test_new_holder_starts_with_a_clean_slate(candidate: Candidate) -> None:
    """What was known of the old computer is not said of the new one."""
    old = put(candidate, "in_progress", now=NOW)
    assert old is not None
    running.leave(entry=old, actor=candidate_actor(old), now=NOW)
    authorise(candidate)
    new = open_entry_for(candidate, heartbeat=None, now=NOW)

    attempt = start(new, 600 * SECOND)

    assert (attempt.left_at, attempt.silent_at, attempt.resume_requested_at) == (None, None, None)
    assert attempt.last_seen_at == NOW + 600 * SECOND


@pytest.mark.parametrize("typed", ["bcrq72", " BCRQ72 ", "bcr q72"])
def test_access_code_in_any_case(candidate: Candidate, typed: str) -> None:
    put(candidate, "present", now=NOW)
    entry = open_entry_for(candidate, now=NOW)
    assert start(entry, code=typed).state == "in_progress"


@pytest.mark.parametrize("typed", ["", "BCRQ7", "BCRQ722", "ＢＣＲＱ72", "\ud800", "BCRQ72\x00"])
def test_access_code_that_is_wrong(candidate: Candidate, typed: str) -> None:
    put(candidate, "present", now=NOW)
    entry = open_entry_for(candidate, now=NOW)
    with pytest.raises(DomainError, match="wrong_access_code"):
        start(entry, code=typed)
    assert attempt_of(candidate).state == "present"  # a wrong code keeps the presence (D2)


def test_dismissed_request_is_gone_and_may_come_again(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    other = open_entry_for(candidate, now=NOW)
    for _ in range(2):
        running.request_resume(entry=other, actor=candidate_actor(other), now=NOW)
        resume.dismiss_request(
            session_id=candidate.session_id, candidate_id=candidate.pk, actor=PROCTOR, now=NOW
        )
    assert attempt_of(candidate).resume_requested_at is None
    assert kinds(candidate.session)[-4:] == ["resume_requested", "resume_dismissed"] * 2


def test_authorised_resume_answers_the_request(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    other = open_entry_for(candidate, now=NOW)
    running.request_resume(entry=other, actor=candidate_actor(other), now=NOW)
    authorise(candidate)
    assert attempt_of(candidate).resume_requested_at is None
    assert Event.objects.latest("sequence").facts["requested"] is True
