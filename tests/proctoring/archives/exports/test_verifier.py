"""One byte changed anywhere is found and named; what the verifier says is what the database would say."""

import ast
import hashlib
import io
import json
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pixsurv.kernel import journal
from proctoring.archives.exports import verifier
from proctoring.enums import SignedPaper
from proctoring.models import Export, PaperPage
from proctoring.services import closing, scans
from sessions_app.documents.scans import Drawn
from sessions_app.models import Session
from tests.factories import PROCTOR
from tests.journal import NOW
from tests.proctoring.archives.conftest import Seal, eliminate
from tests.proctoring.archives.exports.archives import (
    contents,
    exported,
    packed_again,
    spoiled,
    told,
    verified,
)

pytestmark = pytest.mark.django_db

SCRIPT = Path(verifier.__file__)


@dataclass(frozen=True)
class Made:
    packed: bytes
    number: int
    events: int


_made: list[Made] = []


@pytest.fixture
def made(request: pytest.FixtureRequest) -> Made:
    """Made once: to spoil it and to verify it takes no database."""
    if not _made:
        session = request.getfixturevalue("sealed")()
        _made.append(Made(exported(session), session.number, session.sequence))
    return _made[0]


@pytest.fixture
def packed(made: Made) -> bytes:
    return made.packed


def flipped(at: int) -> Callable[[bytes], bytes]:
    """One bit of the byte at that place, counted modulo the length."""

    def changed(content: bytes) -> bytes:
        place = at % len(content)
        return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]

    return changed


def remade(packed: bytes, changed: dict[str, bytes], **told_of_session: Any) -> bytes:
    """What somebody does who knows the format: file changed, manifest and sums written anew."""
    files = contents(packed) | changed
    manifest = json.loads(files["manifest.json"])
    for one in manifest["files"]:
        content = files[one["path"]]
        one |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    for one in manifest["sessions"][:1]:
        one |= told_of_session
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    digests = {one["path"]: one["sha256"] for one in manifest["files"]}
    digests["manifest.json"] = hashlib.sha256(files["manifest.json"]).hexdigest()
    files["SHA256SUMS"] = verifier.sums(digests)
    return packed_again(files)


def test_an_untouched_archive_is_whole(sealed: Seal, tmp_path: Path) -> None:
    session = sealed()
    packed = exported(session)

    outcome = verified(packed, tmp_path)

    assert told(outcome) == ""
    assert outcome.notes == []
    assert (outcome.sessions, outcome.events) == (1, session.sequence)
    assert outcome.files == len(contents(packed)) - 2
    assert outcome.manifest_digest == Export.objects.get().digest
    assert outcome.manifest_digest == hashlib.sha256(contents(packed)["manifest.json"]).hexdigest()


def test_one_byte_changed_in_any_file_is_found_and_named(packed: bytes, tmp_path: Path) -> None:
    names = list(contents(packed))
    assert len(names) == 17

    for name in names:
        for place in (0, 7, -1):
            faults = told(verified(spoiled(packed, name, flipped(place)), tmp_path))
            assert name in faults, (name, place)


def test_a_file_cut_short_or_grown_or_gone_or_added_is_named(packed: bytes, tmp_path: Path) -> None:
    for name in contents(packed):
        for how in (lambda content: content[:-1], lambda content: content + b"\n"):
            assert name in told(verified(spoiled(packed, name, how), tmp_path))
        without = {path: content for path, content in contents(packed).items() if path != name}
        assert f"{name} : manque" in told(verified(packed_again(without), tmp_path))
    grown = contents(packed) | {"sessions/notes.txt": b"x"}
    assert "sessions/notes.txt : n’est pas dans le manifeste" in told(verified(packed_again(grown), tmp_path))


def test_any_byte_of_the_zip_changed_is_found_or_changes_no_content(packed: bytes, tmp_path: Path) -> None:
    """Dates, attributes and comments of a ZIP are no content; all else is somebody's words."""
    draw = random.Random(22)
    ends = range(len(packed) - 64, len(packed))
    places = sorted({*draw.sample(range(len(packed)), 250), *range(64), *ends})
    before, found = contents(packed), 0
    for place in places:
        changed = packed[:place] + bytes([packed[place] ^ (1 << draw.randrange(8))]) + packed[place + 1 :]
        outcome = verified(changed, tmp_path)
        found += bool(outcome.faults)
        if not outcome.faults:
            assert contents(changed) == before, place
    assert found > len(places) / 2


@pytest.mark.parametrize("length", [0, 1, 30, 0.3, 0.9, -1])
def test_a_truncated_zip_is_found(packed: bytes, tmp_path: Path, length: float) -> None:
    end = int(length * len(packed)) if 0 < length < 1 else int(length)
    assert re.search("abîmé|tronquée", told(verified(packed[:end], tmp_path)))


EVENT_CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "facts": (lambda event: event["facts"].update(note="x"), "ses faits ont été modifiés"),
    "salt": (lambda event: event.update(salt="00" * 16), "ses faits ont été modifiés"),
    "kind": (lambda event: event.update(kind="left"), "il a été modifié"),
    "received": (lambda event: event.update(received="2026-03-14T09:00:01.000000Z"), "il a été modifié"),
    "digest": (lambda event: event.update(facts_digest="0" * 64), "ses faits ont été modifiés"),
    "hash": (lambda event: event.update(hash="0" * 64), "il a été modifié"),
    "previous": (lambda event: event.update(previous="0" * 64), "il ne suit pas l’événement précédent"),
    "erased": (lambda event: event.update(facts=None, salt=None), "la session n’a pas été éliminée"),
    "half erased": (lambda event: event.update(salt=None), "la session n’a pas été éliminée"),
    "sequence": (lambda event: event.update(sequence=4), "un événement manque avant celui-ci"),
    "shape": (lambda event: event.pop("facts"), "ne la décrit pas comme Pixsurv l’écrit"),
}


@pytest.mark.parametrize("change", EVENT_CHANGES)
def test_an_event_changed_with_manifest_and_sums_remade_is_named(
    made: Made, tmp_path: Path, change: str
) -> None:
    path = f"sessions/{made.number}/journal.json"
    read = json.loads(contents(made.packed)[path])
    alter, why = EVENT_CHANGES[change]
    alter(read["events"][2])

    faults = told(verified(remade(made.packed, {path: json.dumps(read).encode()}), tmp_path))

    assert why in faults
    assert f"session {made.number}" in faults
    assert change == "shape" or "événement 3 (" in faults


def test_a_journal_cut_at_its_end_or_closed_otherwise_is_named(made: Made, tmp_path: Path) -> None:
    packed, path = made.packed, f"sessions/{made.number}/journal.json"
    whole = json.loads(contents(packed)[path])
    cut = {**whole, "events": whole["events"][:-1]}
    at = f"session {made.number}, événement {made.events}"

    assert f"{at} : il manque" in told(verified(remade(packed, {path: json.dumps(cut).encode()}), tmp_path))
    resealed = remade(packed, {path: json.dumps({**whole, "seal": "a" * 64}).encode()}, seal="a" * 64)
    assert "(closed) : la clôture n’est pas celle" in told(verified(resealed, tmp_path))
    assert "ne s’arrête pas à cet événement" in told(verified(remade(packed, {}, head="b" * 64), tmp_path))
    assert "additif(s) au journal" in told(verified(remade(packed, {}, documents=[]), tmp_path))


def test_a_paper_that_changed_in_the_database_is_exported_and_named(sealed: Seal, tmp_path: Path) -> None:
    session = sealed()
    session.files.filter(purpose="report").update(content=b"%PDF another")

    faults = told(verified(exported(session), tmp_path))

    assert (
        f"sessions/{session.number}/pv-incident.pdf : n’est pas le document que Pixsurv a enregistré"
        in faults
    )


def without(packed: bytes, *gone: str, sessions: list[Any] | None = None, **told_of_session: Any) -> bytes:
    """Files left out, and everything else made to agree with it."""
    files = {name: content for name, content in contents(packed).items() if name not in gone}
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = [one for one in manifest["files"] if one["path"] not in gone]
    for one in manifest["sessions"]:
        one["documents"] = [paper for paper in one["documents"] if paper["path"] not in gone]
        one |= told_of_session
    manifest["sessions"] = manifest["sessions"] if sessions is None else sessions
    return remade(packed_again(files | {"manifest.json": json.dumps(manifest).encode()}), {})


def documents_as_they_are(packed: bytes, changed: dict[str, bytes]) -> bytes:
    """`remade`, with the digests that Pixsurv noted made to fit too."""
    documents = json.loads(contents(packed)["manifest.json"])["sessions"][0]["documents"]
    for one in documents:
        one["sha256"] = hashlib.sha256(changed.get(one["path"], contents(packed)[one["path"]])).hexdigest()
    return remade(packed, changed, documents=documents)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("pv-incident.pdf", "le PV d’incident"),
        ("additif-1.pdf", "l’additif"),
        ("feuille-signee-1.png", "la feuille numérisée"),
    ],
)
def test_a_paper_that_the_journal_tells_is_there_with_its_bytes(
    made: Made, tmp_path: Path, file: str, words: str
) -> None:
    """Manifest, sums and noted digests are written anew: the chain alone knows better."""
    path = f"sessions/{made.number}/{file}"
    digest = hashlib.sha256(contents(made.packed)[path]).hexdigest()
    missing = f"session {made.number} : {words} d’empreinte {digest[:12]}… manque, ou a changé"

    for spoilt in (documents_as_they_are(made.packed, {path: b"autre"}), without(made.packed, path)):
        assert missing in told(verified(spoilt, tmp_path))
    pretended = without(made.packed, path, state="eliminated")
    assert missing in told(verified(pretended, tmp_path))


@pytest.mark.parametrize("paper", SignedPaper.values)
def test_each_signed_paper_that_was_scanned_is_told_by_the_journal(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paper: str
) -> None:
    """Bound by the service as a proctor does it, then closed: nobody has touched this archive."""
    monkeypatch.setattr(scans, "drawn_pages", lambda content: [Drawn(content, b"s", 300, 400)])
    monkeypatch.setattr(scans, "bound", lambda sheets, **_: b"PDF:" + sheets[0].content)
    monkeypatch.setattr(closing, "report_pdf", lambda report: b"%PDF report")
    scans.add_pages(session_id=session.pk, content=b"a", actor=PROCTOR, now=NOW)
    pages = PaperPage.objects.values_list("pk", flat=True)
    scan = scans.bind_pages(session=session, paper=paper, shown=[*pages], actor=PROCTOR, now=NOW)
    closing.close_session(session_id=session.pk, actor=PROCTOR, now=NOW)
    packed = exported(Session.objects.get(pk=session.pk))

    assert told(verified(packed, tmp_path)) == ""
    (path,) = (one for one, content in contents(packed).items() if content == b"PDF:a")
    missing = f"la feuille numérisée d’empreinte {scan.sha256[:12]}… manque, ou a changé"
    for spoilt in (documents_as_they_are(packed, {path: b"autre"}), without(packed, path)):
        assert missing in told(verified(spoilt, tmp_path))


def test_a_false_report_beside_the_true_one_is_named(made: Made, tmp_path: Path) -> None:
    files = contents(made.packed)
    path = f"sessions/{made.number}/pv-incident-2.pdf"
    manifest = json.loads(files["manifest.json"])
    manifest["files"].append({"path": path, "size": 0, "sha256": ""})
    with_false = packed_again(files | {path: b"faux", "manifest.json": json.dumps(manifest).encode()})

    assert f"{path} : n’est d’aucune session" in told(verified(remade(with_false, {}), tmp_path))
    documents = manifest["sessions"][0]["documents"]
    digest = hashlib.sha256(b"faux").hexdigest()
    claimed = [*documents, {"path": path, "kind": "report", "sha256": digest}]
    faults = told(verified(remade(with_false, {}, documents=claimed), tmp_path))
    assert faults == f"{path} : n’est pas le papier dont le journal a noté l’empreinte"


def test_an_archive_without_its_sessions_is_named(made: Made, tmp_path: Path) -> None:
    folder = f"sessions/{made.number}/"
    inside = [name for name in contents(made.packed) if name.startswith(folder)]

    assert told(verified(without(made.packed, *inside, sessions=[]), tmp_path)) == (
        "manifest.json : il ne cite aucune session"
    )
    assert f"{folder}journal.json : n’est d’aucune session" in told(
        verified(without(made.packed, sessions=[]), tmp_path)
    )
    assert f"session {made.number}, journal.json : manque" in told(
        verified(without(made.packed, *inside), tmp_path)
    )


def test_a_sealed_session_of_an_older_journal_has_its_report(made: Made, tmp_path: Path) -> None:
    """Before the chain told the digests of sealed papers."""
    entry = json.loads(contents(made.packed)["manifest.json"])["sessions"][0]
    addenda = [one for one in entry["documents"] if one["kind"] == "addendum"]
    entry |= {"documents": addenda, "state": "closed", "number": made.number}
    outcome, older = verifier.Outcome(), verifier.Told(owes_report=True, addenda=1)

    verifier._verify_papers(entry, older, {one["path"]: one["sha256"] for one in addenda}, outcome)

    assert told(outcome) == f"session {made.number} : elle est scellée, et son PV d’incident manque"


@pytest.mark.parametrize("path", [7, None, 1.5, True])
def test_a_path_that_is_no_text_is_refused(packed: bytes, tmp_path: Path, path: object) -> None:
    manifest = json.loads(contents(packed)["manifest.json"])
    manifest["files"][0]["path"] = path
    spoilt = packed_again(contents(packed) | {"manifest.json": json.dumps(manifest).encode()})

    assert "un nom dangereux" in told(verified(spoilt, tmp_path))


def test_an_eliminated_session_verifies_by_digest(sealed: Seal, tmp_path: Path) -> None:
    session = sealed()
    eliminate(session)
    session.refresh_from_db()
    packed = exported(session)

    outcome = verified(packed, tmp_path)

    assert told(outcome) == ""
    assert outcome.by_digest == outcome.events == session.sequence
    assert "éliminée" in outcome.notes[0]
    everything = b"".join(content for name, content in contents(packed).items() if not name.endswith(".ods"))
    assert b"DUPONT" not in everything
    assert b"Perrine" not in everything


@pytest.mark.parametrize(
    "name", ["../dehors.txt", "/etc/x", "a\\b.txt", "C:x", "a//b", "./a", "a/../b", "x\x07"]
)
def test_a_name_that_leaves_the_folder_is_refused(packed: bytes, tmp_path: Path, name: str) -> None:
    assert "dangereux" in told(verified(packed_again(contents(packed) | {name: b"x"}), tmp_path))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_only_a_zip_can_hold_is_refused(packed: bytes, tmp_path: Path) -> None:
    made = io.BytesIO(packed)
    with zipfile.ZipFile(made, "a") as whole:
        whole.writestr("index.html", b"another")
        link = zipfile.ZipInfo("lien")
        link.external_attr = 0o120777 << 16
        whole.writestr(link, b"/etc/passwd")

    faults = told(verified(made.getvalue(), tmp_path))

    assert "index.html : ce nom est deux fois dans l’archive" in faults
    assert "lien : n’est pas un fichier ordinaire" in faults


def test_a_bomb_is_not_opened(packed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "UNPACKED_FREE", 100_000)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("manifest.json", bytes(10_000_000))

    assert "démesurément" in told(verified(made.getvalue(), tmp_path))
    assert told(verified(packed, tmp_path)) == ""


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"a": 1, "a": 2}',
        b"\xff",
        b'{"format": "pixsurv-archive", "version": 2}',
    ],
)
def test_a_manifest_that_is_none_is_said(packed: bytes, tmp_path: Path, manifest: bytes) -> None:
    files = contents(packed) | {"manifest.json": manifest}
    assert told(verified(packed_again(files), tmp_path)).startswith("manifest.json : ")


def test_the_verifier_stands_alone_in_the_archive(packed: bytes, tmp_path: Path) -> None:
    """The file of the package, as it is; a Python that sees nothing of Pixsurv runs it in the unpacked folder."""
    assert contents(packed)["verifier.py"] == SCRIPT.read_bytes()
    ast.parse(SCRIPT.read_text(), feature_version=(3, 9))
    for name, content in contents(packed).items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    script = str(tmp_path / "folder" / "verifier.py")
    run = [sys.executable, "-I", "-X", "utf8", script]

    whole = subprocess.run(run, capture_output=True, text=True, check=False, cwd=tmp_path)
    (tmp_path / "folder" / "index.html").write_text("autre")
    spoiled_one = subprocess.run(run, capture_output=True, text=True, check=False, cwd=tmp_path)

    assert (whole.returncode, whole.stderr) == (0, "")
    assert "Archive intacte" in whole.stdout
    assert hashlib.sha256(contents(packed)["manifest.json"]).hexdigest() in whole.stdout
    assert (spoiled_one.returncode, spoiled_one.stderr) == (1, "")
    assert "index.html : modifié" in spoiled_one.stdout


def test_an_unpacked_folder_verifies_and_names_what_was_done_to_it(
    packed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in contents(packed).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert told(verifier.verify(tmp_path)) == ""
    (tmp_path / "style.css").unlink()
    (tmp_path / "style.css").symlink_to(SCRIPT)
    (tmp_path / "sessions" / "ailleurs").symlink_to(tmp_path)
    (tmp_path / "vide").mkdir()

    monkeypatch.setattr(sys, "argv", ["verifier.py", str(tmp_path)])
    assert verifier.main() == 1

    said = capsys.readouterr().out
    assert "style.css : n’est pas un fichier ordinaire" in said
    assert "style.css : manque" in said
    assert "sessions/ailleurs : n’est pas un fichier ordinaire" in said
    assert "ARCHIVE MODIFIÉE OU ABÎMÉE, 3 défaut(s)" in said


def test_a_folder_with_a_content_and_an_unknown_compression_are_refused(
    packed: bytes, tmp_path: Path
) -> None:
    made = io.BytesIO(packed)
    with zipfile.ZipFile(made, "a") as whole:
        whole.writestr("y.txt", b"y", zipfile.ZIP_BZIP2)
        whole.mkdir("sessions/rien")
        whole.mkdir("sessions/x")
        whole.infolist()[-1].file_size = 1

    faults = told(verified(made.getvalue(), tmp_path))

    assert "sessions/x/ : un dossier qui a un contenu" in faults
    assert "y.txt : est chiffré, ou compressé comme Pixsurv ne le fait pas" in faults
    assert "rien" not in faults.replace("sans lui, rien", "")


@pytest.mark.parametrize("entry", [{"state": "eliminated"}, {"number": "x"}, {"documents": None}])
def test_a_session_told_otherwise_than_its_journal_is_named(
    packed: bytes, tmp_path: Path, entry: dict[str, Any]
) -> None:
    assert told(verified(remade(packed, {}, **entry), tmp_path)).startswith("session ")


@pytest.mark.parametrize(
    "facts", [{"é": "«\u2028🙂»", "a": [1, None, True, {"b": ""}]}, {}, {"z": -(2**53) + 1}]
)
def test_both_canonical_forms_are_one(facts: dict[str, Any]) -> None:
    facts = {key.replace("é", "e"): value for key, value in facts.items()}
    assert verifier.canonical(facts) == journal.canonical(facts)
    assert verifier.facts_digest("ab" * 16, facts) == journal.facts_digest("ab" * 16, facts)


def command(path: Path) -> str:
    out = StringIO()
    call_command("verify_archive", str(path), stdout=out)
    return out.getvalue()


def test_the_command_compares_with_the_digest_that_was_noted(sealed: Seal, tmp_path: Path) -> None:
    packed = exported(sealed())
    path = tmp_path / "a.zip"
    path.write_bytes(packed)
    assert f"C’est l’empreinte de l’export n° {Export.objects.get().pk}" in command(path)

    # Everything remade so that the ZIP agrees with itself: only what Pixsurv noted tells.
    path.write_bytes(remade(packed, {"index.html": b"autre"}))
    assert told(verifier.verify(path)) == ""
    with pytest.raises(CommandError, match="n’est pas celle"):
        command(path)

    unknown = json.loads(contents(packed)["manifest.json"]) | {"export": "rien"}
    path.write_bytes(packed_again(contents(packed) | {"manifest.json": json.dumps(unknown).encode()}))
    with pytest.raises(CommandError, match="n’est pas celle"):
        command(path)
    path.write_bytes(b"")
    with pytest.raises(CommandError, match="n’est pas celle"):
        command(path)

    path.write_bytes(packed)
    Export.objects.all().delete()
    assert "pas noté dans cette base" in command(path)
    with pytest.raises(CommandError, match="n’existe pas"):
        command(tmp_path / "absent.zip")
