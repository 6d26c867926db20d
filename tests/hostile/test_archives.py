"""Archives that an operator is handed, to verify or to restore: refused in French, nothing written."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from proctoring.backup.dump import write_backup
from sessions_app.models import Account, Candidate, Session
from tests.hostile.lists import lying, overlapping, with_entries
from tests.proctoring.archives.retention.conftest import NOW
from tests.proctoring.archives.retention.test_backup import emptied


def made(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return data.getvalue()


def with_flags(content: bytes, *, flags: int, method: int | None = None) -> bytes:
    """As if its first file were encrypted, or packed in a way that nobody knows; told in both places."""
    changed = bytearray(content)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.index(magic) + at
        changed[place : place + 2] = struct.pack("<H", flags)
        if method is not None:
            changed[place + 2 : place + 4] = struct.pack("<H", method)
    return bytes(changed)


def spoilt(content: bytes) -> bytes:
    """A byte of the packed content of the first file is another one."""
    changed = bytearray(content)
    for at in range(60, 90):
        changed[at] ^= 0xFF
    return bytes(changed)


MANIFEST = ("manifest.json", b'{"format": "pixsurv-backup", "version": 1}' + b" " * 2_000)
FORMS: dict[str, bytes] = {
    "list": b"[]", "number": b"1e999", "text": b'"a"', "nothing": b"", "half": b'{"format": "pixsurv-b',
    "half a pair": b'{"format": "\\ud800"}', "no UTF-8": b"\xff\xfe{}", "twice": b'{"format": 1, "format": 2}',
    "deep": b"[" * 200_000, "deep objects": b'{"a":' * 200_000, "huge number": b"9" * 100_000,
    "tables of nothing": b'{"format": "pixsurv-backup", "version": 1, "migrations": [], "tables": {}}',
    "migrations of nothing": b'{"format": "pixsurv-backup", "version": 1, "migrations": {"a": 3}}',
    "sessions of nothing": b'{"format": "pixsurv-export", "version": 1, "files": [{"path": 3}], "sessions": [3]}',
}  # fmt: skip
ARCHIVES: dict[str, Callable[[], bytes]] = {
    "no archive": lambda: b"bonjour",
    "nothing": lambda: b"",
    "only its magic": lambda: b"PK\x03\x04",
    "empty archive": lambda: b"PK\x05\x06" + b"\0" * 18,
    "bomb of overlapping files": overlapping,
    "bomb that lies about its size": lying,
    "name that leaves the folder": lambda: with_entries(("../../../tmp/pixsurv-hostile", b"x")),
    "manifest of 60 MB": lambda: made(("manifest.json", b" " * 60_000_000)),
    "manifest twice": lambda: with_entries(MANIFEST, MANIFEST, base=made(MANIFEST)),
    "encrypted": lambda: with_flags(made(MANIFEST), flags=1),
    "packed as nobody does": lambda: with_flags(made(MANIFEST), flags=0, method=99),
    "packed by another method": lambda: made(MANIFEST, method=zipfile.ZIP_LZMA),
    "spoilt": lambda: spoilt(made(MANIFEST)),
    "cut short": lambda: made(MANIFEST)[:-30],
    **{
        f"manifest: {name}": lambda content=content: made(("manifest.json", content))
        for name, content in FORMS.items()
    },
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_hostile_archive_is_refused_in_french(tmp_path: Path, db: None, case: str) -> None:
    file = tmp_path / "archive.zip"
    file.write_bytes(ARCHIVES[case]())
    with pytest.raises(CommandError, match="L’archive n’est pas celle qui a été exportée"):
        call_command("verify_archive", str(file), stdout=io.StringIO())
    with pytest.raises(CommandError, match="sauvegarde"):
        call_command("restore", str(file), "--into-empty", stdout=io.StringIO())
    assert not Account.objects.exists()
    assert not (tmp_path.parent / "pixsurv-hostile").exists()


TABLE = "tables/sessions_app_candidate.jsonl"
LINES: dict[str, Callable[[bytes], bytes]] = {
    "a line of 100 MB": lambda content: content + b" " * 100_000_000 + b"\n",
    "a line that is deep": lambda content: content + b"[" * 200_000 + b"\n",
    "a line that is a number": lambda content: content + b"3\n",
    "a line that is short": lambda content: content + b"[1]\n",
    "a line that is no JSON": lambda content: content + b"\xff\xfe\n",
    "a line with half a pair": lambda content: content.replace(b"ESSAI", b"\\ud800"),
    "a line with a NUL": lambda content: content.replace(b"ESSAI", b"\\u0000"),
}


@pytest.mark.parametrize("case", LINES)
def test_hostile_line_of_a_backup_writes_nothing(tmp_path: Path, candidate: Candidate, case: str) -> None:
    Candidate.objects.filter(pk=candidate.pk).update(last_name="ESSAI")
    good, bad = tmp_path / "vrai.zip", tmp_path / "autre.zip"
    write_backup(good, now=NOW)
    emptied()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            target.writestr(info.filename, LINES[case](content) if info.filename == TABLE else content)
    said = "a une ligne démesurée" if "100 MB" in case else "modifié|relit|lisible|colonnes"
    with pytest.raises(CommandError, match=said):
        call_command("restore", str(bad), "--into-empty", stdout=io.StringIO())
    assert not Session.objects.exists()
