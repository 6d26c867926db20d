"""The signed papers of a session that were photographed or scanned, as the journal tells of them (I3)."""

from dataclasses import dataclass
from datetime import datetime

from proctoring.enums import SignedPaper
from sessions_app.enums import EventKind
from sessions_app.models import Event, Session
from sessions_app.wording import NBSP

KINDS = (EventKind.PAPER_SCANNED, EventKind.PAPER_REMOVED)


@dataclass(frozen=True, slots=True)
class Scan:
    """One PDF. `sequence` is that of the event which chains its digest; `when` at the clock of the school, naive."""

    file_id: int
    sequence: int
    paper: str
    pages: int
    size: int
    sha256: str
    name: str
    by: str
    when: datetime
    drafts: tuple[int, ...]

    @property
    def label(self) -> str:
        return str(SignedPaper(self.paper).label) if self.paper in SignedPaper.values else "Papier signé"

    @property
    def weight(self) -> str:
        """« 360 ko »: never less than one."""
        return f"{max(1, round(self.size / 1000))}{NBSP}ko"

    @property
    def digest_start(self) -> str:
        return self.sha256[:12]


def scans_of(session: Session) -> list[Scan]:
    """Those that stand, the oldest first; none once facts are eliminated. One query."""
    standing: dict[int, Scan] = {}
    events = Event.objects.filter(session_id=session.pk, kind__in=KINDS, facts__isnull=False)
    for event in events.order_by("sequence"):
        facts = event.facts or {}
        if event.kind == EventKind.PAPER_REMOVED:
            standing.pop(int(facts["file"]), None)
            continue
        standing[int(facts["file"])] = Scan(
            file_id=int(facts["file"]),
            sequence=event.sequence,
            paper=str(facts["paper"]),
            pages=int(facts["pages"]),
            size=int(facts["size"]),
            sha256=str(facts["sha256"]),
            name=str(facts["name"]),
            by=str((facts.get("actor") or {}).get("name", "")),
            when=session.local(event.received_at).replace(tzinfo=None),
            drafts=tuple(facts.get("drafts") or ()),
        )
    return list(standing.values())
