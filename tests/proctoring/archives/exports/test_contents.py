"""What an archive holds: the words of the paper, links that lead somewhere, lists with right types."""

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

import pytest

from proctoring.archives.exports import bundle
from proctoring.archives.exports.reading import kept_session
from proctoring.models import Export
from proctoring.report.paper import facts_of, situation_of
from proctoring.report.reading import report_of
from proctoring.report.seal import seal_words
from sessions_app.models import Session
from sessions_app.models.stored_file import FilePurpose
from tests.proctoring.archives.conftest import Seal, eliminate
from tests.proctoring.archives.exports.archives import contents, exported

pytestmark = pytest.mark.django_db


class Links(HTMLParser):
    """Where a page leads, and whatever it would ask for by itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]
        assert not {name for name, _ in attrs} & {"style", "onclick", "srcset"}

    def handle_data(self, data: str) -> None:
        self.words += data


def test_every_link_leads_to_a_file_of_the_archive(sealed: Seal) -> None:
    first = sealed()
    gone = sealed(establishment=first.establishment)
    eliminate(gone)
    files = contents(exported(first, gone))

    pages = [name for name in files if name.endswith(".html")]
    assert len(pages) == 3
    for page in pages:
        links = Links(files[page].decode())
        assert not links.tags & {"script", "img", "iframe", "form", "object"}
        for href in links.found:
            if href == "data:,":  # no icon is asked for
                continue
            assert "://" not in href
            parts: list[str] = []
            for part in (PurePosixPath(page).parent / href).parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert "/".join(parts) in files, (page, href)
    assert b"@import" not in files["style.css"]
    assert b"url(" not in files["style.css"]


def test_the_page_of_a_session_says_what_its_paper_says(sealed: Seal) -> None:
    session = sealed()
    report = report_of(session)
    page = Links(contents(exported(session))[f"sessions/{session.number}/index.html"].decode())
    said = " ".join(page.words.split())

    lines = [*report.course, *report.incidents, *report.alerts]
    expected = [value for _, value in facts_of(report)]
    expected += [line.words for line in lines]
    expected += [person.name for person in report.people]
    expected += [situation_of(person, report) for person in report.people]
    expected += [seal_words(session.seal), "Une précision.", report.addenda[0].by]
    assert lines
    for words in expected:
        assert " ".join(words.split()) in said, words
    assert "<b>Paul</b>" in page.words  # what was typed is shown, never obeyed


def test_the_index_names_everybody_by_date(sealed: Seal) -> None:
    session = sealed()
    index = Links(contents(exported(session))["index.html"].decode())

    assert "Mars 2026" in index.words
    assert f"14/03/2026 à 10h00 · Salle B12 · session {session.number}" in index.words
    assert "=1+1 <b>Paul</b> · DUPONT Zoé" in index.words
    assert f"sessions/{session.number}/index.html" in index.found


def test_paths_are_plain_and_papers_are_the_stored_bytes(sealed: Seal) -> None:
    session = sealed()
    files = contents(exported(session))

    assert all(re.fullmatch(r"[A-Za-z0-9./-]+", name) for name in files)
    folder = f"sessions/{session.number}"
    for name, purpose in {
        "pv-incident.pdf": FilePurpose.REPORT,
        "additif-1.pdf": FilePurpose.ADDENDUM,
        "feuille-signee-1.png": FilePurpose.SCAN,
    }.items():
        assert files[f"{folder}/{name}"] == bytes(session.files.get(purpose=purpose).content)


def test_the_order_is_that_of_the_choice_and_the_same_each_time(sealed: Seal) -> None:
    first = sealed()
    second = sealed(establishment=first.establishment)
    names = list(contents(exported(first, second)))

    assert names == list(contents(exported(first, second)))
    assert names[-2:] == ["manifest.json", "SHA256SUMS"]
    assert names.index(f"sessions/{first.number}/index.html") < names.index(
        f"sessions/{second.number}/index.html"
    )


def test_the_manifest_says_who_when_and_which_seals(sealed: Seal) -> None:
    session = sealed()
    packed = exported(session)
    manifest = json.loads(contents(packed)["manifest.json"])
    export = Export.objects.get()

    assert manifest["exported_by"] == "Claude Essai"
    assert manifest["exported_at"] == "2026-03-14T09:00:00.000000Z"
    assert manifest["export"] == str(export.key)
    assert [one["seal"] for one in manifest["sessions"]] == [session.seal]
    assert (export.size, export.sessions, export.candidates) == (len(packed), 1, 2)


def test_an_export_that_is_cut_off_has_no_digest(sealed: Seal) -> None:
    session = sealed()
    export = Export.objects.create(
        establishment=session.establishment,
        by="x",
        shape="zip",
        choice="x",
        sessions=1,
        started_at=session.starts_at,
    )
    stream = bundle.archive(export, [session.pk])
    next(stream)
    stream.close()  # type: ignore[attr-defined]

    export.refresh_from_db()
    assert (export.digest, export.finished_at) == ("", None)


def test_a_session_that_changes_while_it_is_read_is_read_again(
    sealed: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows before, its papers after an elimination would be neither."""
    session = sealed()
    from proctoring.archives.exports import reading

    real, times = reading._documents, []

    def eliminated_meanwhile(one: Session) -> list[reading.Document]:
        if not times:
            eliminate(session)
        times.append(one.state)
        return real(one)

    monkeypatch.setattr(reading, "_documents", eliminated_meanwhile)

    kept = kept_session(session.establishment, session.pk)

    assert times == ["closed", "eliminated"]
    assert kept is not None
    assert (kept.report, kept.documents) == (None, [])
    assert {event.facts for event in kept.events} == {None}


def test_lists_are_for_a_spreadsheet_and_never_obeyed(sealed: Seal) -> None:
    session = sealed()
    gone = sealed(establishment=session.establishment)
    eliminate(gone)
    files = contents(exported(session, gone))

    read = {
        stem: list(csv.reader(io.StringIO(files[f"{stem}.csv"].decode("utf-8-sig")), delimiter=";"))
        for stem in ("sessions", "candidats", "incidents")
    }

    assert files["candidats.csv"].startswith(b"\xef\xbb\xbf")
    titles, *people = read["candidats"]
    assert [dict(zip(titles, row, strict=True))["Nom"] for row in people] == ["'=1+1", "DUPONT"]
    assert {len(row) for table in read.values() for row in table[1:] if row} <= {16, 13, 8}
    first, last = (dict(zip(read["sessions"][0], row, strict=True)) for row in read["sessions"][1:])
    assert (first["Date"], first["Présents"], first["Absents"], first["Sceau"]) == (
        "14/03/2026",
        "1",
        "1",
        session.seal,
    )
    assert (last["Surveillants"], last["Inscrits"]) == ("", "")
    assert last["État"].startswith("Session éliminée le ")
    assert [row[5:7] for row in read["incidents"][1:]] == [["C7", read["incidents"][1][6]]]
    with zipfile.ZipFile(io.BytesIO(files["candidats.ods"])) as ods:
        content = ods.read("content.xml").decode()
    assert 'office:value-type="date" office:date-value="2026-03-14"' in content
    assert f'office:value-type="float" office:value="{session.number}"' in content
    assert "<text:p>&apos;=1+1</text:p>" in content or "<text:p>'=1+1</text:p>" in content


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice")
def test_libreoffice_opens_a_list(sealed: Seal, tmp_path: Path) -> None:
    files = contents(exported(sealed()))
    (tmp_path / "candidats.ods").write_bytes(files["candidats.ods"])
    form = "csv:Text - txt - csv (StarCalc):44,34,76"  # commas, quotes, UTF-8
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"

    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", form, "--outdir", str(tmp_path), "candidats.ods"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=120,
    )

    titles, first, *_ = csv.reader(io.StringIO((tmp_path / "candidats.csv").read_text()))
    assert dict(zip(titles, first, strict=True))["Date"] == "14/03/2026"


def test_settings_of_today_change_nothing_of_what_was_sealed(sealed: Seal) -> None:
    """Name of the school, time zone, room: the export says those of the closing."""
    session = sealed(room="B12")
    school, number = session.establishment, session.number
    before = exported(session)
    school.time_zone, was, school.name = "Pacific/Noumea", school.name, "Un autre nom"
    school.save()
    Session.objects.filter(pk=session.pk).update(room="Z99")

    after = contents(exported(Session.objects.select_related("establishment").get(pk=session.pk)))

    page = f"sessions/{number}/index.html"
    assert after[page] == contents(before)[page]
    assert was in after[page].decode()
    for name in ("sessions.csv", "candidats.csv", "incidents.csv"):
        assert after[name] == contents(before)[name]
    assert "Z99" not in after["index.html"].decode()
