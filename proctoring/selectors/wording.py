"""Times and durations as a teacher says them, the same in the room as on paper."""

from sessions_app.wording import NBSP, age_words, clock_time, day, duration_words, short_day

__all__ = ["NBSP", "age_words", "clock_time", "day", "duration_words", "short_day"]
