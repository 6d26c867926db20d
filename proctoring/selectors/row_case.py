"""What a row says of the case that its room sent up, and what it may still send (R10, R12)."""

from dataclasses import dataclass, replace
from datetime import datetime

from proctoring import rules
from proctoring.enums import AttemptState, CaseKind, CaseState
from proctoring.models import Attempt, Case
from proctoring.selectors.gesture import Gesture
from proctoring.selectors.wording import clock_time
from sessions_app.models import Session

# The word of a case in an address of the room.
PATHS = {CaseKind.LATE: "retard", CaseKind.REOPENING: "reouverture"}
WHILE = {
    CaseKind.LATE: frozenset({AttemptState.EXPECTED}),
    CaseKind.NOT_LISTED: frozenset({AttemptState.EXPECTED}),
    CaseKind.TRANSFER: frozenset({AttemptState.EXPECTED}),
    CaseKind.REOPENING: frozenset({AttemptState.ENDED, AttemptState.COMPLETED}),
}
ACCEPTED = {
    CaseKind.LATE: "Retard accepté par la direction à",
    CaseKind.NOT_LISTED: "Inscrit par la direction à",
    CaseKind.TRANSFER: "Transféré ici par la direction à",
    CaseKind.REOPENING: "Réouverture accordée à",
}
REFUSED = {CaseKind.REOPENING: "Réouverture refusée par la direction à"}


@dataclass(frozen=True, slots=True)
class RowCase:
    """`words` is a badge, empty when there is nothing to tell; `ask` the kind that may be asked now."""

    words: str = ""
    waits: bool = False
    asked_before: bool = False
    ask: CaseKind | None = None
    by_proctor: bool = False  # the proctor ended the test himself
    answered: int = 0  # the sequence of the last answer: who has seen less is told

    @property
    def is_next(self) -> bool:
        """The next step of a refused late pupil, or of a test that the proctor ended; put forward once."""
        return (
            self.ask is not None and not self.asked_before and (self.ask == CaseKind.LATE or self.by_proctor)
        )

    @property
    def is_seldom(self) -> bool:
        """Kept in the menu."""
        return self.ask is not None and not self.is_next

    @property
    def key(self) -> str:
        """Of its gesture among those of a menu."""
        return f"{PATHS[self.ask] if self.ask else ''}{'-vu' if self.waits else ''}"

    def gesture(self, name: str) -> Gesture:
        """Asking, or looking at what was asked."""
        path = f"direction/{PATHS[self.ask] if self.ask else ''}/"
        if self.waits:
            return Gesture("Voir la demande envoyée", f"pour {name}", path)
        if self.ask == CaseKind.LATE:
            return Gesture("Demander l’accord de la direction", f"pour {name}", path, look="bouton--lien")
        return Gesture("Demander la réouverture", f"du test de {name}", path, look="bouton--lien")


def case_gestures(name: str) -> dict[str, Gesture]:
    """What a menu may hold of it, by key."""
    cases = [RowCase(ask=kind, waits=waits) for kind in PATHS for waits in (False, True)]
    return {case.key: case.gesture(name) for case in cases}


def row_case_of(attempt: Attempt, session: Session, now: datetime) -> RowCase:
    """Without a query where `last_case` was read along with the attempt."""
    case, state = attempt.last_case, rules.state_at(attempt, now)
    kind = None if session.is_over else _may_ask(attempt, state, now)
    answered = case.answered_sequence if case is not None and case.state != CaseState.WITHDRAWN else None
    usual = RowCase(ask=kind, by_proctor=state == AttemptState.ENDED, answered=answered or 0)
    if case is None or state not in WHILE[CaseKind(case.kind)]:
        return usual
    asked_before = kind is not None and case.kind == kind and case.state != CaseState.WITHDRAWN
    return replace(
        usual, words=_words(case, session), waits=case.state == CaseState.OPEN, asked_before=asked_before
    )


def _may_ask(attempt: Attempt, state: AttemptState, now: datetime) -> CaseKind | None:
    if state == AttemptState.EXPECTED and attempt.late_refused_at is not None:
        return CaseKind.LATE if attempt.candidate.certifiable is not False else None
    over = state in WHILE[CaseKind.REOPENING]
    if over and rules.is_final(attempt, now) and rules.may_be_reopened(attempt, now):
        return CaseKind.REOPENING
    return None


def _words(case: Case, session: Session) -> str:
    kind = CaseKind(case.kind)
    if case.state == CaseState.OPEN:
        return f"Demande envoyée à {clock_time(session.local(case.asked_at))}"
    at = clock_time(session.local(case.answered_at)) if case.answered_at else ""
    if case.state == CaseState.ACCEPTED:
        return f"{ACCEPTED[kind]} {at}"
    if case.state == CaseState.REFUSED:
        return f"{REFUSED.get(kind, 'Refusé par la direction à')} {at}"
    return ""
