"""A whole session, lived in any order: what holds after every act whatever came before (quality §2)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import Arrival, Source
from proctoring.models import Alert, Attempt, Entry
from proctoring.services import access as accesses
from proctoring.services import (
    alerts,
    by_hand,
    closing,
    due,
    ending,
    entries,
    minutes,
    outings,
    presence,
    resume,
    room_incident,
    running,
)
from proctoring.services.entries import candidate_actor
from proctoring.services.progress import beat
from sessions_app.models import Candidate, Event, Session
from tests.factories import ACCESS_CODE, ADMIN, PROCTOR, CandidateFactory, SessionFactory, open_entry_for, put
from tests.journal import CONTRACT, NOW, assert_sound

DURATION = 105
RUNS = {"in_progress", "resume_authorised"}
WHOLE_ROOM = {"room_incident_started", "room_incident_ended"}

# What is done in one gesture, one after the other: what is done and what takes it back must both be reached.
GESTURES = [
    ["tick"],
    ["tick", "start"],
    ["tick late"],
    ["tick unasked"],
    ["untick"],
    ["tick", "untick"],
    ["tick", "start"],
    ["start"],
    ["beat"],
    ["leave", "beat"],
    ["ask", "ignore"],
    ["signal"],
    ["signal", "answer"],
    ["signal", "end", "undo"],
    ["complete"],
    ["complete", "reopen"],
    ["authorise"],
    ["authorise", "take back"],
    ["authorise", "start"],
    ["end"],
    ["end", "undo"],
    ["end", "reopen"],
    ["undo"],
    ["reopen"],
    ["a third"],
    ["no extra time"],
    ["give minutes"],
    ["take minutes"],
    ["move"],
    ["paper start"],
    ["paper resume"],
    ["paper complete"],
    ["end overdue", "undo batch"],
    ["incident", "1 min", "incident over"],
    ["incident", "incident undone"],
    ["incident over", "incident not over"],
    ["out"],
    ["out", "back"],
    ["enter and quit"],
    ["take launch back"],
    ["close"],
    ["look"],
    ["1 s", "look"],
    ["10 s"],
    ["15 s", "undo"],
    ["1 min"],
    ["30 min"],
    ["105 min", "look"],
    ["24 h", "look"],
]
WAITS = {"1 s": 1, "10 s": 10, "15 s": 15, "1 min": 60, "30 min": 1800, "105 min": 6300, "24 h": 86_400}
WITHOUT_REPEAT = {
    "give minutes",
    "take minutes",
    "enter and quit",
    *("note", "later", "sooner"),  # of the report's own life
    *("ticket", "come in", "comment", "suspect", "transfer"),  # of the whole one
}  # each time adds: held by `once` (mechanics §10)
SCRIPT = [
    (1, ["tick", "untick"]),
    (0, ["signal", "answer"]),
    (0, ["leave", "beat"]),
    (0, ["authorise", "take back"]),
    (0, ["signal", "end", "undo", "answer"]),
    (0, ["give minutes"]),
    (0, ["out", "back", "out"]),
    (
        0,
        [
            "incident",
            "incident undone",
            "incident",
            "1 min",
            "incident over",
            "incident not over",
            "incident over",
        ],
    ),
    (0, ["take back"]),
    (0, ["authorise", "start"]),
    (1, ["tick unasked"]),
    (1, ["tick late"]),
    (1, ["tick", "start"]),
    (0, ["complete", "reopen"]),
    (0, ["end"]),
    (1, ["24 h", "look"]),
    (1, ["close"]),
]
who = st.integers(0, 1)
which = st.integers(0, 1)
number = st.integers(1, 3)


type Act = Callable[[], object]


def refused(act: Act) -> str:
    """The code with which it was refused; empty when it was done."""
    try:
        act()
    except DomainError as refusal:
        return refusal.code
    return ""


class SessionLife(RuleBasedStateMachine):
    """Two candidates with two computers each, a proctor, an admin, and time that passes."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.session = SessionFactory(starts_at=NOW)
        self.candidates: list[Candidate] = CandidateFactory.create_batch(2, session=self.session)
        self.computers: list[list[Entry]] = [
            [open_entry_for(candidate, heartbeat=beats, now=NOW) for beats in (15, None)]
            for candidate in self.candidates
        ]
        self.now = NOW
        self.last = self.written()
        self.closed: list[list[dict[str, Any]]] | None = None
        self.sequence = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    # --- How an act is done -------------------------------------------------------------------------------

    def do(self, act: Act, *, adds: bool = False) -> None:
        """Do it, then again at once. A refusal leaves nothing, a repeat adds nothing unless `adds`."""
        before = self.last
        refusal = refused(act)
        self.last = self.written()
        # The one refusal that is itself an act: the resume request is filed (D4).
        if refusal not in {"", "resume_not_authorised"}:
            assert self.last == before, refusal
        if not adds:
            refused(act)
            assert self.written() == self.last

    def written(self) -> list[list[dict[str, Any]]]:
        """The head of the journal stands for the journal, which `rules_hold` verifies."""
        attempts = Attempt.objects.filter(session=self.session)
        return [
            list(Session.objects.filter(pk=self.session.pk).order_by().values()),
            list(attempts.order_by("pk").annotate(percent=F("candidate__extra_time_percent")).values()),
            list(Alert.objects.filter(attempt__in=attempts).order_by("pk").values()),
        ]

    # --- What can happen ----------------------------------------------------------------------------------

    @initialize(
        punctual=st.booleans(),
        policy=st.sampled_from(["refuse", "proctor_decides"]),
        states=st.tuples(*[st.sampled_from(["in_progress", "present", "expected"])] * 2),
    )
    def begin(self, punctual: bool, policy: str, states: tuple[str, str]) -> None:
        """From a room that is already at work, for a life is short."""
        self.session.establishment.ends_by_itself = punctual
        self.session.establishment.late_policy = policy
        self.session.establishment.save()
        for person, state in enumerate(states):
            holder = put(self.candidates[person], state, now=NOW)
            if holder is not None:
                self.computers[person][0] = Entry.objects.select_related("candidate").get(pk=holder.pk)
        self.last = self.written()

    @rule(person=who, one=which, gesture=st.sampled_from(GESTURES), question=number)
    def live(self, person: int, one: int, gesture: list[str], question: int) -> None:
        for name in gesture:
            if name in WAITS:
                self.now += timedelta(seconds=WAITS[name])
                continue
            # A closed session is a short life: not before something happened.
            if name != "close" or self.sequence > 12:
                act = {**self.in_the_room(person, question), **self.at_the_computer(person, one, question)}[
                    name
                ]
                self.do(act, adds=name in WITHOUT_REPEAT)

    def look(self) -> None:
        """Somebody opens the room: what the rules already said is now written."""
        said = {one.candidate_id: rules.state_at(one, self.now) for one in self.attempts()}
        due.advance_session(self.session.pk, now=self.now)
        for one in self.attempts():
            if said[one.candidate_id] != one.state and not self.fresh().is_over:
                assert self.session.establishment.ends_by_itself
                assert one.state == "ended"

    def in_the_room(self, person: int, number: int) -> dict[str, Act]:
        now = self.now
        here: dict[str, Any] = {"session_id": self.session.pk, "actor": PROCTOR, "now": now}
        one = {**here, "candidate_id": self.candidates[person].pk}
        ids = [candidate.pk for candidate in self.candidates]
        some = {**here, "candidate_ids": ids[: person + 1]}
        admin = {"actor": ADMIN}
        paper = {**one, "at": now - timedelta(minutes=number), "source": Source.PAPER}
        return {
            "tick": lambda: presence.confirm_presence(**one, arrival=Arrival.IN_ROOM),
            "tick late": lambda: presence.confirm_presence(**one, arrival=Arrival.LATE, late_reason="Bus"),
            "tick unasked": lambda: presence.confirm_presence(**one),
            "untick": lambda: presence.cancel_presence(**one),
            "authorise": lambda: resume.authorise_resume(**one),
            "take back": lambda: resume.cancel_resume(**one),
            "ignore": lambda: resume.dismiss_request(**one),
            "end": lambda: ending.end_test(**one),
            "undo": lambda: ending.undo_end(**one),
            "reopen": lambda: ending.reopen(**{**one, **admin}, reason="Erreur"),
            "a third": lambda: minutes.set_extra_time(**one, percent=33),
            "no extra time": lambda: minutes.set_extra_time(**one, percent=0),
            "give minutes": lambda: minutes.give_minutes(**some, minutes=number),
            "take minutes": lambda: minutes.take_minutes_back(**some, minutes=number),
            "move": lambda: entries.set_workstation(**one, workstation=str(number)),
            "answer": lambda: alerts.answer_alert(
                **one, alert_id=self.alert(person), confirmed=number > 1, category="E11"
            ),
            "paper start": lambda: by_hand.start_by_hand(**paper),
            "paper resume": lambda: by_hand.resume_by_hand(**paper),
            "paper complete": lambda: by_hand.complete_by_hand(**paper),
            "end overdue": lambda: ending.end_overdue(**here, candidate_ids=ids),
            "undo batch": lambda: ending.undo_batch(**here, batch=self.batch(person)),
            "incident": lambda: room_incident.start_room_incident(**here, kind="power"),
            "incident over": lambda: room_incident.end_room_incident(
                **here, key=self.incident(), settlement=self.settlement(ids[: person + 1])
            ),
            "incident undone": lambda: room_incident.undo_start(**here, key=self.incident()),
            "incident not over": lambda: room_incident.undo_end(**here, key=self.incident()),
            "out": lambda: outings.go_out(**one),
            "back": lambda: outings.come_back(**one),
            "enter and quit": self.enter_and_quit,
            "take launch back": lambda: closing.take_launch_back(**{**here, **admin}),
            "close": lambda: closing.close_session(**here),
            "look": self.look,
        }

    def at_the_computer(self, person: int, one: int, question: int) -> dict[str, Act]:
        entry = self.computers[person][one]
        it: dict[str, Any] = {"entry": entry, "actor": candidate_actor(entry), "now": self.now}
        return {
            "start": lambda: running.start_or_resume(**it, access_code=ACCESS_CODE),
            "start with a wrong code": lambda: running.start_or_resume(**it, access_code="WRONG2"),
            "beat": lambda: beat(**it, question=question, visible=question > 1),
            "leave": lambda: running.leave(**it),
            "ask": lambda: running.request_resume(**it),
            "complete": lambda: running.complete(**it),
            "signal": lambda: alerts.raise_alert(**it, question=question, kinds=["image"]),
        }

    def alert(self, person: int) -> int:
        """The last alert of this candidate, or none that exists."""
        found = Alert.objects.filter(attempt__candidate=self.candidates[person]).order_by("-pk").first()
        return found.pk if found is not None else 0

    def incident(self) -> int:
        return self.fresh().incident_key or 0

    def settlement(self, ids: list[int]) -> room_incident.Settlement:
        since = self.fresh().incident_since or self.now
        return room_incident.Settlement(since, self.now, tuple(ids), tuple(ids))

    def batch(self, person: int) -> str:
        attempt = Attempt.objects.filter(candidate=self.candidates[person]).first()
        return attempt.end_batch if attempt is not None else ""

    def enter_and_quit(self) -> None:
        access, _ = accesses.enter(
            session=self.fresh(), name="Perrine", account=None, device="", now=self.now
        )
        accesses.leave(access=access, now=self.now)

    # --- What holds ---------------------------------------------------------------------------------------

    def attempts(self) -> list[Attempt]:
        found = Attempt.objects.select_related("candidate").filter(session=self.session).order_by("pk")
        return list(found)

    def fresh(self) -> Session:
        return Session.objects.select_related("establishment").get(pk=self.session.pk)

    @invariant()
    def rules_hold(self) -> None:
        """One reading of everything, for all that must hold of it."""
        assert_sound(self.session)  # the chain holds, and rows are the fold of the journal
        session, attempts = self.fresh(), self.attempts()
        events = list(Event.objects.filter(session=session).order_by("sequence"))
        self.version_never_goes_back(session)
        self.clock_is_asked_in_time(session, attempts)
        self.launch_is_what_the_journal_says(session, events)
        self.closed_is_closed(session, attempts)
        for attempt in attempts:
            mine = [event for event in events if event.candidate_id == attempt.candidate_id]
            deadline_is_what_the_journal_says(attempt, mine)
            self.needs_are_of_running_tests(attempt)
            self.nobody_runs_out_of_time_in_an_incident(session, attempt)
            assert attempt.out_since is None or attempt.state in {"present", *RUNS}
            told_of = [event for event in events if event.kind in WHOLE_ROOM] if attempt.state in RUNS else []
            # An incident of the whole room is news for every running test: its desk says so.
            assert attempt.last_sequence in {one.sequence for one in (mine[-1], *told_of)}
            assert attempt.last_sequence >= mine[-1].sequence
        open_alerts = Alert.objects.filter(attempt__session=session, status="open").exclude(
            attempt__state__in=RUNS
        )
        assert not open_alerts.exists()

    def version_never_goes_back(self, session: Session) -> None:
        assert self.sequence <= session.sequence
        assert session.list_sequence <= session.sequence
        self.sequence = session.sequence

    def closed_is_closed(self, session: Session, attempts: list[Attempt]) -> None:
        if session.is_over:
            self.closed = self.closed or self.last
            assert self.written() == self.closed
            assert not [one for one in attempts if one.state in RUNS]

    def needs_are_of_running_tests(self, attempt: Attempt) -> None:
        found = rules.needs(attempt, self.now, alert_since=self.now)
        assert not found or rules.state_at(attempt, self.now) in RUNS
        assert attempt.resume_requested_at is None or attempt.state in RUNS

    def nobody_runs_out_of_time_in_an_incident(self, session: Session, attempt: Attempt) -> None:
        found = rules.needs(attempt, self.now, judged_at=rules.standing(session, self.now))
        if session.incident_runs and "overtime" in {one.need for one in found}:
            assert session.incident_since is not None
            assert attempt.deadline_at is not None
            assert attempt.deadline_at <= session.incident_since
        assert not (session.is_over and session.incident_runs)

    def clock_is_asked_in_time(self, session: Session, attempts: list[Attempt]) -> None:
        """No running test falls due earlier than the instant at which somebody will look."""
        if session.is_over:
            assert session.next_due_at is None
            return
        for attempt in attempts:
            if attempt.state in RUNS:
                assert session.next_due_at is not None
                assert session.next_due_at <= rules.falls_due(attempt, session)[0]

    def launch_is_what_the_journal_says(self, session: Session, events: list[Event]) -> None:
        kinds = [event.kind for event in events if event.kind in {"started", "launch_taken_back"}]
        assert (session.launched_at is not None) is (kinds[-1:] == ["started"])
        if not session.is_over:
            assert session.state == ("launched" if session.launched_at is not None else "planned")


def deadline_is_what_the_journal_says(attempt: Attempt, events: list[Event]) -> None:
    """Start, duration, extra time and given minutes, each as the last event about it left it."""
    start, percent, given = None, 0, 0
    for event in events:
        if event.kind == "started":
            start = event.observed_at
        elif event.kind == "extra_time_set":
            percent = event.facts["after"]
        elif event.kind == "minutes_given":
            given += event.facts["minutes"]
        elif event.kind == "minutes_taken_back":
            given -= event.facts["minutes"]
    assert attempt.started_at == start
    assert attempt.candidate.extra_time_percent == percent
    extra = (DURATION * percent + 99) // 100
    minutes_in_all = timedelta(minutes=DURATION + extra + given)
    assert attempt.deadline_at == (None if start is None else start + minutes_in_all)


@pytest.mark.any_database  # the life below, in which everything happens, is lived on both
@pytest.mark.no_cover
@pytest.mark.django_db
def test_session_lives_by_its_rules() -> None:
    run_state_machine_as_test(
        SessionLife,
        settings=settings(
            max_examples=36,
            stateful_step_count=12,
            phases=[Phase.generate],  # shrinking takes minutes: the failing life is printed as it was
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


@pytest.mark.django_db
def test_session_lives_by_its_rules_through_every_transition() -> None:
    """A life in which nothing happens would obey every rule: here is one in which everything does."""
    life = SessionLife()
    try:
        life.begin(punctual=False, policy="proctor_decides", states=("in_progress", "expected"))
        for person, gesture in SCRIPT:
            life.live(person=person, one=0, gesture=gesture, question=2)
            life.rules_hold()
        assert {event.kind for event in Event.objects.filter(session=life.session)} >= set(CONTRACT) | {
            "closed"
        }
    finally:
        life.teardown()
