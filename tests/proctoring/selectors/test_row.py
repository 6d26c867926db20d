"""One row, its card and its gestures, as data (R5–R9, R13)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pixsurv.kernel import clock
from proctoring.enums import TRANSITIONS, AttemptState
from proctoring.selectors.card import card_of
from proctoring.selectors.room import Board, some_rows, whole_board
from proctoring.selectors.row import Row
from proctoring.services import minutes
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Session
from tests import factories
from tests.proctoring.selectors.conftest import NOW

pytestmark = pytest.mark.django_db

# Act of the table → path of the gesture that does it.
PATHS = {
    EventKind.RESUME_AUTHORISED: "reprise/",
    EventKind.RESUME_CANCELLED: "reprise/retirer/",
    EventKind.ENDED: "fin/",
    EventKind.STARTED: "a-la-main/commence/",
    EventKind.RESUMED: "a-la-main/repris/",
    EventKind.COMPLETED: "a-la-main/termine/",
}


def board(session: Session) -> Board:
    session.refresh_from_db()
    return whole_board(session, now=clock.now())


def row(candidate: Candidate) -> Row:
    return next(one for one in board(candidate.session).rows if one.id == candidate.pk)


@pytest.mark.parametrize("state", AttemptState)
def test_gestures_are_those_that_the_table_allows(candidate: Candidate, state: AttemptState) -> None:
    factories.put(candidate, state)
    found = row(candidate)
    offered = {
        gesture.path for gesture in (*found.menu, *found.paper, *([found.gesture] if found.gesture else []))
    }
    for kind, path in PATHS.items():
        allowed = state in TRANSITIONS[kind].sources
        assert (path in offered) is allowed, kind


@pytest.mark.parametrize("state", AttemptState)
def test_a_closed_session_offers_nothing_that_acts(candidate: Candidate, state: AttemptState) -> None:
    factories.put(candidate, state)
    Session.objects.filter(pk=candidate.session_id).update(state="closed", closed_at=NOW)
    found = row(candidate)
    assert found.gesture is None
    assert not found.paper
    assert [gesture.path for gesture in found.menu] == ["aide/", ""]
    assert not found.has_box
    assert not found.open


def test_what_ends_stands_alone_at_the_end(candidate: Candidate) -> None:
    factories.put(candidate, AttemptState.IN_PROGRESS)
    assert [gesture.danger for gesture in row(candidate).menu] == [False] * 6 + [True]


def test_a_row_on_its_own_is_the_row_of_the_list(session: Session) -> None:
    for state in AttemptState:
        candidate = factories.CandidateFactory(session=session)
        factories.put(candidate, state)
    whole = board(session)
    for one in whole.rows:
        partial = some_rows(session, [one.id], now=clock.now())
        assert partial.rows == [one]
        assert partial.cards == whole.cards
        assert partial.counts.by_state == whole.counts.by_state


def test_the_number_of_queries_does_not_grow(session: Session) -> None:
    def queries(ask: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            ask()
        return len(captured)

    first = factories.CandidateFactory(session=session)
    for _ in range(2):
        assert session.establishment  # loaded along with the access, in a request
        assert queries(lambda: whole_board(session, now=NOW)) == 1
        assert queries(lambda: some_rows(session, [first.pk], now=NOW)) == 1
        for _ in range(20):
            factories.put(factories.CandidateFactory(session=session), AttemptState.IN_PROGRESS)


def test_a_card_is_as_old_as_the_oldest_need_for_the_lane(candidate: Candidate, travel: Any) -> None:
    factories.put(candidate, AttemptState.IN_PROGRESS)
    travel(minutes=106)
    card = card_of(row(candidate), NOW)
    assert card is not None
    assert card.since == NOW, "silent since the beginning; the deadline came later"
    assert card.overtime


def test_no_card_for_a_silence_that_is_young(candidate: Candidate, travel: Any) -> None:
    factories.put(candidate, AttemptState.IN_PROGRESS)
    travel(minutes=2)
    assert card_of(row(candidate), NOW) is None
    assert row(candidate).needs_attribute == "disconnected"
    assert row(candidate).chalk == "gris"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", True),
        ("jean", True),
        ("JEAN P", True),
        ("jean-paul", True),
        ("jeanpauldelatour", True),
        ("de la t", True),
        ("delatour jean", True),
        ("la tour", False),
        ("paul", False),
        ("jean  tour", False),
    ],
)
def test_a_search_is_a_prefix(session: Session, search: str, found: bool) -> None:
    candidate = factories.CandidateFactory(session=session, last_name="DE LA TOUR", first_name="Jean-Paul")
    assert row(candidate).matches(search) is found


@pytest.mark.parametrize(
    ("places", "order"),
    [
        (["14", "9", "100"], ["9", "14", "100"]),
        (["B14", "B9", "A20"], ["B9", "B14", "A20"]),
        (["", "3"], ["3", ""]),
        (["fond", "3", ""], ["3", "fond", ""]),
    ],
)
def test_the_order_of_workstations(session: Session, places: list[str], order: list[str]) -> None:
    from proctoring.services.entries import set_workstation

    for place in places:
        candidate = factories.CandidateFactory(session=session)
        set_workstation(
            session_id=session.pk,
            candidate_id=candidate.pk,
            workstation=place,
            actor=factories.PROCTOR,
            now=NOW,
        )
    session.refresh_from_db()
    found = whole_board(session, now=NOW, order="workstation").rows
    assert [one.workstation for one in found] == order


def test_the_end_is_that_of_the_one_pure_function(session: Session) -> None:
    """33 % of 105 is 35 (R13): 10h30 + 1 h 45 + 35 + 5."""
    candidate = factories.CandidateFactory(session=session, extra_time_percent=33)
    factories.put(candidate, AttemptState.IN_PROGRESS)
    minutes.give_minutes(
        session_id=session.pk, candidate_ids=[candidate.pk], minutes=5, actor=factories.PROCTOR, now=NOW
    )
    assert row(candidate).end_time == "12h55"
    assert not row(candidate).end_passed


def test_counts_see_an_expiry_before_it_is_written(candidate: Candidate, travel: Any) -> None:
    factories.put(candidate, AttemptState.IN_PROGRESS)
    travel(hours=24)
    found = board(candidate.session)
    assert found.rows[0].state == AttemptState.EXPIRED
    assert found.counts.over == 1
    partial = some_rows(candidate.session, [candidate.pk], now=clock.now())
    assert partial.counts.over == 1
    assert not partial.cards
