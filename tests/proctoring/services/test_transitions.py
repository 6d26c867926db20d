"""Every pair of act and state: allowed, already so, or refused by the table and nothing written (R20)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.enums import TRANSITIONS, Arrival, AttemptState, Source
from proctoring.models import Attempt
from proctoring.services import by_hand, due, ending, presence, resume, running
from proctoring.services.entries import candidate_actor
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import Followed, SessionState
from sessions_app.models import Candidate, Session
from tests.factories import ACCESS_CODE, ADMIN, PROCTOR, CandidateFactory, open_entry_for, put
from tests.journal import CONTRACT, NOW, assert_sound, everything, kinds

pytestmark = pytest.mark.django_db

STATES = ["expected", "present", "in_progress", "resume_authorised", "completed", "ended", "expired"]
SOON = NOW + timedelta(seconds=5)  # within the 10 s of an end's undo
CANDIDATE = Actor(kind=ActorKind.CANDIDATE, name="Élève Essai")
SAME = "="  # already so: success, nothing recorded

type Act = Callable[[Candidate, Any], Attempt]


def where(candidate: Candidate) -> dict[str, Any]:
    return {"session_id": candidate.session_id, "candidate_id": candidate.pk, "now": SOON}


def confirm(candidate: Candidate, _: Any) -> Attempt:
    return presence.confirm_presence(**where(candidate), actor=PROCTOR, arrival=Arrival.IN_ROOM)


def cancel(candidate: Candidate, _: Any) -> Attempt:
    return presence.cancel_presence(**where(candidate), actor=PROCTOR)


def start(candidate: Candidate, entry: Any) -> Attempt:
    entry = entry or open_entry_for(candidate, now=SOON)
    return running.start_or_resume(
        entry=entry, access_code=ACCESS_CODE, actor=candidate_actor(entry), now=SOON
    )


def start_by_hand(candidate: Candidate, _: Any) -> Attempt:
    return by_hand.start_by_hand(**where(candidate), at=SOON, source=Source.HAND, actor=PROCTOR)


def authorise(candidate: Candidate, _: Any) -> Attempt:
    return resume.authorise_resume(**where(candidate), actor=PROCTOR)


def take_back(candidate: Candidate, _: Any) -> Attempt:
    return resume.cancel_resume(**where(candidate), actor=PROCTOR)


def resume_by_hand(candidate: Candidate, _: Any) -> Attempt:
    return by_hand.resume_by_hand(**where(candidate), at=SOON, source=Source.HAND, actor=PROCTOR)


def complete(candidate: Candidate, entry: Any) -> Attempt:
    entry = entry or open_entry_for(candidate, now=SOON)
    return running.complete(entry=entry, actor=candidate_actor(entry), now=SOON)


def complete_by_hand(candidate: Candidate, _: Any) -> Attempt:
    return by_hand.complete_by_hand(**where(candidate), at=SOON, source=Source.HAND, actor=PROCTOR)


def end(candidate: Candidate, _: Any) -> Attempt:
    return ending.end_test(**where(candidate), actor=PROCTOR)


def undo(candidate: Candidate, _: Any) -> Attempt:
    return ending.undo_end(**where(candidate), actor=PROCTOR)


def reopen(candidate: Candidate, _: Any) -> Attempt:
    return ending.reopen(**where(candidate), reason="Il n’avait pas fini", actor=ADMIN)


def dismiss(candidate: Candidate, _: Any) -> Attempt:
    return resume.dismiss_request(**where(candidate), actor=PROCTOR)


# Typed from contract.md, not from the code: what each act does in each of STATES.
GRID: dict[Act, list[str]] = {
    confirm: ["present", SAME, *["already_started"] * 5],
    cancel: [SAME, "expected", *["already_started"] * 5],
    start: ["presence_not_confirmed", "in_progress", SAME, "in_progress", *["attempt_over"] * 3],
    start_by_hand: [
        "presence_not_confirmed",
        "in_progress",
        *["resume_not_authorised"] * 2,
        *["attempt_over"] * 3,
    ],
    authorise: [*["not_in_progress"] * 2, "resume_authorised", SAME, *["not_in_progress"] * 3],
    take_back: [*["not_in_progress"] * 2, SAME, "in_progress", *["not_in_progress"] * 3],
    resume_by_hand: [
        "presence_not_confirmed",
        "not_in_progress",
        "resume_not_authorised",
        "in_progress",
        *["attempt_over"] * 3,
    ],
    complete: [*["not_in_progress"] * 2, "completed", "completed", SAME, *["not_in_progress"] * 2],
    complete_by_hand: [*["not_in_progress"] * 2, "completed", "completed", *["not_in_progress"] * 3],
    end: [*["not_in_progress"] * 2, "ended", "ended", "not_in_progress", SAME, "not_in_progress"],
    undo: [*["too_late"] * 5, "in_progress", "too_late"],
    reopen: [*["not_over"] * 2, "not_over", "not_over", "resume_authorised", "resume_authorised", "not_over"],
    dismiss: [*["not_in_progress"] * 2, SAME, SAME, *["not_in_progress"] * 3],
}
PAIRS = [
    pytest.param(act, state, outcome, id=f"{act.__name__}-{state}")
    for act, outcomes in GRID.items()
    for state, outcome in zip(STATES, outcomes, strict=True)
]


@pytest.fixture
def session(session: Session) -> Session:
    session.followed = Followed.BY_HAND
    session.starts_at = NOW
    session.save()
    return session


def situate(candidate: Candidate, state: str) -> Any:
    """Bring the candidate into `state`; the entry that holds his test, or one that waits at the door."""
    return put(candidate, state, now=NOW)


def test_table_is_the_contract() -> None:
    table = {
        kind.value: ({str(state) for state in row.sources}, row.target and str(row.target))
        for kind, row in TRANSITIONS.items()
    }
    assert table == CONTRACT


def test_table_gives_every_other_state_a_code() -> None:
    for kind, row in TRANSITIONS.items():
        for state in AttemptState:
            if state not in row.sources:
                assert row.refusal(state), (kind, state)


def test_actors_are_those_of_the_contract() -> None:
    proctor, test, admin = {"proctor", "admin"}, {"candidate", "proctor", "admin"}, {"admin"}
    assert {kind.value: {str(actor) for actor in row.actors} for kind, row in TRANSITIONS.items()} == {
        "presence_confirmed": proctor,
        "presence_cancelled": proctor,
        "started": test,
        "resume_authorised": proctor,
        "resume_cancelled": proctor,
        "resumed": test,
        "completed": test,
        "ended": {*proctor, "clock"},
        "end_undone": proctor,
        "reopened": admin,
        "expired": {"clock"},
    }


@pytest.mark.parametrize(("act", "state", "outcome"), PAIRS)
def test_pair_of_act_and_state(candidate: Candidate, act: Act, state: str, outcome: str) -> None:
    entry = situate(candidate, state)
    before, said = everything(candidate.session), len(kinds(candidate.session))

    if outcome in STATES:
        attempt = act(candidate, entry)
        assert attempt.state == outcome
        assert len(kinds(candidate.session)) == said + 1
    elif outcome == SAME:
        assert act(candidate, entry).state == state
        assert everything(candidate.session) == before
    else:
        with pytest.raises(DomainError) as refusal:
            act(candidate, entry)
        assert refusal.value.code == outcome
        entries_only = everything(candidate.session)
        assert without_first_entry(entries_only) == without_first_entry(before)
    assert_sound(candidate.session)


def without_first_entry(written: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Somebody who knocks is noted (P5), whatever is then refused."""
    return {
        name: [{column: value for column, value in row.items() if column != "first_entry_at"} for row in rows]
        for name, rows in written.items()
    }


@pytest.mark.parametrize("over", ["closed", "cancelled"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", GRID, ids=lambda act: act.__name__)
def test_everything_is_refused_once_the_session_is_over(
    candidate: Candidate, act: Act, state: str, over: str
) -> None:
    entry = situate(candidate, state) or open_entry_for(candidate, now=NOW)
    closed, cancelled = {"closed_at": NOW}, {"cancelled_at": NOW, "launched_at": None}
    changes = closed if over == "closed" else cancelled
    Session.objects.filter(pk=candidate.session_id).update(state=SessionState(over), **changes)
    before = everything(candidate.session)

    if act is complete and state == "completed":
        # The one exception: whose answer got lost in the network asks again, and learns that he had finished.
        assert act(candidate, entry).state == "completed"
    else:
        with pytest.raises(DomainError) as refusal:
            act(candidate, entry)
        assert refusal.value.code == "session_closed"

    assert everything(candidate.session) == before


@pytest.mark.parametrize("state", STATES)
def test_clock_expires_only_what_runs(candidate: Candidate, state: str) -> None:
    situate(candidate, state)
    said = kinds(candidate.session)

    due.advance_session(candidate.session_id, now=NOW + timedelta(hours=24))

    runs = state in {"in_progress", "resume_authorised"}
    assert kinds(candidate.session) == [*said, *(["expired"] if runs else [])]
    assert_sound(candidate.session)


@pytest.mark.parametrize("state", ["in_progress", "resume_authorised"])
def test_undo_returns_to_the_state_before(candidate: Candidate, state: str) -> None:
    situate(candidate, state)
    ending.end_test(**where(candidate), actor=PROCTOR)

    assert undo(candidate, None).state == state
    assert_sound(candidate.session)


@pytest.mark.parametrize("state", ["in_progress", "resume_authorised", "present"])
def test_wrong_access_code_writes_nothing(candidate: Candidate, state: str) -> None:
    situate(candidate, state)
    if state == "in_progress":
        resume.authorise_resume(**where(candidate), actor=PROCTOR)
    entry = open_entry_for(candidate, now=SOON)
    before = everything(candidate.session)

    with pytest.raises(DomainError, match="wrong_access_code") as refusal:
        running.start_or_resume(entry=entry, access_code="BCRQ73", actor=candidate_actor(entry), now=SOON)

    assert refusal.value.status == 404
    assert everything(candidate.session) == before


def test_start_is_refused_to_who_became_not_certifiable_after_the_tick(candidate: Candidate) -> None:
    situate(candidate, "present")
    entry = open_entry_for(candidate, now=SOON)
    Candidate.objects.filter(pk=candidate.pk).update(certifiable_competences=4)
    before = everything(candidate.session)

    for act in (lambda: start(candidate, entry), lambda: start_by_hand(candidate, None)):
        with pytest.raises(DomainError, match="not_certifiable"):
            act()

    assert everything(candidate.session) == before


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (lambda candidate: presence.confirm_presence(**where(candidate), actor=CANDIDATE), "expected"),
        (lambda candidate: presence.cancel_presence(**where(candidate), actor=CANDIDATE), "present"),
        (lambda candidate: resume.authorise_resume(**where(candidate), actor=CANDIDATE), "in_progress"),
        (lambda candidate: resume.cancel_resume(**where(candidate), actor=CANDIDATE), "resume_authorised"),
        (lambda candidate: ending.end_test(**where(candidate), actor=CANDIDATE), "in_progress"),
        (lambda candidate: ending.undo_end(**where(candidate), actor=CANDIDATE), "ended"),
        (lambda candidate: ending.reopen(**where(candidate), reason="Non", actor=PROCTOR), "completed"),
    ],
)
def test_act_is_refused_to_who_may_not(
    candidate: Candidate, act: Callable[[Candidate], object], state: str
) -> None:
    situate(candidate, state)
    before = everything(candidate.session)

    with pytest.raises(DomainError, match="not_allowed") as refusal:
        act(candidate)

    assert refusal.value.status == 403
    assert everything(candidate.session) == before


def test_candidate_of_another_session_is_not_found(candidate: Candidate) -> None:
    other = CandidateFactory()
    with pytest.raises(DomainError, match="not_found") as refusal:
        presence.confirm_presence(
            session_id=other.session_id, candidate_id=candidate.pk, actor=PROCTOR, now=NOW
        )
    assert refusal.value.status == 404
