"""What a choice of papers will take, said before somebody waits for it.

Measured on two cores of an ordinary machine; a busy server takes longer, which is why the page says « environ ».
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sessions_app.documents.bundle import Chosen, Wish, pages_of
from sessions_app.documents.papers import Paper

SECONDS_A_PAPER = 0.02
SECONDS_A_PAGE = 0.03
BYTES_A_PAGE = 38_000
LONG = 10  # seconds: beyond, one is told before


@dataclass(frozen=True, slots=True)
class Expected:
    papers: int
    seconds: int
    megabytes: int

    @property
    def is_long(self) -> bool:
        return self.seconds > LONG

    @property
    def words(self) -> str:
        """« 40 secondes », « 3 minutes »: nobody needs it more exactly."""
        if self.seconds < 60:
            return f"{ceil(self.seconds / 10) * 10} secondes"
        minutes = ceil(self.seconds / 60)
        return f"{minutes} minute{'s' if minutes > 1 else ''}"


def expected(wish: Wish, some: Sequence[Chosen]) -> Expected:
    """Of a ZIP, which is made paper by paper."""
    each = [paper for paper in wish.papers if paper != Paper.SCHOOL_OFFICE]
    papers = len(each) * len(some) + (len(each) < len(wish.papers))
    pages = pages_of(wish, some)
    return Expected(
        papers=papers,
        seconds=ceil(papers * SECONDS_A_PAPER + pages * SECONDS_A_PAGE),
        megabytes=ceil(pages * BYTES_A_PAGE / 1_000_000),
    )
