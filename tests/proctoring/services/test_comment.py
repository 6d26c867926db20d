"""The comment of the report: kept word by word, never overwritten unseen (I2)."""

from datetime import timedelta

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.services.closing import close_session
from proctoring.services.comment import CommentChanged, save_comment
from sessions_app.models import Session
from tests.factories import ADMIN, PROCTOR
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db


def save(session: Session, text: str, seen: int = 0) -> int:
    return save_comment(session_id=session.pk, text=text, seen=seen, actor=PROCTOR, now=NOW)


def test_comment_is_an_event_with_its_text(session: Session) -> None:
    version = save(session, "  Coupure du réseau,\r\nde 10h31 à 10h38.  ")

    assert version == last_event(session).sequence
    assert last_event(session).facts["text"] == "Coupure du réseau,\nde 10h31 à 10h38."
    assert_sound(session)


def test_comment_keeps_nothing_invisible(session: Session) -> None:
    save(session, "Du\u00adrand\u202e est\u200b sorti.\nBien.")
    assert last_event(session).facts["text"] == "Durand est sorti.\nBien."


def test_same_comment_again_records_nothing(session: Session) -> None:
    version = save(session, "Un")
    before = everything(session)

    assert save(session, "Un ", version) == version
    assert save(session, "Un", 0) == version, "a repeat of what started from nothing"
    assert everything(session) == before


def test_no_comment_yet_and_none_typed_records_nothing(session: Session) -> None:
    assert save(session, " \n ") == 0
    assert kinds(session) == []


def test_comment_can_be_emptied(session: Session) -> None:
    save(session, "", save(session, "Un"))
    assert last_event(session).facts["text"] == ""


def test_two_who_write_at_once_are_both_kept(session: Session) -> None:
    first = save(session, "Un")
    save_comment(session_id=session.pk, text="Un, complété", seen=first, actor=ADMIN, now=NOW)
    before = everything(session)

    with pytest.raises(CommentChanged) as refusal:
        save(session, "Un, autrement", first)

    assert refusal.value.last.facts is not None
    assert refusal.value.last.facts["text"] == "Un, complété"
    assert refusal.value.status == 409
    assert everything(session) == before
    save(session, "Un, autrement", refusal.value.last.sequence)
    assert last_event(session).facts["text"] == "Un, autrement"


@pytest.mark.parametrize(
    ("text", "code"), [("x" * 501, "too_long"), ("a\x00b", "invalid"), ("\ud800", "invalid")]
)
def test_comment_is_refused_with_what_is_wrong(session: Session, text: str, code: str) -> None:
    with pytest.raises(DomainError, match=code) as refusal:
        save(session, text)
    assert refusal.value.status == 422
    assert kinds(session) == []


def test_five_hundred_characters_are_allowed(session: Session) -> None:
    save(session, "é" * 500)
    assert kinds(session) == ["comment_changed"]


def test_comment_of_a_closed_session_is_refused(session: Session) -> None:
    save(session, "Un")
    close_session(session_id=session.pk, actor=PROCTOR, now=NOW + timedelta(minutes=1))
    before = everything(session)

    for text in ("Un", "Deux"):
        with pytest.raises(DomainError, match="session_closed"):
            save(session, text, 1)

    assert everything(session) == before
