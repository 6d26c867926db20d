"""The report of a session as the database now tells it."""

from proctoring.report.content import Report, SessionFacts
from proctoring.report.fold import fold
from proctoring.report.redaction import Hidden, hidden_of
from sessions_app.enums import EventKind
from sessions_app.models import Event, Session


def report_of(session: Session) -> Report:
    """One query, whatever the number of candidates. `session` comes with its establishment."""
    events = Event.objects.filter(session_id=session.pk, sequence__lte=session.sequence)
    return fold(SessionFacts.of(session), events.order_by("sequence"))


def hidden_in(session: Session) -> list[Hidden]:
    """What copies of this session leave out now. One query."""
    # The closing is among them for the time zone that it sealed.
    kinds = (EventKind.CLOSED, EventKind.PASSAGE_HIDDEN, EventKind.PASSAGE_SHOWN)
    events = Event.objects.filter(session_id=session.pk, kind__in=kinds).order_by("sequence")
    return hidden_of(SessionFacts.of(session), events)
