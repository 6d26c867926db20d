"""The ZIP of an export, and the lists alone, while they are made (decision 0022).

Session by session: what is in memory is one session and one of its papers, what is on the disk is one file that
leaves and the lists. No transaction is open while bytes leave: each session is read by itself.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from zipstream import ZipStream

from pixsurv.kernel import clock
from pixsurv.kernel.journal import instant
from proctoring.archives import replica
from proctoring.archives.exports.journal_file import journal_json
from proctoring.archives.exports.pages import STYLE, VERIFIER, Index, session_page
from proctoring.archives.exports.reading import Document, Kept, kept_session
from proctoring.archives.exports.readme import readme
from proctoring.archives.exports.tables import CANDIDATES, INCIDENTS, SESSIONS, Table, TableFiles
from proctoring.archives.exports.verifier import CHUNK, FORMAT, MANIFEST, SUMS, VERSION, sums
from proctoring.models import Export
from proctoring.services.exports import finish_export


class Packing:
    """Every file is hashed as it leaves, and none is kept."""

    def __init__(self, folder: Path, stamp: float) -> None:
        self._stream, self._folder, self._stamp = ZipStream(), folder, stamp
        self.files: list[dict[str, Any]] = []
        self.size = 0

    def put(self, name: str, content: bytes, *, packed: bool = False) -> Iterator[bytes]:
        path = self._folder / "leaving"
        path.write_bytes(content)
        yield from self.put_file(name, path, packed=packed)

    def put_file(self, name: str, path: Path, *, packed: bool = False) -> Iterator[bytes]:
        """`packed`: compressed by itself already. The file on the disk is gone afterwards."""
        os.utime(path, (self._stamp, self._stamp))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.files.append({"path": name, "size": path.stat().st_size, "sha256": digest})
        how = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        self._stream.add_path(path, name, compress_type=how)
        yield from self._counted(self._stream.file())
        path.unlink()

    def finalize(self) -> Iterator[bytes]:
        yield from self._counted(self._stream.finalize())

    def digests(self) -> dict[str, str]:
        return {one["path"]: one["sha256"] for one in self.files}

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.size += len(piece)
            yield piece


def archive(export: Export, sessions: Sequence[int]) -> Iterator[bytes]:
    """The ZIP of these sessions (ids, in the order in which they are listed), byte by byte as it is made."""
    with TemporaryDirectory(prefix="pixsurv-") as made:
        folder = Path(made)
        packing = Packing(folder, export.started_at.timestamp())
        index = Index(folder / "index.html", export)
        told: list[dict[str, Any]] = []
        with ExitStack() as written:
            tables = [
                written.enter_context(closing(TableFiles(folder, table)))
                for table in (SESSIONS, CANDIDATES, INCIDENTS)
            ]
            for kept in _kept(export, sessions):
                yield from _session_files(packing, kept)
                told.append(_entry(kept))
                index.add(kept)
                for table in tables:
                    table.add(kept)
        for table in tables:
            for form, path in table.paths.items():
                yield from packing.put_file(path.name, path, packed=form == "ods")
        index.finish()
        yield from packing.put_file("index.html", index.path)
        yield from packing.put("style.css", STYLE)
        yield from packing.put("verifier.py", VERIFIER)
        yield from packing.put("LISEZMOI.txt", readme(export))
        manifest = _manifest(export, packing, told)
        yield from packing.put(MANIFEST, manifest)
        yield from packing.put(SUMS, sums(packing.digests()))
        directory = list(packing.finalize())
        finish_export(
            export=export,
            sessions=index.sessions,
            candidates=index.candidates,
            size=packing.size,
            digest=hashlib.sha256(manifest).hexdigest(),
            now=clock.now(),
        )
        yield from directory


def table_alone(export: Export, sessions: Sequence[int], table: Table, form: str) -> Iterator[bytes]:
    """One list as ODS or CSV: made on the disk, then sent."""
    with TemporaryDirectory(prefix="pixsurv-") as made:
        count = candidates = 0
        with closing(TableFiles(Path(made), table, (form,))) as files:
            for kept in _kept(export, sessions):
                files.add(kept)
                count += 1
                candidates += len(kept.report.people) if kept.report is not None else 0
        path = files.paths[form]
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            finish_export(
                export=export,
                sessions=count,
                candidates=candidates,
                size=path.stat().st_size,
                digest=digest,
                now=clock.now(),
            )
            file.seek(0)
            while piece := file.read(CHUNK):
                yield piece


def _kept(export: Export, sessions: Sequence[int]) -> Iterator[Kept]:
    """One after the other, each read by itself; one that was removed since it was chosen is left out."""
    for pk in sessions:
        kept = replica.read(partial(kept_session, export.establishment, pk))
        if kept is not None:
            yield kept


def _session_files(packing: Packing, kept: Kept) -> Iterator[bytes]:
    yield from packing.put(f"{kept.folder}/index.html", session_page(kept))
    yield from packing.put(f"{kept.folder}/journal.json", journal_json(kept))
    for paper in kept.documents:
        yield from packing.put(f"{kept.folder}/{paper.path}", paper.content(), packed=paper.is_packed)


def _entry(kept: Kept) -> dict[str, Any]:
    """What the manifest says of a session: where its journal ends, and the papers as they were stored."""
    session = kept.session
    return {
        "number": session.number,
        "state": session.state,
        "seal": session.seal,
        "head": session.head_hash,
        "events": session.sequence,
        "documents": [_stored(kept, one) for one in kept.documents],
    }


def _stored(kept: Kept, one: Document) -> dict[str, Any]:
    return {"path": f"{kept.folder}/{one.path}", "kind": one.kind, "sha256": one.sha256}


def _manifest(export: Export, packing: Packing, sessions: list[dict[str, Any]]) -> bytes:
    told = {
        "format": FORMAT,
        "version": VERSION,
        "export": str(export.key),
        "establishment": export.establishment.name,
        "choice": export.choice,
        "exported_by": export.by,
        "exported_at": instant(export.started_at),
        "sessions": sessions,
        "files": sorted(packing.files, key=lambda one: str(one["path"])),
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
