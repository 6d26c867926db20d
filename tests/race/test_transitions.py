"""Two at once, on every transition: one event, one winner, the table respected (quality §2)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel import clock
from proctoring.enums import Source
from proctoring.models import Attempt, Entry, Proposal
from proctoring.services import alerts, by_hand, due, ending, presence, resume, running
from proctoring.services.closing import close_session, take_launch_back
from proctoring.services.entries import candidate_actor
from proctoring.services.progress import beat, note_timed_out
from proctoring.services.proposal_answers import dismiss_proposal, keep_proposal
from sessions_app.models import Candidate, Event, Session
from tests.factories import (
    ACCESS_CODE,
    ADMIN,
    PROCTOR,
    CandidateFactory,
    SessionFactory,
    attempt_of,
    open_entry_for,
    put,
)
from tests.journal import assert_sound, kinds
from tests.race.threads import codes, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 4  # each with a candidate of its own, so that one lucky order proves nothing
DAY = timedelta(hours=24)

type Act = Callable[[Candidate, Entry | None], Callable[[], Any]]


def where(candidate: Candidate) -> dict[str, Any]:
    return {"session_id": candidate.session_id, "candidate_id": candidate.pk}


def as_proctor(service: Callable[..., Any], **more: Any) -> Act:
    """The act of a proctor, at the instant when the thread gets to it."""
    return lambda candidate, _: (
        lambda: service(**{"actor": PROCTOR, **where(candidate), **more}, now=clock.now())
    )


def confirm(candidate: Candidate, _: Entry | None) -> Callable[[], Any]:
    return lambda: presence.confirm_presence(
        **where(candidate), actor=PROCTOR, now=clock.now(), arrival=presence.Arrival.IN_ROOM
    )


def start_as(entry: Entry) -> Callable[[], Any]:
    actor = candidate_actor(entry)
    return lambda: running.start_or_resume(entry=entry, access_code=ACCESS_CODE, actor=actor, now=clock.now())


def start_anew(candidate: Candidate, _: Entry | None) -> Callable[[], Any]:
    """Each thread comes in by an entry of its own."""
    return start_as(open_entry_for(candidate))


def start_again(candidate: Candidate, entry: Entry | None) -> Callable[[], Any]:
    """Both threads by the same entry: a double click."""
    return start_as(entry or Entry.objects.select_related("candidate").get(candidate=candidate))


def start_by_hand(candidate: Candidate, _: Entry | None) -> Callable[[], Any]:
    at = clock.now()
    return lambda: by_hand.start_by_hand(
        **where(candidate), at=at, source=Source.PAPER, actor=PROCTOR, now=clock.now()
    )


def complete(candidate: Candidate, entry: Entry | None) -> Callable[[], Any]:
    assert entry is not None
    actor = candidate_actor(entry)
    return lambda: running.complete(entry=entry, actor=actor, now=clock.now())


def expire(candidate: Candidate, _: Entry | None) -> Callable[[], Any]:
    return lambda: due.advance_session(candidate.session_id, now=clock.now() + DAY)


def end_overdue(candidate: Candidate, _: Entry | None) -> Callable[[], Any]:
    return lambda: ending.end_overdue(
        session_id=candidate.session_id,
        candidate_ids=[candidate.pk],
        actor=PROCTOR,
        now=clock.now() + timedelta(hours=2),
    )


authorise = as_proctor(resume.authorise_resume)
take_back = as_proctor(resume.cancel_resume)
end = as_proctor(ending.end_test)
undo = as_proctor(ending.undo_end)
cancel = as_proctor(presence.cancel_presence)
reopen = as_proctor(ending.reopen, actor=ADMIN, reason="Erreur")

# state before, two acts at once, the event that must stand once, what the loser may be told
RACES: dict[str, tuple[str, Act, Act, str, set[str]]] = {
    "two ticks": ("expected", confirm, confirm, "presence_confirmed", set()),
    "two unticks": ("present", cancel, cancel, "presence_cancelled", set()),
    "two computers start": ("present", start_anew, start_anew, "started", {"resume_not_authorised"}),
    "computer and paper start": ("present", start_anew, start_by_hand, "started", {"resume_not_authorised"}),
    "two papers start": ("present", start_by_hand, start_by_hand, "started", {"resume_not_authorised"}),
    "two authorise": ("in_progress", authorise, authorise, "resume_authorised", set()),
    "two take back": ("resume_authorised", take_back, take_back, "resume_cancelled", set()),
    "two computers resume": (
        "resume_authorised",
        start_anew,
        start_anew,
        "resumed",
        {"resume_not_authorised"},
    ),
    "double click on resume": ("resume_authorised", start_again, start_again, "resumed", set()),
    "two complete": ("in_progress", complete, complete, "completed", set()),
    "two end": ("in_progress", end, end, "ended", set()),
    "two end what is overdue": ("in_progress", end_overdue, end_overdue, "ended", set()),
    "two undo": ("ended", undo, undo, "end_undone", set()),
    "two reopen": ("completed", reopen, reopen, "reopened", set()),
    "two clocks": ("in_progress", expire, expire, "expired", set()),
}


@pytest.fixture
def session(transactional_db: None) -> Session:
    return SessionFactory()


def situations(session: Session | None, state: str) -> list[tuple[Candidate, Entry | None]]:
    """A candidate a round, in this session or in one of his own."""
    shared = {} if session is None else {"session": session}
    candidates = CandidateFactory.create_batch(ROUNDS, **shared)
    return [(candidate, put(candidate, state)) for candidate in candidates]


@pytest.mark.parametrize("name", RACES)
def test_two_at_once_make_one_event(transactional_db: None, name: str) -> None:
    state, one, other, kind, refusals = RACES[name]
    for candidate, entry in situations(None, state):
        before = Event.objects.filter(candidate_id=candidate.pk, kind=kind).count()

        results = together(one(candidate, entry), other(candidate, entry))

        assert Event.objects.filter(candidate_id=candidate.pk, kind=kind).count() == before + 1
        assert set(codes(results)) <= refusals
        assert len(codes(results)) == (1 if refusals else 0)
        assert_sound(candidate.session)


def test_double_click_on_start_is_one_start(session: Session) -> None:
    for candidate, _ in situations(session, "present"):
        entry = open_entry_for(candidate)
        assert codes(together(start_as(entry), start_as(entry))) == []
        assert attempt_of(candidate).holder == entry
    assert kinds(session).count("started") == ROUNDS
    assert_sound(session)


def test_two_computers_that_start_have_one_holder(session: Session) -> None:
    for candidate, _ in situations(session, "present"):
        entries = [open_entry_for(candidate) for _ in range(4)]
        results = together(*map(start_as, entries))

        [winner] = [
            entry for entry, result in zip(entries, results, strict=True) if isinstance(result, Attempt)
        ]
        assert attempt_of(candidate).holder == winner
        assert codes(results) == ["resume_not_authorised"] * 3
        # The others made one request together, which the proctor sees.
        assert Event.objects.filter(candidate_id=candidate.pk, kind="resume_requested").count() == 1
    assert_sound(session)


# state before, two acts at once, what may stand in the end
CONFLICTS: dict[str, tuple[str, Act, Act, set[str]]] = {
    "end against complete": ("in_progress", end, complete, {"ended", "completed"}),
    "untick against start": ("present", cancel, start_anew, {"expected", "in_progress"}),
    "authorise against complete": ("in_progress", authorise, complete, {"completed"}),
    "authorise against end": ("in_progress", authorise, end, {"ended"}),
    "take back against resume": ("resume_authorised", take_back, start_anew, {"in_progress"}),
    "undo against reopen": ("ended", undo, reopen, {"in_progress", "resume_authorised"}),
    "clock against complete": ("in_progress", expire, complete, {"expired", "completed"}),
    "clock against end": ("in_progress", expire, end, {"expired", "ended"}),
    "undo against end": ("ended", undo, end, {"in_progress", "ended"}),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_two_that_contradict_each_other_keep_to_the_table(transactional_db: None, name: str) -> None:
    state, one, other, ends = CONFLICTS[name]
    for candidate, entry in situations(None, state):
        together(one(candidate, entry), other(candidate, entry))
        assert attempt_of(candidate).state in ends
        assert_sound(candidate.session)


@pytest.mark.parametrize("state", ["present", "completed"])
def test_closing_against_a_start_or_a_reopening(transactional_db: None, state: str) -> None:
    """Either it is closed and nothing runs, or it runs and is not closed."""
    for _ in range(ROUNDS):
        candidate = CandidateFactory()
        session, entry = candidate.session, put(candidate, state)
        act = start_anew(candidate, None) if state == "present" else reopen(candidate, entry)
        results = together(
            lambda session=session: close_session(session_id=session.pk, actor=PROCTOR, now=clock.now()), act
        )

        session.refresh_from_db()
        runs = attempt_of(candidate).state in {"in_progress", "resume_authorised"}
        assert (session.state == "closed") is not runs
        assert codes(results) == ["tests_running" if runs else "session_closed"]
        assert_sound(session)


def test_closing_twice_is_one_event(session: Session) -> None:
    close: Callable[[], Any] = lambda: close_session(session_id=session.pk, actor=PROCTOR, now=clock.now())  # noqa: E731
    assert codes(together(close, close, close)) == []
    assert kinds(session) == ["closed", "paper_sealed"]


def test_launch_taken_back_against_a_second_start(transactional_db: None) -> None:
    for _ in range(ROUNDS):
        session = SessionFactory()
        first, second = CandidateFactory.create_batch(2, session=session)
        put(first, "in_progress")
        presence.confirm_presence(
            **where(second), actor=PROCTOR, now=clock.now(), arrival=presence.Arrival.IN_ROOM
        )
        take = lambda session=session: take_launch_back(  # noqa: E731
            session_id=session.pk, actor=ADMIN, now=clock.now()
        )
        together(take, start_anew(second, None))

        session.refresh_from_db()
        # Whatever the order, two tests run: the session is launched.
        assert session.launched_at is not None
        assert_sound(session)


def test_first_start_launches_once(session: Session) -> None:
    """Forty pupils press « Commencer » in the same second; here eight."""
    candidates = CandidateFactory.create_batch(8, session=session)
    for candidate in candidates:
        put(candidate, "present")
    results = together(*(start_anew(candidate, None) for candidate in candidates))

    assert codes(results) == []
    assert kinds(session).count("started") == 8
    session.refresh_from_db()
    starts = Event.objects.filter(session=session, kind="started").values_list("observed_at", flat=True)
    assert session.launched_at == min(starts)
    assert Attempt.objects.filter(session=session, present_at_launch=True).count() == 8
    assert_sound(session)


def test_same_alert_twice_is_one(session: Session) -> None:
    for _, entry in situations(session, "in_progress"):
        assert entry is not None
        actor = candidate_actor(entry)
        signal: Callable[[], Any] = lambda entry=entry, actor=actor: alerts.raise_alert(  # noqa: E731
            entry=entry, question=4, kinds=["image"], actor=actor, now=clock.now()
        )
        results = together(signal, signal)
        assert sorted(new for _, new in results) == [False, True]
    assert kinds(session).count("alert_raised") == ROUNDS
    assert_sound(session)


def test_alert_answered_two_ways_has_one_answer(session: Session) -> None:
    for candidate, entry in situations(session, "in_progress"):
        assert entry is not None
        alert, _ = alerts.raise_alert(
            entry=entry, question=4, kinds=[], actor=candidate_actor(entry), now=clock.now()
        )
        answer = [
            as_proctor(alerts.answer_alert, alert_id=alert.pk, confirmed=way, category="E11")
            for way in (True, False)
        ]
        results = together(answer[0](candidate, entry), answer[1](candidate, entry))
        assert codes(results) == ["alert_gone"]
    assert_sound(session)


def test_alert_confirmed_by_two_is_one_incident(session: Session) -> None:
    for candidate, entry in situations(session, "in_progress"):
        assert entry is not None
        alert, _ = alerts.raise_alert(
            entry=entry, question=4, kinds=[], actor=candidate_actor(entry), now=clock.now()
        )
        confirm_it = as_proctor(alerts.answer_alert, alert_id=alert.pk, confirmed=True, category="E11")
        assert codes(together(*[confirm_it(candidate, entry)] * 3)) == []
        assert (alert.incidents.count(), attempt_of(candidate).incidents_noted) == (1, 1)
    assert kinds(session).count("alert_validated") == ROUNDS
    assert_sound(session)


def test_undo_of_an_alert_against_his_next_question(session: Session) -> None:
    """Either the alert is open again and he is not told, or he went on and the answer stands."""
    for candidate, entry in situations(session, "in_progress"):
        assert entry is not None
        actor = candidate_actor(entry)
        alert, _ = alerts.raise_alert(entry=entry, question=4, kinds=[], actor=actor, now=clock.now())
        as_proctor(alerts.answer_alert, alert_id=alert.pk, confirmed=True, category="E11")(candidate, entry)()
        undo = as_proctor(alerts.undo_answer, alert_id=alert.pk)(candidate, entry)
        goes_on = lambda e=entry, a=actor: beat(entry=e, visible=True, question=5, actor=a, now=clock.now())  # noqa: E731
        refused = codes(together(undo, goes_on))
        alert.refresh_from_db()
        undone = (alert.status, attempt_of(candidate).incidents_noted) == ("open", 0)
        assert refused == ([] if undone else ["alert_answered"])
        assert undone or alert.status == "validated"
    assert_sound(session)


def test_proposal_kept_and_ignored_at_once_is_one_of_them(session: Session) -> None:
    for candidate, entry in situations(session, "in_progress"):
        assert entry is not None
        Candidate.objects.filter(pk=candidate.pk).update(extra_time_percent=33)
        time_out = lambda e=entry: note_timed_out(entry=e, question=12, now=clock.now())  # noqa: E731
        together(time_out, time_out)
        proposal = Proposal.objects.get(attempt__candidate=candidate)
        keep = as_proctor(keep_proposal, proposal_id=proposal.pk)(candidate, entry)
        dismiss = as_proctor(dismiss_proposal, proposal_id=proposal.pk)(candidate, entry)
        assert codes(together(keep, dismiss)) == ["proposal_gone"]
        assert attempt_of(candidate).proposals_open == 0
    assert_sound(session)


def test_first_acts_about_a_candidate_make_one_row(session: Session) -> None:
    """No row means « expected »: two first acts must not both make it."""
    from proctoring.services.entries import set_workstation

    for candidate in CandidateFactory.create_batch(ROUNDS, session=session):
        move = as_proctor(set_workstation, workstation="14")
        assert codes(together(confirm(candidate, None), move(candidate, None), move(candidate, None))) == []
        attempt = attempt_of(candidate)
        assert (attempt.state, attempt.workstation) == ("present", "14")
    assert_sound(session)
