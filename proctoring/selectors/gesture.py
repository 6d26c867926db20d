"""A button of a row, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gesture:
    """A button of a row: what it says, for whom, where it leads (below the candidate's address)."""

    words: str
    whom: str
    path: str
    asks: bool = True  # opens a question; otherwise it acts at once
    danger: bool = False
    look: str = ""

    @property
    def form(self) -> str:
        return "ouvrir" if self.asks else "geste"
