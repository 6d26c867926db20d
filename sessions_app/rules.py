"""How long a test lasts (R13): needed where papers are printed as well as in the room, so it stands below both."""

from datetime import datetime, timedelta

PREPARATION = timedelta(minutes=15)  # R4: « Préparer (15 min) »
# 240 min of test and 300 % of it again: no session takes its room for longer (P3, candidate_extra_time_in_range).
LONGEST_OCCUPATION = PREPARATION + timedelta(minutes=240 * 4)


def extra_minutes(duration: int, percent: int) -> int:
    """ceil(duration × percent / 100), in minutes: 33 % of 105 is 35 (R13)."""
    return -(-duration * percent // 100)


def deadline(*, started_at: datetime, duration: int, extra_percent: int, given_minutes: int) -> datetime:
    """Start + duration + extra time + given-back minutes: the one place (R13)."""
    return started_at + timedelta(minutes=duration + extra_minutes(duration, extra_percent) + given_minutes)


def occupied_until(*, starts_at: datetime, duration: int, extra_percent: int) -> datetime:
    """Until when a session takes its room, its proctors and its pupils (P11).

    From its start: 15 min of preparation, then the test with the largest extra time of its candidates.
    """
    launch = starts_at + PREPARATION
    return deadline(started_at=launch, duration=duration, extra_percent=extra_percent, given_minutes=0)
