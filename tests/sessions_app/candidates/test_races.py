"""Two imports, or an import and an entry, at the same instant: one whole list, never a mixture."""

import threading
from datetime import date

import pytest
from django.db import close_old_connections

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.imports.report import judge_draft, report_of
from sessions_app.models import ImportDraft, Session
from sessions_app.services.candidate_list import replace_list
from tests import factories
from tests.journal import assert_sound

COLUMNS = {"last_name": 0, "first_name": 1, "birth_date": 2}


def draft_of(session: Session, *names: str) -> ImportDraft:
    rows = [[line, [name, "Paul", "21/05/2011"]] for line, name in enumerate(names, start=2)]
    return ImportDraft.objects.create(
        session=session, header_line=1, columns=COLUMNS, rows=rows, created_at=clock.now(), file_name="a.csv"
    )


def seen_by(draft: ImportDraft) -> str:
    return report_of(draft, draft.session, judge_draft(draft, date(2026, 3, 10))).seen


def together(*acts: object) -> list[str]:
    """Each act in a thread of its own, all at once; what each answered."""
    barrier = threading.Barrier(len(acts))
    answers: list[str] = []

    def run(act: object) -> None:
        close_old_connections()
        barrier.wait(timeout=10)
        try:
            act()  # type: ignore[operator]
            answers.append("done")
        except DomainError as error:
            answers.append(error.code)
        finally:
            from django.db import connection

            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(answers)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_leave_one_whole_list() -> None:
    for _ in range(8):
        session = factories.SessionFactory()
        factories.CandidateFactory(session=session, last_name="ANCIEN")
        one, other = draft_of(session, "UN", "DEUX"), draft_of(session, "TROIS", "QUATRE")
        seen = seen_by(one)

        answers = together(
            lambda one=one, seen=seen: replace_list(
                draft=one, seen=seen, actor=factories.ADMIN, now=clock.now()
            ),
            lambda other=other, seen=seen: replace_list(
                draft=other, seen=seen, actor=factories.ADMIN, now=clock.now()
            ),
        )

        assert answers in (["done", "list_changed"], ["busy", "done"])
        assert {one.last_name for one in session.candidates.all()} in ({"UN", "DEUX"}, {"TROIS", "QUATRE"})
        assert_sound(session)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_import_and_entry_at_once_never_lose_who_entered() -> None:
    for _ in range(8):
        session = factories.SessionFactory()
        candidate = factories.CandidateFactory(session=session)
        draft = draft_of(session, "NEUF")
        seen = seen_by(draft)

        answers = together(
            lambda draft=draft, seen=seen: replace_list(
                draft=draft, seen=seen, actor=factories.ADMIN, now=clock.now()
            ),
            lambda candidate=candidate: factories.open_entry_for(candidate),
        )

        entered = session.entries.exists()
        assert entered == session.candidates.filter(pk=candidate.pk).exists(), answers
        assert_sound(session)
