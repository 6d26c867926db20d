"""Times, durations and people as a teacher says them, the same in the room as on paper."""

from collections.abc import Mapping
from typing import Any

from sessions_app.wording import NBSP, age_words, clock_time, day, duration_words, short_day

__all__ = ["NBSP", "age_words", "clock_time", "day", "duration_words", "named_in", "short_day"]


def named_in(facts: Mapping[str, Any]) -> str:
    """« Paul DUPONT », whom these facts of the journal name; empty when they name nobody."""
    return f"{facts.get('first_name') or ''} {str(facts.get('last_name') or '').upper()}".strip()
