"""Real-life lists read the same whatever wrote them; hostile ones harm nobody (files.md §4, quality §3)."""

import csv
import io
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from sessions_app.imports import limits
from sessions_app.imports.headers import Field, find_header
from sessions_app.imports.judging import Judged, judge
from sessions_app.imports.reading import Sheet, read_sheets
from tests.sessions_app.imports import files

TODAY = date(2026, 3, 10)


def judged(content: bytes) -> Judged:
    found = find_header(read_sheets(content), {})
    assert found.whole
    rows = [(n, row) for n, row in enumerate(found.sheet.rows, start=1) if n > found.line and row]
    return judge(rows, found.columns, today=TODAY)


def people(content: bytes) -> list[tuple[Any, ...]]:
    result = judged(content)
    assert [problem for problem in result.problems if problem.blocks] == []
    return [
        (one.last_name, one.first_name, one.birth_date, one.class_name, one.extra_time_percent)
        for one in result.people
    ]


def refusal(content: bytes) -> str:
    with pytest.raises(DomainError) as refused:
        read_sheets(content)
    assert refused.value.status == 422
    assert "{" not in refused.value.sentence
    return refused.value.code


def as_csv(
    *,
    separator: str = ";",
    day: str = "%d/%m/%Y",
    percent: str = "33",
    end: str = "\r\n",
    quote: bool = False,
) -> str:
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerow(files.TITLES)
    for last, first, born, room, extra in files.PEOPLE:
        assert isinstance(born, date)
        writer.writerow([last, first, born.strftime(day), room, percent if extra else ""])
    return out.getvalue()


SPELLINGS: dict[str, Callable[[], bytes]] = {
    "utf-8": lambda: as_csv().encode(),
    "utf-8 with its mark": lambda: as_csv().encode("utf-8-sig"),
    "windows-1252": lambda: as_csv().encode("cp1252"),
    "utf-16": lambda: as_csv(separator="\t").encode("utf-16"),
    "commas": lambda: as_csv(separator=",", end="\n", quote=True).encode(),
    "commas, decimal comma": lambda: as_csv(separator=",", percent="0,33").encode(),
    "tabs": lambda: as_csv(separator="\t").encode(),
    "sep= line": lambda: b"sep=;\r\n" + as_csv().encode("cp1252"),
    "short years": lambda: as_csv(day="%d/%m/%y").encode(),
    "iso dates": lambda: as_csv(day="%Y-%m-%d").encode(),
    "dates with an hour": lambda: as_csv(day="%d/%m/%Y 00:00:00").encode(),
    "0,33": lambda: as_csv(percent="0,33").encode("cp1252"),
    "33 %": lambda: as_csv(percent="33\u00a0%").encode("cp1252"),
    "33%": lambda: as_csv(percent="33%").encode(),
    "1/3": lambda: as_csv(percent="1/3").encode(),
    "decomposed accents": lambda: unicodedata.normalize("NFD", as_csv()).encode(),
    "trailing spaces": lambda: as_csv().replace(";", " \u00a0;").encode(),
    "title lines": lambda: ("Collège Jean-Macé;;;;\r\n;;;;\r\n" + as_csv()).encode(),
    "xlsx": lambda: files.xlsx([files.TITLES, *files.PEOPLE]),
    "xlsx, empty sheet first": lambda: files.xlsx([], [files.TITLES, *files.PEOPLE]),
    "xlsx, title rows": lambda: files.xlsx([["Liste"], [], files.TITLES, *files.PEOPLE]),
    "xlsx, an empty column first": lambda: files.xlsx(
        [[None, *files.TITLES], *[[None, *row] for row in files.PEOPLE]]
    ),
    "ods": lambda: files.ods([files.TITLES, *files.PEOPLE]),
    "ods, empty sheet first": lambda: files.ods([], [files.TITLES, *files.PEOPLE]),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_list_reads_the_same_whatever_wrote_it(spelling: str) -> None:
    assert people(SPELLINGS[spelling]()) == files.EXPECTED


@files.needs_libreoffice
@pytest.mark.parametrize(
    "target",
    [
        "ods",
        "xlsx",
        "csv:Text - txt - csv (StarCalc):44,34,76,1",
        "csv:Text - txt - csv (StarCalc):59,34,ANSI,1",
    ],
)
def test_list_saved_by_libreoffice_reads_the_same(target: str, tmp_path: Path) -> None:
    source = files.ods([["Liste des élèves"], files.TITLES, *files.PEOPLE])
    assert people(files.libreoffice(source, "ods", target, tmp_path)) == files.EXPECTED


@pytest.mark.parametrize("above", [3, 10, 14])
def test_pix_certif_list_is_found_by_its_titles(above: int) -> None:
    row: list[files.Cell] = [
        "Dupont",
        "Paul",
        "21/05/2011",
        "M",
        "75001",
        None,
        "Paris",
        "FRANCE",
        "a@b.fr",
        None,
    ]
    content = files.pix_certif(
        [[*row, "X12", 0.33], [*row[:1], "Léa", date(2010, 1, 2), *row[3:]]], above=above
    )
    result = judged(content)
    assert [(one.first_name, one.birth_date, one.local_id) for one in result.people] == [
        ("Paul", date(2011, 5, 21), "X12"),
        ("Léa", date(2010, 1, 2), ""),
    ]
    assert result.people[0].extra_time_percent == 33
    assert result.people[0].line == above + 3


def test_columns_are_found_in_any_order_and_nom_d_usage_is_not_the_name() -> None:
    text = "Classe;Né(e) le;Prénom 1;Nom d’usage;Nom de famille;Sexe\n3e;01/02/2011;Ana;PETIT;GRAND;F\n"
    [found] = people(text.encode())
    assert found[:3] == ("GRAND", "Ana", date(2011, 2, 1))


def test_title_that_stands_twice_is_nobodys() -> None:
    [sheet] = read_sheets("Nom;Prénom;Nom;Date de naissance\nA;B;C;01/01/2011\n".encode())
    found = find_header([sheet], {})
    assert not found.whole
    assert Field.LAST_NAME not in found.columns


def test_formula_is_read_as_the_value_that_was_kept() -> None:
    rows: list[list[files.Cell]] = [list(files.TITLES), ["FORMULA:UPPER(A9)|DURAND", "Ana", date(2011, 2, 1)]]
    assert people(files.xlsx(rows))[0][0] == "DURAND"


def test_formula_without_a_value_is_an_error_with_its_cell() -> None:
    rows: list[list[files.Cell]] = [list(files.TITLES), ["FORMULA:UPPER(A9)", "Ana", date(2011, 2, 1)]]
    [problem] = judged(files.xlsx(rows)).problems
    assert (problem.code, problem.line, problem.column) == ("required", 2, "A")


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 50
OOXML_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
ENCRYPTED_MANIFEST: dict[str, str | bytes] = {
    "META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"
}
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
GOOD = files.ods([files.TITLES, *files.PEOPLE])


def repeated(rows: int, cells: int) -> bytes:
    """Less than a kilobyte that stands for millions of cells."""
    return files.ods_of(
        f'<table:table table:name="a"><table:table-row table:number-rows-repeated="{rows}">'
        f'<table:table-cell table:number-columns-repeated="{cells}" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell></table:table-row></table:table>"
    )


def wrong_crc() -> bytes:
    content = bytearray(files.xlsx([files.TITLES, *files.PEOPLE]))
    at = content.index(b"xl/worksheets/sheet1.xml") + 40
    content[at : at + 20] = b"\x00" * 20
    return bytes(content)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "no byte": (lambda: b"", "file_empty"),
    "blank lines": (lambda: b"\r\n \r\n;;;\r\n", "file_no_rows"),
    "too big": (lambda: b"a;b\n" * (limits.MAX_BYTES // 4 + 1), "file_too_big"),
    "picture named .ods": (lambda: PNG, "file_picture"),
    "pdf": (lambda: b"%PDF-1.7 ...", "file_pdf"),
    "program": (lambda: b"\x7fELF\x02\x01\x01\x00\x00\x00", "file_not_text"),
    "old excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "file_old_excel"),
    "encrypted xlsx": (lambda: OOXML_ENCRYPTED, "file_encrypted"),
    "encrypted ods": (lambda: files.ods([files.TITLES], extra=ENCRYPTED_MANIFEST), "file_encrypted"),
    "macros in xlsx": (lambda: files.xlsx([[]], extra={"xl/vbaProject.bin": b"x"}), "file_macros"),
    "macros in ods": (lambda: files.ods([[]], extra={"Basic/script.xml": "x"}), "file_macros"),
    "archive": (lambda: files.archive({"photo.txt": "x"}), "file_archive"),
    "text document": (
        lambda: files.archive({"mimetype": "application/vnd.oasis.opendocument.text"}),
        "file_other_document",
    ),
    "truncated ods": (lambda: GOOD[: len(GOOD) // 2], "file_truncated"),
    "damaged xlsx": (wrong_crc, "file_truncated"),
    "ods without content": (lambda: files.archive({"mimetype": files.ODS_TYPE}), "file_truncated"),
    "zip bomb": (lambda: files.xlsx([[]], extra={"x": b"0" * 21 * 1024 * 1024}), "file_bomb"),
    "compressed beyond reason": (lambda: files.xlsx([[]], extra={"x": b"0" * 2 * 1024 * 1024}), "file_bomb"),
    "mixed encodings": (lambda: "Nom;Prénom\nÉté;a\n".encode() + "Noël;b\n".encode("cp1252"), "file_mixed_encodings"),
    "unknown encoding": (lambda: b"Nom;Pr\x81nom\n", "file_unknown_encoding"),
    "odd utf-16": (lambda: b"\xff\xfea", "file_unknown_encoding"),
    "open quotation mark": (lambda: b'Nom;Prenom\n"Dupont;Paul\nDurand;Ana\n', "file_bad_quotes"),
    "too many rows": (lambda: b"a;b\n" * (limits.MAX_ROWS + 1), "file_too_many_rows"),
    "too many columns": (lambda: b"a;" * limits.MAX_COLUMNS + b"z\n", "file_too_many_columns"),
    "a million columns": (
        lambda: files.xlsx_of([(f'<worksheet xmlns="{files.MAIN}"><sheetData><row r="1">'
                               '<c r="XFD1"><v>1</v></c></row></sheetData></worksheet>')]),
        "file_too_many_columns",
    ),
    "far line": (
        lambda: files.xlsx_of([(f'<worksheet xmlns="{files.MAIN}"><sheetData><row r="900000">'
                               '<c r="A900000"><v>1</v></c></row></sheetData></worksheet>')]),
        "file_too_many_rows",
    ),
    "far cell": (
        lambda: files.xlsx_of([(f'<worksheet xmlns="{files.MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
                               '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>')]),
        "file_too_heavy",
    ),
    "repeated rows": (lambda: repeated(900_000, 100), "file_too_heavy"),
    "rows repeated beyond the reader's own limit": (lambda: repeated(1_000_000, 1_000), "file_truncated"),
    "entity of another file": (
        lambda: files.ods_of(
            '<table:table table:name="a"><table:table-row><table:table-cell office:value-type="string">'
            "<text:p>&e;</text:p></table:table-cell></table:table-row></table:table>",
            before=XXE,
        ),
        "file_truncated",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_hostile_file_is_refused_and_the_next_one_is_read(case: str) -> None:
    make, code = REFUSED[case]
    assert refusal(make()) == code
    assert people(GOOD) == files.EXPECTED


def test_reader_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions_app.imports.reading.CHILD_SECONDS", 0.001)
    assert refusal(GOOD) == "file_too_heavy"


def test_content_decides_and_not_the_name() -> None:
    # Nothing here takes a name: a CSV called .xlsx is read as what it is.
    assert people(as_csv().encode("cp1252")) == files.EXPECTED


def test_mixed_encodings_name_the_line() -> None:
    content = "Nom;Prénom\nÉté;a\n".encode() + "Noël;b\n".encode("cp1252")
    with pytest.raises(DomainError, match="ligne 3"):
        read_sheets(content)


def test_nul_of_a_workbook_never_reaches_the_database() -> None:
    [sheet] = read_sheets(files.xlsx([["a_x0000_b", "c"]]))
    assert isinstance(sheet, Sheet)
    assert "\x00" not in str(sheet.rows[0][0])


@pytest.mark.parametrize("written", ["1e999", "-1e999", "NaN"])
def test_number_that_is_none_is_named_and_never_reaches_the_database(written: str) -> None:
    # Infinite in JSON, it would end the upload with an error of the server.
    rows = [
        ["Nom", "Prénom", "Date de naissance", "Classe", "Temps majoré"],
        ["A", "B", 777777, "3e", 777777],
    ]
    content = files.xlsx_of([files.xlsx_sheet(rows).replace("777777", written)])
    assert [(one.code, one.column) for one in judged(content).problems] == [
        ("sheet_error", "C"),
        ("sheet_error", "E"),
    ]


def test_hidden_sheet_is_not_read() -> None:
    content = files.xlsx([["Nom"]], [["secret"]])
    shown = files.xlsx_of(
        [files.xlsx_sheet([["secret"]]), files.xlsx_sheet([["Nom"]])],
        {
            "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{files.MAIN}" xmlns:r="{files.RELATION}">'
            '<sheets><sheet name="a" sheetId="1" state="hidden" r:id="rId1"/>'
            '<sheet name="b" sheetId="2" r:id="rId2"/></sheets></workbook>'
        },
    )
    assert [sheet.name for sheet in read_sheets(content)] == ["Feuille1", "Feuille2"]
    assert [sheet.name for sheet in read_sheets(shown)] == ["b"]
