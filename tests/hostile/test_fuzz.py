"""Good files with bytes changed by Hypothesis: whatever comes of it is read, or refused with a sentence."""

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pixsurv.kernel.errors import DomainError
from sessions_app.documents.logo import drawn
from sessions_app.documents.scans import drawn_pages
from sessions_app.imports.reading import read_sheets
from sessions_app.imports.text import BadText, decode, rows_of
from tests.hostile.lists import GOOD, ROW, TITLES
from tests.hostile.pictures import jpeg, pdf, plain
from tests.sessions_app.imports import files

CSV = (TITLES + ROW * 3).encode()
XLSX = files.xlsx([files.TITLES, *files.PEOPLE])
FEW = settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
MANY = settings(FEW, max_examples=400)


@st.composite
def mutated(draw: st.DrawFn, seed: bytes) -> bytes:
    """Up to eight cuts: bytes replaced, put in, taken away or said again."""
    content = bytearray(seed)
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        length = draw(st.integers(0, 64))
        match draw(st.sampled_from(["replace", "insert", "delete", "repeat", "cut"])):
            case "replace":
                content[at : at + length] = draw(st.binary(min_size=length, max_size=length))
            case "insert":
                content[at:at] = draw(st.binary(max_size=64))
            case "delete":
                del content[at : at + length]
            case "repeat":
                content[at:at] = content[at : at + length] * draw(st.integers(2, 50))
            case _:
                del content[at:]
    return bytes(content)


READERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "csv": (CSV, read_sheets),
    "ods": (GOOD, read_sheets),
    "xlsx": (XLSX, read_sheets),
    "png for paper": (plain(400, 300), drawn_pages),
    "jpeg for paper": (jpeg(), drawn_pages),
    "pdf for paper": (pdf(), drawn_pages),
    "png for a logo": (plain(40, 30), drawn),
    "jpeg for a logo": (jpeg(), drawn),
}


def refusal_of(read: Callable[[bytes], object], content: bytes) -> DomainError | None:
    """Anything else that it raises is a failure."""
    try:
        read(content)
    except DomainError as refusal:
        return refusal
    return None


def fuzz(seed: bytes, read: Callable[[bytes], object], how: settings) -> None:
    @how
    @given(mutated(seed))
    def trial(content: bytes) -> None:
        refusal = refusal_of(read, content)
        assert refusal is None or (refusal.status == 422 and re.fullmatch(r"[^{]+\.", refusal.sentence))

    trial()


@pytest.mark.parametrize("reader", READERS)
def test_changed_file_is_read_or_refused(reader: str) -> None:
    fuzz(*READERS[reader], FEW)


@pytest.mark.soak
@pytest.mark.parametrize("reader", READERS)
def test_many_changed_files_are_read_or_refused(reader: str) -> None:
    fuzz(*READERS[reader], MANY)


@given(st.one_of(st.binary(max_size=400), mutated(CSV), mutated((TITLES + ROW).encode("utf-16"))))
def test_any_bytes_are_a_text_or_a_refusal_of_its_own(content: bytes) -> None:
    """The same code as in the child, in this process: many more of them."""
    try:
        rows = rows_of(decode(content))
    except BadText as refusal:
        rows = [[refusal.code, str(refusal.line)]]
    assert all(isinstance(cell, str) for row in rows for cell in row)
