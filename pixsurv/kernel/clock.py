"""The one door through which time enters. Services take `now` once and pass it on."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)


def now() -> datetime:
    """The server's present instant, aware, in UTC."""
    return timezone.now()


def milliseconds(instant: datetime) -> int:
    """Whole milliseconds since the epoch; what the opaque version carries."""
    return int(instant.timestamp() * 1000)


def from_milliseconds(value: int) -> datetime:
    """The instant that `milliseconds` came from, cut to the millisecond; beyond the calendar, its end."""
    try:
        return EPOCH + timedelta(milliseconds=value)
    except OverflowError:
        return END
