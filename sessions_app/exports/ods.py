"""A small ODS writer: typed cells, column widths, one table a file. The same cells give the same bytes."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import IO
from xml.sax.saxutils import escape, quoteattr

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " \u00a0\u202f"  # the French ones too, which Python does not call printable
WRITTEN = (1980, 1, 1, 0, 0, 0)  # the oldest instant of a ZIP: the same file every time

_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
        "fo": "xsl-fo-compatible",
    }.items()
)

_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{ODS_TYPE}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""

_STYLES = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-styles {_NAMES} office:version="1.3"><office:styles>
<style:default-style style:family="table-cell">
<style:text-properties fo:language="fr" fo:country="FR"/></style:default-style>
<style:style style:name="Default" style:family="table-cell"/>
</office:styles></office:document-styles>"""

_CELL_STYLES = """<number:date-style style:name="N1" number:language="fr" number:country="FR">
<number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>
<number:text>/</number:text><number:year number:style="long"/></number:date-style>
<number:percentage-style style:name="N2"><number:number number:decimal-places="0" number:min-integer-digits="1"/>
<number:text>%</number:text></number:percentage-style>
<number:date-style style:name="N4" number:language="fr" number:country="FR">
<number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>
<number:text>/</number:text><number:year number:style="long"/><number:text> </number:text>
<number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/>
<number:text>:</number:text><number:seconds number:style="long"/></number:date-style>
<number:text-style style:name="N3"><number:text-content/></number:text-style>
<style:style style:name="date" style:family="table-cell" style:parent-style-name="Default" style:data-style-name="N1"/>
<style:style style:name="moment" style:family="table-cell" style:parent-style-name="Default"
 style:data-style-name="N4"/>
<style:style style:name="percent" style:family="table-cell" style:parent-style-name="Default"
 style:data-style-name="N2"/>
<style:style style:name="text" style:family="table-cell" style:parent-style-name="Default" style:data-style-name="N3"/>
<style:style style:name="title" style:family="table-cell" style:parent-style-name="Default">
<style:table-cell-properties fo:background-color="#e6ece8" fo:wrap-option="wrap"/>
<style:text-properties fo:font-weight="bold"/></style:style>"""


class Look(StrEnum):
    """How the cells of a column look, empty ones too: what is typed there becomes a real date."""

    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Title:
    """A cell in bold."""

    text: str


@dataclass(frozen=True, slots=True)
class Percent:
    """33 is shown as « 33% »."""

    value: int


@dataclass(frozen=True, slots=True)
class Column:
    """Width in millimetres."""

    width: int
    look: Look = Look.TEXT


# A datetime is naive: a spreadsheet knows no time zones.
type Value = str | int | date | datetime | Title | Percent | None


def write_ods(name: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> bytes:
    """The file. Texts that a spreadsheet could take for a formula are written after an apostrophe."""
    file = io.BytesIO()
    sheet = OdsFile(file, name, columns)
    for row in rows:
        sheet.add(row)
    sheet.close()
    return file.getvalue()


class OdsFile:
    """The same file, written row by row: memory does not grow with the rows."""

    def __init__(self, file: IO[bytes], name: str, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._archive = zipfile.ZipFile(file, "w")
        # Readers know the format by this first file, not compressed.
        self._archive.writestr(zipfile.ZipInfo("mimetype", WRITTEN), ODS_TYPE)
        content = zipfile.ZipInfo("content.xml", WRITTEN)
        content.compress_type = zipfile.ZIP_DEFLATED
        self._content = self._archive.open(content, "w")
        self._content.write(_opening(name, columns).encode())

    def add(self, row: Sequence[Value]) -> None:
        self._content.write(_row(row, self._columns).encode())

    def close(self) -> None:
        """The file is whole only now. The caller closes what it gave."""
        self._content.write(_CLOSING.encode())
        self._content.close()
        for path, text in (("styles.xml", _STYLES), ("META-INF/manifest.xml", _MANIFEST)):
            self._archive.writestr(zipfile.ZipInfo(path, WRITTEN), text, zipfile.ZIP_DEFLATED)
        self._archive.close()


def _opening(name: str, columns: Sequence[Column]) -> str:
    """All that stands before the first row."""
    widths = "".join(
        f'<style:style style:name="co{at}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{column.width}mm"/></style:style>'
        for at, column in enumerate(columns)
    )
    heads = "".join(
        f'<table:table-column table:style-name="co{at}" table:default-cell-style-name="{column.look}"/>'
        for at, column in enumerate(columns)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES} office:version="1.3">'
        f"<office:automatic-styles>{widths}{_CELL_STYLES}</office:automatic-styles><office:body>"
        f"<office:spreadsheet><table:table table:name={quoteattr(name)}>{heads}"
    )


_CLOSING = "</table:table></office:spreadsheet></office:body></office:document-content>"


def harmless(text: str) -> str:
    """What a spreadsheet could take for a formula, after an apostrophe."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _row(row: Sequence[Value], columns: Sequence[Column]) -> str:
    cells = "".join(_cell(value, columns[at].look) for at, value in enumerate(row))
    return f"<table:table-row>{cells}</table:table-row>"


def _cell(value: Value, look: Look) -> str:
    styled = f'<table:table-cell table:style-name="{look}"'
    if value is None or value == "":
        return f"{styled}/>"
    if isinstance(value, Title):
        return _text('<table:table-cell table:style-name="title"', value.text)
    if isinstance(value, Percent):
        ratio = f"{value.value / 100:g}"
        return (
            '<table:table-cell table:style-name="percent" office:value-type="percentage"'
            f' office:value="{ratio}"><text:p>{value.value}%</text:p></table:table-cell>'
        )
    if isinstance(value, datetime):  # before dates: it is one
        told = value.replace(microsecond=0)
        return (
            '<table:table-cell table:style-name="moment" office:value-type="date"'
            f' office:date-value="{told.isoformat()}"><text:p>{told:%d/%m/%Y %H:%M:%S}</text:p></table:table-cell>'
        )
    if isinstance(value, date):
        return (
            '<table:table-cell table:style-name="date" office:value-type="date"'
            f' office:date-value="{value.isoformat()}"><text:p>{value:%d/%m/%Y}</text:p></table:table-cell>'
        )
    if isinstance(value, int):
        return f'{styled} office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return _text(styled, value)


def _text(opening: str, text: str) -> str:
    printable = "".join(char for char in harmless(text) if char.isprintable() or char in SPACES)
    return f'{opening} office:value-type="string"><text:p>{escape(printable)}</text:p></table:table-cell>'
