"""Passwords that everybody here would try first (ASVS 6.1.2, 6.2.4, 6.2.11)."""

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
    [
        "aaaaaaaaaaaa",
        "ababababcdcd",
        " " * 12,
        "\u00a0" * 12,
        "hibou hibou hibou",
        "k7x9pzk7x9pz2026",
        "123456789012",
        "987654321098",
        "010203040506",
        "839204718264",
        "azertyuiop12",
        "qwertyuiop!!",
        "azertyqsdfgh",
        "poiuytreza99",
        "1qaz2wsx3edc",
        "abcdefghijkl",
        "soleil123456",
        "2026Soleil!!",
        "bonjour12345",
        "doudou123456",
        "482915soleil",
        "Chouchou-2026",
        "marseille 847362",
        "soleilfootball",
        "Sébastien1984",
    ],
)
def test_sequences_and_lone_everyday_words_are_refused(password: str) -> None:
    with pytest.raises(ValidationError, match=r"tout le monde essaierait|répète les mêmes"):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "hortensia college bleu velo",
        "pix:7kdq-wm3z-rt9b",
        "trois chats sur le toit",
        "Kx7!pQ2#mZ9$",
        "soleil jardin guitare",
        "доктор река лес 2026",
    ],
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
