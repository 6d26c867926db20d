"""iCalendar as RFC 5545 writes it: CRLF, lines of 75 octets, texts escaped, every instant in UTC."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Pixsurv//Planning//FR"
LONGEST = 75  # octets of a line without its end (§3.1)
ASK_AGAIN = "PT4H"  # how often a program should come back (RFC 7986 §5.7)

# §3.6: a calendar holds at least one component. Ours says what its instants are in, whether or not it has events.
_UTC = (
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "TZNAME:UTC",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a calendar. `uid` never changes; `revised_at` is when what it says last did."""

    uid: UUID
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    revised_at: datetime
    summary: str
    location: str
    description: str
    cancelled: bool


def calendar(name: str, happenings: Sequence[Happening]) -> bytes:
    """The whole object; the same happenings give the same bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"NAME:{text(name)}",
        f"X-WR-CALNAME:{text(name)}",  # what programs older than RFC 7986 read
        f"REFRESH-INTERVAL;VALUE=DURATION:{ASK_AGAIN}",
        f"X-PUBLISHED-TTL:{ASK_AGAIN}",
        *_UTC,
        *(line for one in happenings for line in _event(one)),
        "END:VCALENDAR",
    ]
    return "".join(f"{piece}\r\n" for line in lines for piece in folded(line)).encode()


def text(value: str) -> str:
    """§3.3.11: backslash, semicolon and comma escaped, a new line written \\n, no other control character."""
    escaped = re.sub(r"([\\;,])", r"\\\1", value.replace("\r\n", "\n"))
    kept = "".join(char for char in escaped if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"})
    return kept.replace("\n", "\\n")


def instant(value: datetime) -> str:
    """§3.3.5, form 2: in UTC."""
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def folded(line: str) -> Iterator[str]:
    """§3.1: pieces of at most 75 octets, all but the first after a space; no character is cut in two."""
    piece, size = "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > LONGEST:
            yield piece
            piece, size = " ", 1
        piece += char
        size += octets
    yield piece


def _event(one: Happening) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{one.uid}",
        # Without METHOD, DTSTAMP is the time of the last revision, as LAST-MODIFIED (§3.8.7.2).
        f"DTSTAMP:{instant(one.revised_at)}",
        f"CREATED:{instant(one.created_at)}",
        f"LAST-MODIFIED:{instant(one.revised_at)}",
        f"DTSTART:{instant(one.starts_at)}",
        f"DTEND:{instant(one.ends_at)}",
        f"SUMMARY:{text(one.summary)}",
        f"LOCATION:{text(one.location)}",
        f"DESCRIPTION:{text(one.description)}",
        f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}",
        f"TRANSP:{'TRANSPARENT' if one.cancelled else 'OPAQUE'}",
        "END:VEVENT",
    ]
