"""Secrets that any process of this installation computes again, and that nothing stores in the clear.

Each is HMAC(SECRET_KEY, "demo:" + name) spelt in the alphabet that its reader expects.
"""

import hashlib

from pixsurv.kernel import crypto
from sessions_app.models import ApiKey
from sessions_app.models.session import DIGITS, LETTERS, PASSWORD_LENGTH, PASSWORD_PREFIX

PHRASE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that a hand copies wrongly
PHRASE_GROUPS, PHRASE_GROUP = 4, 5
API_KEY_SYMBOLS = 43


def session_password(number: int) -> str:
    """`C-` and 6 symbols of P4."""
    return PASSWORD_PREFIX + _spell(f"password:{number}", [DIGITS + LETTERS] * PASSWORD_LENGTH)


def access_code(number: int) -> str:
    """4 letters and 2 digits of P4."""
    return _spell(f"access_code:{number}", [LETTERS] * 4 + [DIGITS] * 2)


def account_password(role: str) -> str:
    """Four groups of five: long enough to be accepted, short enough to be typed."""
    symbols = _spell(f"account:{role}", [PHRASE] * (PHRASE_GROUPS * PHRASE_GROUP))
    groups = [symbols[start : start + PHRASE_GROUP] for start in range(0, len(symbols), PHRASE_GROUP)]
    return "-".join(groups)


def api_key() -> str:
    """The key of the test platform."""
    return ApiKey.PREFIX + crypto.derive("demo:api_key", API_KEY_SYMBOLS)


def _spell(name: str, alphabets: list[str]) -> str:
    digest = hashlib.sha512(crypto.derive(f"demo:{name}", 64).encode()).digest()
    left = int.from_bytes(digest)  # 512 bits for at most 100: no symbol is likelier than another
    symbols: list[str] = []
    for alphabet in alphabets:
        left, index = divmod(left, len(alphabet))
        symbols.append(alphabet[index])
    return "".join(symbols)
