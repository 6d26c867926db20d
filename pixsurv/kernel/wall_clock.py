"""Local dates and hours of a school as instants, the two nights a year included (P3)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class NoSuchHour(ValueError):
    """The clocks jump over that hour."""


def instant_of(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks of `zone` show that; the first one where they show it twice.

    Raises NoSuchHour where they never do.
    """
    local = datetime.combine(day, hour, tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchHour
    return instant


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From midnight to midnight at the clocks of `zone`: 23 to 25 hours."""
    begin = datetime.combine(day, time.min, tzinfo=zone)
    return begin, datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


def shown_twice(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of `zone` show the same hour at another instant too."""
    local = instant.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
