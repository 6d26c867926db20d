"""One kept session as it leaves the archive: its row, its journal, its report, its papers."""

from dataclasses import dataclass, field
from datetime import datetime

from proctoring.archives import replica
from proctoring.archives.access import archived
from proctoring.report.content import Report, SessionFacts
from proctoring.report.fold import fold
from sessions_app.enums import SessionState
from sessions_app.models import Establishment, Event, FilePurpose, Session, StoredFile

# What leaves, in this order: where it stands in the folder of its session, and what it is called there.
PAPERS = {
    FilePurpose.REPORT: ("pv-incident", "PV d’incident scellé"),
    FilePurpose.ADDENDUM: ("additif", "Additif n°\u00a0{}"),
    FilePurpose.ATTENDANCE: ("emargement", "Feuille d’émargement"),
    FilePurpose.SCAN: ("feuille-signee", "Feuille signée numérisée"),
}
SEVERAL = frozenset({FilePurpose.ADDENDUM, FilePurpose.ATTENDANCE, FilePurpose.SCAN})
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, slots=True)
class Document:
    """A stored paper; its bytes are read when they leave. No name of a person is in `path`."""

    pk: int
    kind: str
    path: str
    label: str
    size: int
    sha256: str

    @property
    def is_packed(self) -> bool:
        """PDF and pictures are compressed already."""
        return self.path.endswith(("pdf", "png", "jpg"))

    def content(self) -> bytes:
        return replica.read(self._stored)

    def _stored(self) -> bytes:
        return bytes(StoredFile.objects.values_list("content", flat=True).get(pk=self.pk))


@dataclass(frozen=True, slots=True)
class Kept:
    """`report` is None once the personal data is eliminated: what stays is the journal's digests."""

    session: Session
    events: list[Event]
    documents: list[Document] = field(default_factory=list)
    report: Report | None = None

    @property
    def head(self) -> SessionFacts:
        """Place, hour and school as they were sealed; as of the row where no report is left to say them."""
        return self.report.session if self.report is not None else SessionFacts.of(self.session)

    @property
    def starts(self) -> datetime:
        """The start on the clock of the school."""
        return self.head.starts_at.astimezone(self.head.zone)

    @property
    def folder(self) -> str:
        return f"sessions/{self.session.number}"


def kept_session(establishment: Establishment, pk: int) -> Kept | None:
    """The whole session at one instant, without a transaction; None when it left the archive meanwhile.

    Read again when an addendum, or an elimination, came between the first row and the last.
    """
    while True:
        session = archived(establishment).filter(pk=pk).first()
        if session is None:
            return None
        session.establishment = establishment
        events = list(
            Event.objects.filter(session_id=pk, sequence__lte=session.sequence).order_by("sequence")
        )
        documents = _documents(session)
        if Session.objects.filter(pk=pk, state=session.state, head_hash=session.head_hash).exists():
            eliminated = session.state == SessionState.ELIMINATED
            return Kept(session, events, documents, None if eliminated else shown_report(session, events))


def shown_report(session: Session, events: list[Event]) -> Report:
    """What the pages and the lists of an export say: the fold that screen and paper show.

    The one place to change for an export « avec les passages occultés »: the stored papers and the journal are
    originals and stay so.
    """
    return fold(SessionFacts.of(session), events)


def eliminated_words(session: Session) -> str:
    """The one line that is left of an eliminated session."""
    if session.eliminating_at is None:
        return "Session éliminée."
    day = session.local(session.eliminating_at).strftime("%d/%m/%Y")
    return f"Session éliminée le {day}\u00a0: les données personnelles n’existent plus."


def _documents(session: Session) -> list[Document]:
    found = StoredFile.objects.filter(session_id=session.pk, purpose__in=PAPERS).order_by("pk")
    documents: list[Document] = []
    for pk, purpose, kind, size, digest in found.values_list(
        "pk", "purpose", "content_type", "size", "sha256"
    ):
        stem, label = PAPERS[FilePurpose(purpose)]
        rank = 1 + sum(one.kind == purpose for one in documents)
        name = f"{stem}-{rank}" if FilePurpose(purpose) in SEVERAL else stem
        path = f"{name}.{ENDINGS.get(kind, 'bin')}"
        documents.append(Document(pk, purpose, path, label.format(rank), size, digest))
    order = list(PAPERS)
    return sorted(documents, key=lambda one: (order.index(FilePurpose(one.kind)), one.pk))
