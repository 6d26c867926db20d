"""Closing while others act: one closing, and a paper that is the fold of the journal it seals (I3, I4)."""

from typing import Any

import pytest

from pixsurv.kernel import clock
from proctoring.models import Entry
from proctoring.report.paper import report_pdf
from proctoring.report.reading import report_of
from proctoring.services import running
from proctoring.services.addenda import add_addendum
from proctoring.services.closing import close_session
from proctoring.services.comment import save_comment
from proctoring.services.entries import candidate_actor
from sessions_app.models import Session, StoredFile
from tests.factories import ADMIN, PROCTOR, CandidateFactory, SessionFactory, put
from tests.journal import assert_sound, kinds
from tests.race.threads import codes, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 3


def close(session: Session) -> Any:
    return close_session(session_id=session.pk, actor=PROCTOR, now=clock.now())


def assert_sealed(session: Session) -> None:
    fresh = Session.objects.select_related("establishment").get(pk=session.pk)
    report = report_of(fresh)
    assert report.closing is not None
    assert report.closing.seal == fresh.seal
    assert report_pdf(report) == bytes(StoredFile.objects.get(session=session).content)
    assert_sound(session)


def test_two_proctors_close_at_once(transactional_db: None) -> None:
    session = SessionFactory()
    assert codes(together(lambda: close(session), lambda: close(session))) == []
    assert kinds(session) == ["closed", "paper_sealed"]
    assert_sealed(session)


def test_candidate_finishes_and_another_proctor_writes_while_one_closes(transactional_db: None) -> None:
    for _ in range(ROUNDS):
        candidate = CandidateFactory()
        session, entry = candidate.session, put(candidate, "in_progress")
        assert entry is not None

        def finish(entry: Entry = entry) -> Any:
            return running.complete(entry=entry, actor=candidate_actor(entry), now=clock.now())

        def write(session: Session = session) -> Any:
            return save_comment(session_id=session.pk, text="x", seen=0, actor=PROCTOR, now=clock.now())

        refused = codes(together(finish, write, lambda session=session: close(session)))
        assert set(refused) <= {"tests_running", "session_closed"}
        close(session)
        assert kinds(session).count("closed") == 1
        assert_sealed(session)


def test_same_addendum_sent_twice_at_once_is_one(transactional_db: None) -> None:
    session = SessionFactory()
    close(session)

    def add() -> Any:
        return add_addendum(session_id=session.pk, text="x", key="k", actor=ADMIN, now=clock.now())

    assert set(codes(together(add, add))) <= {"busy"}
    assert kinds(session) == ["closed", "paper_sealed", "addendum", "paper_sealed"]
    assert_sound(session)
