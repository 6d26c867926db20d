"""Archives in tests: made as a view makes them, opened, and spoiled."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from proctoring.archives.exports.bundle import archive
from proctoring.archives.exports.verifier import Outcome, verify
from proctoring.models import Export, ExportShape
from proctoring.services.exports import begin_export
from sessions_app.actors import Actor, ActorKind
from sessions_app.models import Session
from tests.journal import NOW

KEEPER = Actor(kind=ActorKind.SECRETARIAT, name="Claude Essai")


def exported(*sessions: Session) -> bytes:
    """The whole ZIP of these sessions."""
    export = begin_export(
        establishment=sessions[0].establishment,
        shape=ExportShape.ZIP,
        choice="Année scolaire 2025-2026",
        sessions=len(sessions),
        actor=KEEPER,
        now=NOW,
    )
    return b"".join(archive(Export.objects.get(pk=export.pk), [session.pk for session in sessions]))


def contents(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed_again(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as whole:
        for name, content in files.items():
            whole.writestr(name, content)
    return made.getvalue()


def spoiled(packed: bytes, name: str, how: Callable[[bytes], bytes]) -> bytes:
    """The same ZIP with one member changed, and everything that a ZIP computes by itself made to fit."""
    files = contents(packed)
    files[name] = how(files[name])
    return packed_again(files)


def verified(packed: bytes, folder: Path) -> Outcome:
    path = folder / "archive.zip"
    path.write_bytes(packed)
    return verify(path)


def told(outcome: Outcome) -> str:
    return "\n".join(map(str, outcome.faults))
