"""One session as it is kept: its seal, its receipt, its papers (I5, I8)."""

from dataclasses import dataclass
from datetime import date, datetime

from proctoring.archives.tray.shelf import ELIMINATED, Standing, receipt_of, standing_of, watched_by
from proctoring.enums import AttemptState
from proctoring.models import Attempt, Receipt
from proctoring.report.seal import seal_words, verify_link
from proctoring.selectors.retention import counts_of_eliminated, term_of
from proctoring.verify.selectors import verified
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Event, Session, StoredFile
from sessions_app.models.stored_file import FilePurpose


@dataclass(frozen=True, slots=True)
class Addendum:
    """A stored addendum; `rank` is the number in its address."""

    rank: int
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What the page says; no query runs after it was made. `present` None: eliminated, and nothing counts them."""

    receipt: Receipt | None
    standing: Standing
    until: date
    seal: str
    verify_link: str
    intact: bool
    events: int
    gaps: list[str]
    proctors: list[str]
    candidates: int
    present: int | None
    report: StoredFile | None
    addenda: list[Addendum]
    attendance: StoredFile | None
    now: datetime

    @property
    def is_eliminated(self) -> bool:
        return self.standing is ELIMINATED


def kept(session: Session, now: datetime) -> Kept:
    """The chain is computed again, at most once a minute (`verified`)."""
    chain = verified(session)
    files = list(
        StoredFile.objects.filter(
            session=session, purpose__in=[FilePurpose.REPORT, FilePurpose.ADDENDUM, FilePurpose.ATTENDANCE]
        )
        .defer("content")
        .order_by("pk")
    )
    by_purpose = {one.purpose: one for one in reversed(files)}
    addenda = [one for one in files if one.purpose == FilePurpose.ADDENDUM]
    came = Attempt.objects.filter(session=session).exclude(state=AttemptState.EXPECTED)
    gone = counts_of_eliminated([session]).get(session.pk)
    receipt = receipt_of(session)
    names = watched_by([session.pk])[session.pk]
    return Kept(
        receipt=receipt,
        standing=standing_of(session, receipt, now),
        until=kept_until(session),
        seal=seal_words(session.seal),
        verify_link=verify_link(session.number, session.seal) if session.seal else "",
        intact=chain.broken is None,
        events=chain.events,
        gaps=_gaps(session),
        proctors=names or [session.proctor_names] * bool(session.proctor_names),
        candidates=Candidate.objects.filter(session=session).count(),
        present=gone.present if gone else came.count(),
        report=by_purpose.get(FilePurpose.REPORT),
        addenda=[Addendum(rank, one.created_at) for rank, one in enumerate(addenda, start=1)],
        attendance=by_purpose.get(FilePurpose.ATTENDANCE),
        now=now,
    )


def kept_until(session: Session) -> date:
    """The term of the retention (I6): one rule says it, here and on the list of what reached its term."""
    until, _, _ = term_of(session)
    return until


def _gaps(session: Session) -> list[str]:
    """What the closing stated as missing; nothing once its facts are eliminated."""
    facts = (
        Event.objects.filter(session=session, kind=EventKind.CLOSED).values_list("facts", flat=True).first()
    )
    told = facts.get("gaps") if facts else None
    return [str(words) for words in told] if isinstance(told, list) else []
