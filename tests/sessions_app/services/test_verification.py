"""The chain computed again: intact, eliminated, and every way in which a hand could have changed it."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from proctoring.services import closing, presence
from proctoring.services.addenda import add_addendum
from proctoring.services.closing import close_session
from sessions_app import triggers
from sessions_app.models import Candidate, Event, Session, StoredFile
from sessions_app.services.verification import Verification, verify_session
from tests.factories import ADMIN, PROCTOR, CandidateFactory, put
from tests.journal import NOW

pytestmark = pytest.mark.django_db


@contextmanager
def guard_lifted() -> Iterator[None]:
    """What somebody does who owns the database: the triggers are no match for him, the chain is."""
    triggers.remove(connection)
    try:
        yield
    finally:
        triggers.install(connection)


def verified(session: Session) -> Verification:
    return verify_session(Session.objects.get(pk=session.pk))


@pytest.fixture
def told(candidate: Candidate) -> Session:
    """A session of six events: tick, start; tick, start, end; tick."""
    put(candidate, "in_progress", now=NOW)
    put(CandidateFactory(session=candidate.session), "ended", now=NOW)
    put(CandidateFactory(session=candidate.session), "present", now=NOW)
    return candidate.session


def test_verification_of_an_empty_journal(session: Session) -> None:
    assert verified(session) == Verification(session.number, 0, 0, None, None)


def test_verification_counts_the_events(told: Session) -> None:
    assert verified(told) == Verification(told.number, 6, 0, None, None)


def test_verification_of_eliminated_facts_is_by_digest(told: Session) -> None:
    Session.objects.filter(pk=told.pk).update(eliminating_at=NOW)
    Event.objects.filter(session=told, sequence__lte=4).update(facts=None, salt=None)

    assert verified(told) == Verification(told.number, 6, 4, NOW, None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"facts": {"actor": {"kind": "proctor", "name": "Une autre"}}}, "ses faits ont été modifiés"),
        ({"facts": {"rate": 0.5}}, "ses faits ont été modifiés"),
        ({"salt": "00" * 16}, "ses faits ont été modifiés"),
        ({"salt": "no hex"}, "ses faits ont été modifiés"),
        ({"facts": None, "salt": None}, "ses faits manquent"),
        ({"facts_digest": "0" * 64}, "ses faits ont été modifiés"),
        ({"kind": "resume_authorised"}, "il a été modifié"),
        ({"candidate_id": 123_456}, "il a été modifié"),
        ({"candidate_id": None}, "il a été modifié"),
        ({"observed_at": NOW.replace(microsecond=1)}, "il a été modifié"),
        ({"received_at": NOW.replace(second=1)}, "il a été modifié"),
        ({"hash": "0" * 64}, "il a été modifié"),
        ({"previous_hash": "0" * 64}, "il ne suit pas"),
    ],
    ids=str,
)
def test_verification_finds_the_first_changed_event(
    told: Session, change: dict[str, Any], sentence: str
) -> None:
    with guard_lifted():
        Event.objects.filter(session=told, sequence=4).update(**change)

    found = verified(told)

    assert found.broken is not None
    assert (found.broken.sequence, found.events) == (4, 3)
    assert sentence in found.broken.sentence


def test_verification_finds_a_missing_event(told: Session) -> None:
    with guard_lifted():
        Event.objects.filter(session=told, sequence=3).delete()

    found = verified(told)

    assert found.broken is not None
    assert (found.broken.sequence, found.events) == (3, 2)
    assert found.broken.sentence == "un événement manque avant celui-ci"


def test_verification_finds_a_journal_cut_at_its_end(told: Session) -> None:
    with guard_lifted():
        Event.objects.filter(session=told, sequence__gte=5).delete()

    found = verified(told)

    assert found.broken is not None
    assert (found.broken.sequence, found.broken.sentence) == (5, "il manque")


def test_verification_finds_a_journal_written_anew(told: Session) -> None:
    """Somebody recomputes a whole chain, but the session's own head is another one."""
    Session.objects.filter(pk=told.pk).update(head_hash="0" * 64)

    found = verified(told)

    assert found.broken is not None
    assert (found.broken.sequence, found.broken.kind) == (6, "")


def test_verification_finds_an_event_that_the_session_does_not_know(told: Session) -> None:
    Session.objects.filter(pk=told.pk).update(sequence=5)
    Session.objects.filter(pk=told.pk).update(head_hash=Event.objects.get(session=told, sequence=5).hash)

    found = verified(told)

    assert found.broken is not None
    assert (found.broken.sequence, found.events) == (6, 5)


def test_verification_takes_an_act_that_goes_on_for_no_fault(told: Session, candidate: Candidate) -> None:
    stale = Session.objects.get(pk=told.pk)
    late = CandidateFactory(session=told)
    presence.confirm_presence(
        session_id=told.pk, candidate_id=late.pk, actor=PROCTOR, now=NOW, arrival=presence.Arrival.IN_ROOM
    )

    assert verify_session(stale).broken is None
    assert verified(told).events == stale.sequence + 1


# ---- the seal that was printed, and the papers that were stored (I4) ----


@pytest.fixture
def sealed(session: Session) -> Session:
    return close_session(session_id=session.pk, actor=PROCTOR, now=NOW)


def test_chain_that_ends_in_another_closing_than_the_printed_one_is_found(sealed: Session) -> None:
    """Who owns the database writes a whole new chain: it verifies by itself, and not against the seal."""
    Session.objects.filter(pk=sealed.pk).update(seal="0" * 64)

    broken = verify_session(Session.objects.get(pk=sealed.pk)).broken

    assert broken is not None
    assert "sceau" in broken.sentence
    assert (broken.sequence, broken.kind) == (1, "closed")


def test_seal_without_its_closing_is_found(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=NOW, seal="0" * 64)

    broken = verify_session(Session.objects.get(pk=session.pk)).broken

    assert broken is not None
    assert "sceau" in broken.sentence


def test_stored_paper_that_was_exchanged_is_found(sealed: Session) -> None:
    StoredFile.objects.filter(session=sealed).update(content=b"%PDF-1.7 another")

    broken = verify_session(Session.objects.get(pk=sealed.pk)).broken

    assert broken is not None
    assert f"pv-incident-session-{sealed.number}.pdf" in broken.sentence


def test_sealed_session_with_its_addenda_verifies(sealed: Session) -> None:
    add_addendum(session_id=sealed.pk, text="x", key="", actor=ADMIN, now=NOW)

    found = verify_session(Session.objects.get(pk=sealed.pk))

    assert (found.broken, found.events) == (None, 4)


def false_paper(paper: StoredFile) -> None:
    StoredFile.objects.filter(pk=paper.pk).update(content=b"faux", sha256=hashlib.sha256(b"faux").hexdigest())


def gone(paper: StoredFile) -> None:
    StoredFile.objects.filter(pk=paper.pk).delete()


def renamed(paper: StoredFile) -> None:
    StoredFile.objects.filter(pk=paper.pk).update(name="autre.pdf")


@pytest.mark.parametrize("how", [false_paper, gone, renamed])
@pytest.mark.parametrize("purpose", ["report", "addendum"])
def test_sealed_paper_is_the_one_whose_digest_was_chained(
    sealed: Session, how: Callable[[StoredFile], None], purpose: str
) -> None:
    """Who owns the database changes the bytes with their column, or the row: the journal knows the digest."""
    add_addendum(session_id=sealed.pk, text="x", key="", actor=ADMIN, now=NOW)
    paper = StoredFile.objects.get(session=sealed, purpose=purpose)
    how(paper)

    broken = verified(sealed).broken

    assert broken is not None
    assert (broken.sequence, broken.kind) == (2 if purpose == "report" else 4, "paper_sealed")
    assert f"le papier scellé {paper.name} manque" in broken.sentence


@pytest.mark.parametrize("purpose", ["report", "addendum"])
@pytest.mark.parametrize("again", [True, False])
def test_paper_beside_those_that_were_sealed_is_found(sealed: Session, purpose: str, again: bool) -> None:
    """The first row would be served as the sealed paper."""
    paper = StoredFile.objects.get(session=sealed)
    paper.pk, paper.purpose = None, purpose
    paper.holding(bytes(paper.content) if again else b"faux").save(force_insert=True)

    broken = verified(sealed).broken

    assert broken is not None
    assert "n’est pas de ceux qui ont été scellés" in broken.sentence


def test_eliminated_session_owes_no_paper(sealed: Session) -> None:
    Session.objects.filter(pk=sealed.pk).update(eliminating_at=NOW, room="Z")
    StoredFile.objects.filter(session=sealed).delete()

    assert verified(sealed).broken is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"room": "Z99"}, "la salle de la session"),
        ({"site": "Ailleurs"}, "le site de la session"),
        ({"starts_at": NOW.replace(microsecond=1)}, "la date ou l’heure de la session"),
        ({"duration": 61}, "la durée du test de la session"),
        ({"kind": "white_exam"}, "la nature de la session"),
    ],
    ids=str,
)
def test_session_is_the_one_that_its_closing_told(
    sealed: Session, change: dict[str, Any], sentence: str
) -> None:
    Session.objects.filter(pk=sealed.pk).update(**change)

    broken = verified(sealed).broken

    assert broken is not None
    assert (broken.sequence, broken.kind) == (1, "closed")
    assert broken.sentence == f"{sentence} a changé depuis la clôture"


def test_older_closing_told_neither_its_session_nor_its_paper(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "told_at_closing", lambda session: {})
    monkeypatch.setattr(closing, "store_sealed", lambda lock, **paper: None)
    close_session(session_id=session.pk, actor=PROCTOR, now=NOW)
    Session.objects.filter(pk=session.pk).update(room="Z99")
    add_addendum(session_id=session.pk, text="x", key="", actor=ADMIN, now=NOW)

    assert verified(session).broken is None
