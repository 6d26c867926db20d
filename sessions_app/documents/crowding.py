"""How many lines a text will take, from above: measuring in typst costs as much as setting the paper.

A template takes its ordinary size where these say that there is room, and measures only where they do not.
"""

from collections.abc import Iterable
from math import ceil

from sessions_app.documents.content import Caller, Help, Step

LINE = 90.0  # letters of ordinary width on a line beside the margin, at 9.5 points
HALF = 43.0  # the same in one of two columns


def breadth(text: str) -> float:
    """In letters of ordinary width."""
    return sum(map(_breadth, text))


def lines(text: str, a_line: float = LINE) -> int:
    return max(1, ceil(breadth(text) / a_line)) if text else 0


def facts_lines(*values: str) -> int:
    """Of « Détails de la session », whose names take a quarter of the line; line ends count."""
    return sum(lines(part, 62) for value in values for part in value.split("\n"))


def day_lines(steps: Iterable[Step], entries: Iterable[Help], callers: list[Caller]) -> int:
    """Of the back of the kit."""
    told = sum(lines(f"1. {step.name} {step.what}") for step in steps)
    helped = sum(lines(f"{entry.what}. {entry.todo} {entry.link}") for entry in entries)
    called = [
        lines(one.purpose, HALF) + lines(f"{one.phone} · {one.name} · {one.place} · {one.hours}", HALF)
        for one in callers
    ]
    rows = [max(called[at : at + 2]) for at in range(0, len(called), 2)]
    return told + helped + (sum(rows) or 5)


def _breadth(char: str) -> float:
    if char in "WMwm@%—…œŒ" or (ord(char) > 0x17F and char not in "’«»–"):
        return 1.8
    return 1.3 if char.isupper() or char.isdecimal() else 1.0
