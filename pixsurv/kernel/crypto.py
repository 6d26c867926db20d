"""Drawn secrets, sealed fields and derived tokens."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from argon2.low_level import Type, hash_secret_raw
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

# Argon2id at the OWASP setting: eight threads may hash at once, and 100 MiB each would not fit. Another setting has
# passwords hashed again at the next sign-in; recovery codes are then to be made anew.
ARGON2_KIB, ARGON2_PASSES, ARGON2_LANES = 19_456, 2, 1


class Unreadable(Exception):
    """A sealed field whose key this installation does not have (mechanics §14)."""


def draw(alphabet: Sequence[str], length: int) -> str:
    """`length` symbols of `alphabet`, drawn with a cryptographic generator."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def seal(text: str) -> str:
    """Encrypt with the newest of FIELD_KEYS."""
    return _box().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Decrypt with any of FIELD_KEYS; raises Unreadable."""
    try:
        return _box().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def seal_again(token: str) -> str:
    """The same text under the newest of FIELD_KEYS; the same token where it is already. Raises Unreadable."""
    try:
        Fernet(settings.FIELD_KEYS[0]).decrypt(token.encode())
    except InvalidToken:
        return seal(unseal(token))
    return token


def fingerprint(secret: str) -> str:
    """SHA-256 in hex: how tokens with plenty of entropy are stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def stretch(secret: str, *, salt: str) -> str:
    """Argon2id in hex, at the setting of passwords: how tokens that a person can type are stored.

    The salt is drawn out of `salt` with the installation's key, so that the same text always gives the same digest
    here, and none elsewhere.
    """
    return hash_secret_raw(
        secret.encode(),
        _keyed_digest(f"salt:{salt}")[:16],
        time_cost=ARGON2_PASSES,
        memory_cost=ARGON2_KIB,
        parallelism=ARGON2_LANES,
        hash_len=32,
        type=Type.ID,
    ).hex()


def derive(purpose: str, length: int = 43) -> str:
    """An unguessable URL-safe text, computed again instead of stored (mechanics §10, §16)."""
    symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(symbols[byte & 63] for byte in _keyed_digest(purpose))[:length]


def derive_symbols(purpose: str, alphabet: str, length: int) -> str:
    """As `derive`, of any alphabet: every text of that length is as likely as any other."""
    number = int.from_bytes(_keyed_digest(purpose), "big")  # 512 bits: the remainders are even
    found = []
    for _ in range(length):
        number, place = divmod(number, len(alphabet))
        found.append(alphabet[place])
    return "".join(found)


def derive_digits(purpose: str, length: int) -> str:
    return derive_symbols(purpose, "0123456789", length)


def _keyed_digest(purpose: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), purpose.encode(), hashlib.sha512).digest()


def equal(one: str, other: str) -> bool:
    """Comparison in constant time, of any text: JSON can carry half of a surrogate pair."""
    return hmac.compare_digest(one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass"))
