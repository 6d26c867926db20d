"""Enrolling candidates: all or none, one event each (P5, P6)."""

from datetime import date
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from sessions_app.models import Candidate, Session
from sessions_app.services.enrolment import enrol, new_candidate
from tests.factories import ADMIN, SessionFactory, put
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db

PAUL: dict[str, Any] = {"last_name": "Dupont", "first_name": "Paul", "birth_date": date(1997, 5, 21)}


def add(session: Session, *people: dict[str, Any]) -> list[Candidate]:
    candidates = [new_candidate(**{**PAUL, **person}) for person in people]
    return enrol(session_id=session.pk, candidates=candidates, actor=ADMIN, now=NOW)


def test_enrolment_is_one_event_a_candidate(session: Session) -> None:
    add(session, {"extra_time_percent": 33}, {"first_name": "Martine", "class_name": "3e A"})

    assert kinds(session) == ["candidate_enrolled", "candidate_enrolled"]
    facts = dict(last_event(session).facts)
    assert facts.pop("actor") == {"kind": "admin", "name": "Admin Essai"}
    assert facts == {
        "last_name": "Dupont",
        "first_name": "Martine",
        "birth_date": "1997-05-21",
        "class_name": "3e A",
        "local_id": "",
        "extra_time_percent": 0,
    }
    fresh = Session.objects.get(pk=session.pk)
    assert fresh.list_sequence == fresh.sequence == 2
    assert_sound(session)


def test_enrolment_cleans_names(session: Session) -> None:
    [candidate] = add(session, {"last_name": "  Le  Goff ", "first_name": "E\u0301loi\u0308se"})
    candidate.refresh_from_db()
    assert (candidate.last_name, candidate.first_name) == ("Le Goff", "Éloïse")


def test_homonyms_are_allowed(session: Session) -> None:
    add(session, {}, {"first_name": "Pauline"}, {"birth_date": date(1997, 5, 22)})
    assert session.candidates.count() == 3


@pytest.mark.parametrize(
    "again", [{}, {"last_name": "DUPONT"}, {"last_name": "Du-Pont", "first_name": "pàul"}], ids=str
)
def test_duplicate_is_refused_and_nobody_is_enrolled(session: Session, again: dict[str, Any]) -> None:
    add(session, {})
    before = everything(session)
    with pytest.raises(DomainError, match="duplicate"):
        add(session, {"first_name": "Nouveau"}, again)
    assert everything(session) == before


def test_duplicate_within_one_list_is_refused(session: Session) -> None:
    with pytest.raises(DomainError, match="duplicate"):
        add(session, {}, {"last_name": "DUPONT"})
    assert everything(session)["candidates"] == []


def test_same_person_in_another_session_is_enrolled(session: Session) -> None:
    add(session, {})
    other = SessionFactory(establishment=session.establishment)
    assert len(add(other, {})) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_name": ""},
        {"first_name": "   "},
        {"last_name": "Du\x00pont"},
        {"last_name": "x" * 101},
        {"extra_time_percent": 301},
        {"extra_time_percent": -1},
        {"certifiable_competences": 17},
        {"birth_date": None},
    ],
    ids=str,
)
def test_nonsense_is_refused_and_nobody_is_enrolled(session: Session, wrong: dict[str, Any]) -> None:
    with pytest.raises(DomainError, match="invalid") as refusal:
        add(session, {}, wrong)
    assert refusal.value.status == 422
    assert everything(session)["candidates"] == []
    assert kinds(session) == []


def test_enrolment_stays_open_after_the_launch(session: Session) -> None:
    [candidate] = add(session, {})
    put(candidate, "in_progress", now=NOW)
    add(session, {"first_name": "Martine"})
    assert session.candidates.count() == 2


@pytest.mark.parametrize(
    "over", [{"state": "closed", "closed_at": NOW}, {"state": "cancelled", "cancelled_at": NOW}]
)
def test_enrolment_is_refused_once_the_session_is_over(session: Session, over: dict[str, Any]) -> None:
    Session.objects.filter(pk=session.pk).update(**over)
    with pytest.raises(DomainError, match="session_closed"):
        add(session, {})


def test_enrolment_of_nobody_records_nothing(session: Session) -> None:
    before = everything(session)
    assert enrol(session_id=session.pk, candidates=[], actor=ADMIN, now=NOW) == []
    assert everything(session) == before
