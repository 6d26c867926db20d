"""The mark of a kit (mechanics §8): told from any other text, void once the password is another."""

import pytest
from django.conf import settings
from django.core import signing
from django.test import override_settings

from pixsurv.kernel import clock
from proctoring.services.password import change_session_password, mark_of
from sessions_app.models import Session
from sessions_app.selectors.kit import kit_mark, kit_mark_valid
from tests import factories


def test_mark_is_valid_for_its_own_number_only(session: Session) -> None:
    other = factories.SessionFactory(establishment=session.establishment)
    mark = kit_mark(session)
    assert kit_mark_valid(str(session.number), mark)
    assert not kit_mark_valid(str(other.number), mark)
    assert not kit_mark_valid("999999999", mark)


@pytest.mark.parametrize("number", ["", "x", "²", "-1", "1234567890", "12 34"])
def test_mark_of_what_is_no_number_is_not_valid(session: Session, number: str) -> None:
    assert not kit_mark_valid(number, kit_mark(session))


def test_mark_of_anything_else_is_not_valid(session: Session) -> None:
    mark = kit_mark(session)
    flipped = ("A" if mark[0] != "A" else "B") + mark[1:]
    other_salt = signing.Signer(salt="autre").signature(f"{session.number}")
    for wrong in ("", "é" * 43, mark[:-1], mark + "A", flipped, other_salt, f"{mark}:x"):
        assert not kit_mark_valid(str(session.number), wrong)


def test_new_password_makes_a_new_kit(session: Session) -> None:
    old = kit_mark(session)
    change_session_password(
        session_id=session.pk, mark=mark_of(session), actor=factories.ADMIN, now=clock.now(), keep=True
    )
    session.refresh_from_db()
    assert not kit_mark_valid(str(session.number), old)
    assert kit_mark_valid(str(session.number), kit_mark(session))


def test_mark_outlives_a_new_secret_key_that_names_the_old_one(session: Session) -> None:
    mark = kit_mark(session)
    with override_settings(SECRET_KEY="y" * 50, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert kit_mark_valid(str(session.number), mark)
    with override_settings(SECRET_KEY="y" * 50):
        assert not kit_mark_valid(str(session.number), mark)
