"""Exports of the archive: noted before the first byte leaves, and again with the digest of what left (I5)."""

import logging
from datetime import datetime

from pixsurv.kernel.errors import DomainError
from proctoring.models import Export, ExportShape
from sessions_app.actors import Actor
from sessions_app.models import Establishment

logger = logging.getLogger("pixsurv.archives")


def begin_export(
    *,
    establishment: Establishment,
    shape: ExportShape,
    choice: str,
    sessions: int,
    actor: Actor,
    now: datetime,
) -> Export:
    """Who takes what, before it leaves. Refused with `empty` (422): nothing to export."""
    if not sessions:
        raise DomainError("empty", "Ce choix ne contient aucune session archivée.", status=422)
    export = Export.objects.create(
        establishment=establishment,
        account_id=actor.account_id,
        by=actor.name,
        shape=shape,
        choice=choice,
        sessions=sessions,
        started_at=now,
    )
    logger.info(
        "archive export begun: export %s, establishment %s, account %s, %s, %s sessions",
        export.pk,
        establishment.pk,
        actor.account_id,
        shape.value,
        sessions,
    )
    return export


def finish_export(
    *, export: Export, sessions: int, candidates: int, size: int, digest: str, now: datetime
) -> None:
    """What left, before its last bytes do: whoever holds the whole file finds its digest here."""
    export.sessions, export.candidates, export.size = sessions, candidates, size
    export.digest, export.finished_at = digest, now
    export.save(update_fields=["sessions", "candidates", "size", "digest", "finished_at"])
    logger.info("archive export finished: export %s, %s sessions, %s bytes", export.pk, sessions, size)
