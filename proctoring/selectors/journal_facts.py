"""The facts of one event as its sentence reads them, and the sentence that names what was done and whom."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from proctoring.selectors.wording import NBSP, clock_time, named_in


@dataclass(frozen=True, slots=True)
class Told:
    """The facts of one event, whom it is about, and the clock of the school."""

    facts: Mapping[str, Any]
    whom: str
    zone: ZoneInfo

    def text(self, key: str) -> str:
        value = self.facts.get(key)
        return "" if value is None or isinstance(value, dict | list) else str(value)

    def hour(self, key: str) -> str:
        """« 10h05 » of an instant; empty when there is none."""
        try:
            return clock_time(datetime.fromisoformat(self.text(key)).astimezone(self.zone))
        except ValueError:
            return ""

    @property
    def about(self) -> str:
        """« : Paul DUPONT », after what was done; somebody who is no candidate is named by the facts alone."""
        whom = self.whom or named_in(self.facts)
        return f"{NBSP}: {whom}" if whom else ""


type Sentence = Callable[[Told], str]


def plain(words: str, *details: Callable[[Told], str]) -> Sentence:
    """« words : whom (detail, detail). »"""

    def said(told: Told) -> str:
        found = [text for detail in details if (text := detail(told))]
        more = f" ({', '.join(found)})" if found else ""
        return f"{words}{told.about}{more}."

    return said


def quoted(key: str) -> Callable[[Told], str]:
    return lambda told: in_quotes(told.text(key)) if told.text(key) else ""


def in_quotes(text: str) -> str:
    """Quotes within quotes are the English ones."""
    inner = re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", text))
    return f"«{NBSP}{inner}{NBSP}»"
