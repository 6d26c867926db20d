"""A new session: a number of its own, secrets drawn (P3, P4)."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from sessions_app.enums import SessionKind
from sessions_app.models import Session
from sessions_app.services import planning
from tests.factories import EstablishmentFactory, SessionFactory
from tests.journal import NOW

pytestmark = pytest.mark.django_db


def create(**values: Any) -> Session:
    return planning.create_session(
        establishment=EstablishmentFactory(), site="Site", room="B12", starts_at=NOW, **values
    )


def test_session_is_planned_with_drawn_secrets() -> None:
    one, other = create(), create()
    assert (one.state, one.duration, one.spare_workstations) == ("planned", 105, 1)
    assert one.password() != other.password()
    assert one.password().startswith("C-")
    assert len(one.access_code) == 6
    assert one.number in range(100_000, 900_000)


def test_rehearsal_has_a_number_of_its_own_range() -> None:
    assert create(kind=SessionKind.REHEARSAL).number in range(900_000, 1_000_000)


def test_number_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = SessionFactory().number
    drawn = iter([taken, taken, 123_456 if taken != 123_456 else 123_457])
    monkeypatch.setattr(planning.secrets, "choice", lambda numbers: next(drawn))
    session = create(password="C-K7MPQR", access_code="BCRQ72")
    assert session.number in {123_456, 123_457}
    session.refresh_from_db()
    assert session.password() == "C-K7MPQR"


def test_numbers_that_are_all_taken_make_room_for_longer_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = SessionFactory().number

    def choose(numbers: range) -> int:
        return taken if len(numbers) < 1_000_000 else 1_234_567

    monkeypatch.setattr(planning.secrets, "choice", choose)
    assert create(password="C-K7MPQR", access_code="BCRQ72").number == 1_234_567


def test_no_number_left_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = SessionFactory().number
    monkeypatch.setattr(planning.secrets, "choice", lambda numbers: taken)
    with pytest.raises(RuntimeError, match="no free session number"):
        create(password="C-K7MPQR", access_code="BCRQ72")


def test_number_given_is_kept_or_refused() -> None:
    session = create(number=4242)
    assert session.number == 4242
    with pytest.raises(IntegrityError), transaction.atomic():
        create(number=4242)


def test_nonsense_is_not_taken_for_a_taken_number() -> None:
    with pytest.raises(IntegrityError, match="session_duration_in_range"), transaction.atomic():
        create(duration=14)
