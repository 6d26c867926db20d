"""Two who confirm at the same instant: its sessions are made once, whole."""

import pytest

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.imports.session_report import judge_sessions_draft, sessions_report
from sessions_app.models import Session, SessionsDraft
from sessions_app.services.batch import Imported, import_sessions
from tests import factories
from tests.journal import assert_sound
from tests.race.threads import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def act(draft: SessionsDraft) -> Imported:
    seen = sessions_report(draft, judge_sessions_draft(draft, clock.now())).seen
    return import_sessions(draft=draft, seen=seen, actor=factories.ADMIN, now=clock.now())


def test_one_file_confirmed_twice_at_once_is_imported_once() -> None:
    for _ in range(5):
        draft = factories.SessionsDraftFactory()
        done = together(lambda draft=draft: act(draft), lambda draft=draft: act(draft))
        made = [one for one in done if isinstance(one, Imported)]
        assert sum(not one.again for one in made) == 1
        [session] = Session.objects.filter(establishment=draft.establishment)
        assert session.candidates.count() == 1
        assert_sound(session)


def test_two_uploads_of_one_file_confirmed_at_once_make_its_session_once() -> None:
    for _ in range(5):
        one = factories.SessionsDraftFactory()
        other = factories.SessionsDraftFactory(establishment=one.establishment)
        done = together(lambda one=one: act(one), lambda other=other: act(other))
        assert sum(isinstance(each, Imported) for each in done) == 1
        [refused] = [each for each in done if isinstance(each, DomainError)]
        assert refused.code in {"import_errors", "busy"}
        assert Session.objects.filter(establishment=one.establishment).count() == 1
