"""What the clock changes without an event (mechanics §2), as conditions of a query."""

from datetime import datetime, timedelta

from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.expressions import Combinable

from proctoring import rules
from proctoring.enums import RUNNING, AttemptState


def judged_at(prefix: str, now: datetime) -> Case:
    """`rules.standing` of a session, for a query; `prefix` leads to it."""
    runs = {f"{prefix}incident_since__isnull": False, f"{prefix}incident_over_at": None}
    return Case(
        When(**runs, then=F(f"{prefix}incident_since")),
        default=Value(now, output_field=DateTimeField()),
    )


def flipped(prefix: str, after: datetime, until: datetime, *, judged_at: Combinable | datetime) -> Q:
    """A deadline, a silence, a return, a proposal, a silence of three minutes or the end of an undo fell in
    (after, until]. A deadline must also have passed at `judged_at`: none does while an incident runs (R23)."""

    def crossed(column: str, shift: timedelta = timedelta(0)) -> Q:
        return Q(**{f"{prefix}{column}__gt": after - shift, f"{prefix}{column}__lte": until - shift})

    def just_written(column: str) -> Q:
        """Dated when its request came, seen once that is committed: a refresh in between missed it."""
        return Q(**{f"{prefix}{column}__gt": after - rules.SEEN_LATE, f"{prefix}{column}__lte": until})

    expired = Q(
        **{
            f"{prefix}started_at__gt": after - rules.LIFE_OF_A_TEST,
            f"{prefix}started_at__lte": until - rules.LIFE_OF_A_TEST,
        }
    )
    undo_over = Q(**{f"{prefix}state": AttemptState.ENDED}) & Q(
        **{
            f"{prefix}over_final_at__gt": after,
            f"{prefix}over_final_at__lte": until,
        }
    )
    # A proposal after a question that timed out comes without an event (R16).
    overtime = crossed("deadline_at") & Q(**{f"{prefix}deadline_at__lte": judged_at})
    times = overtime | crossed("silent_at") | just_written("reconnected_at") | just_written("proposed_at")
    running = Q(**{f"{prefix}state__in": sorted(RUNNING)})
    return running & (times | crossed("last_seen_at", rules.SILENCE_IN_LANE) | expired) | undo_over
