"""« Photographier la feuille signée »: pages that wait, bound into one PDF whose digest the journal chains (I3).

The paper stays valid: this is a copy of it. Decision 0021 says what is accepted, and why it is drawn anew.
"""

import hashlib
from datetime import datetime

from django.db.models import Max

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring.enums import SignedPaper
from proctoring.models import PaperPage
from proctoring.selectors.scans import Scan, scans_of
from proctoring.services.room import refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.documents.scans import MAX_PAGES, Sheet, bound, drawn_pages
from sessions_app.enums import EventKind, SessionKind, SessionState
from sessions_app.models import Session, StoredFile
from sessions_app.models.stored_file import MAX_BYTES as MAX_STORED
from sessions_app.models.stored_file import FilePurpose
from sessions_app.services.journal import LockedSession, locked_session
from sessions_app.wording import NBSP, day

MAX_SCANS = 20  # of one session: a room without an account must not be able to fill the disk
KEEPING = frozenset({SessionState.PLANNED, SessionState.LAUNCHED, SessionState.CLOSED})
STEMS = {
    SignedPaper.ATTENDANCE: "feuille-emargement",
    SignedPaper.REPORT: "pv-signe",
    SignedPaper.FALLBACK: "feuille-de-secours",
}
PURPOSES = {SignedPaper.ATTENDANCE: FilePurpose.ATTENDANCE}  # the others are « signed sheet »


def keeps_paper(session: Session) -> bool:
    """Not a rehearsal (R19), neither cancelled nor eliminated."""
    return session.state in KEEPING and session.kind != SessionKind.REHEARSAL


def holder_of(actor: Actor) -> str:
    """Who collects pages: the access to the room, else the account. Two who photograph at once do not mix theirs."""
    return f"access:{actor.access_id}" if actor.access_id is not None else f"account:{actor.account_id}"


def add_pages(*, session_id: int, content: bytes, actor: Actor, now: datetime) -> None:
    """Draw what was sent and let its pages wait, for 24 h; sent again, they are the same pages.

    Refused with `scan_refused` (422) by what the file is, `too_many_pages`, `keeps_no_paper`; what waits is kept.
    """
    drawn = drawn_pages(content)
    sent, holder = hashlib.sha256(content).hexdigest(), holder_of(actor)
    with locked_session(session_id, now=now) as lock:
        _require_keeping(lock.session)
        purge(now=now)
        mine = PaperPage.objects.filter(session_id=session_id, holder=holder)
        known = set(mine.values_list("source", flat=True))
        fresh = [(f"{sent}:{rank}", page) for rank, page in enumerate(drawn, start=1)]
        fresh = [(source, page) for source, page in fresh if source not in known]
        if len(known) + len(fresh) > MAX_PAGES:
            raise refuse("too_many_pages", status=422)
        last = mine.aggregate(last=Max("position"))["last"] or 0
        PaperPage.objects.bulk_create(
            PaperPage(
                session_id=session_id,
                holder=holder,
                position=last + rank,
                source=source,
                content=page.content,
                small=page.small,
                width=page.width,
                height=page.height,
                created_at=now,
            )
            for rank, (source, page) in enumerate(fresh, start=1)
        )


def purge(*, now: datetime) -> None:
    """Forget the pages that waited for a day, whoever's they were."""
    PaperPage.objects.expired(now).delete()


def move_page(*, session_id: int, page_id: int, rank: int, actor: Actor, now: datetime) -> None:
    """Put a page that waits at this rank, from 1; a rank beyond the ends is the end. `page_gone` (404)."""
    with locked_session(session_id, now=now):
        pages = list(PaperPage.objects.waiting(session_id, holder_of(actor), now))
        moved = next((one for one in pages if one.pk == page_id), None)
        if moved is None:
            raise refuse("page_gone", status=404)
        pages.remove(moved)
        pages.insert(max(0, rank - 1), moved)
        for position, page in enumerate(pages, start=1):
            page.position = position
        PaperPage.objects.bulk_update(pages, ["position"])


def remove_page(*, session_id: int, page_id: int, actor: Actor, now: datetime) -> None:
    """A page that waits was never a paper of the session: it goes without a trace. Gone already, nothing happens."""
    with locked_session(session_id, now=now):
        PaperPage.objects.filter(session_id=session_id, holder=holder_of(actor), pk=page_id).delete()


def bind_pages(*, session: Session, paper: str, shown: list[int], actor: Actor, now: datetime) -> Scan:
    """« Réunir en un PDF »: store it, chain its digest, forget the pages. The same pages bound again are bound once.

    `shown`: the pages that the form showed, in its order. The PDF is made before the lock. Refused with
    `paper_missing` (422), `already_bound` when they stand as another paper, `no_page`, `pages_changed`,
    `too_many_scans`, `keeps_no_paper`.
    """
    if paper not in SignedPaper.values:
        raise refuse("paper_missing", status=422)
    which, holder = SignedPaper(paper), holder_of(actor)
    waiting = list(PaperPage.objects.waiting(session.pk, holder, now).defer(None))
    made = _bound(session, which, waiting, now) if [one.pk for one in waiting] == shown and shown else b""
    with locked_session(session.pk, now=now) as lock:
        _require_keeping(lock.session)
        standing = scans_of(lock.session)
        if again := next((one for one in standing if shown and list(one.drafts) == shown), None):
            if again.paper != which.value:
                raise _already_bound(again)
            return again
        present = list(PaperPage.objects.waiting(session.pk, holder, now).values_list("pk", flat=True))
        if not present:
            raise refuse("no_page")
        if not made or present != shown:
            raise refuse("pages_changed")
        if len(standing) >= MAX_SCANS:
            raise refuse("too_many_scans")
        stored = _stored(lock, which, made)
        facts: dict[str, Json] = {
            "paper": which.value,
            "pages": len(shown),
            "file": stored.pk,
            "name": stored.name,
            "sha256": stored.sha256,
            "size": stored.size,
            "drafts": [*shown],
        }
        lock.record(EventKind.PAPER_SCANNED, actor=actor, facts=facts)
        PaperPage.objects.filter(pk__in=shown).delete()
    return next(one for one in scans_of(session) if one.file_id == stored.pk)


def may_remove_scans(session: Session, actor: Actor) -> bool:
    """Until the closing who is in the room, and an admin; afterwards an admin alone."""
    return actor.kind == ActorKind.ADMIN or (actor.kind == ActorKind.PROCTOR and not session.is_over)


def remove_scan(*, session_id: int, file_id: int, actor: Actor, now: datetime) -> None:
    """Withdraw a wrong photograph: the file is deleted, the events with its digest stay.

    Refused with `not_allowed` (403), `scan_gone` (404), `keeps_no_paper`.
    """
    with locked_session(session_id, now=now) as lock:
        _require_keeping(lock.session)
        if not may_remove_scans(lock.session, actor):
            raise refuse("not_allowed", status=403)
        scan = _standing(lock.session, file_id)
        StoredFile.objects.filter(session_id=session_id, pk=file_id).delete()
        facts: dict[str, Json] = {
            "paper": scan.paper,
            "pages": scan.pages,
            "file": file_id,
            "sha256": scan.sha256,
        }
        lock.record(EventKind.PAPER_REMOVED, actor=actor, facts=facts)


def scan_content(session: Session, file_id: int) -> tuple[Scan, bytes]:
    """The stored bytes, which are those that the journal chained. `scan_gone` (404); else `scan_altered`."""
    scan = _standing(session, file_id)
    stored = StoredFile.objects.filter(session=session, pk=file_id).first()
    if stored is None or hashlib.sha256(bytes(stored.content)).hexdigest() != scan.sha256:
        raise refuse("scan_altered")
    return scan, bytes(stored.content)


def _standing(session: Session, file_id: int) -> Scan:
    found = next((one for one in scans_of(session) if one.file_id == file_id), None)
    if found is None:
        raise refuse("scan_gone", status=404)
    return found


def _bound(session: Session, which: SignedPaper, pages: list[PaperPage], now: datetime) -> bytes:
    label, many = which.label, len(pages)
    held = day(session.local(session.starts_at).date())
    scanned = day(session.local(now).date())
    sheets = [
        Sheet(bytes(page.content), page.width > page.height, f"{label}, page {rank} sur {many}, numérisée")
        for rank, page in enumerate(pages, start=1)
    ]
    foot = (
        f"{label} · session {session.number} du {held} · numérisé le {scanned}{NBSP}: le papier reste valable"
    )
    return bound(sheets, title=f"{label} — session {session.number}", foot=foot, stamp=now)


def _stored(lock: LockedSession, which: SignedPaper, made: bytes) -> StoredFile:
    session = lock.session
    stored = StoredFile(
        establishment_id=session.establishment_id,
        session=session,
        purpose=PURPOSES.get(which, FilePurpose.SCAN),
        name=f"{STEMS[which]}-session-{session.number}-{session.sequence + 1}.pdf",
        content_type="application/pdf",
        created_at=lock.now,
    ).holding(made)
    if stored.size > MAX_STORED:
        raise DomainError(
            "scan_refused", "Ces pages pèsent plus de 5 Mo une fois réunies. Réunissez-les en deux fois."
        )
    stored.save(force_insert=True)
    return stored


def _already_bound(scan: Scan) -> DomainError:
    sentence = (
        f"Ces pages sont déjà réunies comme «{NBSP}{scan.label}{NBSP}». Si c’est une erreur, retirez cette"
        " numérisation, puis photographiez-les de nouveau."
    )
    return DomainError("already_bound", sentence)


def _require_keeping(session: Session) -> None:
    if not keeps_paper(session):
        raise refuse("keeps_no_paper")
