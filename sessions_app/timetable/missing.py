"""What a planned session still lacks (P11). The kit is not among it: it can be printed at any time."""

from sessions_app.enums import SessionState
from sessions_app.models import Session


def missing(session: Session, candidates: int) -> list[str]:
    """Each in a few words; nothing for a session that has begun, is over or is cancelled."""
    if session.state != SessionState.PLANNED:
        return []
    found = []
    if not session.proctor_names.strip():
        found.append("Pas de surveillant")
    if not candidates:
        found.append("Aucun candidat")
    if session.workstations is None:
        found.append("Nombre de postes à préciser")
    elif (extra := candidates - max(session.workstations - session.spare_workstations, 0)) > 0:
        seats = candidates - extra
        found.append(f"{candidates} candidats pour {seats} postes" if seats > 1 else _few(candidates, seats))
    return found


def _few(candidates: int, seats: int) -> str:
    return f"{candidates} candidat{'s' if candidates > 1 else ''} pour {seats} poste"
