"""Receipts: chained after the closing, the last one counts, the sealed report stays as it is (I8)."""

from datetime import timedelta

import pytest

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.enums import HandedPaper
from proctoring.models import Receipt
from proctoring.report.reading import report_of
from proctoring.services.addenda import stored_paper
from proctoring.services.closing import close_session
from proctoring.services.receipts import Handed, acknowledge
from proctoring.verify.selectors import answer_to
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import SessionKind, SessionState
from sessions_app.models import Event, Session
from sessions_app.models.stored_file import FilePurpose
from tests.factories import ADMIN, PROCTOR, SessionFactory
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=2)
OFFICE = Actor(kind=ActorKind.SECRETARIAT, name="Odile Essai", account_id=7)
BOTH = frozenset({HandedPaper.ATTENDANCE, HandedPaper.REPORT})
IN_A3 = Handed(BOTH, "A3")


def receive(*sessions: Session, handed: Handed = IN_A3, key: str = "", actor: Actor = OFFICE) -> None:
    acknowledge(session_ids=[one.pk for one in sessions], handed=handed, key=key, actor=actor, now=LATER)


@pytest.fixture
def closed(db: None) -> Session:
    return SessionFactory(closed=True)


def test_receipt_is_chained_after_the_seal_and_leaves_report_and_paper_as_they_are(session: Session) -> None:
    sealed = close_session(session_id=session.pk, actor=PROCTOR, now=NOW)
    before, paper = report_of(sealed), stored_paper(sealed, FilePurpose.REPORT)

    receive(sealed)

    fresh = Session.objects.select_related("establishment").get(pk=sealed.pk)
    assert kinds(sealed) == ["closed", "paper_sealed", "receipt"]
    assert (fresh.state, fresh.seal, fresh.closed_at) == ("closed", sealed.seal, NOW)
    after, again = report_of(fresh), stored_paper(fresh, FilePurpose.REPORT)
    assert (after.closing, after.addenda, after.lines) == (before.closing, [], before.lines)
    assert paper is not None
    assert again is not None
    assert bytes(again.content) == bytes(paper.content)
    assert_sound(sealed)
    answer = answer_to(sealed.number, sealed.seal)
    assert answer is not None
    assert answer.intact


def test_receipt_says_who_when_what_and_where(closed: Session) -> None:
    receive(closed, handed=Handed(frozenset({HandedPaper.ATTENDANCE}), "  Boîte  é-3 ", "Un mot."))

    event, row = last_event(closed), Receipt.objects.get(session=closed)
    assert event.facts == {
        "received": ["attendance"],
        "missing": ["report"],
        "box": "Boîte é-3",
        "note": "Un mot.",
        "actor": {"kind": "secretariat", "name": "Odile Essai", "account": 7},
    }
    assert (row.sequence, row.received_at, row.received_by) == (event.sequence, LATER, "Odile Essai")
    assert (row.received, row.missing, row.note) == ("attendance", "report", "Un mot.")
    assert (row.box, row.box_key, row.is_complete) == ("Boîte é-3", "BOITEE3", False)


def test_the_last_receipt_counts_and_the_first_stays_in_the_journal(closed: Session) -> None:
    receive(closed, handed=Handed(frozenset({HandedPaper.ATTENDANCE}), "A1"))
    receive(closed, handed=Handed(BOTH, "A2"))

    row = Receipt.objects.get(session=closed)
    assert (row.box, row.missing, row.sequence) == ("A2", "", 2)
    told = Event.objects.filter(session=closed, kind="receipt").order_by("sequence")
    assert [(event.facts or {})["box"] for event in told] == ["A1", "A2"]
    assert_sound(closed)


def test_nothing_more_makes_a_receipt_complete(closed: Session) -> None:
    receive(closed, handed=Handed(frozenset({HandedPaper.ATTENDANCE}), nothing_more=True))

    assert Receipt.objects.get(session=closed).is_complete


def test_several_sessions_go_into_one_box_at_once_or_not_at_all(closed: Session) -> None:
    other, still_open = SessionFactory(closed=True), SessionFactory()

    with pytest.raises(DomainError, match="not_closed"):
        receive(closed, other, still_open)
    assert not Receipt.objects.exists()

    receive(closed, other)
    assert set(Receipt.objects.values_list("session_id", "box")) == {(closed.pk, "A3"), (other.pk, "A3")}
    assert_sound(other)


def test_receipt_sent_twice_is_one(closed: Session) -> None:
    receive(closed, key="une-clé")
    before = everything(closed)

    receive(closed, key="une-clé")

    assert everything(closed) == before
    assert kinds(closed) == ["receipt"]


@pytest.mark.parametrize("state", ["open", "eliminated", "rehearsal"])
def test_receipt_needs_a_kept_session(state: str) -> None:
    kind = SessionKind.REHEARSAL if state == "rehearsal" else SessionKind.CERTIFICATION
    session = SessionFactory(closed=state != "open", kind=kind)
    if state == "eliminated":
        session.state, session.eliminating_at = SessionState.ELIMINATED, clock.now()
        session.save(update_fields=["state", "eliminating_at"])

    with pytest.raises(DomainError, match="not_closed"):
        receive(session)
    assert kinds(session) == []


@pytest.mark.parametrize(
    ("handed", "code"),
    [
        (Handed(), "empty"),
        (Handed(box="A3"), "empty"),
        (Handed(BOTH, "x" * 61), "too_long"),
        (Handed(BOTH, note="x" * 501), "too_long"),
        (Handed(BOTH, "a\x00b"), "invalid"),
        (Handed(BOTH, note="a\x00b"), "invalid"),
    ],
)
def test_receipt_refuses_what_says_nothing_or_too_much(closed: Session, handed: Handed, code: str) -> None:
    with pytest.raises(DomainError, match=code) as refusal:
        receive(closed, handed=handed)
    assert refusal.value.status == 422
    assert kinds(closed) == []


def test_receipt_is_of_the_secretariat_or_an_admin(closed: Session) -> None:
    with pytest.raises(DomainError, match="not_allowed"):
        receive(closed, actor=PROCTOR)
    receive(closed, actor=ADMIN)
    assert kinds(closed) == ["receipt"]
