"""« Sortie » and « Retour » (R24): one tap each, told in the report, never an act of the test."""

from datetime import datetime, timedelta

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.report.reading import report_of
from proctoring.services import closing, ending, outings, presence, running
from proctoring.services.entries import candidate_actor
from sessions_app.models import Candidate, Session
from tests.factories import PROCTOR, CandidateFactory, SessionFactory, attempt_of, open_entry_for, put
from tests.journal import NOW, assert_sound, everything, kinds

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)


@pytest.fixture
def session(db: None) -> Session:
    return SessionFactory(starts_at=NOW)


@pytest.fixture
def paul(session: Session) -> Candidate:
    return CandidateFactory(session=session, last_name="DUPONT", first_name="Paul")


def go_out(one: Candidate, now: datetime) -> None:
    outings.go_out(session_id=one.session_id, candidate_id=one.pk, actor=PROCTOR, now=now)


def come_back(one: Candidate, now: datetime) -> None:
    outings.come_back(session_id=one.session_id, candidate_id=one.pk, actor=PROCTOR, now=now)


def lines(session: Session) -> list[tuple[str, str]]:
    found = report_of(Session.objects.select_related("establishment").get(pk=session.pk)).lines
    said = [(one.code, one.words.replace("\u00a0", " ").partition(" : ")[2]) for one in found]
    return [(code, words) for code, words in said if words.startswith("sorti")]


@pytest.mark.parametrize("state", ["present", "in_progress", "resume_authorised"])
def test_out_and_back_is_one_line(session: Session, paul: Candidate, state: str) -> None:
    put(paul, state, now=NOW)
    go_out(paul, NOW + 31 * MIN)
    assert lines(session) == [("C8", "sorti à 10h31.")]
    come_back(paul, NOW + 37 * MIN)
    assert lines(session) == [("C8", "sorti de 10h31 à 10h37.")]
    assert attempt_of(paul).state == state


@pytest.mark.parametrize("state", ["expected", "completed", "ended", "expired"])
def test_who_is_not_there_does_not_go_out(paul: Candidate, state: str) -> None:
    put(paul, state, now=NOW)
    before = everything(paul.session)
    with pytest.raises(DomainError) as refusal:
        go_out(paul, NOW)
    assert refusal.value.code == "not_in_room"
    assert everything(paul.session) == before


def test_each_again_changes_nothing(session: Session, paul: Candidate) -> None:
    put(paul, "in_progress", now=NOW)
    come_back(paul, NOW)
    assert "came_back" not in kinds(session)
    go_out(paul, NOW + MIN)
    before = everything(session)
    go_out(paul, NOW + 2 * MIN)
    assert everything(session) == before
    come_back(paul, NOW + 3 * MIN)
    before = everything(session)
    come_back(paul, NOW + 4 * MIN)
    assert everything(session) == before


@pytest.mark.parametrize(
    ("observed", "expected"),
    [(-60 * 24, 0), (-1, 0), (2, 2), (9, 5)],
    ids=["days", "a minute", "in time", "ahead"],
)
def test_nobody_goes_out_before_he_is_in(paul: Candidate, observed: int, expected: int) -> None:
    presence.confirm_presence(session_id=paul.session_id, candidate_id=paul.pk, actor=PROCTOR, now=NOW)
    outings.go_out(
        session_id=paul.session_id, candidate_id=paul.pk, actor=PROCTOR, now=NOW + 5 * MIN,
        observed_at=NOW + observed * MIN,
    )  # fmt: skip
    assert attempt_of(paul).out_since == NOW + expected * MIN


def test_slip_of_the_finger_leaves_no_line(session: Session, paul: Candidate) -> None:
    put(paul, "in_progress", now=NOW)
    go_out(paul, NOW + MIN)
    come_back(paul, NOW + MIN + timedelta(seconds=9))
    assert lines(session) == []


@pytest.mark.parametrize("how", ["complete", "end", "untick", "start", "resume"])
def test_who_is_seen_at_his_test_is_back(session: Session, paul: Candidate, how: str) -> None:
    put(
        paul,
        {"untick": "present", "start": "present", "resume": "resume_authorised"}.get(how, "in_progress"),
        now=NOW,
    )
    go_out(paul, NOW + MIN)
    where = {"session_id": session.pk, "candidate_id": paul.pk, "actor": PROCTOR, "now": NOW + 9 * MIN}
    entry = attempt_of(paul).holder or open_entry_for(paul, now=NOW)
    actor = candidate_actor(entry)
    if how == "complete":
        running.complete(entry=entry, actor=actor, now=NOW + 9 * MIN)
    elif how == "end":
        ending.end_test(**where)
    elif how == "untick":
        presence.cancel_presence(**where)
    else:
        code = session.access_code
        running.start_or_resume(entry=entry, access_code=code, actor=actor, now=NOW + 9 * MIN)
    assert attempt_of(paul).out_since is None
    assert lines(session) == [("C8", "sorti à 10h01, retour non noté.")]
    assert_sound(session)


def test_closed_session_tells_no_outing(session: Session, paul: Candidate) -> None:
    put(paul, "present", now=NOW)
    closing.close_session(session_id=session.pk, actor=PROCTOR, now=NOW)
    for act in (go_out, come_back):
        with pytest.raises(DomainError) as refusal:
            act(paul, NOW)
        assert refusal.value.code == "session_closed"
