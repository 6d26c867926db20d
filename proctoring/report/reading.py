"""The report of a session as the database now tells it."""

from proctoring.report.content import Report, SessionFacts
from proctoring.report.fold import fold
from sessions_app.models import Event, Session


def report_of(session: Session) -> Report:
    """One query, whatever the number of candidates. `session` comes with its establishment."""
    events = Event.objects.filter(session_id=session.pk, sequence__lte=session.sequence)
    return fold(SessionFacts.of(session), events.order_by("sequence"))
