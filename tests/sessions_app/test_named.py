"""Pupils of all years by the beginning of their names: what is found, and that an index finds it."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from pixsurv.kernel.identity import begins, fold
from sessions_app.models import Candidate, Session
from sessions_app.selectors.named import named_like, sessions_of
from tests.factories import CandidateFactory

pytestmark = pytest.mark.django_db

PEOPLE = [("O'CONNOR", "Sœur Jeanne"), ("DUPONT", "Paul"), ("Müller-Dup", "Élise"), ("PAULDU", "Zoé")]


@pytest.mark.parametrize(
    "typed",
    [
        "dup",
        "Dupont",
        "DUPONT paul",
        "paul dupont",
        "pauld",
        "oconnor soe",
        "sœur",
        "élise müller",
        "elisem",
        "upont",
        "z",
    ],
)
def test_search_finds_whom_r7_finds_and_nobody_else(session: Session, typed: str) -> None:
    for last, first in PEOPLE:
        CandidateFactory(session=session, last_name=last, first_name=first)

    found = Candidate.objects.filter(named_like(fold(typed)))

    expected = {last for last, first in PEOPLE if begins(typed, first=first, last=last)}
    assert set(found.values_list("last_name", flat=True)) == expected


def test_corrected_name_is_found_and_the_old_one_is_not(candidate: Candidate) -> None:
    candidate.last_name = "NOUVEAU"
    candidate.save()

    assert Candidate.objects.filter(named_like("NOUV")).exists()
    assert not Candidate.objects.filter(named_like("ESSAI")).exists()


def test_search_goes_through_both_indexes(session: Session) -> None:
    """Rows enough for a planner to prefer them; how long it takes is measured by hand."""
    people = [
        Candidate(session=session, last_name=f"NOM{n:04}", first_name=f"P{n:04}", birth_date=date(2011, 1, 1))
        for n in range(2000)
    ]
    for one in people:
        one.derive_keys()
    Candidate.objects.bulk_create(people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sessions_app_candidate")

    for plan in (
        Candidate.objects.filter(named_like("NOM0007")).explain(),
        Session.objects.filter(sessions_of("NOM0007")).explain(),
    ):
        assert "candidate_last_first" in plan
        assert "candidate_first_last" in plan


def test_migration_fills_the_keys_of_who_was_enrolled_before(session: Session) -> None:
    for last, first in PEOPLE:
        CandidateFactory(session=session, last_name=last, first_name=first)
    told = ("last_first_key", "first_last_key")
    expected = list(Candidate.objects.order_by("pk").values_list(*told))
    Candidate.objects.update(last_first_key="", first_last_key="")

    import_module("sessions_app.migrations.0016_fill_search_keys").fill(apps, None)

    assert list(Candidate.objects.order_by("pk").values_list(*told)) == expected
