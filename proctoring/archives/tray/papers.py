"""The papers of one kept session, each a PDF of its own address (I5)."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.archives.access import on_archived_session
from proctoring.archives.replica import from_replica
from proctoring.services.addenda import addendum_file_name, stored_paper
from sessions_app.documents import bundle
from sessions_app.documents.papers import Paper
from sessions_app.downloads import PDF, pdf_attachment
from sessions_app.enums import SessionState
from sessions_app.models import Session, StoredFile
from sessions_app.models.stored_file import FilePurpose

logger = logging.getLogger("pixsurv.archives")


@require_safe
@on_archived_session
@from_replica
def report(request: HttpRequest, session: Session) -> HttpResponse:
    """The sealed bytes, never made again."""
    return _stored(stored_paper(session, FilePurpose.REPORT), "Cette session n’a pas de PV scellé.")


@require_safe
@on_archived_session
@from_replica
def addendum(request: HttpRequest, session: Session, rank: int) -> HttpResponse:
    """The stored bytes of one addendum."""
    name = addendum_file_name(session, rank)
    return _stored(stored_paper(session, FilePurpose.ADDENDUM, name), "Cet additif n’existe pas.")


@require_safe
@on_archived_session
@from_replica
def attendance(request: HttpRequest, session: Session) -> HttpResponse:
    """The stored sheet; where none was stored, the list printed again with the date of today on it."""
    stored = stored_paper(session, FilePurpose.ATTENDANCE)
    if stored is not None and stored.content_type == PDF:
        return _stored(stored, "")
    _refuse_eliminated(session)
    name = f"feuille-emargement-reeditee-session-{session.number}.pdf"
    return pdf_attachment(bundle.archived_paper(Paper.ATTENDANCE, _chosen(session), now=clock.now()), name)


@require_safe
@on_archived_session
@from_replica
def kit(request: HttpRequest, session: Session) -> HttpResponse:
    """The kit without its secrets: they are not read, so that they cannot be printed."""
    _refuse_eliminated(session)
    name = f"kit-surveillant-raye-session-{session.number}.pdf"
    return pdf_attachment(bundle.archived_paper(Paper.KIT, _chosen(session), now=clock.now()), name)


def _chosen(session: Session) -> bundle.Chosen:
    logger.info("archived paper made: session %s", session.pk)
    return bundle.chosen([session])[0]


def _refuse_eliminated(session: Session) -> None:
    if session.state == SessionState.ELIMINATED:
        raise DomainError(
            "session_eliminated", "Cette session est éliminée\u00a0: ce document n’existe plus."
        )


def _stored(stored: StoredFile | None, otherwise: str) -> HttpResponse:
    if stored is None:
        raise DomainError("not_found", otherwise, status=404)
    return pdf_attachment(bytes(stored.content), stored.name)
