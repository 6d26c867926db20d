"""How long a test lasts (R13): needed where papers are printed as well as in the room, so it stands below both."""

from datetime import datetime, timedelta


def extra_minutes(duration: int, percent: int) -> int:
    """ceil(duration × percent / 100), in minutes: 33 % of 105 is 35 (R13)."""
    return -(-duration * percent // 100)


def deadline(*, started_at: datetime, duration: int, extra_percent: int, given_minutes: int) -> datetime:
    """Start + duration + extra time + given-back minutes: the one place (R13)."""
    return started_at + timedelta(minutes=duration + extra_minutes(duration, extra_percent) + given_minutes)
