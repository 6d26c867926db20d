"""Canonical form and hash chain of the journal (mechanics §1, decision 0005): final, seals depend on it.

    facts_digest = SHA-256(salt ‖ canonical(facts))
    hash         = SHA-256(canonical([
        format, previous, session, sequence, kind, candidate, observed, received, facts_digest]))

The outer list is canonical JSON as well, so that no two different events can give the same bytes.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

FORMAT_VERSION = 1
GENESIS = "0" * 64
SALT_BYTES = 16
MAX_INTEGER = 2**53 - 1  # RFC 8785 numbers are IEEE doubles: beyond this an integer would not survive

type Json = str | int | bool | Sequence[Json] | Mapping[str, Json] | None


def canonical(value: Json) -> bytes:
    """RFC 8785 for what a journal holds: text, integers, booleans, null, lists, objects with ASCII keys.

    Raises ValueError for what has no canonical form here: floats, huge integers, other keys, lone surrogates,
    NUL (which PostgreSQL cannot store).
    """
    _refuse_uncanonical(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")  # a lone surrogate raises UnicodeEncodeError, a ValueError


def _refuse_uncanonical(value: object) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("NUL in text")
    elif isinstance(value, bool) or value is None:
        pass
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError("integer too large")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii() or "\x00" in key:
                raise ValueError("keys are ASCII text")
            _refuse_uncanonical(item)
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for item in value:
            _refuse_uncanonical(item)
    else:
        raise ValueError(f"{type(value).__name__} has no canonical form")


def instant(value: datetime) -> str:
    """UTC to the microsecond, always the same length."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_salt() -> str:
    """Salt of one event, in hex: without it a digest of few possible facts could be guessed back."""
    return secrets.token_hex(SALT_BYTES)


def facts_digest(salt: str, facts: Mapping[str, Json]) -> str:
    """Hex digest that stays when salt and facts are eliminated."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical(facts)).hexdigest()


def event_hash(
    *,
    previous: str,
    session_number: int,
    sequence: int,
    kind: str,
    candidate_id: int | None,
    observed_at: datetime,
    received_at: datetime,
    digest: str,
) -> str:
    """Hex hash of one event, chained to `previous` (GENESIS for the first)."""
    fields: list[Json] = [
        FORMAT_VERSION,
        previous,
        session_number,
        sequence,
        kind,
        candidate_id,
        instant(observed_at),
        instant(received_at),
        digest,
    ]
    return hashlib.sha256(canonical(fields)).hexdigest()
