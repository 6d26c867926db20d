"""Canonical form (RFC 8785) and hash chain: final, for sealed sessions depend on it (decision 0005)."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixsurv.kernel import journal

AT = datetime(2026, 3, 14, 9, 0, 0, 1, tzinfo=UTC)

# RFC 8785 §3.2.2: the text of its example; numbers apart, which the journal holds as integers only.
RFC_TEXT = "\u20ac$\u000f\nA'\u0042\u0022\u005c\\\"/"
RFC_CANONICAL = '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([None, True, False], "[null,true,false]"),  # RFC 8785 §3.2.2, « literals »
        (RFC_TEXT, RFC_CANONICAL),  # RFC 8785 §3.2.2, « string »
        # RFC 8785 §3.2.3, the ASCII keys of its example: a control before a digit before a sign.
        (
            {"</script>": "Browser Challenge", "1": "One", "\r": "Carriage Return"},
            '{"\\r":"Carriage Return","1":"One","</script>":"Browser Challenge"}',
        ),
        # RFC 8785 appendix B, the integers among its numbers.
        (0, "0"),
        (9_007_199_254_740_991, "9007199254740991"),
        (-9_007_199_254_740_991, "-9007199254740991"),
        ('\b\t\n\f\r"\\\x1f', '"\\b\\t\\n\\f\\r\\"\\\\\\u001f"'),
        ("\x7f\u2028\u00a0’", '"\x7f\u2028\u00a0’"'),  # nothing else is escaped
        ("😀", '"😀"'),
        ({}, "{}"),
        ([], "[]"),
        ((1, 2), "[1,2]"),
        ({"b": {"z": 1, "a": [1, {}]}, "a": "é"}, '{"a":"é","b":{"a":[1,{}],"z":1}}'),
        ({"A": 1, "a": 1, "_": 1, "Z": 1, "0": 1}, '{"0":1,"A":1,"Z":1,"_":1,"a":1}'),
    ],
)
def test_canonical_is_rfc_8785(value: Any, text: str) -> None:
    assert journal.canonical(value) == text.encode()


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        "\x00",
        "\ud800",
        b"bytes",
        bytearray(b"bytes"),
        AT,
        object(),
        {1: "a"},
        {"é": 1},
        {"a": {"b": [1.5]}},
        {"a\x00": 1},
    ],
    ids=lambda value: "object" if type(value) is object else repr(value),
)
def test_canonical_refuses_what_has_no_one_form(value: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        journal.canonical(value)


facts = st.recursive(
    st.none() | st.booleans() | st.integers(-journal.MAX_INTEGER, journal.MAX_INTEGER) | st.text('aé"\\\n😀'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abz_", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(one=facts, other=facts)
def test_canonical_tells_different_values_apart(one: Any, other: Any) -> None:
    assert (journal.canonical(one) == journal.canonical(other)) == (repr_of(one) == repr_of(other))


def repr_of(value: Any) -> str:
    """A spelling of a value in which the order of keys does not count, and 1 is not True."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{repr_of(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(repr_of, value)) + "]"
    return repr(value)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 3, 14, 9, 0, tzinfo=UTC), "2026-03-14T09:00:00.000000Z"),
        (
            datetime(2026, 3, 14, 10, 0, 0, 5, tzinfo=timezone(timedelta(hours=1))),
            "2026-03-14T09:00:00.000005Z",
        ),
    ],
)
def test_instant_is_utc_to_the_microsecond(instant: datetime, text: str) -> None:
    assert journal.instant(instant) == text


def test_salt_is_sixteen_random_bytes() -> None:
    salts = {journal.new_salt() for _ in range(50)}
    assert len(salts) == 50
    assert {len(bytes.fromhex(salt)) for salt in salts} == {16}


def test_facts_digest_is_what_the_decision_says() -> None:
    """Computed here without the kernel, from bytes typed by hand."""
    salt = "000102030405060708090a0b0c0d0e0f"
    by_hand = hashlib.sha256(bytes(range(16)) + b'{"actor":{"kind":"clock"},"n":1}').hexdigest()
    assert journal.facts_digest(salt, {"n": 1, "actor": {"kind": "clock"}}) == by_hand


def event_hash(**changes: Any) -> str:
    fields: dict[str, Any] = {
        "previous": journal.GENESIS,
        "session_number": 100_001,
        "sequence": 1,
        "kind": "started",
        "candidate_id": 7,
        "observed_at": AT,
        "received_at": AT,
        "digest": "ab" * 32,
    }
    return journal.event_hash(**{**fields, **changes})


def test_event_hash_is_what_the_decision_says() -> None:
    by_hand = (
        b'[1,"' + b"0" * 64 + b'",100001,1,"started",7,'
        b'"2026-03-14T09:00:00.000001Z","2026-03-14T09:00:00.000001Z","' + b"ab" * 32 + b'"]'
    )  # fmt: skip
    assert event_hash() == hashlib.sha256(by_hand).hexdigest()


def test_event_hash_never_changes() -> None:
    """Frozen for good: if this fails, sealed journals no longer verify."""
    assert event_hash() == "31ed652ba257e8f1e386bb1d1b5b97700acc94f83d97460444978e7044545cf4"
    assert journal.facts_digest(
        "00" * 16, {"actor": {"kind": "proctor", "name": "Perrine É’Essai"}, "n": [1, None]}
    ) == ("6d772b95ebeef958e4b12b5f14eff42ec737a9bffbc3f76bb655594e25e22145")


@pytest.mark.parametrize(
    "change",
    [
        {"previous": "1" * 64},
        {"session_number": 100_002},
        {"sequence": 2},
        {"kind": "resumed"},
        {"candidate_id": 8},
        {"candidate_id": None},
        {"observed_at": AT + timedelta(microseconds=1)},
        {"received_at": AT + timedelta(microseconds=1)},
        {"digest": "cd" * 32},
    ],
    ids=str,
)
def test_event_hash_depends_on_every_field(change: dict[str, Any]) -> None:
    assert event_hash(**change) != event_hash()
