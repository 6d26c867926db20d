"""Closing: refused while anything runs or can be undone, for good afterwards (I3, mechanics §6)."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.models import Attempt
from proctoring.report.gate import Statement, gate_of
from proctoring.report.paper import report_pdf
from proctoring.report.reading import report_of
from proctoring.services import access as accesses
from proctoring.services import closing, ending, running
from proctoring.services.closing import close_session
from proctoring.services.doors import Knocking
from proctoring.services.entries import set_workstation
from sessions_app.actors import Actor
from sessions_app.enums import SessionKind
from sessions_app.models import Candidate, Session, StoredFile
from sessions_app.models.stored_file import FilePurpose
from sessions_app.services.journal import LockedSession
from tests.factories import ADMIN, PASSWORD, PROCTOR, CandidateFactory, SessionFactory, enter_room, put
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def close(session: Session, after: timedelta = timedelta(0)) -> Session:
    return close_session(session_id=session.pk, actor=PROCTOR, now=NOW + after)


@pytest.mark.parametrize("state", ["in_progress", "resume_authorised"])
def test_closing_is_refused_while_a_test_runs(candidate: Candidate, state: str) -> None:
    put(candidate, state, now=NOW)
    before = everything(candidate.session)

    with pytest.raises(DomainError, match="tests_running"):
        close(candidate.session)

    assert everything(candidate.session) == before


def test_closing_waits_for_an_end_that_can_be_undone(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    ending.end_test(session_id=candidate.session_id, candidate_id=candidate.pk, actor=PROCTOR, now=NOW)

    with pytest.raises(DomainError, match="tests_running"):
        close(candidate.session, 10 * SECOND - timedelta(microseconds=1))

    assert close(candidate.session, 10 * SECOND).state == "closed"


@pytest.mark.parametrize("state", ["expected", "present", "completed", "expired"])
def test_closing_is_for_good(candidate: Candidate, state: str) -> None:
    put(candidate, state, now=NOW)

    session = close(candidate.session, SECOND)

    assert (session.state, session.closed_at, session.next_due_at) == ("closed", NOW + SECOND, None)
    assert kinds(candidate.session)[-2:] == ["closed", "paper_sealed"]
    assert session.list_sequence == session.sequence - 1, "the closing's"
    assert_sound(session)


def test_closing_expires_first_what_nobody_watched(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)

    close(candidate.session, timedelta(hours=24))

    assert kinds(candidate.session)[-3:] == ["expired", "closed", "paper_sealed"]


def test_closing_again_changes_nothing(candidate: Candidate) -> None:
    put(candidate, "completed", now=NOW)
    close(candidate.session)
    before = everything(candidate.session)

    assert close(candidate.session, SECOND).closed_at == NOW

    assert everything(candidate.session) == before


def test_closing_of_a_cancelled_session_is_refused(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(state="cancelled", cancelled_at=NOW)

    with pytest.raises(DomainError, match="session_closed"):
        close(session)


def test_closed_session_refuses_a_login_after_the_right_password_only(session: Session) -> None:
    close(session)

    with pytest.raises(DomainError, match="session_closed") as refusal:
        accesses.find_session(who=Knocking(str(session.number)), password=PASSWORD, now=clock.now())
    assert refusal.value.status == 410
    with pytest.raises(DomainError, match="wrong_credentials"):
        accesses.find_session(who=Knocking(str(session.number)), password="C-222222", now=clock.now())


def test_closed_session_refuses_who_found_it_before(session: Session) -> None:
    """The password was right, then somebody closed: the door is behind the lock."""
    found = accesses.find_session(who=Knocking(str(session.number)), password=PASSWORD, now=clock.now())
    close(session)
    before = everything(session)

    with pytest.raises(DomainError, match="session_closed"):
        enter_room(found)

    assert everything(session) == before


def test_closing_looks_at_its_own_session_only(session: Session) -> None:
    put(CandidateFactory(session=SessionFactory()), "in_progress", now=NOW)

    assert close(session).state == "closed"


# ---- the statement, the seal, the stored paper (I3, I4) ----


def stated(session: Session, after: timedelta = timedelta(0), **said: Any) -> Session:
    return close_session(session_id=session.pk, actor=PROCTOR, now=NOW + after, statement=Statement(**said))


def paper_of(session: Session) -> StoredFile:
    return StoredFile.objects.get(session=session, purpose=FilePurpose.REPORT)


def test_seal_is_the_hash_of_the_closing_and_stands_on_the_stored_paper(candidate: Candidate) -> None:
    put(candidate, "completed", now=NOW)

    session = stated(candidate.session, signature=" Perrine  Essai ", attendance_signed=True)

    event, sealing = last_event(session, "closed"), last_event(session)
    assert session.seal == event.hash == sealing.previous_hash
    assert (session.head_hash, sealing.kind) == (sealing.hash, "paper_sealed")
    assert (event.facts["signature"], event.facts["attendance_signed"], event.facts["gaps"]) == (
        "Perrine Essai",
        True,
        [],
    )
    stored = paper_of(session)
    assert hashlib.sha256(bytes(stored.content)).hexdigest() == stored.sha256
    told = {name: sealing.facts[name] for name in ("purpose", "name", "sha256", "size")}
    assert told == {name: getattr(stored, name) for name in told}
    report = report_of(Session.objects.select_related("establishment").get(pk=session.pk))
    assert report_pdf(report) == bytes(stored.content), "the paper is the fold of the journal with its seal"
    assert_sound(session)


def test_closing_states_what_is_missing_and_who_did_not_finish_why(session: Session) -> None:
    ended, expired, waiting = CandidateFactory.create_batch(3, session=session)
    put(expired, "expired", now=NOW)
    put(ended, "ended", now=NOW)
    put(waiting, "present", now=NOW)

    stated(session, MINUTE, reasons={ended.pk: "technical", expired.pk: "bored"})

    facts = last_event(session, "closed").facts
    assert [told["reason"] for told in facts["reasons"] if told["candidate"] == ended.pk] == ["technical"]
    assert facts["gap_codes"] == ["reason_missing", "never_started", "attendance", "unsigned"]
    assert expired.last_name in facts["gaps"][0]
    assert len(facts["present_not_started"]) == 1


@pytest.mark.parametrize("change", ["finished", "reopened", "ticked"])
def test_closing_is_refused_when_the_situation_is_not_the_one_that_was_shown(
    session: Session, change: str
) -> None:
    one, other = CandidateFactory.create_batch(2, session=session)
    put(one, "ended", now=NOW)
    holder = put(other, "in_progress" if change == "finished" else "expected", now=NOW)
    mark = gate_of(session, now=NOW + MINUTE).mark
    where = {"session_id": session.pk, "now": NOW + MINUTE}
    if change == "finished":
        ending.end_test(**where, candidate_id=other.pk, actor=PROCTOR)
        assert holder is not None
    elif change == "reopened":
        ending.reopen(**where, candidate_id=one.pk, reason="Erreur", actor=ADMIN)
        running.complete(
            entry=Attempt.objects.get(candidate=one).holder, actor=PROCTOR, now=NOW + MINUTE
        )  # by its holder: nothing runs any more, and no reason is owed
    else:
        put(other, "present", now=NOW + MINUTE)
    before = everything(session)

    with pytest.raises(DomainError, match="closing_changed"):
        stated(session, 2 * MINUTE, mark=mark)

    assert everything(session) == before
    assert stated(session, 2 * MINUTE, mark=gate_of(session, now=NOW + 2 * MINUTE).mark).state == "closed"


def test_closing_says_how_long_an_end_can_still_be_undone(candidate: Candidate) -> None:
    put(candidate, "ended", now=NOW)

    with pytest.raises(DomainError, match="Attendez 7 secondes"):
        close(candidate.session, 3.2 * SECOND)


def test_closing_makes_its_paper_again_when_the_journal_moved(
    candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody acts between the making and the lock, every time: the last paper is made under it."""
    made: list[str] = []
    honest = closing._made

    def meddled(lock: LockedSession, facts: dict[str, Any], actor: Actor) -> closing.Prepared:
        prepared = honest(lock, facts, actor)
        made.append(prepared.head)
        if len(made) <= closing.PREPARED_TIMES:
            set_workstation(
                session_id=candidate.session_id,
                candidate_id=candidate.pk,
                workstation=str(len(made)),
                actor=PROCTOR,
                now=NOW,
            )
        return prepared

    monkeypatch.setattr(closing, "_made", meddled)
    session = stated(candidate.session)

    assert len(made) == closing.PREPARED_TIMES + 1
    assert kinds(session) == ["workstation_changed", "workstation_changed", "closed", "paper_sealed"]
    assert b"%PDF" in bytes(paper_of(session).content)[:8]
    monkeypatch.undo()
    report = report_of(Session.objects.select_related("establishment").get(pk=session.pk))
    assert report_pdf(report) == bytes(paper_of(session).content)


def test_closing_that_is_refused_makes_no_paper(
    candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(candidate, "in_progress", now=NOW)
    monkeypatch.setattr(closing, "report_pdf", lambda report: pytest.fail("made for nothing"))

    with pytest.raises(DomainError, match="tests_running"):
        stated(candidate.session)


def test_closing_twice_stores_one_paper(session: Session) -> None:
    close(session)
    close(session, SECOND)

    assert StoredFile.objects.filter(session=session).count() == 1


def test_rehearsal_never_reaches_the_archive(db: None) -> None:
    session = SessionFactory(kind=SessionKind.REHEARSAL)

    close(session)

    assert not StoredFile.objects.filter(session=session).exists()
    assert kinds(session) == ["closed"]


@pytest.mark.parametrize(("signature", "code"), [("x" * 201, "too_long"), ("a\x07b", "invalid")])
def test_signature_is_a_name(session: Session, signature: str, code: str) -> None:
    with pytest.raises(DomainError, match=code):
        stated(session, signature=signature)
