"""iCalendar to the letter of RFC 5545."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sessions_app.feeds.ical import Happening, calendar, folded
from tests.sessions_app.feeds.parser import events, parse

START = datetime(2026, 3, 10, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))


def happening(**values: object) -> Happening:
    known: dict[str, object] = {
        "uid": UUID(int=1),
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "revised_at": datetime(2026, 2, 1, tzinfo=UTC),
        "summary": "Surveillance salle B12",
        "location": "Salle B12, Site",
        "description": "20 candidats",
        "cancelled": False,
    }
    return Happening(**{**known, **values})  # type: ignore[arg-type]


def test_instants_are_in_utc() -> None:
    [event] = events(calendar("Essai", [happening()]))
    assert (event.one("DTSTART"), event.one("DTEND")) == ("20260310T090000Z", "20260310T110000Z")
    assert event.one("DTSTAMP") == event.one("LAST-MODIFIED") == "20260201T000000Z"


def test_calendar_without_events_still_holds_a_component() -> None:
    assert [one.name for one in parse(calendar("Vide", [])).children] == ["VTIMEZONE"]


def test_what_could_break_a_line_is_escaped() -> None:
    words = "Salle « B\\12 », 2e ; aile\nEND:VEVENT\r\nBEGIN:VALARM"
    [event] = events(calendar("a,b;c\\d", [happening(location=words)]))
    assert event.text("LOCATION") == words.replace("\r\n", "\n")


def test_control_characters_are_dropped() -> None:
    [event] = events(calendar("Essai", [happening(location="B\x0012\x1f\x85")]))
    assert event.text("LOCATION") == "B12"


def test_cancelled_event_says_so() -> None:
    [event] = events(calendar("Essai", [happening(cancelled=True)]))
    assert (event.one("STATUS"), event.one("TRANSP")) == ("CANCELLED", "TRANSPARENT")


def test_line_of_exactly_75_octets_is_not_folded() -> None:
    assert list(folded("x" * 75)) == ["x" * 75]
    assert list(folded("x" * 76)) == ["x" * 75, " x"]
    assert [len(piece.encode()) for piece in folded("é" * 60)] == [74, 47]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_any_text_comes_back_whole(words: str) -> None:
    [event] = events(calendar("Essai", [happening(description=words)]))
    assert event.text("DESCRIPTION") == words
