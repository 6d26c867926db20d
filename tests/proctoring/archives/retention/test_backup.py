"""The drill: a backup restored elsewhere is the same school, and what was eliminated since stays eliminated."""

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from proctoring.backup.dump import write_backup
from proctoring.backup.load import Unusable, load_backup
from proctoring.backup.tables import high_water, raise_high_water, tables
from proctoring.services.closing import close_session
from proctoring.services.elimination.act import eliminate
from sessions_app.models import Candidate, Event, Session, SignIn, StoredFile
from tests import factories
from tests.proctoring.archives.retention.conftest import KEEPER, NOW, OLD, slip_of

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[4]
OTHER_KEY = "YW5vdGhlciBpbnN0YWxsYXRpb24sIG90aGVyIGtleXM="


@dataclass(frozen=True)
class Elsewhere:
    """An empty database of another installation."""

    url: str
    folder: Path

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        own = {"DATABASE_URL": self.url, "SECRET_KEY": "elsewhere " * 6, "FIELD_KEYS": OTHER_KEY}
        own |= {"ELIMINATION_LEDGER": str(self.folder / "elsewhere.jsonl")}
        env = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "pixsurv.settings"}
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as database:
                return database.execute(query).fetchall()
        with psycopg.connect(self.url) as server:
            return server.execute(query).fetchall()  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    if connection.vendor == "sqlite":
        yield Elsewhere(f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}", tmp_path)
        return
    here = connection.settings_dict
    server = f"postgres://{here['USER']}@{here['HOST']}:{here['PORT']}"
    name = f"{here['NAME']}_drill"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}"')  # type: ignore[call-overload]
        admin.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        yield Elsewhere(f"{server}/{name}", tmp_path)
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


def closed_session(last_name: str, **more: Any) -> Session:
    """One pupil, one test, sealed; `last_name` is his."""
    session = factories.SessionFactory(starts_at=OLD, **more)
    candidate = factories.CandidateFactory(session=session, last_name=last_name)
    factories.put(candidate, "completed", now=OLD)
    return close_session(session_id=session.pk, actor=factories.PROCTOR, now=OLD + timedelta(hours=2))


def test_drill_of_an_older_backup_and_the_ledger(
    tmp_path: Path, ledger_file: Path, elsewhere: Elsewhere
) -> None:
    if connection.vendor == "postgresql":  # this transaction waits for another installation
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    gone = closed_session("Zxqdisparue")
    kept = closed_session("Zxqgardée", establishment=gone.establishment)
    counted = {model._meta.db_table: model._base_manager.count() for model in tables()}
    paper = StoredFile.objects.get(session=kept)
    file = tmp_path / "avant.zip"
    told = StringIO()
    call_command("backup", str(file), stdout=told)
    assert "Les clés n’y sont pas" in told.getvalue()
    assert file.stat().st_mode & 0o777 == 0o600
    eliminate(slip_id=slip_of(gone).pk, actor=KEEPER, now=NOW)

    restored = elsewhere.manage("restore", str(file), "--into-empty", "--ledger", str(ledger_file))

    assert restored.returncode == 0, restored.stderr
    assert "Journaux\u00a0: tous vérifiés." in restored.stdout
    assert f"Éliminées de nouveau, d’après le registre\u00a0: sessions {gone.number}" in restored.stdout
    assert (
        f"1 mot de passe illisible, à réémettre (FIELD_KEYS n’est pas celle d’alors)\u00a0: sessions {kept.number}"
        in (restored.stdout)
    )
    for table in (
        "sessions_app_session",
        "sessions_app_candidate",
        "sessions_app_event",
    ):
        assert elsewhere.ask(f"SELECT count(*) FROM {table}") == [(counted[table],)]  # noqa: S608
    assert elsewhere.ask("SELECT session_id FROM proctoring_attempt") == [(kept.pk,)]
    files = elsewhere.ask("SELECT session_id, content FROM sessions_app_storedfile")
    assert [(owner, bytes(content)) for owner, content in files] == [(kept.pk, bytes(paper.content))]
    states = dict(elsewhere.ask("SELECT number, state FROM sessions_app_session"))
    assert states == {gone.number: "eliminated", kept.number: "closed"}
    names = {name for (name,) in elsewhere.ask("SELECT last_name FROM sessions_app_candidate")}
    assert names == {"Candidat", "Zxqgardée"}
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError), match="journal: "):
        elsewhere.ask(f"DELETE FROM sessions_app_event WHERE session_id = {kept.pk}")  # noqa: S608
    if connection.vendor == "sqlite":
        assert_overwritten(Path(elsewhere.url.removeprefix("sqlite:///")), gone="Zxqdisparue", kept="Zxqgard")
    with pytest.raises(CommandError, match="Cette base n’est pas vide"):
        call_command("restore", str(file), "--into-empty")


def assert_overwritten(database: Path, *, gone: str, kept: str) -> None:
    """The bytes of an eliminated name are neither in the file nor in its log."""
    held = b"".join(path.read_bytes() for path in (database, Path(f"{database}-wal")) if path.exists())
    assert kept.encode() in held
    for form in (gone, gone.upper()):
        assert form.encode() not in held


def test_backup_never_overwrites(tmp_path: Path, db: None) -> None:
    there = tmp_path / "autre.zip"
    there.write_bytes(b"precious")
    with pytest.raises(CommandError, match="existe déjà"):
        call_command("backup", str(there))
    assert there.read_bytes() == b"precious"
    with pytest.raises(CommandError, match="ne peut pas être écrit"):
        call_command("backup", str(tmp_path / "nulle part" / "x.zip"))
    assert [path.name for path in tmp_path.iterdir()] == ["autre.zip"]


def test_backup_holds_every_table_and_no_key(tmp_path: Path, candidate: Candidate) -> None:
    file = tmp_path / "tout.zip"
    write_backup(file, now=NOW)
    with zipfile.ZipFile(file) as archive:
        held = {name.removeprefix("tables/").removesuffix(".jsonl") for name in archive.namelist()}
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert held == {model._meta.db_table for model in tables()} | {"manifest.json", "journals"}
    assert candidate.last_name.encode() in content
    for secret in (configured.SECRET_KEY, *configured.FIELD_KEYS, candidate.session.password()):
        assert secret.encode() not in content


def emptied() -> None:
    Candidate.objects.all().delete()
    for session in Session.objects.all():
        Event.objects.filter(session=session).delete()
        establishment = session.establishment
        session.delete()
        establishment.delete()


def rewritten(file: Path, name: str, change: Any) -> Path:
    """The same ZIP with one entry changed."""
    other = file.with_name("autre.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            target.writestr(info.filename, change(content) if info.filename == name else content)
    return other


def another_version(content: bytes) -> bytes:
    manifest = json.loads(content)
    manifest["migrations"]["proctoring"].append("9999_later")
    return json.dumps(manifest).encode()


def test_backup_holds_no_key_of_a_signed_in_browser(tmp_path: Path, candidate: Candidate) -> None:
    account = factories.AccountFactory()
    SignIn.objects.create(account=account, session_key="a key that opens", created_at=NOW)
    file = tmp_path / "sauvegarde.zip"

    write_backup(file, now=NOW)

    with zipfile.ZipFile(file) as packed:
        assert all(b"a key that opens" not in packed.read(name) for name in packed.namelist())


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("tables/sessions_app_candidate.jsonl", lambda c: c.replace(b"ESSAI", b"AUTRE"), "a été modifié"),
        ("tables/sessions_app_candidate.jsonl", lambda c: c.splitlines(keepends=True)[0], "lignes|modifié"),
        ("manifest.json", another_version, "une autre version de Pixsurv"),
        ("manifest.json", lambda c: b'{"format": "else"}', "pas une sauvegarde de Pixsurv"),
    ],
)
def test_restore_refuses_what_was_not_saved(
    tmp_path: Path, candidate: Candidate, name: str, change: Any, said: str
) -> None:
    file = tmp_path / "vrai.zip"
    write_backup(file, now=NOW)
    emptied()
    with pytest.raises(Unusable, match=said):
        load_backup(rewritten(file, name, change))
    assert not Session.objects.exists()
    assert load_backup(file).sessions == 1


def test_restore_refuses_what_is_no_backup(tmp_path: Path, db: None) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("bonjour")
    for path, said in ((text, "lisible"), (tmp_path / "absent.zip", "n’existe pas")):
        with pytest.raises(CommandError, match=said):
            call_command("restore", str(path), "--into-empty")


def test_restored_ids_are_never_given_again(candidate: Candidate) -> None:
    """The journal may speak of a candidate who was taken off the list: his number is nobody else's."""
    mark = high_water(Candidate)
    assert mark is not None and mark >= candidate.pk
    raise_high_water(Candidate, candidate.pk + 1000)
    assert factories.CandidateFactory(session=candidate.session).pk == candidate.pk + 1001
    raise_high_water(Candidate, 0)  # an older mark takes nothing back
    assert factories.CandidateFactory(session=candidate.session).pk == candidate.pk + 1002
