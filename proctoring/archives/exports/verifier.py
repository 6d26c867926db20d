#!/usr/bin/env python3
"""Checks an archive exported by Pixsurv, its ZIP or its folder, with nothing but Python 3.9 or later.

This one file is what `manage.py verify_archive` runs and what every archive carries: it imports nothing of Pixsurv.
It reads, writes nothing, and holds no file in memory but the manifest and one journal at a time. The format of a
journal is docs/decisions/0005, that of an archive 0022.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import stat
import sys
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

FORMAT, VERSION = "pixsurv-archive", 1
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
SCANNED = "la feuille numérisée"
KINDS = {"report": "le PV d’incident", "addendum": "l’additif", "scan": SCANNED, "attendance": SCANNED}
GENESIS = "0" * 64
CHUNK, READ_WHOLE = 64 * 1024, 64 * 1024 * 1024  # bytes: at once; of a manifest or of a journal
MOST_FILES = 500_000
UNPACKED_TIMES, UNPACKED_FREE = 100, 64 * 1024 * 1024  # a ZIP that unpacks to more than this is a bomb
# All that a damaged ZIP makes the standard library raise.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, OverflowError)


@dataclass
class Outcome:
    """What was found. An archive without a fault is what its manifest says, byte for byte."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)
    manifest_digest: str = ""
    files: int = 0
    sessions: int = 0
    events: int = 0
    by_digest: int = 0
    claimed: set[str] = field(default_factory=set)  # paths that belong to a session of the manifest

    def fault(self, where: str, what: str) -> None:
        self.faults.append(f"{printable(where)} : {what}")


class Unreadable(Exception):
    """A file that is not what it should be; says why, in French."""


class Packed:
    """The files of a ZIP."""

    def __init__(self, opened: zipfile.ZipFile, size: int, outcome: Outcome) -> None:
        self.zip = opened
        self.members: dict[str, zipfile.ZipInfo] = {}
        listed = opened.infolist()
        unpacked = sum(one.file_size for one in listed)
        if len(listed) > MOST_FILES or unpacked > size * UNPACKED_TIMES + UNPACKED_FREE:
            raise Unreadable("se déploie démesurément ; il n’a pas été ouvert")
        for one in listed:
            if why := self._refusal(one):
                outcome.fault(one.filename, why)
            elif not one.is_dir():
                self.members[one.filename] = one

    def _refusal(self, one: zipfile.ZipInfo) -> str:
        if not is_safe(one.filename.rstrip("/") if one.is_dir() else one.filename):
            return "ce nom de fichier est dangereux"
        if one.filename in self.members:
            return "ce nom est deux fois dans l’archive"
        if stat.S_IFMT(one.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            return "n’est pas un fichier ordinaire"
        if one.flag_bits & 0x61 or one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return "est chiffré, ou compressé comme Pixsurv ne le fait pas"
        return "un dossier qui a un contenu" if one.is_dir() and one.file_size else ""

    def open(self, name: str) -> IO[bytes]:
        return self.zip.open(self.members[name])


class Unpacked:
    """The files of a folder; links are not followed."""

    def __init__(self, path: Path, outcome: Outcome) -> None:
        self.root = path
        self.members: set[str] = set()
        for found in (Path(top, name) for top, inner, files in os.walk(path) for name in inner + files):
            told = found.relative_to(path).as_posix()
            if found.is_symlink() or not (found.is_file() or found.is_dir()):
                outcome.fault(told, "n’est pas un fichier ordinaire")
            elif found.is_file():
                self.members.add(told)

    def open(self, name: str) -> IO[bytes]:
        return (self.root / name).open("rb")


if TYPE_CHECKING:
    from collections.abc import Iterator

    Source = Packed | Unpacked


def verify(path: Path) -> Outcome:
    """Every file, every journal, every seal of the ZIP or of the unpacked folder at `path`."""
    outcome = Outcome()
    try:
        if path.is_dir():
            _verify(Unpacked(path, outcome), outcome)
        else:
            with zipfile.ZipFile(path) as opened:
                _verify(Packed(opened, path.stat().st_size, outcome), outcome)
    except Unreadable as error:
        outcome.fault(path.name, str(error))
    except DAMAGED as error:
        outcome.fault(path.name, f"ce n’est pas un ZIP entier, ou il est abîmé ({error})")
    return outcome


def _verify(source: Source, outcome: Outcome) -> None:
    try:
        raw = read_whole(source, MANIFEST)
        listed = _listed(manifest := parsed(raw))
    except Unreadable as error:
        outcome.fault(MANIFEST, f"{error} (archive tronquée ?) ; sans lui, rien d’autre ne peut être comparé")
        return
    outcome.manifest, outcome.manifest_digest = manifest, hashlib.sha256(raw).hexdigest()
    for name in sorted(set(source.members) - set(listed) - {MANIFEST, SUMS}):
        outcome.fault(name, "n’est pas dans le manifeste : fichier ajouté, ou nom modifié")
    digests: dict[str, str] = {}
    for name, (size, expected) in listed.items():
        if name not in source.members:
            outcome.fault(name, "manque : le manifeste le cite")
            continue
        digests[name], why = _digest(source, name, size, expected)
        outcome.files += 1
        if why:
            outcome.fault(name, why)
    _verify_sums(source, outcome, listed)
    for entry in manifest["sessions"]:
        _verify_session(source, entry, digests, outcome)
    for name in sorted(set(digests) - outcome.claimed):
        if name.startswith("sessions/"):
            outcome.fault(name, "n’est d’aucune session que cite le manifeste")
    if not manifest["sessions"]:
        outcome.fault(MANIFEST, "il ne cite aucune session")


def _listed(manifest: Any) -> dict[str, tuple[int, str]]:
    """Path → size and digest."""
    try:
        if manifest["format"] != FORMAT or manifest["version"] != VERSION:
            raise Unreadable("ce n’est pas un manifeste que cette version sait lire")
        listed = {one["path"]: (int(one["size"]), str(one["sha256"])) for one in manifest["files"]}
        twice = len(listed) != len(manifest["files"])
        if twice or not isinstance(manifest["sessions"], list) or not all(map(is_safe, listed)):
            raise Unreadable("il cite deux fois un fichier, ou un nom dangereux")
        return listed
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Unreadable("il n’a pas la forme d’un manifeste") from error


def _digest(source: Source, name: str, size: int, expected: str) -> tuple[str, str]:
    """The digest of what is there, and why it is not what was exported. Never more than `size` + 1 bytes are read."""
    found, read = hashlib.sha256(), 0
    try:
        with source.open(name) as file:
            for piece in pieces(file, size + 1):
                read += len(piece)
                found.update(piece)
    except DAMAGED as error:
        return "", f"abîmé, sa lecture échoue ({error})"
    if read != size:
        return "", f"modifié : {'plus long' if read > size else 'plus court'} que les {size} octets exportés"
    if found.hexdigest() != expected:
        return found.hexdigest(), "modifié : son empreinte n’est plus celle du manifeste"
    return expected, ""


def _verify_sums(source: Source, outcome: Outcome, listed: dict[str, tuple[int, str]]) -> None:
    """Those of all files and of the manifest: `sha256sum -c` and this file must say the same."""
    wanted = sums({**{name: one[1] for name, one in listed.items()}, MANIFEST: outcome.manifest_digest})
    try:
        if read_whole(source, SUMS) != wanted:
            outcome.fault(SUMS, "ne dit pas la même chose que manifest.json : l’un des deux a été modifié")
    except Unreadable as error:
        outcome.fault(SUMS, str(error))


def sums(digests: dict[str, str]) -> bytes:
    """What `sha256sum -c` reads, by name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def _verify_session(source: Source, entry: Any, digests: dict[str, str], outcome: Outcome) -> None:
    """The journal of one session, its seal, and the papers that were stored with it."""
    outcome.sessions += 1
    where = f"session {entry.get('number') if isinstance(entry, dict) else '?'}"
    try:
        journal = parsed(read_whole(source, f"sessions/{int(entry['number'])}/journal.json"))
        if journal["session"] != entry["number"] or journal["state"] != entry["state"]:
            outcome.fault(where, "son journal est celui d’une autre session, ou d’un autre état")
        told = _verify_chain(journal, where, outcome)
        _verify_end(journal, entry, told, where, outcome)
        _verify_papers(entry, told, digests, outcome)
        if entry["state"] == "eliminated":
            outcome.notes.append(f"{where} : éliminée, son journal est vérifié par empreintes")
        elif not entry["seal"]:
            outcome.notes.append(f"{where} : sans sceau, rien d’imprimé n’atteste sa clôture")
    except Unreadable as error:
        outcome.fault(f"{where}, journal.json", str(error))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        outcome.fault(where, "le manifeste ou le journal ne la décrit pas comme Pixsurv l’écrit")


@dataclass
class Told:
    """What a chain ends with."""

    head: str = GENESIS
    count: int = 0
    seal: str = ""
    closed_at: int = 0
    owes_report: bool = False
    addenda: int = 0
    papers: dict[Any, tuple[str, str]] = field(default_factory=dict)  # those that stand: kind, SHA-256


def _verify_chain(journal: dict[str, Any], where: str, outcome: Outcome) -> Told:
    """Stops at the first event that is not as it was written: what follows it hangs in the air."""
    told = Told()
    for event in journal["events"]:
        if why := fault_of(event, told.count + 1, told.head, journal):
            outcome.fault(f"{where}, événement {told.count + 1} ({event['kind']})", why)
            break
        told.count, told.head = told.count + 1, event["hash"]
        outcome.by_digest += event["facts"] is None
        if event["kind"] == "closed" and not told.seal:
            told.seal, told.closed_at = event["hash"], told.count
        kind, facts = event["kind"], event["facts"]
        if facts is None:  # eliminated: nothing is owed any more
            continue
        told.owes_report |= kind == "closed"
        told.addenda += kind == "addendum"
        if kind in ("paper_sealed", "paper_scanned"):
            scan = "attendance" if facts.get("paper") == "attendance" else "scan"  # as it was stored
            told.papers[facts.get("file", facts["name"])] = (facts.get("purpose", scan), facts["sha256"])
        elif kind == "paper_removed":
            told.papers.pop(facts["file"], None)
    outcome.events += told.count
    return told


def fault_of(event: dict[str, Any], sequence: int, previous: str, journal: dict[str, Any]) -> str:
    """Why this event is not the one that was written there; empty when it is."""
    if event["sequence"] != sequence:
        return "un événement manque avant celui-ci"
    if event["previous"] != previous:
        return "il ne suit pas l’événement précédent"
    if event["facts"] is None or event["salt"] is None:
        if journal["state"] != "eliminated" or event["facts"] is not event["salt"]:
            return "ses faits manquent, et la session n’a pas été éliminée"
    elif facts_digest(event["salt"], event["facts"]) != event["facts_digest"]:
        return "ses faits ont été modifiés"
    return "" if event_hash(event, journal["session"]) == event["hash"] else "il a été modifié"


def _verify_end(journal: Any, entry: Any, told: Told, where: str, outcome: Outcome) -> None:
    """Cut off at the end, or closed otherwise than the printed seal says."""
    if told.count != len(journal["events"]):
        return  # told already, at the broken event
    if told.count != entry["events"] or told.count != journal["count"]:
        outcome.fault(f"{where}, événement {told.count + 1}", "il manque, ou il est de trop")
    elif told.head != entry["head"] or told.head != journal["head"]:
        outcome.fault(f"{where}, événement {told.count}", "le journal ne s’arrête pas à cet événement")
    if entry["seal"] != journal["seal"] or (entry["seal"] and entry["seal"] != told.seal):
        at = f"{where}, événement {told.closed_at or told.count + 1} (closed)"
        outcome.fault(at, "la clôture n’est pas celle dont le sceau est imprimé")


def _verify_papers(entry: dict[str, Any], told: Told, digests: dict[str, str], outcome: Outcome) -> None:
    """Files, manifest and journal tell the same papers; older journals tell no sealed one, but their addenda."""
    where, folder = f"session {entry['number']}", f"sessions/{entry['number']}"
    held = {one["path"]: (one["kind"], digests.get(one["path"], "")) for one in entry["documents"]}
    noted = set(told.papers.values())
    chained = ("report", "addendum") if any(kind == "report" for kind, _ in noted) else ()
    outcome.claimed |= {f"{folder}/index.html", f"{folder}/journal.json", *held}
    for paper in entry["documents"]:
        if digests.get(paper["path"], paper["sha256"]) != paper["sha256"]:
            outcome.fault(paper["path"], "n’est pas le document que Pixsurv a enregistré à l’époque")
        elif paper["kind"] in chained and held[paper["path"]] not in noted:
            outcome.fault(paper["path"], "n’est pas le papier dont le journal a noté l’empreinte")
    for kind, digest in sorted(noted - set(held.values())):
        outcome.fault(where, f"{KINDS[kind]} d’empreinte {digest[:12]}… manque, ou a changé")
    if told.owes_report and not any(kind == "report" for kind, _ in held.values()):
        outcome.fault(where, "elle est scellée, et son PV d’incident manque")
    if (papers := sum(kind == "addendum" for kind, _ in held.values())) != told.addenda:
        outcome.fault(where, f"{told.addenda} additif(s) au journal, {papers} document(s) d’additif")


def canonical(value: Any) -> bytes:
    """RFC 8785 for what a journal holds (docs/decisions/0005); what it never holds gives no known digest."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def facts_digest(salt: str, facts: Any) -> str:
    """Empty for what was never the facts, or never the salt, of an event."""
    try:
        return hashlib.sha256(bytes.fromhex(salt) + canonical(facts)).hexdigest()
    except (ValueError, TypeError):
        return ""


def event_hash(event: dict[str, Any], session: int) -> str:
    keys = ("sequence", "kind", "candidate", "observed", "received", "facts_digest")
    fields = [1, event["previous"], session, *(event[key] for key in keys)]
    return hashlib.sha256(canonical(fields)).hexdigest()


def is_safe(name: Any) -> bool:
    """A plain relative path: nothing that leaves the folder where it is unpacked, on any system."""
    if not isinstance(name, str) or any(char in '\\:*?"<>|' or not char.isprintable() for char in name):
        return False
    return all(part not in ("", ".", "..") for part in name.split("/"))


def pieces(file: IO[bytes], most: int) -> Iterator[bytes]:
    while most > 0 and (piece := file.read(min(CHUNK, most))):
        most -= len(piece)
        yield piece


def read_whole(source: Source, name: str) -> bytes:
    if name not in source.members:
        raise Unreadable("manque")
    try:
        with source.open(name) as file:
            content = b"".join(pieces(file, READ_WHOLE + 1))
    except DAMAGED as error:
        raise Unreadable(f"abîmé, sa lecture échoue ({error})") from error
    if len(content) > READ_WHOLE:
        raise Unreadable("démesuré")
    return content


def parsed(raw: bytes) -> Any:
    """JSON in which no key stands twice: two readers must not read two things."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("twice")
        return dict(pairs)

    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise Unreadable("illisible, ce n’est pas le JSON que Pixsurv écrit") from error


def printable(text: str) -> str:
    return "".join(char if char.isprintable() else "�" for char in text)


def lines_of(outcome: Outcome) -> list[str]:
    """What was found, in French."""
    told = outcome.manifest
    lines = [" · ".join(str(told[key]) for key in ("establishment", "choice", "exported_by") if key in told)]
    checked = f"{outcome.sessions} session(s), {outcome.files} fichier(s), {outcome.events} événement(s)"
    checked += f" dont {outcome.by_digest} par empreinte, faits éliminés" if outcome.by_digest else ""
    lines += [f"Vérifié : {checked}", *(f"À savoir : {note}" for note in outcome.notes)]
    if outcome.faults:
        head = f"ARCHIVE MODIFIÉE OU ABÎMÉE, {len(outcome.faults)} défaut(s) :"
        lines += [head, *(f"  - {fault}" for fault in outcome.faults)]
    if outcome.manifest_digest:
        lines.append(f"Empreinte du manifeste : {outcome.manifest_digest}")
        lines.append("  à comparer avec celle notée dans Pixsurv (Archives, Exporter, « Derniers exports »).")
    if not outcome.faults:
        lines.append("Archive intacte : fichiers du manifeste, papiers du journal, sceaux, tout concorde.")
    return [printable(line) for line in lines if line]


def main() -> int:
    parser = argparse.ArgumentParser(description="Vérifie une archive exportée de Pixsurv.")
    parser.add_argument("archive", nargs="?", help="le ZIP, ou son dossier ; sinon celui de ce fichier")
    outcome = verify(Path(parser.parse_args().archive or Path(__file__).resolve().parent))
    text = "\n".join(lines_of(outcome)) + "\n"
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "utf-8", "replace"))
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
