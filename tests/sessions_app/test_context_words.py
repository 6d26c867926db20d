"""Passwords that everybody here would try first (ASVS 6.1.2, 6.2.11)."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from pixsurv.kernel.errors import DomainError
from sessions_app.context_words import refuse_context_words
from sessions_app.enums import Role
from sessions_app.models import Account
from sessions_app.services.people import make_member
from tests import factories


@pytest.mark.parametrize(
    "password",
    ["Pixsurv-2026!!", "surveillant-pix", "Certification2026", "motdepasse-college", "ADMIN admin ADMIN"],
)
def test_words_of_the_trade_are_refused(password: str) -> None:
    with pytest.raises(ValidationError, match="tout le monde essaierait"):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    ["hortensia college bleu velo", "pix:7kdq-wm3z-rt9b", "trois chats sur le toit", "Kx7!pQ2#mZ9$"],
)
def test_what_is_left_decides(password: str) -> None:
    validate_password(password)


def test_name_of_the_school_is_refused_before_and_after_the_account_exists(admin: Account) -> None:
    school = factories.EstablishmentFactory(name="Collège Marie-Curie")
    with pytest.raises(DomainError) as refused:
        make_member(
            email="new@school.example",
            name="Nouvelle",
            password="Marie-Curie-2026",
            establishment=school,
            role=Role.ADMIN,
        )
    assert refused.value.code == "invalid_password"
    admin.memberships.update(establishment=school)
    with pytest.raises(ValidationError):
        validate_password("Marie-Curie-2026", admin)
    refuse_context_words("Marie-Curie-2026", schools=["Lycée Jean-Moulin"])
