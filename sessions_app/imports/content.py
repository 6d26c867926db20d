"""What a file is, by its content and never by its name; the checks that cost nothing come first."""

import io
import re
import zipfile
from enum import StrEnum

from sessions_app.imports.limits import MAX_BYTES, MAX_RATIO, MAX_UNPACKED
from sessions_app.imports.refusals import refused_file

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\x00\x00\x00\x0cjP")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Excel, and the wrapping of an encrypted XLSX
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
DECLARATION = 1024 * 1024  # bytes read of a file that says what the archive is
BROKEN = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


class Kind(StrEnum):
    WORKBOOK = "workbook"
    TEXT = "text"


def kind_of(data: bytes) -> Kind:
    """A workbook or a text; anything else is refused with its own sentence."""
    if not data:
        raise refused_file("file_empty")
    if len(data) > MAX_BYTES:
        raise refused_file("file_too_big")
    if data.startswith(b"PK"):
        _check_archive(data)
        return Kind.WORKBOOK
    if data.startswith(OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise refused_file("file_encrypted" if encrypted else "file_old_excel")
    if data.startswith(b"%PDF"):
        raise refused_file("file_pdf")
    if data.startswith(PICTURES) or data[8:12] in {b"WEBP", b"heic"}:
        raise refused_file("file_picture")
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and re.search(rb"[\x00-\x08\x0e-\x1f]", data):
        raise refused_file("file_not_text")
    return Kind.TEXT


def _check_archive(data: bytes) -> None:
    """Looks at the directory of the archive; of its files, only at those that say what it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = archive.infolist()
            unpacked = sum(entry.file_size for entry in files)
            if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * len(data):
                raise refused_file("file_bomb")
            if any(entry.flag_bits & 1 for entry in files):
                raise refused_file("file_encrypted")
            _check_type(archive, {entry.filename for entry in files})
    except BROKEN as error:
        raise refused_file("file_truncated") from error


def _check_type(archive: zipfile.ZipFile, names: set[str]) -> None:
    if "mimetype" in names:
        if _declaration(archive, "mimetype").strip() != ODS_TYPE:
            raise refused_file("file_other_document")
        if "encryption-data" in _declaration(archive, "META-INF/manifest.xml"):
            raise refused_file("file_encrypted")
        macros = any(name.startswith(("Basic/", "Scripts/")) for name in names)
    elif "[Content_Types].xml" in names:
        types = _declaration(archive, "[Content_Types].xml")
        if "spreadsheetml" not in types and "ms-excel" not in types:
            raise refused_file("file_other_document")
        macros = "macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in names)
    else:
        raise refused_file("file_archive")
    if macros:
        raise refused_file("file_macros")


def _declaration(archive: zipfile.ZipFile, name: str) -> str:
    try:
        with archive.open(name) as file:
            return file.read(DECLARATION).decode("utf-8", "replace")
    except KeyError:
        return ""
