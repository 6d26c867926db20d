"""Drawn secrets, sealed fields, derived tokens."""

import string

import pytest
from cryptography.fernet import Fernet
from pytest_django.fixtures import Settings

from pixsurv.kernel import crypto


def test_draw_uses_the_alphabet_and_never_repeats() -> None:
    drawn = {crypto.draw("BCDF2346", 12) for _ in range(200)}
    assert len(drawn) == 200
    assert {symbol for one in drawn for symbol in one} == set("BCDF2346")


def test_seal_hides_and_unseal_gives_back() -> None:
    sealed = crypto.seal("C-K7MPQR")
    assert "K7MPQR" not in sealed
    assert crypto.unseal(sealed) == "C-K7MPQR"
    assert crypto.seal("C-K7MPQR") != sealed


def test_unseal_tries_every_key_and_seal_uses_the_newest(settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    sealed_before = crypto.seal("avant")
    settings.FIELD_KEYS = [new, old]
    sealed_after = crypto.seal("après")

    assert crypto.unseal(sealed_before) == "avant"
    settings.FIELD_KEYS = [new]
    assert crypto.unseal(sealed_after) == "après"
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(sealed_before)


@pytest.mark.parametrize("sealed", ["", "nonsense", "gAAAA", "é"])
def test_unseal_of_nonsense_is_unreadable(sealed: str) -> None:
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(sealed)


def test_fingerprint_is_sha_256() -> None:
    assert crypto.fingerprint("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_derive_is_stable_for_a_purpose_and_a_key(settings: Settings) -> None:
    derived = crypto.derive("demo:password")
    assert derived == crypto.derive("demo:password")
    assert len(derived) == 43
    assert crypto.derive("demo:password", 6) == derived[:6]
    assert set(derived) <= set(string.ascii_letters + string.digits + "-_")
    assert crypto.derive("demo:passwords") != derived
    settings.SECRET_KEY = "another"
    assert crypto.derive("demo:password") != derived


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("", "", True),
        ("C-K7MPQR", "C-K7MPQR", True),
        ("C-K7MPQR", "C-K7MPQ", False),
        ("é", "é", True),
        ("é", "e", False),
        ("\ud800", "K7MPQR", False),  # half of a pair, as JSON may carry it
    ],
)
def test_equal_compares_any_text(one: str, other: str, same: bool) -> None:
    assert crypto.equal(one, other) is same


def test_derived_symbols_are_of_their_alphabet_and_always_the_same() -> None:
    one = crypto.derive_symbols("a", "XYZ", 40)
    assert one == crypto.derive_symbols("a", "XYZ", 40)
    assert set(one) == set("XYZ")
    assert one != crypto.derive_symbols("b", "XYZ", 40)
    digits = "".join(crypto.derive_digits(f"n{index}", 6) for index in range(200))
    assert len(digits) == 1200
    assert min(digits.count(digit) for digit in "0123456789") > 80  # 120 expected
