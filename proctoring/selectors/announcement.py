"""One gesture, said at the foot of the page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Announcement:
    """With its undo: `fields` posted to `path` under the room's address. Without `undo` it is news, which is closed."""

    key: str
    sentence: str
    more: str
    undo: str  # on the button
    undo_more: str  # what a screen reader hears after it
    path: str
    fields: tuple[tuple[str, str], ...]
    seconds: int  # left to undo, or to be shown
