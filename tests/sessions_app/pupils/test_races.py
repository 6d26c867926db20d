"""The same list confirmed twice, or two lists, at the same instant: one whole list, never a mixture (P2)."""

from functools import partial

import pytest

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.models import Establishment, Pupil, PupilDraft
from sessions_app.pupils.report import judge_pupils, report_of_pupils
from sessions_app.services.pupil_imports import import_pupils
from tests import factories
from tests.race.threads import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def draft_of(school: Establishment, *names: str) -> PupilDraft:
    return PupilDraft.objects.create(
        establishment=school,
        school_year=2026,
        kind=PupilDraft.Kind.PUPILS,
        header_line=1,
        columns={"last_name": 0, "first_name": 1, "birth_date": 2},
        rows=[[line, [name, "Paul", "21/05/2011"]] for line, name in enumerate(names, start=2)],
        created_at=clock.now(),
    )


def confirmation(draft: PupilDraft) -> partial[object]:
    now = clock.now()
    seen = report_of_pupils(draft, judge_pupils(draft, now.date())).seen
    return partial(
        import_pupils,
        draft=draft, seen=seen, remove=set(), remove_all={"gone"}, actor=factories.ADMIN, now=now,
    )  # fmt: skip


def test_list_confirmed_twice_at_once_is_imported_once() -> None:
    for _ in range(4):
        draft = draft_of(factories.EstablishmentFactory(), "UN", "DEUX")
        act = confirmation(draft)
        answers = together(act, act)
        assert sorted(answer.again for answer in answers) == [False, True]
        assert Pupil.objects.filter(establishment=draft.establishment).count() == 2


def test_two_lists_at_once_leave_one_whole_list() -> None:
    for _ in range(4):
        school = factories.EstablishmentFactory()
        acts = [confirmation(draft_of(school, *names)) for names in (("UN", "DEUX"), ("TROIS", "QUATRE"))]
        answers = together(*acts)
        [refused] = [answer for answer in answers if isinstance(answer, DomainError)]
        assert refused.code == "list_changed"
        left = set(Pupil.objects.filter(establishment=school).values_list("last_name", flat=True))
        assert left in ({"UN", "DEUX"}, {"TROIS", "QUATRE"})
