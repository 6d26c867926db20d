"""Hours inside a sentence: on another day than the session's, the French around them changes too."""

from datetime import datetime

from proctoring.report.content import SessionFacts
from sessions_app.wording import clock_time, short_day


def at(session: SessionFacts, instant: datetime) -> str:
    """« à 9h22 »; on another day « le 27/11 à 9h22 »."""
    told = session.clock(instant)
    return f"à {told}" if _on_the_day(session, instant) else f"le {told}"


def since(session: SessionFacts, instant: datetime) -> str:
    """« depuis 9h22 », « depuis le 27/11 à 9h22 »."""
    told = session.clock(instant)
    return f"depuis {told}" if _on_the_day(session, instant) else f"depuis le {told}"


def span(session: SessionFacts, begin: datetime, end: datetime) -> str:
    """« de 9h08 à 9h22 », « de 9h08 au 27/11 à 9h22 », « le 27/11 de 8h22 à 9h07 »."""
    first, last = begin.astimezone(session.zone), end.astimezone(session.zone)
    if first.date() == last.date():
        day = "" if _on_the_day(session, begin) else f"le {short_day(first.date())} "
        return f"{day}de {clock_time(first)} à {clock_time(last)}"
    of = "de" if _on_the_day(session, begin) else "du"
    return f"{of} {session.clock(begin)} au {short_day(last.date())} à {clock_time(last)}"


def _on_the_day(session: SessionFacts, instant: datetime) -> bool:
    return instant.astimezone(session.zone).date() == session.starts_at.astimezone(session.zone).date()
