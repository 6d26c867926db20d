"""The days that a page of the planning shows: a week from its Monday, or one day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices

from sessions_app.wording import long_day, week_day

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)  # as the form of a session has them
WEEK = 7
FRIDAY = 4


class View(TextChoices):
    """The value is the word in the address."""

    WEEK = "semaine", "Semaine"
    DAY = "jour", "Jour"


@dataclass(frozen=True, slots=True)
class Period:
    """`asked` is the day that was asked for: it stays the same when the view changes."""

    view: View
    asked: date

    @classmethod
    def read(cls, view: str, day: str, today: date) -> "Period":
        """What an address says; the week of today when it says nothing that makes sense."""
        try:
            asked = date.fromisoformat(day)
        except ValueError:
            asked = today
        shown = View(view) if view in View.values else View.WEEK
        return cls(shown, min(max(asked, FIRST_DAY), LAST_DAY))

    @property
    def first(self) -> date:
        if self.view == View.DAY:
            return self.asked
        return self.asked - timedelta(days=self.asked.weekday())

    @property
    def days(self) -> list[date]:
        count = WEEK if self.view == View.WEEK else 1
        return [self.first + timedelta(days=at) for at in range(count)]

    @property
    def previous(self) -> date:
        return self.first - timedelta(days=len(self.days))

    @property
    def following(self) -> date:
        return self.first + timedelta(days=len(self.days))

    @property
    def words(self) -> str:
        """« semaine du 9 au 15 mars 2026 », « mardi 10 mars 2026 »."""
        first, last = self.days[0], self.days[-1]
        if self.view == View.DAY:
            return week_day(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"semaine du {first.day} au {long_day(last)}"
        begin = long_day(first) if first.year != last.year else long_day(first).rsplit("\u00a0", 1)[0]
        return f"semaine du {begin} au {long_day(last)}"

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the first local midnight to the one after the last day (P3)."""
        return _midnight(self.first, zone), _midnight(self.following, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
