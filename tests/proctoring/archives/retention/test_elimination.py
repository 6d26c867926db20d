"""Slips and eliminations as services: terms, refusals, an elimination killed in the middle, the shut door."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.enums import SlipKind, SlipState
from proctoring.models import Attempt, Elimination
from proctoring.selectors.retention import calendar_of, term_of
from proctoring.services.closing import close_session, take_launch_back
from proctoring.services.elimination import act, ledger
from proctoring.services.elimination.act import eliminate
from proctoring.services.elimination.slips import cancel_slip, note_visa
from proctoring.verify.selectors import answer_to
from sessions_app.enums import EventKind, SessionKind, SessionState
from sessions_app.models import Candidate, Event, Session
from sessions_app.services.journal import locked_session
from sessions_app.services.planning import delete_session
from sessions_app.services.verification import verify_session
from tests import factories
from tests.proctoring.archives.retention.conftest import KEEPER, NOW, OLD, kept_session, slip_of

pytestmark = pytest.mark.django_db


def refused(code: str, **values: object) -> pytest.RaisesExc[DomainError]:
    return pytest.raises(DomainError, check=lambda error: error.code == code, **values)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(
    ("day", "years", "term"),
    [
        (date(2021, 3, 10), 5, date(2026, 3, 10)),
        (date(2024, 2, 29), 5, date(2029, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
    ],
)
def test_archives_reach_their_term_on_their_day(day: date, years: int, term: date) -> None:
    assert rules.archives_term(day, years) == term


@pytest.mark.parametrize(
    ("day", "term"), [(date(2025, 10, 1), date(2026, 8, 1)), (date(2026, 8, 1), date(2027, 8, 1))]
)
def test_working_papers_reach_their_term_with_their_school_year(day: date, term: date) -> None:
    assert rules.working_term(day) == term


def test_calendar_puts_each_session_in_its_place() -> None:
    school = factories.EstablishmentFactory()
    given = {"establishment": school}
    reached = kept_session(OLD, **given)
    this_year = kept_session(datetime(2022, 3, 1, 9, tzinfo=UTC), **given)
    next_year = kept_session(datetime(2023, 3, 1, 9, tzinfo=UTC), **given)
    later = kept_session(datetime(2026, 3, 1, 9, tzinfo=UTC), **given)
    white = kept_session(datetime(2026, 3, 1, 9, tzinfo=UTC), kind=SessionKind.WHITE_EXAM, **given)
    kept_session(datetime(2026, 9, 20, 9, tzinfo=UTC), kind=SessionKind.WHITE_EXAM, **given)
    never = factories.SessionFactory(starts_at=datetime(2026, 3, 2, 9, tzinfo=UTC), **given)
    factories.CandidateFactory(session=never)
    factories.SessionFactory(starts_at=datetime(2026, 3, 3, 9, tzinfo=UTC), **given)  # empty: nobody's data
    launched = factories.CandidateFactory(session=factories.SessionFactory(starts_at=OLD, **given))
    factories.put(launched, "in_progress", now=OLD)
    kept_session(OLD, kind=SessionKind.REHEARSAL, **given)

    calendar = calendar_of(school, now=NOW)

    def numbers(group: list) -> list[int]:  # type: ignore[type-arg]
        return [kept.number for kept in group]

    assert numbers(calendar.reached) == [reached.number]
    assert numbers(calendar.to_close) == [launched.session.number]
    assert numbers(calendar.working) == [white.number, never.number]
    assert numbers(calendar.this_year.sessions) == [this_year.number]
    assert numbers(calendar.next_year.sessions) == [next_year.number]
    assert [numbers(year.sessions) for year in calendar.later] == [[later.number]]


def test_retention_command_lists_and_destroys_nothing() -> None:
    one = kept_session(OLD)
    told = StringIO()
    call_command("retention", stdout=told)
    assert (
        f"session {one.number}, 10/03/2021, salle B12, 0 candidats, terme 10/03/2026 (5 ans)"
        in told.getvalue()
    )
    slip_of(one)
    call_command("retention", stdout=told)
    assert "sur le bordereau n°\u00a01, visa reçu" in told.getvalue()
    one.refresh_from_db()
    assert one.state == SessionState.CLOSED


def test_archives_are_not_eliminated_without_a_visa() -> None:
    slip = slip_of(kept_session(), visa=False)
    with refused("visa_needed"):
        eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW)


def test_longer_retention_stops_a_slip_of_before() -> None:
    one = kept_session()
    slip = slip_of(one)
    one.establishment.retention_years = 10
    one.establishment.save()
    with refused("not_due"):
        eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW)
    one.refresh_from_db()
    assert one.state == SessionState.CLOSED


def test_slip_is_drafted_once_and_its_sessions_stand_on_no_other() -> None:
    one = kept_session()
    two = kept_session(establishment=one.establishment)
    slip = slip_of(one, two, visa=False)
    assert slip_of(one, two, visa=False) == slip
    with refused("on_another_slip"):
        slip_of(one)
    with refused("not_due"):
        slip_of(one, kind=SlipKind.WORKING)
    cancel_slip(slip_id=slip.pk, actor=KEEPER, now=NOW)
    cancel_slip(slip_id=slip.pk, actor=KEEPER, now=NOW)
    slip.refresh_from_db()
    assert slip.cancelled_by == KEEPER.name
    assert slip_of(one).rank == 2


def test_visa_and_cancelling_are_refused_once_it_began() -> None:
    slip = slip_of(kept_session())
    eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW)
    with refused("slip_over"):
        cancel_slip(slip_id=slip.pk, actor=KEEPER, now=NOW)
    with refused("slip_over"):
        note_visa(slip_id=slip.pk, reference="AD 2", visa_on=NOW.date(), actor=KEEPER, now=NOW)


def test_killed_in_the_middle_is_finished_by_running_again(
    monkeypatch: pytest.MonkeyPatch, ledger_file: Path
) -> None:
    first = kept_session()
    sessions = [first, *(kept_session(establishment=first.establishment) for _ in range(2))]
    for one in sessions:
        factories.CandidateFactory(session=one)
    slip = slip_of(*sessions)
    emptied = act._empty
    calls: list[int] = []

    def killed(lock: object) -> None:
        calls.append(1)
        emptied(lock)  # type: ignore[arg-type]
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(act, "_empty", killed)
    with pytest.raises(KeyboardInterrupt):
        eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW)
    slip.refresh_from_db()
    assert slip.state == SlipState.STARTED
    assert Candidate.objects.filter(last_name="Candidat").count() == 1  # the second one came back whole

    done = eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW + timedelta(days=1))

    assert done.sessions == 2
    slip.refresh_from_db()
    assert (slip.state, slip.started_at, slip.done_at) == (SlipState.DONE, NOW, NOW + timedelta(days=1))
    assert Candidate.objects.exclude(last_name="Candidat").count() == 0
    assert eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW).sessions == 0
    assert len(ledger.read(ledger_file)) == 3


def test_door_is_shut_behind_an_elimination() -> None:
    """The guard lets facts go during an elimination only: neither before, nor ever after."""
    candidate = factories.CandidateFactory(session=factories.SessionFactory(starts_at=OLD))
    factories.put(candidate, "completed", now=OLD)
    session = close_session(
        session_id=candidate.session_id, actor=factories.PROCTOR, now=OLD + timedelta(hours=3)
    )
    eliminate(slip_id=slip_of(session).pk, actor=KEEPER, now=NOW)
    with locked_session(session.pk, now=NOW) as lock:
        lock.record(EventKind.ADDENDUM, actor=KEEPER, facts={"text": "après coup"})
    events = Event.objects.filter(session=session)
    with pytest.raises(IntegrityError, match="journal: update"), transaction.atomic():
        events.update(facts=None, salt=None)
    with pytest.raises(IntegrityError, match="journal: delete"), transaction.atomic():
        events.filter(sequence=1).delete()
    with refused("session_closed"):
        delete_session(session_id=session.pk, now=NOW)


def test_eliminated_seal_is_still_recognised_by_digest() -> None:
    candidate = factories.CandidateFactory(session=factories.SessionFactory(starts_at=OLD))
    factories.put(candidate, "completed", now=OLD)
    session = close_session(
        session_id=candidate.session_id, actor=factories.PROCTOR, now=OLD + timedelta(hours=3)
    )
    eliminate(slip_id=slip_of(session).pk, actor=KEEPER, now=NOW)
    answer = answer_to(session.number, session.seal)
    assert answer is not None
    assert (answer.intact, answer.eliminated) == (True, True)
    told = StringIO()
    call_command("verify_journal", "--session", str(session.number), stdout=told)
    assert "vérifiés par empreinte, faits éliminés le 26/11/2026" in told.getvalue()
    line = Elimination.objects.get(session=session)
    assert (line.seal, line.head, line.counts["present"]) == (session.seal, session.head_hash, 1)
    assert [file["purpose"] for file in line.files] == ["report"]


def test_session_that_never_took_place_is_eliminated_without_a_visa() -> None:
    candidate = factories.CandidateFactory(session=factories.SessionFactory(starts_at=OLD, proctor_names="Z"))
    session = candidate.session
    slip = slip_of(session, kind=SlipKind.WORKING)
    assert slip.visa_on is None
    eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW)
    session.refresh_from_db()
    assert (session.state, session.closed_at, session.proctor_names) == ("eliminated", None, "")
    with refused("session_closed"):
        delete_session(session_id=session.pk, now=NOW)
    assert verify_session(session).broken is None


def test_deleted_session_leaves_its_slip(session: Session) -> None:
    old = factories.CandidateFactory(session=factories.SessionFactory(starts_at=OLD)).session
    slip = slip_of(old, kind=SlipKind.WORKING)
    delete_session(session_id=old.pk, now=NOW)
    eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW)
    slip.refresh_from_db()
    assert slip.state == SlipState.DONE


def taken_back(starts_at: datetime = OLD, **more: object) -> Session:
    """A pupil began, the launch was taken back, he went on to the end, and nobody closed."""
    candidate = factories.CandidateFactory(session=factories.SessionFactory(starts_at=starts_at, **more))
    factories.put(candidate, "completed", now=starts_at)
    return take_launch_back(session_id=candidate.session_id, actor=factories.ADMIN, now=starts_at)


def test_session_whose_launch_was_taken_back_is_archives_to_close_first() -> None:
    session = taken_back()
    assert session.state == SessionState.PLANNED
    calendar = calendar_of(session.establishment, now=NOW)
    assert [kept.number for kept in calendar.to_close] == [session.number]
    assert [*calendar.working, *calendar.reached] == []
    for kind in SlipKind.WORKING, SlipKind.ARCHIVES:
        with refused("not_due"):
            slip_of(session, kind=kind)
    assert term_of(Session.objects.get(pk=session.pk))[1:] == (SlipKind.ARCHIVES, "5 ans")

    close_session(session_id=session.pk, actor=factories.PROCTOR, now=OLD + timedelta(days=2))
    with refused("visa_needed"):
        eliminate(slip_id=slip_of(session, visa=False).pk, actor=KEEPER, now=NOW)


def test_session_is_archives_by_its_hours_where_its_journal_says_nothing() -> None:
    other = factories.CandidateFactory(session=factories.SessionFactory(starts_at=OLD))
    factories.put(other, "present", now=OLD)
    assert term_of(other.session)[1] == SlipKind.WORKING
    Attempt.objects.filter(candidate=other).update(state="in_progress", started_at=OLD, deadline_at=OLD)
    assert term_of(Session.objects.get(pk=other.session_id))[1] == SlipKind.ARCHIVES


def test_session_that_took_place_after_its_slip_is_not_eliminated_as_working_papers() -> None:
    session = factories.CandidateFactory(session=factories.SessionFactory(starts_at=OLD)).session
    slip = slip_of(session, kind=SlipKind.WORKING)
    factories.put(session.candidates.get(), "completed", now=OLD)
    close_session(session_id=session.pk, actor=factories.PROCTOR, now=OLD + timedelta(hours=3))
    with refused("not_due"):
        eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW)
