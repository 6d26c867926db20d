"""The comment of the report (I2): at most 500 characters, one event a save, two who write at once both kept."""

import unicodedata
from datetime import datetime

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.identity import visible
from proctoring.services.due import locked_room
from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.models import Event

LONGEST_COMMENT = 500


class CommentChanged(DomainError):
    """Somebody else saved another text since this one was shown. `version` and `text` are his."""

    def __init__(self, last: Event) -> None:
        super().__init__(
            "comment_changed",
            "Quelqu’un d’autre a enregistré un autre commentaire entre-temps. Les deux textes sont affichés.",
        )
        self.last = last


def save_comment(*, session_id: int, text: str, seen: int, actor: Actor, now: datetime) -> int:
    """Write the comment; returns its version. The same text again records nothing.

    `seen` is the version that the form started from (0: none yet). Refused with `too_long` and `invalid` (422),
    `session_closed`, `comment_changed`.
    """
    cleaned = clean_text(text, longest=LONGEST_COMMENT)
    with locked_room(session_id, now=now) as room:
        last = (
            Event.objects.filter(session_id=session_id, kind=EventKind.COMMENT_CHANGED)
            .order_by("-sequence")
            .first()
        )
        version = last.sequence if last is not None else 0
        room.require_open()
        if cleaned == (str((last.facts or {}).get("text", "")) if last is not None else ""):
            return version
        if last is not None and version != seen:
            raise CommentChanged(last)
        return room.lock.record(EventKind.COMMENT_CHANGED, actor=actor, facts={"text": cleaned}).sequence


def clean_text(text: str, *, longest: int) -> str:
    """Several lines, composed, nothing invisible, no control character; `invalid` or `too_long` (422)."""
    lines = visible(text).replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in lines):
        raise DomainError("invalid", "Ce texte contient un caractère qui ne se lit pas.", status=422)
    if len(lines) > longest:
        over = len(lines) - longest
        raise DomainError(
            "too_long",
            f"{longest} caractères au plus{chr(160)}: ce texte en a {over} de trop. Rien n’a été enregistré.",
            status=422,
        )
    return lines
