"""« Incident dans toute la salle » (R23): the clock stands still, its end gives back, one undo takes back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import Need
from proctoring.models import Attempt
from proctoring.report.reading import report_of
from proctoring.services import closing, due, ending, minutes, resume, room_incident, running
from proctoring.services.entries import candidate_actor
from proctoring.services.room_incident import Settlement, minutes_lost
from sessions_app.models import Candidate, Session
from sessions_app.services.planning import cancel_session
from tests.factories import ACCESS_CODE, ADMIN, PROCTOR, CandidateFactory, SessionFactory, put
from tests.journal import NOW, assert_sound, everything, kinds

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)
SEC = timedelta(seconds=1)
LATE = NOW + 105 * MIN


@pytest.fixture
def session(db: None) -> Session:
    return SessionFactory(starts_at=NOW)


@pytest.fixture
def paul(session: Session) -> Candidate:
    """His test began at 10h00 and ends at 11h45."""
    candidate = CandidateFactory(session=session, last_name="DUPONT", first_name="Paul")
    put(candidate, "in_progress", now=NOW)
    return candidate


def fresh(session: Session) -> Session:
    return Session.objects.select_related("establishment").get(pk=session.pk)


def attempt(candidate: Candidate) -> Attempt:
    return Attempt.objects.select_related("candidate").get(candidate=candidate)


def start(session: Session, now: datetime, kind: str = "power", **more: Any) -> int:
    begun = room_incident.start_room_incident(
        session_id=session.pk, kind=kind, actor=PROCTOR, now=now, **more
    )
    assert begun.incident_key is not None
    return begun.incident_key


def end(session: Session, key: int, since: datetime, until: datetime, **more: Any) -> Session:
    given, back, now = (more.get(name, ()) for name in ("given", "back", "now"))
    return room_incident.end_room_incident(
        session_id=session.pk,
        key=key,
        settlement=Settlement(since, until, tuple(one.pk for one in given), tuple(one.pk for one in back)),
        actor=PROCTOR,
        now=now or until,
    )


def overtime(candidate: Candidate, now: datetime) -> bool:
    session = fresh(candidate.session)
    found = rules.needs(attempt(candidate), now, judged_at=rules.standing(session, now))
    return Need.OVERTIME in {one.need for one in found}


def lines(session: Session) -> list[str]:
    told = report_of(fresh(session)).lines
    return [one.words.replace("\u00a0", " ") for one in told if one.words.startswith("Incident dans")]


@pytest.mark.parametrize(("seconds", "expected"), [(0, 0), (1, 1), (60, 1), (61, 2), (420, 7)])
def test_begun_minute_counts_whole(seconds: int, expected: int) -> None:
    assert minutes_lost(NOW, NOW + seconds * SEC) == expected


def test_nobody_runs_out_of_time_while_it_runs(session: Session, paul: Candidate) -> None:
    key = start(session, LATE - MIN)
    assert not overtime(paul, LATE + 5 * MIN)
    end(session, key, LATE - MIN, LATE + 6 * MIN, given=[paul])
    assert attempt(paul).deadline_at == LATE + 7 * MIN
    assert not overtime(paul, LATE + 6 * MIN)
    assert overtime(paul, LATE + 7 * MIN)
    assert_sound(session)


def test_whose_time_was_over_before_stays_so(session: Session, paul: Candidate) -> None:
    start(session, LATE + MIN)
    assert overtime(paul, LATE + MIN)


def test_pre_dated_start_judges_from_when_the_silence_began(session: Session, paul: Candidate) -> None:
    assert overtime(paul, LATE + MIN)
    start(session, LATE + MIN, since=LATE - MIN)
    assert not overtime(paul, LATE + MIN)


@pytest.mark.parametrize(("since", "expected"), [(-60, NOW), (300, NOW + 2 * MIN)], ids=["early", "future"])
def test_date_of_its_start_is_kept_within_the_session(
    session: Session, paul: Candidate, since: int, expected: datetime
) -> None:
    start(session, NOW + 2 * MIN, since=NOW + since * MIN)
    assert fresh(session).incident_since == expected


def test_second_start_is_the_first(session: Session, paul: Candidate) -> None:
    key = start(session, NOW + MIN)
    before = everything(session)
    assert start(session, NOW + 2 * MIN) == key
    assert everything(session) == before


def test_start_of_another_kind_is_told_which_one_runs(session: Session, paul: Candidate) -> None:
    start(session, NOW + MIN)
    before = everything(session)
    with pytest.raises(DomainError) as refusal:
        start(session, NOW + 2 * MIN, kind="alarm")
    assert (refusal.value.code, refusal.value.status) == ("room_incident_runs", 409)
    told = refusal.value.sentence.replace("\u00a0", " ")
    assert told == "Un incident est déjà en cours : coupure de courant, depuis 10h01."
    assert everything(session) == before


def test_same_minute_is_given_once(session: Session, paul: Candidate) -> None:
    first = start(session, NOW + MIN)
    end(session, first, NOW + MIN, NOW + 11 * MIN, given=[paul])
    slip = start(session, NOW + 12 * MIN)
    undo_start(session, slip, NOW + 12 * MIN)  # which ended nothing
    second = start(session, NOW + 15 * MIN, kind="alarm", since=NOW + 5 * MIN)
    assert fresh(session).incident_since == NOW + 11 * MIN
    with pytest.raises(DomainError) as refusal:
        end(session, second, NOW + 11 * MIN - SEC, NOW + 16 * MIN, given=[paul])
    assert (refusal.value.code, refusal.value.status) == ("room_incident_hours", 422)
    assert "jusqu’à 10h11" in refusal.value.sentence
    end(session, second, NOW + 11 * MIN, NOW + 16 * MIN, given=[paul])
    assert attempt(paul).given_minutes == 15


def test_end_that_was_undone_bounds_nothing(session: Session, paul: Candidate) -> None:
    key = start(session, NOW + MIN)
    end(session, key, NOW + MIN, NOW + 3 * MIN, given=[paul])
    undo_end(session, key, NOW + 3 * MIN)
    end(session, key, NOW + MIN, NOW + 4 * MIN, given=[paul])
    assert attempt(paul).given_minutes == 3


def test_second_end_changes_nothing(session: Session, paul: Candidate) -> None:
    key = start(session, NOW + MIN)
    end(session, key, NOW + MIN, NOW + 3 * MIN, given=[paul])
    before = everything(session)
    end(session, key, NOW + MIN, NOW + 5 * MIN, given=[paul], now=NOW + 6 * MIN)
    assert everything(session) == before


def test_end_of_an_earlier_one_is_refused(session: Session, paul: Candidate) -> None:
    first = start(session, NOW + MIN)
    end(session, first, NOW + MIN, NOW + 2 * MIN)
    start(session, NOW + 3 * MIN)
    with pytest.raises(DomainError) as refusal:
        end(session, first, NOW + MIN, NOW + 4 * MIN)
    assert refusal.value.code == "room_incident_other"


@pytest.mark.parametrize(
    ("since", "until"), [(-1, 3), (4, 3), (1, 6)], ids=["before the launch", "end first", "future"]
)
def test_hours_that_cannot_be_are_refused(session: Session, paul: Candidate, since: int, until: int) -> None:
    key = start(session, NOW + MIN)
    with pytest.raises(DomainError) as refusal:
        end(session, key, NOW + since * MIN, NOW + until * MIN, now=NOW + 5 * MIN)
    assert (refusal.value.code, refusal.value.status) == ("room_incident_hours", 422)
    assert fresh(session).incident_runs


def test_unknown_kind_is_refused(session: Session) -> None:
    with pytest.raises(DomainError) as refusal:
        start(session, NOW, kind="flood")
    assert (refusal.value.code, refusal.value.status) == ("room_incident_kind", 422)


def test_closed_session_has_no_incident(session: Session) -> None:
    closing.close_session(session_id=session.pk, actor=PROCTOR, now=NOW)
    for act in (
        lambda: start(session, NOW),
        lambda: end(session, 1, NOW, NOW),
        lambda: room_incident.undo_start(session_id=session.pk, key=1, actor=PROCTOR, now=NOW),
        lambda: room_incident.undo_end(session_id=session.pk, key=1, actor=PROCTOR, now=NOW),
    ):
        with pytest.raises(DomainError) as refusal:
            act()
        assert refusal.value.code == "session_closed"


def test_closing_waits_for_its_end(session: Session) -> None:
    key = start(session, NOW)
    with pytest.raises(DomainError) as refusal:
        closing.close_session(session_id=session.pk, actor=PROCTOR, now=NOW)
    assert refusal.value.code == "room_incident_runs"
    end(session, key, NOW, NOW + MIN)
    closing.close_session(session_id=session.pk, actor=PROCTOR, now=NOW + MIN)
    assert fresh(session).is_over


def test_cancelled_session_leaves_none_running(session: Session) -> None:
    start(session, NOW)
    cancel_session(session_id=session.pk, reason="Panne", now=NOW)
    assert not fresh(session).incident_runs


def test_end_leaves_alone_who_finished_or_may_resume_already(session: Session, paul: Candidate) -> None:
    done, again = CandidateFactory.create_batch(2, session=session)
    put(done, "completed", now=NOW)
    put(again, "resume_authorised", now=NOW)
    key = start(session, NOW + MIN)
    end(session, key, NOW + MIN, NOW + 3 * MIN, given=[paul, done, again], back=[paul, done, again])
    assert [attempt(one).given_minutes for one in (paul, done, again)] == [2, 0, 2]
    assert [attempt(one).state for one in (paul, done, again)] == [
        "resume_authorised",
        "completed",
        "resume_authorised",
    ]
    assert kinds(session)[-4:] == ["room_incident_ended", *["minutes_given"] * 2, "resume_authorised"]


def test_report_has_one_line_for_all_of_it(session: Session, paul: Candidate) -> None:
    zoe = CandidateFactory(session=session)
    put(zoe, "in_progress", now=NOW)
    key = start(session, NOW + 5 * MIN, since=NOW + MIN)
    assert lines(session) == ["Incident dans toute la salle, coupure de courant, depuis 10h01."]
    end(session, key, NOW + 2 * MIN, NOW + 9 * MIN, given=[paul, zoe], back=[zoe], now=NOW + 10 * MIN)
    (line,) = lines(session)
    assert line == (
        "Incident dans toute la salle, coupure de courant, de 10h02 à 10h09, 7 min rendues à 2 candidats,"
        " reprise autorisée pour 1 candidat."
    )
    told = report_of(fresh(session))
    assert sum("reprise" in one.words or "rendues" in one.words for one in told.lines) == 1


# ---- the clock of P9 ----


@pytest.fixture
def punctual(session: Session) -> Session:
    session.establishment.ends_by_itself = True
    session.establishment.save()
    return session


def test_automatic_end_waits_for_the_minutes(punctual: Session, paul: Candidate) -> None:
    key = start(punctual, LATE - MIN)
    due.advance_session(punctual.pk, now=LATE + 20 * MIN)
    assert attempt(paul).state == "in_progress"
    end(punctual, key, LATE - MIN, LATE + 20 * MIN, given=[paul])
    due.advance_session(punctual.pk, now=LATE + 21 * MIN - SEC)
    assert attempt(paul).state == "in_progress"
    due.advance_session(punctual.pk, now=LATE + 21 * MIN)
    assert (attempt(paul).state, attempt(paul).over_at) == ("ended", LATE + 21 * MIN)


def test_automatic_end_without_minutes_leaves_time_to_undo(punctual: Session, paul: Candidate) -> None:
    key = start(punctual, LATE - MIN)
    end(punctual, key, LATE - MIN, LATE + 5 * MIN)
    assert overtime(paul, LATE + 5 * MIN)
    due.advance_session(punctual.pk, now=LATE + 5 * MIN + 14 * SEC)
    assert attempt(paul).state == "in_progress"
    due.advance_session(punctual.pk, now=LATE + 5 * MIN + 15 * SEC)
    assert (attempt(paul).state, attempt(paul).over_at) == ("ended", LATE + 5 * MIN + 15 * SEC)
    assert_sound(punctual)


def test_automatic_end_that_fell_due_before_is_written_all_the_same(
    punctual: Session, paul: Candidate
) -> None:
    start(punctual, LATE + MIN)
    assert attempt(paul).over_at == LATE


def test_day_old_test_expires_all_the_same(session: Session, paul: Candidate) -> None:
    start(session, NOW + MIN)
    due.advance_session(session.pk, now=NOW + timedelta(hours=24))
    assert attempt(paul).state == "expired"


def test_overdue_batch_spares_whose_time_stands_still(session: Session, paul: Candidate) -> None:
    start(session, LATE - MIN)
    with pytest.raises(DomainError) as refusal:
        ending.end_overdue(session_id=session.pk, candidate_ids=[paul.pk], actor=PROCTOR, now=LATE + MIN)
    assert refusal.value.code == "no_test_waits"


# ---- undone ----


def undo_start(session: Session, key: int, now: datetime) -> None:
    room_incident.undo_start(session_id=session.pk, key=key, actor=PROCTOR, now=now)


def undo_end(session: Session, key: int, now: datetime) -> None:
    room_incident.undo_end(session_id=session.pk, key=key, actor=PROCTOR, now=now)


def test_start_undone_leaves_no_line(session: Session, paul: Candidate) -> None:
    key = start(session, NOW + 5 * MIN, since=NOW + MIN)
    undo_start(session, key, NOW + 5 * MIN + 14 * SEC)
    before = everything(session)
    undo_start(session, key, NOW + 5 * MIN + 30 * SEC)
    assert everything(session) == before
    assert not fresh(session).incident_runs
    assert lines(session) == []


def test_start_stands_after_fifteen_seconds(session: Session) -> None:
    key = start(session, NOW)
    with pytest.raises(DomainError) as refusal:
        undo_start(session, key, NOW + 15 * SEC)
    assert refusal.value.code == "room_incident_stands"


def test_end_undone_goes_on_and_takes_back(session: Session, paul: Candidate) -> None:
    key = start(session, LATE - MIN)
    end(session, key, LATE - MIN, LATE + 6 * MIN, given=[paul], back=[paul])
    undo_end(session, key, LATE + 6 * MIN + 14 * SEC)
    undone = everything(session)
    undo_end(session, key, LATE + 7 * MIN)
    assert everything(session) == undone
    assert (attempt(paul).deadline_at, attempt(paul).given_minutes) == (LATE, 0)
    assert attempt(paul).state == "in_progress"
    assert not overtime(paul, LATE + 8 * MIN)
    assert lines(session) == ["Incident dans toute la salle, coupure de courant, depuis 11h44."]
    end(session, key, LATE - MIN, LATE + 9 * MIN, given=[paul])
    assert attempt(paul).deadline_at == LATE + 10 * MIN
    assert lines(session)[0].endswith("10 min rendues à 1 candidat.")
    assert_sound(session)


def test_undo_leaves_what_was_used(session: Session, paul: Candidate) -> None:
    """A resume that was taken stays taken; minutes of whose time was over are kept as far as they have elapsed."""
    key = start(session, LATE + 2 * MIN)
    end(session, key, LATE + 2 * MIN, LATE + 9 * MIN, given=[paul], back=[paul])
    entry = attempt(paul).holder
    assert entry is not None
    running.start_or_resume(
        entry=entry, access_code=ACCESS_CODE, actor=candidate_actor(entry), now=LATE + 9 * MIN + SEC
    )
    undo_end(session, key, LATE + 9 * MIN + 5 * SEC)
    assert attempt(paul).state == "in_progress"
    assert kinds(session).count("resume_cancelled") == 0
    assert attempt(paul).deadline_at == LATE + 2 * MIN  # when the incident began, and not before
    assert attempt(paul).given_minutes == 2


def test_undo_leaves_what_somebody_else_took_back(session: Session, paul: Candidate) -> None:
    key = start(session, NOW + MIN)
    end(session, key, NOW + MIN, NOW + 8 * MIN, given=[paul], back=[paul])
    resume.cancel_resume(session_id=session.pk, candidate_id=paul.pk, actor=ADMIN, now=NOW + 8 * MIN)
    minutes.take_minutes_back(
        session_id=session.pk, candidate_ids=[paul.pk], minutes=5, actor=ADMIN, now=NOW + 8 * MIN
    )
    undo_end(session, key, NOW + 8 * MIN + SEC)
    assert (attempt(paul).given_minutes, attempt(paul).deadline_at) == (0, LATE)


@pytest.mark.parametrize(
    ("gestures", "left"),
    [([-5, 7], 7), ([7, -7], 0), ([7, -9], 0), ([7], 7), ([-2, 4, -1], 3)],
    ids=["used up", "given and taken back", "taken beyond", "given", "both"],
)
def test_undo_leaves_minutes_of_other_gestures(
    session: Session, paul: Candidate, gestures: list[int], left: int
) -> None:
    """The incident gave five; what was given last is what a later gesture takes back first."""
    key = start(session, NOW + MIN)
    at = NOW + 6 * MIN
    end(session, key, NOW + MIN, at, given=[paul])
    for many in gestures:
        act = minutes.give_minutes if many > 0 else minutes.take_minutes_back
        act(session_id=session.pk, candidate_ids=[paul.pk], minutes=abs(many), actor=ADMIN, now=at)
    undo_end(session, key, at + SEC)
    assert (attempt(paul).given_minutes, attempt(paul).deadline_at) == (left, LATE + left * MIN)
    assert_sound(session)


def test_undo_leaves_a_resume_that_somebody_else_authorised_since(session: Session, paul: Candidate) -> None:
    key = start(session, NOW + MIN)
    at = NOW + 6 * MIN
    end(session, key, NOW + MIN, at, back=[paul])
    who: dict[str, Any] = {"session_id": session.pk, "candidate_id": paul.pk, "actor": ADMIN, "now": at}
    resume.cancel_resume(**who)
    resume.authorise_resume(**who)
    undo_end(session, key, at + SEC)
    assert attempt(paul).state == "resume_authorised"


@pytest.mark.parametrize("later", [15, 3600])
def test_end_stands_after_fifteen_seconds(session: Session, paul: Candidate, later: int) -> None:
    key = start(session, NOW + MIN)
    end(session, key, NOW + MIN, NOW + 3 * MIN, given=[paul])
    with pytest.raises(DomainError) as refusal:
        undo_end(session, key, NOW + 3 * MIN + later * SEC)
    assert refusal.value.code == "room_incident_settled"
