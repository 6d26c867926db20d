"""Corrections after the closing: dated addenda by an admin, chained, each with its own seal and paper (I4)."""

from datetime import datetime

from pixsurv.kernel.errors import DomainError
from proctoring.report.content import SessionFacts
from proctoring.report.fold import fold
from proctoring.report.paper import addendum_pdf
from proctoring.services import once
from proctoring.services.comment import clean_text
from proctoring.services.room import refuse
from proctoring.services.sealed_papers import store_sealed
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, SessionKind, SessionState
from sessions_app.models import Event, Session, StoredFile
from sessions_app.models.stored_file import FilePurpose
from sessions_app.services.journal import locked_session

LONGEST_ADDENDUM = 2000


def add_addendum(*, session_id: int, text: str, key: str, actor: Actor, now: datetime) -> None:
    """Write an addendum and store its paper. The same form sent again (`key`) adds nothing.

    The session stays closed, its seal and its paper as they are. Refused with `not_allowed` (403), `not_closed`,
    `empty`, `too_long` and `invalid` (422).
    """
    if actor.kind != ActorKind.ADMIN:
        raise refuse("not_allowed", status=403)
    cleaned = clean_text(text, longest=LONGEST_ADDENDUM)
    if not cleaned:
        raise DomainError("empty", "Écrivez le texte de l’additif.", status=422)

    def act() -> once.Answer:
        _add(session_id, cleaned, actor, now)
        return once.Answer(200)

    once.guard(scope=f"session:{session_id}/addendum", key=key, body={"text": cleaned}, now=now, act=act)


def stored_paper(session: Session, purpose: FilePurpose, name: str = "") -> StoredFile | None:
    """The stored bytes of the report, or of the addendum of that name."""
    found = StoredFile.objects.filter(session=session, purpose=purpose)
    return (found.filter(name=name) if name else found).order_by("pk").first()


def addendum_file_name(session: Session, rank: int) -> str:
    return f"additif-{rank}-pv-session-{session.number}.pdf"


def _add(session_id: int, text: str, actor: Actor, now: datetime) -> None:
    """An admin writes alone, once in a while, in a room where nobody acts: the paper is made under the lock."""
    with locked_session(session_id, now=now) as lock:
        session = lock.session
        if session.state != SessionState.CLOSED or session.kind == SessionKind.REHEARSAL:
            raise DomainError("not_closed", "Un additif s’ajoute au PV d’une session clôturée.")
        written = list(Event.objects.filter(session_id=session_id).order_by("sequence"))
        event = lock.record(EventKind.ADDENDUM, actor=actor, facts={"text": text})
        report = fold(SessionFacts.of(session), [*written, event])
        latest = report.addenda[-1]
        store_sealed(
            lock,
            purpose=FilePurpose.ADDENDUM,
            name=addendum_file_name(session, latest.rank),
            content=addendum_pdf(report, latest),
            actor=actor,
        )
