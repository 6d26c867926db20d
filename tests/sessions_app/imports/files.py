"""Files such as schools send, built by the tests: an Excel-like XLSX, an ODS, and what LibreOffice makes of them."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

SOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")

type Cell = str | float | date | None

XLSX_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def column(at: int) -> str:
    return chr(65 + at) if at < 26 else column(at // 26 - 1) + chr(65 + at % 26)


def archive(files: dict[str, str | bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            file.writestr(name, content, method)
    return data.getvalue()


def xlsx_cell(reference: str, value: Cell) -> str:
    if isinstance(value, date):
        serial = (value - date(1899, 12, 30)).days
        return f'<c r="{reference}" s="1"><v>{serial}</v></c>'
    if isinstance(value, str):
        if value.startswith("FORMULA:"):
            formula, _, cached = value.removeprefix("FORMULA:").partition("|")
            kept = f"<v>{escape(cached)}</v>" if cached else ""
            return f'<c r="{reference}" t="str"><f>{escape(formula)}</f>{kept}</c>'
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return "" if value is None else f'<c r="{reference}"><v>{value}</v></c>'


def xlsx_sheet(rows: Sequence[Sequence[Cell]]) -> str:
    body = "".join(
        f'<row r="{line}">{"".join(xlsx_cell(f"{column(at)}{line}", cell) for at, cell in enumerate(row))}</row>'
        for line, row in enumerate(rows, start=1)
    )
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'


def xlsx(*sheets: Sequence[Sequence[Cell]], extra: dict[str, str | bytes] | None = None) -> bytes:
    """Dates are styled numbers, as Excel writes them."""
    return xlsx_of([xlsx_sheet(rows) for rows in sheets], extra)


def xlsx_of(sheets: Sequence[str], extra: dict[str, str | bytes] | None = None) -> bytes:
    numbers = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="Feuille{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATION}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": XLSX_TYPES,
        "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}"><Relationship Id="rId1"'
        f' Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{RELATION}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}">{relations}'
        f'<Relationship Id="rId99" Type="{RELATION}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<?xml version="1.0"?><styleSheet xmlns="{MAIN}"><cellXfs count="2">'
        '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    for number, sheet in zip(numbers, sheets, strict=True):
        files[f"xl/worksheets/sheet{number}.xml"] = sheet
    return archive({**files, **(extra or {})})


ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
ODS_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    f' manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def ods_cell(value: Cell) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if isinstance(value, float):
        return f'<table:table-cell office:value-type="percentage" office:value="{value}"/>'
    if isinstance(value, int):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def ods_rows(rows: Sequence[Sequence[Cell]]) -> str:
    return "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)


def ods_of(body: str, extra: dict[str, str | bytes] | None = None, before: str = "") -> bytes:
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {ODS_NAMES} office:version="1.2">'
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    files: dict[str, str | bytes] = {
        "mimetype": ODS_TYPE,
        "content.xml": content,
        "META-INF/manifest.xml": ODS_MANIFEST,
    }
    return archive({**files, **(extra or {})})


def ods(*sheets: Sequence[Sequence[Cell]], **extra: dict[str, str | bytes]) -> bytes:
    body = "".join(
        f'<table:table table:name="Feuille{n}">{ods_rows(rows)}</table:table>'
        for n, rows in enumerate(sheets, start=1)
    )
    return ods_of(body, **extra)


TITLES = ["Nom", "Prénom", "Date de naissance", "Classe", "Temps majoré"]
PEOPLE: list[list[Cell]] = [
    ["DUPONT", "Martine", date(2011, 5, 21), "3e A", None],
    ["Lefèvre-Nuñez", "Éloïse", date(2010, 12, 3), "3e B", 0.33],
    ["LE GOFF", "Œdipe", date(2011, 3, 1), "3e A", None],
]
# What every spelling of the same list must give: name, first name, birth date, class, extra time.
EXPECTED = [
    ("DUPONT", "Martine", date(2011, 5, 21), "3e A", 0),
    ("Lefèvre-Nuñez", "Éloïse", date(2010, 12, 3), "3e B", 33),
    ("LE GOFF", "Œdipe", date(2011, 3, 1), "3e A", 0),
]

PIX_GROUPS: list[Cell] = [
    "* Nom de naissance", "* Prénom", "* Date de naissance (format : jj/mm/aaaa)", "* Sexe (M ou F)",
    "* Lieu de naissance", None, None, None,
    "E-mail du destinataire des résultats (formateur, enseignant…)", "E-mail de convocation", "Identifiant local",
    "Temps majoré ?",
]  # fmt: skip
PIX_TITLES: list[Cell] = [None] * 4 + ["Code postal", "Code Insee", "Nom de la commune", "Pays"] + [None] * 4


def pix_certif(people: Sequence[Sequence[Cell]], *, above: int = 10) -> bytes:
    """The candidate list of Pix Certif: a form above, titles on two lines, the candidates, 20 empty rows."""
    form: list[list[Cell]] = [
        ["Session de certification"],
        ["N° de session", 82690],
        ["Nom du site", "Collège"],
    ]
    form += [[] for _ in range(above - len(form))]
    return ods([*form, PIX_GROUPS, PIX_TITLES, *people, *[[None] * 12 for _ in range(20)]])


def libreoffice(content: bytes, suffix: str, target: str, folder: Path) -> bytes:
    """The file as LibreOffice saves it; `target` is a name of its filters."""
    source = folder / f"source.{suffix}"
    source.write_bytes(content)
    out = folder / "out"
    subprocess.run(
        [SOFFICE or "", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", target,
         "--outdir", str(out), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    [made] = list(out.iterdir())
    return made.read_bytes()
