"""A candidate as enrolled: keys, names, what « certifiable » means (P2, R14)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from sessions_app.models import Account, Candidate, Establishment
from tests.factories import AccountFactory, CandidateFactory, EstablishmentFactory
from tests.journal import NOW


@pytest.mark.django_db
def test_keys_follow_the_names_at_every_save() -> None:
    candidate = CandidateFactory(last_name="Le Gœff", first_name="Anne-Marie", birth_date=date(2011, 5, 21))
    assert (candidate.last_name_key, candidate.sort_key) == ("LEGOEFF", "LEGOEFF ANNEMARIE")
    candidate.last_name = "Martin"
    candidate.save()
    fresh = Candidate.objects.get(pk=candidate.pk)
    assert fresh.identity_key == "MARTIN|ANNEMARIE|2011-05-21"


@pytest.mark.django_db
def test_keys_hold_the_longest_names() -> None:
    """One glyph may fold to three letters: no name of 100 characters may fail in the database."""
    widest = max((chr(code) for code in range(0x2500)), key=lambda char: len(_folded(char)))
    candidate = CandidateFactory(last_name=widest * 100, first_name=widest * 100)
    for field in ("sort_key", "last_name_key", "identity_key"):
        limit = Candidate._meta.get_field(field).max_length
        assert limit is not None
        assert len(getattr(candidate, field)) <= limit


def _folded(char: str) -> str:
    candidate = Candidate(last_name=char, first_name="", birth_date=date(2011, 1, 1))
    candidate.derive_keys()
    return candidate.last_name_key


@pytest.mark.parametrize(
    ("competences", "certifiable"), [(None, None), (0, False), (4, False), (5, True), (16, True)]
)
def test_certifiable_is_five_competences(competences: int | None, certifiable: bool | None) -> None:
    assert Candidate(certifiable_competences=competences).certifiable is certifiable


@pytest.mark.parametrize("competences", [None, 3, 16])
def test_certifiable_is_also_who_became_so(competences: int | None) -> None:
    assert Candidate(certifiable_competences=competences, became_certifiable_at=NOW).certifiable is True


def test_full_name_is_first_then_last_in_capitals() -> None:
    assert Candidate(last_name="Dupont-Éluard", first_name="Paul").full_name == "Paul DUPONT-ÉLUARD"


def test_str_of_a_person_says_no_name() -> None:
    """It ends up in logs and error pages."""
    assert str(Candidate(pk=7, last_name="Dupont", first_name="Paul")) == "candidate 7"


@pytest.mark.django_db
def test_email_is_stored_in_lower_case_and_found_in_any() -> None:
    AccountFactory(email="Perrine@Exemple.FR")
    account = Account.objects.get_by_natural_key("PERRINE@exemple.fr")
    assert account.email == "perrine@exemple.fr"
    assert account.check_password("une phrase de passe d’essai")
    assert not account.has_perm("anything")


@pytest.mark.parametrize(
    ("zone", "known"),
    [("Europe/Paris", True), ("Pacific/Noumea", True), ("Europe/Atlantis", False), ("", False)],
)
def test_time_zone_of_a_school_is_checked(zone: str, known: bool) -> None:
    school: Establishment = EstablishmentFactory.build(time_zone=zone)
    errors: dict[str, object] = {}
    try:
        school.clean_fields()
    except ValidationError as refusal:
        errors = dict(refusal.message_dict)
    assert ("time_zone" not in errors) is known
