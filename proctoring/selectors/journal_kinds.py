"""The kinds of act, in the groups by which a journal is filtered."""

from collections.abc import Mapping
from types import MappingProxyType

from sessions_app.enums import EventKind

type Group = tuple[str, tuple[EventKind, ...]]

_K = EventKind

# Word of the address → words on the screen, kinds.
GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "presence": (
            "Présence et retards",
            (_K.PRESENCE_CONFIRMED, _K.PRESENCE_CANCELLED, _K.LATE_REFUSED, _K.WENT_OUT, _K.CAME_BACK),
        ),
        "test": (
            "Tests",
            (
                *(_K.STARTED, _K.COMPLETED, _K.ENDED, _K.END_UNDONE, _K.REOPENED, _K.EXPIRED, _K.LEFT),
                *(_K.WORKSTATION_CHANGED, _K.LAUNCH_TAKEN_BACK),
            ),
        ),
        "reprise": (
            "Reprises",
            (
                *(_K.RESUME_REQUESTED, _K.RESUME_DISMISSED, _K.RESUME_AUTHORISED, _K.RESUME_CANCELLED),
                _K.RESUMED,
            ),
        ),
        "entree": ("Entrée par ticket", (_K.TICKET_ISSUED, _K.TICKET_USED)),
        "direction": (
            "Demandes à la direction",
            (_K.CASE_RAISED, _K.CASE_ANSWERED, _K.CASE_WITHDRAWN),
        ),
        "signalement": (
            "Signalements",
            (_K.ALERT_RAISED, _K.ALERT_REFUSED, _K.ALERT_VALIDATED, _K.ALERT_UNDONE, _K.ALERT_LAPSED),
        ),
        "temps": ("Temps", (_K.MINUTES_GIVEN, _K.MINUTES_TAKEN_BACK, _K.EXTRA_TIME_SET)),
        "incident": (
            "Incidents",
            (
                *(_K.INCIDENT_REPORTED, _K.INCIDENT_CHANGED, _K.INCIDENT_DELETED),
                *(_K.ROOM_INCIDENT_STARTED, _K.ROOM_INCIDENT_ENDED, _K.PROPOSAL_DISMISSED),
            ),
        ),
        "surveillant": (
            "Surveillants et salle",
            (
                *(_K.PROCTOR_ENTERED, _K.PROCTOR_LEFT, _K.ACCESS_ENDED, _K.PASSWORD_CHANGED),
                _K.INSTRUCTIONS_READ,
            ),
        ),
        "liste": (
            "Liste des candidats",
            (
                *(_K.CANDIDATE_ENROLLED, _K.CANDIDATE_CORRECTED, _K.CANDIDATE_TRANSFERRED),
                _K.BECAME_CERTIFIABLE,
            ),
        ),
        "cloture": ("Clôture et suites", (_K.COMMENT_CHANGED, _K.CLOSED, _K.ADDENDUM, _K.RECEIPT)),
        "papier": (
            "Papiers et copies",
            (
                *(_K.PAPER_SEALED, _K.PAPER_SCANNED, _K.PAPER_REMOVED),
                *(_K.PASSAGE_HIDDEN, _K.PASSAGE_SHOWN),
            ),
        ),
    }
)


def kinds_of(asked: str) -> tuple[EventKind, ...]:
    """The kinds of a group, or that one kind; none for nonsense."""
    if asked in GROUPS:
        return GROUPS[asked][1]
    return (EventKind(asked),) if asked in EventKind.values else ()
