"""`{% term_of session as term %}`: until when a session is kept, for pages that know the session only."""

from dataclasses import dataclass
from datetime import date

from django import template

from proctoring.enums import SlipState
from proctoring.models import Elimination, EliminationSlip
from proctoring.selectors import retention
from sessions_app.models import Session

register = template.Library()


@dataclass(frozen=True, slots=True)
class Term:
    """`slip`: the one that the session stands on; `certified`: its elimination is done."""

    day: date
    why: str
    slip: EliminationSlip | None
    certified: bool


@register.simple_tag
def term_of(session: Session) -> Term:
    """One query."""
    day, _, why = retention.term_of(session)
    line = Elimination.objects.filter(session=session, withdrawn=False).select_related("slip").first()
    slip = line.slip if line is not None else None
    return Term(day, why, slip, slip is not None and slip.state == SlipState.DONE)
