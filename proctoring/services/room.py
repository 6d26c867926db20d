"""A room whose session row is ours: what every service works with (architecture §2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.identity import clean_name
from pixsurv.kernel.journal import Json
from proctoring import rules
from proctoring.enums import SENTENCES, TRANSITIONS, AlertStatus, AttemptState, Source
from proctoring.models import Alert, Attempt
from proctoring.selectors.room import candidate_in
from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Event, Session
from sessions_app.services.journal import LockedSession

WRITTEN_HERE_OR_BY_HAND = frozenset({EventKind.RESUMED, EventKind.COMPLETED, EventKind.ENDED})


def refuse(code: str, *, status: int = 409) -> DomainError:
    """The refusal of that code, with its sentence."""
    return DomainError(code, SENTENCES[code], status=status)


def not_found() -> DomainError:
    return DomainError("not_found", "Cet élève n’est pas sur la liste de cette session.", status=404)


def one_line(text: str) -> str:
    """What somebody typed, on one line; `invalid` for a character that neither a journal nor a paper can hold."""
    try:
        return clean_name(" ".join(text.split()))
    except ValueError as error:
        raise DomainError(
            "invalid", "Ce texte contient un caractère qui ne se lit pas.", status=422
        ) from error


@dataclass
class Room:
    """The locked session with what services need of it.

    `at_the_end`: attempts are written with the events when the block ends, in one statement where the database can. For
    the acts of every minute, whose code asks the database for no attempt once it has changed one.
    """

    lock: LockedSession
    at_the_end: bool = False

    @property
    def session(self) -> Session:
        return self.lock.session

    @property
    def now(self) -> datetime:
        return self.lock.now

    def require_open(self) -> None:
        """Every act is refused once the session is closed or cancelled."""
        if self.session.is_over:
            raise refuse("session_closed")

    def attempt(self, candidate_id: int) -> Attempt:
        """The candidate's attempt, read under the lock; a new one, unsaved, when nothing happened yet."""
        candidate = candidate_in(self.session, candidate_id)
        if candidate is None:
            raise not_found()
        return self._bind(candidate)

    def attempts(self, candidate_ids: list[int] | None = None) -> list[Attempt]:
        """The attempts of these candidates (of all), in the order of the list."""
        candidates = Candidate.objects.select_related("attempt").filter(session_id=self.session.pk)
        if candidate_ids is not None:
            candidates = candidates.filter(pk__in=candidate_ids)
        found = [self._bind(candidate) for candidate in candidates.order_by("sort_key", "pk")]
        if candidate_ids is not None and len(found) != len(set(candidate_ids)):
            raise not_found()
        return found

    def _bind(self, candidate: Candidate) -> Attempt:
        candidate.session = self.session
        attempt = getattr(candidate, "attempt", None) or Attempt(candidate=candidate)
        attempt.candidate = candidate
        attempt.session = self.session
        return attempt

    def write(
        self,
        attempt: Attempt,
        kind: EventKind,
        *,
        actor: Actor,
        facts: Mapping[str, Json] | None = None,
        observed_at: datetime | None = None,
        changes_list: bool = False,
        **changes: Any,
    ) -> Event:
        """One event about a candidate, and the columns that it changes, together."""
        event = self.lock.record(
            kind,
            actor=actor,
            candidate_id=attempt.candidate_id,
            observed_at=observed_at,
            facts=facts,
            changes_list=changes_list,
        )
        changes["last_sequence"] = event.sequence
        left = changes.get("state", attempt.state) not in rules.MAY_BE_OUT
        if attempt.out_since is not None and (left or kind in rules.BACK_BY_HIMSELF):
            changes["out_since"] = None
        for name, value in changes.items():
            setattr(attempt, name, value)
        if self.at_the_end:
            self.lock.write_later(attempt, changes)
        elif attempt._state.adding:
            attempt.save(force_insert=True)
        else:
            # Only what changed: a whole save would overwrite a newer heartbeat (mechanics §1).
            attempt.save(update_fields=sorted(changes))
        return event

    def transition(
        self,
        attempt: Attempt,
        kind: EventKind,
        *,
        actor: Actor,
        facts: Mapping[str, Json] | None = None,
        observed_at: datetime | None = None,
        changes_list: bool = False,
        **changes: Any,
    ) -> Event:
        """Apply one row of the table, or refuse with its code. The caller has dealt with « already so »."""
        row = TRANSITIONS[kind]
        self.require_open()
        state = rules.state_at(attempt, self.now)
        if actor.kind not in row.actors:
            raise refuse("not_allowed", status=403)
        if state not in row.sources:
            raise refuse(row.refusal(state))
        if kind in WRITTEN_HERE_OR_BY_HAND:
            # The mark of a keyed time belongs to the last act alone.
            changes = {"source": Source.PIXSURV, "source_at": None, **changes}
        target = row.target if row.target is not None else AttemptState(attempt.state_before_end)
        return self.write(
            attempt,
            kind,
            actor=actor,
            facts=facts,
            observed_at=observed_at,
            changes_list=changes_list,
            state=target,
            **changes,
        )

    def due(self, instant: datetime) -> None:
        """Something falls due then: any request after it calls the clock (mechanics §3)."""
        current = self.session.next_due_at
        if current is None or instant < current:
            self.lock.change(next_due_at=instant)

    def watch(self, attempt: Attempt) -> None:
        """The clock has this running test in its eye: after whatever makes it run, or moves its deadline."""
        for instant in rules.falls_due(attempt, self.session):
            self.due(instant)

    def settle_alert(self, alert: Alert, status: AlertStatus, *, final_at: datetime | None = None) -> None:
        """`final_at`: until then it can be undone, and the candidate is told nothing."""
        alert.status = status
        alert.handled_at = self.now
        alert.final_at = final_at
        alert.save(update_fields=["status", "handled_at", "final_at"])

    def lapse_alerts(self, attempt: Attempt, *, actor: Actor) -> None:
        """Open alerts of a test that is over have no object any more (mechanics §6)."""
        if not getattr(attempt.candidate, "has_open_alert", True):
            return
        for alert in Alert.objects.filter(attempt_id=attempt.pk, status=AlertStatus.OPEN).order_by("pk"):
            self.settle_alert(alert, AlertStatus.LAPSED)
            facts: dict[str, Json] = {"alert": alert.pk, "question": alert.question}
            self.write(attempt, EventKind.ALERT_LAPSED, actor=actor, facts=facts)
