"""« Que faire si… » as a school has it: on the back of the kit, in its settings (P9, R18)."""

from dataclasses import dataclass
from datetime import date

from sessions_app.help import PROPOSED, Topic
from sessions_app.models import Establishment, HelpText


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """One question and what to do. `is_own`: in the school's words, not in ours."""

    topic: Topic
    text: str
    is_own: bool = False
    link: str = ""
    checked_on: date | None = None

    @property
    def title(self) -> str:
        return self.topic.label

    def to_check_again(self, today: date) -> bool:
        """A link that nobody opened for a year; a text alone does not rot by itself."""
        if not self.link or self.checked_on is None:
            return False
        return (self.checked_on.year + 1, self.checked_on.month, self.checked_on.day) <= (
            today.year,
            today.month,
            today.day,
        )


def help_entries(establishment: Establishment | None) -> list[HelpEntry]:
    """Every topic, in its order, in the words of that school; one query. Ours, without a query, where none is known."""
    known = HelpText.objects.filter(establishment=establishment).order_by("pk") if establishment else ()
    own = {row.topic: row for row in known}
    return [_entry(topic, own.get(topic.value)) for topic in Topic]


def help_text(establishment: Establishment, topic: Topic) -> HelpText:
    """What the school wrote; an unsaved, empty one where it wrote nothing."""
    found = HelpText.objects.filter(establishment=establishment, topic=topic).first()
    return found or HelpText(establishment=establishment, topic=topic)


def _entry(topic: Topic, row: HelpText | None) -> HelpEntry:
    if row is None:
        return HelpEntry(topic, PROPOSED[topic])
    return HelpEntry(topic, row.text or PROPOSED[topic], bool(row.text), row.link, row.checked_on)
