"""Many rows that fell silent at the same time: one line of the lane, not twenty (R23)."""

from dataclasses import dataclass
from datetime import datetime

from pixsurv.kernel import clock
from proctoring import rules
from proctoring.enums import Need
from proctoring.selectors.row import Row
from proctoring.selectors.wording import age_words, clock_time
from sessions_app.models import Session


@dataclass(frozen=True, slots=True)
class Silence:
    """« 12 postes sans nouvelles depuis 10h42 », which may be an incident of the whole room."""

    rows: tuple[Row, ...]
    since: datetime
    clock: str
    age: str
    asks: bool  # whether it is an incident: none runs yet

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(row.id for row in self.rows)

    @property
    def milliseconds(self) -> int:
        """For the form that begins the incident when the silence began."""
        return clock.milliseconds(self.since)


def common_silence(rows: list[Row], session: Session, now: datetime) -> Silence | None:
    """The rows that fell silent within 60 s of three others at least; None below four."""
    silent = sorted(
        (badge.since, row.id, row) for row in rows for badge in row.needs if badge.need == Need.DISCONNECTED
    )
    together: dict[int, tuple[datetime, Row]] = {}
    for first, (begun, _, _) in enumerate(silent):
        near = [one for one in silent[first:] if one[0] - begun <= rules.SILENT_WITHIN]
        if len(near) >= rules.SILENT_TOGETHER:
            together |= {number: (since, row) for since, number, row in near}
    if not together:
        return None
    since = min(since for since, _ in together.values())
    found = sorted((row for _, row in together.values()), key=lambda row: row.workstation_key)
    said = clock_time(session.local(since)), age_words(now - since)
    # Explained by the incident that runs, or that has just ended: they come back one by one.
    ended = session.incident_over_at
    explained = session.incident_runs or (ended is not None and since <= ended)
    return Silence(tuple(found), since, *said, asks=not explained)
