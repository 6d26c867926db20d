"""The whole of a session's life: after every act report = fold(journal) = screen, and poll = reload (quality §2).

To the life of `test_session_life` and the report of `test_report` it adds who comes from another room and who leaves
for one, tickets, the comment, suspicions, and addenda once it is closed.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from proctoring import rules
from proctoring.models import Attempt, Case, Ticket
from proctoring.selectors.room import Board, changed_board, whole_board
from proctoring.selectors.row import Row
from proctoring.services import comment, fraud, tickets
from proctoring.services.addenda import add_addendum
from proctoring.services.cases.answering import answer_case
from proctoring.services.cases.asking import Identity, ask_to_transfer
from sessions_app.models import Event, Session
from tests.factories import ADMIN, PROCTOR, CandidateFactory, SessionFactory
from tests.journal import NOW, assert_sound, kinds
from tests.property.test_report import NOTED, ReportedLife
from tests.property.test_session_life import GESTURES, SCRIPT, Act, number, which, who
from tests.soak import Share

ALL = [
    *GESTURES,
    *NOTED,
    ["ticket"],
    ["ticket", "come in", "start"],
    ["comment"],
    ["suspect"],
    ["transfer"],
    ["transfer", "1 min", "transfer"],
    ["close", "addendum"],
    ["addendum"],
]
FULL_LIFE = [
    *SCRIPT[:6],
    (1, ["ticket", "come in"]),
    (0, ["comment", "suspect"]),
    (0, ["transfer", "transfer", "note", "later"]),
    *SCRIPT[6:],
    (0, ["addendum", "1 min", "addendum"]),
]
# What an addendum adds to a closed session, all else being as it was.
GROWS = {"sequence", "list_sequence", "head_hash", "revised_at"}


class WholeLife(ReportedLife):
    """Two candidates and a third one, who is of this room or of the next."""

    def __init__(self) -> None:
        super().__init__()
        self.next_room: Session = SessionFactory(establishment=self.session.establishment, starts_at=NOW)
        self.third = CandidateFactory(session=self.next_room)
        self.page: dict[int, Row] = {}
        self.board: Board | None = None

    @rule(person=who, one=which, gesture=st.sampled_from(ALL), question=number)
    def live(self, person: int, one: int, gesture: list[str], question: int) -> None:
        super().live(person, one, gesture, question)

    def in_the_room(self, person: int, number: int) -> dict[str, Act]:
        now = self.now
        here: dict[str, Any] = {"session_id": self.session.pk, "actor": PROCTOR, "now": now}
        one = {**here, "candidate_id": self.candidates[person].pk}
        admin = {**here, "actor": ADMIN}
        return {
            **super().in_the_room(person, number),
            "ticket": lambda: tickets.issue_ticket(**one),
            "come in": lambda: self.come_in(person),
            "comment": lambda: comment.save_comment(
                **here, text=f"Texte {number}", seen=self.comment_version()
            ),
            "suspect": lambda: fraud.report_fraud(**{**one, "actor": ADMIN}, facts="Un papier."),
            "transfer": self.transfer,
            "addendum": lambda: add_addendum(**admin, text="Une précision.", key=f"{now:%H%M%S}"),
        }

    def come_in(self, person: int) -> None:
        """By the last ticket of that candidate, if it still opens."""
        mine = Ticket.objects.filter(candidate=self.candidates[person])
        digits = [one.digits for one in mine.order_by("-pk")[:1]]
        arrival = tickets.Arrival(ticket=(digits or ["000000"])[0], heartbeat=15)
        entry = tickets.enter_by_ticket(session=self.fresh(), arrival=arrival, now=self.now)
        self.computers[person][1] = entry

    def transfer(self) -> None:
        """The third one goes to the room where he is not."""
        self.third.refresh_from_db()
        there = self.third.session_id == self.next_room.pk
        target, source = (self.session, self.next_room) if there else (self.next_room, self.session)
        case: Case = ask_to_transfer(
            session_id=target.pk,
            who=Identity(self.third.last_name, self.third.first_name, self.third.birth_date),
            from_number=source.number,
            reason="",
            actor=PROCTOR,
            now=self.now,
        )
        answer_case(case_id=case.pk, accepted=True, actor=ADMIN, now=self.now)

    def comment_version(self) -> int:
        written = Event.objects.filter(session=self.session, kind="comment_changed").order_by("-sequence")
        return written.values_list("sequence", flat=True).first() or 0

    # --- What holds ---------------------------------------------------------------------------------------

    @invariant()
    def all_tell_the_same(self) -> None:
        self.report_is_the_screen()  # whoever looks, what fell due is written first
        self.last = self.written()
        self.refresh_is_the_reload()
        assert_sound(self.next_room)

    def refresh_is_the_reload(self) -> None:
        """Rows that the poll brings, put in the place of those of before, are those of the page loaded again.

        But for a page that nobody reloads for a day: it goes on offering to ask for a reopening, which is refused.
        """
        session = self.fresh()
        loaded = whole_board(session, now=self.now)
        asked = loaded
        seen = self.board.version if self.board is not None else None
        if seen and session.list_sequence <= seen.sequence and self.now - seen.at < rules.LIFE_OF_A_TEST:
            asked = changed_board(session, seen, now=self.now)
            self.page |= shown(asked)
        else:
            self.page = shown(loaded)
        reload = shown(loaded)
        for one in {*self.page, *reload}:
            assert self.page.get(one) == reload.get(one)
        assert (asked.cards, asked.counts, asked.silence) == (loaded.cards, loaded.counts, loaded.silence)
        self.board = loaded

    def closed_is_closed(self, session: Session, attempts: list[Attempt]) -> None:
        """An addendum adds to the journal, and to nothing else."""
        if session.is_over:
            [row], *others = self.written()
            row = {name: value for name, value in row.items() if name not in GROWS}
            self.closed = self.closed or [[row], *others]
            assert [[row], *others] == self.closed


def shown(board: Board) -> dict[int, Row]:
    """The rows without their ages, which grow by themselves in the browser."""
    return {
        row.id: replace(row, needs=tuple(replace(need, age="") for need in row.needs), out_age="")
        for row in board.rows
    }


def live(machine: type[WholeLife], *, examples: int, steps: int, derandomize: bool) -> None:
    """Without shrinking, which takes minutes: the failing life is printed as it was."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=derandomize,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


@pytest.mark.any_database  # the full life below is lived on both
@pytest.mark.no_cover
@pytest.mark.django_db
def test_whole_life_is_told_as_it_was() -> None:
    live(WholeLife, examples=12, steps=12, derandomize=True)


@pytest.mark.django_db
def test_full_life_is_told_as_it_was() -> None:
    life = WholeLife()
    try:
        life.begin(punctual=False, policy="proctor_decides", states=("in_progress", "expected"))
        for person, gesture in FULL_LIFE:
            life.live(person=person, one=0, gesture=gesture, question=2)
            life.rules_hold()
            life.all_tell_the_same()
        told = set(kinds(life.session))
        assert told >= {"candidate_transferred", "ticket_used", "comment_changed", "closed", "addendum"}
    finally:
        life.teardown()


@pytest.mark.soak
@pytest.mark.no_cover
@pytest.mark.django_db
def test_lives_without_end(share: Share) -> None:
    while share.lasts:
        live(WholeLife, examples=20, steps=40, derandomize=False)
