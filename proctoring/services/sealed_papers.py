"""The one way to store a sealed paper: its row, and the event that chains the digest of its bytes (I4)."""

from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.models import StoredFile
from sessions_app.models.stored_file import FilePurpose
from sessions_app.services.journal import LockedSession


def store_sealed(
    lock: LockedSession, *, purpose: FilePurpose, name: str, content: bytes, actor: Actor
) -> StoredFile:
    """Store the PDF of a report or of an addendum, and note its SHA-256 in the journal.

    The event follows the one whose hash is the seal: a paper prints its seal, so that the seal can't hold its digest.
    """
    session = lock.session
    paper = StoredFile(
        establishment_id=session.establishment_id,
        session=session,
        purpose=purpose,
        name=name,
        content_type="application/pdf",
        created_at=lock.now,
    ).holding(content)
    paper.save(force_insert=True)
    lock.record(
        EventKind.PAPER_SEALED,
        actor=actor,
        facts={"purpose": purpose.value, "name": name, "sha256": paper.sha256, "size": paper.size},
    )
    return paper
