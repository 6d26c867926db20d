"""The opaque version: a sequence and an instant (mechanics §2)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.selectors.room import Version
from tests.proctoring.selectors.conftest import NOW


def test_a_version_comes_back_as_it_went() -> None:
    version = Version(17, NOW)
    assert Version.parse(str(version)) == version


def test_an_instant_is_cut_to_the_millisecond_never_rounded_up() -> None:
    """Rounded up, what happens in the same millisecond would never be told."""
    late = NOW + timedelta(microseconds=999_999)
    parsed = Version.parse(str(Version(1, late)))
    assert parsed is not None
    assert parsed.at <= late
    assert late - parsed.at < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "text", ["", ".", "1", "1.", ".1", "a.b", "1.2.3", "-1.2", "1.-2", "1e3.4", " 1.2", "٣.٤", "1" * 31]
)
def test_all_else_is_none(text: str) -> None:
    assert Version.parse(text) is None


@given(st.text(max_size=40))
def test_no_text_is_an_error(text: str) -> None:
    found = Version.parse(text)
    assert found is None or found.at >= datetime(1970, 1, 1, tzinfo=UTC)
