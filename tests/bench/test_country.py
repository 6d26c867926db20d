"""The grown database is made of sessions that the services could have written: whole journals, seals, papers, keys."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from bench.copies import models_of_a_session
from bench.country import AHEAD, Shape, grow
from bench.grown_pages import signed_in
from pixsurv.kernel import clock
from pixsurv.kernel.identity import fold
from proctoring.models import Answer, Attempt, Receipt
from proctoring.report.content import SessionFacts
from proctoring.report.fold import fold as report_of
from sessions_app.enums import SessionState
from sessions_app.models import Candidate, Event, Pupil, Session
from sessions_app.services.verification import verify_session

pytestmark = pytest.mark.django_db
SHAPE = Shape(sessions=AHEAD + 2, schools=3, first=AHEAD, candidates=8)


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield grow(SHAPE, clock.now())
        connection.check_constraints()  # keys were not looked at while rows were copied
        transaction.set_rollback(True)


def copies(state: str) -> list[Session]:
    return list(Session.objects.filter(state=state, number__lt=300_000).order_by("number"))


def test_it_has_what_was_asked_for(country: dict[str, Any]) -> None:
    assert len(copies("closed")) + len(copies("planned")) >= SHAPE.sessions
    assert country["candidates"] == Candidate.objects.count() >= SHAPE.sessions * SHAPE.candidates
    assert country["events"] == Event.objects.count()
    assert Pupil.objects.count() > SHAPE.sessions * SHAPE.candidates * 0.9
    assert Receipt.objects.exists() and Answer.objects.exists()
    assert Session.objects.filter(state=SessionState.CLOSED).exclude(receipt__isnull=False).exists()


def test_every_copied_journal_is_whole(country: dict[str, Any]) -> None:
    """Chain, head, seal and sealed paper, as `manage.py verify_journal` looks at them."""
    for session in Session.objects.all():
        assert verify_session(session).broken is None, session.number


def test_a_copy_tells_its_own_story(country: dict[str, Any]) -> None:
    session = Session.objects.select_related("establishment").get(number=country["kept"])
    people = {(one.last_name, one.first_name) for one in session.candidates.all()}
    report = report_of(SessionFacts.of(session), list(session.events.order_by("sequence")))
    assert {(one.last_name, one.first_name) for one in report.people} == people
    assert report.session.number == session.number
    assert report.session.room == session.room
    assert report.session.starts_at == session.starts_at
    assert [one.name for one in report.proctors] == [session.proctor_names]
    told = "".join(str(facts) for facts in session.events.values_list("facts", flat=True))
    assert "zq" not in told.lower()


DRAWN = {"sealed_password", "access_code", "token_fingerprint"}  # by lot: two letters are soon among them


def test_no_word_of_the_pattern_is_left_in_a_copy(country: dict[str, Any]) -> None:
    """A new column of text is copied with its words replaced, or this says its name."""
    from django.db.models import CharField, TextField

    patterns = Session.objects.filter(room="Zqsalle").values_list("pk", flat=True)
    for model in models_of_a_session():
        path = "pk" if model is Session else "session" if hasattr(model, "session") else "attempt__session"
        for field in model._meta.concrete_fields:
            if isinstance(field, CharField | TextField) and field.name not in DRAWN:
                rows = model.objects.exclude(**{f"{path}__in": list(patterns)})
                assert not rows.filter(**{f"{field.name}__icontains": "zq"}).exists(), field


def test_keys_are_those_of_the_names(country: dict[str, Any]) -> None:
    for one in Candidate.objects.order_by("-pk")[:50]:
        kept = (one.sort_key, one.last_first_key, one.first_last_key, one.identity_key)
        one.derive_keys()
        assert kept == (one.sort_key, one.last_first_key, one.first_last_key, one.identity_key)
        assert one.last_name_key == fold(one.last_name)
    assert Attempt.objects.filter(candidate__session=None).count() == 0


def test_its_pages_open(country: dict[str, Any]) -> None:
    browser = Client(headers={"cookie": signed_in(country["admin"])})
    for address in ("/etablissement/sessions/", "/archives/", f"/archives/{country['kept']}/"):
        assert browser.get(address).status_code == 200, address
