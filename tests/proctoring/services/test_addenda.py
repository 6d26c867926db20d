"""Addenda: dated, chained after the closing, with their own paper; everything else stays refused (I4)."""

import hashlib
from datetime import timedelta

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.report.reading import report_of
from proctoring.services import presence
from proctoring.services.addenda import add_addendum, addendum_file_name, stored_paper
from proctoring.services.closing import close_session
from sessions_app.actors import Actor
from sessions_app.enums import SessionKind
from sessions_app.models import Candidate, Session
from sessions_app.models.stored_file import FilePurpose
from tests.factories import ADMIN, PROCTOR, SessionFactory
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=2)


def add(session: Session, text: str = "Une précision.", key: str = "", actor: Actor = ADMIN) -> None:
    add_addendum(session_id=session.pk, text=text, key=key, actor=actor, now=LATER)


@pytest.fixture
def sealed(candidate: Candidate) -> Session:
    return close_session(session_id=candidate.session_id, actor=PROCTOR, now=NOW)


def test_addendum_is_chained_after_the_closing_and_leaves_it_as_it_is(sealed: Session) -> None:
    original = stored_paper(sealed, FilePurpose.REPORT)
    assert original is not None

    add(sealed)
    add(sealed, "Une autre.")

    fresh = Session.objects.select_related("establishment").get(pk=sealed.pk)
    assert kinds(sealed) == ["closed", "paper_sealed"] + ["addendum", "paper_sealed"] * 2
    assert (fresh.state, fresh.closed_at, fresh.seal) == ("closed", NOW, sealed.seal)
    assert fresh.head_hash != fresh.seal
    again = stored_paper(sealed, FilePurpose.REPORT)
    assert again is not None
    assert bytes(again.content) == bytes(original.content)
    report = report_of(fresh)
    assert [one.text for one in report.addenda] == ["Une précision.", "Une autre."]
    assert report.addenda[1].seal == last_event(sealed, "addendum").hash
    assert_sound(sealed)


def test_addendum_has_a_stored_paper_of_its_own(sealed: Session) -> None:
    add(sealed)
    add(sealed, "Une autre.")

    papers = [stored_paper(sealed, FilePurpose.ADDENDUM, addendum_file_name(sealed, rank)) for rank in (1, 2)]
    assert all(papers)
    contents = [bytes(paper.content) for paper in papers if paper is not None]
    assert contents[0] != contents[1]
    assert [paper.sha256 for paper in papers if paper is not None] == [
        hashlib.sha256(content).hexdigest() for content in contents
    ]


def test_addendum_sent_twice_is_one(sealed: Session) -> None:
    add(sealed, key="une-clé")
    before = everything(sealed)

    add(sealed, key="une-clé")

    assert everything(sealed) == before


@pytest.mark.parametrize(("text", "code"), [("", "empty"), (" \n", "empty"), ("x" * 2001, "too_long")])
def test_addendum_says_something(sealed: Session, text: str, code: str) -> None:
    with pytest.raises(DomainError, match=code):
        add(sealed, text)
    assert kinds(sealed) == ["closed", "paper_sealed"]


def test_addendum_is_an_admins(sealed: Session) -> None:
    with pytest.raises(DomainError, match="not_allowed"):
        add(sealed, actor=PROCTOR)


def test_addendum_needs_a_sealed_report(session: Session) -> None:
    rehearsal = SessionFactory(kind=SessionKind.REHEARSAL)
    close_session(session_id=rehearsal.pk, actor=PROCTOR, now=NOW)
    for one in (session, rehearsal):
        before = everything(one)
        with pytest.raises(DomainError, match="not_closed"):
            add(one)
        assert everything(one) == before


def test_nothing_else_is_allowed_after_an_addendum(sealed: Session, candidate: Candidate) -> None:
    add(sealed)
    before = everything(sealed)

    with pytest.raises(DomainError, match="session_closed"):
        presence.confirm_presence(session_id=sealed.pk, candidate_id=candidate.pk, actor=PROCTOR, now=LATER)

    assert everything(sealed) == before
